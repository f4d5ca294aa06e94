"""The register of running and planned assistance: the list, one entry, the editor, and taking an entry out."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from cooperation.enums import ActivitySource
from cooperation.filters import ActivityFilter
from cooperation.forms.assistance import ActivityForm, initial_of_activity
from cooperation.models import AssistanceActivity
from cooperation.permissions import can_change_activity, can_record_activity
from cooperation.selectors.assistance import (
    activities_for,
    activity_for,
    facts_of_activity,
    own_activity,
    period_of,
    prefilled_from_request,
)
from cooperation.selectors.wording import listed
from cooperation.services.assistance import change_activity, record_activity, remove_activity
from wam_portal.access import Viewer, require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
UNPROCESSABLE = 422
CONFLICT = 409


@party_page
@require_safe
def activity_list(request: PartyRequest) -> HttpResponse:
    """All entries that the viewer may see, changed last first, with filters."""
    viewer = request.viewer
    filterset = ActivityFilter(request.GET, queryset=activities_for(viewer), request=request)
    page = Paginator(filterset.qs, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "filterset": filterset,
        "page_obj": page,
        "rows": [_row(viewer, activity) for activity in page.object_list],
        "columns": [
            {"label": label, "sort": "", "numeric": False}
            for label in (_("Assistance"), _("Who provides it"), _("Where"), _("Period"), _("Status"))
        ],
        "can_record": can_record_activity(viewer),
        "add_url": reverse("cooperation:activity-add", args=[viewer.party.slug]),
        "import_url": reverse("cooperation:activity-import", args=[viewer.party.slug]),
        "breadcrumbs": [(_("Assistance"), "")],
    }
    return render(request, "cooperation/activity_list.html", context)


@party_page
@require_safe
def activity_detail(request: PartyRequest, activity: UUID) -> HttpResponse:
    """One entry."""
    viewer = request.viewer
    found = activity_for(viewer, activity)
    context = {
        "activity": found,
        "facts": facts_of_activity(found),
        "own": found.recorder_id == viewer.party.pk,
        "decision": can_change_activity(viewer, found),
        "edit_url": _url("activity-edit", viewer, found),
        "remove_url": _url("activity-remove", viewer, found),
        "breadcrumbs": _crumbs(viewer, found.title),
    }
    return render(request, "cooperation/activity_detail.html", context)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def activity_add(request: PartyRequest) -> HttpResponse:
    """Enter assistance, from nothing or from what one's own request says of what exists already."""
    viewer = request.viewer
    activities_for(viewer)  # who sees no register finds no editor either
    require(can_record_activity(viewer))
    prefilled = _prefilled(request)
    source = ActivitySource(prefilled.pop("source", ActivitySource.ENTERED))
    if request.method != "POST":
        return _editor(request, ActivityForm(viewer=viewer, initial=prefilled))
    form = ActivityForm(request.POST, viewer=viewer)
    if form.is_valid():
        try:
            activity = record_activity(values=form.values(), actor=viewer, source=source)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The entry is saved."))
            return redirect(_url("activity-detail", viewer, activity))
    return _editor(request, form, status=UNPROCESSABLE)


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def activity_edit(request: PartyRequest, activity: UUID) -> HttpResponse:
    """Change an entry of one's own."""
    viewer = request.viewer
    found = own_activity(viewer, activity)
    require(can_change_activity(viewer, found))
    if request.method != "POST":
        return _editor(request, ActivityForm(viewer=viewer, initial=initial_of_activity(found)), found)
    form = ActivityForm(request.POST, viewer=viewer, current=found)
    if not form.is_valid():
        return _editor(request, form, found, status=UNPROCESSABLE)
    try:
        version = form.cleaned_data["base_version"] or 0
        change_activity(activity=found, base_version=version, values=form.values(), actor=viewer)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _editor(request, form, found, status=UNPROCESSABLE)
    except Conflict as conflict:
        return _conflict(request, conflict)
    messages.success(request, _("The entry is saved."))
    return redirect(_url("activity-detail", viewer, found))


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def activity_remove(request: PartyRequest, activity: UUID) -> HttpResponse:
    """Ask, and take an entry of one's own out of the register."""
    viewer = request.viewer
    found = own_activity(viewer, activity)
    require(can_change_activity(viewer, found))
    text = ""
    if request.method == "POST":
        version = request.POST.get("base_version", "")
        try:
            base_version = int(version) if version.isascii() and version.isdigit() else 0
            remove_activity(activity=found, base_version=base_version, actor=viewer)
        except Conflict as conflict:
            if conflict.current is None:
                raise NotVisible from conflict
            found, text = conflict.current, conflict.message
        else:
            messages.success(request, _("“%(title)s” is removed from the register.") % {"title": found.title})
            return redirect("cooperation:activity-list", viewer.party.slug)
    context = {
        "heading": _("Remove “%(title)s”?") % {"title": found.title},
        "text": text,
        "effects": [
            _("Nobody sees the entry any more, and it is compared with no request."),
            _("It cannot be brought back. An activity that has ended can be kept as finished instead."),
        ],
        "confirm_label": _("Remove it"),
        "danger": True,
        "version": found.version,
        "cancel_url": _url("activity-detail", viewer, found),
        "breadcrumbs": _crumbs(viewer, found.title),
    }
    return render(request, "components/confirm.html", context, status=CONFLICT if text else 200)


def _prefilled(request: PartyRequest) -> dict[str, Any]:
    text = request.GET.get("request", "")
    viewer = request.viewer
    if text:
        try:
            return prefilled_from_request(viewer, UUID(text))
        except ValueError:
            raise NotVisible from None
    if not viewer.party.assesses:
        return {"provider": viewer.party.uuid if viewer.party.offers or viewer.party.implements else None}
    territory = viewer.party.territory
    return {"included": [territory.code] if territory else []}


def _editor(
    request: PartyRequest, form: ActivityForm, activity: AssistanceActivity | None = None, *, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    context = {
        "form": form,
        "activity": activity,
        "action_url": _url("activity-edit", viewer, activity) if activity else "",
        "cancel_url": _url("activity-detail", viewer, activity)
        if activity
        else reverse("cooperation:activity-list", args=[viewer.party.slug]),
        "breadcrumbs": _crumbs(viewer, _("Edit") if activity else _("New entry")),
    }
    return render(request, "cooperation/activity_edit.html", context, status=status)


def _conflict(request: PartyRequest, conflict: Conflict) -> HttpResponse:
    """What was typed stays in the form; sending it again replaces what stands now, on purpose."""
    if conflict.current is None:
        raise NotVisible
    data = request.POST.copy()
    data["base_version"] = str(conflict.current.version)
    again = ActivityForm(data, viewer=request.viewer, current=conflict.current)
    again.is_valid()
    again.add_error(
        None, _("Somebody changed this entry while you were writing. Compare before you save; saving replaces it.")
    )
    return _editor(request, again, conflict.current, status=CONFLICT)


def _row(viewer: Viewer, activity: AssistanceActivity) -> dict[str, Any]:
    return {
        "activity": activity,
        "url": _url("activity-detail", viewer, activity),
        "where": listed(place.label for place in activity.included.all()),
        "period": period_of(activity),
    }


def _crumbs(viewer: Viewer, here: str) -> list[tuple[str, str]]:
    return [(_("Assistance"), reverse("cooperation:activity-list", args=[viewer.party.slug])), (here, "")]


def _url(name: str, viewer: Viewer, activity: AssistanceActivity) -> str:
    return reverse(f"cooperation:{name}", args=[viewer.party.slug, activity.uuid])
