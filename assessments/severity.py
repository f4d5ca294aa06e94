"""How grave a gap is, and how urgent a need that rests on gaps: exact arithmetic, no database.

Severity of a gap = (target - level) / (scale maximum - scale minimum) x weight / mean weight of its area.
The mean weight is that of all indicators of the area in the framework, rated or not, so that a gap's severity
depends on its own answer alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Final

from assessments.enums import TIER_ORDER, Basis, Tier

_THRESHOLDS: Final = (
    (Fraction(3, 4), Tier.CRITICAL),
    (Fraction(1, 2), Tier.HIGH),
    (Fraction(1, 4), Tier.MEDIUM),
)
_MICRO: Final = 1_000_000
CAP: Final = Tier.MEDIUM


@dataclass(frozen=True, slots=True)
class Standing:
    """Where an indicator stands: values of its level, its target and the ends of its scale, and the two weights."""

    level: int
    target: int
    scale_min: int
    scale_max: int
    weight: Decimal
    area_mean_weight: Fraction

    def __post_init__(self) -> None:
        if not self.scale_min <= min(self.level, self.target) <= max(self.level, self.target) <= self.scale_max:
            raise ValueError("level and target must lie on the scale")
        if self.scale_min == self.scale_max:
            raise ValueError("a scale needs two different values")
        if self.weight <= 0 or self.area_mean_weight <= 0:
            raise ValueError("weights must be above zero")


def mean_weight(weights: Iterable[Decimal]) -> Fraction:
    """The exact mean of the weights of an area's indicators. Raises `ValueError` when there is none."""
    exact = [Fraction(weight) for weight in weights]
    if not exact:
        raise ValueError("an area without indicators has no mean weight")
    return sum(exact, Fraction(0)) / len(exact)


def gap_severity(standing: Standing) -> Fraction:
    """Severity of the gap; 0 where the target is reached. A heavy indicator may exceed 1."""
    missing = max(0, standing.target - standing.level)
    share = Fraction(missing, standing.scale_max - standing.scale_min)
    return share * Fraction(standing.weight) / standing.area_mean_weight


def gap_tier(severity: Fraction) -> Tier | None:
    """The tier of a severity: critical from 3/4, high from 1/2, medium from 1/4, low above 0; None for no gap."""
    if severity <= 0:
        return None
    return next((tier for threshold, tier in _THRESHOLDS if severity >= threshold), Tier.LOW)


def severity_in_micro(severity: Fraction) -> int:
    """The severity in millionths for storing and sorting, rounded half to even; tiers are never read from it."""
    return round(severity * _MICRO)


class TierCap(Enum):
    """Why the tier of a gap counts for no more than `CAP`."""

    NO_BASIS = "no_basis"
    NOT_ENDORSED = "not_endorsed"


@dataclass(frozen=True, slots=True)
class ConfirmedGap:
    """A confirmed gap on which a need rests: its indicator's key, its tier and the basis of the answer."""

    indicator: str
    tier: Tier
    basis: Basis


@dataclass(frozen=True, slots=True)
class NeedTier:
    """The tier of a need, and how it came about.

    `tier` is None for a need without a confirmed gap. `gap` is the key of the indicator that set it. `uncapped` is the
    highest tier of any gap; `caps` says why it does not stand, and is empty where it does.
    """

    tier: Tier | None
    gap: str = ""
    uncapped: Tier | None = None
    caps: tuple[TierCap, ...] = ()


def need_tier(gaps: Iterable[ConfirmedGap], *, endorsed: bool) -> NeedTier:
    """The highest tier of the gaps, where a gap counts for at most medium without basis or endorsed baseline."""
    ranked = sorted(gaps, key=lambda gap: (_rank(_counted(gap, endorsed)), gap.indicator))
    if not ranked:
        return NeedTier(None)
    first = ranked[0]
    tier = _counted(first, endorsed)
    gravest = min(ranked, key=lambda gap: (_rank(gap.tier), gap.indicator))
    if gravest.tier == tier:
        return NeedTier(tier, first.indicator, tier)
    caps = set().union(*(_caps(gap, endorsed) for gap in ranked if _rank(gap.tier) < _rank(tier)))
    return NeedTier(tier, first.indicator, gravest.tier, tuple(cap for cap in TierCap if cap in caps))


def _caps(gap: ConfirmedGap, endorsed: bool) -> set[TierCap]:
    caps = set()
    if gap.basis == Basis.NONE:
        caps.add(TierCap.NO_BASIS)
    if not endorsed:
        caps.add(TierCap.NOT_ENDORSED)
    return caps


def _counted(gap: ConfirmedGap, endorsed: bool) -> Tier:
    return max(gap.tier, CAP, key=_rank) if _caps(gap, endorsed) else gap.tier


def _rank(tier: Tier) -> int:
    return TIER_ORDER.index(tier)
