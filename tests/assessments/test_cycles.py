"""Comparing baselines, against a worked example and the properties that the definition implies."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assessments.cycles import COMPARABLE, Change, Comparison, Standing, Tally, compare, tally, tally_by_area
from assessments.enums import AnswerRating
from assessments.frameworks.lineage import Relative

FIVE = tuple((str(value), value) for value in range(1, 6))
YES_NO = (("no", 0), ("yes", 1))


def at(key: str, level: int | None, *, scale: tuple[tuple[str, int], ...] = FIVE) -> Standing:
    rating = AnswerRating.RATED if level is not None else None
    return Standing(key, key.partition("-")[0], scale, rating, level)


def without(key: str, rating: AnswerRating | None) -> Standing:
    return Standing(key, key.partition("-")[0], FIVE, rating)


@st.composite
def baselines(draw: st.DrawFn) -> list[Standing]:
    keys = draw(st.lists(st.sampled_from([f"{area}-{n}" for area in ("coo", "sto") for n in range(6)]), unique=True))
    return [
        draw(
            st.one_of(
                st.integers(1, 5).map(lambda level, key=key: at(key, level)),
                st.integers(0, 1).map(lambda level, key=key: at(key, level, scale=YES_NO)),
                st.sampled_from([None, AnswerRating.UNKNOWN, AnswerRating.NOT_APPLICABLE, AnswerRating.NOT_RATED]).map(
                    lambda rating, key=key: without(key, rating)
                ),
            )
        )
        for key in keys
    ]


def test_worked_example() -> None:
    earlier = [at("coo-1", 1), at("coo-2", 3), at("coo-3", 4), at("coo-4", 2), at("sto-1", 2), at("sto-2", 1)]
    later = [
        at("coo-1", 3),  # up
        at("coo-2", 2),  # down
        at("coo-3", 4),  # same
        without("coo-4", AnswerRating.UNKNOWN),  # no level now
        at("sto-1", 1, scale=YES_NO),  # another scale
        at("sto-9", 5),  # asked for the first time; sto-2 is asked no more
    ]
    compared = compare(earlier, later)
    assert [(item.key, item.change.value) for item in compared] == [
        ("coo-1", "improved"),
        ("coo-2", "worsened"),
        ("coo-3", "same"),
        ("coo-4", "not-comparable"),
        ("sto-1", "not-comparable"),
        ("sto-9", "newly-asked"),
        ("sto-2", "dropped"),
    ]
    whole = tally(compared)
    assert whole == Tally(improved=1, worsened=1, same=1, newly_asked=1, dropped=1, not_comparable=2)
    # Three of the seven indicators that either asks: 42.9 %, told as 42.
    assert (whole.comparable, whole.total, whole.percent) == (3, 7, 42)
    areas = tally_by_area(compared)
    assert (areas["coo"].percent, areas["sto"].percent) == (75, 0)


def along(**moves: str | tuple[str, ...]) -> Callable[[str], tuple[Relative, ...]]:
    """Where later keys come from, given as new_1="old-1"; nowhere otherwise."""
    known = {key.replace("_", "-"): (old,) if isinstance(old, str) else old for key, old in moves.items()}
    return lambda key: tuple(Relative(old) for old in known.get(key, ()))


def told(compared: Iterable[Comparison]) -> list[tuple[str, str]]:
    return [(item.key, item.change.value) for item in compared]


def test_a_renamed_indicator_is_followed_and_one_that_leads_nowhere_is_dropped() -> None:
    compared = compare([at("old-1", 2), at("old-2", 4)], [at("new-1", 3)], along(new_1="old-1"))
    assert told(compared) == [("new-1", "improved"), ("old-2", "dropped")]


def test_what_one_indicator_became_each_compares_with_it() -> None:
    compared = compare([at("a-1", 3)], [at("b-1", 4), at("b-2", 1)], along(b_1="a-1", b_2="a-1"))
    assert told(compared) == [("b-1", "improved"), ("b-2", "worsened")]
    assert tally(compared).percent == 100


def test_several_merged_into_one_do_not_compare_and_none_is_dropped() -> None:
    compared = compare([at("a-1", 1), at("a-2", 5)], [at("b-1", 3)], along(b_1=("a-1", "a-2")))
    assert told(compared) == [("b-1", "not-comparable")]


def test_levels_compare_across_scales_as_far_as_the_map_names_them() -> None:
    """1 and 2 of five became "no", 5 became "yes"; of 3 and 4 the map says nothing, and "yes-no" has no such level."""
    levels = ({"1": "no", "2": "no", "5": "yes"},)
    five, yes_no = (
        [at(f"a-{level}", level) for level in range(1, 6)],
        [at(f"b-{n}", 1, scale=YES_NO) for n in range(1, 6)],
    )
    there = compare(five, yes_no, lambda key: (Relative(key.replace("b", "a"), levels),))
    assert [item.change.value for item in there] == ["improved", "improved", "not-comparable", "not-comparable", "same"]
    back = compare(yes_no, five, lambda key: (Relative(key.replace("a", "b"), levels, is_older=False),))
    assert [item.change.value for item in back] == ["worsened", "worsened", "not-comparable", "not-comparable", "same"]


@given(baselines(), baselines())
def test_new_keys_for_the_same_questions_change_nothing(earlier: list[Standing], later: list[Standing]) -> None:
    renamed = [replace(item, key=f"new-{item.key}") for item in later]
    followed = compare(earlier, renamed, lambda key: (Relative(key.removeprefix("new-")),))
    assert tally(followed) == tally(compare(earlier, later))


def test_two_baselines_that_share_nothing_are_comparable_to_nought() -> None:
    assert tally(compare([at("a-1", 1)], [at("b-1", 1)])).percent == 0
    assert tally(compare([], [])).percent is None


@given(baselines(), baselines())
def test_every_indicator_of_either_is_told_once(earlier: list[Standing], later: list[Standing]) -> None:
    compared = compare(earlier, later)
    assert sorted(item.key for item in compared) == sorted({item.key for item in [*earlier, *later]})
    assert sum(area.total for area in tally_by_area(compared).values()) == tally(compared).total == len(compared)


@given(baselines(), baselines())
def test_looking_the_other_way_turns_improved_into_worsened(earlier: list[Standing], later: list[Standing]) -> None:
    there, back = tally(compare(earlier, later)), tally(compare(later, earlier))
    assert back == Tally(
        improved=there.worsened,
        worsened=there.improved,
        same=there.same,
        newly_asked=there.dropped,
        dropped=there.newly_asked,
        not_comparable=there.not_comparable,
    )


@given(baselines(), st.sampled_from([None, *(set(AnswerRating) - {AnswerRating.RATED})]))
def test_what_has_no_level_never_counts_as_a_change(standings: list[Standing], rating: AnswerRating | None) -> None:
    blank = [replace(item, rating=rating, value=None) for item in standings]
    assert not [item for item in compare(blank, standings) if item.change in COMPARABLE]


@given(baselines())
def test_a_baseline_is_the_same_as_itself(standings: list[Standing]) -> None:
    assert tally(compare(standings, standings)).comparable == sum(item.value is not None for item in standings)
    assert {item.change for item in compare(standings, standings)} <= {Change.SAME, Change.NOT_COMPARABLE}
