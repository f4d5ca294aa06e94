"""How widely people were heard: a pure figure over indicators, areas and counted participants.

An indicator is *touched* when a summary of a consultation speaks of it or an invited contributor rated it; an area is
when one of its indicators is. The share of women is taken of those whose sex was recorded: guessing the others would
make the figure say what nobody counted.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Heard:
    """People of one kind who took part, over all rounds."""

    kind: str
    women: int = 0
    men: int = 0
    unrecorded: int = 0

    def __post_init__(self) -> None:
        if min(self.women, self.men, self.unrecorded) < 0:
            raise ValueError("nobody counts below zero")

    @property
    def total(self) -> int:
        """All of them."""
        return self.women + self.men + self.unrecorded


@dataclass(frozen=True, slots=True)
class Share:
    """Some of all."""

    part: int
    whole: int

    @property
    def value(self) -> Fraction | None:
        """From 0 to 1; None of nothing."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def percent(self) -> int | None:
        """In whole percent, rounded down so that only all reads as 100; None of nothing."""
        return self.part * 100 // self.whole if self.whole else None


@dataclass(frozen=True, slots=True)
class Participation:
    """The figure for a baseline. `women` is of those whose sex was recorded; `kinds` are those who came."""

    indicators: Share
    areas: Share
    women: Share
    kinds: tuple[Heard, ...]

    @property
    def people(self) -> int:
        """Everybody who took part; who came to two rounds counts twice."""
        return sum(heard.total for heard in self.kinds)


def participation_of(
    areas: Mapping[str, Collection[str]], touched: Iterable[str], heard: Iterable[Heard]
) -> Participation:
    """Work the figure out from the indicators of each area, the keys that were touched, and who was counted.

    What was touched outside these areas does not count. Kinds keep the order of their first appearance.
    """
    seen = set(touched)
    people: dict[str, Heard] = {}
    for item in heard:
        before = people.get(item.kind, Heard(item.kind))
        women, men = before.women + item.women, before.men + item.men
        people[item.kind] = Heard(item.kind, women, men, before.unrecorded + item.unrecorded)
    kinds = tuple(item for item in people.values() if item.total)
    women = sum(item.women for item in kinds)
    asked = [set(keys) for keys in areas.values() if keys]
    return Participation(
        indicators=Share(sum(len(keys & seen) for keys in asked), sum(len(keys) for keys in asked)),
        areas=Share(sum(bool(keys & seen) for keys in asked), len(asked)),
        women=Share(women, women + sum(item.men for item in kinds)),
        kinds=kinds,
    )
