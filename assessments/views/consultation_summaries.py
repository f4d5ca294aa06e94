"""What a consultation brought: written down, changed, deleted."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms.consultations import SummaryForm
from assessments.permissions import can_change_consultation
from assessments.selectors.consultations import consultation_for, indicators_of, summary_for
from assessments.selectors.frameworks import framework_tree
from assessments.services.consultation_summaries import add_summary, change_summary, delete_summary
from assessments.views.consultations import round_crumbs
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_conflict, add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def summary_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Write down what people said on some indicators."""
    consultation = consultation_for(request.viewer, uuid)
    require(can_change_consultation(request.viewer, consultation))
    tree = framework_tree(consultation.assessment.framework_version)
    form = SummaryForm(request.POST if request.method == "POST" else None, tree=tree)
    here = page_url(request, "consultation-detail", uuid)
    if request.method == "POST" and form.is_valid():
        try:
            add_summary(consultation=consultation, content=form.content(), actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The summary is saved."))
            return redirect(here)
    context = {
        "form": form,
        "heading": _("Write down what was said"),
        "cancel_url": here,
        "breadcrumbs": round_crumbs(request, consultation),
    }
    return render(request, "assessments/summary_form.html", context, status=UNPROCESSABLE if form.errors else 200)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def summary_edit(request: PartyRequest, uuid: UUID, summary: UUID) -> HttpResponse:
    """Change a summary, or say what changed because of it."""
    consultation = consultation_for(request.viewer, uuid)
    found = summary_for(consultation, summary)
    require(can_change_consultation(request.viewer, consultation))
    tree = framework_tree(consultation.assessment.framework_version)
    here = page_url(request, "consultation-detail", uuid)
    keys = [indicator.key for indicator in indicators_of((node.pk for node in found.indicators.all()), tree)]
    form = SummaryForm(request.POST, tree=tree) if request.method == "POST" else SummaryForm.of(found, tree, keys)
    status, version = (UNPROCESSABLE, base_version(request)) if request.method == "POST" else (200, found.version)
    if request.method == "POST" and form.is_valid():
        try:
            change_summary(summary=found, base_version=version, content=form.content(), actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            stored = summary_for(consultation, summary)
            now = [indicator.key for indicator in indicators_of((node.pk for node in stored.indicators.all()), tree)]
            add_conflict(form, SummaryForm.of(stored, tree, now), conflict.message)
            status, version = CONFLICT, stored.version
        else:
            messages.success(request, _("The summary is saved."))
            return redirect(here)
    context = {
        "form": form,
        "heading": _("Change the summary"),
        "version": version,
        "delete_url": page_url(request, "summary-delete", uuid, summary),
        "cancel_url": here,
        "breadcrumbs": round_crumbs(request, consultation),
    }
    return render(request, "assessments/summary_form.html", context, status=status)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def summary_delete(request: PartyRequest, uuid: UUID, summary: UUID) -> HttpResponse:
    """Ask, then delete a summary."""
    consultation = consultation_for(request.viewer, uuid)
    found = summary_for(consultation, summary)
    require(can_change_consultation(request.viewer, consultation))
    here = page_url(request, "consultation-detail", uuid)
    if request.method == "POST":
        delete_summary(summary=found, base_version=base_version(request), actor=request.viewer)
        messages.success(request, _("The summary is deleted."))
        return redirect(here)
    context = {
        "heading": _("Delete this summary"),
        "text": found.said[:300],
        "effects": [_("It is gone, and its indicators no longer count as consulted because of it.")],
        "confirm_label": _("Delete the summary"),
        "danger": True,
        "version": found.version,
        "cancel_url": here,
        "breadcrumbs": round_crumbs(request, consultation),
    }
    return render(request, "components/confirm.html", context)
