"""Reading several baselines of a State side by side, and what the one before said of an indicator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q

from assessments.cycles import Change, Comparison, KeyMap, Standing, Tally, compare, same_key, tally, tally_by_area
from assessments.enums import AnswerRating
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment
from assessments.scoring import Score, scores_by_area
from assessments.selectors.assessment_content import rating_of
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible

MOST_CYCLES = 10
_OLDEST_FIRST = ("started_on", "pk")

Given = dict[int, tuple[str, int | None]]


@dataclass(frozen=True, slots=True)
class Cycle:
    """A baseline that is compared: its tree, its answers by row of the indicator, and the scores of its areas."""

    assessment: Assessment
    tree: FrameworkTree
    given: Given
    scores: dict[str, Score]


@dataclass(frozen=True, slots=True)
class Trail:
    """An indicator through all cycles: its level in each (None where it was not asked), and the change end to end."""

    comparison: Comparison
    indicator: IndicatorView
    standings: tuple[Standing | None, ...]


@dataclass(frozen=True, slots=True)
class AreaTrail:
    """An area with the changes in it and its score in each cycle; `key` is that of its section."""

    key: str
    title: str
    tally: Tally
    scores: tuple[Score | None, ...]


@dataclass(frozen=True, slots=True)
class CycleComparison:
    """The oldest of the chosen baselines beside the newest, with those between."""

    cycles: tuple[Cycle, ...]
    areas: tuple[AreaTrail, ...]
    trails: tuple[Trail, ...]
    tally: Tally


def baselines_to_compare(viewer: Viewer) -> list[Assessment]:
    """All baselines of the viewer's State, oldest first."""
    return list(Assessment.objects.visible_to(viewer).select_related("framework_version").order_by(*_OLDEST_FIRST))


def chosen_baselines(baselines: Sequence[Assessment], uuids: Collection[UUID]) -> list[Assessment]:
    """Those named, oldest first; the two newest where none is named, and one alone with the one before it.

    Raises `NotVisible` when one that is named is missing or another State's.
    """
    chosen = [baseline for baseline in baselines if baseline.uuid in uuids]
    if len(chosen) != len(set(uuids)):
        raise NotVisible
    if not chosen:
        return list(baselines[-2:])
    if len(chosen) == 1:
        place = baselines.index(chosen[0])
        return list(baselines[max(0, place - 1) : place + 1])
    return chosen


def key_map(earlier: FrameworkTree, later: FrameworkTree) -> KeyMap:
    """How an indicator of the earlier framework is found in the later: by its permanent key, within one framework."""
    return same_key if earlier.version.key == later.version.key else _nowhere


def compare_cycles(viewer: Viewer, chosen: Sequence[Assessment]) -> CycleComparison:
    """Compare baselines, oldest first, in one statement for all their answers (trees are kept by the process)."""
    cycles = _cycles(viewer, chosen)
    first, last = cycles[0], cycles[-1]
    maps = [key_map(cycle.tree, last.tree) for cycle in cycles]
    compared = compare(_standings(first), _standings(last), maps[0])
    by_key = [
        {carried(standing.key): standing for standing in _standings(cycle)}
        for cycle, carried in zip(cycles, maps, strict=True)
    ]
    trails = tuple(_trail(item, cycles, by_key) for item in compared)
    return CycleComparison(cycles, _areas(cycles, compared), trails, tally(compared))


@dataclass(frozen=True, slots=True)
class PreviousAnswer:
    """What the last baseline before this one said; `position` is the place of the level on its scale, 0 for none."""

    answer: Answer
    cycle: str
    position: int
    count: int
    label: str


def previous_answers(
    viewer: Viewer, assessment: Assessment, indicators: Iterable[IndicatorView]
) -> dict[str, PreviousAnswer]:
    """The newest earlier answer of the State to each indicator by key, where the viewer may read it: one statement."""
    earlier = Q(assessment__started_on__lt=assessment.started_on) | Q(
        assessment__started_on=assessment.started_on, assessment__pk__lt=assessment.pk
    )
    found = (
        Answer.objects.visible_to(viewer)
        .filter(
            earlier,
            assessment__state=assessment.state_id,
            indicator__framework_version__framework=assessment.framework_version.framework_id,
            indicator__key__in=[indicator.key for indicator in indicators],
        )
        .select_related("assessment__framework_version", "indicator")
        .order_by("assessment__started_on", "assessment__pk")
    )
    # Later baselines overwrite earlier ones.
    return {answer.indicator.key: _previous(answer) for answer in found}


def _previous(answer: Answer) -> PreviousAnswer:
    indicator = framework_tree(answer.assessment.framework_version).indicator_of(answer.indicator_id)
    options = indicator.scale.options
    place = next((number for number, option in enumerate(options, 1) if option.pk == answer.option_id), 0)
    label = options[place - 1].label if place else answer.get_rating_display()
    return PreviousAnswer(answer, answer.assessment.cycle, place, len(options), label)


def _nowhere(_key: str) -> str | None:
    return None


def _cycles(viewer: Viewer, chosen: Sequence[Assessment]) -> tuple[Cycle, ...]:
    given: dict[int, Given] = {assessment.pk: {} for assessment in chosen}
    answers = Answer.objects.visible_to(viewer).filter(assessment__in=list(given))
    for assessment, indicator, rating, option in answers.values_list(
        "assessment_id", "indicator_id", "rating", "option_id"
    ):
        given[assessment][indicator] = (rating, option)
    return tuple(_cycle(assessment, given[assessment.pk]) for assessment in chosen)


def _cycle(assessment: Assessment, given: Given) -> Cycle:
    tree = framework_tree(assessment.framework_version)
    ratings = [rating_of(indicator, given.get(indicator.pk)) for indicator in tree.indicators]
    return Cycle(assessment, tree, given, scores_by_area(ratings))


def _standings(cycle: Cycle) -> list[Standing]:
    return [_standing(indicator, cycle.given.get(indicator.pk)) for indicator in cycle.tree.indicators]


def _standing(indicator: IndicatorView, given: tuple[str, int | None] | None) -> Standing:
    rating, option = given or (None, None)
    values = {item.pk: item.value for item in indicator.scale.options}
    return Standing(
        key=indicator.key,
        area=indicator.section,
        scale=tuple((item.key, item.value) for item in indicator.scale.options),
        rating=None if rating is None else AnswerRating(rating),
        value=None if option is None else values[option],
    )


def _trail(item: Comparison, cycles: Sequence[Cycle], by_key: Sequence[dict[str | None, Standing]]) -> Trail:
    tree = cycles[0].tree if item.change is Change.DROPPED else cycles[-1].tree
    indicator = tree.find_indicator(item.key)
    if indicator is None:
        raise LookupError(item.key)
    if item.change is Change.DROPPED:
        return Trail(item, indicator, (item.earlier, *[None] * (len(cycles) - 1)))
    return Trail(item, indicator, tuple(standings.get(item.key) for standings in by_key))


def _areas(cycles: Sequence[Cycle], compared: Sequence[Comparison]) -> tuple[AreaTrail, ...]:
    """The areas of the newest framework in its order, then those that only the oldest has."""
    counted = tally_by_area(compared)
    titles = {section.key: section.node.title for cycle in (cycles[-1], cycles[0]) for section in cycle.tree.sections}
    newest = {section.key: section.node.title for section in cycles[-1].tree.sections}
    titles = newest | {key: title for key, title in titles.items() if key not in newest}
    return tuple(
        AreaTrail(key, title, counted[key], tuple(cycle.scores.get(key) for cycle in cycles))
        for key, title in titles.items()
        if key in counted
    )
