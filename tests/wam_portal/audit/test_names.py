"""The log names the people and things it speaks of, to those who may see them, in one query."""

from __future__ import annotations

import html
import re

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.personas import Persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee, invite_member
from wam_portal.accounts.members import end_role
from wam_portal.accounts.models import Membership, Party
from wam_portal.audit.models import Event
from wam_portal.audit.names import names_for
from wam_portal.audit.services import audited, record

pytestmark = pytest.mark.django_db
LINE = re.compile(r'<tr>\s*<td class="num".*?</tr>', re.DOTALL)


def lines(person: Persona) -> list[str]:
    """The log as the person reads it, without tags."""
    page = html.unescape(person.client.get(person.url("audit-log")).content.decode())
    return [" ".join(re.sub(r"<[^>]+>", " ", row).split()) for row in LINE.findall(page)]


def test_who_was_invited_or_lost_a_role_is_named(nadia: Persona, carl: Persona) -> None:
    invitee = Invitee("nora@example.test", "Nora Bel", [Role.VIEWER])
    invite_member(invitee=invitee, actor=nadia.viewer)
    invite_member(invitee=Invitee("no-name@example.test", "", [Role.VIEWER]), actor=nadia.viewer)
    end_role(membership=Membership.objects.get(user=carl.user), actor=nadia.viewer)
    ended, nameless, invited, *_before = lines(nadia)
    assert "Role ended Carl role: Contributor" in ended
    assert "Person invited no-name@example.test" in nameless
    assert "Person invited Nora Bel roles: Viewer" in invited


def test_somebody_who_is_no_member_here_has_no_name_here(nadia: Persona, boris: Persona, state_b: Party) -> None:
    theirs = Membership.objects.get(user=boris.user)
    with audited():
        for target in (boris.user, theirs, state_b):
            record(
                verb="thing.done",
                target=target,
                actor=None,
                parties=[nadia.viewer.party],
                changes={"member": str(boris.user.uuid)},
            )
    events = list(Event.objects.filter(verb="thing.done"))
    names = names_for(nadia.viewer, events)
    assert [names.of_target(event) for event in events] == ["", "", ""]
    assert names.of_detail("member", str(boris.user.uuid)) == ""
    assert not [line for line in lines(nadia) if "Boris" in line or "Borvenia" in line]


def test_more_lines_and_more_kinds_cost_no_more(
    nadia: Persona, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = nadia.client, nadia.url("audit-log")
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
    for number in range(3):
        invitee = Invitee(f"guest{number}@example.test", f"Guest {number}", [Role.VIEWER])
        invite_member(invitee=invitee, actor=nadia.viewer)
    assert "Guest 2" in lines(nadia)[0]
    with django_assert_num_queries(6):
        client.get(url)
