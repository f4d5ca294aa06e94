"""The standing list of overlaps, for those who coordinate."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cooperation.forms.overlaps import OverlapFilterForm
from cooperation.selectors.overlap_list import NeedOverlap, overlaps_released_to
from wam_portal.access import Viewer
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
PRINTED = 1000
"""So many at most stand on the one page that is made for printing."""


@party_page("coordinates")
@require_safe
def overlap_list(request: PartyRequest) -> HttpResponse:
    """Where released needs and visible assistance overlap, gravest first, with filters."""
    viewer = request.viewer
    found = overlaps_released_to(viewer)
    form = OverlapFilterForm(request.GET, rows=found)
    whole = bool(request.GET.get("whole"))
    pages = Paginator(form.chosen(found), PRINTED if whole else PAGE_LENGTH)
    page = pages.get_page(request.GET.get("page"))
    columns = (_("Grade"), _("Need"), _("Assistance"), _("What can be done"), _("What is the same, and what is not"))
    context = {
        "filters": SimpleNamespace(form=form),
        "page_obj": page,
        "whole": whole,
        "rows": [_row(viewer, overlap) for overlap in page.object_list],
        "columns": [{"label": label, "sort": "", "numeric": False} for label in columns],
        "breadcrumbs": [(_("Overlaps"), "")],
    }
    return render(request, "cooperation/overlap_list.html", context)


def _row(viewer: Viewer, overlap: NeedOverlap) -> dict[str, Any]:
    slug, activity = viewer.party.slug, overlap.line.activity
    return {
        "overlap": overlap,
        "line": overlap.line,
        "need_url": reverse("cooperation:granted-detail", args=[slug, overlap.released.grant_uuid]),
        "activity_url": reverse("cooperation:activity-detail", args=[slug, activity.uuid]) if activity else "",
        "same": overlap.aspects("same"),
        "apart": overlap.aspects("apart"),
        "unknown": overlap.aspects("unknown"),
    }
