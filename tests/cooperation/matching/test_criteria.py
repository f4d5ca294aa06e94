"""Every criterion, by worked examples: what is bent, the degree and the reason that must come out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from cooperation.matching import (
    CRITERIA,
    NOT_DISCLOSED,
    UNIT,
    Explanation,
    Money,
    MoneyBand,
    Need,
    Offer,
    Period,
    Priorities,
    Readiness,
    Shown,
    Strategy,
    StrategyLevel,
    Tier,
    TierCap,
)
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import READY, explained, make_need, make_offer, row_of

HALF = UNIT // 2
NATIONAL, REGIONAL = Strategy("NDP", StrategyLevel.NATIONAL), Strategy("AU", StrategyLevel.REGIONAL)
ONE = frozenset({"marking"})
TWO = frozenset({"marking", "tracing"})

EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any], int, str]] = [
    ("area", {}, {}, UNIT, "named"),
    ("area", {}, {"areas": frozenset()}, HALF, "open"),
    ("type", {}, {}, UNIT, "types"),
    ("type", {}, {"types": frozenset()}, UNIT, "types"),
    ("type", {"types": frozenset({"TRAIN", "LEGAL", "DATA"})}, {}, 333_333, "types"),
    ("type", {"technologies": TWO}, {"technologies": ONE}, 750_000, "types_and_technologies"),
    ("type", {"technologies": TWO}, {}, UNIT, "types"),
    ("type", {"technologies": NOT_DISCLOSED}, {"technologies": ONE}, 750_000, "technology_not_disclosed"),
    ("geography", {}, {"included": frozenset({"XA"})}, UNIT, "country"),
    ("geography", {}, {"included": frozenset({"X10"})}, 750_000, "subregion"),
    ("geography", {}, {"included": frozenset({"X1"})}, HALF, "region"),
    ("geography", {}, {"included": frozenset()}, 250_000, "global"),
    ("geography", {}, {"included": frozenset({"XA", "001"})}, UNIT, "country"),
    ("budget", {}, {}, UNIT, "whole"),
    ("budget", {}, {"capacity": Money(2_500_000, "EUR")}, 250_000, "part"),
    ("budget", {}, {"ceiling": Money(7_500_000, "EUR")}, 750_000, "part"),
    ("budget", {}, {"capacity": Money(6_250_000, "USD")}, HALF, "part"),
    ("budget", {"amount": MoneyBand(0, 100_000_000, "EUR")}, {}, HALF, "part"),
    ("budget", {"amount": None}, {}, HALF, "no_amount"),
    ("budget", {}, {"capacity": None, "requests_left": 2}, HALF, "in_kind"),
    ("period", {}, {}, UNIT, "whole"),
    ("period", {}, {"period": Period(date(2026, 10, 1), date(2027, 12, 31))}, HALF, "part"),
    ("period", {}, {"period": Period(date(2026, 12, 31), date(2027, 1, 1))}, 5_435, "part"),
    ("severity", {"tier": Tier.CRITICAL}, {}, UNIT, "tier"),
    ("severity", {"tier": Tier.HIGH}, {}, 750_000, "tier"),
    ("severity", {"tier": Tier.MEDIUM}, {}, HALF, "tier"),
    ("severity", {"tier": Tier.LOW}, {}, 250_000, "tier"),
    ("severity", {"tier": Tier.MEDIUM, "tier_cap": TierCap.NO_BASIS}, {}, HALF, "capped_no_basis"),
    (
        "severity",
        {"tier": Tier.MEDIUM, "tier_cap": TierCap.BASELINE_NOT_ENDORSED},
        {},
        HALF,
        "capped_not_endorsed",
    ),
    ("severity", {"tier": NOT_DISCLOSED}, {}, HALF, "not_disclosed"),
    ("readiness", {}, {}, 800_000, "parts"),  # (1 + .8 + .4 + 1) / 4
    ("readiness", {"readiness": replace(READY, sustainment=None)}, {}, 733_333, "parts"),
    ("readiness", {"readiness": replace(READY, sustainment=False)}, {}, 550_000, "parts"),
    ("readiness", {"readiness": replace(READY, co_funding_share=900_000)}, {}, 950_000, "parts"),
    ("readiness", {"readiness": replace(READY, completeness=NOT_DISCLOSED)}, {}, 725_000, "partly_disclosed"),
    (
        "readiness",
        {"readiness": replace(READY, endorsed_baseline=False, baseline_endorsed_on=None)},
        {},
        550_000,
        "parts",
    ),
    ("readiness", {"readiness": replace(READY, baseline_endorsed_on=date(2025, 6, 1))}, {}, 800_000, "parts"),
    ("readiness", {"readiness": replace(READY, baseline_endorsed_on=date(2023, 6, 2))}, {}, 675_000, "parts"),
    ("readiness", {"readiness": replace(READY, baseline_endorsed_on=date(2020, 1, 1))}, {}, 550_000, "parts"),
    ("readiness", {"readiness": Readiness()}, {}, HALF, "not_disclosed"),
    ("priorities", {}, {}, HALF, "none_stated"),
    ("priorities", {}, {"priorities": Priorities(areas=frozenset({"STO"}))}, UNIT, "met"),
    ("priorities", {}, {"priorities": Priorities(areas=frozenset({"STO"}), lenses=frozenset({"risk"}))}, HALF, "met"),
    ("priorities", {}, {"priorities": Priorities(areas=frozenset({"LEG"}))}, 0, "none_met"),
    ("priorities", {}, {"priorities": Priorities(territories=frozenset({"X1"}))}, UNIT, "met"),
    ("priorities", {}, {"priorities": Priorities(types=frozenset({"TRAIN"}), technologies=ONE)}, HALF, "met"),
    (
        "priorities",
        {"lenses": NOT_DISCLOSED},
        {"priorities": Priorities(areas=frozenset({"STO"}), lenses=frozenset({"risk"}))},
        750_000,
        "partly_disclosed",
    ),
    (
        "priorities",
        {"lenses": NOT_DISCLOSED},
        {"priorities": Priorities(lenses=frozenset({"risk"}))},
        HALF,
        "not_disclosed",
    ),
    ("strategy", {}, {}, HALF, "national_only"),
    ("strategy", {"strategies": frozenset({REGIONAL})}, {}, HALF, "regional_only"),
    ("strategy", {"strategies": frozenset({NATIONAL, REGIONAL})}, {}, UNIT, "national_and_regional"),
    ("strategy", {"strategies": frozenset()}, {}, 0, "none"),
    ("strategy", {}, {"strategies": frozenset({"NDP", "AU"})}, UNIT, "shared"),
    ("strategy", {}, {"strategies": frozenset({"AU"})}, 0, "not_shared"),
    ("strategy", {"strategies": NOT_DISCLOSED}, {"strategies": frozenset({"AU"})}, HALF, "not_disclosed"),
    ("lenses", {}, {}, HALF, "none_asked"),
    ("lenses", {}, {"lenses": frozenset({"gender"})}, UNIT, "carried"),
    ("lenses", {}, {"lenses": frozenset({"gender", "risk"})}, HALF, "carried"),
    ("lenses", {}, {"lenses": frozenset({"risk"})}, 0, "none_carried"),
    ("lenses", {"lenses": NOT_DISCLOSED}, {"lenses": frozenset({"risk"})}, HALF, "not_disclosed"),
    ("lenses", {"lenses": NOT_DISCLOSED}, {}, HALF, "none_asked"),
    ("language", {}, {}, UNIT, "preferred"),
    ("language", {"languages": ("en", "fr")}, {}, HALF, "other_shared"),
    ("language", {}, {"languages": frozenset()}, UNIT, "open"),
    ("language", {"languages": NOT_DISCLOSED}, {}, HALF, "not_disclosed"),
]


@pytest.mark.parametrize(("criterion", "need", "offer", "degree", "reason"), EXAMPLES)
def test_criterion_measures(
    criterion: str, need: dict[str, Any], offer: dict[str, Any], degree: int, reason: str
) -> None:
    row = row_of(explained(make_need(**need), make_offer(**offer)), criterion)
    assert (row.degree, row.reason.code) == (degree, f"{criterion}.{reason}")


def test_the_examples_reach_every_criterion() -> None:
    assert {example[0] for example in EXAMPLES} == {criterion.code for criterion in CRITERIA}


def test_an_undisclosed_field_is_shown_as_such_and_its_value_appears_nowhere() -> None:
    row = row_of(explained(make_need(tier=NOT_DISCLOSED), make_offer()), "severity")
    assert row.need_value == Shown("not_disclosed")


@settings(deadline=None, max_examples=50)
@given(need=strategies.needs(), offer=strategies.offers(), rates=strategies.rate_sets(), as_of=strategies.as_of_dates)
def test_degrees_stay_between_none_and_full_marks(need: Need, offer: Offer, rates: Any, as_of: date) -> None:
    rows = explained(need, offer, rates=rates, as_of=as_of).ledger
    assert all(0 <= row.degree <= UNIT for row in rows)


@settings(deadline=None, max_examples=50)
@given(extra=strategies.st.integers(0, 10**9))
def test_asking_for_more_never_raises_the_budget_fit(extra: int) -> None:
    modest = explained(make_need(amount=Money(10_000_000, "EUR")), make_offer())
    greedy = explained(make_need(amount=Money(10_000_000 + extra, "EUR")), make_offer())
    assert row_of(greedy, "budget").degree <= row_of(modest, "budget").degree


def total(explanation: Explanation) -> int:
    assert explanation.score is not None
    return explanation.score


def test_a_severer_need_scores_higher_all_else_equal() -> None:
    scores = [total(explained(make_need(tier=tier), make_offer())) for tier in Tier]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(Tier)
