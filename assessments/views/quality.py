"""The quality check of a baseline: what a careful reader would ask, and leaving it as it is for a reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.quality import DismissFindingForm
from assessments.frameworks.schema import LevelAbove, UnknownShare
from assessments.models import Assessment
from assessments.permissions import can_dismiss_finding
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.quality import FindingView, RuleFindings, finding_for, quality_of
from assessments.selectors.record import read_record
from assessments.services.quality import dismiss_finding, undo_dismissal
from assessments.views.pages import CONFLICT, UNPROCESSABLE, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid
from wam_portal.formats import format_labelled, format_share
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

SHOWN = 20
PAGE_LENGTH = 50


@party_page("assesses")
@require_safe
def assessment_quality(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The findings by rule; one rule alone, page by page, where it is named."""
    assessment = assessment_for(request.viewer, uuid)
    record = read_record(request.viewer, assessment, framework_tree(assessment.framework_version))
    quality = quality_of(request.viewer, assessment, record)
    chosen = next((group for group in quality.groups if group.rule.key == request.GET.get("rule")), None)
    page = Paginator(chosen.open, PAGE_LENGTH).get_page(request.GET.get("page")) if chosen else None
    shown = None if page is None else list(page)
    groups = [_group(request, assessment, group, shown) for group in ([chosen] if chosen else quality.groups)]
    context = {
        "assessment": assessment,
        "quality": quality,
        "chosen": chosen,
        "page_obj": page,
        "groups": [group for group in groups if chosen or group["count"]],
        "settled": [group for group in groups if not chosen and not group["count"]],
        "decision": can_dismiss_finding(request.viewer, assessment),
        "breadcrumbs": _crumbs(request, assessment, (_("Quality"), "")),
    }
    return render(request, "assessments/assessment_quality.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def finding_dismiss(request: PartyRequest, uuid: UUID, rule: str, subject: str) -> HttpResponse:
    """Leave a finding as it is, for a reason."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_dismiss_finding(request.viewer, assessment))
    view = finding_for(request.viewer, assessment, framework_tree(assessment.framework_version), rule, subject)
    back = page_url(request, "assessment-quality", assessment.uuid)
    form = DismissFindingForm(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            dismiss_finding(
                assessment=assessment,
                rule=rule,
                subject=subject,
                fingerprint=request.POST.get("base_version", ""),
                reason=form.cleaned_data["reason"],
                actor=request.viewer,
            )
        except Conflict as conflict:
            form.add_error(None, str(conflict))
            status = CONFLICT
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The finding is dismissed. It returns when an answer it rests on changes."))
            return redirect(back)
    return _dismiss_page(request, assessment, view, form, status=status)


@party_page("assesses")
@require_POST
def dismissal_undo(request: PartyRequest, uuid: UUID, rule: str, subject: str) -> HttpResponse:
    """Ask a dismissed finding again."""
    assessment = assessment_for(request.viewer, uuid)
    fingerprint = request.POST.get("base_version", "")
    try:
        undo_dismissal(assessment=assessment, rule=rule, subject=subject, fingerprint=fingerprint, actor=request.viewer)
    except Conflict as conflict:
        messages.info(request, conflict.message)
    else:
        messages.success(request, _("The finding is open again. Why it was dismissed stays in the record."))
    return redirect(page_url(request, "assessment-quality", assessment.uuid))


def _dismiss_page(
    request: PartyRequest, assessment: Assessment, view: FindingView, form: DismissFindingForm, *, status: int
) -> HttpResponse:
    back = page_url(request, "assessment-quality", assessment.uuid)
    context = {
        "heading": _("Leave this finding as it is"),
        "text": view.finding.rule.message,
        "effects": [
            _("The finding no longer counts; your reason is kept beside it."),
            _("It returns as soon as an answer it rests on changes."),
        ],
        "row": _row(request, assessment, view),
        "confirm_label": _("Dismiss"),
        "form": form,
        "cancel_url": back,
        # What is looked at now is what is decided on, also after a conflict.
        "version": view.finding.fingerprint,
        "breadcrumbs": _crumbs(request, assessment, (_("Quality"), back), (_("Dismiss"), "")),
    }
    failed = UNPROCESSABLE if form.errors and status != CONFLICT else status
    return render(request, "assessments/finding_dismiss.html", context, status=failed)


def _group(
    request: PartyRequest, assessment: Assessment, group: RuleFindings, page: Sequence[FindingView] | None
) -> dict[str, Any]:
    shown = group.open[:SHOWN] if page is None else page
    return {
        "rule": group.rule,
        "count": len(group.open),
        "rows": [_row(request, assessment, view) for view in shown],
        "more": len(group.open) - len(shown) if page is None else 0,
        "dismissed": [_row(request, assessment, view) for view in group.dismissed],
    }


def _row(request: PartyRequest, assessment: Assessment, view: FindingView) -> dict[str, Any]:
    finding = view.finding
    return {
        "view": view,
        "links": [
            {
                "code": indicator.code or indicator.key,
                "question": indicator.question,
                "url": page_url(request, "answer-edit", assessment.uuid, indicator.key),
            }
            for indicator in view.indicators
        ],
        "about": _about(view),
        "undo_url": page_url(request, "dismissal-undo", assessment.uuid, finding.rule.key, finding.subject),
        "dismiss_url": page_url(request, "finding-dismiss", assessment.uuid, finding.rule.key, finding.subject),
    }


def _about(view: FindingView) -> str:
    """What the rule looked at, where that is not one answer."""
    finding = view.finding
    match finding.rule.condition:
        case UnknownShare():
            figures = {"count": finding.count, "total": finding.total}
            share = format_share(finding.count, finding.total)
            counted = _("%(count)s of %(total)s unknown (%(share)s)") % {**figures, "share": share}
            return format_labelled(view.title or _("The whole baseline"), counted)
        case LevelAbove():
            return _("the first is rated above the second")
        case _:
            return ""


def _crumbs(request: PartyRequest, assessment: Assessment, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
        *more,
    ]
