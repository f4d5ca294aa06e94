"""How answers pass from one version of a framework to the next: pure, along the item map of the new version.

An old indicator that the new version keeps under the same key stands for itself, unless the map names other sources
for that very key or drops it; others may take part of it besides. Where several old ones become one, the first that has
an answer which fits gives it; where one becomes several, each takes it, and what kept the key takes the answer itself.
What fits nowhere is named with its reason: an answer is carried over or listed, never lost.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from assessments.frameworks.tree import FrameworkTree, IndicatorView
from wam_portal.sentences import Sentence
from wam_portal.sentences import sentence as _


@dataclass(frozen=True, slots=True)
class Source:
    """Where an indicator of the new version comes from; `levels` turns old option keys into new ones."""

    keys: tuple[str, ...]
    levels: Mapping[str, str] = field(default_factory=dict)

    def level(self, option: str, indicator: IndicatorView) -> str | None:
        """The key of the option that an old level becomes; None where the new scale has no such level."""
        key = self.levels.get(option, option)
        return key if indicator.scale.find_option(key) else None


@dataclass(frozen=True, slots=True)
class ItemMap:
    """Sources by new key, with what keeps its key filled in, and reasons by dropped old key."""

    sources: Mapping[str, Source]
    dropped: Mapping[str, str]

    def successors(self, old: str) -> list[str]:
        """The new keys that come from an old one, the one that kept its key first."""
        found = [key for key, source in self.sources.items() if old in source.keys]
        return sorted(found, key=lambda key: key != old)

    def unmapped(self, old_keys: Iterable[str]) -> list[str]:
        """Old keys that are neither mapped nor dropped."""
        used = {key for source in self.sources.values() for key in source.keys} | set(self.dropped)
        return [key for key in old_keys if key not in used]


@dataclass(frozen=True, slots=True)
class Held:
    """What an answer holds that a new version must be able to take: keys of its level and own target, "" without.

    `code` is how people name its indicator; "" where they use the key.
    """

    option: str = ""
    target: str = ""
    code: str = ""


@dataclass(frozen=True, slots=True)
class Carried:
    """An answer that passes to the new version; `copy` where another indicator has taken the answer itself."""

    old: str
    new: str
    option: str = ""
    target: str = ""
    copy: bool = False


@dataclass(frozen=True, slots=True)
class Left:
    """An answer that cannot pass, and why: kept with it, and read in whatever language."""

    old: str
    reason: Sentence


@dataclass(frozen=True, slots=True)
class Passage:
    """What becomes of all answers."""

    carried: tuple[Carried, ...]
    left: tuple[Left, ...]


def stored_map(stored: Mapping[str, Any], old: Iterable[str], new: Iterable[str]) -> ItemMap:
    """The whole map between two versions, from what the newer one's file says and the keys of both."""
    named = {key: Source(tuple(item["from"]), item.get("levels", {})) for key, item in stored.get("items", {}).items()}
    dropped = {item["key"]: item["reason"] for item in stored.get("dropped", ())}
    return item_map(named, dropped, old, new)


def item_map(
    named: Mapping[str, Source], dropped: Mapping[str, str], old: Iterable[str], new: Iterable[str]
) -> ItemMap:
    """Fill in what keeps its key, in the order of the new version."""
    kept = set(old) - set(dropped)
    sources = {key: named.get(key) or Source((key,)) for key in new if key in named or key in kept}
    return ItemMap(sources, dropped)


def passage(answers: Mapping[str, Held], mapping: ItemMap, new: FrameworkTree) -> Passage:
    """Decide for every answer, given by the key of its old indicator, where it goes or why it stays behind."""
    carried: list[Carried] = []
    takers: dict[str, str] = {}
    for key, source in mapping.sources.items():
        indicator = new.find_indicator(key)
        found = None if indicator is None else _first_fitting(answers, source, indicator)
        if found is not None:
            carried.append(found)
            takers.setdefault(found.old, key)
            if found.old == key:
                takers[key] = key
    left = tuple(Left(old, _reason(old, answers, mapping, new, carried)) for old in answers if old not in takers)
    return Passage(tuple(replace(one, copy=takers[one.old] != one.new) for one in carried), left)


def _first_fitting(answers: Mapping[str, Held], source: Source, indicator: IndicatorView) -> Carried | None:
    for old in source.keys:
        if old in answers and (levels := _fitting(answers[old], source, indicator)) is not None:
            return Carried(old, indicator.key, *levels)
    return None


def _fitting(held: Held, source: Source, indicator: IndicatorView) -> tuple[str, str] | None:
    """The new keys of level and own target; None where the new scale cannot take one of them."""
    option = source.level(held.option, indicator) if held.option else ""
    target = source.level(held.target, indicator) if held.target else ""
    return None if option is None or target is None else (option, target)


def _reason(
    old: str, answers: Mapping[str, Held], mapping: ItemMap, new: FrameworkTree, carried: list[Carried]
) -> Sentence:
    if old in mapping.dropped:
        return not_asked(mapping.dropped[old])
    taken = {one.new: one.old for one in carried}
    for key in mapping.successors(old):
        indicator = new.find_indicator(key)
        if indicator is not None and key in taken and _fitting(answers[old], mapping.sources[key], indicator):
            return became_one(answers[taken[key]].code or taken[key])
    return another_scale()


def not_asked(reason: str) -> Sentence:
    """Why nothing takes what was said of a dropped indicator; `reason` is the author's."""
    return _("The newer version does not ask this any more: %(reason)s") % {"reason": reason}


def became_one(name: str) -> Sentence:
    """Why something else stands where this would go; `name` is the indicator from which that comes."""
    return _("Several indicators became one, and the answer to %(key)s was carried over.") % {"key": name}


def another_scale() -> Sentence:
    """Why a level has no place."""
    return _("The newer version rates this on another scale, which has no such level.")
