"""Who rates what: the list, several tasks given at once, a date changed, a task taken back."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods

from assessments.forms.assignments import AssignmentForm, DueDateForm
from assessments.models import Assessment
from assessments.permissions import can_edit_assessment
from assessments.selectors.assessments import assessment_for
from assessments.selectors.assignments import assignment_for, assignments_of, contributors_of, in_language
from assessments.selectors.frameworks import framework_tree
from assessments.services.assignments import assign, change_due_date, take_back
from assessments.views.assessments import address, list_crumb
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 50


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Who rates what; focal points give sections and indicators to a person."""
    assessment = assessment_for(request.viewer, uuid)
    if request.method != "POST":
        return _page(request, assessment, None)
    require(can_edit_assessment(request.viewer, assessment))
    form = _form(request, assessment)
    if form.is_valid():
        try:
            given = assign(assessment=assessment, actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            text = ngettext("%(number)d task is given.", "%(number)d tasks are given.", len(given))
            messages.success(request, text % {"number": len(given)})
            return redirect(address(request.viewer, "assignment-list", assessment))
    return _page(request, assessment, form, status=UNPROCESSABLE)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_edit(request: PartyRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Change until when somebody rates."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    assignment = assignment_for(request.viewer, assessment, pk)
    posted = request.method == "POST"
    form = DueDateForm(request.POST) if posted else DueDateForm(initial={"due_on": assignment.due_on})
    here, status, version = address(request.viewer, "assignment-list", assessment), 200, assignment.version
    if posted:
        status, version = UNPROCESSABLE, base_version(request)
        try:
            if form.is_valid():
                change_due_date(
                    assignment=assignment,
                    base_version=version,
                    due_on=form.cleaned_data["due_on"],
                    actor=request.viewer,
                )
                messages.success(request, _("The date is changed."))
                return redirect(here)
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            # Sent once more, it is saved over what is shown now.
            form.add_error(None, conflict.message)
            status, version = CONFLICT, conflict.current.version if conflict.current else version
    in_language([assignment], framework_tree(assessment.framework_version))
    context = {
        "form": form,
        "heading": _("Change the date"),
        "assignment": assignment,
        "confirm_label": _("Save"),
        "cancel_url": here,
        "version": version,
        "breadcrumbs": [*_crumbs(request, assessment), (_("Assignments"), here)],
    }
    return render(request, "assessments/assignment_form.html", context, status=status)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def assignment_remove(request: PartyRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Take a task back, once confirmed; what was rated stays."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_edit_assessment(request.viewer, assessment))
    assignment = assignment_for(request.viewer, assessment, pk)
    here = address(request.viewer, "assignment-list", assessment)
    if request.method == "POST":
        take_back(assignment=assignment, actor=request.viewer)
        messages.success(request, _("The task is taken back; what was rated stays."))
        return redirect(here)
    in_language([assignment], framework_tree(assessment.framework_version))
    who = {"who": assignment.membership.user.full_name}
    context = {
        "heading": _("Take the task back"),
        "text": f"{assignment.node.title} · {assignment.membership.user.full_name}",
        "effects": [
            _("%(who)s no longer finds it in their work list and no longer rates it.") % who,
            _("What was rated stays."),
        ],
        "confirm_label": _("Take back"),
        "cancel_url": here,
        "breadcrumbs": [*_crumbs(request, assessment), (_("Assignments"), here)],
    }
    return render(request, "components/confirm.html", context)


def _form(request: PartyRequest, assessment: Assessment) -> AssignmentForm:
    tree = framework_tree(assessment.framework_version)
    return AssignmentForm(request.POST or None, tree=tree, contributors=contributors_of(request.viewer))


def _page(
    request: PartyRequest, assessment: Assessment, form: AssignmentForm | None, *, status: int = 200
) -> HttpResponse:
    can_edit = can_edit_assessment(request.viewer, assessment)
    page = Paginator(assignments_of(request.viewer, assessment), PAGE_LENGTH).get_page(request.GET.get("page"))
    in_language(page.object_list, framework_tree(assessment.framework_version))
    context = {
        "assessment": assessment,
        "page_obj": page,
        "can_edit": can_edit,
        "assignment_form": form or (_form(request, assessment) if can_edit else None),
        "form": form,
        "breadcrumbs": _crumbs(request, assessment),
    }
    return render(request, "assessments/assignment_list.html", context, status=status)


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [*list_crumb(request.viewer), (assessment.title, address(request.viewer, "assessment-detail", assessment))]
