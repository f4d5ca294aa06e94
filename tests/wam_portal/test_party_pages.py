"""The way in: whom one acts for comes from the address, and what is not one's own does not exist."""

from __future__ import annotations

from django.test import Client
from django.urls import reverse

from tests.personas import Persona, comparable
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership, Party
from wam_portal.accounts.services import add_membership, end_membership


def test_home_leads_to_the_only_party(amina: Persona) -> None:
    response = amina.client.get("/")
    assert (response.status_code, response["Location"]) == (302, "/p/aldoria/")


def test_home_lets_a_member_of_two_parties_choose(amina: Persona, donor_one: Party) -> None:
    add_membership(user=amina.user, party=donor_one, role=Role.OFFERING_MEMBER, actor=None)
    page = amina.client.get("/").content.decode()
    assert "/p/aldoria/" in page
    assert "/p/amber-fund/" in page


def test_an_anonymous_visitor_is_sent_to_sign_in(client: Client, state_a: Party) -> None:
    response = client.get("/p/aldoria/")
    assert response["Location"] == reverse("account_login") + "?next=/p/aldoria/"


def test_a_foreign_party_answers_as_one_that_does_not_exist(boris: Persona, state_a: Party) -> None:
    foreign = boris.client.get("/p/aldoria/")
    missing = boris.client.get("/p/nowhere/")
    assert (foreign.status_code, missing.status_code) == (404, 404)
    assert comparable(foreign, "aldoria") == comparable(missing, "nowhere")


def test_the_work_list_names_the_party_one_acts_for(amina: Persona) -> None:
    assert "Aldoria" in amina.client.get("/p/aldoria/").content.decode()


def test_an_ended_membership_counts_no_more_on_the_next_request(amina: Persona) -> None:
    client = amina.client
    assert client.get("/p/aldoria/").status_code == 200
    end_membership(membership=Membership.objects.get(user=amina.user), actor=None)
    assert client.get("/p/aldoria/").status_code == 404


def test_the_log_is_refused_to_a_focal_point_with_reason_and_who_can(amina: Persona) -> None:
    response = amina.client.get("/p/aldoria/log/")
    assert response.status_code == 403
    assert "approvers and national administrators" in response.content.decode()


def test_the_log_shows_an_approver_what_was_done(aldo: Persona) -> None:
    page = aldo.client.get("/p/aldoria/log/").content.decode()
    assert "Party entered in the portal" in page
    assert "Role given" in page
    assert "role: Approver" in page
