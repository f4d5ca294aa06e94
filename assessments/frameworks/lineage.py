"""Which indicator of one version of a framework is which of another: pure, along the item maps of the versions between.

Each version may say which one it replaces and what became of whose question (`FrameworkVersion.item_map`). Read step
by step these maps join any two versions of one line, in either direction. Between versions that do not follow each
other, an indicator is found by its permanent key.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

Levels = tuple[Mapping[str, str], ...]
"""What keys of levels became, one map a step, from the older version to the newer."""


@dataclass(frozen=True, slots=True)
class Relative:
    """The same indicator in another version.

    `levels` lead from the older of the two versions to the newer; `is_older` says whether this relative is the one in
    the older. A map that names nothing leaves each level where it was.
    """

    key: str
    levels: Levels = ()
    is_older: bool = True

    @property
    def renames_levels(self) -> bool:
        """Whether a framework's author said what levels became; else only equal scales compare."""
        return any(self.levels)

    def in_newer(self, level: str) -> str:
        """The key in the newer version of a level of the older one."""
        for step in self.levels:
            level = step.get(level, level)
        return level


Step = Callable[[str, Mapping[str, Any]], list[tuple[str, Mapping[str, str]]]]


@dataclass(frozen=True, slots=True)
class Lineage:
    """All published versions of one framework: their stored item maps by version number, {} for one without."""

    maps: Mapping[str, Mapping[str, Any]]

    def relatives(self, key: str, version: str, other: str) -> tuple[Relative, ...]:
        """What an indicator of a version is in another one, in the order in which a map names them."""
        if version == other:
            return (Relative(key),)
        if (back := self._way(version, other)) is not None:
            found = _walk(key, back, origins)
            return tuple(Relative(one, tuple(reversed(levels))) for one, levels in found.items())
        if (forth := self._way(other, version)) is not None:
            found = _walk(key, list(reversed(forth)), heirs)
            return tuple(Relative(one, levels, is_older=False) for one, levels in found.items())
        return (Relative(key),)

    def _way(self, newer: str, older: str) -> list[Mapping[str, Any]] | None:
        """The maps from a version back to one before it, newest first; None where it does not come from it."""
        way: list[Mapping[str, Any]] = []
        seen = {newer}
        while newer != older:
            way.append(self.maps.get(newer, {}))
            newer = way[-1].get("version", "")
            if newer in seen or newer not in self.maps:
                return None
            seen.add(newer)
        return way


def origins(key: str, stored: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """The indicators of the replaced version that one came from, with what their levels became."""
    named = stored.get("items", {}).get(key)
    if named is not None:
        return [(old, named.get("levels", {})) for old in named["from"]]
    return [] if key in _dropped(stored) else [(key, {})]


def heirs(key: str, stored: Mapping[str, Any]) -> list[tuple[str, Mapping[str, str]]]:
    """The indicators that one of the replaced version became, with what its levels became; the one of its key first.

    A map does not say whether the newer version still has the key: where it has not, nobody finds it there.
    """
    items = stored.get("items", {})
    named = [(new, item.get("levels", {})) for new, item in items.items() if key in item["from"]]
    own: list[tuple[str, Mapping[str, str]]] = [] if key in items or key in _dropped(stored) else [(key, {})]
    return [*own, *named]


def _dropped(stored: Mapping[str, Any]) -> set[str]:
    return {dropped["key"] for dropped in stored.get("dropped", ())}


def _walk(key: str, way: list[Mapping[str, Any]], step: Step) -> dict[str, Levels]:
    """Follow a key along maps; where two ways lead to one indicator, the first stands."""
    found: dict[str, Levels] = {key: ()}
    for stored in way:
        further: dict[str, Levels] = {}
        for one, levels in found.items():
            for following, named in step(one, stored):
                further.setdefault(following, (*levels, named))
        found = further
    return found
