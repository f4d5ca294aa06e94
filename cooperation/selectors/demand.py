"""What States ask for, told to a donor who drafts an offer without telling who asks.

The figures are those of fixed cells: one functional area, or one type of assistance, in one region below the world.
What is chosen in the editor picks cells out of the table and never changes whom a cell counts, so two questions that
differ by one choice are answered from the same figures. Cells do not nest: there is no total.

A cell counts only what was neither granted to the reader nor is the reader's own: the reader knows that and could
subtract it. It is told when at least five States stand behind it, but not where that is every State of the region.
Numbers are rounded down to five, so that one State or request more or less seldom shows. Whatever is not told is told
as nothing: no row, no zero, no hint.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from assessments import public
from cooperation import matching
from cooperation.matching.rules import reach
from cooperation.permissions import can_offer
from cooperation.selectors.territories import territory_chains
from cooperation.selectors.wording import LABELS
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.enums import TerritoryKind
from wam_portal.accounts.models import Territory
from wam_portal.formats import format_place

LEAST_STATES: Final = 5
STEP: Final = 5
SYSTEM: Final = SystemViewer("matching")


@dataclass(frozen=True, slots=True)
class DemandCell:
    """At least `requests` requests of at least `states` States in the region ask for this area or type."""

    region: str
    kind: str
    label: str
    states: int
    requests: int


def demand_for(
    viewer: Viewer,
    *,
    areas: Collection[str],
    types: Collection[str],
    included: Collection[str],
    excluded: Collection[str],
) -> list[DemandCell]:
    """The cells of the chosen areas and types in the regions that the chosen places touch; nothing for who offers not.

    Codes that do not exist are left out.
    """
    rows = [("areas", code) for code in areas if code in LABELS["areas"]]
    rows += [("types", code) for code in types if code in LABELS["types"]]
    if not can_offer(viewer) or not rows or not included:
        return []
    world = World.load()
    touched = world.touched(frozenset(included), frozenset(excluded))
    own = set(public.releases_for(viewer).request_uuids())
    unknown = (
        line
        for line in public.lines_shared_with_anybody(SYSTEM)
        if line.request_uuid not in own and line.state_id != viewer.party.pk
    )
    told = _told(_counted(unknown, world.regions), world.countries)
    return [
        DemandCell(world.names[region], kind, str(LABELS[kind][code]), *told[region, kind, code])
        for region in sorted(touched, key=lambda code: world.names[code])
        for kind, code in rows
        if (region, kind, code) in told
    ]


Cell = tuple[str, str, str]
"""Region, kind ("areas" or "types"), code."""


@dataclass(frozen=True, slots=True)
class World:
    """`regions`: of every territory the code of the region right below the world; `countries`: how many each has."""

    chains: dict[int, matching.Territory]
    regions: dict[int, str]
    countries: dict[str, int]
    country_keys: frozenset[int]
    names: dict[str, str]

    @classmethod
    def load(cls) -> World:
        """All territories; two queries."""
        chains = territory_chains()
        regions = {pk: chain.chain[-2][0] for pk, chain in chains.items()}
        rows = list(Territory.objects.values_list("pk", "code", "name", "kind"))
        keys = frozenset(pk for pk, _code, _name, kind in rows if kind == TerritoryKind.COUNTRY)
        names = {code: format_place(code, name) for _pk, code, name, _kind in rows}
        return cls(chains, regions, Counter(regions[pk] for pk in keys), keys, names)

    def region_name(self, territory: int | None) -> str:
        """The name of the region right below the world that holds a territory; a dash for one in none."""
        return self.names.get(self.regions.get(territory or 0, ""), "–")

    def touched(self, included: frozenset[str], excluded: frozenset[str]) -> set[str]:
        """The regions of the countries that an offer with these places reaches."""
        return {self.regions[pk] for pk in self.country_keys if not reach(self.chains[pk], included, excluded).failed}


def _counted(lines: Iterable[public.ReleasedLine], regions: dict[int, str]) -> dict[Cell, tuple[set[int], set[UUID]]]:
    """The States and requests behind every cell."""
    cells: dict[Cell, tuple[set[int], set[UUID]]] = defaultdict(lambda: (set(), set()))
    for line in lines:
        if line.territory_id not in regions:
            continue
        region = regions[line.territory_id]
        keys = [("areas", line.functional_area), *(("types", code) for code in line.assistance_types)]
        for kind, code in keys:
            states, requests = cells[region, kind, code]
            states.add(line.state_id)
            requests.add(line.request_uuid)
    return cells


def _told(cells: dict[Cell, tuple[set[int], set[UUID]]], countries: dict[str, int]) -> dict[Cell, tuple[int, int]]:
    return {
        key: (rounded(len(states)), rounded(len(requests)))
        for key, (states, requests) in cells.items()
        if LEAST_STATES <= len(states) < countries.get(key[0], 0)
    }


def rounded(number: int) -> int:
    """Down to the next five."""
    return number - number % STEP
