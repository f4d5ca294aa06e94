"""The list of baselines, starting one, its overview, and its way through review to endorsement."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from assessments.enums import AssessmentStatus
from assessments.forms.assessments import (
    AssessmentForm,
    EndorseForm,
    ReasonForm,
    StartForm,
    VersionForm,
)
from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment
from assessments.permissions import (
    can_compare_baselines,
    can_edit_assessment,
    can_endorse_assessment,
    can_reopen_assessment,
    can_return_assessment,
    can_start_assessment,
    can_submit_assessment,
)
from assessments.reports.profile_charts import area_radar
from assessments.selectors.answers import missing_indicators
from assessments.selectors.assessments import assessment_for, assessments_for
from assessments.selectors.frameworks import framework_tree, published_versions_for
from assessments.selectors.overview import Overview, assessment_overview
from assessments.services.assessments import (
    edit_assessment,
    endorse_assessment,
    reopen_assessment,
    return_assessment,
    start_assessment,
    submit_assessment,
)
from wam_portal.access import Decision, Viewer, require
from wam_portal.errors import Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
UNPROCESSABLE = 422


@party_page("assesses")
@require_safe
def assessment_list(request: PartyRequest) -> HttpResponse:
    """The baselines of the State, newest first."""
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
    overview = assessment_overview(viewer, assessment, framework_tree(assessment.framework_version))
    context = {
        "assessment": assessment,
        "overview": overview,
        "areas": [
            {"row": row, "url": address(viewer, "section-sheet", assessment, row.section.key)} for row in overview.areas
        ],
        "chart": area_radar((row.section.node.title, row.score) for row in overview.areas if row.readable),
        "steps": stepper(assessment, overview),
        "missing": _links(viewer, assessment, [(item.key, item.code or item.key) for item in overview.missing]),
        "can_edit": can_edit_assessment(viewer, assessment),
        "edit_url": address(viewer, "assessment-edit", assessment),
        "assign_url": address(viewer, "assignment-list", assessment),
        "actions": _actions(viewer, assessment),
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
    if request.method == "POST" and form.is_valid():
        try:
            edit_assessment(
                assessment=assessment, base_version=_base_version(version), actor=request.viewer, **form.cleaned_data
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("Saved."))
            return redirect(here)
    crumbs = [(assessment.title, here)]
    shown = request.POST.get("base_version", str(assessment.version))
    return _form_page(request, form, _("Change the baseline"), _("Save"), here, crumbs=crumbs, version=shown)


@dataclass(frozen=True, slots=True)
class _Step:
    """A step of the way to endorsement: its page, the permission, and the service that takes it."""

    heading: str | Promise
    label: str | Promise
    effects: tuple[str | Promise, ...]
    done: str | Promise
    can: Callable[[Viewer, Assessment], Decision]
    take: Callable[..., Any]
    form: type[forms.Form] = forms.Form
    danger: bool = False


_SUBMIT = _Step(
    heading=gettext_lazy("Submit the baseline for review"),
    label=gettext_lazy("Submit"),
    effects=(
        gettext_lazy("The approvers of your State are asked to endorse it or to return it."),
        gettext_lazy("Answers cannot be changed while it is being reviewed."),
    ),
    done=gettext_lazy("The baseline is with the approvers."),
    can=can_submit_assessment,
    take=submit_assessment,
)
_RETURN = _Step(
    heading=gettext_lazy("Return the baseline"),
    label=gettext_lazy("Return"),
    effects=(
        gettext_lazy("The answers can be changed again."),
        gettext_lazy("Your reason is shown to everybody who rates."),
    ),
    done=gettext_lazy("The baseline is open for rating again."),
    can=can_return_assessment,
    take=return_assessment,
    form=ReasonForm,
)
_ENDORSE = _Step(
    heading=gettext_lazy("Endorse the baseline"),
    label=gettext_lazy("Endorse"),
    effects=(
        gettext_lazy("What is answered now is kept for good as a numbered version with its hash."),
        gettext_lazy("Gaps of an endorsed baseline count in full when assistance is requested."),
        gettext_lazy("Answers cannot be changed unless an approver reopens the baseline with a reason."),
    ),
    done=gettext_lazy("The baseline is endorsed."),
    can=can_endorse_assessment,
    take=endorse_assessment,
    form=EndorseForm,
)
_REOPEN = _Step(
    heading=gettext_lazy("Reopen the baseline"),
    label=gettext_lazy("Reopen"),
    effects=(
        gettext_lazy("The answers can be changed again; the endorsed version stays as it was signed."),
        gettext_lazy("Changes since that version are counted and shown."),
    ),
    done=gettext_lazy("The baseline is open for rating again."),
    can=can_reopen_assessment,
    take=reopen_assessment,
    form=ReasonForm,
    danger=True,
)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_submit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Submit for review, when every indicator has an answer."""
    return _step_page(request, uuid, _SUBMIT)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_return(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Return a submitted baseline with a reason."""
    return _step_page(request, uuid, _RETURN)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_endorse(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Endorse: the next immutable version."""
    return _step_page(request, uuid, _ENDORSE)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_reopen(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Open an endorsed baseline for changes, with a reason."""
    return _step_page(request, uuid, _REOPEN)


def _step_page(request: PartyRequest, uuid: UUID, step: _Step) -> HttpResponse:
    assessment = assessment_for(request.viewer, uuid)
    require(step.can(request.viewer, assessment))
    here = address(request.viewer, "assessment-detail", assessment)
    posted = request.method == "POST"
    form = step.form(request.POST if posted else None)
    if posted and form.is_valid():
        base_version = _base_version(VersionForm(request.POST))
        try:
            step.take(assessment=assessment, base_version=base_version, actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, str(step.done))
            return redirect(here)
    context: dict[str, Any] = {
        "assessment": assessment,
        "heading": step.heading,
        "confirm_label": step.label,
        "effects": step.effects,
        "danger": step.danger,
        "form": form,
        "cancel_url": here,
        # What was looked at stays what is decided on, also after a mistake in the form.
        "version": request.POST.get("base_version", "") if posted else assessment.version,
        "breadcrumbs": [*list_crumb(request.viewer), (assessment.title, here)],
    }
    if step is _SUBMIT:
        context["missing"] = missing_links(request.viewer, assessment, framework_tree(assessment.framework_version))
    return render(request, "assessments/assessment_step.html", context, status=UNPROCESSABLE if form.errors else 200)


def stepper(assessment: Assessment, overview: Overview) -> list[dict[str, Any]]:
    """Where the baseline stands: prepare, rate, review, endorse."""
    order = [AssessmentStatus.DRAFT, AssessmentStatus.IN_REVIEW, AssessmentStatus.ENDORSED]
    place = order.index(AssessmentStatus(assessment.status)) + 1
    coverage = overview.coverage
    rated = _("%(answered)s of %(total)s answered") % {"answered": coverage.answered, "total": coverage.total}
    labels = [(_("Prepare"), ""), (_("Rate"), rated), (_("Review"), ""), (_("Endorse"), "")]
    endorsed = assessment.status == AssessmentStatus.ENDORSED
    return [
        {
            "label": label,
            "note": note,
            "url": "",
            "state": "done" if number < place or endorsed else "current" if number == place else "waiting",
        }
        for number, (label, note) in enumerate(labels)
    ]


def missing_links(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> list[dict[str, str]]:
    """What stands between the baseline and its submission, as links to the forms."""
    missing = missing_indicators(assessment, tree)
    return _links(viewer, assessment, [(indicator.key, indicator.code or indicator.key) for indicator in missing])


def address(viewer: Viewer, name: str, assessment: Assessment | None = None, *args: object) -> str:
    """The address of a page of this app for the acting party."""
    place = [] if assessment is None else [assessment.uuid]
    return reverse(f"assessments:{name}", args=[viewer.party.slug, *place, *args])


def list_crumb(viewer: Viewer) -> list[tuple[str, str]]:
    """The way up to the list."""
    return [(_("Baselines"), address(viewer, "assessment-list"))]


def _links(viewer: Viewer, assessment: Assessment, items: list[tuple[str, str]]) -> list[dict[str, str]]:
    return [{"label": label, "url": address(viewer, "answer-edit", assessment, key)} for key, label in items]


def _actions(viewer: Viewer, assessment: Assessment) -> list[dict[str, Any]]:
    """The steps that the status offers, those refused to the viewer among them, the way forward first."""
    by_status: dict[str, tuple[tuple[str, _Step], ...]] = {
        AssessmentStatus.DRAFT: (("submit", _SUBMIT),),
        AssessmentStatus.IN_REVIEW: (("endorse", _ENDORSE), ("return", _RETURN)),
        AssessmentStatus.ENDORSED: (("reopen", _REOPEN),),
    }
    return [
        {
            "label": step.label,
            "url": address(viewer, f"assessment-{verb}", assessment),
            "decision": step.can(viewer, assessment),
            "kind": "primary" if verb in {"submit", "endorse"} else "secondary",
        }
        for verb, step in by_status[assessment.status]
    ]


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
) -> HttpResponse:
    context = {
        "form": form,
        "heading": heading,
        "confirm_label": label,
        "cancel_url": cancel_url,
        "version": version,
        "breadcrumbs": [*list_crumb(request.viewer), *(crumbs or [])],
    }
    status = UNPROCESSABLE if form.errors else 200
    return render(request, "assessments/assessment_form.html", context, status=status)
