"""Matches over the API: the ledger adds up, both sides see it, nobody else does."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.models import Match
from cooperation.selectors.matches import recompute
from cooperation.services.matches import propose_match
from tests.cooperation.factories import make_match, make_offer, make_request, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory

LIST_QUERIES = 5  # session, person, memberships, count, page
DETAIL_QUERIES = 6  # session, person, memberships, match, its events, names of places


@pytest.fixture
def match(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: dict[str, Territory]
) -> Match:
    """An eligible match of State A and the first donor."""
    return make_match(amina, aldo, dana, framework, world["XA"])


@pytest.fixture
def mismatch(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: dict[str, Territory]
) -> Match:
    """A pair that fails a rule: the offer only gives what the need does not ask for."""
    return make_match(amina, aldo, dana, framework, world["XA"], assistance_types=("EQUIP",))


def test_points_are_degree_times_weight_and_add_up_to_the_score(dana: Persona, match: Match) -> None:
    shown = dana.client.get(dana.url("api:match-detail", match.uuid)).json()
    assert shown["eligible"] is True
    assert shown["why_not"] is None
    assert all(row["points"] == row["degree"] * row["weight"] for row in shown["ledger"])
    assert sum(row["weight"] for row in shown["ledger"]) == 1_000_000
    assert abs(sum(row["points"] for row in shown["ledger"]) - shown["score_micro"] * 1_000_000) <= 500_000


def test_the_ledger_is_what_the_engine_says_again(dana: Persona, match: Match) -> None:
    shown = dana.client.get(dana.url("api:match-detail", match.uuid)).json()
    again = recompute(Match.objects.get(pk=match.pk))
    assert [(rule["rule"], rule["outcome"]) for rule in shown["rules"]] == [
        (rule.rule, rule.outcome.value) for rule in again.rules
    ]
    assert [(row["criterion"], row["points"]) for row in shown["ledger"]] == [
        (row.criterion, row.points) for row in again.ledger
    ]
    assert (shown["score_micro"], shown["input_hash"]) == (again.score_millionths, again.input_hash)


def test_reasons_and_values_are_written_out(dana: Persona, match: Match) -> None:
    shown = dana.client.get(dana.url("api:match-detail", match.uuid)).json()
    texts = {rule["rule"]: rule["sentence"]["text"] for rule in shown["rules"]}
    assert texts["geography"] == "The offer names Aldoria."
    values = {row["criterion"]: row["need_value"]["text"] for row in shown["ledger"]}
    assert "100,000" in values["budget"]
    assert not any("%(" in text for text in texts.values())


def test_a_pair_that_is_not_eligible_says_why_not_and_what_would_help(dana: Persona, mismatch: Match) -> None:
    shown = dana.client.get(dana.url("api:match-detail", mismatch.uuid)).json()
    assert (shown["eligible"], shown["score_micro"], shown["ledger"]) == (False, 0, [])
    assert [rule["rule"] for rule in shown["why_not"]["failing"]] == ["type"]
    assert [[change["kind"] for change in way] for way in shown["why_not"]["ways"]] == [["lines"]]
    assert shown["why_not"]["summary"]["code"] == "why_not.ways"
    assert "type" in {rule["rule"] for rule in shown["rules"] if rule["outcome"] == "fail"}


def test_both_sides_see_the_same_match(dana: Persona, aldo: Persona, vera: Persona, match: Match) -> None:
    answers = [person.client.get(person.url("api:match-detail", match.uuid)).json() for person in (dana, aldo, vera)]
    assert answers[0] == answers[1] == answers[2]
    assert answers[0]["state"]["name"] == "Aldoria"
    assert answers[0]["donor"]["name"] == "Amber Fund"


@pytest.mark.parametrize(("persona", "status"), [("dirk", 200), ("boris", 200), ("carl", 404), ("rita", 404)])
def test_nobody_else_sees_it(request: pytest.FixtureRequest, match: Match, persona: str, status: int) -> None:
    person: Persona = request.getfixturevalue(persona)
    client = person.client
    listed = client.get(person.url("api:match-list"))
    assert listed.status_code == status
    if status == 200:
        assert (listed.json()["count"], listed.json()["results"]) == (0, [])
    found = client.get(person.url("api:match-detail", match.uuid))
    missing = client.get(person.url("api:match-detail", uuid4()))
    assert (found.status_code, found.content) == (404, missing.content)


def test_a_revoked_grant_takes_the_match_from_the_donor(aldo: Persona, dana: Persona, match: Match) -> None:
    client, url = dana.client, dana.url("api:match-detail", match.uuid)
    assert client.get(url).status_code == 200
    revoke_grant(grant=Grant.objects.get(uuid=match.grant_uuid), actor=aldo.viewer)
    assert client.get(url).status_code == 404
    assert client.get(dana.url("api:match-list")).json()["count"] == 0


def test_a_list_is_narrowed_and_ordered(
    amina: Persona, aldo: Persona, dana: Persona, match: Match, framework: FrameworkVersion, world: dict[str, Territory]
) -> None:
    request = make_request(amina, aldo, framework, cycle="2027")
    assert dana.party is not None
    share(aldo, request, dana.party)
    proposed = Match.objects.get(request_uuid=request.uuid)
    propose_match(match=proposed, base_version=proposed.version, actor=dana.viewer, amount_minor=5_000_000)
    client, url = dana.client, dana.url("api:match-list")

    def found(query: str) -> list[str]:
        return [row["uuid"] for row in client.get(url + query).json()["results"]]

    assert found("?status=proposed") == [str(proposed.uuid)]
    assert found("?status=suggested") == [str(match.uuid)]
    assert found(f"?request={match.request_uuid}") == [str(match.uuid)]
    assert found(f"?need={match.need_uuid}&eligible=true") == [str(match.uuid)]
    assert found("?eligible=false") == []
    assert found("?ordering=created_at") == [str(match.uuid), str(proposed.uuid)]
    assert found("?ordering=-created_at") == [str(proposed.uuid), str(match.uuid)]
    assert client.get(url + "?ordering=donor__name").json()["errors"].keys() == {"ordering"}
    assert client.get(url + "?status=secret").json()["errors"].keys() == {"status"}
    assert client.get(url + "?offer=1").json()["errors"].keys() == {"offer"}


def test_a_match_costs_the_same_at_one_and_three_rows(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    match: Match,
    framework: FrameworkVersion,
    world: dict[str, Territory],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client, url, one = dana.client, dana.url("api:match-list"), dana.url("api:match-detail", match.uuid)
    client.get(url)
    for count in (1, 3):
        with django_assert_num_queries(LIST_QUERIES):
            assert len(client.get(url).json()["results"]) == count
        with django_assert_num_queries(DETAIL_QUERIES):
            client.get(one)
        if count == 1:
            assert dana.party is not None
            for cycle in ("2027", "2028"):
                share(aldo, make_request(amina, aldo, framework, cycle=cycle), dana.party)


def test_an_offer_of_another_donor_brings_no_row(
    amina: Persona, dirk: Persona, match: Match, world: dict[str, Territory]
) -> None:
    make_offer(dirk, world["XA"])
    assert dirk.client.get(dirk.url("api:match-list")).json()["count"] == 0
    assert amina.client.get(amina.url("api:match-list")).json()["count"] == 1
