"""Matches side by side, on a page and in a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from cooperation.models import Match
from cooperation.reports.match_workbook import comparison_workbook
from cooperation.selectors.comparisons import (
    MOST_COMPARED,
    chosen_of,
    comparable_of_need,
    comparable_of_offer,
    compare_matches,
)
from cooperation.selectors.ledgers import headline_of
from cooperation.selectors.matches import offer_changed_since
from cooperation.selectors.overlaps import overlaps_of_match
from cooperation.selectors.wording import POINTS_PER_SCORE
from cooperation.services.match_reviews import record_comparison
from cooperation.views.matches import effort_url
from wam_portal.access import Viewer
from wam_portal.downloads import download
from wam_portal.party_pages import PartyRequest, party_page
from wam_portal.spreadsheets import write_workbook
from wam_portal.workbooks import CONTENT_TYPE

UNPROCESSABLE = 422


@party_page("assesses")
@require_safe
def need_compare(request: PartyRequest, need: UUID) -> HttpResponse:
    """The offers for one need of one's own State, side by side."""
    return _page(request, comparable_of_need(request.viewer, need), "need-compare", need)


@party_page("offers")
@require_safe
def offer_compare(request: PartyRequest, offer: UUID) -> HttpResponse:
    """The needs that one's own offer fits, side by side."""
    return _page(request, comparable_of_offer(request.viewer, offer), "offer-compare", offer)


@party_page("assesses")
@require_safe
def need_compare_workbook(request: PartyRequest, need: UUID) -> HttpResponse:
    """The same as a workbook."""
    return _workbook(request, comparable_of_need(request.viewer, need))


@party_page("offers")
@require_safe
def offer_compare_workbook(request: PartyRequest, offer: UUID) -> HttpResponse:
    """The same as a workbook."""
    return _workbook(request, comparable_of_offer(request.viewer, offer))


def _page(request: PartyRequest, matches: list[Match], route: str, uuid: UUID) -> HttpResponse:
    viewer = request.viewer
    chosen = chosen_of(matches, request.GET.getlist("match"))
    too_many = len(chosen) > MOST_COMPARED
    comparison = compare_matches(chosen[:MOST_COMPARED])
    shown = {match.pk for match in comparison.matches}
    workbook_url = reverse(f"cooperation:{route}-workbook", args=[viewer.party.slug, uuid])
    heads = [_head(viewer, match, route) for match in comparison.matches]
    titles = [head["name"] for head in heads]
    context = {
        "heads": heads,
        "met": [row.label for row in comparison.rules if row.met_by_all],
        "rules": [_cells(row.label, None, titles, row.cells) for row in comparison.rules if not row.met_by_all],
        "overlaps": _overlaps(viewer, comparison.matches) if route == "need-compare" else (),
        "criteria": [_cells(row.label, row.weight, titles, row.cells) for row in comparison.criteria],
        "maximum": POINTS_PER_SCORE,
        "of_need": route == "need-compare",
        "candidates": [{**_head(viewer, match, route), "chosen": match.pk in shown} for match in matches],
        "most": MOST_COMPARED,
        "too_many": too_many,
        "workbook_url": workbook_url + "?" + "&".join(f"match={match.uuid}" for match in comparison.matches),
        "breadcrumbs": [*_above(viewer, matches, route), (_("Side by side"), "")],
    }
    return render(request, "cooperation/match_compare.html", context, status=UNPROCESSABLE if too_many else 200)


def _above(viewer: Viewer, matches: Sequence[Match], route: str) -> list[tuple[str, str]]:
    """A comparison lies below what is compared: the donor's offer, or the matches of the State."""
    slug = viewer.party.slug
    if route == "need-compare":
        return [(_("Matches"), reverse("cooperation:match-list", args=[slug]))]
    offers = {match.offer.uuid: match.offer.title for match in matches}
    links = [(title, reverse("cooperation:offer-detail", args=[slug, uuid])) for uuid, title in offers.items()]
    return [(_("Offers"), reverse("cooperation:offer-list", args=[slug])), *links]


def _overlaps(viewer: Viewer, matches: Sequence[Match]) -> list[dict[str, Any]]:
    """What touches the need, which is the same for all its matches."""
    match = next((match for match in matches if match.eligible), None)
    lines = overlaps_of_match(viewer, match) if match is not None else ()
    return [{"line": line, "url": effort_url(viewer, line)} for line in lines]


def _workbook(request: PartyRequest, matches: list[Match]) -> HttpResponse:
    chosen = chosen_of(matches, request.GET.getlist("match"))[:MOST_COMPARED]
    content = write_workbook(comparison_workbook(compare_matches(chosen)))
    record_comparison(matches=chosen, actor=request.viewer)
    return download(content, filename=f"{request.viewer.party.slug}-comparison.xlsx", content_type=CONTENT_TYPE)


def _cells(label: str, weight: float | None, titles: Sequence[str], cells: Sequence[Any]) -> dict[str, Any]:
    return {"label": label, "weight": weight, "cells": list(zip(titles, cells, strict=True))}


def _head(viewer: Viewer, match: Match, route: str) -> dict[str, Any]:
    of_need = route == "need-compare"
    headline = headline_of(match)
    title = match.offer.title if of_need else str(match.request["title"])
    return {
        "match": match,
        "title": title,
        "name": title if of_need else f"{title} · {headline.area}",
        "by": match.donor.name if of_need else f"{match.state.name} · {headline.area}",
        "score": headline.score,
        "url": reverse("cooperation:match-detail", args=[viewer.party.slug, match.uuid]),
        "changed": offer_changed_since(match),
    }
