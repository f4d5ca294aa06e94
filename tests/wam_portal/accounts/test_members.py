"""The members of a party: who sees them, who changes what, and that somebody always stays."""

from __future__ import annotations

import contextlib
import threading
from http import HTTPStatus

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.personas import Persona, make_person, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee, invite_from_outside
from wam_portal.accounts.members import change_agency, end_role
from wam_portal.accounts.models import Membership, Party
from wam_portal.accounts.services import add_membership
from wam_portal.audit.models import Event
from wam_portal.errors import Invalid, Refused


def membership(persona: Persona) -> Membership:
    return Membership.objects.select_related("party", "user").get(user=persona.user, party=persona.party)


def test_the_list_shows_members_and_open_invitations(nadia: Persona, carl: Persona) -> None:
    invite_from_outside(party=nadia.viewer.party, invitee=Invitee("nora@example.test", "Nora", [Role.EDITOR]))
    page = nadia.client.get(nadia.url("member-list")).content.decode()
    for text in ("Carl", "carl@example.test", "Contributor", "Nora", "nora@example.test", "Send again", "End the role"):
        assert text in page


def test_approvers_read_the_list_and_change_nothing(aldo: Persona, nadia: Persona, carl: Persona) -> None:
    page = aldo.client.get(aldo.url("member-list")).content.decode()
    assert "Carl" in page
    assert "End the role" not in page
    answer = aldo.client.post(aldo.url("member-end", membership(carl).pk))
    assert answer.status_code == HTTPStatus.FORBIDDEN
    assert membership(carl).ended_at is None


def test_ending_a_role_asks_first_and_counts_from_the_next_request(nadia: Persona, carl: Persona) -> None:
    client, url = carl.client, nadia.url("member-end", membership(carl).pk)
    assert client.get(carl.url("work-list")).status_code == HTTPStatus.OK
    assert "What will happen" in nadia.client.get(url).content.decode()
    assert membership(carl).ended_at is None
    nadia.client.post(url)
    assert client.get(carl.url("work-list")).status_code == HTTPStatus.NOT_FOUND
    event = Event.objects.get(verb="membership.ended")
    assert (event.actor, event.changes) == (nadia.user, {"role": "contributor"})


def test_the_last_administrator_stays(nadia: Persona, aldo: Persona) -> None:
    url = nadia.url("member-end", membership(nadia).pk)
    answer = nadia.client.post(url)
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    for shown in (answer, nadia.client.get(url)):
        assert "Nobody would be left" in shown.content.decode()
        assert "btn-danger" not in shown.content.decode()
    assert membership(nadia).ended_at is None
    second = make_persona("Nils", nadia.viewer.party, Role.NATIONAL_ADMIN)
    answer = nadia.client.post(nadia.url("member-end", membership(nadia).pk))
    assert (answer.status_code, answer["Location"]) == (HTTPStatus.FOUND, "/")
    with pytest.raises(Invalid):
        end_role(membership=membership(second), actor=second.viewer)


def test_an_administrator_whose_account_is_closed_does_not_count_as_the_other_one(nadia: Persona) -> None:
    second = make_persona("Nils", nadia.viewer.party, Role.NATIONAL_ADMIN)
    second.user.is_active = False
    second.user.save()
    with pytest.raises(Invalid):
        end_role(membership=membership(nadia), actor=nadia.viewer)


def test_the_last_member_of_a_donor_stays(dana: Persona) -> None:
    with pytest.raises(Invalid):
        end_role(membership=membership(dana), actor=dana.viewer)
    second = make_persona("Dora", dana.viewer.party, Role.OFFERING_MEMBER)
    end_role(membership=membership(dana), actor=second.viewer)
    assert membership(dana).ended_at is not None


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_end_each_other_do_not_both_succeed(nadia: Persona) -> None:
    second = make_persona("Nils", nadia.viewer.party, Role.NATIONAL_ADMIN)
    barrier = threading.Barrier(2)
    refused: list[str] = []

    def end(actor: Persona, other: Membership) -> None:
        try:
            barrier.wait(5)
            end_role(membership=other, actor=actor.viewer)
        except Invalid as invalid:
            refused.append(invalid.message)
        finally:
            connection.close()

    pairs = [(nadia, membership(second)), (second, membership(nadia))]
    threads = [threading.Thread(target=end, args=pair) for pair in pairs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert len(refused) == 1
    assert Membership.objects.active().filter(party=nadia.party, role=Role.NATIONAL_ADMIN).count() == 1


def test_who_may_end_which_role(state_a: Party) -> None:
    """Role x role, from the access matrix (row 4): administrators all, focal points those whom they invited."""
    keeper = make_persona("Keeper", state_a, Role.NATIONAL_ADMIN)
    people = {role: make_persona(f"P-{role}", state_a, role) for role in Role}
    allowed = {(Role.NATIONAL_ADMIN, role) for role in Role} | {(Role.EDITOR, Role.INVITED_CONTRIBUTOR)}
    allowed -= {
        (Role.NATIONAL_ADMIN, role) for role in (Role.OFFERING_MEMBER, Role.IMPLEMENTING_MEMBER, Role.COORDINATOR)
    }
    ended = set()
    for holds in Role:
        for target in Role:
            other = add_membership(
                user=make_person(f"{holds}-{target}"), party=state_a, role=target, actor=keeper.viewer
            )
            with contextlib.suppress(Refused):
                end_role(membership=other, actor=people[holds].viewer)
                ended.add((holds, target))
    assert ended == allowed


def test_the_agency_is_changed_and_noted(nadia: Persona, carl: Persona, boris: Persona) -> None:
    nadia.client.post(nadia.url("member-agency", membership(carl).pk), {"agency": "  Coast Guard "})
    assert membership(carl).agency == "Coast Guard"
    assert Event.objects.filter(verb="membership.changed").count() == 1
    with pytest.raises(Refused):
        change_agency(membership=membership(carl), agency="Taken over", actor=boris.viewer)


def test_a_list_of_many_costs_as_much_as_a_list_of_one(
    nadia: Persona, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = nadia.client, nadia.url("member-list")
    client.get(url)
    with django_assert_num_queries(6):
        client.get(url)
    for number in range(3):
        make_persona(f"Vic{number}", nadia.viewer.party, Role.VIEWER)
        invitee = Invitee(f"nora{number}@example.test", "Nora", [Role.EDITOR])
        invite_from_outside(party=nadia.viewer.party, invitee=invitee)
    with django_assert_num_queries(6):
        client.get(url)
