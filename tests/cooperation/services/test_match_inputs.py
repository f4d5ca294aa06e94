"""From what a grant discloses to the values of the engine: silence is never read as an answer."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import uuid4

import pytest

from assessments import public
from cooperation import matching
from cooperation.matching import NOT_DISCLOSED
from cooperation.matching.money import MAX_MINOR
from cooperation.services.match_inputs import needs_of, offer_value, strategy_names
from tests.cooperation.factories import make_offer
from tests.personas import Persona
from wam_portal.accounts.models import Party, Territory

CHAINS = {7: matching.Territory("XA", ("XR1", "001"))}
NEED: dict[str, Any] = {
    "uuid": str(uuid4()),
    "functional_area": "STO",
    "assistance_types": ["EQUIP", "TRAIN"],
    "technology": "marking",
    "amount_band": {"low": 5_000_000, "high": 20_000_000},
}
CONTENT: dict[str, Any] = {
    "reference": "XA-2026-001",
    "version": 1,
    "title": "Safer stores",
    "currency": "USD",
    "period": {"start": "2027-01-01", "end": "2028-12-31"},
}
OPEN_NEED = {
    **NEED,
    "amount": 10_000_000,
    "tier": "high",
    "includes": {"maintenance": True, "training": True},
    "gaps": [
        {"tier": "low", "severity_micro": 100_000, "level": 3, "target": 4, "lenses": ["risk"]},
        {"tier": "high", "severity_micro": 600_000, "level": 1, "target": 4, "lenses": ["gender"]},
    ],
}


def released(*needs: dict[str, Any], **content: Any) -> public.ReleasedRequest:
    return public.ReleasedRequest(
        grant_uuid=uuid4(),
        request_uuid=uuid4(),
        state=Party(uuid=uuid4(), name="Aldoria", kind="state", territory_id=7),
        recipient_kind="party",
        recipient=None,
        level="custom",
        keys=frozenset(),
        purpose="",
        granted_at=datetime(2026, 5, 1, tzinfo=UTC),
        expires_at=None,
        release_hash="",
        released_on=date(2026, 5, 1),
        is_draft=False,
        content={**CONTENT, **content, "needs": list(needs)},
    )


def need_of(*needs: dict[str, Any], **content: Any) -> matching.Need:
    return needs_of(released(*needs, **content), CHAINS)[0]


def test_a_summary_says_only_what_every_level_says() -> None:
    need = need_of(NEED)
    assert need.amount == matching.MoneyBand(5_000_000, 20_000_000, "USD")
    assert need.technologies == {"marking"}
    for name in ("languages", "tier", "level", "target", "lenses", "strategies", "gender_marker", "oda_eligible"):
        assert getattr(need, name) is NOT_DISCLOSED, name
    assert need.readiness == matching.Readiness()


def test_everything_that_is_disclosed_is_used() -> None:
    baseline = {"endorsed": True, "endorsed_on": "2026-04-01", "coverage_percent": 92}
    need = need_of(
        OPEN_NEED, baseline=baseline, national_contribution=2_500_000, languages=["en", "fr"], gender_marker="2"
    )
    assert need.amount == matching.Money(10_000_000, "USD")
    assert (need.tier, need.level, need.target) == (matching.Tier.HIGH, 1, 4)
    assert need.lenses == {"gender", "risk"}
    assert (need.languages, need.gender_marker) == (("en", "fr"), 2)
    assert need.readiness == matching.Readiness(
        endorsed_baseline=True,
        baseline_endorsed_on=date(2026, 4, 1),
        completeness=920_000,
        co_funding_share=200_000,
        sustainment=True,
    )


def test_the_last_band_has_no_end() -> None:
    need = need_of({**NEED, "amount_band": {"low": 500_000_000, "high": None}})
    assert need.amount == matching.MoneyBand(500_000_000, MAX_MINOR, "USD")


@pytest.mark.parametrize(
    ("content", "name", "value"),
    [
        ({"languages": []}, "languages", NOT_DISCLOSED),
        ({"oda_eligible": None}, "oda_eligible", NOT_DISCLOSED),
        ({"oda_eligible": False}, "oda_eligible", False),
        ({"gender_marker": ""}, "gender_marker", None),
        ({"gender_marker": "0"}, "gender_marker", 0),
        ({"strategies": ""}, "strategies", frozenset()),
    ],
)
def test_what_the_state_left_open_stays_open(content: dict[str, Any], name: str, value: object) -> None:
    assert getattr(need_of(NEED, **content), name) == value


@pytest.mark.parametrize(
    ("tier", "baseline", "cap"),
    [
        ("medium", {"endorsed": False, "endorsed_on": None, "coverage_percent": None}, "baseline_not_endorsed"),
        ("medium", {"endorsed": True, "endorsed_on": "2026-04-01", "coverage_percent": 90}, "no_basis"),
        ("high", {"endorsed": True, "endorsed_on": "2026-04-01", "coverage_percent": 90}, None),
    ],
)
def test_a_tier_that_was_held_back_says_why(tier: str, baseline: dict[str, Any], cap: str | None) -> None:
    assert need_of({**OPEN_NEED, "tier": tier}, baseline=baseline).tier_cap == cap


def test_help_without_equipment_asks_for_no_upkeep() -> None:
    assert need_of({**OPEN_NEED, "assistance_types": ["TRAIN"]}).readiness.sustainment is None


@pytest.mark.parametrize("content", [{"period": {"start": None, "end": None}}])
def test_a_request_without_a_period_is_matched_with_nothing(content: dict[str, Any]) -> None:
    assert needs_of(released(NEED, **content), CHAINS) == ()


def test_a_need_without_a_type_is_left_out_and_the_others_stay() -> None:
    other = {**NEED, "uuid": str(uuid4()), "assistance_types": []}
    assert [need.need_id for need in needs_of(released(NEED, other), CHAINS)] == [NEED["uuid"]]


def test_strategies_are_told_apart_by_their_words_only() -> None:
    text = "National  Security strategy; Regional: Forum plan.\nregional plan of the lakes"
    assert strategy_names(text) == ["National Security strategy", "Forum plan", "regional plan of the lakes"]
    assert strategy_names("Forum plan.; FORUM  plan") == ["Forum plan"]
    found = need_of(NEED, strategies=text).strategies
    assert found == {
        matching.Strategy("National Security strategy", matching.StrategyLevel.NATIONAL),
        matching.Strategy("Forum plan", matching.StrategyLevel.REGIONAL),
        matching.Strategy("regional plan of the lakes", matching.StrategyLevel.REGIONAL),
    }


def test_an_offer_counts_with_what_is_left_of_it(dana: Persona, world: dict[str, Territory]) -> None:
    offer = make_offer(dana, world["XR1"], max_requests=3, floor_minor=100, min_cofunding_percent=10)
    offer.committed_minor, offer.committed_requests = 20_000_000, 1
    value = offer_value(offer, {})
    assert value.capacity == matching.Money(30_000_000, "USD")
    assert (value.requests_left, value.floor) == (2, matching.Money(100, "USD"))
    assert value.conditions.min_co_funding == 100_000
    assert value.included == {"XR1"}
