"""Territories as the matching engine takes them, and which countries an offer reaches."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from cooperation import matching
from cooperation.matching.rules import reach
from wam_portal.accounts.enums import TerritoryKind
from wam_portal.accounts.models import Territory


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
    return sorted(Territory.objects.order_by("name", "code"), key=lambda row: row.kind == TerritoryKind.COUNTRY)


def place_tree() -> list[PlaceNode]:
    """All territories as a tree, the world as its root; one query."""
    below: dict[int | None, list[Territory]] = {}
    for row in Territory.objects.order_by("name", "code"):
        below.setdefault(row.parent_id, []).append(row)

    def nodes(parent: int | None) -> list[PlaceNode]:
        rows = sorted(below.get(parent, []), key=lambda row: row.kind == TerritoryKind.COUNTRY)
        return [PlaceNode(row.code, row.name, row.kind, nodes(row.pk)) for row in rows]

    return nodes(None)
