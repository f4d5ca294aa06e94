"""Inviting somebody from outside to rate some indicators."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from assessments.forms.consultations import ContributorForm
from assessments.models import ConsultationRound
from assessments.permissions import can_invite_contributors
from assessments.selectors.consultations import consultation_for, contributor_for
from assessments.selectors.frameworks import framework_tree
from assessments.services.contributors import invite_contributor, resend_to_contributor, withdraw_from_contributor
from assessments.views.consultations import round_crumbs
from assessments.views.pages import UNPROCESSABLE, page_url
from wam_portal.access import require
from wam_portal.accounts.invitations import LIFETIME, Invited
from wam_portal.accounts.views import show_link
from wam_portal.errors import Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def contributor_invite(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Ask somebody to rate; the answer shows the link, once."""
    consultation = consultation_for(request.viewer, uuid)
    require(can_invite_contributors(request.viewer, consultation))
    tree = framework_tree(consultation.assessment.framework_version)
    coming = consultation.ends_on if consultation.ends_on and consultation.ends_on >= timezone.localdate() else None
    initial = {"language": get_language(), "due_on": coming}
    sent = request.POST if request.method == "POST" else None
    form = ContributorForm(sent, tree=tree, consultation=consultation, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            invited = invite_contributor(
                consultation=consultation, contributor=form.contributor(), actor=request.viewer
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            return _invited(request, consultation, invited)
    context = {
        "form": form,
        "days": LIFETIME.days,
        "cancel_url": page_url(request, "consultation-detail", uuid),
        "breadcrumbs": round_crumbs(request, consultation),
    }
    return render(request, "assessments/contributor_invite.html", context, status=UNPROCESSABLE if form.errors else 200)


def _invited(request: PartyRequest, consultation: ConsultationRound, invited: Invited | None) -> HttpResponse:
    here = page_url(request, "consultation-detail", consultation.uuid)
    if invited is None:
        messages.success(request, _("This person takes part already; the indicators are on their work list now."))
        return redirect(here)
    return show_link(request, invited, back_url=here, back_label=consultation.title)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def contributor_invitation(request: PartyRequest, uuid: UUID, contributor: int) -> HttpResponse:
    """An invitation that was not answered yet: send it again, or withdraw it."""
    consultation = consultation_for(request.viewer, uuid)
    asked = contributor_for(consultation, contributor)
    require(can_invite_contributors(request.viewer, consultation))
    here = page_url(request, "consultation-detail", uuid)
    if request.method == "POST" and request.POST.get("action") == "resend":
        return _invited(request, consultation, resend_to_contributor(asked=asked, actor=request.viewer))
    if request.method == "POST":
        withdraw_from_contributor(asked=asked, actor=request.viewer)
        messages.success(request, _("The invitation is withdrawn."))
        return redirect(here)
    context = {
        "asked": asked,
        "days": LIFETIME.days,
        "cancel_url": here,
        "breadcrumbs": round_crumbs(request, consultation),
    }
    return render(request, "assessments/contributor_invitation.html", context)
