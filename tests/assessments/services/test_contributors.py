"""Contributors from outside: invited for some indicators, and shown nothing else of the State's record."""

from __future__ import annotations

import datetime as dt
import re
from http import HTTPStatus

import pytest
import time_machine
from django.core import mail
from django.test import Client
from django.utils import timezone

from assessments.enums import AssignmentMode
from assessments.models import (
    Answer,
    Assessment,
    Assignment,
    ConsultationRound,
    ContributorInvitation,
    FrameworkVersion,
    IndependentRating,
)
from assessments.services.consultations import RoundContent, begin_consultation, set_consultation_status
from assessments.services.contributors import (
    Contributor,
    invite_contributor,
    resend_to_contributor,
    withdraw_from_contributor,
)
from tests.assessments.factories import answer_everything, make_assessment, rated
from tests.personas import PASSWORD, Persona, make_person
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invited, accept_as_new_person, accept_invitation
from wam_portal.accounts.models import Invitation, Membership, User
from wam_portal.accounts.selectors import parties_of
from wam_portal.accounts.services import add_membership
from wam_portal.errors import Invalid, NotVisible, Refused

pytestmark = pytest.mark.django_db
ASKED = ["coo-02", "sto-01"]


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


@pytest.fixture
def consultation(amina: Persona, assessment: Assessment) -> ConsultationRound:
    content = RoundContent(title="Workshop", starts_on=timezone.localdate())
    return begin_consultation(assessment=assessment, content=content, actor=amina.viewer)


def contributor(email: str = "cleo@example.test", **fields: object) -> Contributor:
    values = {"full_name": "Cleo", "organisation": "Weavers' union", "indicators": ASKED, **fields}
    return Contributor(email=email, **values)  # type: ignore[arg-type]


def invite(actor: Persona, consultation: ConsultationRound, person: Contributor | None = None) -> Invited:
    invited = invite_contributor(consultation=consultation, contributor=person or contributor(), actor=actor.viewer)
    assert invited is not None
    return invited


def token_of(invited: Invited) -> str:
    return invited.link.rstrip("/").rsplit("/", 1)[-1]


def accepted(invited: Invited) -> Persona:
    invitation, user = accept_as_new_person(token=token_of(invited), full_name="Cleo", password=PASSWORD)
    return Persona(user, invitation.party, frozenset({Role.INVITED_CONTRIBUTOR}))


def test_an_invited_person_lands_on_exactly_the_assigned_indicators(
    amina: Persona, consultation: ConsultationRound, assessment: Assessment, client: Client
) -> None:
    form = {"full_name": "Cleo", "email": "cleo@example.test", "organisation": "Weavers' union", "language": "en"}
    answer_everything(amina.viewer, assessment, rated(narrative="The State's own words."))
    amina.client.post(amina.url("assessments:contributor-invite", consultation.uuid), {**form, "indicators": ASKED})
    text = str(mail.outbox[0].body)
    assert "Baseline" not in text
    assert "coo-02" not in text
    [link] = re.findall(r"https://portal.example.org(\S+)", text)
    words = {"full_name": "Cleo", "password1": PASSWORD, "password2": PASSWORD}
    home = client.post(link, words)["Location"]
    page = client.get(home).content.decode()
    sheet = amina.url("assessments:rating-sheet", assessment.uuid)
    assert sheet in page
    sheets = "".join(client.get(f"{sheet}?section={key}").content.decode() for key in ("coo", "sto"))
    assert set(re.findall(r'data-indicator aria-labelledby="title-([\w-]+)"', sheets)) == set(ASKED)
    assert "The State&#x27;s own words." not in sheets
    links = set(re.findall(r'href="(/p/[^"?#]+)', page + sheets))
    assert links == {home, sheet}, "no way leads to any other page of the State"
    assert Assignment.objects.filter(mode=AssignmentMode.INDEPENDENT).count() == len(ASKED)


def test_an_invited_person_answers_what_is_assigned_and_nothing_else(
    amina: Persona, consultation: ConsultationRound, assessment: Assessment
) -> None:
    cleo = accepted(invite(amina, consultation))
    client, fields = (
        cleo.client,
        {"base_version": 0, "rating": "level:3", "narrative": "We see it so.", "basis": "none"},
    )
    for key in ("coo-01", "coo-02", "coo-03", "sto-01", "sto-02", "sto-03"):
        client.post(cleo.url("assessments:rating-edit", assessment.uuid, key), fields)
        client.post(cleo.url("assessments:answer-edit", assessment.uuid, key), fields)
    ratings = IndependentRating.objects.values_list("indicator__key", "membership__agency")
    assert set(ratings) == {(key, "Weavers' union") for key in ASKED}
    assert not Answer.objects.exists()
    for route in ("assessment-detail", "assessment-profile", "gap-list", "consultation-list", "assignment-list"):
        assert client.get(cleo.url(f"assessments:{route}", assessment.uuid)).status_code == HTTPStatus.NOT_FOUND
    assert client.get(cleo.url("assessments:assessment-list")).status_code == HTTPStatus.NOT_FOUND
    assert client.get(cleo.url("member-list")).status_code == HTTPStatus.NOT_FOUND


def test_the_access_ends_by_itself_two_weeks_after_the_work_was_due(
    amina: Persona, consultation: ConsultationRound, assessment: Assessment
) -> None:
    due = timezone.localdate() + dt.timedelta(days=3)
    cleo = accepted(invite(amina, consultation, contributor(due_on=due)))
    sheet = cleo.url("assessments:rating-sheet", assessment.uuid)
    with time_machine.travel(timezone.now() + dt.timedelta(days=16), tick=False):
        assert cleo.client.get(sheet).status_code == HTTPStatus.OK
    with time_machine.travel(timezone.now() + dt.timedelta(days=19), tick=False):
        assert cleo.client.get(sheet).status_code == HTTPStatus.NOT_FOUND
        assert parties_of(cleo.user) == []


def test_a_round_that_is_over_invites_nobody_into_an_account_that_has_ended(
    amina: Persona, consultation: ConsultationRound, assessment: Assessment
) -> None:
    ended = timezone.localdate() - dt.timedelta(days=20)
    ConsultationRound.objects.filter(pk=consultation.pk).update(starts_on=ended, ends_on=ended)
    consultation.refresh_from_db()
    invited = invite(amina, consultation)
    assert invited.invitation.membership_until is not None
    assert timezone.localdate(invited.invitation.membership_until) == timezone.localdate() + dt.timedelta(days=14)
    cleo = accepted(invited)
    assert cleo.client.get(cleo.url("assessments:rating-sheet", assessment.uuid)).status_code == HTTPStatus.OK


def test_an_invitation_sent_again_late_or_kept_from_before_still_opens_the_sheet(
    amina: Persona, consultation: ConsultationRound, assessment: Assessment
) -> None:
    invite(amina, consultation, contributor(due_on=timezone.localdate()))
    asked = ContributorInvitation.objects.select_related("round__assessment", "invitation").get()
    with time_machine.travel(timezone.now() + dt.timedelta(days=30), tick=False):
        again = resend_to_contributor(asked=asked, actor=amina.viewer)
        cleo = accepted(again)
        sheet = cleo.url("assessments:rating-sheet", assessment.uuid)
        assert cleo.client.get(sheet).status_code == HTTPStatus.OK
    stored = invite(amina, consultation, contributor("nils@example.test"))
    Invitation.objects.filter(pk=stored.invitation.pk).update(membership_until=timezone.now() - dt.timedelta(days=1))
    nils = accepted(stored)
    assert nils.client.get(nils.url("assessments:rating-sheet", assessment.uuid)).status_code == HTTPStatus.OK


def test_a_replaced_withdrawn_or_used_invitation_brings_nothing(
    amina: Persona, consultation: ConsultationRound
) -> None:
    first = invite(amina, consultation)
    asked = ContributorInvitation.objects.select_related("round__assessment", "invitation").get()
    second = resend_to_contributor(asked=asked, actor=amina.viewer)
    with pytest.raises(NotVisible):
        accepted(first)
    accepted(second)
    with pytest.raises(NotVisible):
        accepted(second)
    third = invite(amina, consultation, contributor("nils@example.test"))
    withdraw_from_contributor(
        asked=ContributorInvitation.objects.select_related("round__assessment").get(invitation=third.invitation),
        actor=amina.viewer,
    )
    with pytest.raises(NotVisible):
        accepted(third)
    assert Assignment.objects.count() == len(ASKED)


def test_only_focal_points_of_the_state_invite_and_only_in_an_open_round(
    amina: Persona, aldo: Persona, nadia: Persona, boris: Persona, consultation: ConsultationRound
) -> None:
    for other in (aldo, nadia, boris):
        with pytest.raises(Refused):
            invite(other, consultation)
    page = boris.client.get(boris.url("assessments:contributor-invite", consultation.uuid))
    assert page.status_code == HTTPStatus.NOT_FOUND
    set_consultation_status(
        consultation=consultation, base_version=consultation.version, status="closed", actor=amina.viewer
    )
    with pytest.raises(Refused, match="closed"):
        invite(amina, consultation)


def test_staff_is_not_invited_from_outside_and_mistakes_are_named(
    amina: Persona, vera: Persona, consultation: ConsultationRound
) -> None:
    with pytest.raises(Invalid) as staff:
        invite(amina, consultation, contributor(vera.user.email))
    assert list(staff.value.errors) == ["email"]
    yesterday = timezone.localdate() - dt.timedelta(days=1)
    wrong = contributor(indicators=["coo-02", "no-such"], due_on=yesterday, organisation=" ")
    with pytest.raises(Invalid) as mistakes:
        invite(amina, consultation, wrong)
    assert set(mistakes.value.errors) == {"indicators", "due_on", "organisation"}


def test_who_takes_part_already_gets_more_indicators_at_once_and_stays_longer(
    amina: Persona, consultation: ConsultationRound
) -> None:
    cleo = accepted(invite(amina, consultation))
    before = Membership.objects.get(user=cleo.user).expires_at
    later = timezone.localdate() + dt.timedelta(days=200)
    more = contributor(indicators=["sto-03"], due_on=later)
    assert invite_contributor(consultation=consultation, contributor=more, actor=amina.viewer) is None
    assert Assignment.objects.filter(membership__user=cleo.user).count() == 3
    after = Membership.objects.get(user=cleo.user).expires_at
    assert before is not None
    assert after is not None
    assert after > before


def test_who_has_become_staff_meanwhile_rates_nothing_twice(
    amina: Persona, consultation: ConsultationRound, assessment: Assessment
) -> None:
    person: User = make_person("Cleo")
    invited = invite(amina, consultation)
    add_membership(user=person, party=amina.viewer.party, role=Role.VIEWER, actor=None)
    accept_invitation(token=token_of(invited), user=person)
    assert not Assignment.objects.filter(assessment=assessment).exists()
