"""Endpoints below a party: who acts, named parameters only, one shape for errors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _
from django.views import View
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.exceptions import ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, exception_handler

from wam_portal.access import Viewer
from wam_portal.api.defaults import PortalPagination
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.party_pages import resolve_viewer

SLUG = "^[-a-zA-Z0-9_]+$"
F = TypeVar("F", bound=Callable[..., Response])


class ActsForParty(BasePermission):
    """Lets a signed-in person act for the party in the address, under the same rule as the pages."""

    def has_permission(self, request: Request, view: View) -> bool:
        """Set the endpoint's `viewer`. Refuse the anonymous; raise `Http404` for any party but one's own."""
        if not request.user.is_authenticated:
            return False
        acting = resolve_viewer(cast("HttpRequest", request), str(view.kwargs["party"]))
        cast("PartyEndpoint", view).viewer = acting.viewer
        return True


class QuerySerializer(serializers.Serializer[Any]):
    """The named parameters of a list. A name that is not among them is refused, never ignored."""

    @classmethod
    def read(cls, request: Request) -> dict[str, Any]:
        """The parameters of a request by name, without those not given. Raises `ValidationError`."""
        query = cls(data=request.query_params.dict())
        known = {*query.fields, "page", "page_size"}
        unknown = sorted(set(request.query_params) - known)
        if unknown:
            raise ValidationError({name: [_("There is no such parameter.")] for name in unknown})
        query.is_valid(raise_exception=True)
        return dict(query.validated_data)


class ProblemSerializer(serializers.Serializer[Any]):
    """Why there is no answer."""

    detail = serializers.CharField(help_text="What happened, in the language of the caller.")
    who = serializers.CharField(required=False, help_text="Who could do it, where somebody can.")


class ErrorsSerializer(serializers.Serializer[Any]):
    """What is wrong with the parameters."""

    errors = serializers.DictField(  # type: ignore[assignment]  # declared fields do not stay on the class
        child=serializers.ListField(child=serializers.CharField()),
        help_text="Messages by parameter; an empty name stands for the whole.",
    )


def described(
    name: str, tag: str, summary: str, text: str, found: Any, query: type[QuerySerializer] | None = None
) -> Callable[[F], F]:
    """Describe an operation in the OpenAPI document.

    `found` is the serializer of what it answers; a list, which has a `query`, also says 400 to wrong parameters.
    """
    slug = {"type": "string", "pattern": SLUG}
    party = OpenApiParameter("party", slug, OpenApiParameter.PATH, description="The party that you act for: its slug.")
    problems = {
        status.HTTP_401_UNAUTHORIZED: OpenApiResponse(ProblemSerializer, "Not signed in."),
        status.HTTP_403_FORBIDDEN: OpenApiResponse(ProblemSerializer, "Not allowed to your role."),
        status.HTTP_404_NOT_FOUND: OpenApiResponse(ProblemSerializer, "Not there, or not there for you."),
    }
    if query:
        problems[status.HTTP_400_BAD_REQUEST] = OpenApiResponse(ErrorsSerializer, "Parameters that cannot be read.")
    return extend_schema(
        operation_id=name,
        tags=[tag],
        summary=summary,
        description=text,
        parameters=[party, *([query] if query else [])],
        responses={status.HTTP_200_OK: OpenApiResponse(found, "Found."), **problems},
    )


class PartyEndpoint(APIView):
    """An endpoint below `/api/v1/p/<party>/` that only reads. `viewer` is set before `get` runs."""

    permission_classes = (ActsForParty,)
    http_method_names = ["get", "head"]  # noqa: RUF012  (Django declares it so)
    metadata_class = None
    pagination_class = PortalPagination
    viewer: Viewer

    def paged(self, rows: Any, show: Callable[..., serializers.BaseSerializer[Any]]) -> Response:
        """One page of `rows`, which can be counted and sliced, shown by the serializer `show`."""
        paginator = self.pagination_class()
        page: Any = paginator.paginate_queryset(rows, self.request, view=self)
        return paginator.get_paginated_response(show(page, many=True).data)


def error_answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """One shape for every error: `detail` (and `who`), or `errors` by parameter.

    None for what is no expected error; Django then answers 500.
    """
    if isinstance(error, Refused):
        who = {"who": str(error.decision.who)} if error.decision.who else {}
        return Response({"detail": error.message, **who}, status=status.HTTP_403_FORBIDDEN)
    if isinstance(error, Conflict):
        return Response({"detail": error.message}, status=status.HTTP_409_CONFLICT)
    if isinstance(error, Invalid):
        return Response({"errors": error.errors}, status=status.HTTP_400_BAD_REQUEST)
    if isinstance(error, NotVisible):
        error = Http404()
    response = exception_handler(error, context)
    if response is not None and isinstance(error, ValidationError):
        response.data = {"errors": _by_name(error.detail)}
    return response


def _by_name(detail: Any) -> dict[str, list[str]]:
    named = detail if isinstance(detail, Mapping) else {"": detail}
    return {str(name): [str(text) for text in texts] for name, texts in named.items()}
