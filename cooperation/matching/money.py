"""Money in whole minor units, and its conversion by a dated table of rates.

Nothing here is ever a float: amounts are integers, rates are exact fractions, and a conversion is
rounded once, half to even. Two machines therefore always agree.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Final, TypeAlias

from babel.numbers import get_currency_precision

MAX_MINOR: Final = 2**53 - 1
"""Largest amount accepted, in minor units: the largest integer that canonical JSON (RFC 8785) can carry."""

MAX_EXPONENT: Final = 4
"""The most decimals that an ISO 4217 currency has."""

_CURRENCY = re.compile(r"[A-Z]{3}\Z")


def _check_currency(code: str) -> None:
    if not _CURRENCY.match(code):
        raise ValueError(f"currency must be an ISO 4217 code of three capital letters, got {code!r}")


def _check_minor(value: int, name: str) -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be a whole number of minor units")
    if not 0 <= value <= MAX_MINOR:
        raise ValueError(f"{name} must lie between 0 and {MAX_MINOR} minor units, got {value}")


@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount: `minor` units (cents, fils, ...) of `currency`. Raises ValueError if negative or too large."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        _check_minor(self.minor, "minor")
        _check_currency(self.currency)

    @property
    def low(self) -> int:
        """The least it can be, in minor units (here the amount itself)."""
        return self.minor

    @property
    def high(self) -> int:
        """The most it can be, in minor units (here the amount itself)."""
        return self.minor


@dataclass(frozen=True, slots=True)
class MoneyBand:
    """An amount of which only the band is disclosed: somewhere from `low` to `high` minor units, both included."""

    low: int
    high: int
    currency: str

    def __post_init__(self) -> None:
        _check_minor(self.low, "low")
        _check_minor(self.high, "high")
        _check_currency(self.currency)
        if self.low > self.high:
            raise ValueError("a band must not end below its start")


Amount: TypeAlias = Money | MoneyBand


@dataclass(frozen=True, slots=True)
class Rate:
    """`per_base` whole units of `currency` are worth one whole unit of the base; `exponent`: its decimals."""

    currency: str
    per_base: Fraction
    exponent: int

    def __post_init__(self) -> None:
        _check_currency(self.currency)
        if self.per_base <= 0:
            raise ValueError(f"the rate of {self.currency} must be above zero")
        if not 0 <= self.exponent <= MAX_EXPONENT:
            raise ValueError(f"the exponent of {self.currency} must lie between 0 and {MAX_EXPONENT}")


@dataclass(frozen=True, slots=True)
class RateSet:
    """A table of rates as loaded on one day.

    The exponents are part of the value, so that a stored run does not depend on the installed
    release of babel. `rates` must hold the base itself at rate 1; order does not matter.
    Raises ValueError when the base is missing or not 1, or a currency stands twice.
    """

    rate_set_id: str
    on: date
    base: str
    rates: tuple[Rate, ...]

    def __post_init__(self) -> None:
        codes = [rate.currency for rate in self.rates]
        if len(set(codes)) != len(codes):
            raise ValueError("a currency stands twice in the rate set")
        if not any(rate.currency == self.base and rate.per_base == 1 for rate in self.rates):
            raise ValueError("the rate set must hold its base currency at rate 1")
        object.__setattr__(self, "rates", tuple(sorted(self.rates, key=lambda rate: rate.currency)))

    @classmethod
    def build(
        cls, *, rate_set_id: str, on: date, base: str, per_base: Mapping[str, Fraction | Decimal | str]
    ) -> "RateSet":
        """Make a rate set from currency -> units per one unit of `base`; the exponents come from babel (CLDR)."""
        table = {base: Fraction(1), **{code: Fraction(value) for code, value in per_base.items()}}
        rates = tuple(Rate(code, value, get_currency_precision(code)) for code, value in table.items())
        return cls(rate_set_id, on, base, rates)


def round_half_even(numerator: int, denominator: int) -> int:
    """`numerator / denominator` (denominator above zero) to the nearest integer, a half to the even neighbour."""
    quotient, rest = divmod(numerator, denominator)
    twice = 2 * rest
    if twice > denominator or (twice == denominator and quotient & 1):
        return quotient + 1
    return quotient


class Converter:
    """Converts minor units by one rate set, remembering each pair's exact ratio."""

    __slots__ = ("_rates", "_ratios")

    def __init__(self, rates: RateSet) -> None:
        self._rates = {rate.currency: rate for rate in rates.rates}
        self._ratios: dict[tuple[str, str], tuple[int, int] | None] = {}

    def ratio(self, source: str, target: str) -> tuple[int, int] | None:
        """(n, d) such that `minor * n / d` converts minor units of source to target; None without a rate."""
        key = (source, target)
        if key not in self._ratios:
            self._ratios[key] = self._find(source, target)
        return self._ratios[key]

    def convert(self, minor: int, source: str, target: str) -> int | None:
        """Minor units of `target`, rounded half to even; None when a rate is missing. Same currency: unchanged."""
        if source == target:
            return minor
        ratio = self.ratio(source, target)
        return None if ratio is None else round_half_even(minor * ratio[0], ratio[1])

    def least_reaching(self, minor: int, source: str, target: str) -> int | None:
        """A least whole amount of `source` that is worth at least `minor` units of `target`; None without a rate."""
        if source == target:
            return minor
        ratio = self.ratio(source, target)
        return None if ratio is None else -(-minor * ratio[1] // ratio[0])

    def _find(self, source: str, target: str) -> tuple[int, int] | None:
        if source == target:
            return (1, 1)
        first, second = self._rates.get(source), self._rates.get(target)
        if first is None or second is None:
            return None
        exact = second.per_base / first.per_base * Fraction(10) ** (second.exponent - first.exponent)
        return exact.numerator, exact.denominator
