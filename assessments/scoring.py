"""Scores and coverage of an assessment: exact arithmetic, no database.

A level counts as its place between the ends of its scale, from 0 to 1, so that indicators on different scales can
stand in one score. The score of a group is the weighted mean over what is rated. *Not applicable* leaves the
denominator; *unknown* is never taken for the lowest level: it lowers the coverage. What lies outside the agreed scope
is left out of both. There is a score by area, stage and lens, and on purpose none for the whole State.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.enums import AnswerRating


@dataclass(frozen=True, slots=True)
class Rating:
    """An indicator of the assessment with what was answered.

    `area` is the key of its section, `stage` may be empty, `rating` is None while nobody has answered. `value` is the
    value of the chosen option, given exactly when rated.
    """

    indicator: str
    area: str
    scale_min: int
    scale_max: int
    stage: str = ""
    lenses: tuple[str, ...] = ()
    weight: Decimal = Decimal(1)
    rating: AnswerRating | None = None
    value: int | None = None

    def __post_init__(self) -> None:
        if self.scale_min >= self.scale_max:
            raise ValueError("a scale needs two different values")
        if (self.value is not None) != (self.rating == AnswerRating.RATED):
            raise ValueError("a value is given exactly when rated")
        if self.value is not None and not self.scale_min <= self.value <= self.scale_max:
            raise ValueError("the value must lie on the scale")
        if self.weight <= 0:
            raise ValueError("weights must be above zero")


@dataclass(frozen=True, slots=True)
class Coverage:
    """How many indicators stand where."""

    rated: int = 0
    unknown: int = 0
    unanswered: int = 0
    not_applicable: int = 0
    not_rated: int = 0

    @property
    def total(self) -> int:
        """All indicators counted."""
        return self.asked + self.left_out

    @property
    def asked(self) -> int:
        """Those that apply and lie in the agreed scope: the denominator of coverage and of every count beside it."""
        return self.rated + self.unknown + self.unanswered

    @property
    def left_out(self) -> int:
        """Those that do not apply or lie outside the agreed scope: said beside a count, never a part of it."""
        return self.not_applicable + self.not_rated

    @property
    def answered(self) -> int:
        """Those of the asked on which somebody has decided something, unknown among them."""
        return self.rated + self.unknown

    @property
    def share(self) -> Fraction | None:
        """Rated of asked, 0 to 1; None where nothing is asked."""
        return Fraction(self.rated, self.asked) if self.asked else None

    @property
    def percent(self) -> int | None:
        """The share in whole percent, rounded down so that only full coverage reads as 100."""
        return None if self.share is None else int(self.share * 100)


@dataclass(frozen=True, slots=True)
class Score:
    """The weighted mean of what is rated, 0 to 1 (None while nothing is), beside its coverage."""

    share: Fraction | None
    coverage: Coverage

    @property
    def percent(self) -> int | None:
        """The share in whole percent, rounded half to even."""
        return None if self.share is None else round(self.share * 100)


def coverage_of(ratings: Iterable[Rating]) -> Coverage:
    """Count where indicators stand; the only figure that is also given for a whole assessment."""
    counts = dict.fromkeys((*AnswerRating, None), 0)
    for rating in ratings:
        counts[rating.rating] += 1
    return Coverage(
        rated=counts[AnswerRating.RATED],
        unknown=counts[AnswerRating.UNKNOWN],
        unanswered=counts[None],
        not_applicable=counts[AnswerRating.NOT_APPLICABLE],
        not_rated=counts[AnswerRating.NOT_RATED],
    )


def scores_by_indicator(ratings: Iterable[Rating]) -> dict[str, Score]:
    """The score of each indicator by its key: its level's place between the ends of its scale."""
    return _scores(ratings, lambda rating: (rating.indicator,))


def scores_by_area(ratings: Iterable[Rating]) -> dict[str, Score]:
    """The score of each area (section) by its key, in order of first appearance."""
    return _scores(ratings, lambda rating: (rating.area,))


def scores_by_stage(ratings: Iterable[Rating]) -> dict[str, Score]:
    """The score of each life-cycle stage; indicators without a stage stand in none."""
    return _scores(ratings, lambda rating: (rating.stage,) if rating.stage else ())


def scores_by_lens(ratings: Iterable[Rating]) -> dict[str, Score]:
    """The score of each lens; an indicator counts in full under every lens it has."""
    return _scores(ratings, lambda rating: rating.lenses)


def _scores(ratings: Iterable[Rating], groups_of: Callable[[Rating], tuple[str, ...]]) -> dict[str, Score]:
    grouped: dict[str, list[Rating]] = {}
    for rating in ratings:
        for group in groups_of(rating):
            grouped.setdefault(group, []).append(rating)
    return {group: Score(_weighted_mean(members), coverage_of(members)) for group, members in grouped.items()}


def _weighted_mean(ratings: Iterable[Rating]) -> Fraction | None:
    # Points are summed apart for each length of scale and divided once at the end: exact, and a fraction per rating
    # would cost twenty times as much. Decimal addition is exact here: weights have two places and few digits.
    points: dict[int, Decimal] = {}
    weights = Decimal(0)
    for rating in ratings:
        if rating.value is not None:
            length = rating.scale_max - rating.scale_min
            points[length] = points.get(length, Decimal(0)) + (rating.value - rating.scale_min) * rating.weight
            weights += rating.weight
    if not weights:
        return None
    return sum((Fraction(total) / length for length, total in points.items()), Fraction(0)) / Fraction(weights)
