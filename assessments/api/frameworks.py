"""Published frameworks, for every signed-in member of a party."""

from __future__ import annotations

from uuid import UUID

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from assessments.api.serializers import FrameworkRowSerializer, FrameworkTreeSerializer
from assessments.frameworks.reading import scales_of, sections_with
from assessments.selectors.frameworks import published_version_for, published_versions_for, source_tree
from wam_portal.api.endpoints import PartyEndpoint, QuerySerializer, described


class FrameworkQuery(QuerySerializer):
    """Which versions to list."""

    key = serializers.SlugField(required=False, max_length=60, help_text="Only versions of the framework of this key.")
    search = serializers.CharField(required=False, max_length=100, help_text="Text that the title holds.")


class FrameworkList(PartyEndpoint):
    """The published versions of all frameworks."""

    @described(
        "framework_list",
        "frameworks",
        "List frameworks",
        "The published versions of all frameworks, the newest of each framework first.",
        FrameworkRowSerializer(many=True),
        FrameworkQuery,
    )
    def get(self, request: Request, party: str) -> Response:
        """Answer one page of them."""
        query = FrameworkQuery.read(request)
        rows = published_versions_for(self.viewer)
        if "key" in query:
            rows = rows.filter(framework__key=query["key"])
        if "search" in query:
            rows = rows.filter(title__icontains=query["search"])
        return self.paged(rows, FrameworkRowSerializer)


class FrameworkDetail(PartyEndpoint):
    """One published version as a tree."""

    @described(
        "framework_read",
        "frameworks",
        "Read a framework",
        "One published version: its scales, its sections in reading order, and every indicator with the text of "
        "each level. It never changes, so it may be kept by its content hash.",
        FrameworkTreeSerializer,
    )
    def get(self, request: Request, party: str, uuid: UUID) -> Response:
        """Answer the tree."""
        version = published_version_for(self.viewer, uuid)
        tree = source_tree(version)
        shown = {"version": version, "scales": scales_of(tree), "sections": sections_with(tree)}
        return Response(FrameworkTreeSerializer(shown).data)
