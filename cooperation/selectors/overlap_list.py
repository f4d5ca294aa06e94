"""The standing list of coordinators: where what was released to them and what they can see of assistance overlap.

Of a request stands here what every list of granted requests shows, and which aspects are the same; what a grant says
beyond that is read on its own page, where the State's log notes it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from assessments import public
from cooperation import matching
from cooperation.models import AssistanceActivity
from cooperation.selectors.overlaps import OverlapLine, Words, engine_effort, live_activities, overlap_line
from cooperation.selectors.territories import territory_chains
from cooperation.selectors.wording import Presenter, area_label
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible

GRADES: Final = {grade.value: place for place, grade in enumerate(matching.Grade)}


@dataclass(frozen=True, slots=True)
class NeedOverlap:
    """A need of a granted request, and an entry of the register that touches it."""

    released: public.ReleasedRequest
    need_id: str
    area: str
    line: OverlapLine

    @property
    def area_label(self) -> str:
        """The functional area by its name."""
        return area_label(self.area)

    def aspects(self, likeness: str) -> list[str]:
        """The aspects that are "same", "apart" or "unknown"."""
        return [aspect.label for aspect in self.line.aspects if aspect.likeness == likeness]


def overlaps_released_to(viewer: Viewer) -> list[NeedOverlap]:
    """All of them, gravest first, then by State, request and entry; the same few queries however many there are.

    Raises `NotVisible` for everybody but coordinators.
    """
    if not (viewer.party.coordinates and viewer.has_role(Role.COORDINATOR)):
        raise NotVisible
    chains = territory_chains()
    reached = _by_territory_and_area(viewer)
    found = [
        overlap
        for released in public.releases_for(viewer).newest_of_each_request()
        for need in released.needs
        for overlap in _of_need(released, need, reached, chains)
    ]
    found.sort(
        key=lambda row: (GRADES[row.line.grade], row.released.state.name, row.released.reference, row.line.title)
    )
    return found


def needs_with_help(viewer: Viewer) -> frozenset[str]:
    """The needs released to a coordinator which running or planned help of the register touches, not only complements.

    Raises `NotVisible` for everybody but coordinators.
    """
    return frozenset(row.need_id for row in overlaps_released_to(viewer) if row.line.needs_acknowledgement)


def _by_territory_and_area(viewer: Viewer) -> dict[tuple[int, str], list[AssistanceActivity]]:
    """Only what shares a State and an area can touch a need, so nothing else is compared."""
    activities = {activity.pk: activity for activity in live_activities(viewer)}
    through = AssistanceActivity.reaches.through.objects
    held = public.releases_for(viewer).territory_ids()
    rows = through.filter(assistanceactivity__in=list(activities), territory__in=held).order_by("pk")
    found: dict[tuple[int, str], list[AssistanceActivity]] = {}
    for territory, activity in rows.values_list("territory", "assistanceactivity"):
        for area in activities[activity].functional_areas:
            found.setdefault((territory, area), []).append(activities[activity])
    return found


def _of_need(
    released: public.ReleasedRequest,
    need: Mapping[str, Any],
    reached: Mapping[tuple[int, str], list[AssistanceActivity]],
    chains: Mapping[int, matching.Territory],
) -> Iterator[NeedOverlap]:
    territory = released.state.territory_id or 0
    area = str(need["functional_area"])
    candidates = reached.get((territory, area), [])
    if not candidates or territory not in chains:
        return
    content = released.content
    words = Words(content.get("places"), content.get("beneficiaries"), str(need.get("description", "")))
    ours = matching.Activity(
        activity_id=str(need["uuid"]),
        kind=matching.ActivityKind.NEED,
        territories=frozenset((chains[territory],)),
        areas=frozenset((area,)),
        types=frozenset(need["assistance_types"]),
        period=_period(content["period"]),
        scope=words.scope(),
    )
    for activity in candidates:
        overlap = matching.compare(ours, engine_effort(activity, ours.scope, chains))
        if overlap is not None:
            yield NeedOverlap(released, str(need["uuid"]), area, overlap_line(Presenter(), overlap, activity))


def _period(content: Mapping[str, str | None]) -> matching.Period | matching.NotDisclosed:
    start, end = content["start"], content["end"]
    if start is None or end is None:
        return matching.NOT_DISCLOSED
    return matching.Period(date.fromisoformat(start), date.fromisoformat(end))
