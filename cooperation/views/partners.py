"""Operational partners: the list, a profile, one's own profile and its editor, and who could carry a need out."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperation.forms.partners import (
    PartnerConflictForm,
    PartnerForm,
    ProjectForm,
    initial_of_profile,
    initial_of_project,
)
from cooperation.models import FinishedProject, PartnerProfile
from cooperation.permissions import can_describe_partner
from cooperation.selectors.matches import match_for
from cooperation.selectors.partners import (
    areas_text,
    conflict_of,
    facts_of_partner,
    own_profile,
    partner_fits,
    partner_for,
    partners_for,
    project_of,
)
from cooperation.services.partners import (
    add_project,
    change_project,
    declare_conflict,
    remove_project,
    save_profile,
    withdraw_conflict,
)
from wam_portal.access import require
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
UNPROCESSABLE = 422
CONFLICT = 409
SEARCH_MAX = 100
FITS_LENGTH = 10
MOST_BEST = 3
MOST_OTHERS = 30
"""Partners that do not fit, of which the page says why."""
MAXIMUM = 100


@party_page
@require_safe
def partner_list(request: PartyRequest) -> HttpResponse:
    """Partners that agreed to be suggested."""
    text = request.GET.get("q", "")[:SEARCH_MAX].strip()
    page = Paginator(partners_for(request.viewer, text), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "text": text,
        "rows": [
            {"profile": profile, "facts": dict(_brief(profile)), "url": _url(request, "partner-detail", profile.uuid)}
            for profile in page.object_list
        ],
        "columns": [{"label": label} for label in (_("Partner"), _("Functional areas"), _("Where it works"))],
        "breadcrumbs": [(_("Partners"), "")],
    }
    return render(request, "cooperation/partner_list.html", context)


@party_page
@require_safe
def partner_detail(request: PartyRequest, partner: UUID) -> HttpResponse:
    """One profile, for those who may be shown it."""
    profile = partner_for(request.viewer, partner)
    if profile.party_id == request.viewer.party.pk and can_describe_partner(request.viewer):
        return redirect(_url(request, "partner-profile"))
    crumbs = [(_("Partners"), _url(request, "partner-list")), (profile.party.name, "")]
    return render(request, "cooperation/partner_detail.html", {**_shown(profile), "breadcrumbs": crumbs})


@party_page("implements")
@require_safe
def partner_profile(request: PartyRequest) -> HttpResponse:
    """One's own profile, with projects and declared conflicts."""
    _require_member(request)
    profile = own_profile(request.viewer)
    context = {
        **(_shown(profile) if profile else {"profile": None}),
        "conflicts": profile.conflicts.select_related("country", "donor") if profile else (),
        "edit_url": _url(request, "partner-edit"),
        "project_url": _url(request, "partner-project-add"),
        "conflict_url": _url(request, "partner-conflict-add"),
        "decision": can_describe_partner(request.viewer),
        "breadcrumbs": [(_("Your profile"), "")],
    }
    return render(request, "cooperation/partner_profile.html", context)


@party_page("implements")
@require_http_methods(["GET", "HEAD", "POST"])
def partner_edit(request: PartyRequest) -> HttpResponse:
    """Write one's own profile."""
    _require_member(request)
    profile = own_profile(request.viewer)
    if request.method != "POST":
        form = PartnerForm(initial=initial_of_profile(profile) if profile else {"base_version": 0})
        return _form_page(request, "partner_edit", form)
    form = PartnerForm(request.POST)
    if not form.is_valid():
        return _form_page(request, "partner_edit", form, status=UNPROCESSABLE)
    version = form.cleaned_data["base_version"]
    try:
        save_profile(base_version=version, values=form.values(), actor=request.viewer)
    except Invalid as invalid:
        fields = {"included" if name == "presence" else name: texts for name, texts in invalid.errors.items()}
        add_errors(form, Invalid(fields))
        return _form_page(request, "partner_edit", form, status=UNPROCESSABLE)
    except Conflict as conflict:
        again = PartnerForm({**_lists(request), "base_version": conflict.current.version})
        again.is_valid()
        more = {"stale": conflict.message, "saved": facts_of_partner(conflict.current)}
        return _form_page(request, "partner_edit", again, status=CONFLICT, **more)
    messages.success(request, _("Your profile is saved."))
    return redirect(_url(request, "partner-profile"))


@party_page("implements")
@require_http_methods(["GET", "HEAD", "POST"])
def partner_project_add(request: PartyRequest) -> HttpResponse:
    """Name a finished project."""
    _require_member(request)
    form = ProjectForm(request.POST or None)
    return _project_page(request, form, lambda values: add_project(**values, actor=request.viewer))


@party_page("implements")
@require_http_methods(["GET", "HEAD", "POST"])
def partner_project_edit(request: PartyRequest, project: UUID) -> HttpResponse:
    """Correct a finished project of one's own profile."""
    found = project_of(_own(request), project)
    form = ProjectForm(request.POST or None, initial=initial_of_project(found))
    change = partial(change_project, project=found, actor=request.viewer)
    return _project_page(request, form, lambda values: change(**values), project=found)


def _project_page(
    request: PartyRequest, form: ProjectForm, save: Callable[[dict[str, Any]], FinishedProject], **more: Any
) -> HttpResponse:
    if request.method != "POST":
        return _form_page(request, "partner_project", form, **more)
    if form.is_valid():
        data = dict(form.cleaned_data)
        data["places"] = list(data.pop("included"))
        try:
            project = save(data)
        except Invalid as invalid:
            fields = {"included" if name == "places" else name: texts for name, texts in invalid.errors.items()}
            add_errors(form, Invalid(fields))
        else:
            messages.success(request, _("“%(title)s” stands in your profile.") % {"title": project.title})
            return redirect(_url(request, "partner-profile"))
    return _form_page(request, "partner_project", form, status=UNPROCESSABLE, **more)


@party_page("implements")
@require_POST
def partner_project_remove(request: PartyRequest, project: UUID) -> HttpResponse:
    """Take a project off one's own profile."""
    found = project_of(_own(request), project)
    remove_project(project=found, actor=request.viewer)
    messages.success(request, _("“%(title)s” is no longer in your profile.") % {"title": found.title})
    return redirect(_url(request, "partner-profile"))


@party_page("implements")
@require_http_methods(["GET", "HEAD", "POST"])
def partner_conflict_add(request: PartyRequest) -> HttpResponse:
    """Declare a conflict of interest."""
    _require_member(request)
    form = PartnerConflictForm(request.POST or None)
    if request.method != "POST":
        return _form_page(request, "partner_conflict", form)
    if form.is_valid():
        try:
            declare_conflict(**form.cleaned_data, actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The conflict of interest is declared: you are not suggested there."))
            return redirect(_url(request, "partner-profile"))
    return _form_page(request, "partner_conflict", form, status=UNPROCESSABLE)


@party_page("implements")
@require_POST
def partner_conflict_withdraw(request: PartyRequest, conflict: UUID) -> HttpResponse:
    """Say that a conflict of interest is over."""
    withdraw_conflict(conflict=conflict_of(_own(request), conflict), actor=request.viewer)
    messages.success(request, _("The conflict of interest is over: you can be suggested there again."))
    return redirect(_url(request, "partner-profile"))


@party_page
@require_safe
def match_partners(request: PartyRequest, match: UUID) -> HttpResponse:
    """Who could carry out the need of a match: the same for both sides of it."""
    found = match_for(request.viewer, match)
    match_url = _url(request, "match-detail", found.uuid)
    fits = partner_fits(request.viewer, found)
    context = {
        "match": found,
        "fits": fits,
        "page_obj": Paginator(fits.suggested, FITS_LENGTH).get_page(request.GET.get("page")),
        "others": fits.others[:MOST_OTHERS],
        "more": len(fits.others[MOST_OTHERS:]),
        "maximum": MAXIMUM,
        "slug": request.viewer.party.slug,
        "breadcrumbs": [
            (_("Matches"), _url(request, "match-list")),
            (str(found.request["reference"]), match_url),
            (_("Partners"), ""),
        ],
    }
    return render(request, "cooperation/match_partners.html", context)


@party_page
@require_safe
def match_partners_panel(request: PartyRequest, match: UUID) -> HttpResponse:
    """The best partners for a match whose donor carries nothing out itself, for the pages of both sides."""
    found = match_for(request.viewer, match)
    fits = None if found.donor.implements else partner_fits(request.viewer, found)
    context = {
        "match": found,
        "best": fits.suggested[:MOST_BEST] if fits else (),
        "known": len(fits.suggested) + len(fits.others) if fits else 0,
        "all_url": _url(request, "match-partners", found.uuid),
        "slug": request.viewer.party.slug,
    }
    return render(request, "cooperation/match_partners-panel.html", context)


def _require_member(request: PartyRequest) -> None:
    """A colleague in another role is told who can; the page is not one that others of the party read."""
    require(can_describe_partner(request.viewer))


def _own(request: PartyRequest) -> PartnerProfile:
    _require_member(request)
    profile = own_profile(request.viewer)
    if profile is None:
        raise NotVisible
    return profile


def _lists(request: PartyRequest) -> dict[str, Any]:
    """What was sent, with fields of several values as lists."""
    several = {
        name for name, field in PartnerForm.base_fields.items() if hasattr(field.widget, "allow_multiple_selected")
    }
    return {
        name: request.POST.getlist(name) if name in several else request.POST.get(name, "") for name in request.POST
    }


def _form_page(request: PartyRequest, template: str, form: Form, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "form": form,
        "places": form.places() if hasattr(form, "places") else None,
        "cancel_url": _url(request, "partner-profile"),
        "breadcrumbs": [(_("Your profile"), _url(request, "partner-profile")), (_("Edit"), "")],
        **more,
    }
    return render(request, f"cooperation/{template}.html", context, status=status)


def _shown(profile: PartnerProfile) -> dict[str, Any]:
    return {
        "profile": profile,
        "facts": facts_of_partner(profile),
        "projects": [{"project": project, "areas": areas_text(project)} for project in profile.projects.all()],
    }


def _brief(profile: PartnerProfile) -> list[tuple[str, str]]:
    facts = facts_of_partner(profile)
    return [("areas", facts[0][1]), ("places", facts[3][1])]


def _url(request: PartyRequest, name: str, *args: object) -> str:
    return reverse(f"cooperation:{name}", args=[request.viewer.party.slug, *args])
