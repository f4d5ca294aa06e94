"""Requests as they were granted to a donor or coordinator."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from assessments.public import ReleasedRequest, in_words_of_the_reader
from cooperation.permissions import can_request_dossier
from cooperation.selectors.granted import granted_to, match_counts, open_granted
from cooperation.selectors.ledgers import headline_of
from cooperation.selectors.matches import matches_of_request
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25
SEARCH_MAX = 100


@party_page
@require_safe
def granted_list(request: PartyRequest) -> HttpResponse:
    """The requests that the party holds a grant for, newest first."""
    text = request.GET.get("q", "")[:SEARCH_MAX]
    slug = request.viewer.party.slug
    pages: Paginator[ReleasedRequest] = Paginator(granted_to(request.viewer, text), PAGE_LENGTH)  # type: ignore[arg-type]
    page = pages.get_page(request.GET.get("page"))
    released = list(page.object_list)
    counts = match_counts(request.viewer, [item.request_uuid for item in released])
    context = {
        "q": text,
        "page_obj": page,
        "rows": [
            {
                "released": item,
                "url": reverse("cooperation:granted-detail", args=[slug, item.grant_uuid]),
                "counts": counts.get(item.request_uuid),
            }
            for item in released
        ],
        "offers": request.viewer.party.offers,
        "breadcrumbs": [(_("Requests shared with you"), "")],
    }
    return render(request, "cooperation/granted_list.html", context)


@party_page
@require_safe
def granted_detail(request: PartyRequest, grant: UUID) -> HttpResponse:
    """One granted request, reduced to what the grant allows; the State's log notes the view."""
    viewer = request.viewer
    released = open_granted(viewer, grant)
    slug = viewer.party.slug
    context = {
        "released": in_words_of_the_reader(viewer, released),
        "match_rows": [
            {
                "match": match,
                "headline": headline_of(match),
                "url": reverse("cooperation:match-detail", args=[slug, match.uuid]),
            }
            for match in matches_of_request(viewer, released.request_uuid)
        ],
        "offers": viewer.party.offers,
        "dossier_decision": can_request_dossier(viewer, released),
        "breadcrumbs": [
            (_("Requests shared with you"), reverse("cooperation:granted-list", args=[slug])),
            (released.reference, ""),
        ],
    }
    return render(request, "cooperation/granted_detail.html", context)
