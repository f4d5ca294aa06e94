"""What every endpoint promises: who may act, one shape for errors, named parameters only, bounded pages."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpRequest
from django.test import Client, RequestFactory
from django.urls import reverse
from rest_framework.exceptions import ValidationError
from rest_framework.response import Response
from rest_framework.views import APIView

from assessments.models import FrameworkVersion
from tests.personas import Persona
from wam_portal.access import refuse
from wam_portal.api.endpoints import error_answer
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused


class Unguarded(APIView):
    """An endpoint whose author forgot to say who may use it."""

    def get(self, request: Any) -> Response:
        """Answer something secret."""
        return Response({"secret": True})


def signed_in(persona: Persona) -> HttpRequest:
    request = RequestFactory().get("/anything/")
    request.user = persona.user
    return request


def test_an_endpoint_without_a_permission_refuses_everybody(dana: Persona) -> None:
    response = Unguarded.as_view()(signed_in(dana))
    assert response.status_code == 403
    assert "secret" not in response.data


def test_whoever_is_not_signed_in_is_told_so(client: Client, dana: Persona) -> None:
    response = client.get(dana.url("api:framework-list"))
    assert response.status_code == 401
    assert response.json().keys() == {"detail"}


def test_a_foreign_party_and_one_that_does_not_exist_answer_alike(dana: Persona, dirk: Persona) -> None:
    foreign = dana.client.get(dirk.url("api:framework-list"))
    missing = dana.client.get(reverse("api:framework-list", args=["no-such-party"]))
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert foreign.content == missing.content
    assert foreign.headers.items() >= {("Content-Type", "application/json")}


def test_a_platform_administrator_acts_for_no_party(pat: Persona, dana: Persona) -> None:
    assert pat.client.get(dana.url("api:framework-list")).status_code == 404


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete", "options", "trace"])
def test_the_api_only_reads(dana: Persona, framework: FrameworkVersion, method: str) -> None:
    response = getattr(dana.client, method)(dana.url("api:framework-list"))
    assert response.status_code == 405
    assert response.headers["Allow"] == "GET, HEAD"


def test_head_answers_like_get_without_a_body(dana: Persona, framework: FrameworkVersion) -> None:
    response = dana.client.head(dana.url("api:framework-list"))
    assert (response.status_code, response.content) == (200, b"")


def test_an_answer_is_never_stored_on_the_way(dana: Persona, framework: FrameworkVersion) -> None:
    assert dana.client.get(dana.url("api:framework-list")).headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("?page_size=201", "page_size"),
        ("?page_size=0", "page_size"),
        ("?page_size=many", "page_size"),
        ("?page=0", "page"),
        ("?page=last", "page"),
        ("?order_by=title", "order_by"),
        ("?framework__versions__status=draft", "framework__versions__status"),
        ("?search=" + "x" * 101, "search"),
        ("?search=%00", "search"),
        ("?key=no%20slug", "key"),
    ],
)
def test_a_parameter_that_cannot_be_read_is_named(
    dana: Persona, framework: FrameworkVersion, query: str, field: str
) -> None:
    response = dana.client.get(dana.url("api:framework-list") + query)
    assert response.status_code == 400
    errors = response.json()["errors"]
    assert errors.keys() == {field}
    assert all(isinstance(text, str) and text for text in errors[field])


def test_a_page_beyond_the_last_is_not_there(dana: Persona, framework: FrameworkVersion) -> None:
    assert dana.client.get(dana.url("api:framework-list") + "?page=2").status_code == 404
    whole = dana.client.get(dana.url("api:framework-list") + "?page=1&page_size=200").json()
    assert (whole["count"], whole["page"], whole["pages"], len(whole["results"])) == (1, 1, 1, 1)


def test_an_unknown_format_is_refused_without_a_page_of_html(dana: Persona, framework: FrameworkVersion) -> None:
    response = dana.client.get(dana.url("api:framework-list"), headers={"accept": "text/html"})
    assert response.status_code == 406
    assert response.json().keys() == {"detail"}


@pytest.mark.parametrize(
    ("error", "status", "data"),
    [
        (NotVisible(), 404, {"detail": "Not found."}),
        (Refused(refuse("Too early.", "An approver can.")), 403, {"detail": "Too early.", "who": "An approver can."}),
        (Refused(refuse("Too early.")), 403, {"detail": "Too early."}),
        (Conflict("Somebody was faster.", current={"secret": 1}), 409, {"detail": "Somebody was faster."}),
        (Invalid({"title": ["Too long."]}), 400, {"errors": {"title": ["Too long."]}}),
        (ValidationError({"title": ["Too long."]}), 400, {"errors": {"title": ["Too long."]}}),
        (ValidationError("Nothing fits."), 400, {"errors": {"": ["Nothing fits."]}}),
    ],
)
def test_every_expected_error_has_the_one_shape(error: Exception, status: int, data: dict[str, Any]) -> None:
    response = error_answer(error, {})
    assert response is not None
    assert (response.status_code, response.data) == (status, data)


def test_an_unexpected_error_is_left_to_the_server() -> None:
    assert error_answer(RuntimeError("broken"), {}) is None
