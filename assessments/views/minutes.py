"""The meeting as it is held: one item at a time on one screen, with its decision and dissent."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.enums import DocumentKind
from assessments.forms.meetings import DecisionForm, DissentForm
from assessments.models import AgendaItem, Meeting
from assessments.permissions import can_keep_minutes, can_reconcile
from assessments.selectors.documents import is_ready
from assessments.selectors.endorsement import with_people
from assessments.selectors.meetings import Matter, agenda_of, agenda_to_read, item_for, matter_of, meeting_for
from assessments.services.documents import request_document
from assessments.services.meetings import record_decision, record_dissent
from assessments.views.meetings import crumbs
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_conflict, add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_safe
def meeting_run(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The item that is being talked about, and the way to the others."""
    return _page(request, meeting_for(request.viewer, uuid), request.GET.get("item", ""))


@party_page("assesses")
@require_POST
def item_decide(request: PartyRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Record what was decided, and go on to the next item if asked."""
    meeting = meeting_for(request.viewer, uuid)
    found = item_for(meeting, item)
    require(can_keep_minutes(request.viewer, meeting))
    form = DecisionForm(request.POST)
    if not form.is_valid():
        return _page(request, meeting, str(item), decision_form=form, status=UNPROCESSABLE)
    try:
        record_decision(item=found, base_version=base_version(request), actor=request.viewer, **form.cleaned_data)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _page(request, meeting, str(item), decision_form=form, status=UNPROCESSABLE)
    except Conflict as conflict:
        meeting = meeting_for(request.viewer, uuid)
        add_conflict(form, DecisionForm.of(item_for(meeting, item)), conflict.message)
        return _page(request, meeting, str(item), decision_form=form, status=CONFLICT)
    messages.success(request, _("The decision is recorded.") if found.decision else _("The decision is taken back."))
    return redirect(_place(request, meeting, found, onward="next" in request.POST))


@party_page("assesses")
@require_POST
def item_dissent(request: PartyRequest, uuid: UUID, item: UUID) -> HttpResponse:
    """Record who does not agree, and why."""
    meeting = meeting_for(request.viewer, uuid)
    found = item_for(meeting, item)
    require(can_keep_minutes(request.viewer, meeting))
    form = DissentForm(request.POST)
    if not form.is_valid():
        return _page(request, meeting, str(item), dissent_form=form, status=UNPROCESSABLE)
    try:
        record_dissent(item=found, base_version=base_version(request), actor=request.viewer, **form.cleaned_data)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _page(request, meeting, str(item), dissent_form=form, status=UNPROCESSABLE)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _page(request, meeting_for(request.viewer, uuid), str(item), dissent_form=form, status=CONFLICT)
    messages.success(request, _("The dissent is recorded."))
    return redirect(_place(request, meeting, found))


@party_page("assesses")
@require_POST
def meeting_minutes(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Ask for the minutes of a closed meeting as a PDF; what has been made before is shown at once."""
    meeting = meeting_for(request.viewer, uuid)
    try:
        document = request_document(
            kind=DocumentKind.MINUTES,
            subject=meeting.uuid,
            language=request.POST.get("language", ""),
            actor=request.viewer,
        )
    except Invalid:
        # The page offers the languages that there are; anything else comes from no page of ours.
        raise NotVisible from None
    if is_ready(document):
        messages.info(request, _("This document was made before with the same content; here it is."))
    return redirect(page_url(request, "document-detail", document.uuid))


def _page(
    request: PartyRequest,
    meeting: Meeting,
    wanted: str,
    *,
    decision_form: DecisionForm | None = None,
    dissent_form: DissentForm | None = None,
    status: int = 200,
) -> HttpResponse:
    agenda = agenda_to_read(meeting)
    place = next((number for number, item in enumerate(agenda) if str(item.uuid) == wanted), 0)
    item = agenda[place] if agenda else None
    matter = matter_of(request.viewer, meeting, item) if item else None
    run_url = page_url(request, "meeting-run", meeting.uuid)
    object_url = ""
    if item and item.indicator and meeting.assessment:
        object_url = page_url(request, "answer-edit", meeting.assessment.uuid, item.indicator.key)
    context = {
        "meeting": meeting,
        "agenda": [{"item": row, "url": f"{run_url}?item={row.uuid}", "current": row is item} for row in agenda],
        "item": item,
        "number": place + 1,
        "matter": matter,
        "settle_url": _settle_url(request, meeting, matter),
        "object_url": object_url,
        "before_url": f"{run_url}?item={agenda[place - 1].uuid}" if place else "",
        "after_url": f"{run_url}?item={agenda[place + 1].uuid}" if place + 1 < len(agenda) else "",
        "keeps": with_people(request.viewer, can_keep_minutes(request.viewer, meeting)),
        "decision_form": decision_form or (DecisionForm.of(item) if item else None),
        "dissent_form": dissent_form or DissentForm(),
        "form": decision_form or dissent_form,
        "breadcrumbs": [*crumbs(request, meeting), (meeting.title, page_url(request, "meeting-detail", meeting.uuid))],
    }
    return render(request, "assessments/meetings/meeting_run.html", context, status=status)


def _settle_url(request: PartyRequest, meeting: Meeting, matter: Matter | None) -> str:
    """Where the ratings of the item are reconciled; empty where there are none, or the viewer may not."""
    if not matter or not matter.comparison or not meeting.assessment:
        return ""
    allowed = can_reconcile(request.viewer, meeting.assessment)
    return page_url(request, "reconcile-indicator", meeting.assessment.uuid, matter.indicator.key) if allowed else ""


def _place(request: PartyRequest, meeting: Meeting, item: AgendaItem, *, onward: bool = False) -> str:
    agenda = agenda_of(meeting)
    place = next(number for number, row in enumerate(agenda) if row.pk == item.pk)
    shown = agenda[min(place + 1, len(agenda) - 1)] if onward else agenda[place]
    return f"{page_url(request, 'meeting-run', meeting.uuid)}?item={shown.uuid}"
