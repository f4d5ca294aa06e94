"""The State's rule for endorsing, the endorsed versions of a baseline, and what has changed since one of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.forms.workflow import PolicyForm
from assessments.models import Assessment, AssessmentVersion
from assessments.permissions import can_change_endorsement_policy, can_read_versions
from assessments.selectors.assessments import assessment_for
from assessments.selectors.endorsement import policy_for, policy_history, with_people
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.versions import changes_of, signed_sections, signed_tree, version_for, versions_for
from assessments.services.endorsement import change_endorsement_policy
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, page_url
from wam_portal.access import require
from wam_portal.accounts.enums import STATE_STAFF
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def endorsement_policy(request: PartyRequest) -> HttpResponse:
    """The rule by which the State endorses, its history, and for a national administrator its change."""
    if not request.viewer.has_role(*STATE_STAFF):
        raise NotVisible
    if request.method != "POST":
        return _policy_page(request, None)
    require(can_change_endorsement_policy(request.viewer))
    form = PolicyForm(request.POST)
    if not form.is_valid():
        return _policy_page(request, form, status=UNPROCESSABLE)
    try:
        change_endorsement_policy(base_number=base_version(request), actor=request.viewer, **form.cleaned_data)
    except Invalid as invalid:
        add_errors(form, invalid)
        return _policy_page(request, form, status=UNPROCESSABLE)
    except Conflict as conflict:
        form.add_error(None, conflict.message)
        return _policy_page(request, form, status=CONFLICT)
    messages.success(request, _("The rule is changed."))
    return redirect(page_url(request, "endorsement-policy"))


def _policy_page(request: PartyRequest, form: PolicyForm | None, *, status: int = 200) -> HttpResponse:
    policy = policy_for(request.viewer)
    decision = with_people(request.viewer, can_change_endorsement_policy(request.viewer))
    history = Paginator(policy_history(request.viewer), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "policy": policy,
        "decision": decision,
        "form": form or PolicyForm(initial={"quorum": policy.quorum, "four_eyes": policy.four_eyes}),
        "page_obj": history,
        "breadcrumbs": [(_("Baselines"), page_url(request, "assessment-list")), (_("How your State endorses"), "")],
    }
    return render(request, "assessments/endorsement_policy.html", context, status=status)


@party_page("assesses")
@require_safe
def version_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The endorsed versions of a baseline with who signed them."""
    assessment = _readable(request, uuid)
    page = Paginator(versions_for(request.viewer, assessment), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {"assessment": assessment, "page_obj": page, "breadcrumbs": _crumbs(request, assessment)}
    return render(request, "assessments/version_list.html", context)


@party_page("assesses")
@require_safe
def version_detail(request: PartyRequest, uuid: UUID, number: int) -> HttpResponse:
    """What was signed, from what was stored, to read and to print."""
    assessment = _readable(request, uuid)
    version = version_for(request.viewer, assessment, number)
    tree = signed_tree(version, framework_tree(assessment.framework_version))
    context = {
        "assessment": assessment,
        "version": version,
        "framework": tree.version,
        "sections": signed_sections(version, tree),
        "open_all": "all" in request.GET,
        "breadcrumbs": _crumbs(request, assessment, version),
    }
    return render(request, "assessments/version_detail.html", context)


@party_page("assesses")
@require_safe
def version_changes(request: PartyRequest, uuid: UUID, number: int) -> HttpResponse:
    """What has changed since a version was signed, indicator by indicator."""
    assessment = _readable(request, uuid)
    version = version_for(request.viewer, assessment, number)
    changes = changes_of(request.viewer, assessment, version, framework_tree(assessment.framework_version))
    page = Paginator(changes, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment,
        "version": version,
        "page_obj": page,
        "breadcrumbs": _crumbs(request, assessment, version),
    }
    return render(request, "assessments/version_changes.html", context)


def _readable(request: PartyRequest, uuid: UUID) -> Assessment:
    if not can_read_versions(request.viewer):
        raise NotVisible
    return assessment_for(request.viewer, uuid)


def _crumbs(
    request: PartyRequest, assessment: Assessment, version: AssessmentVersion | None = None
) -> list[tuple[str, str]]:
    versions_url = page_url(request, "version-list", assessment.uuid)
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
        *([(_("Endorsed versions"), versions_url)] if version else []),
    ]
