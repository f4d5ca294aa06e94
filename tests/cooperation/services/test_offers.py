"""Offers: what may be said, who may say it, and what changes with time."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import FrameworkVersion
from cooperation.models import Offer
from cooperation.selectors.offers import offers_for
from cooperation.services.matches import accept_match, propose_match
from cooperation.services.offers import ask_for_matches, close_offer, draft_offer, edit_offer, publish_offer
from tests.cooperation.factories import make_match, make_offer, offer_values
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.jobs.models import Job

World = dict[str, Territory]


def errors_of(persona: Persona, *places: Territory, **fields: Any) -> dict[str, list[str]]:
    with pytest.raises(Invalid) as invalid:
        draft_offer(values=offer_values(*places, **fields), actor=persona.viewer)
    assert not Offer.objects.exists()
    return invalid.value.errors


def reached(offer: Offer) -> set[str]:
    return set(offer.reaches.values_list("code", flat=True))


def test_an_offer_reaches_the_countries_of_its_regions_less_what_it_leaves_out(dana: Persona, world: World) -> None:
    assert reached(make_offer(dana, world["XR1"])) == {"XA", "XB"}
    assert reached(make_offer(dana, world["XR1"], excluded=[world["XB"]])) == {"XA"}
    assert reached(make_offer(dana, world["001"], excluded=[world["XR1"]])) == {"XC", "XD"}
    assert reached(make_offer(dana, world["001"], world["XA"], excluded=[world["XR1"]])) == {"XA", "XC", "XD"}


def test_a_draft_without_a_place_reaches_nobody_and_cannot_be_published(dana: Persona, world: World) -> None:
    offer = make_offer(dana, published=False)
    assert reached(offer) == set()
    with pytest.raises(Invalid) as invalid:
        publish_offer(offer=offer, base_version=offer.version, actor=dana.viewer)
    assert list(invalid.value.errors) == ["included"]
    offer.refresh_from_db()
    assert (offer.status, offer.version) == ("draft", 1)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "x" * 161}, "title"),
        ({"summary": "x" * 4001}, "summary"),
        ({"functional_areas": ("NOPE",)}, "functional_areas"),
        ({"assistance_types": ("NOPE",)}, "assistance_types"),
        ({"technologies": ("NOPE",)}, "technologies"),
        ({"languages": ("xx",)}, "languages"),
        ({"applicant_kinds": ("king",)}, "applicant_kinds"),
        ({"priority_lenses": ("NOPE",)}, "priority_lenses"),
        ({"modality": "gift"}, "modality"),
        ({"currency": "ZZZ"}, "currency"),
        ({"capacity_minor": -1}, "capacity"),
        ({"capacity_minor": 2**60}, "capacity"),
        ({"capacity_minor": None}, "capacity"),
        ({"modality": "in_kind", "capacity_minor": None}, "max_requests"),
        ({"max_requests": 0}, "max_requests"),
        ({"floor_minor": 2, "ceiling_minor": 1}, "ceiling"),
        ({"floor_minor": 60_000_000}, "floor"),
        ({"modality": "in_kind", "capacity_minor": None, "max_requests": 1, "floor_minor": 5}, "floor"),
        ({"period_end": date(2026, 12, 31)}, "period_end"),
        ({"min_gender_marker": 3}, "min_gender_marker"),
        ({"min_cofunding_percent": 101}, "min_cofunding_percent"),
    ],
)
def test_a_contradiction_is_named_beside_its_field(
    dana: Persona, world: World, fields: dict[str, Any], field: str
) -> None:
    assert list(errors_of(dana, world["XA"], **fields)) == [field]


def test_every_fault_is_named_at_once(dana: Persona, world: World) -> None:
    assert set(errors_of(dana, world["XA"], title="", currency="ZZZ", min_cofunding_percent=200)) == {
        "title",
        "currency",
        "min_cofunding_percent",
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"period_start": date(2020, 1, 1), "period_end": date(2021, 1, 1)}, "period_end"),
        ({"valid_until": date(2021, 1, 1)}, "valid_until"),
    ],
)
def test_an_offer_that_is_over_is_not_published(
    dana: Persona, world: World, fields: dict[str, Any], field: str
) -> None:
    offer = make_offer(dana, world["XA"], published=False, **fields)
    with pytest.raises(Invalid) as invalid:
        publish_offer(offer=offer, base_version=offer.version, actor=dana.viewer)
    assert list(invalid.value.errors) == [field]


def test_an_offer_stands_on_its_last_day(dana: Persona, world: World) -> None:
    today = timezone.localdate()
    offer = make_offer(dana, world["XA"], period_start=today - timedelta(days=30), period_end=today, valid_until=today)
    assert offer.status == "published"


def test_leaving_out_everything_that_is_named_is_not_published(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"], published=False, excluded=[world["XA"]])
    with pytest.raises(Invalid) as invalid:
        publish_offer(offer=offer, base_version=offer.version, actor=dana.viewer)
    assert list(invalid.value.errors) == ["excluded"]


@pytest.fixture
def agreed(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Offer:
    """An offer of which 90,000.00 are committed to one request."""
    match = make_match(amina, aldo, dana, framework, world["XR1"])
    match = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    accept_match(conflict="", match=match, base_version=2, actor=aldo.viewer)
    return Offer.objects.get()


@pytest.mark.parametrize(
    ("fields", "field"),
    [({"capacity_minor": 8_999_999}, "capacity"), ({"currency": "EUR"}, "currency")],
)
def test_what_is_committed_cannot_be_taken_back(
    agreed: Offer, dana: Persona, world: World, fields: dict[str, Any], field: str
) -> None:
    before = agreed.version
    with pytest.raises(Invalid) as invalid:
        edit_offer(offer=agreed, base_version=before, values=offer_values(world["XR1"], **fields), actor=dana.viewer)
    assert list(invalid.value.errors) == [field]
    stored = Offer.objects.get()
    assert (stored.version, stored.capacity_minor, agreed.version) == (before, 50_000_000, before)


def test_a_commitment_meanwhile_is_seen_by_the_edit(agreed: Offer, dana: Persona, world: World) -> None:
    stale = Offer.objects.get()
    stale.committed_minor = 0
    with pytest.raises(Invalid):
        edit_offer(
            offer=stale,
            base_version=stale.version,
            values=offer_values(world["XR1"], capacity_minor=1_000),
            actor=dana.viewer,
        )


def test_an_edit_of_a_published_offer_asks_for_its_matches_again(dana: Persona, world: World) -> None:
    draft = make_offer(dana, world["XA"], published=False)
    edit_offer(offer=draft, base_version=1, values=offer_values(world["XA"], title="Second"), actor=dana.viewer)
    assert not Job.objects.exists()
    publish_offer(offer=draft, base_version=2, actor=dana.viewer)
    edit_offer(offer=draft, base_version=3, values=offer_values(world["XA"], title="Third"), actor=dana.viewer)
    assert Job.objects.filter(kind="cooperation.match_offer").count() == 2
    assert Offer.objects.get().title == "Third"


def test_a_published_offer_stays_publishable_when_edited(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"])
    with pytest.raises(Invalid) as invalid:
        edit_offer(offer=offer, base_version=offer.version, values=offer_values(), actor=dana.viewer)
    assert list(invalid.value.errors) == ["included"]
    assert reached(offer) == {"XA"}


def test_a_stale_edit_is_a_conflict(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"], published=False)
    edit_offer(offer=offer, base_version=1, values=offer_values(world["XA"], title="Mine"), actor=dana.viewer)
    with pytest.raises(Conflict):
        edit_offer(offer=offer, base_version=1, values=offer_values(world["XA"], title="Yours"), actor=dana.viewer)
    assert Offer.objects.get().title == "Mine"


def test_a_closed_offer_changes_no_more(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"])
    closed = close_offer(offer=offer, base_version=offer.version, actor=dana.viewer, reason="The budget is cut.")
    with pytest.raises(Refused, match="closed"):
        edit_offer(offer=closed, base_version=closed.version, values=offer_values(world["XA"]), actor=dana.viewer)
    with pytest.raises(Refused):
        ask_for_matches(offer=closed, actor=dana.viewer)


@pytest.mark.parametrize("who", ["aldo", "dirk", "rita"])
def test_nobody_changes_the_offer_of_another_party(
    who: str, dana: Persona, world: World, request: pytest.FixtureRequest
) -> None:
    persona: Persona = request.getfixturevalue(who)
    offer = make_offer(dana, world["XA"])
    with pytest.raises(Refused):
        edit_offer(offer=offer, base_version=offer.version, values=offer_values(world["XA"]), actor=persona.viewer)
    with pytest.raises(Refused):
        close_offer(offer=offer, base_version=offer.version, actor=persona.viewer)


def test_who_sees_which_offer(
    dana: Persona, dirk: Persona, aldo: Persona, bela: Persona, rita: Persona, carl: Persona, world: World
) -> None:
    make_offer(dana, world["XA"], title="listed")
    make_offer(dana, world["XA"], title="unlisted", listed=False)
    make_offer(dana, world["XA"], title="draft", published=False)

    def seen(persona: Persona) -> set[str]:
        return set(offers_for(persona.viewer).values_list("title", flat=True))

    assert seen(dana) == {"listed", "unlisted", "draft"}
    assert seen(dirk) == set()
    assert seen(aldo) == {"listed", "unlisted"}
    assert seen(bela) == set()
    assert seen(rita) == {"listed"}
    with pytest.raises(NotVisible):
        offers_for(carl.viewer)
