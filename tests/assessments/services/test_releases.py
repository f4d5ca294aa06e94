"""Sharing a request and taking it back."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import override_settings
from django.utils import timezone

from assessments.enums import GrantLevel
from assessments.models import AssistanceRequest, FrameworkVersion, Grant, Release, RequestVersion
from assessments.public import open_release, releases_for
from assessments.services.releases import release_request, revoke_grant
from assessments.services.requests import reopen_request
from tests.assessments.request_factories import endorse, make_draft, make_gap, release_to, start_baseline
from tests.personas import Persona, make_state
from wam_portal.accounts.models import Party, Territory
from wam_portal.audit.models import Event
from wam_portal.canonical import content_hash
from wam_portal.errors import Invalid, NotVisible, Refused
from wam_portal.jobs.models import Job


@pytest.fixture
def draft(amina: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    return make_draft(amina, [make_gap(amina, start_baseline(amina, framework), "coo-01")])


@pytest.fixture
def endorsed(aldo: Persona, draft: AssistanceRequest) -> AssistanceRequest:
    endorse(aldo, draft)
    return draft


def today() -> Any:
    return timezone.now().date()


def test_a_release_holds_the_endorsed_content_its_day_and_a_salted_hash(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    release_to(aldo, endorsed, donor_one)
    release = Release.objects.get()
    assert release.content == {**RequestVersion.objects.get().content, "released_on": today().isoformat()}
    assert len(bytes.fromhex(release.salt)) == 16
    assert release.content_hash == content_hash("release", {"content": release.content, "salt": release.salt})


def test_one_release_serves_all_grants_of_a_version(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, donor_two: Party, regional: Party
) -> None:
    release_to(aldo, endorsed, donor_one, regional)
    release_to(aldo, endorsed, donor_two, all_donors=True)
    assert Release.objects.count() == 1
    assert sorted(str(grant.recipient or "all donors") for grant in Grant.objects.all()) == [
        "Amber Fund",
        "Basalt Fund",
        "Eastern Forum",
        "all donors",
    ]


def test_a_new_version_is_a_new_release_and_old_grants_keep_the_old_one(
    amina: Persona, aldo: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    release_to(aldo, endorsed, donor_one)
    request = AssistanceRequest.objects.get()
    reopen_request(request=request, base_version=request.version, actor=aldo.viewer)
    AssistanceRequest.objects.update(objective="Changed.")
    endorse(aldo, AssistanceRequest.objects.get())
    release_to(aldo, endorsed, donor_one)
    newest, oldest = releases_for(dana.viewer)
    assert [newest.content["objective"], oldest.content["objective"]] == ["Changed.", "Keep better records."]
    assert [newest.content["version"], oldest.content["version"]] == [2, 1]
    assert [released.content["version"] for released in releases_for(dana.viewer).newest_of_each_request()] == [2]


def test_both_sides_read_in_their_chain_what_was_granted_and_revoked(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, state_a: Party
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one)
    revoke_grant(grant=grant, actor=aldo.viewer)
    for party in (state_a, donor_one):
        events = Event.objects.filter(chain__party=party, target_type="Grant").order_by("seq")
        assert [event.verb for event in events] == ["grant.made", "grant.revoked"]
    assert Event.objects.get(verb="grant.made", chain__party=donor_one).changes["level"] == "dossier"


def test_granting_and_revoking_ask_every_named_job_to_run(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    with override_settings(GRANT_CHANGED_JOBS=("first.kind", "second.kind")):
        [grant] = release_to(aldo, endorsed, donor_one)
        assert sorted(Job.objects.values_list("kind", "unique_key")) == [
            ("first.kind", str(endorsed.uuid)),
            ("second.kind", str(endorsed.uuid)),
        ]
        Job.objects.all().delete()
        revoke_grant(grant=grant, actor=aldo.viewer)
        assert Job.objects.count() == 2


def test_only_an_endorsed_request_is_shared_and_only_by_those_who_may(
    amina: Persona, aldo: Persona, nadia: Persona, bela: Persona, draft: AssistanceRequest, donor_one: Party
) -> None:
    with pytest.raises(Refused, match="endorsed"):
        release_to(aldo, draft, donor_one)
    endorse(aldo, draft)
    for person in (amina, bela):
        with pytest.raises(Refused):
            release_to(person, draft, donor_one)
    assert len(release_to(nadia, draft, donor_one)) == 1


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"recipients": []}, "recipients"),
        ({"purpose": "  "}, "purpose"),
        ({"purpose": "x" * 401}, "purpose"),
        ({"level": "everything"}, "level"),
        ({"level": "custom", "keys": ["needs.amount", "answers"]}, "keys"),
        ({"days": 0}, "expires_on"),
        ({"days": -1}, "expires_on"),
        ({"days": 366}, "expires_on"),
    ],
)
def test_a_bad_grant_is_refused_and_nothing_is_shared(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, change: dict[str, Any], field: str
) -> None:
    days = change.pop("days", 30)
    values: dict[str, Any] = {"recipients": [donor_one], "purpose": "To decide.", "level": "summary", **change}
    with pytest.raises(Invalid) as caught:
        release_request(request=endorsed, actor=aldo.viewer, expires_on=today() + timedelta(days=days), **values)
    assert list(caught.value.errors) == [field]
    assert not Release.objects.exists()


def test_nobody_but_donors_and_coordinators_is_granted_anything(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, state_a: Party, world: dict[str, Territory]
) -> None:
    state_a.offers = True
    state_a.save()
    for party in (make_state("caldessa", "Caldessa", world["XC"]), state_a):
        with pytest.raises(Invalid):
            release_to(aldo, endorsed, donor_one, party)
    assert not Grant.objects.exists()


def test_a_grant_holds_through_its_last_day(
    aldo: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one, days=365)
    assert (grant.expires_at.date(), grant.expires_at.hour) == (today() + timedelta(days=366), 0)
    [by_default] = release_request(
        request=endorsed, actor=aldo.viewer, level="summary", purpose="To decide.", recipients=[donor_one]
    )
    assert by_default.expires_at.date() == today() + timedelta(days=91)


def test_a_level_stands_in_the_grant_as_its_keys(aldo: Persona, endorsed: AssistanceRequest, donor_one: Party) -> None:
    [grant] = release_to(aldo, endorsed, donor_one, level=GrantLevel.SUMMARY)
    assert "objective" in grant.keys
    assert "contact" not in grant.keys


def test_revoking_bites_at_once_and_only_once(
    aldo: Persona, nadia: Persona, dana: Persona, endorsed: AssistanceRequest, donor_one: Party
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one)
    assert open_release(dana.viewer, grant.uuid).reference == endorsed.reference
    again = Grant.objects.get()
    revoke_grant(grant=grant, actor=nadia.viewer)
    with pytest.raises(NotVisible):
        open_release(dana.viewer, grant.uuid)
    with pytest.raises(Refused, match="already revoked"):
        revoke_grant(grant=again, actor=aldo.viewer)
    assert Event.objects.filter(verb="grant.revoked", chain__party=aldo.party).count() == 1


@pytest.mark.parametrize("who", ["amina", "vera", "bela", "dana"])
def test_only_approvers_and_national_administrators_revoke(
    aldo: Persona, endorsed: AssistanceRequest, donor_one: Party, who: str, request: pytest.FixtureRequest
) -> None:
    [grant] = release_to(aldo, endorsed, donor_one)
    person: Persona = request.getfixturevalue(who)
    with pytest.raises(Refused):
        revoke_grant(grant=grant, actor=person.viewer)
    assert Grant.objects.get().is_active
