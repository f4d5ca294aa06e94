"""How widely people were heard: worked examples, and what holds for any counts."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.participation import Heard, Share, participation_of

AREAS = {"coo": ["coo-01", "coo-02"], "sto": ["sto-01", "sto-02", "sto-03"], "empty": []}
KINDS = st.sampled_from(["agency", "community", "women"])
NUMBERS = st.integers(0, 500)
HEARD = st.lists(st.builds(Heard, KINDS, NUMBERS, NUMBERS, NUMBERS), max_size=8)
TOUCHED = st.sets(st.sampled_from(["coo-01", "coo-02", "sto-01", "sto-02", "sto-03", "elsewhere"]))


def test_a_worked_example() -> None:
    heard = [Heard("community", 12, 8, 5), Heard("agency", 1, 4), Heard("community", 3, 0), Heard("women", 0, 0, 0)]
    figure = participation_of(AREAS, ["coo-01", "coo-01", "sto-03", "elsewhere"], heard)
    assert (figure.indicators, figure.areas) == (Share(2, 5), Share(2, 2))
    assert (figure.indicators.percent, figure.areas.percent) == (40, 100)
    assert figure.women == Share(16, 28), "16 women and 12 men; the five not recorded are in neither"
    assert figure.women.percent == 57
    assert figure.kinds == (Heard("community", 15, 8, 5), Heard("agency", 1, 4))
    assert figure.people == 33


def test_of_nobody_and_nothing_there_is_no_share() -> None:
    figure = participation_of({}, [], [Heard("community", 0, 0, 7)])
    assert (figure.indicators.percent, figure.areas.value, figure.women.percent, figure.people) == (None, None, None, 7)


def test_nobody_counts_below_zero() -> None:
    with pytest.raises(ValueError, match="below zero"):
        Heard("agency", women=-1)


@given(TOUCHED, HEARD)
def test_the_figure_stays_within_its_bounds_and_the_order_of_rounds_does_not_matter(
    touched: set[str], heard: list[Heard]
) -> None:
    figure = participation_of(AREAS, touched, heard)
    for share in (figure.indicators, figure.areas, figure.women):
        assert 0 <= share.part <= share.whole
        assert share.value is None or 0 <= share.value <= Fraction(1)
    assert figure.people == sum(item.total for item in heard)
    back = participation_of(AREAS, touched, heard[::-1])
    assert (back.indicators, back.women, set(back.kinds)) == (figure.indicators, figure.women, set(figure.kinds))


@given(TOUCHED, st.sampled_from(["coo-01", "sto-02"]), HEARD)
def test_hearing_more_never_lowers_what_is_covered(touched: set[str], more: str, heard: list[Heard]) -> None:
    before, after = participation_of(AREAS, touched, heard), participation_of(AREAS, {*touched, more}, heard)
    assert after.indicators.part >= before.indicators.part
    assert after.areas.part >= before.areas.part
