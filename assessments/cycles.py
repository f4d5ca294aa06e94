"""Baselines of one State compared indicator by indicator: pure values, no database.

Two answers compare when both name a level on the same scale. Everything else is told apart and never counted as a
change of level: what is asked for the first time, what is no longer asked, and what does not compare. There are counts
for an area and for the whole, and on purpose no score.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from assessments.enums import AnswerRating


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
        """Indicators with a level on the same scale in both."""
        return self.improved + self.worsened + self.same

    @property
    def total(self) -> int:
        """Indicators that either of the two asks."""
        return self.comparable + self.newly_asked + self.dropped + self.not_comparable

    @property
    def percent(self) -> int | None:
        """Comparability: comparable of all that either asks, rounded down so that only everything reads as 100."""
        return self.comparable * 100 // self.total if self.total else None


KeyMap = Callable[[str], str | None]
"""From the permanent key in the earlier framework to the key in the later one; None where it leads nowhere."""


def same_key(key: str) -> str | None:
    """The map of a framework onto itself."""
    return key


def compare(
    earlier: Iterable[Standing], later: Iterable[Standing], key_in_later: KeyMap = same_key
) -> tuple[Comparison, ...]:
    """Compare two baselines, in the order of the later one, then what was dropped in the order of the earlier.

    Where several earlier indicators lead to one later indicator, no single level went before it: it does not compare,
    and the first of them stands beside it; all are still asked, so none counts as dropped.
    """
    asked = {standing.key: standing for standing in later}
    before: dict[str, list[Standing]] = {}
    dropped: list[Standing] = []
    for standing in earlier:
        key = key_in_later(standing.key)
        if key in asked:
            before.setdefault(key or "", []).append(standing)
        else:
            dropped.append(standing)
    kept = (_compared(before.get(key, []), standing) for key, standing in asked.items())
    gone = (Comparison(old.key, old.area, Change.DROPPED, old, None) for old in dropped)
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


def _compared(before: list[Standing], after: Standing) -> Comparison:
    if not before:
        return Comparison(after.key, after.area, Change.NEWLY_ASKED, None, after)
    old = before[0]
    change = _change(old, after) if len(before) == 1 else Change.NOT_COMPARABLE
    return Comparison(after.key, after.area, change, old, after)


def _change(old: Standing, new: Standing) -> Change:
    if old.value is None or new.value is None or old.scale != new.scale:
        return Change.NOT_COMPARABLE
    if new.value == old.value:
        return Change.SAME
    return Change.IMPROVED if new.value > old.value else Change.WORSENED
