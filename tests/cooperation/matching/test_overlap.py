"""Overlaps: what is a duplicate, what completes, and that it makes no difference who is compared with whom."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import assume, event, given, settings
from hypothesis import strategies as st

from cooperation.matching import (
    ADVICE_LABELS,
    ASPECT_LABELS,
    GRADE_LABELS,
    KINDS,
    NOT_DISCLOSED,
    Activity,
    ActivityKind,
    Advice,
    Aspect,
    Grade,
    Likeness,
    Overlap,
    Period,
    Scope,
    Shown,
    Territory,
    activity_of,
    compare,
    find_overlaps,
    from_json,
    render,
    to_json,
)
from cooperation.matching.overlap import similarity
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import STATE, make_need

HERE = Scope(
    places=frozenset({"north"}), beneficiaries=frozenset({"police"}), text="Training of armourers in safe storage"
)
REGION = Territory("X1", ())


def make_activity(**changes: Any) -> Activity:
    """A project that does what the need of the builders asks for, in its scope `HERE`."""
    values: dict[str, Any] = {
        "activity_id": "project-1",
        "kind": ActivityKind.PROJECT,
        "territories": frozenset({STATE}),
        "areas": frozenset({"STO"}),
        "types": frozenset({"TRAIN"}),
        "period": Period(date(2026, 1, 1), date(2026, 12, 31)),
        "scope": HERE,
    }
    return Activity(**{**values, **changes})


ELSEWHERE = Scope(places=frozenset({"coast"}), beneficiaries=frozenset({"navy"}), text="Walls")
GRADES: list[tuple[dict[str, Any], Grade | None, Advice | None]] = [
    ({}, Grade.DUPLICATE, Advice.MERGE),
    ({"scope": replace(ELSEWHERE, places=frozenset({"north", "coast"}))}, Grade.DUPLICATE, Advice.MERGE),
    ({"scope": replace(ELSEWHERE, beneficiaries=HERE.beneficiaries)}, Grade.DUPLICATE, Advice.MERGE),
    ({"scope": replace(ELSEWHERE, text="Safe storage: training of armourers")}, Grade.DUPLICATE, Advice.MERGE),
    ({"territories": frozenset({Territory("XC"), STATE})}, Grade.DUPLICATE, Advice.MERGE),
    ({"territories": frozenset({REGION})}, Grade.DUPLICATE, Advice.MERGE),
    ({"scope": Scope()}, Grade.OVERLAP, Advice.COORDINATE),
    ({"scope": Scope(text="Walls")}, Grade.OVERLAP, Advice.COORDINATE),
    ({"scope": Scope(places=frozenset())}, Grade.OVERLAP, Advice.COORDINATE),
    ({"types": NOT_DISCLOSED}, Grade.OVERLAP, Advice.COORDINATE),
    ({"period": NOT_DISCLOSED}, Grade.OVERLAP, Advice.COORDINATE),
    ({"scope": ELSEWHERE}, Grade.COMPLEMENT, Advice.COORDINATE),
    ({"types": frozenset({"EQUIP"})}, Grade.COMPLEMENT, Advice.COORDINATE),
    ({"period": Period(date(2027, 1, 1), date(2027, 6, 1))}, Grade.COMPLEMENT, Advice.SEQUENCE),
    ({"areas": frozenset({"LEG"})}, None, None),
    ({"territories": frozenset({Territory("XB", ("X2",))})}, None, None),
]


@pytest.mark.parametrize(("changes", "grade", "advice"), GRADES)
def test_an_activity_is_graded_against_the_need(
    changes: dict[str, Any], grade: Grade | None, advice: Advice | None
) -> None:
    found = find_overlaps(make_need(), [make_activity(**changes)], scope=HERE)
    assert [(entry.grade, entry.advice) for entry in found] == ([(grade, advice)] if grade else [])
    for entry in found:
        assert entry.needs_acknowledgement is (grade is not Grade.COMPLEMENT)
        assert [reason.aspect for reason in entry.reasons] == list(Aspect)


def test_every_aspect_is_told_with_both_values() -> None:
    (found,) = find_overlaps(make_need(), [make_activity(scope=replace(HERE, text=NOT_DISCLOSED))], scope=HERE)
    told = {reason.aspect: reason for reason in found.reasons}
    assert told[Aspect.PERIOD].likeness is Likeness.SAME
    assert dict(told[Aspect.PERIOD].sentence.params)["shared"] == Shown("days", 184)
    assert told[Aspect.PLACES].need_value == Shown("texts", ("north",))
    assert told[Aspect.TEXT].activity_value == Shown("not_disclosed")
    assert told[Aspect.TEXT].likeness is Likeness.UNKNOWN


def test_only_what_is_common_is_called_common() -> None:
    need = replace(make_need(), types=frozenset({"TRAIN", "EQUIP"}))
    (found,) = find_overlaps(need, [make_activity(territories=frozenset({REGION}))])
    told = {reason.aspect: dict(reason.sentence.params) for reason in found.reasons}
    assert told[Aspect.STATE]["common"] == Shown("territories", (("XA",), ()))
    assert told[Aspect.AREA]["common"] == Shown("areas", ("STO",))
    assert told[Aspect.TYPE]["common"] == Shown("types", ("TRAIN",))


def test_descriptions_that_differ_are_not_said_to_set_two_efforts_apart() -> None:
    activity = make_activity(scope=replace(Scope(), text="Walls"))
    (found,) = find_overlaps(make_need(), [activity], scope=HERE)
    assert found.grade is Grade.OVERLAP
    told = {reason.aspect: reason for reason in found.reasons}
    assert told[Aspect.TEXT].likeness is Likeness.UNKNOWN
    assert told[Aspect.TEXT].sentence.code == "overlap.text_unlike"
    assert Likeness.APART not in {reason.likeness for reason in found.reasons}


def test_the_gravest_come_first_whatever_the_order_of_input() -> None:
    activities = [
        make_activity(activity_id="d", types=frozenset({"EQUIP"})),
        make_activity(activity_id="c"),
        make_activity(activity_id="b", scope=Scope()),
        make_activity(activity_id="a"),
        make_activity(activity_id="e", areas=frozenset({"LEG"})),
    ]
    found = find_overlaps(make_need(), activities, scope=HERE)
    assert [entry.activity_id for entry in found] == ["a", "c", "b", "d"]
    assert find_overlaps(make_need(), activities[::-1], scope=HERE) == found
    with pytest.raises(ValueError, match="stands twice"):
        find_overlaps(make_need(), [make_activity(), make_activity()])


@pytest.mark.parametrize("changes", [{"territories": frozenset()}, {"areas": frozenset()}])
def test_an_activity_without_a_place_or_an_area_is_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="needs a territory and a functional area"):
        make_activity(**changes)


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ("Training of armourers", "armourers: TRAINING, of", 100),
        ("Marking", "Walls and fences", 0),
        ("", "Marking", None),
        ("...", "Marking", None),
        ("Tir réel", "tir réel", 100),
    ],
)
def test_descriptions_are_compared_by_their_words(one: str, other: str, alike: int | None) -> None:
    found = similarity(one, other)
    assert similarity(other, one) == found
    assert found == alike if alike in {100, None} else found is not None and found < 40


scopes = st.builds(
    Scope,
    places=strategies.maybe(strategies.some(["north", "coast", "east"])),
    beneficiaries=strategies.maybe(strategies.some(["police", "navy"])),
    text=strategies.maybe(st.sampled_from(["", "Safe storage of weapons", "weapons: safe storage", "A new law"])),
)
activities = st.builds(
    Activity,
    activity_id=st.sampled_from(["a", "b"]),
    kind=st.sampled_from(ActivityKind),
    territories=st.frozensets(st.sampled_from([*strategies.STATES, REGION]), min_size=1),
    areas=strategies.some(strategies.AREAS, 1),
    types=strategies.maybe(strategies.some(strategies.TYPES)),
    period=strategies.maybe(strategies.periods()),
    scope=scopes,
)


def likeness(overlap: Overlap) -> dict[Aspect, Likeness]:
    return {reason.aspect: reason.likeness for reason in overlap.reasons}


@settings(deadline=None, max_examples=150)
@given(one=activities, other=activities)
def test_two_efforts_stand_to_each_other_alike_from_both_sides(one: Activity, other: Activity) -> None:
    there, back = compare(one, other), compare(other, one)
    assert (there is None) is (back is None)
    event(f"grade: {there and there.grade}")
    if there is None or back is None:
        return
    assert (there.grade, there.advice, likeness(there)) == (back.grade, back.advice, likeness(back))
    assert [(r.need_value, r.activity_value) for r in there.reasons] == [
        (r.activity_value, r.need_value) for r in back.reasons
    ]
    assert from_json(Overlap, to_json(there)) == there
    for sentence in (there.summary, *(reason.sentence for reason in there.reasons)):
        assert {value.kind for _, value in sentence.params} <= KINDS
        assert "%(" not in render(sentence, show=lambda value: str(value.value))


@settings(deadline=None, max_examples=100)
@given(one=activities)
def test_an_effort_never_completes_itself(one: Activity) -> None:
    found = compare(one, one)
    assert found is not None
    assert found.grade is not Grade.COMPLEMENT


@settings(deadline=None, max_examples=150)
@given(one=activities, other=activities)
def test_a_grade_follows_from_the_reasons_that_are_told(one: Activity, other: Activity) -> None:
    found = compare(one, other)
    assume(found is not None)
    assert found is not None
    told = likeness(found)
    where = {told[Aspect.PLACES], told[Aspect.BENEFICIARIES], told[Aspect.TEXT]}
    if found.grade is Grade.DUPLICATE:
        assert told[Aspect.TYPE] is told[Aspect.PERIOD] is Likeness.SAME
        assert Likeness.SAME in where
    if found.grade is Grade.COMPLEMENT:
        elsewhere = Likeness.SAME not in where and Likeness.APART in {told[Aspect.PLACES], told[Aspect.BENEFICIARIES]}
        assert Likeness.APART in {told[Aspect.TYPE], told[Aspect.PERIOD]} or elsewhere
    if found.grade is Grade.OVERLAP:
        assert Likeness.UNKNOWN in set(told.values())


@settings(deadline=None, max_examples=100)
@given(one=activities, other=activities)
def test_what_is_not_disclosed_never_makes_a_duplicate(one: Activity, other: Activity) -> None:
    hidden = replace(other, types=NOT_DISCLOSED, period=NOT_DISCLOSED, scope=Scope())
    found = compare(one, hidden)
    assert found is None or found.grade is Grade.OVERLAP


def test_a_need_is_an_effort_like_any_other() -> None:
    ours = activity_of(make_need(), HERE)
    found = compare(ours, make_activity())
    assert found == find_overlaps(make_need(), [make_activity()], scope=HERE)[0]


def test_every_aspect_grade_and_advice_has_a_label() -> None:
    assert set(ASPECT_LABELS) == set(Aspect)
    assert set(GRADE_LABELS) == set(Grade)
    assert set(ADVICE_LABELS) == set(Advice)
