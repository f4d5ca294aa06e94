"""The needs of a request: adding, changing and taking out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms.requests import NeedForm
from assessments.models import AssistanceRequest, Need
from assessments.permissions import can_edit_request
from assessments.selectors.requests import linkable_gaps, need_for, request_for
from assessments.services.needs import add_need, delete_need, update_need
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, differing_fields, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def need_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Add a need to a draft."""
    found = _editable(request, uuid)
    if request.method != "POST":
        return _page(request, found, _form(request, found, initial={"base_version": found.version}))

    def add(form: NeedForm) -> object:
        return add_need(
            request=found,
            base_version=form.cleaned_data["base_version"],
            actor=request.viewer,
            **form.fields_for_service(),
        )

    return _save(request, found, None, add)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def need_edit(request: PartyRequest, uuid: UUID, need: UUID) -> HttpResponse:
    """Change a need of a draft."""
    found = _editable(request, uuid)
    line = need_for(request.viewer, found, need)
    if request.method != "POST":
        return _page(request, found, _form(request, found, line, initial=NeedForm.initial_of(line)), line)

    def change(form: NeedForm) -> object:
        return update_need(
            need=line,
            base_version=form.cleaned_data["base_version"],
            actor=request.viewer,
            **form.fields_for_service(),
        )

    return _save(request, found, line, change)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def need_delete(request: PartyRequest, uuid: UUID, need: UUID) -> HttpResponse:
    """Take a need out of a draft."""
    found = _editable(request, uuid)
    line = need_for(request.viewer, found, need)
    if request.method == "POST":
        try:
            delete_need(need=line, base_version=base_version(request), actor=request.viewer)
        except Conflict:
            messages.warning(request, _("Nothing was removed: the request has changed since you opened it."))
        else:
            messages.success(request, _("The need is removed from the draft."))
        return redirect("assessments:request-detail", request.viewer.party.slug, found.uuid)
    context = {
        "heading": _("Remove the need “%(need)s”") % {"need": line},
        "effects": [
            _("It leaves this draft. The gaps it answers stay on the board."),
            _("What was endorsed or shared before keeps it."),
        ],
        "version": found.version,
        "confirm_label": _("Remove"),
        "cancel_url": page_url(request, "request-detail", found.uuid),
        "danger": True,
        "breadcrumbs": _crumbs(request, found, _("Remove a need")),
    }
    return render(request, "components/confirm.html", context)


def _editable(request: PartyRequest, uuid: UUID) -> AssistanceRequest:
    found = request_for(request.viewer, uuid)
    require(can_edit_request(request.viewer, found))
    return found


def _form(
    request: PartyRequest,
    found: AssistanceRequest,
    line: Need | None = None,
    *,
    data: Any = None,
    initial: dict[str, Any] | None = None,
) -> NeedForm:
    gaps = linkable_gaps(request.viewer, found, line)
    return NeedForm(data, currency=found.currency, gaps=gaps, initial=initial)


def _save(
    request: PartyRequest, found: AssistanceRequest, line: Need | None, service: Callable[[NeedForm], object]
) -> HttpResponse:
    form = _form(request, found, line, data=request.POST)
    if not form.is_valid():
        return _page(request, found, form, line, status=UNPROCESSABLE)
    try:
        service(form)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _page(request, found, form, line, status=UNPROCESSABLE)
    except Conflict:
        return _conflict_page(request, found, line)
    messages.success(request, _("The need is saved."))
    return redirect(page_url(request, "request-detail", found.uuid) + "#needs")


def _conflict_page(request: PartyRequest, found: AssistanceRequest, line: Need | None) -> HttpResponse:
    """The form with what was typed, beside what is stored now; saving again is over the newest version."""
    current = _editable(request, found.uuid)
    fresh = need_for(request.viewer, current, line.uuid) if line else None
    typed = request.POST.copy()
    typed["base_version"] = str(current.version)
    kept = _form(request, current, fresh, data=typed)
    stored = _form(request, current, fresh, initial=NeedForm.initial_of(fresh)) if fresh else None
    differences = differing_fields(stored, kept) if stored else []
    return _page(request, current, kept, fresh, status=CONFLICT, conflict=True, differences=differences)


def _page(
    request: PartyRequest,
    found: AssistanceRequest,
    form: NeedForm,
    line: Need | None = None,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    context = {
        "assistance": found,
        "need": line,
        "form": form,
        "breadcrumbs": _crumbs(request, found, _("Edit a need") if line else _("Add a need")),
        **more,
    }
    return render(request, "assessments/need_form.html", context, status=status)


def _crumbs(request: PartyRequest, found: AssistanceRequest, here: str) -> list[tuple[str, str]]:
    return [
        (_("Requests"), page_url(request, "request-list")),
        (found.reference, page_url(request, "request-detail", found.uuid)),
        (here, ""),
    ]
