"""The profile of a baseline: scores by area, stage and lens, every indicator, and on what the ratings rest."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from assessments.enums import AnswerRating, Lens, LifeCycleStage
from assessments.frameworks.tree import FrameworkTree, IndicatorView, OptionView, SectionView
from assessments.models import Assessment
from assessments.scoring import Coverage, Rating, Score, coverage_of, scores_by_area, scores_by_lens, scores_by_stage
from assessments.selectors.answers import answers_for, readable_tree
from assessments.selectors.assessment_content import rating_of
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class GroupScore:
    """A stage or a lens with its score; only those under which the framework asks something."""

    key: str
    label: str
    score: Score


@dataclass(frozen=True, slots=True)
class Cell:
    """An indicator with its level (None where there is none); `rating` is None while nobody has answered."""

    indicator: IndicatorView
    rating: AnswerRating | None
    option: OptionView | None

    @property
    def position(self) -> int:
        """The place of the level on its scale, from 1; 0 without a level."""
        return self.indicator.scale.options.index(self.option) + 1 if self.option else 0


@dataclass(frozen=True, slots=True)
class AreaProfile:
    """A section with its score, its indicators, and how many of its ratings have which basis and confidence.

    `bases` and `confidences` count rated indicators only, by the value of the answer.
    """

    section: SectionView
    score: Score
    cells: tuple[Cell, ...]
    bases: Counter[str] = field(default_factory=Counter)
    confidences: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Profile:
    """What the viewer may read of a baseline; `hidden` counts the sections that they may not."""

    areas: tuple[AreaProfile, ...]
    stages: tuple[GroupScore, ...]
    lenses: tuple[GroupScore, ...]
    coverage: Coverage
    hidden: int


_Given = tuple[str, int | None, str, str]


def assessment_profile(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Profile:
    """Read the profile in two statements at most, whatever the number of indicators."""
    shown = readable_tree(viewer, assessment, tree).sections
    rows = answers_for(viewer, assessment).values_list("indicator_id", "rating", "option_id", "basis", "confidence")
    given: dict[int, _Given] = {pk: values for pk, *values in rows}  # type: ignore[misc]
    ratings = [_rating(item, given.get(item.pk)) for section in shown for item in section.indicators]
    scores = scores_by_area(ratings)
    return Profile(
        areas=tuple(_area(section, scores[section.key], given) for section in shown),
        stages=_groups(scores_by_stage(ratings), LifeCycleStage),
        lenses=_groups(scores_by_lens(ratings), Lens),
        coverage=coverage_of(ratings),
        hidden=len(tree.sections) - len(shown),
    )


def _rating(indicator: IndicatorView, given: _Given | None) -> Rating:
    return rating_of(indicator, None if given is None else given[:2])


def _area(section: SectionView, score: Score, given: dict[int, _Given]) -> AreaProfile:
    rated = [
        answer for item in section.indicators if (answer := given.get(item.pk)) and answer[0] == AnswerRating.RATED
    ]
    return AreaProfile(
        section=section,
        score=score,
        cells=tuple(_cell(indicator, given.get(indicator.pk)) for indicator in section.indicators),
        bases=Counter(basis for _rating, _option, basis, _confidence in rated),
        confidences=Counter(confidence for _rating, _option, _basis, confidence in rated),
    )


def _cell(indicator: IndicatorView, given: _Given | None) -> Cell:
    if given is None:
        return Cell(indicator, None, None)
    option = next((option for option in indicator.scale.options if option.pk == given[1]), None)
    return Cell(indicator, AnswerRating(given[0]), option)


def _groups(scores: dict[str, Score], names: Iterable[Lens | LifeCycleStage]) -> tuple[GroupScore, ...]:
    """In the order of the vocabulary."""
    return tuple(GroupScore(name.value, str(name.label), scores[name]) for name in names if name in scores)
