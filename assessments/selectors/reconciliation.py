"""Reading what agencies rated side by side, with the spread and what was chosen."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from assessments.enums import AnswerRating
from assessments.frameworks.tree import FrameworkTree, IndicatorView, OptionView
from assessments.models import Answer, Assessment, IndependentRating, Reconciliation
from assessments.selectors.answers import answers_for
from assessments.selectors.marks import standings
from wam_portal.access import Viewer

PAGE_LENGTH = 6
"""Indicators a page: ten agencies with their words for each make a long page."""


class Shown(StrEnum):
    """Which rated indicators are listed."""

    WAITING = ""
    DISAGREEMENTS = "disagreements"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class Step:
    """One outcome on the spread, how many said it, and whether the State does.

    A level has its place and the number that its scale gives it; any other outcome is a word.
    """

    label: str
    count: int
    position: int | None = None
    national: bool = False
    number: int | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """One indicator with everything that was rated on it.

    `distance` is how many levels lie between the lowest and the highest; 0 where all levels are the same.
    """

    indicator: IndicatorView
    answer: Answer | None
    ratings: tuple[IndependentRating, ...]
    last: Reconciliation | None
    settled: bool
    steps: tuple[Step, ...]
    distance: int

    @property
    def rated(self) -> list[tuple[IndependentRating, OptionView | None]]:
        """The ratings, each with its level in the reader's language; None where it gives none."""
        options = {option.pk: option for option in self.indicator.scale.options}
        return [(rating, options.get(rating.option_id or 0)) for rating in self.ratings]

    @property
    def decided(self) -> int:
        """Which decision was the newest, as the form sends it back; 0 before the first."""
        return self.last.number if self.last else 0

    @property
    def seen(self) -> str:
        """Which ratings in which version are on the table, as the form sends it back."""
        return ",".join(f"{rating.pk}:{rating.version}" for rating in self.ratings)


@dataclass(frozen=True, slots=True)
class ComparisonPage:
    """A page of comparisons; `counts` say how many indicators each way of showing lists."""

    rows: tuple[Comparison, ...]
    number: int
    count: int
    counts: dict[Shown, int]


def comparison_page(
    viewer: Viewer, assessment: Assessment, tree: FrameworkTree, shown: Shown, number: int
) -> ComparisonPage:
    """The page of that number in four statements, whatever the number of indicators and agencies."""
    standing = standings(viewer, assessment)
    rated = [indicator for indicator in tree.indicators if indicator.pk in standing]
    listed = {
        Shown.WAITING: [item for item in rated if standing[item.pk].waits],
        Shown.DISAGREEMENTS: [item for item in rated if standing[item.pk].disagrees],
        Shown.ALL: rated,
    }
    fitting = listed[shown]
    count = max(1, -(-len(fitting) // PAGE_LENGTH))
    number = min(max(number, 1), count)
    page = fitting[(number - 1) * PAGE_LENGTH : number * PAGE_LENGTH]
    rows = _comparisons(viewer, assessment, page)
    return ComparisonPage(rows, number, count, {kind: len(items) for kind, items in listed.items()})


def comparison_of(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> Comparison | None:
    """Everything that was rated on one indicator; None where nobody rated it."""
    rows = _comparisons(viewer, assessment, [indicator])
    return rows[0] if rows[0].ratings else None


def _comparisons(viewer: Viewer, assessment: Assessment, indicators: Sequence[IndicatorView]) -> tuple[Comparison, ...]:
    wanted = [indicator.pk for indicator in indicators]
    found = IndependentRating.objects.visible_to(viewer).filter(assessment=assessment, indicator__in=wanted)
    ratings: dict[int, list[IndependentRating]] = {}
    for rating in found.select_related("membership__user", "option").order_by(
        "option__value", "membership__agency", "membership__user__full_name", "pk"
    ):
        ratings.setdefault(rating.indicator_id, []).append(rating)
    answers = {
        answer.indicator_id: answer
        for answer in answers_for(viewer, assessment).filter(indicator__in=wanted).select_related("option")
    }
    chosen = Reconciliation.objects.visible_to(viewer).filter(assessment=assessment, indicator__in=wanted)
    last = {row.indicator_id: row for row in chosen.select_related("reconciled_by").order_by("number")}
    return tuple(
        _comparison(item, answers.get(item.pk), tuple(ratings.get(item.pk, ())), last.get(item.pk))
        for item in indicators
    )


def _comparison(
    indicator: IndicatorView,
    answer: Answer | None,
    ratings: tuple[IndependentRating, ...],
    last: Reconciliation | None,
) -> Comparison:
    places = {option.pk: place for place, option in enumerate(indicator.scale.options, start=1)}
    levels = [places[rating.option_id] for rating in ratings if rating.option_id]
    return Comparison(
        indicator=indicator,
        answer=answer,
        ratings=ratings,
        last=last,
        settled=all(rating.reconciliation_id is not None for rating in ratings),
        steps=_steps(indicator, answer, ratings),
        distance=max(levels) - min(levels) if levels else 0,
    )


def _steps(indicator: IndicatorView, answer: Answer | None, ratings: tuple[IndependentRating, ...]) -> tuple[Step, ...]:
    """All levels of the scale, and of the other outcomes those that somebody chose."""
    levels = Counter(rating.option_id for rating in ratings)
    others = Counter(rating.rating for rating in ratings if rating.option_id is None)
    national = (answer.rating, answer.option_id) if answer else ("", None)
    steps = [
        Step(option.label, levels[option.pk], place, national[1] == option.pk, option.value)
        for place, option in enumerate(indicator.scale.options, start=1)
    ]
    words = [
        Step(str(rating.label), others[rating], None, national[0] == rating)
        for rating in (AnswerRating.NOT_APPLICABLE, AnswerRating.UNKNOWN, AnswerRating.NOT_RATED)
        if others[rating] or national[0] == rating
    ]
    return (*steps, *words)
