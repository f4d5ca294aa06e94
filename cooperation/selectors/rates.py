"""The exchange rates that a match run uses."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from cooperation import matching
from cooperation.models import RateSet

BASE = "USD"


def newest_rate_set() -> RateSet | None:
    """The rate set with the latest date; None when none was loaded yet."""
    return RateSet.objects.prefetch_related("rates").first()


def engine_rates(row: RateSet | None, as_of: date) -> matching.RateSet:
    """A rate set as the engine takes it; without one, only the base currency, dated `as_of`."""
    if row is None:
        return matching.RateSet.build(rate_set_id="none", on=as_of, base=BASE, per_base={})
    per_base = {rate.currency: 1 / Fraction(rate.usd_per_unit) for rate in row.rates.all() if rate.currency != BASE}
    identifier = f"usd-{row.dated.isoformat()}"
    return matching.RateSet.build(rate_set_id=identifier, on=row.dated, base=BASE, per_base=per_base)
