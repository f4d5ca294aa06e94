"""Who already does, or plans to do, what a need asks for: duplicate, overlap or complement, with every reason.

An effort is compared with another by seven aspects. They must share a State (or a region that holds it) and a
functional area, or there is nothing to say. Then:

    duplicate    a type of help in common, periods that overlap, and the same places, beneficiaries or description
    complement   no type in common, or periods apart, or other places and beneficiaries: one can build on the other
    overlap      all else: nothing sets them apart, but what is disclosed does not prove them the same

The comparison is symmetric. What is not disclosed never makes a duplicate and never sets efforts apart.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, TypeAlias

from rapidfuzz import fuzz, utils

from cooperation.matching import shown
from cooperation.matching.ranking import check_unique
from cooperation.matching.results import Sentence, Shown
from cooperation.matching.values import NOT_DISCLOSED, Maybe, Need, NotDisclosed, Period, Territory

SIMILAR_FROM: Final = 70
"""From how many of 100 two descriptions count as similar, whatever the order of their words. Our choice."""


class ActivityKind(StrEnum):
    """What an activity is; all are compared alike."""

    NEED = "need"
    PROJECT = "project"
    MATCH = "match"
    PLANNED_ACTION = "planned_action"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where, for whom and what in words, as far as it is disclosed. places: coarse, never a site."""

    places: Maybe[frozenset[str]] = NOT_DISCLOSED
    beneficiaries: Maybe[frozenset[str]] = NOT_DISCLOSED
    text: Maybe[str] = NOT_DISCLOSED


@dataclass(frozen=True, slots=True, kw_only=True)
class Activity:
    """A running project, a pending match or a planned action, as far as the reader may see it.

    territories: the States (several where it crosses a border) or whole regions that it reaches. An empty set of types,
    places or beneficiaries says nothing about them, like one that is not disclosed.
    Raises ValueError without a territory or an area: such an activity cannot be compared.
    """

    activity_id: str
    kind: ActivityKind
    territories: frozenset[Territory]
    areas: frozenset[str]
    types: Maybe[frozenset[str]] = NOT_DISCLOSED
    period: Maybe[Period] = NOT_DISCLOSED
    scope: Scope = Scope()

    def __post_init__(self) -> None:
        if not self.territories or not self.areas:
            raise ValueError("an activity needs a territory and a functional area")


class Aspect(StrEnum):
    """What two efforts are compared by, in the order in which it is shown."""

    STATE = "state"
    AREA = "area"
    TYPE = "type"
    PERIOD = "period"
    PLACES = "places"
    BENEFICIARIES = "beneficiaries"
    TEXT = "text"


class Likeness(StrEnum):
    """How one aspect of two efforts compares."""

    SAME = "same"
    APART = "apart"
    UNKNOWN = "unknown"


class Grade(StrEnum):
    """How two efforts stand to each other, gravest first."""

    DUPLICATE = "duplicate"
    OVERLAP = "overlap"
    COMPLEMENT = "complement"


class Advice(StrEnum):
    """What is offered to do about it."""

    MERGE = "merge"
    COORDINATE = "coordinate"
    SEQUENCE = "sequence"


@dataclass(frozen=True, slots=True)
class OverlapReason:
    """One aspect with both values and its sentence."""

    aspect: Aspect
    likeness: Likeness
    need_value: Shown
    activity_value: Shown
    sentence: Sentence


@dataclass(frozen=True, slots=True, kw_only=True)
class Overlap:
    """An activity that touches the need, graded. reasons: every aspect, also those that say nothing."""

    activity_id: str
    kind: ActivityKind
    grade: Grade
    advice: Advice
    summary: Sentence
    reasons: tuple[OverlapReason, ...]

    @property
    def needs_acknowledgement(self) -> bool:
        """Whether a match may be committed only with an acknowledgement and a reason."""
        return self.grade is not Grade.COMPLEMENT


def find_overlaps(need: Need, activities: Iterable[Activity], *, scope: Scope = Scope()) -> tuple[Overlap, ...]:
    """The activities that touch the need, gravest first, then by identifier. Those that do not are not mentioned.

    scope: the need's places, beneficiaries and description, as far as they are disclosed. Give only what the reader may
    see. Raises ValueError when an activity stands twice.
    """
    given = list(activities)
    check_unique([activity.activity_id for activity in given])
    ours = activity_of(need, scope)
    found = [overlap for activity in given if (overlap := compare(ours, activity)) is not None]
    order = list(Grade)
    return tuple(sorted(found, key=lambda overlap: (order.index(overlap.grade), overlap.activity_id)))


def activity_of(need: Need, scope: Scope = Scope()) -> Activity:
    """The need as an effort to compare with others."""
    return Activity(
        activity_id=need.need_id,
        kind=ActivityKind.NEED,
        territories=frozenset((need.state,)),
        areas=frozenset((need.area,)),
        types=need.types,
        period=need.period,
        scope=scope,
    )


def compare(one: Activity, other: Activity) -> Overlap | None:
    """How `other` stands to `one`, told from the side of `one`; None where they share no State or no area."""
    state, area = _territories(one, other), _sets(Aspect.AREA, "areas", one.areas, other.areas)
    if Likeness.APART in {state.likeness, area.likeness}:
        return None
    type_, period = _sets(Aspect.TYPE, "types", one.types, other.types), _periods(one.period, other.period)
    places = _sets(Aspect.PLACES, "texts", one.scope.places, other.scope.places)
    people = _sets(Aspect.BENEFICIARIES, "texts", one.scope.beneficiaries, other.scope.beneficiaries)
    text = _texts(one.scope.text, other.scope.text)
    grade = _grade(type_.likeness, period.likeness, _reach(places.likeness, people.likeness, text.likeness))
    return Overlap(
        activity_id=other.activity_id,
        kind=other.kind,
        grade=grade,
        advice=_advice(grade, period.likeness),
        summary=Sentence(f"overlap.{grade}"),
        reasons=(state, area, type_, period, places, people, text),
    )


def _grade(type_: Likeness, period: Likeness, reach: Likeness) -> Grade:
    if Likeness.APART in {type_, period, reach}:
        return Grade.COMPLEMENT
    return Grade.DUPLICATE if {type_, period, reach} == {Likeness.SAME} else Grade.OVERLAP


def _reach(places: Likeness, people: Likeness, text: Likeness) -> Likeness:
    """Same places, beneficiaries or description are enough; else places or beneficiaries that differ set apart."""
    if Likeness.SAME in {places, people, text}:
        return Likeness.SAME
    return Likeness.APART if Likeness.APART in {places, people} else Likeness.UNKNOWN


def _advice(grade: Grade, period: Likeness) -> Advice:
    if grade is Grade.DUPLICATE:
        return Advice.MERGE
    return Advice.SEQUENCE if period is Likeness.APART else Advice.COORDINATE


def _reason(aspect: Aspect, likeness: Likeness, values: tuple[Shown, Shown], **more: Shown) -> OverlapReason:
    one, other = values
    sentence = Sentence(f"overlap.{aspect}_{likeness}", (("one", one), ("other", other), *more.items()))
    return OverlapReason(aspect, likeness, one, other, sentence)


def _territories(one: Activity, other: Activity) -> OverlapReason:
    ours, theirs = _codes(one), _codes(other)
    pairs = [(first, second) for first in one.territories for second in other.territories]
    # Of a region and a State in it, the State is what both reach.
    shared = {first.code for first, second in pairs if second.code in {code for code, _ in first.chain}}
    shared |= {second.code for first, second in pairs if first.code in {code for code, _ in second.chain}}
    values = Shown("territories", (ours, ())), Shown("territories", (theirs, ()))
    common = Shown("territories", (tuple(sorted(shared)), ()))
    return _reason(Aspect.STATE, Likeness.SAME if shared else Likeness.APART, values, common=common)


def _codes(activity: Activity) -> tuple[str, ...]:
    return tuple(sorted(territory.code for territory in activity.territories))


Codes: TypeAlias = Maybe[frozenset[str]]


def _sets(aspect: Aspect, kind: str, one: Codes, other: Codes) -> OverlapReason:
    values = shown.codes(kind, one), shown.codes(kind, other)
    if isinstance(one, NotDisclosed) or isinstance(other, NotDisclosed) or not one or not other:
        return _reason(aspect, Likeness.UNKNOWN, values)
    likeness = Likeness.APART if one.isdisjoint(other) else Likeness.SAME
    return _reason(aspect, likeness, values, common=shown.codes(kind, one & other))


def _periods(one: Maybe[Period], other: Maybe[Period]) -> OverlapReason:
    values = _period(one), _period(other)
    if isinstance(one, NotDisclosed) or isinstance(other, NotDisclosed):
        return _reason(Aspect.PERIOD, Likeness.UNKNOWN, values)
    shared = one.overlap_days(other)
    return _reason(Aspect.PERIOD, Likeness.SAME if shared else Likeness.APART, values, shared=Shown("days", shared))


def _period(value: Maybe[Period]) -> Shown:
    return shown.UNKNOWN if isinstance(value, NotDisclosed) else shown.period(value)


def _texts(one: Maybe[str], other: Maybe[str]) -> OverlapReason:
    values = shown.one("text", one), shown.one("text", other)
    if isinstance(one, NotDisclosed) or isinstance(other, NotDisclosed):
        return _reason(Aspect.TEXT, Likeness.UNKNOWN, values)
    alike = similarity(one, other)
    if alike is None:
        return _reason(Aspect.TEXT, Likeness.UNKNOWN, values)
    if alike >= SIMILAR_FROM:
        return _reason(Aspect.TEXT, Likeness.SAME, values, alike=Shown("count", alike))
    # The same work can be described in many words: descriptions that differ set nothing apart.
    sentence = Sentence("overlap.text_unlike", (("alike", Shown("count", alike)),))
    return OverlapReason(Aspect.TEXT, Likeness.UNKNOWN, *values, sentence)


def similarity(one: str, other: str) -> int | None:
    """How alike two descriptions are, from 0 to 100, whatever the order of words, case and punctuation.

    None where either has no words.
    """
    first, second = sorted((utils.default_process(one), utils.default_process(other)))
    return int(fuzz.token_sort_ratio(first, second)) if first.strip() and second.strip() else None
