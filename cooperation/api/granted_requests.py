"""Requests that were granted to the party, and their matches."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.public import releases_for
from cooperation.api.matches import MatchQuery
from cooperation.api.serializers import GrantedRequestSerializer, GrantedRowSerializer, MatchRowSerializer
from cooperation.selectors.granted import granted_to, open_granted
from cooperation.selectors.matches import matches_for
from wam_portal.api.endpoints import PartyEndpoint, QuerySerializer, described


class GrantedQuery(QuerySerializer):
    """Which granted requests to list."""

    search = serializers.CharField(
        required=False, max_length=100, help_text="Text in the reference, the title or the State's name."
    )


class GrantedRequestList(PartyEndpoint):
    """What was granted to the party and is still in force."""

    @described(
        "granted_request_list",
        "granted requests",
        "List granted requests",
        "Requests that States have granted to the party, each with its newest grant, the newest first. "
        "Revoked and expired grants are gone.",
        GrantedRowSerializer(many=True),
        GrantedQuery,
    )
    def get(self, request: Request, party: str) -> Response:
        """Answer one page of them."""
        query = GrantedQuery.read(request)
        return self.paged(granted_to(self.viewer, query.get("search", "")), GrantedRowSerializer)


class GrantedRequestDetail(PartyEndpoint):
    """One granted request."""

    @described(
        "granted_request_read",
        "granted requests",
        "Read a granted request",
        "All that the grant discloses; what it does not is absent. The State sees in its log that the "
        "party has read it.",
        GrantedRequestSerializer,
    )
    def get(self, request: Request, party: str, uuid: UUID) -> Response:
        """Answer it, and note the view for the State."""
        return Response(GrantedRequestSerializer(open_granted(self.viewer, uuid)).data)


class GrantedRequestMatches(PartyEndpoint):
    """The matches of one granted request."""

    @described(
        "granted_request_matches",
        "granted requests",
        "List the matches of a granted request",
        "The matches of the request's needs that the party may see, best first.",
        MatchRowSerializer(many=True),
        MatchQuery,
    )
    def get(self, request: Request, party: str, uuid: UUID) -> Response:
        """Answer one page of them."""
        query = MatchQuery.read(request)
        released = releases_for(self.viewer).get(uuid)
        rows = MatchQuery.narrow(matches_for(self.viewer), query).filter(request_uuid=released.request_uuid)
        return self.paged(rows, MatchRowSerializer)
