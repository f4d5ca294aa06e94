"""What the settings name as the defaults of every endpoint: our session, nobody may do anything, small pages."""

from __future__ import annotations

from typing import Any

from django.views import View
from drf_spectacular.authentication import SessionScheme
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import ValidationError
from rest_framework.fields import IntegerField
from rest_framework.pagination import PageNumberPagination
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.response import Response


class PortalSession(SessionAuthentication):
    """The session of the pages, with its check against forged requests. Whoever has none is told so with 401."""

    def authenticate_header(self, request: Request) -> str:
        """The scheme to sign in by; without one the answer would be 403, as to somebody known."""
        return "Session"


class PortalSessionScheme(SessionScheme):  # type: ignore[no-untyped-call]  # drf-spectacular registers it so
    """The same in the OpenAPI document: the session cookie."""

    target_class = "wam_portal.api.defaults.PortalSession"


class DenyAll(BasePermission):
    """The permission of an endpoint that names none: always refused."""

    def has_permission(self, request: Request, view: View) -> bool:
        """Refuse."""
        return False


class PortalPagination(PageNumberPagination):
    """Numbered pages of 50 rows; a caller may ask for up to 200. Links would carry the caller's host: numbers do."""

    page_size = 50
    page_size_query_param = "page_size"
    max_page_size = 200
    last_page_strings = ()

    def get_page_size(self, request: Request) -> int:
        """The size asked for. Raises `ValidationError` outside 1 to `max_page_size`."""
        return self._whole(request, "page_size", self.max_page_size) or self.page_size

    def get_page_number(self, request: Request, paginator: Any) -> int:
        """The page asked for, from 1. Raises `ValidationError` for what is no page number."""
        return self._whole(request, "page", None) or 1

    def get_paginated_response(self, data: Any) -> Response:
        """The rows of the page, with how many rows and pages there are in all."""
        assert self.page is not None  # noqa: S101  (paginate_queryset has run, or there is nothing to answer)
        return Response(
            {
                "count": self.page.paginator.count,
                "page": self.page.number,
                "pages": self.page.paginator.num_pages,
                "results": data,
            }
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """The same in the words of OpenAPI."""
        number = {"type": "integer", "minimum": 0}
        return {
            "type": "object",
            "required": ["count", "page", "pages", "results"],
            "properties": {
                "count": {**number, "description": "Rows that fit, on all pages."},
                "page": {**number, "minimum": 1},
                "pages": {**number, "minimum": 1},
                "results": schema,
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        """Both parameters with their bounds."""
        number = {"type": "integer", "minimum": 1}
        size = {**number, "maximum": self.max_page_size, "default": self.page_size}
        named = [("page", number, "Which page."), ("page_size", size, "Rows on a page.")]
        return [
            {"name": name, "in": "query", "required": False, "schema": schema, "description": text}
            for name, schema, text in named
        ]

    def _whole(self, request: Request, name: str, most: int | None) -> int | None:
        text = request.query_params.get(name)
        if text is None:
            return None
        try:
            return int(IntegerField(min_value=1, max_value=most).run_validation(text))
        except ValidationError as error:
            raise ValidationError({name: error.detail}) from None
