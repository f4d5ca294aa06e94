"""Who rates which section: from the overview, and back to it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from assessments.forms.assessments import AssignmentForm
from assessments.permissions import can_edit_assessment
from assessments.selectors.assessments import assessment_for, assignment_for, contributors_of
from assessments.selectors.frameworks import framework_tree
from assessments.services.assignments import assign_section, unassign_section
from assessments.views.assessments import address, overview_page
from wam_portal.access import require
from wam_portal.errors import Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page


@party_page("assesses")
@require_POST
def assignment_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Give a section to a contributor."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    tree = framework_tree(assessment.framework_version)
    form = AssignmentForm(request.POST, tree=tree, contributors=contributors_of(request.viewer))
    if form.is_valid():
        try:
            assign_section(assessment=assessment, actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The section is assigned."))
            return redirect(address(request.viewer, "assessment-detail", assessment) + "#assignments")
    return overview_page(request, assessment, assignment_form=form)


@party_page("assesses")
@require_POST
def assignment_remove(request: PartyRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Take a section back; what was answered stays."""
    assessment = assessment_for(request.viewer, uuid)
    unassign_section(assignment=assignment_for(request.viewer, assessment, pk), actor=request.viewer)
    messages.success(request, _("The section is taken back; what was answered stays."))
    return redirect(address(request.viewer, "assessment-detail", assessment) + "#assignments")
