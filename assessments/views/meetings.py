"""Meetings: the list, planning one, its agenda, and closing the minutes."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import AssessmentStatus, MeetingStatus, OpenItemKind
from assessments.forms.meetings import FreeItemForm, MeetingForm, PlanForm
from assessments.models import Assessment, Meeting
from assessments.permissions import can_keep_minutes, can_make_minutes, can_plan_meeting
from assessments.selectors.assessments import assessment_for, assessments_for
from assessments.selectors.documents import documents_for
from assessments.selectors.endorsement import with_people
from assessments.selectors.frameworks import framework_tree, source_tree
from assessments.selectors.meetings import (
    agenda_of,
    agenda_to_read,
    hinders_closing,
    item_for,
    meeting_for,
    meetings_for,
    reads_meetings,
)
from assessments.selectors.open_items import OpenItem, open_items
from assessments.services.meetings import (
    add_free_item,
    add_items,
    close_meeting,
    edit_meeting,
    move_item,
    plan_meeting,
    remove_item,
)
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import Viewer, require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_conflict, add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25


@party_page("assesses")
@require_safe
def meeting_list(request: PartyRequest) -> HttpResponse:
    """The meetings of the State, the newest first."""
    return _list(request, None)


@party_page("assesses")
@require_safe
def assessment_meetings(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The meetings about one baseline."""
    if not reads_meetings(request.viewer):
        raise NotVisible
    return _list(request, assessment_for(request.viewer, uuid))


def _list(request: PartyRequest, assessment: Assessment | None) -> HttpResponse:
    if not reads_meetings(request.viewer):
        raise NotVisible
    page = Paginator(meetings_for(request.viewer, assessment), PAGE_LENGTH).get_page(request.GET.get("page"))
    plan_url = page_url(request, "meeting-add")
    context = {
        "assessment": assessment,
        "page_obj": page,
        "plan_url": f"{plan_url}?assessment={assessment.uuid}" if assessment else plan_url,
        "plan_decision": can_plan_meeting(request.viewer),
        "breadcrumbs": _baseline_crumbs(request, assessment) if assessment else [(_("Meetings"), "")],
    }
    return render(request, "assessments/meetings/meeting_list.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_add(request: PartyRequest) -> HttpResponse:
    """Plan a meeting."""
    if not reads_meetings(request.viewer):
        raise NotVisible
    require(can_plan_meeting(request.viewer))
    posted = request.method == "POST"
    form = PlanForm(
        request.POST if posted else None,
        baselines=assessments_for(request.viewer),
        initial={"assessment": request.GET.get("assessment") or _newest_open(request.viewer)},
    )
    if posted and form.is_valid():
        try:
            meeting = plan_meeting(actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The meeting is planned. Put together its agenda."))
            return redirect(page_url(request, "meeting-detail", meeting.uuid))
    return _form_page(request, form, _("Plan a meeting"), page_url(request, "meeting-list"))


def _newest_open(viewer: Viewer) -> str:
    """The baseline that a meeting is most likely about: without one, nothing open can be put on its agenda."""
    closed = (AssessmentStatus.ENDORSED, AssessmentStatus.SUPERSEDED)
    newest = assessments_for(viewer).exclude(status__in=closed).first()
    return str(newest.uuid) if newest else ""


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_edit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Change title, time, place and participants."""
    meeting = meeting_for(request.viewer, uuid)
    require(can_keep_minutes(request.viewer, meeting))
    form = MeetingForm(request.POST) if request.method == "POST" else MeetingForm.of(meeting)
    here, status = page_url(request, "meeting-detail", meeting.uuid), 200
    if request.method == "POST" and form.is_valid():
        try:
            edit_meeting(meeting=meeting, base_version=base_version(request), actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            meeting, status = conflict.current, CONFLICT
            add_conflict(form, MeetingForm.of(meeting), conflict.message)
        else:
            messages.success(request, _("Saved."))
            return redirect(here)
    version = request.POST.get("base_version", str(meeting.version)) if status != CONFLICT else str(meeting.version)
    return _form_page(request, form, _("Change the meeting"), here, meeting=meeting, version=version, status=status)


@party_page("assesses")
@require_safe
def meeting_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The agenda with what was decided; before the meeting, what could be put on it."""
    return _detail(request, meeting_for(request.viewer, uuid))


@party_page("assesses")
@require_POST
def agenda_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Put open items, or something else, on the agenda."""
    meeting = meeting_for(request.viewer, uuid)
    form = FreeItemForm(request.POST) if "title" in request.POST else None
    try:
        if form is not None:
            title = form.cleaned_data["title"] if form.is_valid() else ""
            number = add_free_item(
                meeting=meeting, base_version=base_version(request), title=title, actor=request.viewer
            )
        else:
            chosen = set(request.POST.getlist("items"))
            # What is kept is worded as the framework is; readers see it in their language.
            items = [item for item in _open_items(request, meeting, stored=True) if item.source in chosen]
            number = add_items(meeting=meeting, base_version=base_version(request), items=items, actor=request.viewer)
    except Invalid as invalid:
        if form is not None and form.is_valid():
            add_errors(form, invalid)
        problems = [] if form else [{"text": text, "target": ""} for text in invalid.errors.get("", [])]
        return _detail(request, meeting, form=form, problems=problems, status=UNPROCESSABLE)
    added = ngettext("%(count)d item is on the agenda now.", "%(count)d items are on the agenda now.", number)
    messages.success(request, added % {"count": number})
    return redirect(page_url(request, "meeting-detail", meeting.uuid))


@party_page("assesses")
@require_POST
def item_move(request: PartyRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Let an item change places with the one before or after it."""
    meeting = meeting_for(request.viewer, uuid)
    found = item_for(meeting, item)
    move_item(item=found, base_version=base_version(request), up="up" in request.POST, actor=request.viewer)
    return redirect(page_url(request, "meeting-detail", meeting.uuid) + f"#item-{found.uuid}")


@party_page("assesses")
@require_POST
def item_remove(request: PartyRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Take an item off the agenda."""
    meeting = meeting_for(request.viewer, uuid)
    try:
        remove_item(item=item_for(meeting, item), base_version=base_version(request), actor=request.viewer)
    except Invalid as invalid:
        problems = [{"text": text, "target": ""} for text in invalid.errors[""]]
        return _detail(request, meeting, problems=problems, status=UNPROCESSABLE)
    messages.success(request, _("The item is off the agenda."))
    return redirect(page_url(request, "meeting-detail", meeting.uuid))


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def meeting_close(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Close the minutes for good, after asking."""
    meeting = meeting_for(request.viewer, uuid)
    require(can_keep_minutes(request.viewer, meeting))
    form = forms.Form(request.POST if request.method == "POST" else None)
    here = page_url(request, "meeting-detail", meeting.uuid)
    if request.method == "POST" and form.is_valid():
        try:
            close_meeting(meeting=meeting, base_version=base_version(request), actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The minutes are closed. Make them as a PDF below."))
            return redirect(here)
    context = {
        "heading": _("Close the minutes"),
        "confirm_label": _("Close the minutes"),
        "blocked": hinders_closing(meeting),
        "effects": [
            *_undecided(meeting),
            _("Decisions, dissent and participants are kept as they are now, with a hash."),
            _("Nobody can change them any more; the minutes can be made as a PDF."),
        ],
        "danger": True,
        "form": form,
        "version": meeting.version,
        "cancel_url": here,
        "breadcrumbs": [*crumbs(request, meeting), (meeting.title, here)],
    }
    return render(request, "components/confirm.html", context, status=UNPROCESSABLE if form.errors else 200)


def _undecided(meeting: Meeting) -> list[str]:
    """How many items would be kept without a decision, in words; nothing where each has one."""
    agenda = agenda_of(meeting)
    count = sum(not item.decision for item in agenda)
    text = ngettext(
        "%(count)d of %(total)d items has no decision and is kept without one.",
        "%(count)d of %(total)d items have no decision and are kept without one.",
        count,
    )
    return [text % {"count": count, "total": len(agenda)}] if count else []


def _detail(
    request: PartyRequest,
    meeting: Meeting,
    *,
    form: FreeItemForm | None = None,
    problems: list[dict[str, str]] | None = None,
    status: int = 200,
) -> HttpResponse:
    agenda = agenda_to_read(meeting)
    keeps = with_people(request.viewer, can_keep_minutes(request.viewer, meeting))
    held = meeting.status == MeetingStatus.HELD
    context: dict[str, Any] = {
        "meeting": meeting,
        "agenda": agenda,
        "keeps": keeps,
        "held": held,
        "free_form": form or FreeItemForm(),
        "form": form,
        "problems": problems or [],
        "groups": _groups(request, meeting, {item.source for item in agenda}) if keeps else [],
        "documents": list(documents_for(request.viewer, meeting.uuid)[:10]) if held else [],
        "minutes_decision": can_make_minutes(request.viewer, meeting),
        "breadcrumbs": crumbs(request, meeting),
    }
    return render(request, "assessments/meetings/meeting_detail.html", context, status=status)


def _open_items(request: PartyRequest, meeting: Meeting, *, stored: bool = False) -> tuple[OpenItem, ...]:
    if meeting.assessment is None:
        return ()
    version = meeting.assessment.framework_version
    tree = source_tree(version) if stored else framework_tree(version)
    return open_items(request.viewer, meeting.assessment, tree)


def _groups(request: PartyRequest, meeting: Meeting, taken: set[str]) -> list[dict[str, Any]]:
    """Open items that are not on the agenda yet, by kind."""
    items = [item for item in _open_items(request, meeting) if item.source not in taken]
    return [
        {"kind": kind, "label": kind.label, "items": members}
        for kind in OpenItemKind
        if (members := [item for item in items if item.kind == kind])
    ]


def crumbs(request: PartyRequest, meeting: Meeting) -> list[tuple[str, str]]:
    """The way up to the list of meetings."""
    return [(_("Meetings"), page_url(request, "meeting-list"))]


def _baseline_crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
    ]


def _form_page(
    request: PartyRequest,
    form: forms.Form,
    heading: str,
    cancel_url: str,
    *,
    meeting: Meeting | None = None,
    version: str = "",
    status: int = 200,
) -> HttpResponse:
    here = [(meeting.title, cancel_url)] if meeting else []
    context = {
        "form": form,
        "heading": heading,
        "confirm_label": _("Save"),
        "cancel_url": cancel_url,
        "version": version,
        "breadcrumbs": [
            (_("Meetings"), page_url(request, "meeting-list")),
            *here,
        ],
    }
    shown = UNPROCESSABLE if form.errors and status == 200 else status  # noqa: PLR2004  (an ordinary answer)
    return render(request, "assessments/assessment_form.html", context, status=shown)
