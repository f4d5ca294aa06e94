"""The gap board of a baseline, one gap, and the decisions on it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from assessments.enums import LIVE_GAPS
from assessments.filters import GAP_ORDERS, GapFilter, order_fields
from assessments.forms.gaps import DismissGapForm, RootCauseForm
from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment, Gap
from assessments.permissions import can_decide_gap, can_describe_gap, can_draft_request, can_read_gaps
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.gaps import (
    GapRow,
    answer_behind,
    gap_for,
    gap_row,
    gaps_for,
    grouped_by_section,
    grouped_by_tier,
    live_counts,
    section_totals,
    tier_totals,
)
from assessments.selectors.meetings import decisions_on, reads_meetings
from assessments.services.gaps import confirm_gap, describe_root_cause, dismiss_gap, reopen_gap
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
BY_AREA = "area"


@party_page("assesses")
@require_safe
def gap_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The gaps of a baseline, by severity or by area, to choose a request from."""
    assessment = assessment_for(request.viewer, uuid)
    return render_board(request, assessment)


def render_board(
    request: PartyRequest,
    assessment: Assessment,
    *,
    chosen: Collection[str] = (),
    problems: Collection[str] = (),
) -> HttpResponse:
    """The board; with `problems` above it and the gaps `chosen` ticked when a draft was refused."""
    if not can_read_gaps(request.viewer):
        raise NotVisible
    tree = framework_tree(assessment.framework_version)
    filterset = GapFilter(request.GET, queryset=gaps_for(request.viewer, assessment), tree=tree)
    by_area = request.GET.get("group") == BY_AREA
    first = "indicator__section__position" if by_area else "tier_rank"
    wanted = order_fields(request.GET.get("ordering", ""), GAP_ORDERS) or ["-severity_micro"]
    page = Paginator(filterset.qs.order_by(first, *wanted, "indicator__position"), PAGE_LENGTH)
    totals = section_totals(filterset.qs) if by_area else tier_totals(filterset.qs)
    page.count = totals.total()  # the totals of the groups make up the whole: nothing is counted twice
    shown = page.get_page(request.GET.get("page"))
    rows = [gap_row(gap, tree) for gap in shown]
    context = {
        "assessment": assessment,
        "page_obj": shown,
        "groups": grouped_by_section(rows, totals, tree) if by_area else grouped_by_tier(rows, totals),
        "by_area": by_area,
        "mixes_scales": tree.mixes_scales,
        "filter": filterset,
        "counts": live_counts(request.viewer, assessment),
        "chosen": set(chosen),
        "problems": [{"text": text, "target": "gaps"} for text in problems],
        "draft_decision": can_draft_request(request.viewer),
        "draft_url": page_url(request, "request-draft", assessment.uuid),
        "breadcrumbs": _crumbs(request, assessment, (_("Gaps"), "")),
    }
    return render(request, "assessments/gap_list.html", context, status=UNPROCESSABLE if problems else 200)


@party_page("assesses")
@require_safe
def gap_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """One gap: what it rests on, what was decided, what came of it."""
    return _detail(request, gap_for(request.viewer, uuid))


@party_page("assesses")
@require_POST
def gap_confirm(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Confirm the gap."""
    gap = gap_for(request.viewer, uuid)
    try:
        confirm_gap(gap=gap, base_version=base_version(request), actor=request.viewer)
    except Conflict as conflict:
        return _changed_since(request, conflict)
    messages.success(request, _("The gap is confirmed. A request can rest on it now."))
    return _to(request, gap)


@party_page("assesses")
@require_POST
def gap_dismiss(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Dismiss the gap for a reason."""
    gap = gap_for(request.viewer, uuid)
    require(can_decide_gap(request.viewer, gap, "dismiss"))
    form = DismissGapForm(request.POST)
    if not form.is_valid():
        return _detail(request, gap, dismiss_form=form, status=UNPROCESSABLE)
    try:
        dismiss_gap(
            gap=gap, base_version=base_version(request), actor=request.viewer, reason=form.cleaned_data["reason"]
        )
    except Conflict:
        form.add_error(None, _("This gap has changed since you opened it. Your reason is kept: look, then dismiss it."))
        return _detail(request, gap_for(request.viewer, uuid), dismiss_form=form, status=CONFLICT)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _detail(request, gap, dismiss_form=form, status=UNPROCESSABLE)
    messages.success(request, _("The gap is dismissed. It opens again if the level falls."))
    return _to(request, gap)


@party_page("assesses")
@require_POST
def gap_reopen(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Take a confirmation or a dismissal back."""
    gap = gap_for(request.viewer, uuid)
    try:
        reopen_gap(gap=gap, base_version=base_version(request), actor=request.viewer)
    except Conflict as conflict:
        return _changed_since(request, conflict)
    messages.success(request, _("The decision is taken back; the gap is open."))
    return _to(request, gap)


@party_page("assesses")
@require_POST
def gap_describe(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Note the root cause."""
    gap = gap_for(request.viewer, uuid)
    require(can_describe_gap(request.viewer, gap))
    form = RootCauseForm(request.POST)
    if not form.is_valid():
        return _detail(request, gap, form=form, status=UNPROCESSABLE)
    try:
        describe_root_cause(
            gap=gap,
            base_version=base_version(request),
            actor=request.viewer,
            root_cause=form.cleaned_data["root_cause"],
        )
    except Conflict:
        form.add_error(
            None, _("This gap has changed since you opened it. Your text is kept: look, then save it again.")
        )
        return _detail(request, gap_for(request.viewer, uuid), form=form, status=CONFLICT)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _detail(request, gap, form=form, status=UNPROCESSABLE)
    messages.success(request, _("The root cause is saved."))
    return _to(request, gap)


def _detail(
    request: PartyRequest,
    gap: Gap,
    *,
    form: RootCauseForm | None = None,
    dismiss_form: DismissGapForm | None = None,
    status: int = 200,
) -> HttpResponse:
    assessment = gap.assessment
    assessment.state = request.viewer.party
    tree = framework_tree(assessment.framework_version)
    row = gap_row(gap, tree)
    board = (_("Gaps"), page_url(request, "gap-list", assessment.uuid))
    context = {
        "row": row,
        "gap": gap,
        "assessment": assessment,
        "section": tree.find_section(row.indicator.section),
        "answer": answer_behind(request.viewer, gap),
        "trace": _trace(request, gap, row, tree),
        "decisions": decisions_on(request.viewer, assessment, gap.indicator_id),
        "reads_meetings": reads_meetings(request.viewer),
        "root_cause_form": form or RootCauseForm(initial={"root_cause": gap.root_cause}),
        "dismiss_form": dismiss_form or DismissGapForm(),
        "form": form or dismiss_form,
        "confirm_decision": can_decide_gap(request.viewer, gap, "confirm"),
        "dismiss_decision": can_decide_gap(request.viewer, gap, "dismiss"),
        "reopen_decision": can_decide_gap(request.viewer, gap, "reopen"),
        "describe_decision": can_describe_gap(request.viewer, gap),
        "draft_decision": can_draft_request(request.viewer),
        "breadcrumbs": _crumbs(request, assessment, board, (row.code, "")),
    }
    return render(request, "assessments/gap_detail.html", context, status=status)


def _trace(request: PartyRequest, gap: Gap, row: GapRow, tree: FrameworkTree) -> list[dict[str, Any]]:
    assessment = gap.assessment
    unsettled = gap.status not in LIVE_GAPS
    answer_url = page_url(request, "answer-edit", assessment.uuid, row.indicator.key)
    return [
        {
            "kind": _("Baseline"),
            "label": assessment.title,
            "url": page_url(request, "assessment-detail", assessment.uuid),
        },
        {"kind": _("Answer"), "label": row.code, "url": answer_url},
        {"kind": _("Gap"), "label": gap.get_tier_display(), "current": True},
        *(
            {
                "kind": _("Request"),
                "label": linked.reference,
                "url": page_url(request, "request-detail", linked.uuid),
                "changed": unsettled,
            }
            for linked in row.requests
        ),
    ]


def _changed_since(request: PartyRequest, conflict: Conflict) -> HttpResponse:
    """The gap as it stands now, with a word on why nothing was done."""
    messages.warning(
        request, _("Nothing was done: the gap has changed since you opened it. This is how it stands now.")
    )
    return _detail(request, gap_for(request.viewer, conflict.current.uuid), status=CONFLICT)


def _to(request: PartyRequest, gap: Gap) -> HttpResponse:
    return redirect("assessments:gap-detail", request.viewer.party.slug, gap.uuid)


def _crumbs(request: PartyRequest, assessment: Assessment, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
        *more,
    ]
