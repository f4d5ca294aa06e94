"""Values: what contradicts itself is refused when it is made."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cooperation.matching import (
    Conditions,
    GeoLevel,
    Money,
    Period,
    Readiness,
    Territory,
    with_siblings,
)
from tests.cooperation.matching.builders import make_need, make_offer


@pytest.mark.parametrize(
    ("ancestors", "levels"),
    [
        ((), [GeoLevel.COUNTRY, GeoLevel.GLOBAL]),
        (("001",), [GeoLevel.COUNTRY, GeoLevel.GLOBAL]),
        (("X1",), [GeoLevel.COUNTRY, GeoLevel.REGION, GeoLevel.GLOBAL]),
        (("X10", "X1", "001"), [GeoLevel.COUNTRY, GeoLevel.SUBREGION, GeoLevel.REGION, GeoLevel.GLOBAL]),
        (
            ("014", "202", "002", "001"),
            [GeoLevel.COUNTRY, GeoLevel.SUBREGION, GeoLevel.SUBREGION, GeoLevel.REGION, GeoLevel.GLOBAL],
        ),
    ],
)
def test_a_chain_runs_from_the_country_to_the_world(ancestors: tuple[str, ...], levels: list[GeoLevel]) -> None:
    assert [level for _, level in Territory("XA", ancestors).chain] == levels


def test_a_period_counts_both_its_days() -> None:
    june = Period(date(2026, 6, 1), date(2026, 6, 30))
    assert june.days == 30
    assert june.overlap_days(Period(date(2026, 6, 30), date(2026, 7, 9))) == 1
    assert june.overlap_days(Period(date(2026, 7, 1), date(2026, 7, 9))) == 0


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"types": frozenset()}, "at least one type"),
        ({"gender_marker": 3}, "0, 1 or 2"),
        ({"languages": ("fr", "fr")}, "stands twice"),
        ({"siblings": (make_need(),)}, "stands twice in its request"),
        ({"siblings": (make_need(need_id="n2", request_id="r2"),)}, "same request"),
        ({"siblings": (make_need(need_id="n2", siblings=(make_need(),)),)}, "siblings of its own"),
    ],
)
def test_a_faulty_need_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_need(**changes)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"capacity": None}, "how many requests"),
        ({"capacity": None, "requests_left": 1, "floor": Money(1, "EUR")}, "need a capacity"),
        ({"requests_left": -1}, "negative"),
        ({"floor": Money(1, "USD")}, "one currency"),
        ({"floor": Money(2, "EUR"), "ceiling": Money(1, "EUR")}, "below the floor"),
        ({"valid_from": date(2026, 2, 1), "valid_until": date(2026, 1, 1)}, "end before"),
    ],
)
def test_a_faulty_offer_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        make_offer(**changes)


def test_other_faulty_values_are_refused() -> None:
    with pytest.raises(ValueError, match="end before"):
        Period(date(2026, 2, 1), date(2026, 1, 1))
    with pytest.raises(ValueError, match="stands twice"):
        Territory("XA", ("X1", "XA"))
    with pytest.raises(ValueError, match="date of its endorsement"):
        Readiness(endorsed_baseline=True, baseline_endorsed_on=None)
    with pytest.raises(ValueError, match="completeness"):
        Readiness(completeness=1_000_001)
    with pytest.raises(ValueError, match="min_co_funding"):
        Conditions(min_co_funding=-1)
    with pytest.raises(ValueError, match="0, 1 or 2"):
        Conditions(min_gender_marker=4)


def test_needs_of_one_request_get_each_other_and_nobody_else() -> None:
    lines = [make_need(need_id=f"n{i}", request_id=f"r{i % 2}") for i in (4, 3, 2, 1)]
    whole = with_siblings(lines)
    assert {need.need_id: [other.need_id for other in need.siblings] for need in whole} == {
        "n1": ["n3"],
        "n2": ["n4"],
        "n3": ["n1"],
        "n4": ["n2"],
    }
    assert with_siblings(whole) == whole
    assert with_siblings([replace(whole[0], siblings=())])[0].siblings == ()
