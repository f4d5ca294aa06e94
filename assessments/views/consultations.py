"""The consultations of a baseline: rounds, who took part, and what became of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.consultations import RoundForm
from assessments.models import Assessment, ConsultationRound
from assessments.permissions import (
    can_change_consultation,
    can_edit_assessment,
    can_invite_contributors,
    can_read_consultations,
)
from assessments.selectors.assessments import assessment_for
from assessments.selectors.consultations import (
    consultation_for,
    consultations_for,
    contributors_of,
    indicators_of,
    people_of,
    summaries_of,
)
from assessments.selectors.frameworks import framework_tree
from assessments.services.consultations import (
    begin_consultation,
    change_consultation,
    delete_consultation,
    set_consultation_status,
)
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_conflict, add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25


def baseline_crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    """The way to the consultations of a baseline."""
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
        (_("Consultation"), page_url(request, "consultation-list", assessment.uuid)),
    ]


def round_crumbs(request: PartyRequest, consultation: ConsultationRound) -> list[tuple[str, str]]:
    """The way to a round."""
    here = page_url(request, "consultation-detail", consultation.uuid)
    return [*baseline_crumbs(request, consultation.assessment), (consultation.title, here)]


@party_page("assesses")
@require_safe
def consultation_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The rounds of a baseline."""
    assessment = assessment_for(request.viewer, uuid)
    if not can_read_consultations(request.viewer):
        raise NotVisible
    rounds = consultations_for(request.viewer, assessment)
    context = {
        "assessment": assessment,
        "page_obj": Paginator(rounds, PAGE_LENGTH).get_page(request.GET.get("page")),
        "can_begin": can_edit_assessment(request.viewer, assessment),
        "begin_url": page_url(request, "consultation-add", assessment.uuid),
        "breadcrumbs": baseline_crumbs(request, assessment)[:-1],
    }
    return render(request, "assessments/consultation_list.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Begin a round."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    form = RoundForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            begun = begin_consultation(assessment=assessment, content=form.content(), actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The round is begun. Write down what people say, or invite somebody to rate."))
            return redirect(page_url(request, "consultation-detail", begun.uuid))
    cancel = page_url(request, "consultation-list", assessment.uuid)
    context = {
        "form": form,
        "heading": _("Begin a consultation round"),
        "cancel_url": cancel,
        "breadcrumbs": baseline_crumbs(request, assessment),
    }
    return render(request, "assessments/consultation_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@party_page("assesses")
@require_safe
def consultation_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """One round: who took part, what was said, what changed, who was invited."""
    consultation = consultation_for(request.viewer, uuid)
    tree = framework_tree(consultation.assessment.framework_version)
    form = RoundForm.of(consultation, people_of(consultation))
    context = {
        "consultation": consultation,
        "assessment": consultation.assessment,
        "people": [row for row in _people_rows(form) if any(row["numbers"])],
        "summaries": [
            {"summary": row, "indicators": indicators_of((node.pk for node in row.indicators.all()), tree)}
            for row in summaries_of(consultation)
        ],
        "contributors": [
            {"asked": row, "indicators": indicators_of((node.pk for node in row.indicators.all()), tree)}
            for row in contributors_of(consultation)
        ],
        "can_change": can_change_consultation(request.viewer, consultation),
        "can_invite": can_invite_contributors(request.viewer, consultation),
        "actions_url": {
            name: page_url(request, f"consultation-{name}", consultation.uuid) for name in ("edit", "status", "delete")
        },
        "summary_url": page_url(request, "summary-add", consultation.uuid),
        "invite_url": page_url(request, "contributor-invite", consultation.uuid),
        "breadcrumbs": baseline_crumbs(request, consultation.assessment),
    }
    return render(request, "assessments/consultation_detail.html", context)


def _people_rows(form: RoundForm) -> list[dict[str, Any]]:
    return [{"label": row.label, "numbers": [field.initial or 0 for field in row.fields]} for row in form.count_rows]


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_edit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Change a round and its counts."""
    consultation = consultation_for(request.viewer, uuid)
    require(can_change_consultation(request.viewer, consultation))
    form = RoundForm(request.POST) if request.method == "POST" else RoundForm.of(consultation, people_of(consultation))
    status, version = (
        (UNPROCESSABLE, base_version(request)) if request.method == "POST" else (200, consultation.version)
    )
    if request.method == "POST" and form.is_valid():
        try:
            change_consultation(
                consultation=consultation, base_version=version, content=form.content(), actor=request.viewer
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            stored = consultation_for(request.viewer, uuid)
            add_conflict(form, RoundForm.of(stored, people_of(stored)), conflict.message)
            status, version = CONFLICT, stored.version
        else:
            messages.success(request, _("Saved."))
            return redirect(page_url(request, "consultation-detail", uuid))
    context = {
        "form": form,
        "heading": _("Change the round"),
        "version": version,
        "cancel_url": page_url(request, "consultation-detail", uuid),
        "breadcrumbs": round_crumbs(request, consultation_for(request.viewer, uuid)),
    }
    return render(request, "assessments/consultation_form.html", context, status=status)


@party_page("assesses")
@require_POST
def consultation_status(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Close a round, or open it again."""
    consultation = consultation_for(request.viewer, uuid)
    try:
        set_consultation_status(
            consultation=consultation,
            base_version=base_version(request),
            status=request.POST.get("status", ""),
            actor=request.viewer,
        )
    except Invalid as invalid:
        messages.error(request, invalid.message)
    else:
        closed = _("The round is closed.") if consultation.status == "closed" else _("The round is open again.")
        messages.success(request, closed)
    return redirect(page_url(request, "consultation-detail", uuid))


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def consultation_delete(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Ask, then delete a round on which nothing rests."""
    consultation = consultation_for(request.viewer, uuid)
    require(can_change_consultation(request.viewer, consultation))
    problems: list[dict[str, str]] = []
    if request.method == "POST":
        try:
            delete_consultation(consultation=consultation, base_version=base_version(request), actor=request.viewer)
        except Invalid as invalid:
            problems = [{"text": invalid.message, "target": ""}]
        else:
            messages.success(request, _("The round is deleted."))
            return redirect(page_url(request, "consultation-list", consultation.assessment.uuid))
    context = {
        "heading": _("Delete the round “%(title)s”") % {"title": consultation.title},
        "effects": [_("The round and its counts are gone. The log keeps that there was one.")],
        "problems": problems,
        "confirm_label": _("Delete the round"),
        "danger": True,
        "version": consultation.version,
        "cancel_url": page_url(request, "consultation-detail", uuid),
        "breadcrumbs": round_crumbs(request, consultation),
    }
    return render(request, "components/confirm.html", context, status=UNPROCESSABLE if problems else 200)
