"""The tree of a version: sections, pages, the way from one to the next, what is inherited."""

from __future__ import annotations

import uuid
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import NodeKind
from assessments.frameworks.tree import PAGE_SIZE, FrameworkTree, OptionView, ScaleView, VersionView
from assessments.frameworks.tree_builder import NodeRow, build_tree

VERSION = VersionView(1, uuid.UUID(int=1), "small", "1.0", "Small", "", "en", "0" * 64)
SCALE = ScaleView(
    7,
    "three",
    "Three",
    (OptionView(71, "a", 0, "None", "Nothing"), OptionView(72, "b", 1, "Some"), OptionView(73, "c", 3, "Full", "All")),
)


def group(pk: int, parent: int | None, kind: NodeKind, area: str = "") -> NodeRow:
    return NodeRow(pk, parent, f"g{pk}", "", kind, f"Group {pk}", functional_area=area)


def indicator(pk: int, parent: int, section: int, weight: str = "1", **more: object) -> NodeRow:
    return NodeRow(
        pk,
        parent,
        f"i{pk}",
        f"I-{pk}",
        NodeKind.INDICATOR,
        f"Question {pk}?",
        section_pk=section,
        scale_pk=7,
        target_pk=73,
        weight=Decimal(weight),
        **more,  # type: ignore[arg-type]
    )


def tree(*rows: NodeRow) -> FrameworkTree:
    return build_tree(VERSION, [SCALE], rows)


def mixed() -> FrameworkTree:
    """A part with an introduction, an area in it that has a heading, and a part without areas."""
    return tree(
        group(1, None, NodeKind.HEADING),
        group(2, 1, NodeKind.HEADING),
        group(3, 1, NodeKind.AREA, area="STO"),
        indicator(10, 3, 3, weight="2"),
        group(4, 3, NodeKind.HEADING),
        indicator(11, 4, 3, weight="0.5"),
        indicator(12, 4, 3, weight="0.5"),
        group(5, None, NodeKind.HEADING),
        group(6, 5, NodeKind.HEADING),
        indicator(13, 6, 5),
    )


def test_sections_are_areas_or_top_headings_and_empty_headings_stay_in_the_contents() -> None:
    found = mixed()
    assert [section.key for section in found.sections] == ["g3", "g5"]
    assert [(node.key, node.depth) for node in found.nodes] == [
        ("g1", 0), ("g2", 1), ("g3", 1), ("g4", 2), ("g5", 0), ("g6", 1),
    ]  # fmt: skip
    assert found.indicator_count == 4


def test_indicator_knows_its_section_headings_functional_area_and_mean_weight() -> None:
    found = mixed()
    nested = found.find_indicator("i11")
    assert nested is not None
    assert found.section_of(nested).key == "g3"
    assert [heading.key for heading in nested.headings] == ["g4"]
    assert (nested.functional_area, nested.area_mean_weight) == ("STO", Fraction(1))
    assert found.indicator_of(11) is nested
    assert found.find_indicator("i99") is None
    foreign = found.indicator_of(13)
    assert (foreign.functional_area, [heading.key for heading in foreign.headings]) == ("", ["g6"])


def test_levels_follow_the_scale_and_fall_back_to_what_the_options_mean() -> None:
    texts = (("c", "Everything."), ("b", "Something."))
    found = tree(group(1, None, NodeKind.AREA), indicator(2, 1, 1, level_texts=texts)).indicators[0]
    assert [(level.option.key, level.text) for level in found.levels] == [
        ("a", "Nothing"),
        ("b", "Something."),
        ("c", "Everything."),
    ]
    assert found.target.pk == 73
    assert (found.scale.minimum, found.scale.maximum) == (0, 3)
    level = found.find_level("b")
    assert level is not None
    assert level.option.pk == 72
    assert found.find_level("z") is None


def test_page_groups_neighbours_below_the_same_headings() -> None:
    (page,) = mixed().sections[0].pages
    assert [([node.key for node in run.headings], [one.key for one in run.indicators]) for run in page.groups] == [
        ([], ["i10"]),
        (["g4"], ["i11", "i12"]),
    ]


def test_way_through_the_sections_ends_at_both_ends() -> None:
    found = mixed()
    assert found.previous_section("g3") is None
    after = found.next_section("g3")
    assert after is not None
    assert after.key == "g5"
    assert found.next_section("g5") is None
    with pytest.raises(KeyError):
        found.next_section("nowhere")


def test_rows_that_contradict_each_other_are_refused() -> None:
    with pytest.raises(KeyError, match="section"):
        tree(group(1, None, NodeKind.AREA), indicator(2, 1, 9))
    with pytest.raises(KeyError, match="target"):
        build_tree(VERSION, [ScaleView(7, "two", "Two", SCALE.options[:2])], [
            group(1, None, NodeKind.AREA), indicator(2, 1, 1),
        ])  # fmt: skip


@given(st.lists(st.integers(1, 65), min_size=1, max_size=6))
def test_pages_walk_through_every_indicator_once_forwards_and_backwards(sizes: list[int]) -> None:
    rows: list[NodeRow] = []
    for place, size in enumerate(sizes):
        section = 1000 * (place + 1)
        rows.append(group(section, None, NodeKind.AREA))
        rows.extend(indicator(section + number, section, section) for number in range(1, size + 1))
    found = tree(*rows)

    page = found.sections[0].pages[0]
    seen = [page]
    while (following := found.next_page(page)) is not None:
        assert found.previous_page(following) == page
        page = following
        seen.append(page)
    assert found.previous_page(seen[0]) is None
    assert [one.key for step in seen for one in step.indicators] == [one.key for one in found.indicators]
    for step in seen:
        assert 1 <= len(step.indicators) <= PAGE_SIZE
        assert all(found.page_of(one) == step for one in step.indicators)
    for section in found.sections:
        lengths = [len(step.indicators) for step in section.pages]
        assert max(lengths) - min(lengths) <= 1
        assert len(lengths) == -(-len(section.indicators) // PAGE_SIZE)
        assert section.find_page(0) is None
        assert section.find_page(len(lengths) + 1) is None
        assert section.find_page(len(lengths)) == section.pages[-1]
