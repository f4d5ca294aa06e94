"""Offers from a workbook."""

from __future__ import annotations

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperation.enums import OfferStatus, UploadKind
from cooperation.forms.offer_import import labels, offer_reader
from cooperation.models import Offer
from cooperation.permissions import can_offer
from cooperation.reports.offer_workbook import offer_workbook
from cooperation.selectors.offers import own_offers_by_uuid
from cooperation.selectors.territories import places_by_code
from cooperation.services.workbook_uploads import ImportResult
from cooperation.views.workbook_imports import ImportPages
from wam_portal.access import Viewer
from wam_portal.party_pages import PartyRequest, party_page
from wam_portal.spreadsheets import WorkbookPlan


@party_page("offers")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_import(request: PartyRequest) -> HttpResponse:
    """What to take along, where to send it, and what the workbook sent last would change."""
    return PAGES.start(request)


@party_page("offers")
@require_safe
def offer_import_workbook(request: PartyRequest) -> HttpResponse:
    """The workbook with one's own offers, to fill in."""
    return PAGES.take_along(request)


@party_page("offers")
@require_POST
def offer_import_apply(request: PartyRequest) -> HttpResponse:
    """Take over the rows that are ticked."""
    return PAGES.apply(request)


@party_page("offers")
@require_POST
def offer_import_discard(request: PartyRequest) -> HttpResponse:
    """Throw the workbook that waits away."""
    return PAGES.discard(request)


def _workbook(viewer: Viewer) -> tuple[WorkbookPlan, int]:
    offers = [offer for offer in own_offers_by_uuid(viewer).values() if offer.status != OfferStatus.CLOSED]
    return offer_workbook(offers, places_by_code(), labels()), len(offers)


def _done(result: ImportResult) -> str:
    created = ngettext("%(count)d draft created", "%(count)d drafts created", result.created)
    updated = ngettext("%(count)d offer changed", "%(count)d offers changed", result.updated)
    return f"{created % {'count': result.created}}, {updated % {'count': result.updated}}."


def _at_once(offer: Offer) -> str:
    if offer.status != OfferStatus.PUBLISHED:
        return ""
    return _("This offer is published: it changes at once, and its suggestions are worked out anew.")


PAGES = ImportPages(
    kind=UploadKind.OFFERS,
    route="offer-import",
    list_route="offer-list",
    template="cooperation/offer_import.html",
    allowed=can_offer,
    reader=lambda viewer: offer_reader(own_offers_by_uuid(viewer)),
    labels=labels,
    workbook=_workbook,
    done=_done,
    kept=lambda: _("The upload is thrown away. No offer was changed."),
    title=lambda: _("Offers"),
    file_name="offers",
    at_once=_at_once,
)
