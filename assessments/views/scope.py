"""Scope and framework of a baseline: what is left out and why, and the way to a newer version of the framework."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.scope import LeaveOutAnsweredForm, LeaveOutForm
from assessments.models import Assessment
from assessments.permissions import can_edit_assessment, can_read_scope
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree, published_version_for
from assessments.selectors.hanging import by_kind
from assessments.selectors.quality import quality_of
from assessments.selectors.record import read_record
from assessments.selectors.scope import count_answered, indicators_chosen, scope_of
from assessments.selectors.successions import (
    UpgradePlan,
    in_words,
    is_newer_of,
    left_behind_of,
    newer_versions_for,
    requests_resting_on,
    upgrade_plan,
)
from assessments.selectors.working_copies import uploads_waiting
from assessments.services.scope import leave_out, put_back
from assessments.services.successions import planned_moves, upgrade_assessment, what_stayed
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_scope(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What the baseline asks and what is left out of it; leaving out more."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_read_scope(request.viewer))
    tree = framework_tree(assessment.framework_version)
    only = tree.find_group(request.GET.get("only", ""))
    outside = [indicator.key for indicator in tree.indicators if only and indicator.key not in only.indicators]
    form = LeaveOutForm(request.POST or None, tree=tree, initial={"keys": outside})
    if request.method == "POST":
        require(can_edit_assessment(request.viewer, assessment))
        if form.is_valid():
            chosen = indicators_chosen(tree, set(form.cleaned_data["keys"]))
            answered = count_answered(request.viewer, assessment, chosen)
            if answered and "confirmed" not in request.POST:
                return _ask(request, assessment, len(chosen), answered)
            try:
                count = leave_out(assessment=assessment, actor=request.viewer, **form.cleaned_data)
            except Invalid as invalid:
                add_errors(form, invalid)
            else:
                messages.success(request, _left_out(count))
                return redirect(page_url(request, "assessment-scope", uuid))
    status = UNPROCESSABLE if form.is_bound else 200
    context = _context(request, assessment, form) | {"only": only}
    return render(request, "assessments/assessment_scope.html", context, status=status)


def _ask(request: PartyRequest, assessment: Assessment, total: int, answered: int) -> HttpResponse:
    """Before answers are set aside: how many, and that nothing of them is lost."""
    sent = request.POST.copy()
    sent["confirmed"] = "1"
    here = page_url(request, "assessment-scope", assessment.uuid)
    dropped = (
        _("The indicator chosen has an answer. It drops out of scores and gaps.")
        if total == 1
        else ngettext(
            "%(answered)d of the %(total)d indicators chosen has an answer. It drops out of scores and gaps.",
            "%(answered)d of the %(total)d indicators chosen have an answer. They drop out of scores and gaps.",
            answered,
        )
    )
    context = {
        "heading": _("Leave out what is answered already"),
        "text": assessment.title,
        "effects": [
            dropped % {"answered": answered, "total": total},
            _("Nothing is lost: putting an indicator back restores what was answered."),
        ],
        "confirm_label": _("Leave out"),
        "form": LeaveOutAnsweredForm(sent, tree=framework_tree(assessment.framework_version)),
        "cancel_url": here,
        "breadcrumbs": [*_crumbs(request, assessment), (_("Scope"), here)],
    }
    return render(request, "components/confirm.html", context)


def _context(request: PartyRequest, assessment: Assessment, form: LeaveOutForm) -> dict[str, Any]:
    tree = framework_tree(assessment.framework_version)
    scope, here = scope_of(request.viewer, assessment, tree), page_url(request, "assessment-scope", assessment.uuid)
    return {
        "assessment": assessment,
        "tree": tree,
        "form": form,
        "scope": scope,
        "groups": [
            {
                "group": group,
                "url": f"{here}?{urlencode({'only': group.key})}#leave",
                "inside": sum(one.key in group.indicators for section in scope for one in section.inside),
            }
            for group in tree.groups
        ],
        "opened": {
            section.section.key
            for section in scope
            if section.section.key in form.chosen or any(one.key in form.chosen for one in section.inside)
        },
        "ticked": sum(one.key in form.chosen for section in scope for one in section.inside),
        "outside_count": sum(len(section.outside) for section in scope),
        "inside_count": sum(len(section.inside) for section in scope),
        "edit_decision": can_edit_assessment(request.viewer, assessment),
        "newer": newer_versions_for(request.viewer, assessment.framework_version),
        "left_behind_count": left_behind_of(request.viewer, assessment).count()
        + len(what_stayed(request.viewer, assessment)),
        "breadcrumbs": _crumbs(request, assessment),
    }


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def scope_put_back(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Put areas or indicators back into the baseline, once confirmed, with what was answered before."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    if request.method != "POST":
        return _ask_to_put_back(request, assessment)
    count = put_back(assessment=assessment, keys=request.POST.getlist("keys"), actor=request.viewer)
    text = ngettext(
        "%(count)d indicator is back in the baseline.", "%(count)d indicators are back in the baseline.", count
    )
    messages.success(request, text % {"count": count})
    return redirect(page_url(request, "assessment-scope", uuid))


def _ask_to_put_back(request: PartyRequest, assessment: Assessment) -> HttpResponse:
    tree = framework_tree(assessment.framework_version)
    chosen = indicators_chosen(tree, set(request.GET.getlist("keys")))
    here = page_url(request, "assessment-scope", assessment.uuid)
    context = {
        "heading": _("Put back into the baseline"),
        "indicators": chosen,
        "effects": [
            _("It is asked again, and counts in scores and gaps."),
            _("What was answered before it was left out is restored; the reason stays in the history."),
        ],
        "blocked": [] if chosen else [_("No indicator is chosen.")],
        "confirm_label": _("Put back"),
        "cancel_url": here,
        "breadcrumbs": [*_crumbs(request, assessment), (_("Scope"), here)],
    }
    return render(request, "assessments/scope_put_back.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_upgrade(request: PartyRequest, uuid: UUID, version: UUID) -> HttpResponse:
    """What an upgrade to a newer version of the framework would do; doing it once confirmed."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    newer = published_version_for(request.viewer, version)
    if not is_newer_of(assessment, newer):
        raise NotVisible
    problems: list[dict[str, str]] = []
    status = 200
    if request.method == "POST":
        try:
            upgrade_assessment(
                assessment=assessment,
                to=newer,
                base_version=base_version(request),
                seen=request.POST.get("seen", ""),
                actor=request.viewer,
            )
        except Conflict as conflict:
            problems, status = [{"text": conflict.message}], CONFLICT
            assessment = assessment_for(request.viewer, uuid)
        except Invalid as invalid:
            problems, status = [{"text": invalid.message}], UNPROCESSABLE
        else:
            messages.success(
                request, _("The baseline is rated with version %(version)s now.") % {"version": newer.version}
            )
            return redirect(page_url(request, "assessment-scope", uuid))
    plan = upgrade_plan(assessment, newer)
    others = planned_moves(assessment, plan).worth_telling
    context = {
        "assessment": assessment,
        "newer": newer,
        "plan": plan,
        "requests": requests_resting_on(assessment, plan.left),
        "others": by_kind(others),
        "others_count": len(others),
        "dismissals": _dismissals(request, assessment, plan),
        "uploads": uploads_waiting(assessment),
        "problems": problems,
        "breadcrumbs": [*_crumbs(request, assessment), (_("Scope"), page_url(request, "assessment-scope", uuid))],
    }
    return render(request, "assessments/assessment_upgrade.html", context, status=status)


@party_page("assesses")
@require_safe
def left_behind_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What an upgrade could not carry over: answers with their texts and the reasons, and what else stayed."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_read_scope(request.viewer))
    page = Paginator(left_behind_of(request.viewer, assessment), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment,
        "page_obj": page,
        "left": in_words(page),
        "others": by_kind(what_stayed(request.viewer, assessment)),
        "breadcrumbs": [*_crumbs(request, assessment), (_("Scope"), page_url(request, "assessment-scope", uuid))],
    }
    return render(request, "assessments/left_behind_list.html", context)


def _dismissals(request: PartyRequest, assessment: Assessment, plan: UpgradePlan) -> int:
    """How many findings are dismissed now: a dismissal holds for the answers as they were."""
    quality = quality_of(request.viewer, assessment, read_record(request.viewer, assessment, plan.old))
    return sum(len(group.dismissed) for group in quality.groups)


def _left_out(count: int) -> str:
    text = ngettext("%(count)d indicator is left out.", "%(count)d indicators are left out.", count)
    return text % {"count": count}


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
    ]
