"""The door through which the international side looks: who sees which grants, and that every view is noted."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.models import Assessment, AssistanceRequest, FrameworkVersion
from assessments.public import open_release, preview_request, releases_for, request_of_reference
from assessments.services.requests import reopen_request, update_request
from tests.assessments.request_factories import endorse, make_draft, make_gap, release_to, start_baseline
from tests.personas import Persona
from wam_portal.access import SystemViewer
from wam_portal.accounts.models import Party
from wam_portal.audit.models import Event
from wam_portal.errors import NotVisible


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


def endorsed(amina: Persona, aldo: Persona, assessment: Assessment, **fields: str) -> AssistanceRequest:
    request = make_draft(amina, [make_gap(amina, assessment, "coo-01")], **fields)
    endorse(aldo, request)
    return request


def test_a_named_recipient_sees_the_grant_and_nobody_else_does(
    amina: Persona,
    aldo: Persona,
    boris: Persona,
    dana: Persona,
    dirk: Persona,
    rita: Persona,
    assessment: Assessment,
    donor_one: Party,
) -> None:
    release_to(aldo, endorsed(amina, aldo, assessment), donor_one)
    seen = {
        person.user.full_name: len(releases_for(person.viewer)) for person in (amina, aldo, boris, dana, dirk, rita)
    }
    assert seen == {"Amina": 0, "Aldo": 0, "Boris": 0, "Dana": 1, "Dirk": 0, "Rita": 0}


def test_all_donors_means_donors_and_no_coordinator(
    amina: Persona, aldo: Persona, dana: Persona, dirk: Persona, rita: Persona, assessment: Assessment
) -> None:
    release_to(aldo, endorsed(amina, aldo, assessment), all_donors=True)
    assert [len(releases_for(person.viewer)) for person in (dana, dirk, rita)] == [1, 1, 0]


def test_an_expired_grant_is_gone(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    assessment: Assessment,
    donor_one: Party,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    [grant] = release_to(aldo, endorsed(amina, aldo, assessment), donor_one, days=30)
    monkeypatch.setattr(timezone, "now", lambda: grant.expires_at - timedelta(seconds=1))
    assert len(releases_for(dana.viewer)) == 1
    monkeypatch.setattr(timezone, "now", lambda: grant.expires_at)
    assert list(releases_for(dana.viewer)) == []
    with pytest.raises(NotVisible):
        open_release(dana.viewer, grant.uuid)


def test_opening_a_release_is_noted_in_the_states_chain(
    amina: Persona, aldo: Persona, dana: Persona, assessment: Assessment, donor_one: Party, state_a: Party
) -> None:
    [grant] = release_to(aldo, endorsed(amina, aldo, assessment), donor_one, level="gaps")
    open_release(dana.viewer, grant.uuid)
    event = Event.objects.get(verb="release.viewed")
    assert (event.chain.party, event.actor, event.actor_party) == (state_a, dana.user, donor_one)
    assert (event.target_type, event.target_id, event.changes["level"]) == ("Grant", str(grant.uuid), "gaps")


def test_a_refused_view_leaves_no_trace(
    amina: Persona, aldo: Persona, dirk: Persona, assessment: Assessment, donor_one: Party
) -> None:
    [grant] = release_to(aldo, endorsed(amina, aldo, assessment), donor_one)
    with pytest.raises(NotVisible):
        open_release(dirk.viewer, grant.uuid)
    assert not Event.objects.filter(verb="release.viewed").exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_releases_cost_the_same_at_one_row_and_at_three(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    assessment: Assessment,
    donor_one: Party,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _row in range(rows):
        release_to(aldo, endorsed(amina, aldo, assessment), donor_one)
    with django_assert_num_queries(1):
        shown = [
            (released.reference, released.state.territory, released.needs) for released in releases_for(dana.viewer)
        ]
    assert len(shown) == rows


def test_releases_are_found_by_reference_title_and_state(
    amina: Persona, aldo: Persona, dana: Persona, assessment: Assessment, donor_one: Party
) -> None:
    first = endorsed(amina, aldo, assessment, title="Marking machines")
    release_to(aldo, first, donor_one)
    release_to(aldo, endorsed(amina, aldo, assessment, title="Law reform"), donor_one)

    def found(text: str) -> list[str]:
        return [released.title for released in releases_for(dana.viewer).containing(text)]

    assert found("marking") == ["Marking machines"]
    assert found(first.reference[3:].lower()) == ["Marking machines"]
    assert found("aldoria") == ["Law reform", "Marking machines"]
    assert found("nothing like it") == []


def test_a_preview_is_the_endorsed_version_or_the_draft(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    request = make_draft(amina, [make_gap(amina, assessment, "coo-01")])
    draft = preview_request(amina.viewer, request.uuid)
    assert (draft.is_draft, draft.release_hash, draft.content["version"]) == (True, "", 1)
    version = endorse(aldo, request)
    signed = preview_request(amina.viewer, request.uuid)
    assert (signed.is_draft, signed.release_hash, signed.grant_uuid) == (False, version.content_hash, None)
    stored = AssistanceRequest.objects.get()
    reopen_request(request=stored, base_version=stored.version, actor=aldo.viewer)
    update_request(request=stored, base_version=stored.version, actor=amina.viewer, contact="New")
    again = preview_request(amina.viewer, request.uuid)
    assert (again.is_draft, again.content["version"], again.content["contact"]) == (True, 2, "New")


def test_drafts_are_for_the_own_state_and_not_for_contributors(
    amina: Persona, carl: Persona, boris: Persona, dana: Persona, assessment: Assessment
) -> None:
    request = make_draft(amina, [make_gap(amina, assessment, "coo-01")])
    for person in (carl, boris, dana):
        with pytest.raises(NotVisible):
            preview_request(person.viewer, request.uuid)
        with pytest.raises(NotVisible):
            request_of_reference(person.viewer, request.reference)
    assert request_of_reference(amina.viewer, request.reference) == request.uuid


def test_jobs_see_active_grants_and_other_purposes_none(
    amina: Persona, aldo: Persona, assessment: Assessment, donor_one: Party
) -> None:
    release_to(aldo, endorsed(amina, aldo, assessment), donor_one)
    assert len(releases_for(SystemViewer("matching"))) == 1
    assert len(releases_for(SystemViewer("demo"))) == 0
