"""Frameworks from a workbook: the template works as it is, and each problem is told with its cell."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from assessments.enums import NodeKind
from assessments.frameworks import FrameworkErrors
from assessments.frameworks.schema import (
    DroppedItem,
    Framework,
    Group,
    Indicator,
    MappedItem,
    Replacement,
    Selection,
    walk,
)
from assessments.frameworks.workbook import framework_of, read_framework_workbook
from assessments.frameworks.workbook_template import EXAMPLE, framework_template, framework_workbook
from tests.assessments.working_copies import read

Edit = Callable[[Any], None]


def edited(edit: Edit) -> bytes:
    """The template after somebody worked in it."""
    book = openpyxl.load_workbook(io.BytesIO(framework_template()))
    edit(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def cells(**values: Any) -> Edit:
    """Write into cells, named as Sheet_A1."""

    def edit(book: Any) -> None:
        for name, value in values.items():
            sheet, address = name.split("_")
            book[sheet][address] = value

    return edit


def problems(edit: Edit) -> dict[str, str]:
    with pytest.raises(FrameworkErrors) as raised:
        framework_of(read(edited(edit)))
    return {error.path: error.message for error in raised.value.errors}


def large(areas: int, each: int) -> Framework:
    """A framework of many areas, each indicator below two headings or none."""
    pattern = next(node for node in walk(EXAMPLE.nodes) if isinstance(node, Indicator))

    def indicator(area: int, number: int) -> Indicator:
        return replace(
            pattern, key=f"a{area}-{number}", code=f"A{area}.{number}", question=f"=Question {number} of {area}?"
        )

    def group(area: int) -> Group:
        inner = Group(
            kind=NodeKind.HEADING,
            key=f"a{area}-part-rules",
            title="Rules",
            nodes=tuple(indicator(area, number) for number in range(each)),
        )
        outer = Group(kind=NodeKind.HEADING, key=f"a{area}-part", title="Part", nodes=(inner,))
        return Group(
            kind=NodeKind.AREA,
            key=f"a{area}",
            code=f"A{area}",
            title=f"Area {area}",
            functional_area="MAR",
            nodes=(indicator(area, each), outer),
        )

    return replace(EXAMPLE, nodes=tuple(group(area) for area in range(areas)))


def test_the_template_is_read_as_it_is_through_the_child() -> None:
    assert read_framework_workbook(framework_template()) == EXAMPLE


def test_a_framework_of_two_hundred_indicators_comes_back_equal() -> None:
    framework = large(10, 19)
    assert len(framework.indicators()) == 200
    assert framework_of(read(framework_workbook(framework))) == framework


def test_every_problem_is_told_with_its_cell_at_once() -> None:
    found = problems(
        cells(
            Framework_B2=None,
            Framework_B6="english!",
            Scales_D3="one",
            Indicators_G2=None,
            Indicators_L2="nowhere",
            Indicators_O2="gender, colour",
            Indicators_A3="MAR",
            Indicators_B3="Another title",
            Indicators_F3="MAR-01",
            Indicators_G3="=A1",
            Indicators_K3="200",
            Indicators_A4="TRA",
            Indicators_F4="TRA-01",
        )
    )
    assert "required" in found["Framework!B2"]
    assert "language tag" in found["Framework!B6"]
    assert "number" in found["Scales!D3"]
    assert "required" in found["Indicators!G2"]
    assert "nowhere" in found["Indicators!L2"]
    assert "colour" in found["Indicators!O2"]
    assert "Another row" in found["Indicators!B3"]
    assert "already used" in found["Indicators!F3"]
    assert "formula" in found["Indicators!G3"]
    assert "between" in found["Indicators!K3"]
    assert "required" in found["Indicators!B4"]


@pytest.mark.parametrize(
    ("edit", "place", "message"),
    [
        (lambda book: book.remove(book["Scales"]), "Scales", "missing"),
        (cells(Indicators_G1="Frage"), "Indicators!G1", "not a field"),
        (cells(Indicators_G1="Frage"), "Indicators!A1", "“question” is missing"),
        (cells(Indicators_I1="code"), "Indicators!I1", "given twice"),
        (cells(Indicators_T1="level never"), "Indicators!T2", "no option"),
        (lambda book: book["Indicators"].delete_rows(2), "Indicators", "no indicator"),
    ],
)
def test_a_sheet_that_does_not_fit_is_explained(edit: Edit, place: str, message: str) -> None:
    assert message in problems(edit)[place]


def test_what_is_no_workbook_is_refused_with_a_sentence() -> None:
    with pytest.raises(FrameworkErrors, match="damaged"):
        read_framework_workbook(b"PK\x03\x04 not really")


def test_a_newer_version_says_in_the_workbook_what_became_of_the_one_before() -> None:
    first, second, *_others = large(1, 3).indicators()
    framework = replace(
        large(1, 3),
        version="2.0",
        groups=(Selection("core-set", "Core set", (first.key, second.key)), Selection("law", "Law", (second.key,))),
        replaces=Replacement(
            "1.0",
            (MappedItem(first.key, ("old-1", "old-2")), MappedItem(second.key, ("old-1",))),
            (DroppedItem("old-9", "Asked in the survey."),),
        ),
    )
    assert framework_of(read(framework_workbook(framework))) == framework


def test_a_map_with_mistakes_is_told_with_its_cells() -> None:
    def edit(book: Any) -> None:
        cells(Indicators_S2="Old 1", Dropped_A2="old-2", Dropped_A3="old-2", Dropped_B3="Twice.")(book)

    found = problems(edit)
    assert "required" in found["Framework"], "the version that is replaced"
    assert "key is expected" in found["Indicators!S2"]
    assert "required" in found["Dropped!B2"]
    assert "given twice" in found["Dropped!A3"]


def test_keys_may_be_left_to_the_code_and_numbers_typed_as_numbers() -> None:
    def edit(book: Any) -> None:
        sheet = book["Indicators"]
        sheet["E2"], sheet["K2"] = None, 2.5
        book["Framework"]["B3"] = 2

    framework = framework_of(read(edited(edit)))
    assert (framework.version, framework.indicators()[0].key) == ("2", "mar-01")
    assert str(framework.indicators()[0].weight) == "2.5"
