"""Sharing through HTTP: the form, the look through the recipient's eyes, the grants, the access log."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone

from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Grant
from assessments.public import open_release, releases_for
from tests.assessments.request_factories import endorse, make_draft, make_gap, release_to, start_baseline
from tests.personas import Persona, in_french, make_state
from wam_portal.accounts.models import Party, Territory


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


@pytest.fixture
def endorsed(amina: Persona, aldo: Persona, assessment: Assessment) -> AssistanceRequest:
    gap = make_gap(amina, assessment, "coo-01")
    request = make_draft(amina, [gap], contact="canary-contact", places="canary-places", objective="canary-objective")
    endorse(aldo, request)
    return request


def sent(*parties: Party, **changes: Any) -> dict[str, Any]:
    last_day = timezone.now().date() + timedelta(days=30)
    return {
        "recipients": [str(party.uuid) for party in parties],
        "level": "summary",
        "purpose": "To decide on funding.",
        "expires_on": last_day.isoformat(),
        **changes,
    }


def url(person: Persona, request: AssistanceRequest) -> str:
    return person.url("assessments:request-release", request.uuid)


def test_the_last_day_is_explained_in_the_reader_s_language(aldo: Persona, endorsed: AssistanceRequest) -> None:
    text = in_french(aldo, url(aldo, endorsed))
    assert "Le dernier jour, au plus tard dans" in text
    assert "The last day" not in text


def test_nothing_is_shared_before_the_preview_is_confirmed(
    aldo: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    response = aldo.client.post(url(aldo, endorsed), sent(donor_one))
    text = response.content.decode()
    assert "Amber Fund" in text
    assert "canary-objective" in text
    assert not Grant.objects.exists()
    fields = re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', text)
    again = {name: value for name, value in fields if name != "csrfmiddlewaretoken"}
    response = aldo.client.post(url(aldo, endorsed), {**again, "share": "1"})
    assert response.headers["Location"] == aldo.url("assessments:request-detail", endorsed.uuid) + "#grants"
    [released] = releases_for(dana.viewer)
    assert (released.level, released.purpose) == ("summary", "To decide on funding.")


@pytest.mark.parametrize(
    ("level", "seen", "unseen"),
    [
        ("summary", ["canary-objective"], ["canary-contact", "canary-places"]),
        ("dossier", ["canary-objective", "canary-contact", "canary-places"], []),
    ],
)
def test_the_preview_shows_what_the_recipient_will_see_and_no_more(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, level: str, seen: list[str], unseen: list[str]
) -> None:
    text = aldo.client.post(url(aldo, endorsed), sent(donor_one, level=level)).content.decode()
    assert [canary for canary in seen if canary not in text] == []
    assert [canary for canary in unseen if canary in text] == []


def test_key_by_key(aldo: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party) -> None:
    form = sent(donor_one, level="custom", keys=["contact", "needs.amount"])
    text = aldo.client.post(url(aldo, endorsed), form).content.decode()
    assert ("canary-contact" in text, "canary-objective" in text) == (True, False)
    aldo.client.post(url(aldo, endorsed), {**form, "share": "1"})
    [released] = releases_for(dana.viewer)
    assert released.content["contact"] == "canary-contact"
    assert "objective" not in released.content


def test_going_back_from_the_preview_keeps_the_form(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    text = aldo.client.post(url(aldo, endorsed), {**sent(donor_one), "change": "1"}).content.decode()
    assert 'value="To decide on funding."' in text
    assert not Grant.objects.exists()


def test_what_a_recipient_holds_already_is_said(aldo: Persona, endorsed: AssistanceRequest, donor_one: Party) -> None:
    release_to(aldo, endorsed, donor_one, level="dossier")
    text = aldo.client.post(url(aldo, endorsed), sent(donor_one)).content.decode()
    assert "Amber Fund already sees “Full request dossier”" in text


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recipients": []}, "recipients"),
        ({"purpose": ""}, "purpose"),
        ({"purpose": "x" * 401}, "purpose"),
        ({"expires_on": "2001-01-01"}, "expires_on"),
        ({"expires_on": "2999-01-01"}, "expires_on"),
        ({"level": "everything"}, "level"),
        ({"level": "custom", "keys": ["answers"]}, "keys"),
    ],
)
@pytest.mark.parametrize("step", [{}, {"share": "1"}])
def test_a_bad_form_is_explained_and_shares_nothing(
    aldo: Persona,
    endorsed: AssistanceRequest,
    donor_one: Party,
    change: dict[str, Any],
    field: str,
    step: dict[str, str],
) -> None:
    response = aldo.client.post(url(aldo, endorsed), sent(donor_one, **change) | step)
    assert (response.status_code, f"#id_{field}" in response.content.decode()) == (422, True)
    assert not Grant.objects.exists()


def test_a_recipient_that_neither_offers_nor_coordinates_cannot_be_named(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, state_a: Party, world: dict[str, Territory]
) -> None:
    for party in (make_state("caldessa", "Caldessa", world["XC"]), state_a):
        response = aldo.client.post(url(aldo, endorsed), sent(donor_one, party) | {"share": "1"})
        assert response.status_code == 422
    assert aldo.client.post(url(aldo, endorsed), {**sent(), "recipients": [uuid4()]}).status_code == 422
    assert not Grant.objects.exists()


def test_a_draft_is_not_shared(amina: Persona, aldo: Persona, assessment: Assessment, donor_one: Party) -> None:
    draft = make_draft(amina, [make_gap(amina, assessment, "sto-01")])
    response = aldo.client.post(url(aldo, draft), sent(donor_one) | {"share": "1"})
    assert (response.status_code, "Only an endorsed request" in response.content.decode()) == (403, True)
    assert not Grant.objects.exists()


def test_focal_points_are_told_who_shares_and_outsiders_find_nothing(
    amina: Persona, bela: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    refused = amina.client.post(url(amina, endorsed), sent(donor_one) | {"share": "1"})
    assert (refused.status_code, "An approver of your State can" in refused.content.decode()) == (403, True)
    for person in (bela, dana):
        assert person.client.post(url(person, endorsed), sent(donor_one) | {"share": "1"}).status_code == 404
    assert not Grant.objects.exists()


def test_revoking_asks_first_bites_on_the_next_request_and_may_be_pressed_twice(
    aldo: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one)
    address = aldo.url("assessments:grant-revoke", endorsed.uuid, grant.uuid)
    assert "cannot be called back" in aldo.client.get(address).content.decode()
    assert len(releases_for(dana.viewer)) == 1
    aldo.client.post(address)
    assert len(releases_for(dana.viewer)) == 0
    response = aldo.client.post(address, follow=True)
    assert "revoked already" in response.content.decode()


def test_a_grant_of_another_request_cannot_be_revoked_here(
    amina: Persona, aldo: Persona, bela: Persona, assessment: Assessment, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one)
    other = make_draft(amina, [make_gap(amina, assessment, "sto-01")])
    endorse(aldo, other)
    assert aldo.client.post(aldo.url("assessments:grant-revoke", other.uuid, grant.uuid)).status_code == 404
    assert bela.client.post(bela.url("assessments:grant-revoke", endorsed.uuid, grant.uuid)).status_code == 404
    assert Grant.objects.get().is_active


def test_viewers_see_the_request_but_not_with_whom_it_is_shared(
    vera: Persona, amina: Persona, aldo: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    release_to(aldo, endorsed, donor_one)
    seen = {
        person.user.full_name: "Amber Fund"
        in person.client.get(person.url("assessments:request-detail", endorsed.uuid)).content.decode()
        for person in (vera, amina, aldo)
    }
    assert seen == {"Vera": False, "Amina": True, "Aldo": True}


def test_approvers_read_who_looked_at_it(
    amina: Persona, aldo: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one)
    open_release(dana.viewer, grant.uuid)
    text = aldo.client.get(aldo.url("assessments:request-detail", endorsed.uuid)).content.decode()
    log = text[text.index("Who looked at it") :]
    assert ("Dana" in log, "Opened it" in log) == (True, True)
    assert "Dana" not in amina.client.get(amina.url("assessments:request-detail", endorsed.uuid)).content.decode()


def test_an_expired_grant_reads_as_expired(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, monkeypatch: pytest.MonkeyPatch
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one, days=1)
    monkeypatch.setattr(timezone, "now", lambda: grant.expires_at)
    text = aldo.client.get(aldo.url("assessments:request-detail", endorsed.uuid)).content.decode()
    assert "Expired" in text
    assert "In force" not in text


@pytest.mark.parametrize(
    ("query", "seen"),
    [
        ("", {"canary-objective"}),
        ("?level=nonsense", {"canary-objective"}),
        ("?level=custom", {"canary-objective"}),
        ("?level=dossier", {"canary-objective", "canary-contact", "canary-places"}),
    ],
)
def test_a_draft_can_be_looked_at_as_donors_would_see_it(
    amina: Persona, assessment: Assessment, query: str, seen: set[str]
) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    draft = make_draft(amina, [gap], contact="canary-contact", places="canary-places", objective="canary-objective")
    text = amina.client.get(amina.url("assessments:request-preview", draft.uuid) + query).content.decode()
    assert {canary for canary in ("canary-objective", "canary-contact", "canary-places") if canary in text} == seen
    assert "This is a draft" in text
    assert "version 1" not in text
    undated = make_draft(amina, [make_gap(amina, assessment, "coo-02")], period_start=None, period_end=None)
    text = amina.client.get(amina.url("assessments:request-preview", undated.uuid)).content.decode()
    assert "<dt>Period</dt><dd>–</dd>" in text


def test_the_look_through_donors_eyes_is_the_states_own(
    amina: Persona, carl: Persona, boris: Persona, dana: Persona, assessment: Assessment
) -> None:
    draft = make_draft(amina, [make_gap(amina, assessment, "coo-01")])
    for person in (carl, boris, dana):
        assert person.client.get(person.url("assessments:request-preview", draft.uuid)).status_code == 404
