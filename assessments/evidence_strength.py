"""How well the ratings of an area are supported: pure figures from what was rated and what it rests on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Final

from assessments.enums import AnswerRating, Basis

SOON: Final = timedelta(days=30)


class Expiry(StrEnum):
    """Where an evidence stands in its life."""

    CURRENT = ""
    SOON = "soon"
    EXPIRED = "expired"


def expiry_of(expires_on: date | None, today: date) -> Expiry:
    """Expired after its last day; soon when that day is at most 30 days away."""
    if expires_on is None or expires_on > today + SOON:
        return Expiry.CURRENT
    return Expiry.EXPIRED if expires_on < today else Expiry.SOON


def worst(expiries: Iterable[Expiry]) -> Expiry:
    """The state that a person should know of: expired before soon before current."""
    found = set(expiries)
    return next((state for state in (Expiry.EXPIRED, Expiry.SOON) if state in found), Expiry.CURRENT)


@dataclass(frozen=True, slots=True)
class Standing:
    """One answered indicator: its area, how it was rated and on which basis, and the expiry of what is linked."""

    area: str
    rating: AnswerRating
    basis: Basis
    evidence: tuple[Expiry, ...] = ()

    @property
    def supported(self) -> bool:
        """Whether some evidence that has not expired is linked."""
        return any(state is not Expiry.EXPIRED for state in self.evidence)


@dataclass(frozen=True, slots=True)
class Share:
    """A part of a whole; `percent` is None where there is nothing to divide by."""

    part: int = 0
    whole: int = 0

    @property
    def percent(self) -> int | None:
        """The share in whole percent, halves up."""
        return (200 * self.part + self.whole) // (2 * self.whole) if self.whole else None


@dataclass(frozen=True, slots=True)
class Strength:
    """Of the rated answers, how many rest on evidence that has not expired: in all, and for each basis that occurs."""

    supported: Share
    by_basis: Mapping[Basis, Share]


def strength_by_area(standings: Iterable[Standing]) -> dict[str, Strength]:
    """The strength of each area that has an answer; only rated answers count."""
    areas: dict[str, list[Standing]] = {}
    for standing in standings:
        rated = areas.setdefault(standing.area, [])
        if standing.rating == AnswerRating.RATED:
            rated.append(standing)
    return {area: _strength(rated) for area, rated in areas.items()}


def _strength(rated: list[Standing]) -> Strength:
    by_basis = {
        basis: _share([standing for standing in rated if standing.basis == basis])
        for basis in Basis
        if any(standing.basis == basis for standing in rated)
    }
    return Strength(_share(rated), by_basis)


def _share(rated: list[Standing]) -> Share:
    return Share(sum(standing.supported for standing in rated), len(rated))
