"""How answers pass from one version of a framework to the next, and what differs between the two."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import NodeKind
from assessments.frameworks import FrameworkErrors, export_framework, parse_framework
from assessments.frameworks.differences import differences
from assessments.frameworks.succession import Held, Source, item_map, passage, stored_map
from assessments.frameworks.tree import FrameworkTree, OptionView, ScaleView, VersionView
from assessments.frameworks.tree_builder import NodeRow, build_tree
from assessments.text_changes import Change, Run
from tests.assessments.frameworks.documents import as_yaml, small_document, small_indicator

SCALES = (
    ScaleView(1, "three", "Three", tuple(OptionView(10 + n, str(n), n, f"Level {n}") for n in range(1, 4))),
    ScaleView(2, "yes-no", "", (OptionView(20, "no", 0, "No"), OptionView(21, "yes", 1, "Yes"))),
)


def tree(*indicators: tuple[str, int], **more: dict[str, Any]) -> FrameworkTree:
    """A version of one area with indicators, each on the scale of that row; `more` holds fields of rows by key."""
    rows = [NodeRow(100, None, "area", "A", NodeKind.AREA, "Area")]
    for number, (key, scale) in enumerate(indicators):
        fields = {"section_pk": 100, "scale_pk": scale, "target_pk": 13 if scale == 1 else 21} | more.get(key, {})
        rows.append(NodeRow(number + 200, 100, key, key.upper(), NodeKind.INDICATOR, f"Is {key} so?", **fields))
    return build_tree(VersionView(1, uuid.UUID(int=1), "f", "1", "F", "", "en", "0" * 64), SCALES, rows)


def test_what_keeps_its_key_stands_for_itself_and_the_rest_follows_the_map() -> None:
    mapping = stored_map(
        {"items": {"n": {"from": ["b"]}}, "dropped": [{"key": "c", "reason": "Asked elsewhere."}]},
        ["a", "b", "c", "d"],
        ["a", "n", "new"],
    )
    assert {key: source.keys for key, source in mapping.sources.items()} == {"a": ("a",), "n": ("b",)}
    assert mapping.unmapped(["a", "b", "c", "d"]) == ["d"]
    assert mapping.successors("b") == ["n"]


def test_answers_pass_split_and_merge_and_say_why_they_stay() -> None:
    new = tree(("a", 1), ("both", 1), ("one", 1), ("two", 1), ("yes", 2), ("turned", 2))
    named = {
        "both": Source(("m1", "m2")),
        "one": Source(("s",)),
        "two": Source(("s",)),
        "yes": Source(("y",)),
        "turned": Source(("t",), {"1": "no", "2": "no", "3": "yes"}),
    }
    old = ["a", "m1", "m2", "s", "y", "t", "gone"]
    mapping = item_map(named, {"gone": "Asked elsewhere."}, old, [one.key for one in new.indicators])
    held = {key: Held("2") for key in old} | {"t": Held("3", "2")}
    found = passage(held, mapping, new)
    assert [(one.old, one.new, one.option, one.target, one.copy) for one in found.carried] == [
        ("a", "a", "2", "", False),
        ("m1", "both", "2", "", False),
        ("s", "one", "2", "", False),
        ("s", "two", "2", "", True),
        ("t", "turned", "yes", "no", False),
    ]
    assert [(one.old, one.reason) for one in found.left] == [
        ("m2", "Several indicators became one, and the answer to m1 was carried over."),
        ("y", "The newer version rates this on another scale, which has no such level."),
        ("gone", "The newer version does not ask this any more: Asked elsewhere."),
    ]


def test_what_keeps_its_key_keeps_its_answer_where_part_of_it_was_split_off() -> None:
    new = tree(("part", 1), ("whole", 1), ("other", 1), ("moved", 1))
    named = {"part": Source(("whole",)), "moved": Source(("other",)), "other": Source(("else",))}
    mapping = item_map(named, {}, ["whole", "other", "else"], [one.key for one in new.indicators])
    assert mapping.successors("whole") == ["whole", "part"]
    found = passage({"whole": Held("2"), "other": Held("3"), "else": Held("1")}, mapping, new)
    # The row itself stays with the key, wherever the other stands in the new version.
    assert [(one.old, one.new, one.copy) for one in found.carried] == [
        ("whole", "part", True),
        ("whole", "whole", False),
        ("else", "other", False),
        ("other", "moved", False),
    ]
    assert found.left == ()


@given(st.data())
def test_no_answer_is_lost_whatever_the_map(data: st.DataObject) -> None:
    old_keys = [f"o{number}" for number in range(data.draw(st.integers(1, 6)))]
    new_keys = [*(f"n{number}" for number in range(data.draw(st.integers(0, 4)))), *old_keys[::2]]
    new = tree(*((key, data.draw(st.sampled_from([1, 2]))) for key in new_keys))
    named = {
        key: Source(
            tuple(data.draw(st.lists(st.sampled_from(old_keys), min_size=1, max_size=3, unique=True))),
            data.draw(st.sampled_from([{}, {"1": "no", "2": "yes"}])),
        )
        for key in data.draw(st.lists(st.sampled_from(new_keys), unique=True))
    }
    used = {key for source in named.values() for key in source.keys}
    dropped = {key: "Dropped." for key in old_keys if key not in used and data.draw(st.booleans())}
    mapping = item_map(named, dropped, old_keys, new_keys)
    answered = data.draw(st.lists(st.sampled_from(old_keys), unique=True))
    held = {key: Held(data.draw(st.sampled_from(["", "1", "2", "3"]))) for key in answered}
    found = passage(held, mapping, new)
    for key in answered:
        indicator = new.find_indicator(key)
        if indicator is not None and key not in named and key not in dropped:
            option = held[key].option
            fits = not option or indicator.scale.find_option(option) is not None
            itself = [(one.new, one.copy) for one in found.carried if one.old == key and one.new == key]
            assert itself == ([(key, False)] if fits else []), "what keeps its key stands for itself"
    moved = [one.old for one in found.carried if not one.copy]
    assert sorted([*moved, *(one.old for one in found.left)]) == sorted(answered)
    assert len({one.new for one in found.carried}) == len(found.carried)
    for one in found.left:
        assert one.reason
        for key in mapping.successors(one.old):
            indicator = new.find_indicator(key)
            assert indicator is not None
            option = held[one.old].option
            fits = not option or mapping.sources[key].level(option, indicator) is not None
            assert not fits or key in {other.new for other in found.carried}, "an answer that has a target stayed"


def test_differences_name_what_was_added_dropped_moved_and_said_otherwise() -> None:
    old = tree(("a", 1), ("b", 1), ("c", 1), c={"guidance": "Look for a law."})
    new = tree(("a", 1), ("n", 2), ("c2", 1), c2={"guidance": "Look for a written law."})
    mapping = item_map({"c2": Source(("c",))}, {"b": "Asked elsewhere."}, ["a", "b", "c"], ["a", "n", "c2"])
    found = differences(old, new, mapping)
    assert [one.key for one in found.added] == ["n"]
    assert [(one.before.key, one.reason) for one in found.dropped] == [("b", "Asked elsewhere.")]
    assert found.unchanged == 1
    (changed,) = found.changed
    said = {str(change.label): change.runs for change in changed.changes}
    assert list(said) == ["Key", "Code", "Question", "Guidance"]
    assert said["Key"] == (Run(Change.REMOVED, "c"), Run(Change.ADDED, "c2"))
    assert said["Guidance"] == (
        Run(Change.SAME, "Look for a "),
        Run(Change.ADDED, "written "),
        Run(Change.SAME, "law."),
    )


def following(**replaces: Any) -> dict[str, Any]:
    """Version 2 of the small framework, with a third indicator and a group."""
    document = small_document() | {"version": "2.0", "replaces": {"version": "1.0", **replaces}}
    document["nodes"][0]["nodes"].append(small_indicator("sto-03"))
    document["groups"] = [{"key": "core", "title": "Core set", "indicators": ["sto-01", "sto-03"]}]
    return document


def test_item_map_and_groups_survive_being_written_and_read() -> None:
    items = {"sto-03": ["old-1", "old-2"], "sto-02": {"from": "sto-02", "levels": {"1": "2"}}, "sto-01": "sto-01"}
    document = following(items=items, dropped=[{"key": "old-3", "reason": "Gone."}])
    framework = parse_framework(as_yaml(document | {"translations": {"fr": {"groups": {"core": {"title": "Noyau"}}}}}))
    assert framework.replaces is not None
    assert framework.replaces.items[0].sources == ("old-1", "old-2")
    assert framework.replaces.items[1].levels == (("1", "2"),)
    assert parse_framework(export_framework(framework)) == framework


def test_mistakes_in_item_map_and_groups_are_told_at_once() -> None:
    document = following(
        items={"sto-09": "x", "sto-01": [], "sto-02": {"from": ["A B"], "to": "?"}}, dropped=[{"key": "y"}]
    )
    document["replaces"]["version"] = "2.0"
    document["groups"] += [
        {"key": "core", "title": "", "indicators": ["sto-01", "sto-01", "zzz"]},
        {"key": "none", "title": "?"},
    ]
    with pytest.raises(FrameworkErrors) as caught:
        parse_framework(as_yaml(document))
    assert sorted(error.path for error in caught.value.errors) == [
        "groups[1].indicators[1]",
        "groups[1].indicators[2]",
        "groups[1].key",
        "groups[1].title",
        "replaces.dropped[0].reason",
        "replaces.items.sto-01",
        "replaces.items.sto-02.from[0]",
        "replaces.items.sto-02.to",
        "replaces.items.sto-09",
        "replaces.version",
    ]
