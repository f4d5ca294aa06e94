"""Requests: the list, drafting from gaps, the page of one, its form, and its steps."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import LIVE_GAPS, RequestStatus
from assessments.filters import REQUEST_ORDERS, RequestFilter, order_fields
from assessments.forms.requests import RequestForm
from assessments.models import AssistanceRequest
from assessments.permissions import (
    can_draft_request,
    can_edit_request,
    can_endorse_request,
    can_read_gaps,
    can_release_request,
    can_reopen_request,
    can_withdraw_request,
)
from assessments.selectors.assessments import assessment_for
from assessments.selectors.releases import access_log, grants_of, versions_of
from assessments.selectors.request_completeness import Completeness, completeness
from assessments.selectors.requests import baselines_with_gaps, request_for, requests_for
from assessments.services.requests import (
    draft_request,
    endorse_request,
    reopen_request,
    update_request,
    withdraw_request,
)
from assessments.views.gaps import render_board
from assessments.views.pages import (
    CONFLICT,
    UNPROCESSABLE,
    base_version,
    differing_fields,
    page_url,
    posted_uuid,
    staff_only,
)
from wam_portal.access import Decision, Viewer, refuse, require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25


@party_page("assesses")
@require_safe
def request_list(request: PartyRequest) -> HttpResponse:
    """The State's requests."""
    staff_only(request)
    viewer = request.viewer
    filterset = RequestFilter(request.GET, queryset=requests_for(viewer))
    order = order_fields(request.GET.get("ordering", ""), REQUEST_ORDERS) or ["-created_at"]
    page = Paginator(filterset.qs.order_by(*order, "-pk"), PAGE_LENGTH).get_page(request.GET.get("page"))
    columns = [
        {"label": _("Reference"), "sort": "reference"},
        {"label": _("Title"), "sort": "title"},
        {"label": _("Status"), "sort": "status"},
        {"label": _("Needs"), "numeric": True},
        {"label": _("Amount sought"), "sort": "amount", "numeric": True},
        {"label": _("Period"), "sort": "period"},
        {"label": _("Shared with"), "numeric": True},
    ]
    context = {
        "page_obj": page,
        "filter": filterset,
        "columns": columns,
        "draft_decision": can_draft_request(viewer),
        "baseline": baselines_with_gaps(viewer).first(),
    }
    return render(request, "assessments/request_list.html", context)


@party_page("assesses")
@require_POST
def request_draft(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Draft a request from the gaps ticked on the board of a baseline."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_draft_request(request.viewer))
    chosen = request.POST.getlist("gaps")
    try:
        drafted = draft_request(
            assessment=assessment, gap_uuids=[posted_uuid(value) for value in chosen], actor=request.viewer
        )
    except Invalid as invalid:
        return render_board(request, assessment, chosen=chosen, problems=invalid.errors["gaps"])
    messages.success(
        request,
        _("%(reference)s is drafted from the gaps you chose. Say what donors need to know.")
        % {"reference": drafted.reference},
    )
    return redirect("assessments:request-edit", request.viewer.party.slug, drafted.uuid)


@party_page("assesses")
@require_safe
def request_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """One request: what it asks for, what is missing, to whom it was released."""
    return render_detail(request, request_for(request.viewer, uuid))


def render_detail(
    request: PartyRequest, found: AssistanceRequest, *, problems: list[str] | None = None, status: int = 200
) -> HttpResponse:
    """The page of a request, with `problems` on top when a step was refused."""
    viewer = request.viewer
    complete = completeness(found)
    grants = list(grants_of(viewer, found))
    context = {
        "assistance": found,
        "needs": found.needs.all(),
        "amount_total": sum(need.amount_minor or 0 for need in found.needs.all()),
        "completeness": complete,
        "versions": list(versions_of(found)),
        "grants": grants,
        "access_log": access_log(viewer, grants) if grants else [],
        "trace": _trace(request, found, grants_given=len([grant for grant in grants if grant.is_active])),
        "edit_decision": can_edit_request(viewer, found),
        "gaps_decision": can_read_gaps(viewer),
        "endorse_decision": _may_endorse(viewer, found, complete),
        "reopen_decision": can_reopen_request(viewer, found),
        "withdraw_decision": can_withdraw_request(viewer, found),
        "release_decision": can_release_request(viewer, found),
        "problems": [{"text": text, "target": ""} for text in problems or ()],
        "breadcrumbs": [(_("Requests"), page_url(request, "request-list")), (found.reference, "")],
    }
    return render(request, "assessments/request_detail.html", context, status=status)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def request_edit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Write into a draft: its sections on one side, what is missing on the other."""
    found = request_for(request.viewer, uuid)
    require(can_edit_request(request.viewer, found))
    if request.method != "POST":
        return _edit_page(request, found, RequestForm(initial=RequestForm.initial_of(found)))
    form = RequestForm(request.POST)
    if not form.is_valid():
        return _edit_page(request, found, form, status=UNPROCESSABLE)
    try:
        update_request(
            request=found,
            base_version=form.cleaned_data["base_version"],
            actor=request.viewer,
            **form.fields_for_service(),
        )
    except Invalid as invalid:
        add_errors(form, invalid)
        return _edit_page(request, found, form, status=UNPROCESSABLE)
    except Conflict:
        return _conflict_page(request, request_for(request.viewer, uuid))
    messages.success(request, _("The request is saved."))
    return redirect("assessments:request-detail", request.viewer.party.slug, found.uuid)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def request_endorse(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Endorse a draft after a page that says what this means."""
    step = _Step(
        predicate=can_endorse_request,
        service=endorse_request,
        heading=_("Endorse this request"),
        effects=(
            _("The request is kept as it stands, with a hash that proves it; later changes make a new version."),
            _("Nothing is shared yet: you decide afterwards who may see it."),
        ),
        label=_("Endorse"),
        done=_("The request is endorsed. You can share it now."),
        blocked=lambda found: [str(fault.what) for fault in completeness(found).faults],
    )
    return _take(request, uuid, step)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def request_reopen(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Reopen an endorsed request for changes."""
    step = _Step(
        predicate=can_reopen_request,
        service=reopen_request,
        heading=_("Reopen this request for changes"),
        effects=(
            _("What was endorsed stays as signed, and those who hold a grant go on seeing it."),
            _("It must be endorsed again before a newer version can be shared."),
        ),
        label=_("Reopen"),
        done=_("The request can be changed again."),
    )
    return _take(request, uuid, step)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def request_withdraw(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Withdraw a request and with it all grants."""
    step = _Step(
        predicate=can_withdraw_request,
        service=withdraw_request,
        heading=_("Withdraw this request"),
        effects=(
            _("Every grant ends at once: nobody outside your State can open it any more."),
            _("Matches that nobody has decided on end too; what was agreed stands."),
            _("This cannot be undone. Documents that were downloaded before cannot be called back."),
        ),
        label=_("Withdraw for good"),
        done=_("The request is withdrawn and all its grants are revoked."),
        danger=True,
    )
    return _take(request, uuid, step)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of a request: who may take it, what takes it, what stands in the way, and the words around it."""

    predicate: Callable[[Viewer, AssistanceRequest], Decision]
    service: Callable[..., object]
    heading: str
    effects: tuple[str, ...]
    label: str
    done: str
    danger: bool = False
    blocked: Callable[[AssistanceRequest], list[str]] = lambda _found: []


def _take(request: PartyRequest, uuid: UUID, step: _Step) -> HttpResponse:
    """Ask first, then do it."""
    found = request_for(request.viewer, uuid)
    require(step.predicate(request.viewer, found))
    here = page_url(request, "request-detail", found.uuid)
    if request.method == "POST":
        try:
            step.service(request=found, base_version=base_version(request), actor=request.viewer)
        except Invalid as invalid:
            fresh = request_for(request.viewer, uuid)
            return render_detail(request, fresh, problems=invalid.errors[""], status=UNPROCESSABLE)
        except Conflict:
            text = _("Nothing was done: the request has changed since you opened it. This is how it stands now.")
            return render_detail(request, request_for(request.viewer, uuid), problems=[text], status=CONFLICT)
        messages.success(request, step.done)
        return redirect(here)
    context = {
        "heading": step.heading,
        "text": f"{found.reference} · {found.title}",
        "effects": step.effects,
        "blocked": step.blocked(found),
        "version": found.version,
        "confirm_label": step.label,
        "cancel_url": here,
        "danger": step.danger,
        "breadcrumbs": [(_("Requests"), page_url(request, "request-list")), (found.reference, here)],
    }
    return render(request, "components/confirm.html", context)


def _edit_page(request: PartyRequest, found: AssistanceRequest, form: RequestForm, status: int = 200) -> HttpResponse:
    return render(request, "assessments/request_edit.html", _edit_context(request, found, form), status=status)


def _conflict_page(request: PartyRequest, current: AssistanceRequest) -> HttpResponse:
    """The form with what was typed, beside what somebody saved meanwhile; saving again is over the newest version."""
    require(can_edit_request(request.viewer, current))
    stored = RequestForm(initial=RequestForm.initial_of(current))
    typed = request.POST.copy()
    typed["base_version"] = str(current.version)
    kept = RequestForm(typed)
    context = {**_edit_context(request, current, kept), "differences": differing_fields(stored, kept)}
    return render(request, "assessments/request_edit.html", context, status=CONFLICT)


def _edit_context(request: PartyRequest, found: AssistanceRequest, form: RequestForm) -> dict[str, Any]:
    return {
        "assistance": found,
        "form": form,
        "needs": found.needs.all(),
        "completeness": completeness(found),
        "breadcrumbs": [
            (_("Requests"), page_url(request, "request-list")),
            (found.reference, page_url(request, "request-detail", found.uuid)),
            (_("Edit"), ""),
        ],
    }


def _may_endorse(viewer: Viewer, found: AssistanceRequest, complete: Completeness) -> Decision:
    decision = can_endorse_request(viewer, found)
    if decision and complete.faults:
        return refuse(
            _("Something is missing that blocks the endorsement; see what donors will ask."),
            _("A focal point of your State can complete it."),
        )
    return decision


def _trace(request: PartyRequest, found: AssistanceRequest, *, grants_given: int) -> list[dict[str, Any]]:
    gaps = {gap.pk: gap for need in found.needs.all() for gap in need.gaps.all()}
    unsettled = any(gap.status not in LIVE_GAPS for gap in gaps.values())
    board = page_url(request, "gap-list", found.assessment.uuid) if can_read_gaps(request.viewer) else ""
    assessment_url = page_url(request, "assessment-detail", found.assessment.uuid)
    steps: list[dict[str, Any]] = [
        {"kind": _("Baseline"), "label": found.assessment.title, "url": assessment_url},
        {
            "kind": _("Gaps"),
            "label": ", ".join(gap.indicator.code or gap.indicator.key for gap in gaps.values()) or "–",
            "url": board,
            "changed": unsettled,
        },
        {"kind": _("Request"), "label": found.reference, "current": True},
    ]
    if found.status == RequestStatus.ENDORSED or grants_given:
        steps.append({"kind": _("Shared"), "label": _("%(count)d grants") % {"count": grants_given}, "url": "#grants"})
    return steps
