"""Marking a returned indicator as addressed."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.returns import open_return_for
from assessments.services.returns import address_return
from assessments.views.answers import StateDesk
from assessments.views.pages import UNPROCESSABLE
from wam_portal.errors import Invalid, NotVisible
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_POST
def return_address(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """Mark a returned indicator as addressed, with a note if there is something to say."""
    assessment = assessment_for(request.viewer, uuid)
    tree = framework_tree(assessment.framework_version)
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise NotVisible
    returned = open_return_for(request.viewer, assessment, indicator)
    desk, note = StateDesk(request, assessment, tree), request.POST.get("note", "")
    try:
        address_return(returned=returned, note=note, actor=request.viewer)
    except Invalid as invalid:
        context = {
            **desk.context(indicator),
            "card": desk.card(indicator, desk.current(indicator), editable=True),
            "typed_note": note,
            "problems": [{"text": text, "target": f"note-{indicator.key}"} for text in invalid.errors["note"]],
        }
        return render(request, "assessments/answer_edit.html", context, status=UNPROCESSABLE)
    messages.success(request, _("Marked as addressed. Your reviewers see it when the baseline is submitted again."))
    return redirect(desk.place(indicator))
