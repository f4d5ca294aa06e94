"""Answers that no view gives carry the same headers as all others."""

from __future__ import annotations

import pytest
from django.test import Client

from tests.access.checks import header_problems
from tests.access.prober import Prober
from tests.access.realm import Realm

pytestmark = pytest.mark.django_db


def test_a_forged_host_is_refused_with_all_headers() -> None:
    response = Client(raise_request_exception=False).get("/", HTTP_HOST="evil.example")
    assert response.status_code == 400
    assert "evil.example" not in response.content.decode()
    assert response.headers["Content-Security-Policy"]
    assert response.headers["Permissions-Policy"]
    assert "no-store" in response.headers["Cache-Control"]


@pytest.mark.parametrize(
    ("url", "method", "status"),
    [
        ("/nowhere/", "GET", 404),
        ("/p/aldoria/%00/", "GET", 404),
        ("/healthz", "DELETE", 405),
        ("/p/aldoria/", "POST", 405),
    ],
)
def test_what_no_page_answers_carries_all_headers(realm: Realm, url: str, method: str, status: int) -> None:
    answer = Prober().send(realm.cast.hats["editor"], method, url)
    assert answer.status == status
    assert list(header_problems(answer)) == []
