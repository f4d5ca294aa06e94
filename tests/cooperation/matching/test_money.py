"""Money: exact rates, one rounding, half to even."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cooperation.matching import Converter, Money, MoneyBand, Rate, RateSet
from cooperation.matching.money import MAX_MINOR, round_half_even
from tests.cooperation.matching.builders import RATES


@pytest.mark.parametrize(
    ("minor", "source", "target", "expected"),
    [
        (100, "EUR", "EUR", 100),
        (100, "EUR", "USD", 125),
        (125, "USD", "EUR", 100),
        (100, "EUR", "JPY", 160),
        (160, "JPY", "EUR", 100),
        (100, "EUR", "KWD", 320),
        (320, "KWD", "USD", 125),
        (2, "EUR", "USD", 2),  # 2.5 to the even neighbour
        (6, "EUR", "USD", 8),  # 7.5 to the even neighbour
        (1, "JPY", "EUR", 1),  # 0.625
        (0, "JPY", "EUR", 0),
    ],
)
def test_conversion_respects_exponents_and_rounds_half_to_even(
    minor: int, source: str, target: str, expected: int
) -> None:
    assert Converter(RATES).convert(minor, source, target) == expected


def test_without_a_rate_there_is_no_conversion_but_the_same_currency_needs_none() -> None:
    converter = Converter(RATES)
    assert converter.convert(5, "XOF", "EUR") is None
    assert converter.convert(5, "EUR", "XOF") is None
    assert converter.convert(5, "XOF", "XOF") == 5
    assert converter.least_reaching(5, "XOF", "EUR") is None


@given(st.integers(0, MAX_MINOR), st.integers(1, 10**6))
def test_rounding_agrees_with_exact_fractions(numerator: int, denominator: int) -> None:
    assert round_half_even(numerator, denominator) == round(Fraction(numerator, denominator))


@given(
    st.integers(0, 10**9),
    st.sampled_from(["EUR", "USD", "JPY", "KWD"]),
    st.sampled_from(["EUR", "USD", "JPY", "KWD"]),
)
def test_the_least_amount_reaching_a_floor_reaches_it(floor: int, source: str, target: str) -> None:
    converter = Converter(RATES)
    least = converter.least_reaching(floor, source, target)
    assert least is not None
    reached = converter.convert(least, source, target)
    assert reached is not None
    assert reached >= floor


def test_exponents_come_from_the_currency_table() -> None:
    assert {rate.currency: rate.exponent for rate in RATES.rates} == {"EUR": 2, "JPY": 0, "KWD": 3, "USD": 2}


def test_the_order_of_rates_does_not_matter() -> None:
    assert RateSet(RATES.rate_set_id, RATES.on, RATES.base, RATES.rates[::-1]) == RATES


@pytest.mark.parametrize(
    ("rates", "message"),
    [
        ((Rate("USD", Fraction(1), 2),), "must hold its base"),
        ((Rate("EUR", Fraction(2), 2),), "must hold its base"),
        ((Rate("EUR", Fraction(1), 2), Rate("EUR", Fraction(1), 2)), "stands twice"),
    ],
)
def test_a_faulty_rate_set_is_refused(rates: tuple[Rate, ...], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        RateSet("r", date(2026, 1, 1), "EUR", rates)


def test_faulty_rates_and_amounts_are_refused() -> None:
    with pytest.raises(ValueError, match="above zero"):
        Rate("USD", Fraction(0), 2)
    with pytest.raises(ValueError, match="exponent"):
        Rate("USD", Fraction(1), 5)
    with pytest.raises(ValueError, match="three capital letters"):
        Money(1, "eur")
    with pytest.raises(ValueError, match="between 0"):
        Money(-1, "EUR")
    with pytest.raises(ValueError, match="between 0"):
        Money(MAX_MINOR + 1, "EUR")
    with pytest.raises(TypeError, match="whole number"):
        Money(1.5, "EUR")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="below its start"):
        MoneyBand(2, 1, "EUR")
