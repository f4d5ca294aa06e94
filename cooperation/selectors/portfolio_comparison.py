"""Two portfolios of one coordinator side by side."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cooperation.selectors.portfolio_results import (
    CoverTable,
    Pair,
    PortfolioReading,
    amount_text,
    coverage_tables,
    limit_facts,
    tier_coverage,
    weight_facts,
)
from cooperation.selectors.wording import NOTHING, area_label


@dataclass(frozen=True, slots=True)
class SideBySide:
    """One figure of two portfolios."""

    label: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class PairDifference:
    """A pair for which two portfolios propose different amounts; a dash where one proposes nothing."""

    state: str
    reference: str
    area: str
    donor: str
    offer: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two portfolios side by side. `policies` and `differences` hold only what differs; `same`: pairs that do not."""

    money: tuple[str, str]
    policies: tuple[SideBySide, ...]
    coverage: tuple[tuple[str, tuple[SideBySide, ...]], ...]
    differences: tuple[PairDifference, ...]
    same: int


def compare_portfolios(one: PortfolioReading, other: PortfolioReading) -> Comparison:
    """What differs between two portfolios of one coordinator."""
    pairs_one, pairs_other = _amounts(one), _amounts(other)
    keys = sorted({*pairs_one, *pairs_other})
    differing = [key for key in keys if pairs_one.get(key) != pairs_other.get(key)]
    return Comparison(
        money=(one.money(one.result.cash), other.money(other.result.cash)),
        policies=tuple(row for row in _beside(_policy(one), _policy(other)) if row.one != row.other),
        coverage=tuple(
            (table.first, _beside(_shares(table), _shares(against)))
            for table, against in zip(
                [tier_coverage(one), *coverage_tables(one)],
                [tier_coverage(other), *coverage_tables(other)],
                strict=True,
            )
        ),
        differences=tuple(
            _difference(one if key in pairs_one else other, key, pairs_one, pairs_other) for key in differing
        ),
        same=len(keys) - len(differing),
    )


def _policy(reading: PortfolioReading) -> list[tuple[str, str]]:
    weights = [(_("Weight: %(criterion)s") % {"criterion": name}, share) for name, share in weight_facts(reading.run)]
    return [*weights, *limit_facts(reading.run)]


def _amounts(reading: PortfolioReading) -> dict[Pair, str]:
    return {
        (entry.need_id, entry.offer_id): amount_text(reading, entry.grains, in_kind=entry.in_kind)
        for entry in reading.result.allocations
    }


def _shares(table: CoverTable) -> list[tuple[str, str]]:
    return [(row.label, f"{row.cash} ({row.share})") for row in table.rows]


def _beside(one: list[tuple[str, str]], other: list[tuple[str, str]]) -> tuple[SideBySide, ...]:
    left, right = dict(one), dict(other)
    return tuple(
        SideBySide(label, left.get(label, NOTHING), right.get(label, NOTHING))
        for label in dict.fromkeys([*left, *right])
    )


def _difference(
    reading: PortfolioReading, pair: Pair, one: Mapping[Pair, str], other: Mapping[Pair, str]
) -> PairDifference:
    need_id, offer_id = pair
    request, offer = reading.request_of(need_id), reading.offer_of(offer_id)
    return PairDifference(
        state=request["state"],
        reference=request["reference"],
        area=area_label(reading.needs[need_id].area),
        donor=offer["donor"],
        offer=offer["title"],
        one=one.get(pair, NOTHING),
        other=other.get(pair, NOTHING),
    )
