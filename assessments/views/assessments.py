"""The list of baselines, starting one, and its overview."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Page, Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.assessments import AssessmentForm, StartForm, VersionForm
from assessments.models import Assessment
from assessments.permissions import (
    baseline_is_empty,
    can_compare_baselines,
    can_discard_assessment,
    can_edit_assessment,
    can_read_consultations,
    can_start_assessment,
)
from assessments.reports.profile_charts import area_radar
from assessments.selectors.assessments import assessment_for, assessments_for, what_rests_on
from assessments.selectors.consultations import participation_in
from assessments.selectors.frameworks import framework_tree, published_versions_for
from assessments.selectors.overview import AreaRow, assessment_overview
from assessments.selectors.quality import quality_of
from assessments.selectors.successions import upgrades_open
from assessments.services.assessments import discard_assessment, edit_assessment, start_assessment
from assessments.views.evidence_links import overview_block
from assessments.views.pages import CONFLICT, staff_only
from assessments.views.workflow import refused_alike, standing_of, steps_offered
from wam_portal.access import Viewer, require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_conflict, add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
AREAS_A_PAGE = 12
"""The framework of this portal has ten areas; of one that has more, table and chart show some at a time."""
ALL_AREAS = "all"
UNPROCESSABLE = 422


@party_page("assesses")
@require_safe
def assessment_list(request: PartyRequest) -> HttpResponse:
    """The baselines of the State, newest first."""
    staff_only(request)
    page = Paginator(assessments_for(request.viewer), PAGE_LENGTH).get_page(request.GET.get("page"))
    return render(
        request,
        "assessments/assessment_list.html",
        {
            "page_obj": page,
            "start_url": reverse("assessments:assessment-start", args=[request.viewer.party.slug]),
            "start_decision": can_start_assessment(request.viewer),
            "compare_decision": can_compare_baselines(request.viewer),
        },
    )


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_start(request: PartyRequest) -> HttpResponse:
    """Start a baseline with a published framework."""
    require(can_start_assessment(request.viewer))
    versions = published_versions_for(request.viewer)
    form = StartForm(request.POST or None, versions=versions)
    if request.method == "POST" and form.is_valid():
        try:
            assessment = start_assessment(**form.cleaned_data, actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The baseline is open for rating."))
            return redirect(address(request.viewer, "assessment-detail", assessment))
    return _form_page(request, form, _("Start a baseline"), _("Start"), address(request.viewer, "assessment-list"))


@party_page("assesses")
@require_safe
def assessment_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The overview: areas with score and coverage, who rates what, what is missing, the next step."""
    viewer, assessment = request.viewer, assessment_for(request.viewer, uuid)
    tree = framework_tree(assessment.framework_version)
    overview = assessment_overview(viewer, assessment, tree)
    can_edit = can_edit_assessment(viewer, assessment)
    areas = _areas_shown(request.GET.get("areas", ""), overview.areas)
    sheets = sheet_urls(viewer, assessment, (row.section.key for row in areas))
    actions = steps_offered(request, assessment)
    context = {
        "assessment": assessment,
        "evidence": overview_block(overview.record, sheets),
        "framework": tree.version,
        "overview": overview,
        "page_obj": areas,
        "areas": [
            {"row": row, "url": sheets[row.section.key], "headings": row.section.new_headings(before)}
            for row, before in zip(areas, [None, *(row.section for row in areas)], strict=False)
        ],
        "chart": area_radar((row.section.node.title, row.score) for row in areas if row.readable),
        "quality": quality_of(viewer, assessment, overview.record),
        "missing": _links(viewer, assessment, [(item.key, item.code or item.key) for item in overview.missing]),
        "can_edit": can_edit,
        "upgrade": next(iter(upgrades_open(viewer, [assessment])), None) if can_edit else None,
        "edit_url": address(viewer, "assessment-edit", assessment),
        "assign_url": address(viewer, "assignment-list", assessment),
        "participation": participation_in(viewer, assessment, tree) if can_read_consultations(viewer) else None,
        "consultation_url": address(viewer, "consultation-list", assessment),
        "actions": actions,
        "refused_alike": refused_alike(actions),
        **standing_of(request, assessment, overview),
        "breadcrumbs": list_crumb(viewer),
    }
    return render(request, "assessments/assessment_detail.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_edit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Change title, purpose and dates."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    form = AssessmentForm(request.POST) if request.method == "POST" else AssessmentForm.of(assessment)
    version = VersionForm(request.POST)
    here = address(request.viewer, "assessment-detail", assessment)
    stale: Assessment | None = None
    if request.method == "POST" and form.is_valid():
        try:
            edit_assessment(
                assessment=assessment, base_version=_base_version(version), actor=request.viewer, **form.cleaned_data
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            add_conflict(form, AssessmentForm.of(conflict.current), conflict.message)
            stale = conflict.current
        else:
            messages.success(request, _("Saved."))
            return redirect(here)
    crumbs = [(assessment.title, here)]
    shown = str(stale.version) if stale else request.POST.get("base_version", str(assessment.version))
    discard: dict[str, Any] = {}
    if can_discard_assessment(request.viewer, assessment):
        discard = {
            "discard_url": address(request.viewer, "assessment-discard", assessment),
            "discard_decision": baseline_is_empty(what_rests_on(assessment)),
        }
    heading, label = _("Change the baseline"), _("Save")
    status = CONFLICT if stale else 200
    return _form_page(request, form, heading, label, here, crumbs=crumbs, version=shown, status=status, **discard)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_discard(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Ask, then throw away a draft in which nothing was done yet."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_discard_assessment(request.viewer, assessment))
    require(baseline_is_empty(what_rests_on(assessment)))
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            version = _base_version(VersionForm(request.POST))
            discard_assessment(assessment=assessment, base_version=version, actor=request.viewer)
        except Conflict as conflict:
            problems = [{"text": conflict.message}]
            assessment = assessment_for(request.viewer, uuid)
        else:
            messages.success(request, _("The baseline is discarded."))
            return redirect(address(request.viewer, "assessment-list"))
    here = address(request.viewer, "assessment-detail", assessment)
    context = {
        "heading": _("Discard this baseline"),
        "text": assessment.title,
        "effects": [
            _("The baseline disappears from the list; it is empty, so no text is lost."),
            _("Your State can start another one with this framework in this cycle."),
            _("The audit log keeps that it was started, and who discarded it."),
        ],
        "problems": problems,
        "confirm_label": _("Discard"),
        "danger": True,
        "cancel_url": here,
        "version": str(assessment.version),
        "breadcrumbs": [*list_crumb(request.viewer), (assessment.title, here), (_("Discard"), "")],
    }
    return render(request, "components/confirm.html", context, status=CONFLICT if problems else 200)


def address(viewer: Viewer, name: str, assessment: Assessment | None = None, *args: object) -> str:
    """The address of a page of this app for the acting party."""
    place = [] if assessment is None else [assessment.uuid]
    return reverse(f"assessments:{name}", args=[viewer.party.slug, *place, *args])


def sheet_urls(viewer: Viewer, assessment: Assessment, sections: Iterable[str]) -> dict[str, str]:
    """The addresses of the sheets of some sections by their keys; looked up once for all."""
    before, after = address(viewer, "section-sheet", assessment, "-").rsplit("-", 1)
    return {key: f"{before}{key}{after}" for key in sections}


def list_crumb(viewer: Viewer) -> list[tuple[str, str]]:
    """The way up to the list."""
    return [(_("Baselines"), address(viewer, "assessment-list"))]


def _areas_shown(wanted: str, areas: Sequence[AreaRow]) -> Page[AreaRow]:
    """A page of the areas, all pages about as long as each other; all of them for `ALL_AREAS`."""
    pages = 1 if wanted == ALL_AREAS else -(-len(areas) // AREAS_A_PAGE)
    return Paginator(areas, -(-len(areas) // max(pages, 1)) or 1).get_page(wanted)


def _links(viewer: Viewer, assessment: Assessment, items: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "url": address(viewer, "answer-edit", assessment, key)} for key, label in items]


def _base_version(form: VersionForm) -> int:
    """The version sent along; 0, which is never right, where it is missing or no number."""
    return int(form.cleaned_data["base_version"]) if form.is_valid() else 0


def _form_page(
    request: PartyRequest,
    form: forms.Form,
    heading: str,
    label: str,
    cancel_url: str,
    *,
    crumbs: list[tuple[str, str]] | None = None,
    version: str = "",
    status: int = 200,
    **more: object,
) -> HttpResponse:
    context = {
        **more,
        "form": form,
        "heading": heading,
        "confirm_label": label,
        "cancel_url": cancel_url,
        "version": version,
        "breadcrumbs": [*list_crumb(request.viewer), *(crumbs or [])],
    }
    shown = UNPROCESSABLE if form.errors and status != CONFLICT else status
    return render(request, "assessments/assessment_form.html", context, status=shown)
