"""Offers of assistance that the party may see."""

from __future__ import annotations

from typing import Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.api.serializers import CapacitySerializer, OfferSerializer
from cooperation.enums import Modality, OfferStatus
from cooperation.selectors.capacity import capacity_of
from cooperation.selectors.offers import offer_for, offers_for, own_offer
from wam_portal.api.endpoints import PartyEndpoint, QuerySerializer, described

LOOKUPS: Final = {"status": "status", "modality": "modality", "search": "title__icontains"}
ORDERS: Final = {
    "title": ("title", "pk"),
    "-title": ("-title", "pk"),
    "valid_until": ("valid_until", "pk"),
    "-valid_until": ("-valid_until", "pk"),
    "published_at": ("published_at", "pk"),
    "-published_at": ("-published_at", "pk"),
}


class OfferQuery(QuerySerializer):
    """Which offers to list, and in which order."""

    status = serializers.ChoiceField(choices=OfferStatus.choices, required=False)
    modality = serializers.ChoiceField(choices=Modality.choices, required=False)
    search = serializers.CharField(required=False, max_length=100, help_text="Text that the title holds.")
    ordering = serializers.ChoiceField(choices=list(ORDERS), required=False, help_text="Without it: newest first.")


class OfferList(PartyEndpoint):
    """The offers that the party may see."""

    @described(
        "offer_list",
        "offers",
        "List offers",
        "The party's own offers with their drafts; for a State the published offers that reach it; for a "
        "coordinator the published offers that donors list.",
        OfferSerializer(many=True),
        OfferQuery,
    )
    def get(self, request: Request, party: str) -> Response:
        """Answer one page of them."""
        query = OfferQuery.read(request)
        rows = offers_for(self.viewer).prefetch_related("included", "excluded")
        rows = rows.filter(**{LOOKUPS[name]: value for name, value in query.items() if name in LOOKUPS})
        return self.paged(rows.order_by(*ORDERS[query["ordering"]]) if "ordering" in query else rows, OfferSerializer)


class OfferDetail(PartyEndpoint):
    """One offer."""

    @described(
        "offer_read",
        "offers",
        "Read an offer",
        "One offer with its conditions and what of it is committed.",
        OfferSerializer,
    )
    def get(self, request: Request, party: str, uuid: UUID) -> Response:
        """Answer it."""
        return Response(OfferSerializer(offer_for(self.viewer, uuid)).data)


class OfferCapacity(PartyEndpoint):
    """What is left of one's own offer."""

    @described(
        "offer_capacity",
        "offers",
        "Read what is left of an offer",
        "For its donor alone: what is pledged, proposed, committed and left, with the match behind every line.",
        CapacitySerializer,
    )
    def get(self, request: Request, party: str, uuid: UUID) -> Response:
        """Answer it."""
        return Response(CapacitySerializer(capacity_of(self.viewer, own_offer(self.viewer, uuid))).data)
