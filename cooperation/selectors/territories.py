"""Territories as the matching engine takes them, and which countries an offer reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from cooperation import matching
from cooperation.matching.rules import reach
from wam_portal.accounts.enums import TerritoryKind
from wam_portal.accounts.models import Territory
from wam_portal.formats import alphabetical


def territory_chains() -> dict[int, matching.Territory]:
    """Every territory with the regions above it, nearest first, by primary key; one query."""
    rows = {pk: (code, parent) for pk, code, parent in Territory.objects.values_list("pk", "code", "parent_id")}
    return {
        pk: matching.Territory(code, tuple(_above(rows, parent)))
        for pk, (code, parent) in rows.items()
        if code != matching.WORLD
    }


def _above(rows: Mapping[int, tuple[str, int | None]], parent: int | None) -> Iterator[str]:
    while parent is not None:
        code, parent = rows[parent]
        yield code


def countries_reached(included: Collection[str], excluded: Collection[str]) -> list[int]:
    """Primary keys of the countries that an offer with these territory codes reaches, by the engine's own rule."""
    countries = set(Territory.objects.filter(kind=TerritoryKind.COUNTRY).values_list("pk", flat=True))
    return [
        pk
        for pk, chain in territory_chains().items()
        if pk in countries and not reach(chain, frozenset(included), frozenset(excluded)).failed
    ]


@dataclass(frozen=True, slots=True)
class PlaceNode:
    """A territory with those that are part of it, regions before countries, each by name."""

    code: str
    name: str
    kind: str
    children: list[PlaceNode]


def places_by_code() -> list[Territory]:
    """All territories, regions before countries, each by name."""
    return _sorted(Territory.objects.all())


def place_tree() -> list[PlaceNode]:
    """All territories as a tree, the world as its root; one query."""
    below: dict[int | None, list[Territory]] = {}
    for row in _sorted(Territory.objects.all()):
        below.setdefault(row.parent_id, []).append(row)

    def nodes(parent: int | None) -> list[PlaceNode]:
        return [PlaceNode(row.code, row.label, row.kind, nodes(row.pk)) for row in below.get(parent, [])]

    return nodes(None)


def _sorted(rows: Iterable[Territory]) -> list[Territory]:
    """Regions before countries, each by name in the language of the reader."""
    return sorted(rows, key=lambda row: (row.kind == TerritoryKind.COUNTRY, alphabetical(row.label), row.code))
