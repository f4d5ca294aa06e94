"""Dossiers: the list, asking for one, its progress, and the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse, HttpResponseNotAllowed
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cooperation.forms.dossiers import DossierForm
from cooperation.models import Dossier
from cooperation.selectors.dossiers import (
    can_make_here,
    dossiers_for,
    get_dossier,
    grants_to_export,
    is_ready,
    require_reader,
)
from cooperation.services.dossiers import record_download, request_dossier
from wam_portal.downloads import attachment
from wam_portal.errors import Invalid, NotVisible
from wam_portal.files import stored_path
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PER_PAGE = 25
UNPROCESSABLE = 422


@party_page
@require_safe
def dossier_list(request: PartyRequest) -> HttpResponse:
    """The dossiers that the viewer may read, and what more can be made."""
    require_reader(request.viewer)
    return _list(request, None)


@party_page
def dossier_create(request: PartyRequest) -> HttpResponse:
    """Ask for a dossier; one that has been made before is shown at once."""
    require_reader(request.viewer)
    if request.method != "POST":
        return HttpResponseNotAllowed(["POST"])
    form = DossierForm(request.POST)
    if not form.is_valid():
        return _list(request, form)
    values = form.cleaned_data
    try:
        dossier = request_dossier(
            viewer=request.viewer,
            language=values["language"],
            request_uuid=values["request"],
            grant_uuid=values["grant"],
        )
    except Invalid as invalid:
        add_errors(form, invalid)
        return _list(request, form)
    if dossier.rendered_at is not None:
        messages.info(request, _("This document was made before with the same content; here it is."))
    return redirect("cooperation:dossier-detail", request.viewer.party.slug, dossier.uuid)


@party_page
@require_safe
def dossier_detail(request: PartyRequest, dossier: UUID) -> HttpResponse:
    """One dossier: how far it is, what it holds, the file when it is ready."""
    found = get_dossier(request.viewer, dossier)
    context = {
        **_progress(request, found),
        "decision": can_make_here(request.viewer, found),
        "trace": _trace(request, found),
        "breadcrumbs": [(_("Dossiers"), _url(request, "dossier-list")), (found.reference, "")],
    }
    return render(request, "cooperation/dossier_detail.html", context)


@party_page
@require_safe
def dossier_progress_panel(request: PartyRequest, dossier: UUID) -> HttpResponse:
    """How far a dossier is; polled while it is being made."""
    found = get_dossier(request.viewer, dossier)
    return render(request, "cooperation/dossier_progress-panel.html", _progress(request, found))


@party_page
@require_safe
def dossier_file(request: PartyRequest, dossier: UUID) -> HttpResponse:
    """The file, as a download; the State reads in its log who took it."""
    found = get_dossier(request.viewer, dossier)
    if found.rendered_at is None:
        raise NotVisible
    path = stored_path(found.file_name)
    if request.method == "GET":
        record_download(viewer=request.viewer, dossier=found)
    name = f"{found.reference}-{found.audience}-{found.language}.pdf"
    return attachment(path, filename=name, content_type="application/pdf")


def _list(request: PartyRequest, form: DossierForm | None) -> HttpResponse:
    page = Paginator(dossiers_for(request.viewer), PER_PAGE).get_page(request.GET.get("page"))
    choices = grants_to_export(request.viewer)
    columns = (_("Dossier"), _("State"), _("Audience"), _("Language"), _("Status"), _("Made"))
    context = {
        "page_obj": page,
        "columns": [{"label": label} for label in columns],
        "choices": choices,
        "form": form,
        "breadcrumbs": [(_("Dossiers"), "")],
    }
    return render(request, "cooperation/dossier_list.html", context, status=UNPROCESSABLE if form else None)


def _progress(request: PartyRequest, dossier: Dossier) -> dict[str, Any]:
    return {
        "dossier": dossier,
        "ready": is_ready(dossier),
        "job": dossier.job,
        "poll_url": _url(request, "dossier-progress-panel", dossier.uuid),
        "page_url": _url(request, "dossier-detail", dossier.uuid),
        "file_url": _url(request, "dossier-file", dossier.uuid),
    }


def _trace(request: PartyRequest, dossier: Dossier) -> list[dict[str, Any]]:
    slug = request.viewer.party.slug
    if dossier.grant_uuid:
        kind, url = _("Granted request"), _url(request, "granted-detail", dossier.grant_uuid)
    else:
        kind, url = _("Request"), reverse("assessments:request-detail", args=[slug, dossier.request_uuid])
    return [
        {"kind": kind, "label": dossier.reference, "url": url},
        {"kind": _("Dossier"), "label": dossier.get_audience_display(), "current": True},
    ]


def _url(request: PartyRequest, name: str, *args: object) -> str:
    return reverse(f"cooperation:{name}", args=[request.viewer.party.slug, *args])
