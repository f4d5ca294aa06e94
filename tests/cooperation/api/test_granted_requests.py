"""Granted requests over the API: whose they are, exactly what was granted, and the State's log."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from assessments.models import FrameworkVersion, Grant
from assessments.release_keys import DOSSIER, GAPS, SUMMARY
from assessments.services.releases import revoke_grant
from tests.cooperation.factories import make_offer, make_request, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event

LIST_QUERIES = 5  # session, person, memberships, count, page
MATCHES_QUERIES = 6  # the same, and the grant

Granted = Callable[..., Grant]


@pytest.fixture
def granted(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion) -> Granted:
    """Make another granted request of State A, to the first donor; every call in a cycle of its own."""
    cycles = iter(range(2020, 2030))

    def make(level: str = "dossier", **fields: Any) -> Grant:
        request = make_request(amina, aldo, framework, cycle=str(next(cycles)), **fields)
        assert dana.party is not None
        return share(aldo, request, dana.party, level=level)

    return make


def keys_of(content: dict[str, Any]) -> set[str]:
    """The keys of a release, with those of its needs as "needs.<key>"."""
    lines = {f"needs.{key}" for need in content["needs"] for key in need}
    return {key for key in content if key != "needs"} | lines


@pytest.mark.parametrize(("level", "keys"), [("summary", SUMMARY), ("gaps", GAPS), ("dossier", DOSSIER)])
def test_the_content_holds_exactly_the_granted_keys(
    dana: Persona, granted: Granted, level: str, keys: frozenset[str]
) -> None:
    grant = granted(level)
    shown = dana.client.get(dana.url("api:granted-request-detail", grant.uuid)).json()
    # The day of the release stands beside the content, not in it.
    assert keys_of(shown["content"]) == set(keys) - {"released_on"}
    assert shown["keys"] == sorted(grant.keys)
    assert shown["released_on"] == timezone.now().date().isoformat()


def test_no_word_that_was_not_granted_leaves_the_state(dana: Persona, granted: Granted) -> None:
    grant = granted("summary", what_exists="CANARY-EXISTS", who_helps="CANARY-HELPS", contact="CANARY-CONTACT")
    body = dana.client.get(dana.url("api:granted-request-detail", grant.uuid)).content.decode()
    assert "CANARY" not in body
    assert "Training of twelve officers." not in body  # the description of the need
    assert "Keep better records." in body  # the objective, which a summary holds


def test_what_was_granted_comes_as_it_was_released(dana: Persona, granted: Granted) -> None:
    grant = granted("dossier", beneficiaries="Twelve officers and their units.")
    content = dana.client.get(dana.url("api:granted-request-detail", grant.uuid)).json()["content"]
    assert content["beneficiaries"] == "Twelve officers and their units."
    assert content["period"] == {"start": "2027-01-01", "end": "2028-12-31"}
    assert [need["amount"] for need in content["needs"]] == [10_000_000]
    assert [gap["code"] for gap in content["needs"][0]["gaps"]] == ["COO-01"]


def test_reading_one_is_noted_in_the_states_log_and_listing_is_not(dana: Persona, granted: Granted) -> None:
    grant = granted()
    viewed = Event.objects.filter(verb="release.viewed")
    dana.client.get(dana.url("api:granted-request-list"))
    assert viewed.count() == 0
    dana.client.get(dana.url("api:granted-request-detail", grant.uuid))
    assert [(event.actor_id, event.actor_party) for event in viewed] == [(dana.user.pk, dana.party)]


def test_only_the_recipient_finds_it(
    dana: Persona, dirk: Persona, rita: Persona, granted: Granted, boris: Persona, aldo: Persona
) -> None:
    grant = granted()
    assert dana.client.get(dana.url("api:granted-request-list")).json()["count"] == 1
    for other in (dirk, rita):
        assert other.client.get(other.url("api:granted-request-list")).json() == {
            "count": 0,
            "page": 1,
            "pages": 1,
            "results": [],
        }
    for other in (dirk, rita, boris, aldo):
        client = other.client
        for name in ("api:granted-request-detail", "api:granted-request-matches"):
            found = client.get(other.url(name, grant.uuid))
            missing = client.get(other.url(name, uuid4()))
            assert (found.status_code, found.content) == (404, missing.content)


@pytest.mark.parametrize("persona", ["boris", "aldo", "carl"])
def test_a_state_receives_no_grants(request: pytest.FixtureRequest, granted: Granted, persona: str) -> None:
    granted()
    person: Persona = request.getfixturevalue(persona)
    assert person.client.get(person.url("api:granted-request-list")).status_code == 404


def test_a_revoked_grant_is_gone_at_once(aldo: Persona, dana: Persona, granted: Granted) -> None:
    grant, client = granted(), dana.client
    url = dana.url("api:granted-request-detail", grant.uuid)
    assert client.get(url).status_code == 200
    revoke_grant(grant=grant, actor=aldo.viewer)
    assert client.get(url).status_code == 404
    assert client.get(dana.url("api:granted-request-matches", grant.uuid)).status_code == 404
    assert client.get(dana.url("api:granted-request-list")).json()["results"] == []


def test_an_expired_grant_is_gone(dana: Persona, granted: Granted, monkeypatch: pytest.MonkeyPatch) -> None:
    grant = granted()
    for moment, status, count in [(grant.expires_at - timedelta(seconds=1), 200, 1), (grant.expires_at, 404, 0)]:
        monkeypatch.setattr(timezone, "now", lambda moment=moment: moment)
        client = dana.client
        assert client.get(dana.url("api:granted-request-detail", grant.uuid)).status_code == status
        assert client.get(dana.url("api:granted-request-list")).json()["count"] == count


def test_a_search_finds_titles_and_references(dana: Persona, granted: Granted) -> None:
    first = granted(title="Registers for the coast")
    granted(title="Depots in the north")
    client, url = dana.client, dana.url("api:granted-request-list")
    assert [row["uuid"] for row in client.get(url + "?search=coast").json()["results"]] == [str(first.uuid)]
    assert client.get(url + "?search=nothing-like-it").json()["count"] == 0


def test_the_matches_of_one_request_are_its_own(dana: Persona, granted: Granted, world: dict[str, Territory]) -> None:
    make_offer(dana, world["XA"])
    first, second = granted(), granted()
    url = dana.url("api:granted-request-matches", first.uuid)
    rows = dana.client.get(url).json()["results"]
    request_uuid = str(first.release.request_version.request.uuid)
    assert [row["request"]["uuid"] for row in rows] == [request_uuid]
    assert dana.client.get(dana.url("api:granted-request-matches", second.uuid)).json()["count"] == 1


def test_lists_cost_the_same_at_one_and_three_rows(
    dana: Persona, granted: Granted, world: dict[str, Territory], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_offer(dana, world["XA"])
    grant, client = granted(), dana.client
    url, matches_url = dana.url("api:granted-request-list"), dana.url("api:granted-request-matches", grant.uuid)
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(url).json()["results"]) == 1
    with django_assert_num_queries(MATCHES_QUERIES):
        assert len(client.get(matches_url).json()["results"]) == 1
    granted(), granted()
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(url).json()["results"]) == 3
    with django_assert_num_queries(MATCHES_QUERIES):
        assert len(client.get(matches_url).json()["results"]) == 1
