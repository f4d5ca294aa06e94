"""Matches with their ledgers, for both sides."""

from __future__ import annotations

from typing import Any, Final
from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from cooperation.api.serializers import MatchRowSerializer, MatchSerializer
from cooperation.enums import MatchStatus
from cooperation.models.matches import MatchQuerySet
from cooperation.selectors.ledgers import names_in
from cooperation.selectors.matches import match_for, matches_for
from cooperation.selectors.wording import Presenter
from wam_portal.api.endpoints import PartyEndpoint, QuerySerializer, described

LOOKUPS: Final = {
    "status": "status",
    "eligible": "eligible",
    "offer": "offer__uuid",
    "need": "need_uuid",
    "request": "request_uuid",
}
ORDERS: Final = {
    "score": ("score_micro", "pk"),
    "-score": ("-score_micro", "pk"),
    "created_at": ("created_at", "pk"),
    "-created_at": ("-created_at", "pk"),
    "updated_at": ("updated_at", "pk"),
    "-updated_at": ("-updated_at", "pk"),
}


class MatchQuery(QuerySerializer):
    """Which matches to list, and in which order."""

    status = serializers.ChoiceField(choices=MatchStatus.choices, required=False)
    eligible = serializers.BooleanField(required=False)
    offer = serializers.UUIDField(required=False)
    need = serializers.UUIDField(required=False)
    request = serializers.UUIDField(required=False)
    ordering = serializers.ChoiceField(
        choices=list(ORDERS), required=False, help_text="Without it: eligible pairs first, best score first."
    )

    @staticmethod
    def narrow(rows: MatchQuerySet, query: dict[str, Any]) -> MatchQuerySet:
        """The rows that were asked for, in the order asked for."""
        chosen = rows.filter(**{LOOKUPS[name]: value for name, value in query.items() if name in LOOKUPS})
        return chosen.order_by(*ORDERS[query["ordering"]]) if "ordering" in query else chosen


class MatchList(PartyEndpoint):
    """The matches of the party, as donor or as requesting State."""

    @described(
        "match_list",
        "matches",
        "List matches",
        "The matches that the party may see as donor or as requesting State, without those that a newer one replaced.",
        MatchRowSerializer(many=True),
        MatchQuery,
    )
    def get(self, request: Request, party: str) -> Response:
        """Answer one page of them."""
        query = MatchQuery.read(request)
        return self.paged(MatchQuery.narrow(matches_for(self.viewer), query), MatchRowSerializer)


class MatchDetail(PartyEndpoint):
    """One match with its ledger."""

    @described(
        "match_read",
        "matches",
        "Read a match",
        "Every hard rule with both values and the reason; every criterion with both values, weight, "
        "degree, points and the reason; and for a pair that is not eligible, what would change it. Texts are in the "
        "language of the caller, codes are stable.",
        MatchSerializer,
    )
    def get(self, request: Request, party: str, uuid: UUID) -> Response:
        """Answer it."""
        match = match_for(self.viewer, uuid)
        return Response(MatchSerializer(match, context={"presenter": Presenter(names_in(match))}).data)
