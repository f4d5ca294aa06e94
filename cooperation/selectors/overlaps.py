"""Who else does, or plans to do, what a need asks for: the engine's grades with what they are about, in words.

Compared with a need are the planned and running entries of the register that the viewer may see, and the proposed and
accepted matches of the same State that the viewer may see. Other matches of the same need are none of them: several
donors may carry one need together, and what they promise never adds up to more than it asks for.

Places and beneficiaries are words of people. Names that are much alike count as the same; where none is and one side
wrote a sentence instead of a name, they are not compared: words that differ must not hide an overlap.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from assessments import public
from cooperation import matching
from cooperation.enums import ActivityKind, MatchStatus
from cooperation.matching import NOT_DISCLOSED, NotDisclosed
from cooperation.matching.overlap import SIMILAR_FROM, similarity
from cooperation.models import AssistanceActivity, Match
from cooperation.models.assistance import ActivityQuerySet
from cooperation.models.matches import MatchQuerySet
from cooperation.selectors.territories import territory_chains
from cooperation.selectors.wording import Presenter, translated
from wam_portal.access import Viewer
from wam_portal.accounts.models import Territory

LONGEST_NAME: Final = 4
"""How many words a name of a place or of a group has at most; more are a sentence."""
ENGINE_KINDS: Final = {
    ActivityKind.PROJECT: matching.ActivityKind.PROJECT,
    ActivityKind.ACTION: matching.ActivityKind.PLANNED_ACTION,
}
_PARTS: Final = re.compile(r"[,;\n]")

Names = frozenset[str] | NotDisclosed


@dataclass(frozen=True, slots=True)
class AspectLine:
    """One aspect of two efforts. `likeness`: "same", "apart" or "unknown"."""

    label: str
    likeness: str
    sentence: str


@dataclass(frozen=True, slots=True)
class OverlapLine:
    """An effort that touches a need. One of `activity` and `match` says what it is."""

    grade: str
    grade_label: str
    advice: str
    summary: str
    aspects: tuple[AspectLine, ...]
    activity: AssistanceActivity | None = None
    match: Match | None = None

    @property
    def key(self) -> str:
        """What an acknowledgement names: the effort with its grade, so that one that became graver is new."""
        effort = self.activity or self.match
        return f"{effort.uuid}:{self.grade}" if effort else ""

    @property
    def title(self) -> str:
        """What the effort is called."""
        return self.activity.title if self.activity else str(self.match.request["title"] if self.match else "")

    @property
    def by(self) -> str:
        """Who gives the help."""
        return self.activity.provider_label if self.activity else str(self.match.donor if self.match else "")

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether a match is accepted beside it only with a reason."""
        return self.grade != matching.Grade.COMPLEMENT


def overlaps_of_match(viewer: Viewer, match: Match) -> tuple[OverlapLine, ...]:
    """What the viewer may see of efforts that touch the need of a match, gravest first."""
    chains = territory_chains()
    places, people = public.places_and_people(viewer, match.grant_uuid)
    scope = Words(places, people, str(match.request.get("description", "")))
    activities = live_activities(viewer).reaching(match.state.territory_id)
    return graded(need_of(match), scope, activities, _other_matches(viewer, match), chains, match.state.name)


def grave(lines: Iterable[OverlapLine]) -> tuple[OverlapLine, ...]:
    """Those beside which a match is accepted only with a reason."""
    return tuple(line for line in lines if line.needs_acknowledgement)


def need_of(match: Match) -> matching.Need:
    """The need of a match as it was disclosed, without the others of its request."""
    return matching.from_json(matching.Need, {**match.need, "siblings": []})


@dataclass(frozen=True, slots=True)
class Words:
    """What is disclosed of a need in words; None: nothing."""

    places: str | None
    people: str | None
    text: str

    def scope(self) -> matching.Scope:
        """The same as the engine takes it."""
        return matching.Scope(places=names_of(self.places), beneficiaries=names_of(self.people), text=self.text)


def graded(
    need: matching.Need,
    words: Words,
    activities: Iterable[AssistanceActivity],
    matches: Iterable[Match],
    chains: Mapping[int, matching.Territory],
    state_name: str,
) -> tuple[OverlapLine, ...]:
    """The efforts that touch the need. Activities need `included` prefetched."""
    ours = words.scope()
    by_id: dict[str, AssistanceActivity | Match] = {}
    efforts: list[matching.Activity] = []
    names: dict[str, str] = {}
    for activity in activities:
        by_id[str(activity.uuid)] = activity
        efforts.append(engine_effort(activity, ours, chains))
        names |= {place.code: place.label for place in activity.included.all()}
    for match in matches:
        by_id[str(match.uuid)] = match
        efforts.append(_of_match(match))
    found = matching.find_overlaps(need, efforts, scope=ours)
    presenter = Presenter({**names, need.state.code: state_name})
    return tuple(overlap_line(presenter, overlap, by_id[overlap.activity_id]) for overlap in found)


def names_of(text: str | None) -> Names:
    """The names in a text, which stand apart by commas, semicolons or lines."""
    if text is None:
        return NOT_DISCLOSED
    return frozenset(part.strip().rstrip(".") for part in _PARTS.split(text) if part.strip(" ."))


def compared(ours: Names, theirs: Names) -> Names:
    """`theirs` in the words of `ours` where two names are alike; nothing, where words cannot tell them apart."""
    if isinstance(ours, NotDisclosed) or isinstance(theirs, NotDisclosed) or not ours or not theirs:
        return theirs
    same = {name: next((own for own in sorted(ours) if _alike(own, name)), name) for name in sorted(theirs)}
    found = frozenset(same.values())
    if found.isdisjoint(ours) and any(len(name.split()) > LONGEST_NAME for name in (*ours, *theirs)):
        return frozenset()
    return found


def _alike(one: str, other: str) -> bool:
    first, second = one.casefold(), other.casefold()
    shorter, longer = sorted((first, second), key=len)
    if re.search(rf"\b{re.escape(shorter)}\b", longer):
        return True
    return (similarity(first, second) or 0) >= SIMILAR_FROM


def live_activities(viewer: Viewer) -> ActivityQuerySet:
    """The planned and running entries of the register that the viewer may see, with their places."""
    seen = AssistanceActivity.objects.visible_to(viewer).live()
    return seen.select_related("provider").prefetch_related("included").order_by("pk")


def _other_matches(viewer: Viewer, match: Match) -> MatchQuerySet:
    agreed = Match.objects.visible_to(viewer).filter(
        state=match.state_id, status__in=[MatchStatus.PROPOSED, MatchStatus.ACCEPTED]
    )
    others = agreed.exclude(need_uuid=match.need_uuid).order_by("pk")
    return others.select_related("donor", "state", "offer").defer("ledger", "rules", "why_not", "offered", "signed")


def engine_effort(
    activity: AssistanceActivity, ours: matching.Scope, chains: Mapping[int, matching.Territory]
) -> matching.Activity:
    """An entry of the register as the engine takes it, in the words of what it is compared with."""
    return matching.Activity(
        activity_id=str(activity.uuid),
        kind=ENGINE_KINDS[ActivityKind(activity.kind)],
        territories=frozenset(_territory(place, chains) for place in activity.included.all()),
        areas=frozenset(activity.functional_areas),
        types=frozenset(activity.assistance_types),
        period=_period(activity),
        scope=matching.Scope(
            places=compared(ours.places, names_of(activity.places)),
            beneficiaries=compared(ours.beneficiaries, names_of(activity.beneficiaries)),
            text=activity.description,
        ),
    )


def _of_match(match: Match) -> matching.Activity:
    """Another match: its need, of whose request this page shows neither places nor people."""
    effort = matching.activity_of(need_of(match), matching.Scope(text=str(match.request.get("description", ""))))
    return replace(effort, activity_id=str(match.uuid), kind=matching.ActivityKind.MATCH)


def _territory(place: Territory, chains: Mapping[int, matching.Territory]) -> matching.Territory:
    return chains.get(place.pk) or matching.Territory(place.code)


def _period(activity: AssistanceActivity) -> matching.Period | NotDisclosed:
    if activity.period_start is None or activity.period_end is None:
        return NOT_DISCLOSED
    return matching.Period(activity.period_start, activity.period_end)


def overlap_line(presenter: Presenter, overlap: matching.Overlap, effort: AssistanceActivity | Match) -> OverlapLine:
    """What the engine found, in the active language."""
    return OverlapLine(
        grade=overlap.grade.value,
        grade_label=translated(matching.GRADE_LABELS[overlap.grade]),
        advice=translated(matching.ADVICE_LABELS[overlap.advice]),
        summary=presenter.sentence(overlap.summary),
        aspects=tuple(
            AspectLine(
                translated(matching.ASPECT_LABELS[reason.aspect]),
                reason.likeness.value,
                presenter.sentence(reason.sentence),
            )
            for reason in overlap.reasons
        ),
        activity=effort if isinstance(effort, AssistanceActivity) else None,
        match=effort if isinstance(effort, Match) else None,
    )
