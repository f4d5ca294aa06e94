"""Which indicator of one version is which of another, step by step along the item maps."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from assessments.frameworks.lineage import Lineage, heirs, origins
from assessments.frameworks.succession import stored_map

TWO = {
    "version": "1",
    "items": {
        "new": {"from": ["old"]},
        "left": {"from": ["whole"]},
        "right": {"from": ["whole"]},
        "split": {"from": ["part"]},
    },
}
THREE = {
    "version": "2",
    "items": {"newest": {"from": ["new"], "levels": {"2": "3"}}, "both": {"from": ["left", "kept"]}},
    "dropped": [{"key": "gone", "reason": "Asked elsewhere."}],
}
LINE = Lineage({"1": {}, "2": TWO, "3": THREE, "other": {}})


ASKED = {
    "1": {"old", "whole", "kept", "same", "gone", "part"},
    "2": {"new", "left", "right", "kept", "same", "gone", "part", "split"},
    "3": {"newest", "both", "right", "same", "gone", "part", "split"},
    "other": {"old"},
}


def keys(key: str, version: str, other: str) -> list[str]:
    """The relatives that the other version asks; a key that it has not leads nowhere."""
    return [one.key for one in LINE.relatives(key, version, other) if one.key in ASKED[other]]


def test_worked_example_over_two_steps() -> None:
    assert keys("newest", "3", "1") == ["old"]
    assert keys("right", "3", "1") == ["whole"]
    assert keys("both", "3", "1") == ["whole", "kept"]
    assert keys("same", "3", "1") == ["same"]
    # A new question under a key that was dropped before is no relative of the old one.
    assert keys("gone", "3", "1") == []
    assert keys("old", "1", "3") == ["newest"]
    assert keys("whole", "1", "3") == ["both", "right"]
    # What kept its key stands for itself, and comes before what was split off.
    assert keys("part", "1", "2") == ["part", "split"]
    assert keys("part", "1", "3") == ["part", "split"]
    assert keys("part", "3", "1") == ["part"]
    assert keys("split", "3", "1") == ["part"]
    assert keys("gone", "1", "3") == []


def test_levels_lead_from_the_older_version_to_the_newer_whoever_asks() -> None:
    back, forth = LINE.relatives("newest", "3", "1")[0], LINE.relatives("old", "1", "3")[-1]
    assert (back.in_newer("2"), back.is_older, back.renames_levels) == ("3", True, True)
    assert (forth.in_newer("2"), forth.is_older) == ("3", False)
    assert not LINE.relatives("same", "3", "1")[0].renames_levels


def test_versions_that_do_not_follow_each_other_share_keys() -> None:
    assert keys("same", "other", "3") == ["same"]
    assert keys("old", "1", "1") == ["old"]


def test_a_circle_of_versions_ends() -> None:
    circle = Lineage({"1": {"version": "2"}, "2": {"version": "1"}, "3": {}})
    assert [relative.key for relative in circle.relatives("a", "1", "3")] == ["a"]


@st.composite
def steps(draw: st.DrawFn) -> tuple[list[str], list[str], dict[str, Any]]:
    """Keys of a version, keys of the one that replaces it, and a map that says of each old key what became of it."""
    old = [f"k{number}" for number in range(draw(st.integers(1, 5)))]
    new = draw(st.lists(st.sampled_from([*old, "n0", "n1", "n2"]), unique=True))
    named = {
        key: {"from": draw(st.lists(st.sampled_from(old), min_size=1, max_size=3, unique=True))}
        for key in draw(st.lists(st.sampled_from(new), unique=True) if new else st.just([]))
    }
    used = {key for item in named.values() for key in item["from"]}
    kept = {key for key in old if key in new and key not in named}
    dropped = [{"key": key, "reason": "Gone."} for key in old if key not in used | kept]
    return old, new, {"version": "1", "items": named, "dropped": dropped}


@given(steps())
def test_the_same_map_carries_answers_and_finds_them_again(step: tuple[list[str], list[str], dict[str, Any]]) -> None:
    """One step is exactly the item map along which an upgrade passes answers on, looked at from either end."""
    old, new, stored = step
    mapping = stored_map(stored, old, new)
    for key in new:
        source = mapping.sources.get(key)
        assert [one for one, _levels in origins(key, stored) if one in old] == list(source.keys if source else ())
    for key in old:
        assert sorted(one for one, _levels in heirs(key, stored) if one in new) == sorted(mapping.successors(key))


@given(steps(), st.data())
def test_relatives_are_mutual(step: tuple[list[str], list[str], dict[str, Any]], data: st.DataObject) -> None:
    old, new, stored = step
    line = Lineage({"1": {}, "2": stored})
    for key in new:
        for relative in line.relatives(key, "2", "1"):
            if relative.key in old:
                assert key in [one.key for one in line.relatives(relative.key, "1", "2")]
