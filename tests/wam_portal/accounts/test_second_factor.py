"""The second factor: setting it up, signing in with it, codes that work once, and being made to have one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from cryptography.fernet import InvalidToken
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.cache import cache
from django.core.management import CommandError, call_command
from django.test import Client, override_settings
from django.urls import reverse

from tests.personas import PASSWORD, Persona
from wam_portal.accounts.models import User
from wam_portal.accounts.second_factor import PortalMFAAdapter
from wam_portal.audit.models import Event

NOW = datetime(2026, 11, 25, 9, 0, 5, tzinfo=UTC)
STEP = timedelta(seconds=30)


@pytest.fixture(autouse=True)
def no_throttles() -> None:
    cache.clear()


@pytest.fixture
def clock() -> Iterator[time_machine.Coordinates]:
    with time_machine.travel(NOW, tick=False) as coordinates:
        yield coordinates


@pytest.fixture
def member(amina: Persona) -> User:
    amina.user.set_password(PASSWORD)
    amina.user.save()
    return amina.user


def code_of(secret: str) -> str:
    return format_hotp_value(hotp_value(secret, int(datetime.now(UTC).timestamp()) // 30))


def sign_in(client: Client, member: User) -> str:
    return client.post(reverse("account_login"), {"login": member.email, "password": PASSWORD})["Location"]


def set_up(client: Client) -> tuple[str, list[str]]:
    """Follow the set-up page just after signing in; answers the secret of the app and the recovery codes."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code><bdi>([A-Z2-7]{32})</bdi>", page)
    assert secret, page
    assert '<img src="data:image/svg+xml;base64,' in page
    answer = client.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])})
    assert answer["Location"] == reverse("mfa_view_recovery_codes"), answer.content.decode()
    codes = re.findall(r"<code><bdi>(\d{8})</bdi>", client.get(answer["Location"]).content.decode())
    assert len(codes) == 10
    return secret[1], codes


def try_code(member: User, code: str) -> tuple[bool, str]:
    """Sign in anew with a code; answers whether that worked, and the page."""
    client = Client()
    assert sign_in(client, member) == reverse("mfa_authenticate")
    assert SESSION_KEY not in client.session, "the password alone signs nobody in"
    answer = client.post(reverse("mfa_authenticate"), {"code": code})
    return SESSION_KEY in client.session, answer.content.decode()


def test_signing_in_takes_a_code_and_no_code_works_twice(
    client: Client, member: User, clock: time_machine.Coordinates
) -> None:
    sign_in(client, member)
    secret, _codes = set_up(client)
    worked, page = try_code(member, code_of(secret))
    assert (worked, "used already" in page) == (False, True), "the code of the set-up signs nobody in"
    clock.shift(STEP)
    code = code_of(secret)
    assert try_code(member, code)[0]
    cache.clear()  # as another process sees it, where nothing is remembered in memory
    assert not try_code(member, code)[0]
    clock.shift(STEP)
    assert not try_code(member, code)[0], "within the tolerance for clocks that differ"
    assert try_code(member, code_of(secret))[0]
    assert not try_code(member, "000000")[0]


def test_a_recovery_code_works_once(client: Client, member: User, clock: time_machine.Coordinates) -> None:
    sign_in(client, member)
    _secret, codes = set_up(client)
    assert try_code(member, codes[0])[0]
    assert not try_code(member, codes[0])[0]
    assert try_code(member, codes[9])[0]


def test_recovery_codes_are_shown_once(client: Client, member: User, clock: time_machine.Coordinates) -> None:
    sign_in(client, member)
    _secret, codes = set_up(client)
    again = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    assert not any(code in again for code in codes)
    client.post(reverse("mfa_generate_recovery_codes"))
    page = client.get(reverse("mfa_view_recovery_codes")).content.decode()
    fresh = re.findall(r"<code><bdi>(\d{8})</bdi>", page)
    assert len(fresh) == 10
    assert not set(fresh) & set(codes)
    assert f"data:text/plain;charset=utf-8,{'%0A'.join(fresh)}" in page


@override_settings(AXES_FAILURE_LIMIT=5)
def test_wrong_codes_close_the_account_like_wrong_passwords(
    client: Client, member: User, clock: time_machine.Coordinates
) -> None:
    sign_in(client, member)
    secret, _codes = set_up(client)
    clock.shift(STEP)
    guesser = Client()
    sign_in(guesser, member)
    for number in range(5):
        guesser.post(reverse("mfa_authenticate"), {"code": f"00000{number}"})
    late = guesser.post(reverse("mfa_authenticate"), {"code": code_of(secret)})
    assert SESSION_KEY not in guesser.session
    assert "Too many wrong codes" in late.content.decode()
    clock.shift(timedelta(minutes=16))
    assert try_code(member, code_of(secret))[0]


def test_secrets_are_stored_encrypted(client: Client, member: User, clock: time_machine.Coordinates) -> None:
    sign_in(client, member)
    secret, codes = set_up(client)
    stored = str(list(Authenticator.objects.values_list("data", flat=True)))
    assert secret not in stored
    assert not any(code in stored for code in codes)
    sealed = PortalMFAAdapter().encrypt(secret)
    with override_settings(SECRET_KEY="another key", SECRET_KEY_FALLBACKS=["test-only-" * 3]):
        with pytest.raises(InvalidToken):
            PortalMFAAdapter().decrypt(sealed)
        fresh = PortalMFAAdapter().encrypt(secret)
    with override_settings(SECRET_KEY="a newer key", SECRET_KEY_FALLBACKS=["another key"]):
        assert PortalMFAAdapter().decrypt(fresh) == secret


def test_the_app_is_set_up_and_removed_only_by_somebody_who_has_just_signed_in(
    client: Client, member: User, clock: time_machine.Coordinates
) -> None:
    sign_in(client, member)
    clock.shift(timedelta(minutes=10))
    asked = client.get(reverse("mfa_activate_totp"))["Location"]
    assert asked.startswith(reverse("account_reauthenticate")), "who sits at an open session is asked once more"
    client.post(asked, {"password": PASSWORD})
    secret, _codes = set_up(client)
    clock.shift(timedelta(minutes=10))
    asked = client.post(reverse("mfa_deactivate_totp"))["Location"]
    assert reverse("account_reauthenticate") in asked or reverse("mfa_reauthenticate") in asked
    assert Authenticator.objects.count() == 2
    client.post(reverse("mfa_reauthenticate"), {"code": code_of(secret)})
    client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.count() == 0


def test_the_operator_helps_somebody_who_has_lost_phone_and_codes(
    client: Client, member: User, clock: time_machine.Coordinates
) -> None:
    sign_in(client, member)
    set_up(client)
    call_command("remove_second_factor", member.email)
    assert sign_in(Client(), member) == "/"
    assert Event.objects.filter(verb="account.second_factor_removed", chain__party__slug="aldoria").count() == 1
    with pytest.raises(CommandError, match="no second factor"):
        call_command("remove_second_factor", member.email)


def noted(action: Callable[[], object]) -> tuple[list[tuple[str, str]], list[str]]:
    """Entries in the logs with who did it, and subjects and first sentences of mails, that an action leaves."""
    before = Event.objects.count()
    mail.outbox.clear()
    action()
    events = Event.objects.order_by("pk")[before:]
    told = [(event.verb, event.actor.email if event.actor else "") for event in events]
    return told, [str(message.body).split("\n\n")[1] for message in mail.outbox]


@pytest.mark.django_db(transaction=True)
def test_each_step_is_logged_for_the_parties_and_told_to_the_person(
    client: Client, amina: Persona, member: User, clock: time_machine.Coordinates
) -> None:
    sign_in(client, member)
    at = "This was on 25 Nov 2026 at 09:00 (UTC)."
    events, mails = noted(lambda: set_up(client))
    assert events == [
        ("account.second_factor_set_up", member.email),
        ("account.recovery_codes_viewed", member.email),
    ]
    assert mails == [
        f"A second factor was set up for your account. {at}",
        f"The recovery codes of your account were viewed. {at}",
    ]
    assert {message.to[0] for message in mail.outbox} == {member.email}
    assert all("https://portal.example.org/accounts/security/" in str(message.body) for message in mail.outbox)
    assert noted(lambda: client.get(reverse("mfa_view_recovery_codes"))) == ([], [])
    events, mails = noted(lambda: client.post(reverse("mfa_generate_recovery_codes")))
    assert events == [("account.recovery_codes_made", member.email)]
    assert mails == [f"New recovery codes were made for your account. The old ones work no more. {at}"]
    User.objects.filter(pk=member.pk).update(language="fr")
    events, mails = noted(lambda: client.post(reverse("mfa_deactivate_totp")))
    assert events == [("account.second_factor_turned_off", member.email)]
    assert mails[0].startswith("Le second facteur de votre compte a été désactivé.")
    assert {event.chain.party for event in Event.objects.filter(verb__startswith="account.")} == {amina.party}


@pytest.mark.django_db(transaction=True)
def test_what_is_refused_or_goes_wrong_is_neither_logged_nor_told(
    client: Client, member: User, clock: time_machine.Coordinates, monkeypatch: pytest.MonkeyPatch
) -> None:
    sign_in(client, member)
    client.get(reverse("mfa_activate_totp"))
    assert noted(lambda: client.post(reverse("mfa_activate_totp"), {"code": "000000"})) == ([], [])
    set_up_again(client)
    clock.shift(timedelta(minutes=10))
    for name in ("mfa_deactivate_totp", "mfa_generate_recovery_codes"):
        assert noted(lambda name=name: client.post(reverse(name))) == ([], [])

    def fails(**_fields: object) -> None:
        raise RuntimeError("the log cannot be written")

    client.post(reverse("account_reauthenticate"), {"password": PASSWORD})
    monkeypatch.setattr("wam_portal.accounts.second_factor_views.note_second_factor", fails)
    with pytest.raises(RuntimeError):
        client.post(reverse("mfa_deactivate_totp"))
    assert Authenticator.objects.count() == 2


def set_up_again(client: Client) -> None:
    """Set the app up on a session that has just been confirmed."""
    page = client.get(reverse("mfa_activate_totp")).content.decode()
    secret = re.search(r"<code><bdi>([A-Z2-7]{32})</bdi>", page)
    assert secret, page
    assert client.post(reverse("mfa_activate_totp"), {"code": code_of(secret[1])}).status_code == HTTPStatus.FOUND


@override_settings(MFA_REQUIRED=True)
def test_where_it_is_a_must_nothing_else_opens_before_it_is_set_up(
    client: Client, amina: Persona, member: User, clock: time_machine.Coordinates
) -> None:
    way = reverse("mfa_activate_totp")
    sign_in(client, member)
    for path in ("/", amina.url("work-list"), amina.url("assessments:assessment-list"), amina.url("member-list")):
        assert client.get(path)["Location"] == way
        assert client.post(path)["Location"] == way
    fragment = client.get(amina.url("work-list"), headers={"HX-Request": "true"})
    assert fragment["HX-Redirect"] == way
    api = client.get(amina.url("api:framework-list"))
    assert (api.status_code, "second factor" in api.json()["detail"]) == (HTTPStatus.FORBIDDEN, True)
    for open_page in ("mfa_index", "account_logout", "account_change_password", "healthz"):
        assert client.get(reverse(open_page)).status_code == HTTPStatus.OK
    assert "Needed before you go on" in client.get(way).content.decode(), "it says that it is a must, and why"
    set_up(client)
    assert client.get(amina.url("work-list")).status_code == HTTPStatus.OK


@override_settings(MFA_REQUIRED=True)
def test_where_it_is_a_must_somebody_without_one_can_leave_and_change_the_language(
    client: Client, member: User
) -> None:
    sign_in(client, member)
    assert client.post(reverse("set_language"), {"language": "fr", "next": "/"}).status_code == HTTPStatus.FOUND
    client.post(reverse("account_logout"))
    assert SESSION_KEY not in client.session
    assert client.get(reverse("account_login")).status_code == HTTPStatus.OK


def test_by_default_nobody_is_made_to(client: Client, amina: Persona, member: User) -> None:
    sign_in(client, member)
    assert "Needed before" not in client.get(reverse("mfa_activate_totp")).content.decode()
    assert client.get(amina.url("work-list")).status_code == HTTPStatus.OK
