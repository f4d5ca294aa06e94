"""Invitations: one link for one address, once, for a week; and who may give which role."""

from __future__ import annotations

import re
from datetime import timedelta
from http import HTTPStatus
from smtplib import SMTPServerDisconnected
from unittest import mock

import pytest
import time_machine
from django.conf import settings
from django.contrib.auth import SESSION_KEY
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from tests.personas import PASSWORD, Persona, comparable, make_donor, make_person, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import (
    Invited,
    Invitee,
    accept_as_new_person,
    accept_invitation,
    invite_member,
    resend_invitation,
    revoke_invitation,
)
from wam_portal.accounts.models import Invitation, Membership, Party, User
from wam_portal.accounts.selectors import parties_of
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused

NEW = {"full_name": "Nora Bel", "password1": PASSWORD, "password2": PASSWORD}
STATE_ROLES = {Role.VIEWER, Role.CONTRIBUTOR, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN}


def invite(actor: Persona, email: str = "nora@example.test", *roles: Role) -> Invited:
    invitee = Invitee(email, "Nora", roles or (Role.VIEWER,), agency="Customs", language="fr")
    return invite_member(invitee=invitee, actor=actor.viewer)


def path_of(invited: Invited) -> str:
    return invited.link.removeprefix("https://portal.example.org")


def token_of(invited: Invited) -> str:
    return invited.link.rstrip("/").rsplit("/", 1)[-1]


def test_an_invited_person_opens_the_link_sets_a_password_and_is_signed_in(nadia: Persona, client: Client) -> None:
    words = {"full_name": "Nora", "email": "Nora@Example.test", "roles": ["editor", "viewer"], "language": "fr"}
    page = nadia.client.post(nadia.url("member-invite"), {**words, "agency": "Customs"}).content.decode()
    [message] = mail.outbox
    [link] = re.findall(r"https://\S+", str(message.body))
    assert message.to == ["nora@example.test"]
    assert link in page
    assert str(message.body).startswith("Nora") is False
    path = link.removeprefix("https://portal.example.org")
    client.get(path)
    client.head(path)
    assert Invitation.objects.get().used_at is None, "opening the link (as scanners do) must change nothing"
    answer = client.post(path, NEW)
    assert answer["Location"] == reverse("work-list", args=["aldoria"])
    assert client.get(answer["Location"]).status_code == HTTPStatus.OK
    nora = User.objects.get(email="nora@example.test")
    assert (nora.full_name, nora.language, nora.check_password(PASSWORD)) == ("Nora Bel", "fr", True)
    [held] = parties_of(nora)
    assert held.roles == {"editor", "viewer"}
    assert {row.agency for row in nora.memberships.all()} == {"Customs"}
    verbs = list(Event.objects.order_by("seq").values_list("verb", flat=True))
    assert verbs[-4:] == ["invitation.made", "membership.added", "membership.added", "invitation.accepted"]


def test_the_database_keeps_only_a_hash_of_the_secret(nadia: Persona) -> None:
    token = token_of(invite(nadia))
    stored = Invitation.objects.values().get()
    assert len(token) >= 43, "32 random bytes"
    assert token not in str(stored)
    assert stored["expires_at"] - timezone.now() <= timedelta(days=7)


def test_used_withdrawn_replaced_outdated_and_unknown_links_show_one_page(nadia: Persona, client: Client) -> None:
    links = {name: invite(nadia, f"{name}@example.test") for name in ("used", "withdrawn", "replaced", "outdated")}
    accept_as_new_person(token=token_of(links["used"]), full_name="Ursula", password=PASSWORD)
    revoke_invitation(invitation=links["withdrawn"].invitation, actor=nadia.viewer)
    resend_invitation(invitation=links["replaced"].invitation, actor=nadia.viewer)
    Invitation.objects.filter(email="outdated@example.test").update(expires_at=timezone.now() - timedelta(seconds=1))
    paths = [path_of(invited) for invited in links.values()] + [reverse("invitation", args=["never-given"])]
    before = Membership.objects.count(), User.objects.count()
    pages = {comparable(answer, path) for path in paths for answer in (client.get(path), client.post(path, NEW))}
    assert len(pages) == 1
    assert "does not work" in pages.pop()
    assert (Membership.objects.count(), User.objects.count()) == before
    assert SESSION_KEY not in client.session


def test_a_link_works_for_seven_days_and_no_longer(nadia: Persona, client: Client) -> None:
    path = path_of(invite(nadia))
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=-30), tick=False):
        assert client.get(path).status_code == HTTPStatus.OK
    with time_machine.travel(timezone.now() + timedelta(days=7, seconds=5), tick=False):
        assert client.get(path).status_code == HTTPStatus.NOT_FOUND


def test_a_link_is_used_up_by_the_first_who_accepts(nadia: Persona, boris: Persona) -> None:
    token = token_of(invite(nadia, boris.user.email))
    accept_invitation(token=token, user=boris.user)
    with pytest.raises(NotVisible):
        accept_invitation(token=token, user=boris.user)
    assert Membership.objects.filter(user=boris.user, party=nadia.party).count() == 1


def test_who_has_an_account_signs_in_first_and_comes_back(nadia: Persona, client: Client) -> None:
    member = make_person("Mara", password=PASSWORD)
    path = path_of(invite(nadia, member.email))
    page = client.get(path).content.decode()
    assert f'href="{reverse("account_login")}?next={path}"' in page
    assert 'type="password"' not in page
    client.post(path, NEW)
    assert not parties_of(member)
    answer = client.post(f"{reverse('account_login')}?next={path}", {"login": member.email, "password": PASSWORD})
    assert answer["Location"] == path
    client.post(path)
    assert [held.party.slug for held in parties_of(member)] == ["aldoria"]


def test_somebody_else_who_is_signed_in_cannot_accept(nadia: Persona, boris: Persona) -> None:
    invited = invite(nadia)
    client = boris.client
    assert "Sign out" in client.get(path_of(invited)).content.decode()
    answer = client.post(path_of(invited))
    assert (answer.status_code, Invitation.objects.get().used_at) == (HTTPStatus.FORBIDDEN, None)
    with pytest.raises(Invalid):
        accept_invitation(token=token_of(invited), user=boris.user)
    assert [held.party.slug for held in parties_of(boris.user)] == ["borvenia"]


def test_a_closed_account_is_not_opened_by_an_invitation(nadia: Persona, client: Client) -> None:
    member = make_person("Mara")
    User.objects.filter(pk=member.pk).update(is_active=False)
    assert client.get(path_of(invite(nadia, member.email))).status_code == HTTPStatus.NOT_FOUND


def test_a_weak_password_is_explained_and_leaves_the_invitation_open(nadia: Persona, client: Client) -> None:
    path = path_of(invite(nadia))
    answer = client.post(path, {"full_name": "Nora", "password1": "nora1234", "password2": "nora1234"})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "12 caractères" in answer.content.decode()
    differing = client.post(path, {**NEW, "password1": "short", "password2": "something else"}).content.decode()
    assert "Les deux mots de passe diffèrent." in differing
    assert "Ce mot de passe est trop court" in differing
    assert client.post(path, NEW).status_code == HTTPStatus.FOUND


def test_the_mail_and_the_link_come_from_the_configured_address(nadia: Persona) -> None:
    words = {"full_name": "Nora", "email": "nora@example.test", "roles": ["viewer"], "language": "en"}
    for number, header in enumerate(("x-forwarded-host", "x-forwarded-server", "forwarded")):
        words["email"] = f"nora{number}@example.test"
        nadia.client.post(nadia.url("member-invite"), words, headers={header: "host=evil.example.com"})
    assert len(mail.outbox) == 3
    assert all("https://portal.example.org/accounts/invitation/" in str(message.body) for message in mail.outbox)
    assert not any("evil" in str(message.message()) for message in mail.outbox)


def test_a_mail_that_cannot_be_sent_leaves_the_link_on_the_page(nadia: Persona) -> None:
    words = {"full_name": "Nora", "email": "nora@example.test", "roles": ["viewer"], "language": "en"}
    with mock.patch("wam_portal.accounts.invitations.send_mail", side_effect=SMTPServerDisconnected):
        page = nadia.client.post(nadia.url("member-invite"), words).content.decode()
    assert "could not be sent" in page
    assert "https://portal.example.org/accounts/invitation/" in page


def test_a_person_is_invited_once_at_a_time(nadia: Persona, vera: Persona) -> None:
    first = invite(nadia)
    with pytest.raises(Invalid) as twice:
        invite(nadia, "NORA@example.test", Role.EDITOR)
    assert list(twice.value.errors) == ["email"]
    with pytest.raises(Invalid):
        invite(nadia, vera.user.email)
    Invitation.objects.filter(pk=first.invitation.pk).update(expires_at=timezone.now())
    assert invite(nadia).invitation.pk != first.invitation.pk, "one that has run out stands in nobody's way"


def test_an_answered_invitation_is_neither_sent_again_nor_withdrawn(nadia: Persona) -> None:
    invited = invite(nadia)
    accept_as_new_person(token=token_of(invited), full_name="Nora", password=PASSWORD)
    with pytest.raises(Conflict):
        resend_invitation(invitation=invited.invitation, actor=nadia.viewer)
    with pytest.raises(Conflict):
        revoke_invitation(invitation=invited.invitation, actor=nadia.viewer)
    assert nadia.client.get(nadia.url("invitation-revoke", invited.invitation.uuid)).status_code == 404


@pytest.mark.parametrize("holds", [*Role])
def test_nobody_gives_a_role_above_their_own(holds: Role, state_a: Party) -> None:
    """Role x role: what the holder may give, written from the access matrix (row 4)."""
    person = make_persona("Holder", state_a, holds)
    may_give = STATE_ROLES | {Role.INVITED_CONTRIBUTOR} if holds == Role.NATIONAL_ADMIN else set()
    may_give |= {Role.INVITED_CONTRIBUTOR} if holds == Role.EDITOR else set()
    given = set()
    for role in Role:
        try:
            invite(person, f"{role}@example.test", role)
        except Refused:
            continue
        given.add(role)
    assert given == may_give


@pytest.mark.parametrize("holds", [Role.OFFERING_MEMBER, Role.COORDINATOR])
def test_at_other_parties_members_give_the_role_that_they_hold(holds: Role, db: None) -> None:
    party = make_donor("both", "Both")
    Party.objects.filter(pk=party.pk).update(coordinates=True)
    party.refresh_from_db()
    person = make_persona("Holder", party, holds)
    for role in Role:
        if role == holds:
            assert invite(person, f"{role}@example.test", role).invitation.roles == [role]
        else:
            with pytest.raises(Refused):
                invite(person, f"{role}@example.test", role)


def test_a_role_that_the_party_does_not_have_is_given_by_nobody(nadia: Persona) -> None:
    with pytest.raises(Refused):
        invite(nadia, "x@example.test", Role.OFFERING_MEMBER)
    Party.objects.filter(pk=nadia.viewer.party.pk).update(offers=True)
    nadia.viewer.party.refresh_from_db()
    assert invite(nadia, "x@example.test", Role.OFFERING_MEMBER).invitation.party == nadia.party


def test_a_form_that_asks_for_a_role_above_is_refused_and_keeps_what_was_typed(dana: Persona) -> None:
    words = {"full_name": "Nora", "email": "nora@example.test", "roles": ["national_admin"], "language": "en"}
    answer = dana.client.post(dana.url("member-invite"), words)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert 'value="nora@example.test"' in answer.content.decode()
    assert not Invitation.objects.exists()


def test_the_operator_invites_the_first_administrator_of_a_party(
    state_b: Party, capsys: pytest.CaptureFixture[str]
) -> None:
    call_command("invite_member", "borvenia", "first@example.test", "national_admin", name="Bea First")
    assert "https://portal.example.org/accounts/invitation/" in capsys.readouterr().out
    invitation = Invitation.objects.get()
    assert (invitation.party, invitation.roles, invitation.invited_by) == (state_b, ["national_admin"], None)


def test_the_page_goes_on_in_the_language_of_the_invitation_until_the_visitor_chooses(
    nadia: Persona, client: Client
) -> None:
    path = path_of(invite(nadia))
    page = client.get(path, headers={"accept-language": "en"})
    assert (page.headers["Content-Language"], "Accepter l’invitation" in page.content.decode()) == ("fr", True)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "en"
    assert "Accept the invitation" in client.get(path).content.decode()
