"""Reading several baselines of a State side by side, and what the one before said of an indicator."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Q

from assessments.cycles import Change, Comparison, Standing, Tally, compare, tally, tally_by_area
from assessments.enums import AnswerRating
from assessments.frameworks.lineage import Lineage, Relative
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment, FrameworkVersion
from assessments.scoring import Score, scores_by_area
from assessments.selectors.assessment_content import rating_of
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible

MOST_CYCLES = 10
_OLDEST_FIRST = ("started_on", "pk")
_LINES_KEPT = 32

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
    """Those named, oldest first; one alone with the last before it of its framework, for none the newest such pair.

    Where no two are of one framework, those next to each other have to do. Raises `NotVisible` when one that is named
    is missing or another State's.
    """
    chosen = [baseline for baseline in baselines if baseline.uuid in uuids]
    if len(chosen) != len(set(uuids)):
        raise NotVisible
    if len(chosen) > 1:
        return chosen
    places = [baselines.index(chosen[0])] if chosen else list(reversed(range(len(baselines))))
    for place in places:
        earlier = _last_of_its_framework(baselines, place)
        if earlier is not None:
            return [earlier, baselines[place]]
    return list(baselines[max(0, places[0] - 1) : places[0] + 1]) if places else []


def _last_of_its_framework(baselines: Sequence[Assessment], place: int) -> Assessment | None:
    framework = baselines[place].framework_version.framework_id
    before = reversed(baselines[:place])
    return next((one for one in before if one.framework_version.framework_id == framework), None)


def lineages(viewer: Viewer, versions: Iterable[FrameworkVersion]) -> dict[int, Lineage]:
    """How the versions of each of these frameworks follow each other, by framework: one statement."""
    maps: dict[int, dict[str, dict[str, Any]]] = {}
    published = FrameworkVersion.objects.visible_to(viewer).published()
    rows = published.filter(framework__in={version.framework_id for version in versions})
    for framework, version, stored in rows.values_list("framework_id", "version", "item_map"):
        maps.setdefault(framework, {})[version] = stored or {}
    return {framework: Lineage(found) for framework, found in maps.items()}


def compare_cycles(viewer: Viewer, chosen: Sequence[Assessment]) -> CycleComparison:
    """Compare baselines, oldest first: one statement for all their answers, and one where their versions differ.

    Trees are kept by the process. An indicator is followed along the item maps of the versions between.
    """
    cycles = _cycles(viewer, chosen)
    first, last = cycles[0], cycles[-1]
    kinship = _Kinship(viewer, cycles)
    compared = compare(_standings(first), _standings(last), lambda key: kinship.relatives(key, last, first))
    by_key = [{standing.key: standing for standing in _standings(cycle)} for cycle in cycles]
    trails = tuple(_trail(item, cycles, by_key, kinship) for item in compared)
    return CycleComparison(cycles, _areas(cycles, compared), trails, tally(compared))


@dataclass(frozen=True, slots=True)
class PreviousAnswer:
    """What the last baseline before this one said; `position` is the place of the level on its scale, 0 for none,
    and `number` what the scale calls it.

    `asked_as` is the indicator as it was asked then, where that was under another key or in other words.
    """

    answer: Answer
    cycle: str
    position: int
    number: int
    count: int
    label: str
    asked_as: IndicatorView | None


def previous_answers(
    viewer: Viewer, assessment: Assessment, indicators: Iterable[IndicatorView]
) -> dict[str, PreviousAnswer]:
    """The newest earlier answer of the State to each indicator by key, where the viewer may read it: one statement.

    An indicator is followed back along the item maps; in a version that did not lead here it is found by its key.
    """
    asked = {indicator.key: indicator for indicator in indicators}
    version = assessment.framework_version
    lineage = _line_to(version.pk, version.uuid)
    kin = {
        (other, key): [relative.key for relative in lineage.relatives(key, version.version, other)]
        for other in lineage.maps
        for key in asked
    }
    keys = {key for found in kin.values() for key in found} | set(asked)
    earlier = Q(assessment__started_on__lt=assessment.started_on) | Q(
        assessment__started_on=assessment.started_on, assessment__pk__lt=assessment.pk
    )
    found = (
        Answer.objects.visible_to(viewer)
        .filter(
            earlier,
            assessment__state=assessment.state_id,
            indicator__framework_version__framework=version.framework_id,
            indicator__key__in=keys,
        )
        .select_related("assessment__framework_version", "indicator")
        .order_by("-assessment__started_on", "-assessment__pk")
    )
    by_baseline: dict[int, dict[str, Answer]] = {}
    for answer in found:
        by_baseline.setdefault(answer.assessment_id, {})[answer.indicator.key] = answer
    given: dict[str, PreviousAnswer] = {}
    for answers in by_baseline.values():
        other = next(iter(answers.values())).assessment.framework_version.version
        for key, indicator in asked.items():
            before = next((answers[one] for one in kin.get((other, key), [key]) if one in answers), None)
            if before is not None:
                given.setdefault(key, _previous(before, indicator))
    return given


@lru_cache(maxsize=_LINES_KEPT)
def _line_to(pk: int, uuid: UUID) -> Lineage:
    """The versions that led to a published one, which never change; read once by each process."""
    version = FrameworkVersion.objects.get(pk=pk, uuid=uuid)
    published = FrameworkVersion.objects.published().filter(framework=version.framework_id)
    stored = {number: found or {} for number, found in published.values_list("version", "item_map")}
    line: dict[str, Mapping[str, Any]] = {}
    number = version.version
    while number in stored and number not in line:
        line[number] = stored[number]
        number = stored[number].get("version", "")
    return Lineage(line)


def _previous(answer: Answer, now: IndicatorView) -> PreviousAnswer:
    indicator = framework_tree(answer.assessment.framework_version).indicator_of(answer.indicator_id)
    options = indicator.scale.options
    place = next((number for number, option in enumerate(options, 1) if option.pk == answer.option_id), 0)
    label = options[place - 1].label if place else answer.get_rating_display()
    same = (indicator.key, indicator.question) == (now.key, now.question)
    return PreviousAnswer(
        answer=answer,
        cycle=answer.assessment.cycle,
        position=place,
        number=options[place - 1].value if place else 0,
        count=len(options),
        label=label,
        asked_as=None if same else indicator,
    )


class _Kinship:
    """Which indicator of one of these baselines is which of another."""

    def __init__(self, viewer: Viewer, cycles: Sequence[Cycle]) -> None:
        versions = {cycle.assessment.framework_version_id: cycle.assessment.framework_version for cycle in cycles}
        self._lineages = lineages(viewer, versions.values()) if len(versions) > 1 else {}

    def relatives(self, key: str, cycle: Cycle, other: Cycle) -> tuple[Relative, ...]:
        """What an indicator of a baseline is in another one; nothing in another framework."""
        version, wanted = cycle.assessment.framework_version, other.assessment.framework_version
        if version.framework_id != wanted.framework_id:
            return ()
        if version == wanted:
            return (Relative(key),)
        return self._lineages[version.framework_id].relatives(key, version.version, wanted.version)


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


def _trail(
    item: Comparison, cycles: Sequence[Cycle], by_key: Sequence[dict[str, Standing]], kinship: _Kinship
) -> Trail:
    home = cycles[0 if item.change is Change.DROPPED else -1]
    indicator = home.tree.find_indicator(item.key)
    if indicator is None:
        raise LookupError(item.key)
    standings = (
        next((asked[one.key] for one in kinship.relatives(item.key, home, cycle) if one.key in asked), None)
        for cycle, asked in zip(cycles, by_key, strict=True)
    )
    return Trail(item, indicator, tuple(standings))


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
