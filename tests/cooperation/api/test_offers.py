"""Offers over the API: drafts stay with their donor, a State sees those that reach it."""

from __future__ import annotations

from uuid import uuid4

import pytest
from pytest_django import DjangoAssertNumQueries

from tests.cooperation.factories import make_offer
from tests.personas import Persona
from wam_portal.accounts.models import Territory

LIST_QUERIES = 7  # session, person, memberships, count, page, places included and excluded


def titles(person: Persona, query: str = "") -> list[str]:
    response = person.client.get(person.url("api:offer-list") + query)
    assert response.status_code == 200
    return [row["title"] for row in response.json()["results"]]


@pytest.fixture
def offers(dana: Persona, dirk: Persona, world: dict[str, Territory]) -> None:
    """Of the first donor: a draft, one for XA, one unlisted for XA. Of the second: one for the other region."""
    make_offer(dana, world["XA"], title="Draft", published=False)
    make_offer(dana, world["XA"], title="For Aldoria")
    make_offer(dana, world["XR1"], title="Unlisted", listed=False, excluded=(world["XB"],))
    make_offer(dirk, world["XR2"], title="For the west")


@pytest.mark.parametrize(
    ("persona", "seen"),
    [
        ("dana", {"Draft", "For Aldoria", "Unlisted"}),
        ("dirk", {"For the west"}),
        ("amina", {"For Aldoria", "Unlisted"}),
        ("boris", set()),
        ("rita", {"For Aldoria", "For the west"}),
    ],
)
@pytest.mark.usefixtures("offers")
def test_each_sees_its_own(request: pytest.FixtureRequest, persona: str, seen: set[str]) -> None:
    person: Persona = request.getfixturevalue(persona)
    assert set(titles(person)) == seen
    assert person.client.get(person.url("api:offer-list")).json()["count"] == len(seen)


@pytest.mark.usefixtures("offers")
def test_a_contributor_has_no_list_of_offers(carl: Persona) -> None:
    assert carl.client.get(carl.url("api:offer-list")).status_code == 404


def test_a_draft_is_read_by_its_donor_only(
    dana: Persona, dirk: Persona, amina: Persona, world: dict[str, Territory]
) -> None:
    draft = make_offer(dana, world["XA"], published=False)
    assert dana.client.get(dana.url("api:offer-detail", draft.uuid)).json()["status"] == "draft"
    for other in (dirk, amina):
        hidden = other.client.get(other.url("api:offer-detail", draft.uuid))
        missing = other.client.get(other.url("api:offer-detail", uuid4()))
        assert (hidden.status_code, hidden.content) == (404, missing.content)


def test_an_offer_shows_where_it_stands_and_what_is_left(dana: Persona, world: dict[str, Territory]) -> None:
    offer = make_offer(dana, world["XR1"], excluded=(world["XB"],), floor_minor=1_000_000)
    shown = dana.client.get(dana.url("api:offer-detail", offer.uuid)).json()
    assert (shown["included"], shown["excluded"]) == (["XR1"], ["XB"])
    assert (shown["capacity_minor"], shown["left_minor"], shown["floor_minor"]) == (50_000_000, 50_000_000, 1_000_000)
    assert shown["donor"] == {"uuid": str(offer.donor.uuid), "name": "Amber Fund"}
    assert "created_by" not in shown


@pytest.mark.usefixtures("offers")
def test_a_list_is_narrowed_and_ordered(dana: Persona) -> None:
    assert titles(dana, "?status=draft") == ["Draft"]
    assert titles(dana, "?search=ALDORIA&modality=grant") == ["For Aldoria"]
    assert titles(dana, "?ordering=title") == ["Draft", "For Aldoria", "Unlisted"]
    assert titles(dana, "?ordering=-title&page=2&page_size=2") == ["Draft"]
    errors = dana.client.get(dana.url("api:offer-list") + "?ordering=created_by&modality=cash").json()["errors"]
    assert errors.keys() == {"ordering", "modality"}


def test_a_list_costs_the_same_at_one_and_three_rows(
    dana: Persona, world: dict[str, Territory], django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_offer(dana, world["XA"], excluded=(world["XB"],))
    client, url = dana.client, dana.url("api:offer-list")
    client.get(url)
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(url).json()["results"]) == 1
    for code in ("XC", "XD"):
        make_offer(dana, world[code], excluded=(world["XB"],))
    with django_assert_num_queries(LIST_QUERIES):
        assert len(client.get(url).json()["results"]) == 3
