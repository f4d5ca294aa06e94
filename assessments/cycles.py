"""Baselines of one State compared indicator by indicator: pure values, no database.

Two answers compare when both name a level on the same scale, or when the item map of the framework says which level of
one scale is which of the other. Everything else is told apart and never counted as a change of level: what is asked
for the first time, what is no longer asked, and what does not compare. There are counts for an area and for the whole,
and on purpose no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from assessments.enums import AnswerRating
from assessments.frameworks.lineage import Relative


class Change(StrEnum):
    """What became of an indicator from one baseline to a later one."""

    IMPROVED = "improved"
    WORSENED = "worsened"
    SAME = "same"
    NEWLY_ASKED = "newly-asked"
    DROPPED = "dropped"
    NOT_COMPARABLE = "not-comparable"


COMPARABLE = (Change.IMPROVED, Change.WORSENED, Change.SAME)


@dataclass(frozen=True, slots=True)
class Standing:
    """What one baseline says of one indicator.

    `area` is the key of its section; `scale` pairs the keys of the options with their values; `rating` is None while
    nobody has answered; `value` is given exactly when rated.
    """

    key: str
    area: str
    scale: tuple[tuple[str, int], ...]
    rating: AnswerRating | None = None
    value: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """An indicator in two baselines; `key` and `area` are the later one's, or the earlier one's where it is dropped."""

    key: str
    area: str
    change: Change
    earlier: Standing | None
    later: Standing | None


@dataclass(frozen=True, slots=True)
class Tally:
    """How many indicators changed in which way."""

    improved: int = 0
    worsened: int = 0
    same: int = 0
    newly_asked: int = 0
    dropped: int = 0
    not_comparable: int = 0

    @property
    def comparable(self) -> int:
        """Indicators with levels in both that can be told from each other."""
        return self.improved + self.worsened + self.same

    @property
    def total(self) -> int:
        """Indicators that either of the two asks."""
        return self.comparable + self.newly_asked + self.dropped + self.not_comparable

    @property
    def percent(self) -> int | None:
        """Comparability: comparable of all that either asks, rounded down so that only everything reads as 100."""
        return self.comparable * 100 // self.total if self.total else None


Kin = Callable[[str], Iterable[Relative]]
"""From the key of an indicator in the later baseline to what it is in the earlier one; nothing where it is new."""


def same_key(key: str) -> tuple[Relative, ...]:
    """The indicators of a version are themselves."""
    return (Relative(key),)


def compare(earlier: Iterable[Standing], later: Iterable[Standing], kin: Kin = same_key) -> tuple[Comparison, ...]:
    """Compare two baselines, in the order of the later one, then what was dropped in the order of the earlier.

    Where one earlier indicator became several, each of them compares with it. Where several became one, no single
    level went before it: it does not compare, and the first of them stands beside it; all are still asked, so none
    counts as dropped.
    """
    asked = {standing.key: standing for standing in earlier}
    followed: set[str] = set()
    kept: list[Comparison] = []
    for standing in later:
        before = [(asked[relative.key], relative) for relative in kin(standing.key) if relative.key in asked]
        followed.update(old.key for old, _relative in before)
        kept.append(_compared(before, standing))
    gone = (
        Comparison(old.key, old.area, Change.DROPPED, old, None) for old in asked.values() if old.key not in followed
    )
    return (*kept, *gone)


def tally(comparisons: Iterable[Comparison]) -> Tally:
    """Count the changes."""
    counts = Counter(comparison.change for comparison in comparisons)
    return Tally(**{change.name.lower(): counts[change] for change in Change})


def tally_by_area(comparisons: Iterable[Comparison]) -> dict[str, Tally]:
    """Count the changes of each area by its key, in order of first appearance."""
    grouped: dict[str, list[Comparison]] = {}
    for comparison in comparisons:
        grouped.setdefault(comparison.area, []).append(comparison)
    return {area: tally(members) for area, members in grouped.items()}


def _compared(before: list[tuple[Standing, Relative]], after: Standing) -> Comparison:
    if not before:
        return Comparison(after.key, after.area, Change.NEWLY_ASKED, None, after)
    old, relative = before[0]
    change = _change(old, after, relative) if len(before) == 1 else Change.NOT_COMPARABLE
    return Comparison(after.key, after.area, change, old, after)


def _change(old: Standing, new: Standing, relative: Relative) -> Change:
    before, after = _values(old, new, relative)
    if before is None or after is None:
        return Change.NOT_COMPARABLE
    if after == before:
        return Change.SAME
    return Change.IMPROVED if after > before else Change.WORSENED


def _values(old: Standing, new: Standing, relative: Relative) -> tuple[int | None, int | None]:
    """Both levels as values of one scale, that of the newer version; None where a level has no place on it."""
    if not relative.renames_levels:
        return (old.value, new.value) if old.scale == new.scale else (None, None)
    if relative.is_older:
        return _moved(old, new, relative), new.value
    return old.value, _moved(new, old, relative)


def _moved(older: Standing, newer: Standing, relative: Relative) -> int | None:
    """The value that the level of the older version has on the scale of the newer."""
    level = next((key for key, value in older.scale if value == older.value), None)
    return None if level is None else dict(newer.scale).get(relative.in_newer(level))
