"""Scores and coverage, against worked examples and the properties that the definition implies."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import AnswerRating
from assessments.scoring import (
    Coverage,
    Rating,
    coverage_of,
    scores_by_area,
    scores_by_indicator,
    scores_by_lens,
    scores_by_stage,
)


def rated(indicator: str, level: int, weight: str = "1", **more: object) -> Rating:
    base = Rating(indicator, "sto", 1, 5, weight=Decimal(weight), rating=AnswerRating.RATED, value=level)
    return replace(base, **more)  # type: ignore[arg-type]


def unrated(indicator: str, rating: AnswerRating | None) -> Rating:
    return Rating(indicator, "sto", 1, 5, rating=rating)


@st.composite
def any_rating(draw: st.DrawFn) -> Rating:
    low = draw(st.integers(-3, 3))
    high = draw(st.integers(low + 1, low + 6))
    rating = draw(st.sampled_from([*AnswerRating, None]))
    return Rating(
        indicator=draw(st.text("abc", min_size=1)),
        area=draw(st.sampled_from(["coo", "sto", "dis"])),
        scale_min=low,
        scale_max=high,
        stage=draw(st.sampled_from(["", "storage", "disposal"])),
        lenses=draw(st.sampled_from([(), ("gender",), ("gender", "risk")])),
        weight=draw(st.decimals(Decimal("0.01"), Decimal(100), places=2)),
        rating=rating,
        value=draw(st.integers(low, high)) if rating == AnswerRating.RATED else None,
    )


RATINGS = st.lists(any_rating(), max_size=30)


def test_score_is_the_weighted_mean_of_places_on_the_scale() -> None:
    # Level 3 of 1-5 is half way, level 5 the end: (1 x 1/2 + 3 x 1) / 4 = 7/8.
    score = scores_by_area([rated("sto-01", 3), rated("sto-02", 5, weight="3")])["sto"]
    assert (score.share, score.percent) == (Fraction(7, 8), 88)


def test_indicators_on_different_scales_meet_in_one_score() -> None:
    yes = Rating("x", "sto", 0, 2, rating=AnswerRating.RATED, value=2)
    third = Rating("y", "sto", 0, 3, rating=AnswerRating.RATED, value=1)
    assert scores_by_area([yes, third])["sto"].share == Fraction(2, 3)


def test_lowest_level_scores_nought_and_counts_as_rated() -> None:
    score = scores_by_area([rated("sto-01", 1)])["sto"]
    assert (score.share, score.coverage.share) == (Fraction(0), Fraction(1))


def test_not_applicable_leaves_the_denominator_and_unknown_lowers_the_coverage() -> None:
    score = scores_by_area(
        [
            rated("sto-01", 5),
            unrated("sto-02", AnswerRating.NOT_APPLICABLE),
            unrated("sto-03", AnswerRating.UNKNOWN),
            unrated("sto-04", AnswerRating.NOT_RATED),
            unrated("sto-05", None),
        ]
    )["sto"]
    assert score.share == Fraction(1)
    assert score.coverage == Coverage(rated=1, unknown=1, unanswered=1, not_applicable=1, not_rated=1)
    assert (score.coverage.share, score.coverage.percent) == (Fraction(1, 3), 33)
    assert (score.coverage.answered, score.coverage.asked, score.coverage.left_out) == (2, 3, 2)


def test_area_where_nothing_applies_has_neither_score_nor_coverage() -> None:
    score = scores_by_area([unrated("sto-01", AnswerRating.NOT_APPLICABLE)])["sto"]
    assert (score.share, score.percent, score.coverage.share, score.coverage.percent) == (None, None, None, None)
    assert (score.coverage.answered, score.coverage.asked) == (0, 0)


def test_stages_and_lenses_have_their_own_scores() -> None:
    ratings = [
        rated("a", 5, stage="storage", lenses=("gender", "risk")),
        rated("b", 1, stage="storage", lenses=("gender",)),
        rated("c", 3, lenses=()),
    ]
    assert {stage: score.share for stage, score in scores_by_stage(ratings).items()} == {"storage": Fraction(1, 2)}
    assert {lens: score.share for lens, score in scores_by_lens(ratings).items()} == {
        "gender": Fraction(1, 2),
        "risk": Fraction(1),
    }


def test_worked_example_of_a_whole_small_baseline() -> None:
    unknown, left_out = AnswerRating.UNKNOWN, AnswerRating.NOT_APPLICABLE
    ratings = [
        rated("sto-01", 2, weight="2", stage="storage", lenses=("risk",)),  # place (2-1)/(5-1) = 1/4
        rated("sto-02", 4, weight="1.5", stage="storage"),  # place 3/4
        replace(unrated("sto-03", unknown), stage="storage", lenses=("risk",)),
        Rating("dis-01", "dis", 0, 3, "disposal", ("risk",), Decimal("0.5"), AnswerRating.RATED, 3),  # place 1
        replace(unrated("dis-02", left_out), area="dis", stage="disposal"),
        replace(unrated("dis-03", None), area="dis", stage="storage"),
    ]
    areas, stages, lenses = scores_by_area(ratings), scores_by_stage(ratings), scores_by_lens(ratings)
    # sto: (2 x 1/4 + 1.5 x 3/4) / 3.5 = (0.5 + 1.125) / 3.5 = 13/28, that is 46 %; two of three rated: 66 %.
    assert (areas["sto"].share, areas["sto"].percent, areas["sto"].coverage.percent) == (Fraction(13, 28), 46, 66)
    # dis: only dis-01 is rated, at the end of its scale; dis-02 leaves the denominator, dis-03 stays in it: 1 of 2.
    assert (areas["dis"].share, areas["dis"].coverage.percent) == (Fraction(1), 50)
    # storage: as sto, with dis-03 in the denominator as well: 2 of 4. disposal: 1, all of what applies.
    assert (stages["storage"].share, stages["storage"].coverage.percent) == (Fraction(13, 28), 50)
    assert (stages["disposal"].share, stages["disposal"].coverage.percent) == (Fraction(1), 100)
    # risk: (2 x 1/4 + 0.5 x 1) / 2.5 = 1 / 2.5 = 2/5; sto-03 is unknown, so 2 of 3 are rated.
    assert (lenses["risk"].share, lenses["risk"].coverage.percent) == (Fraction(2, 5), 66)
    indicators = scores_by_indicator(ratings)
    assert {key: score.percent for key, score in indicators.items()} == {
        "sto-01": 25,
        "sto-02": 75,
        "sto-03": None,
        "dis-01": 100,
        "dis-02": None,
        "dis-03": None,
    }


@pytest.mark.parametrize(
    "wrong",
    [
        {"value": 6},
        {"value": 0},
        {"value": None},
        {"rating": AnswerRating.UNKNOWN},
        {"scale_max": 1},
        {"weight": Decimal(0)},
    ],
)
def test_contradictory_ratings_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"scale|value|weight"):
        rated("sto-01", 3, **wrong)


@given(RATINGS, st.randoms(use_true_random=False))
def test_scores_do_not_depend_on_order(ratings: list[Rating], random: Random) -> None:
    shuffled = list(ratings)
    random.shuffle(shuffled)
    assert scores_by_area(shuffled) == scores_by_area(ratings)
    assert scores_by_lens(shuffled) == scores_by_lens(ratings)
    assert coverage_of(shuffled) == coverage_of(ratings)


@given(RATINGS)
def test_scores_lie_between_nought_and_one_and_follow_the_plain_definition(ratings: list[Rating]) -> None:
    for area, score in scores_by_area(ratings).items():
        members = [item for item in ratings if item.area == area and item.value is not None]
        if not members:
            assert score.share is None
            continue
        points = sum(
            Fraction((item.value or 0) - item.scale_min, item.scale_max - item.scale_min) * Fraction(item.weight)
            for item in members
        )
        assert score.share == points / sum(Fraction(item.weight) for item in members)
        assert 0 <= score.share <= 1


@given(RATINGS, st.sampled_from([AnswerRating.NOT_APPLICABLE, AnswerRating.UNKNOWN, AnswerRating.NOT_RATED, None]))
def test_what_is_not_rated_never_moves_a_score(ratings: list[Rating], rating: AnswerRating | None) -> None:
    before = scores_by_area(ratings)
    after = scores_by_area([*ratings, unrated("new", rating)])
    assert after["sto"].share == (before["sto"].share if "sto" in before else None)


@given(RATINGS)
def test_not_applicable_leaves_coverage_alone_and_unknown_never_raises_it(ratings: list[Rating]) -> None:
    before = coverage_of(ratings).share
    assert coverage_of([*ratings, unrated("new", AnswerRating.NOT_APPLICABLE)]).share == before
    lowered = coverage_of([*ratings, unrated("new", AnswerRating.UNKNOWN)]).share
    assert lowered is not None
    assert lowered <= (1 if before is None else before)


@given(st.lists(any_rating(), min_size=1, max_size=20), st.data())
def test_a_higher_level_never_lowers_the_score(ratings: list[Rating], data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(ratings) - 1))
    chosen = ratings[index]
    if chosen.value is None:
        return
    better = replace(chosen, value=data.draw(st.integers(chosen.value, chosen.scale_max)))
    before = scores_by_area(ratings)[chosen.area].share
    after = scores_by_area([*ratings[:index], better, *ratings[index + 1 :]])[chosen.area].share
    assert before is not None
    assert after is not None
    assert after >= before


@given(RATINGS, st.integers(1, 50))
def test_only_the_ratio_of_weights_counts(ratings: list[Rating], factor: int) -> None:
    heavier = [replace(item, weight=item.weight * factor) for item in ratings]
    assert scores_by_area(heavier) == scores_by_area(ratings)
    assert scores_by_stage(heavier) == scores_by_stage(ratings)
    assert scores_by_lens(heavier) == scores_by_lens(ratings)


@given(RATINGS)
def test_unknown_is_no_level_one(ratings: list[Rating]) -> None:
    unknown = scores_by_area([*ratings, unrated("new", AnswerRating.UNKNOWN)])["sto"]
    lowest = scores_by_area([*ratings, rated("new", 1)])["sto"]
    assert unknown.share is None or lowest.share is None or lowest.share <= unknown.share
    assert (unknown.coverage.share or 0) < (lowest.coverage.share or 0)
