"""Makers of `Shown` values: the closed list of kinds that the presenting layer knows.

kind               value
none               None: this side has nothing to compare
not_disclosed      None
no_limit           None: the donor sets no limit
yes_no             True or False
count, days        whole number
level              whole number, as the indicator's scale gives it, or None (no indicator)
gender_marker      0, 1, 2, or None (not screened)
share              millionths
date               ISO 8601 date
period             (start, end), ISO 8601 dates
open_period        (start or None, end or None), ISO 8601 dates
money              (minor units, ISO 4217 code)
money_band         (low, high, ISO 4217 code), minor units
limits             (floor or None, ceiling or None, capacity left), each a money value
in_kind            requests that can still be served
party              identifier of a party
territory          code; territories: (codes included, codes excluded)
area, language, applicant_kind                                                code
areas, types, technologies, lenses, languages, strategies, applicant_kinds    sorted codes (a requester's languages
                                                                              in its order of preference)
tier               code of the tier
rules, criterion   codes of rules, code of a criterion: `RULE_LABELS`, `CRITERION_LABELS` in `sentences.py`
text, texts        text as it was given; several of them, sorted
readiness          pairs (part, millionths or ("not_disclosed",)): see `criteria.readiness_parts`
priorities         pairs (kind, sorted codes or ("not_disclosed",))
"""

from collections.abc import Iterable
from datetime import date
from typing import Final

from cooperation.matching.money import Amount, Money
from cooperation.matching.results import Plain, Shown
from cooperation.matching.values import NOT_DISCLOSED, NotDisclosed, Offer, Period

KINDS: Final = frozenset(
    {
        *("none", "not_disclosed", "no_limit", "yes_no", "count", "days", "level", "gender_marker", "share", "date"),
        *("period", "open_period", "money", "money_band", "limits", "in_kind", "party", "territory", "territories"),
        *("area", "language", "applicant_kind", "areas", "types", "technologies", "lenses", "languages", "strategies"),
        *("applicant_kinds", "tier", "rules", "criterion", "text", "texts", "readiness", "priorities"),
    }
)
"""Every kind that a `Shown` value of this engine can have; the presenting layer must know each."""

NONE: Final = Shown("none")
UNKNOWN: Final = Shown("not_disclosed")
NO_LIMIT: Final = Shown("no_limit")


def one(kind: str, value: str | int | NotDisclosed | None) -> Shown:
    """A single plain value of `kind`, or that it is not disclosed."""
    return UNKNOWN if value is NOT_DISCLOSED else Shown(kind, value)


def codes(kind: str, values: Iterable[str] | NotDisclosed) -> Shown:
    """Sorted codes of `kind`, or that they are not disclosed."""
    return UNKNOWN if isinstance(values, NotDisclosed) else Shown(kind, tuple(sorted(values)))


def limit(kind: str, values: frozenset[str]) -> Shown:
    """Sorted codes of `kind` that a donor limits its offer to, or that it sets no limit."""
    return codes(kind, values) if values else NO_LIMIT


def day(value: date) -> Shown:
    """A date."""
    return Shown("date", value.isoformat())


def period(value: Period) -> Shown:
    """A period, both days included."""
    return Shown("period", (value.start.isoformat(), value.end.isoformat()))


def open_period(start: date | None, end: date | None) -> Shown:
    """A period that may be open on either side."""
    return Shown("open_period", tuple(None if day is None else day.isoformat() for day in (start, end)))


def amount(value: Amount | None) -> Shown:
    """Money, a band of money, or none."""
    if value is None:
        return NONE
    if isinstance(value, Money):
        return Shown("money", _money(value))
    return band(value.low, value.high, value.currency)


def band(low: int, high: int, currency: str) -> Shown:
    """An amount between two ends in minor units; plain money where they are the same."""
    return Shown("money", (low, currency)) if low == high else Shown("money_band", (low, high, currency))


def limits(offer: Offer) -> Shown:
    """What an offer can give to one request."""
    if offer.capacity is None:
        return Shown("in_kind", offer.requests_left)
    return Shown("limits", tuple(_money(money) for money in (offer.floor, offer.ceiling, offer.capacity)))


def pairs(kind: str, values: Iterable[tuple[str, Plain]]) -> Shown:
    """Named parts of one value."""
    return Shown(kind, tuple(values))


def _money(value: Money | None) -> Plain:
    return None if value is None else (value.minor, value.currency)
