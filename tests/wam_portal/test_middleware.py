"""Headers that every answer carries, and the two clocks that end a session."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.http import HttpRequest, HttpResponse
from django.test import Client, override_settings
from django.urls import path
from pytest_django import DjangoAssertNumQueries

from tests.personas import Persona
from wam_portal.accounts.models import User
from wam_portal.urls import urlpatterns as portal_routes

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
POLICY = {
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "base-uri 'none'",
    "object-src 'none'",
    "frame-ancestors 'none'",
}
FIXED_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("a fault in a page")


def cached(request: HttpRequest) -> HttpResponse:
    return HttpResponse("a page", headers={"Cache-Control": "public, max-age=600"})


urlpatterns = [*portal_routes, path("broken", broken), path("cached", cached)]


@pytest.fixture
def member(db: None) -> User:
    return User.objects.create_user("member@example.org", full_name="Member")


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("method", "address", "host", "status"),
    [
        ("get", "/healthz", "testserver", HTTPStatus.OK),
        ("get", "/", "evil.example.com", HTTPStatus.BAD_REQUEST),
        ("post", "/healthz", "testserver", HTTPStatus.METHOD_NOT_ALLOWED),
        ("get", "/static/vendor/../../manage.py", "testserver", HTTPStatus.NOT_FOUND),
    ],
)
def test_every_kind_of_answer_carries_the_headers(
    client: Client, method: str, address: str, host: str, status: int
) -> None:
    answer = getattr(client, method)(address, headers={"host": host}, secure=True)
    assert answer.status_code == status
    assert {part.strip() for part in answer["Content-Security-Policy"].split(";") if part.strip()} == POLICY
    assert {name: answer[name] for name in FIXED_HEADERS} == FIXED_HEADERS
    assert "camera=()" in answer["Permissions-Policy"]
    assert answer["Cache-Control"] == "no-store"


@pytest.mark.django_db
def test_a_static_file_carries_the_headers_and_may_be_kept(client: Client) -> None:
    answer = client.get("/static/css/tokens.css")
    assert answer["Content-Type"].startswith("text/css")
    assert {name: answer[name] for name in FIXED_HEADERS} == FIXED_HEADERS
    assert "default-src 'none'" in answer["Content-Security-Policy"]
    assert "no-store" not in answer["Cache-Control"]
    assert "Access-Control-Allow-Origin" not in answer
    answer.close()


@pytest.mark.django_db
@override_settings(ROOT_URLCONF=__name__)
def test_a_failing_page_carries_the_headers_and_no_details(member: User) -> None:
    client = Client(raise_request_exception=False)
    client.force_login(member)
    answer = client.get("/broken")
    assert answer.status_code == HTTPStatus.INTERNAL_SERVER_ERROR
    assert {name: answer[name] for name in FIXED_HEADERS} == FIXED_HEADERS
    assert "a fault in a page" not in answer.content.decode()


@pytest.mark.django_db
@override_settings(SECURE_HSTS_SECONDS=63_072_000, SECURE_HSTS_INCLUDE_SUBDOMAINS=True, SECURE_HSTS_PRELOAD=True)
def test_even_a_refused_host_is_told_to_use_https(client: Client) -> None:
    answer = client.get("/", headers={"host": "evil.example.com"}, secure=True)
    assert answer["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains; preload"
    assert "Strict-Transport-Security" not in client.get("/healthz")


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_for_a_member_is_never_stored_whatever_the_view_says(client: Client, member: User) -> None:
    client.force_login(member)
    assert client.get("/cached")["Cache-Control"] == "no-store"


@override_settings(ROOT_URLCONF=__name__)
def test_a_page_without_a_public_mark_asks_a_stranger_to_sign_in(client: Client) -> None:
    answer = client.get("/cached")
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/accounts/login/?next=/cached")


@override_settings(ROOT_URLCONF=__name__)
def test_a_visit_within_the_half_hour_keeps_the_session_alive(client: Client, member: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(member)
        for _ in range(4):
            client.get("/cached")
            clock.shift(timedelta(minutes=29))
        client.get("/cached")
        assert is_signed_in(client)


@override_settings(ROOT_URLCONF=__name__)
def test_half_an_hour_without_a_visit_ends_the_session(client: Client, member: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(member)
        client.get("/cached")
        clock.shift(timedelta(minutes=30, seconds=1))
        answer = client.get("/cached")
        assert answer.status_code == HTTPStatus.FOUND
        assert not is_signed_in(client)


@override_settings(ROOT_URLCONF=__name__)
def test_twelve_hours_after_sign_in_the_session_ends_despite_constant_use(client: Client, member: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(member)
        for _ in range(12 * 6):
            assert client.get("/cached").status_code == HTTPStatus.OK
            clock.shift(timedelta(minutes=10))
        clock.shift(timedelta(seconds=1))
        client.get("/cached")
        assert not is_signed_in(client)


@override_settings(ROOT_URLCONF=__name__)
def test_reading_pages_writes_the_session_at_most_once_a_minute(
    client: Client, member: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(member)
        client.get("/cached")
        clock.shift(timedelta(seconds=59))
        with django_assert_num_queries(2):
            client.get("/cached")


@override_settings(ROOT_URLCONF=__name__)
def test_saving_leaves_the_note_of_the_visit_to_the_page_that_follows(
    client: Client, member: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(member)
        client.get("/cached")
        clock.shift(timedelta(minutes=14))
        with django_assert_num_queries(2):
            client.post("/cached")


@override_settings(ROOT_URLCONF=__name__)
def test_somebody_who_only_saves_stays_signed_in(client: Client, member: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        client.force_login(member)
        client.get("/cached")
        for _ in range(6):
            clock.shift(timedelta(minutes=14))
            client.post("/cached")
        assert is_signed_in(client)


def test_a_refusal_leads_back_to_the_page_of_the_portal_one_came_from(amina: Persona) -> None:
    log = amina.url("audit-log")

    def links(came_from: str) -> list[str]:
        page = amina.client.get(log, headers={"referer": came_from}).content.decode()
        return re.findall(r'class="btn btn-\w+" href="([^"]+)"', page)

    own = "http://testserver/p/aldoria/evidence/?page=2"
    assert links(own) == [own, "/p/aldoria/"]
    for foreign in ("", "https://evil.example/p/aldoria/", "//evil.example/", f"http://testserver{log}"):
        assert links(foreign) == ["/p/aldoria/"], foreign
