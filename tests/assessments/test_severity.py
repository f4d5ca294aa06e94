"""Severity and tiers, against worked examples and the properties that the definition implies."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import TIER_ORDER, Basis, Tier
from assessments.severity import (
    ConfirmedGap,
    Standing,
    TierCap,
    gap_severity,
    gap_tier,
    mean_weight,
    need_tier,
    severity_in_micro,
)


def standing(level: int, target: int = 4, weight: str = "1", mean: Fraction | int = 1) -> Standing:
    return Standing(level, target, 1, 5, Decimal(weight), Fraction(mean))


WEIGHTS = st.decimals(Decimal("0.01"), Decimal(100), places=2)


@st.composite
def standings(draw: st.DrawFn) -> Standing:
    low = draw(st.integers(-5, 5))
    high = draw(st.integers(low + 1, low + 10))
    on_scale = st.integers(low, high)
    return Standing(draw(on_scale), draw(on_scale), low, high, draw(WEIGHTS), Fraction(draw(WEIGHTS)))


@pytest.mark.parametrize(
    ("level", "severity", "tier"),
    [
        (1, Fraction(3, 4), Tier.CRITICAL),
        (2, Fraction(1, 2), Tier.HIGH),
        (3, Fraction(1, 4), Tier.MEDIUM),
        (4, Fraction(0), None),
        (5, Fraction(0), None),
    ],
)
def test_five_levels_with_equal_weights(level: int, severity: Fraction, tier: Tier | None) -> None:
    assert gap_severity(standing(level)) == severity
    assert gap_tier(severity) == tier


def test_heavy_indicator_raises_its_gap_above_the_plain_tier() -> None:
    # Nine indicators of an area with weights 1, 2 and seven times 1: mean 10/9; level 2 of 5 with weight 2.
    mean = mean_weight([Decimal(1), Decimal(2), *[Decimal(1)] * 7])
    severity = gap_severity(standing(2, weight="2", mean=mean))
    assert (mean, severity, gap_tier(severity)) == (Fraction(10, 9), Fraction(9, 10), Tier.CRITICAL)


def test_severity_on_a_scale_from_nought_to_three() -> None:
    severity = gap_severity(Standing(1, 2, 0, 3, Decimal("0.5"), Fraction(1)))
    assert (severity, gap_tier(severity)) == (Fraction(1, 6), Tier.LOW)


def test_tier_thresholds_are_exact_where_floats_would_slip() -> None:
    # 3 x 0.1 / 0.4 is exactly 3/4; in binary floating point it may come out just below.
    severity = gap_severity(Standing(0, 1, 0, 1, Decimal("0.3"), Fraction(4, 10)))
    assert (severity, gap_tier(severity)) == (Fraction(3, 4), Tier.CRITICAL)
    assert gap_tier(Fraction(3, 4) - Fraction(1, 10**12)) == Tier.HIGH
    assert gap_tier(Fraction(1, 10**12)) == Tier.LOW


def test_micro_severity_keeps_order_for_sorting() -> None:
    assert severity_in_micro(Fraction(9, 10)) == 900_000
    assert severity_in_micro(Fraction(2, 3)) == 666_667


@pytest.mark.parametrize(
    ("level", "target", "weight", "mean"), [(0, 4, 1, 1), (1, 6, 1, 1), (1, 4, 0, 1), (1, 4, 1, 0)]
)
def test_impossible_standings_are_refused(level: int, target: int, weight: int, mean: int) -> None:
    with pytest.raises(ValueError, match=r"scale|weights"):
        Standing(level, target, 1, 5, Decimal(weight), Fraction(mean))


def test_scale_with_one_value_is_refused() -> None:
    with pytest.raises(ValueError, match="two different values"):
        Standing(1, 1, 1, 1, Decimal(1), Fraction(1))


def test_area_without_indicators_has_no_mean() -> None:
    with pytest.raises(ValueError, match="no mean weight"):
        mean_weight([])


@given(standings())
def test_severity_is_zero_exactly_when_the_target_is_reached(case: Standing) -> None:
    severity = gap_severity(case)
    assert (severity == 0) == (case.level >= case.target)
    assert severity >= 0
    assert (gap_tier(severity) is None) == (severity == 0)


@given(standings(), st.integers(-5, 15))
def test_a_lower_level_never_lowers_severity_or_tier(case: Standing, other: int) -> None:
    lower = min(max(other, case.scale_min), case.level)
    worse = Standing(lower, case.target, case.scale_min, case.scale_max, case.weight, case.area_mean_weight)
    assert gap_severity(worse) >= gap_severity(case)
    order: list[Tier | None] = [*TIER_ORDER, None]
    assert order.index(gap_tier(gap_severity(worse))) <= order.index(gap_tier(gap_severity(case)))


@given(standings(), WEIGHTS)
def test_only_the_weight_relative_to_its_area_counts(case: Standing, factor: Decimal) -> None:
    scaled = Standing(
        case.level,
        case.target,
        case.scale_min,
        case.scale_max,
        case.weight * factor,
        case.area_mean_weight * Fraction(factor),
    )
    assert gap_severity(scaled) == gap_severity(case)


def gap(indicator: str, tier: Tier, basis: Basis = Basis.DOCUMENT) -> ConfirmedGap:
    return ConfirmedGap(indicator, tier, basis)


GAPS = st.lists(
    st.builds(
        ConfirmedGap,
        st.sampled_from(["a-1", "a-2", "b-1", "b-2", "c-1"]),
        st.sampled_from(TIER_ORDER),
        st.sampled_from(list(Basis)),
    ),
    max_size=6,
    unique_by=lambda item: item.indicator,
)


def test_need_takes_the_highest_tier_of_its_gaps_and_names_the_indicator() -> None:
    result = need_tier([gap("sto-01", Tier.LOW), gap("sto-03", Tier.CRITICAL), gap("sto-02", Tier.HIGH)], endorsed=True)
    assert (result.tier, result.gap, result.uncapped, result.caps) == (Tier.CRITICAL, "sto-03", Tier.CRITICAL, ())


def test_gap_without_basis_counts_for_at_most_medium_and_the_next_gap_decides() -> None:
    result = need_tier([gap("sto-03", Tier.CRITICAL, Basis.NONE), gap("sto-02", Tier.HIGH)], endorsed=True)
    assert (result.tier, result.gap, result.uncapped) == (Tier.HIGH, "sto-02", Tier.CRITICAL)
    assert result.caps == (TierCap.NO_BASIS,)


def test_baseline_that_is_not_endorsed_caps_every_need_at_medium() -> None:
    result = need_tier([gap("sto-03", Tier.CRITICAL)], endorsed=False)
    assert (result.tier, result.uncapped, result.caps) == (Tier.MEDIUM, Tier.CRITICAL, (TierCap.NOT_ENDORSED,))


def test_both_reasons_are_named_when_both_cap() -> None:
    result = need_tier([gap("sto-03", Tier.HIGH, Basis.NONE)], endorsed=False)
    assert result.caps == (TierCap.NO_BASIS, TierCap.NOT_ENDORSED)


def test_low_gap_stays_low_and_names_no_cap() -> None:
    result = need_tier([gap("sto-03", Tier.LOW, Basis.NONE)], endorsed=False)
    assert (result.tier, result.uncapped, result.caps) == (Tier.LOW, Tier.LOW, ())


def test_need_without_confirmed_gaps_has_no_tier() -> None:
    assert need_tier([], endorsed=True).tier is None


@given(GAPS, st.booleans(), st.randoms(use_true_random=False))
def test_need_tier_does_not_depend_on_order(gaps: list[ConfirmedGap], endorsed: bool, random: object) -> None:
    shuffled = list(gaps)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert need_tier(shuffled, endorsed=endorsed) == need_tier(gaps, endorsed=endorsed)


@given(GAPS, st.booleans())
def test_caps_are_named_exactly_when_they_change_the_tier(gaps: list[ConfirmedGap], endorsed: bool) -> None:
    result = need_tier(gaps, endorsed=endorsed)
    assert bool(result.caps) == (result.tier != result.uncapped)
    if result.tier is not None and not endorsed:
        assert result.tier in (Tier.MEDIUM, Tier.LOW)


@given(GAPS, GAPS, st.booleans())
def test_another_gap_never_lowers_the_tier(gaps: list[ConfirmedGap], more: list[ConfirmedGap], endorsed: bool) -> None:
    order: list[Tier | None] = [*TIER_ORDER, None]
    fewer = need_tier(gaps, endorsed=endorsed).tier
    assert order.index(need_tier([*gaps, *more], endorsed=endorsed).tier) <= order.index(fewer)
