"""Entries of the register of assistance from a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperation.enums import UploadKind
from cooperation.forms.assistance_import import assistance_labels, assistance_reader
from cooperation.permissions import can_record_activity
from cooperation.reports.assistance_workbook import assistance_workbook
from cooperation.selectors.assistance import activities_for, own_activities_by_uuid, providers_for
from cooperation.selectors.territories import places_by_code
from cooperation.services.workbook_uploads import ImportResult
from cooperation.views.workbook_imports import ImportPages
from wam_portal.access import Viewer
from wam_portal.party_pages import PartyRequest, party_page
from wam_portal.spreadsheets import WorkbookPlan


@party_page
@require_http_methods(["GET", "HEAD", "POST"])
def activity_import(request: PartyRequest) -> HttpResponse:
    """What to take along, where to send it, and what the workbook sent last would change."""
    activities_for(request.viewer)  # who sees no register finds no pages of it either
    return PAGES.start(request)


@party_page
@require_safe
def activity_import_workbook(request: PartyRequest) -> HttpResponse:
    """The workbook with one's own entries, to fill in."""
    activities_for(request.viewer)
    return PAGES.take_along(request)


@party_page
@require_POST
def activity_import_apply(request: PartyRequest) -> HttpResponse:
    """Take over the rows that are ticked."""
    activities_for(request.viewer)
    return PAGES.apply(request)


@party_page
@require_POST
def activity_import_discard(request: PartyRequest) -> HttpResponse:
    """Throw the workbook that waits away."""
    activities_for(request.viewer)
    return PAGES.discard(request)


def _workbook(viewer: Viewer) -> tuple[WorkbookPlan, int]:
    own = own_activities_by_uuid(viewer).values()
    return assistance_workbook(own, places_by_code(), providers_for(viewer), assistance_labels()), len(own)


def _done(result: ImportResult) -> str:
    created = ngettext("%(count)d entry created", "%(count)d entries created", result.created)
    updated = ngettext("%(count)d entry changed", "%(count)d entries changed", result.updated)
    return f"{created % {'count': result.created}}, {updated % {'count': result.updated}}."


PAGES = ImportPages(
    kind=UploadKind.ASSISTANCE,
    route="activity-import",
    list_route="activity-list",
    template="cooperation/activity_import.html",
    allowed=can_record_activity,
    reader=lambda viewer: assistance_reader(viewer, own_activities_by_uuid(viewer)),
    labels=assistance_labels,
    workbook=_workbook,
    done=_done,
    kept=lambda: _("The upload is thrown away. No entry was changed."),
    title=lambda: _("Assistance"),
    file_name="assistance",
)
