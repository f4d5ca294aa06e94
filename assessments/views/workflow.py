"""The way of a baseline through consultation and review to endorsement, and what the overview says of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_http_methods

from assessments.enums import OPEN_ASSESSMENTS, AssessmentStatus
from assessments.forms.assessments import ReasonForm, VersionForm
from assessments.forms.workflow import EndorseForm, ReturnForm
from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment, IndicatorReturn
from assessments.permissions import (
    assessment_is_open,
    can_consult_on_assessment,
    can_endorse_assessment,
    can_reopen_assessment,
    can_return_assessment,
    can_submit_assessment,
)
from assessments.selectors.answers import missing_indicators
from assessments.selectors.assessments import assessment_for
from assessments.selectors.endorsement import Signing, signing_of, with_people
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.overview import Overview
from assessments.selectors.quality import quality_of
from assessments.selectors.record import read_record
from assessments.selectors.returns import latest_returns, returns_for
from assessments.services.assessments import (
    end_consultation,
    endorse_assessment,
    open_consultation,
    reopen_assessment,
    return_assessment,
    submit_assessment,
)
from assessments.views.pages import UNPROCESSABLE, page_url
from wam_portal.access import Decision, Viewer, require
from wam_portal.errors import Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page


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


_CONSULT = _Step(
    heading=gettext_lazy("Consult on the draft"),
    label=gettext_lazy("Consult on the draft"),
    effects=(
        gettext_lazy("Everybody at your State sees that the baseline is being consulted on."),
        gettext_lazy("Answers can still be changed."),
    ),
    done=gettext_lazy("The baseline is in consultation."),
    can=can_consult_on_assessment,
    take=open_consultation,
)
_RESUME = _Step(
    heading=gettext_lazy("End the consultation"),
    label=gettext_lazy("End the consultation"),
    effects=(gettext_lazy("The baseline is a draft again; answers can be changed as before."),),
    done=gettext_lazy("The consultation has ended."),
    can=partial(can_consult_on_assessment, verb="resume"),
    take=end_consultation,
)
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
        gettext_lazy("Your reason is shown to everybody who rates; reasons on indicators stand beside them."),
        gettext_lazy("Signatures given so far are cancelled."),
    ),
    done=gettext_lazy("The baseline is open for rating again."),
    can=can_return_assessment,
    take=return_assessment,
)
_ENDORSE = _Step(
    heading=gettext_lazy("Endorse the baseline"),
    label=gettext_lazy("Endorse"),
    effects=(
        gettext_lazy("What is answered now is kept for good as a numbered version with its hash."),
        gettext_lazy("Gaps of an endorsed baseline count in full when assistance is requested."),
        gettext_lazy("Answers cannot be changed unless an approver reopens the baseline with a reason."),
        gettext_lazy("An older endorsed baseline with the same framework is superseded; it stays readable."),
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
_OFFERED: dict[str, tuple[tuple[str, _Step], ...]] = {
    AssessmentStatus.DRAFT: (("submit", _SUBMIT), ("consult", _CONSULT)),
    AssessmentStatus.IN_CONSULTATION: (("submit", _SUBMIT), ("resume", _RESUME)),
    AssessmentStatus.RETURNED: (("submit", _SUBMIT), ("consult", _CONSULT)),
    AssessmentStatus.IN_REVIEW: (("endorse", _ENDORSE), ("return", _RETURN)),
    AssessmentStatus.ENDORSED: (("reopen", _REOPEN),),
    AssessmentStatus.SUPERSEDED: (),
}


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_consult(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Open the consultation."""
    return _step_page(request, uuid, _CONSULT)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_resume(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """End the consultation."""
    return _step_page(request, uuid, _RESUME)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_submit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Submit for review, when every indicator has an answer and every return was addressed."""
    return _step_page(request, uuid, _SUBMIT)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_endorse(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Sign; the last signature makes the next immutable version."""
    return _step_page(request, uuid, _ENDORSE)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_reopen(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Open an endorsed baseline for changes, with a reason."""
    return _step_page(request, uuid, _REOPEN)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assessment_return(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Return a submitted baseline with a reason, and indicators of it with theirs."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_return_assessment(request.viewer, assessment))
    posted = request.method == "POST"
    form = ReturnForm(request.POST if posted else None, tree=framework_tree(assessment.framework_version))
    if posted and form.is_valid():
        try:
            return_assessment(
                assessment=assessment,
                base_version=_base_version(request),
                reason=form.cleaned_data["reason"],
                indicators=form.indicators(),
                actor=request.viewer,
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, str(_RETURN.done))
            return redirect(page_url(request, "assessment-detail", assessment.uuid))
    context = {**_step_context(request, assessment, _RETURN, form), "groups": form.groups()}
    return render(request, "assessments/assessment_return.html", context, status=UNPROCESSABLE if form.errors else 200)


def _step_page(request: PartyRequest, uuid: UUID, step: _Step) -> HttpResponse:
    assessment = assessment_for(request.viewer, uuid)
    require(step.can(request.viewer, assessment))
    posted = request.method == "POST"
    signing = signing_of(request.viewer, assessment) if step is _ENDORSE else None
    form = step.form(request.POST if posted else None, initial=_initial(signing))
    if posted and form.is_valid():
        try:
            taken = step.take(
                assessment=assessment, base_version=_base_version(request), actor=request.viewer, **form.cleaned_data
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            done = step.done if taken is not None else _("You have signed. The baseline waits for further signatures.")
            messages.success(request, str(done))
            return redirect(page_url(request, "assessment-detail", assessment.uuid))
    context = _step_context(request, assessment, step, form)
    if step is _SUBMIT:
        context |= _in_the_way(request, assessment)
    if signing:
        context["signing"] = signing
        context["policy_url"] = page_url(request, "endorsement-policy")
    return render(request, "assessments/assessment_step.html", context, status=UNPROCESSABLE if form.errors else 200)


def _initial(signing: Signing | None) -> dict[str, Any]:
    """Who signs second usually signs the same decision."""
    if signing is None or not signing.standing:
        return {}
    first = signing.standing[0]
    return {"authority": first.authority, "decided_on": first.decided_on, "reference": first.reference}


def _step_context(request: PartyRequest, assessment: Assessment, step: _Step, form: forms.Form) -> dict[str, Any]:
    here = page_url(request, "assessment-detail", assessment.uuid)
    return {
        "assessment": assessment,
        "heading": step.heading,
        "confirm_label": step.label,
        "effects": step.effects,
        "danger": step.danger,
        "form": form,
        "cancel_url": here,
        # What was looked at stays what is decided on, also after a mistake in the form.
        "version": request.POST.get("base_version", "") if request.method == "POST" else assessment.version,
        "breadcrumbs": [(_("Baselines"), page_url(request, "assessment-list")), (assessment.title, here)],
    }


def _in_the_way(request: PartyRequest, assessment: Assessment) -> dict[str, Any]:
    """What stands between the baseline and its submission, as links to the forms."""
    tree = framework_tree(assessment.framework_version)
    missing = missing_indicators(assessment, tree)
    links = [
        {"label": item.code or item.key, "url": page_url(request, "answer-edit", assessment.uuid, item.key)}
        for item in missing
    ]
    returned = [row for row in returns_for(request.viewer, assessment) if row.addressed_at is None]
    return {
        "missing": links,
        "returned": _return_links(request, assessment, returned, tree),
        "quality": quality_of(request.viewer, assessment, read_record(request.viewer, assessment, tree)),
    }


def _return_links(
    request: PartyRequest, assessment: Assessment, rows: list[IndicatorReturn], tree: FrameworkTree
) -> list[dict[str, Any]]:
    return [
        {
            "row": row,
            "label": row.indicator.code or row.indicator.key,
            "url": page_url(request, "answer-edit", assessment.uuid, row.indicator.key),
        }
        for row in rows
        if tree.find_indicator(row.indicator.key)
    ]


def steps_offered(request: PartyRequest, assessment: Assessment) -> list[dict[str, Any]]:
    """The steps that the status offers, those refused to the viewer among them, the way forward first."""
    return [
        {
            "label": step.label,
            "url": page_url(request, f"assessment-{verb}", assessment.uuid),
            "decision": step.can(request.viewer, assessment),
            "kind": "primary" if verb in {"submit", "endorse"} else "secondary",
        }
        for verb, step in _OFFERED[assessment.status]
    ]


def refused_alike(actions: Sequence[dict[str, Any]]) -> Decision | None:
    """The refusal that several steps share, so that the page says it once; None where they differ or one is allowed."""
    decisions = [action["decision"] for action in actions]
    alike = len(decisions) > 1 and not any(decisions) and len({(one.reason, one.who) for one in decisions}) == 1
    return decisions[0] if alike else None


def standing_of(request: PartyRequest, assessment: Assessment, overview: Overview) -> dict[str, Any]:
    """What the overview says of the way to endorsement; statements are sent only where the status asks for them."""
    viewer, tree = request.viewer, framework_tree(assessment.framework_version)
    in_review = assessment.status == AssessmentStatus.IN_REVIEW
    closed = assessment_is_open(assessment)
    if viewer.has_role(*closed.roles):
        can = _("As an approver, you can return it.") if in_review else _("As an approver, you can reopen it.")
        closed = replace(closed, who=can)
    else:
        closed = with_people(viewer, closed)
    returned: list[IndicatorReturn] = []
    # What was returned waits also in a draft to which the returned baseline came by way of a consultation.
    if assessment.return_reason or assessment.status in {AssessmentStatus.IN_CONSULTATION, AssessmentStatus.IN_REVIEW}:
        returned = list(latest_returns(viewer, assessment).values())
    waiting = sum(row.addressed_at is None for row in returned)
    return {
        "is_open": assessment.status in OPEN_ASSESSMENTS,
        "closed": closed,
        "steps": stepper(assessment, overview, waiting),
        "signing": signing_of(viewer, assessment) if in_review else None,
        "policy_url": page_url(request, "endorsement-policy"),
        "returned": _return_links(request, assessment, returned, tree),
        "returned_open": waiting,
    }


def stepper(assessment: Assessment, overview: Overview, returned: int = 0) -> list[dict[str, Any]]:
    """Where the baseline stands: prepare, rate, consult, review, endorse; `returned` indicators wait."""
    places = {
        AssessmentStatus.DRAFT: 1,
        AssessmentStatus.RETURNED: 1,
        AssessmentStatus.IN_CONSULTATION: 2,
        AssessmentStatus.IN_REVIEW: 3,
        AssessmentStatus.ENDORSED: 5,
        AssessmentStatus.SUPERSEDED: 5,
    }
    place, coverage = places[AssessmentStatus(assessment.status)], overview.coverage
    rated = _("%(answered)s of %(total)s answered") % {"answered": coverage.answered, "total": coverage.asked}
    if returned:
        rated = ngettext("%(count)d returned indicator", "%(count)d returned indicators", returned) % {
            "count": returned
        }
    states = ["done" if number < place else "current" if number == place else "waiting" for number in range(5)]
    if states[1] == "done" and coverage.answered < coverage.asked:
        states[1] = "waiting"
    # Putting the draft before the State is a step that may be left out; rounds of consultation are held at any time.
    consulting = _("optional") if states[2] == "waiting" else ""
    if states[2] == "done" and assessment.consultation_opened_at is None:
        states[2], consulting = "skipped", _("skipped")
    labels = [
        (_("Prepare"), ""),
        (_("Rate"), rated),
        (_("Consult on the draft"), consulting),
        (_("Review"), ""),
        (_("Endorse"), ""),
    ]
    return [
        {"label": label, "note": note, "url": "", "state": state}
        for (label, note), state in zip(labels, states, strict=True)
    ]


def _base_version(request: PartyRequest) -> int:
    """The version sent along; 0, which is never right, where it is missing or no number."""
    form = VersionForm(request.POST)
    return int(form.cleaned_data["base_version"]) if form.is_valid() else 0
