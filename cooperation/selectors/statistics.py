"""Figures of offers, requests and matches by year and region: one's own, and of all others where nobody shows.

One's own figures are counted exactly. Those of all others follow the rule of `selectors.demand`: fixed cells of one
year and one region, each figure told when at least five States stand behind it (and not where that is every State of
the region), rounded down to five, without what the reader is part of. What is not told is told as nothing.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Final

from django.db.models import Count, Min, Q, Sum
from django.db.models.functions import ExtractYear

from assessments import public
from cooperation.enums import MatchStatus, OfferStatus, RefusalKind, Side
from cooperation.models import Match, MatchEvent
from cooperation.models.matches import STATE_READERS, MatchQuerySet
from cooperation.selectors.demand import LEAST_STATES, World, rounded
from cooperation.selectors.offers import offers_for
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible
from wam_portal.formats import format_money

SYSTEM: Final = SystemViewer("matching")
STATISTICS_READERS: Final = (Role.OFFERING_MEMBER, Role.COORDINATOR, *STATE_READERS)
DECIDED: Final = (MatchStatus.ACCEPTED, MatchStatus.DECLINED)
SHOWN: Final = ("suggested", MatchStatus.PROPOSED, *DECIDED, MatchStatus.WITHDRAWN)
"""What a line counts: all eligible suggestions of the year, and how many of them stand where now."""


@dataclass(frozen=True, slots=True)
class Line:
    """One year, or one region in one year. `suggested` counts all that the others are part of.

    `days`: the median number of days from a proposal to its answer; None where nothing was answered.
    `agreed`: the amounts accepted, by currency, never added up.
    """

    year: int
    region: str
    suggested: int = 0
    proposed: int = 0
    accepted: int = 0
    declined: int = 0
    withdrawn: int = 0
    days: float | None = None
    agreed: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Shared:
    """How many requests were shared and offers published in a year, as far as they are open to the reader today."""

    year: int
    requests: int
    offers: int


@dataclass(frozen=True, slots=True)
class Refusal:
    """How often one side gave one kind of reason."""

    side: str
    reason: str
    count: int


@dataclass(frozen=True, slots=True)
class Statistics:
    """Everything that the page says. `others`: cells of all others that may be told, newest first."""

    shared: tuple[Shared, ...]
    years: tuple[Line, ...]
    regions: tuple[Line, ...]
    refusals: tuple[Refusal, ...]
    others: tuple[Line, ...]


def statistics_for(viewer: Viewer) -> Statistics:
    """The figures for a reader; a fixed number of statements, whatever the number of matches. Raises `NotVisible`."""
    if not viewer.has_role(*STATISTICS_READERS):
        raise NotVisible
    world = World.load()
    own = Match.objects.visible_to(viewer)
    years, regions = _own_lines(own, world)
    return Statistics(
        shared=_shared(viewer),
        years=years,
        regions=regions,
        refusals=_refusals(own),
        others=_others(viewer, world),
    )


def _counted(matches: MatchQuerySet) -> MatchQuerySet:
    """One row a pair: what a newer suggestion replaced is counted there, and what breaks a rule was never on offer."""
    return matches.filter(eligible=True).exclude(status=MatchStatus.SUPERSEDED)


@dataclass
class _Cell:
    counts: Counter[str] = field(default_factory=Counter)
    days: list[float] = field(default_factory=list)
    agreed: Counter[str] = field(default_factory=Counter)

    def line(self, year: int, region: str) -> Line:
        return Line(
            year=year,
            region=region,
            suggested=self.counts.total(),
            proposed=self.counts[MatchStatus.PROPOSED],
            accepted=self.counts[MatchStatus.ACCEPTED],
            declined=self.counts[MatchStatus.DECLINED],
            withdrawn=self.counts[MatchStatus.WITHDRAWN],
            days=median(self.days) if self.days else None,
            agreed=tuple(format_money(minor, currency) for currency, minor in sorted(self.agreed.items())),
        )


def _own_lines(own: MatchQuerySet, world: World) -> tuple[tuple[Line, ...], tuple[Line, ...]]:
    cells: dict[tuple[int, str], _Cell] = defaultdict(_Cell)
    year = ExtractYear("created_at")
    rows = (
        _counted(own)
        .order_by()
        .values_list(year, "state__territory", "status", "offer__currency")
        .annotate(found=Count("pk"), agreed=Sum("amount_minor", filter=Q(status=MatchStatus.ACCEPTED)))
    )
    for made, territory, status, currency, found, agreed in rows:
        for place in ("", world.region_name(territory)):
            cell = cells[made, place]
            cell.counts[status] += found
            if agreed:
                cell.agreed[currency] += agreed
    for made, territory, days in _answers(own):
        for place in ("", world.region_name(territory)):
            cells[made, place].days.append(days)
    lines = [cells[key].line(*key) for key in sorted(cells, key=lambda key: (-key[0], key[1]))]
    return tuple(line for line in lines if not line.region), tuple(line for line in lines if line.region)


def _answers(own: MatchQuerySet) -> Iterable[tuple[int, int | None, float]]:
    """Year, territory and days from the first proposal to the answer, of each match that was answered."""
    decided = MatchEvent.objects.filter(match__in=_counted(own).filter(status__in=DECIDED).values("pk"))
    rows = (
        decided.order_by()
        .values_list("match", ExtractYear("match__created_at"), "match__state__territory")
        .annotate(
            asked=Min("at", filter=Q(status=MatchStatus.PROPOSED)),
            answered=Min("at", filter=Q(status__in=DECIDED)),
        )
        .filter(asked__isnull=False, answered__isnull=False)
    )
    for _match, year, territory, asked, answered in rows:
        yield year, territory, _days(asked, answered)


def _days(asked: datetime, answered: datetime) -> float:
    return (answered - asked) / timedelta(days=1)


def _refusals(own: MatchQuerySet) -> tuple[Refusal, ...]:
    rows = (
        own.filter(status=MatchStatus.DECLINED)
        .order_by()
        .values_list("declined_by", "decline_kind")
        .annotate(found=Count("pk"))
    )
    found = [(Side(side), RefusalKind(kind), count) for side, kind, count in rows]
    order = list(RefusalKind)
    found.sort(key=lambda row: (row[0], -row[2], order.index(row[1])))
    return tuple(Refusal(str(side.label), str(kind.label), count) for side, kind, count in found)


def _shared(viewer: Viewer) -> tuple[Shared, ...]:
    asked = public.requests_shared_by_year(viewer)
    published = offers_for(viewer).filter(published_at__isnull=False).exclude(status=OfferStatus.DRAFT).order_by()
    offers = dict(published.values_list(ExtractYear("published_at")).annotate(found=Count("pk", distinct=True)))
    years = sorted({*asked, *offers}, reverse=True)
    return tuple(Shared(year, asked.get(year, 0), offers.get(year, 0)) for year in years)


def _others(viewer: Viewer, world: World) -> tuple[Line, ...]:
    """What may be told of all whom the reader has no part in."""
    foreign = _counted(Match.objects.visible_to(SYSTEM)).exclude(Q(state=viewer.party) | Q(donor=viewer.party))
    rows = (
        foreign.order_by()
        .values_list(ExtractYear("created_at"), "state", "status", "state__territory")
        .annotate(found=Count("pk"))
    )
    counts: dict[tuple[int, str], Counter[str]] = defaultdict(Counter)
    states: dict[tuple[int, str], dict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
    for year, state, status, territory, found in rows:
        region = world.regions.get(territory, "")
        for name in ("suggested", status):
            counts[year, region][name] += found
            states[year, region][name].add(state)
    lines = []
    for year, region in sorted(counts, key=lambda key: (-key[0], world.names.get(key[1], ""))):
        told = {
            name: rounded(counts[year, region][name])
            for name in SHOWN
            if LEAST_STATES <= len(states[year, region][name]) < world.countries.get(region, 0)
        }
        if any(told.values()):
            lines.append(_told_line(year, world.names[region], told))
    return tuple(lines)


def _told_line(year: int, region: str, told: dict[str, int]) -> Line:
    return Line(
        year=year,
        region=region,
        suggested=told.get("suggested", 0),
        proposed=told.get(MatchStatus.PROPOSED, 0),
        accepted=told.get(MatchStatus.ACCEPTED, 0),
        declined=told.get(MatchStatus.DECLINED, 0),
        withdrawn=told.get(MatchStatus.WITHDRAWN, 0),
    )
