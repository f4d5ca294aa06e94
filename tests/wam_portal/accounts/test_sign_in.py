"""Signing in: by e-mail only, throttled by account and by address, and mails whose links nobody can forge."""

import re
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.http import HttpResponse
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from tests.personas import Persona
from wam_portal.accounts.models import User
from wam_portal.accounts.throttling import client_address, sign_in_name

PASSWORD = "a long and plain password"
NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


@pytest.fixture
def member(db: None) -> User:
    return User.objects.create_user("member@example.org", PASSWORD, full_name="Member")


def sign_in(client: Client, email: str, password: str, address: str = "192.0.2.1") -> HttpResponse:
    answer: HttpResponse = client.post("/accounts/login/", {"login": email, "password": password}, REMOTE_ADDR=address)
    return answer


def is_signed_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def test_the_right_password_signs_in_whatever_the_capitals_of_the_address(client: Client, member: User) -> None:
    answer = sign_in(client, "Member@Example.org", PASSWORD)
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/")
    assert is_signed_in(client)


def test_the_session_gets_a_new_number_at_sign_in(client: Client, member: User) -> None:
    session = client.session
    session["left behind"] = True
    session.save()
    before = session.session_key
    sign_in(client, member.email, PASSWORD)
    assert client.session.session_key != before


@override_settings(AXES_FAILURE_LIMIT=10)
def test_ten_failures_close_an_account_for_a_quarter_of_an_hour(client: Client, member: User) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        for number in range(10):
            sign_in(client, member.email, "wrong password", address=f"192.0.2.{number + 1}")
        answer = sign_in(client, "MEMBER@example.org", PASSWORD, address="192.0.2.99")
        assert not is_signed_in(client)
        assert answer.status_code == HTTPStatus.TOO_MANY_REQUESTS
        assert "<h1>" in answer.content.decode()
        clock.shift(timedelta(minutes=15, seconds=1))
        sign_in(client, member.email, PASSWORD, address="192.0.2.99")
        assert is_signed_in(client)


@override_settings(AXES_FAILURE_LIMIT=10)
def test_ten_failures_from_one_address_close_it_for_every_account(client: Client, member: User) -> None:
    for number in range(10):
        sign_in(client, f"nobody-{number}@example.org", "wrong password", address="192.0.2.7")
    sign_in(client, member.email, PASSWORD, address="192.0.2.7")
    assert not is_signed_in(client)


def test_nobody_can_sign_up(client: Client, db: None) -> None:
    assert client.get("/accounts/signup/").status_code == HTTPStatus.NOT_FOUND


def test_a_reset_mail_links_to_the_configured_address_and_the_link_works(client: Client, member: User) -> None:
    client.post("/accounts/password/reset/", {"email": member.email}, headers={"x-forwarded-host": "evil.example.com"})
    assert [message.to for message in mail.outbox] == [[member.email]]
    links = re.findall(r"https?://\S+", str(mail.outbox[0].body))
    assert len(links) == 1
    assert links[0].startswith("https://portal.example.org/accounts/password/reset/key/")
    answer = client.get(links[0].removeprefix("https://portal.example.org"), follow=True)
    assert answer.status_code == HTTPStatus.OK
    assert 'type="password"' in answer.content.decode()


def test_a_reset_for_an_unknown_address_answers_alike_and_sends_nothing(client: Client, member: User) -> None:
    known = client.post("/accounts/password/reset/", {"email": member.email})
    mail.outbox.clear()
    unknown = client.post("/accounts/password/reset/", {"email": "nobody@example.org"})
    assert (known.status_code, known["Location"]) == (unknown.status_code, unknown["Location"])
    assert mail.outbox == []


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=0)
def test_without_proxies_a_forwarded_address_is_not_believed() -> None:
    request = RequestFactory().get("/", headers={"x-forwarded-for": "198.51.100.9"}, REMOTE_ADDR="192.0.2.1")
    assert client_address(request) == "192.0.2.1"


@override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=1)
def test_behind_one_proxy_only_the_entry_it_wrote_is_believed() -> None:
    request = RequestFactory().get(
        "/", headers={"x-forwarded-for": "203.0.113.5, 198.51.100.9"}, REMOTE_ADDR="10.0.0.2"
    )
    assert client_address(request) == "198.51.100.9"


def test_failures_are_counted_under_the_typed_address_in_lower_case() -> None:
    request = RequestFactory().post("/accounts/login/", {"login": " Member@Example.org "})
    assert sign_in_name(request) == "member@example.org"
    assert sign_in_name(request, {"email": "OTHER@example.org"}) == "other@example.org"


def test_a_wrong_password_is_explained_once(client: Client, amina: Persona) -> None:
    page = client.post(reverse("account_login"), {"login": amina.user.email, "password": "wrong"}).content.decode()
    assert page.count("is not right") == 1
