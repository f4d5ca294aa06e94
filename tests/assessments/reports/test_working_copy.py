"""The working copy as a file: what is written comes back, whatever people wrote; it is protected and guides."""

from __future__ import annotations

import datetime as dt
import io
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import openpyxl
from django.utils import translation
from hypothesis import example, given, settings
from hypothesis import strategies as st

from assessments.enums import AnswerRating, Basis, Confidence, NodeKind
from assessments.frameworks.tree import (
    FrameworkTree,
    IndicatorView,
    LevelView,
    NodeView,
    OptionView,
    ScaleView,
    SectionView,
    VersionView,
)
from assessments.models import Answer, Assessment
from assessments.reports.working_copy import WorkingRow, working_copy_plan
from assessments.services.answers import AnswerContent
from assessments.services.working_copy_reading import read_rows
from tests.assessments.working_copies import read
from wam_portal.spreadsheets import as_read_back, write_workbook
from wam_portal.workbook_check import check_directory

MADE_AT = dt.datetime(2026, 11, 25, 12, 0, tzinfo=dt.UTC)
# "unknown" is also a code for no level; keys of options are data of a framework, and must not be mixed up with it.
OPTIONS = tuple(OptionView(pk, key, pk, f"Label {key}") for pk, key in enumerate(("no", "unknown", "3"), start=1))
SCALE = ScaleView(1, "odd", "Odd", OPTIONS)
LEVELS = tuple(LevelView(option, f"Means {option.key}.") for option in OPTIONS)
INDICATORS = tuple(
    IndicatorView(
        pk=pk,
        key=f"a-{pk}",
        code=f"A-{pk}",
        question=f"=Question {pk}?",
        section="a",
        scale=SCALE,
        target=OPTIONS[2],
        levels=LEVELS,
        weight=Decimal(1),
        area_mean_weight=Fraction(1),
    )
    for pk in (1, 2, 3)
)
TREE = FrameworkTree(
    VersionView(1, UUID(int=1), "odd", "1.0", "Odd", "", "en", "f" * 64),
    (),
    (SectionView(NodeView(9, "a", "A", NodeKind.AREA, "Area"), INDICATORS, ()),),
)
ASSESSMENT = Assessment(uuid=UUID(int=7), title="Baseline")

texts = st.text(max_size=60) | st.text(alphabet="=+-@\t\n\r_x0D5F'\"<&>＝ \x00\x0b\u0085", max_size=20)
contents = st.builds(
    AnswerContent,
    rating=st.just("rated"),
    option=st.sampled_from(["no", "unknown", "3"]),
    reason=texts,
    narrative=texts,
    basis=st.sampled_from(Basis.values),
    confidence=st.sampled_from(["", *Confidence.values]),
    minority_note=texts,
    target=st.sampled_from(["", "no", "unknown", "3"]),
) | st.builds(
    AnswerContent,
    rating=st.sampled_from(["unknown", "not_rated", "not_applicable"]),
    # What does not apply has a reason that can be read.
    reason=texts.map(lambda text: f"Because {text}"),
    narrative=texts,
)


def stored(content: AnswerContent, indicator: IndicatorView) -> Answer:
    """An answer as it lies in the database."""
    keys = {option.key: option.pk for option in OPTIONS}
    texts = {name: getattr(content, name) for name in ("reason", "narrative", "minority_note", "basis", "confidence")}
    return Answer(
        indicator_id=indicator.pk,
        version=3,
        rating=content.rating,
        option_id=keys.get(content.option),
        target_id=keys.get(content.target),
        **texts,
    )


def workbook(answers: list[AnswerContent | None]) -> bytes:
    rows = [
        WorkingRow(indicator, "Area", None if content is None else stored(content, indicator))
        for indicator, content in zip(INDICATORS, answers, strict=True)
    ]
    return write_workbook(working_copy_plan(ASSESSMENT, TREE, rows, section="", made_at=MADE_AT))


def in_cells(content: AnswerContent) -> AnswerContent:
    """What a cell keeps of a content: no control characters, no space around."""
    return replace(
        content, **{name: as_read_back(getattr(content, name)) for name in ("reason", "narrative", "minority_note")}
    )


@settings(max_examples=60)
@given(st.lists(st.none() | contents, min_size=3, max_size=3))
@example(
    [AnswerContent(rating="rated", option="3", narrative=text) for text in ("_x005F_x0041_", "_x000D_", "0\r\n=1")]
)
@example([AnswerContent(rating=rating, reason="None.") for rating in AnswerRating.values[1:]])
def test_what_is_written_comes_back(answers: list[AnswerContent | None]) -> None:
    content = workbook(answers)
    check_directory(content)
    rows, problems, _empty = read_rows(read(content), ASSESSMENT, TREE)
    assert problems == []
    given_rows = [
        (indicator.key, 3, in_cells(answer))
        for indicator, answer in zip(INDICATORS, answers, strict=True)
        if answer is not None
    ]
    assert [(row.key, row.base_version, in_cells(row.content)) for row in rows] == given_rows


def test_the_same_rows_at_the_same_time_give_the_same_bytes() -> None:
    answers = [AnswerContent(rating="rated", option="3", narrative="Text."), None, None]
    assert workbook(answers) == workbook(answers)


def test_only_the_cells_to_fill_in_are_open_and_lists_offer_the_levels() -> None:
    book = openpyxl.load_workbook(io.BytesIO(workbook([None, AnswerContent(rating="unknown"), None])))
    sheet = book["Answers"]
    assert sheet.protection.sheet
    assert sheet.freeze_panes == "F3"
    assert sheet.row_dimensions[1].hidden
    # The reader tells columns alike as one group, by its first letter.
    assert (sheet.column_dimensions["A"].hidden, sheet.column_dimensions["A"].max) == (True, 2)
    assert not sheet.column_dimensions["C"].hidden
    assert sheet["E4"].protection.locked
    assert not sheet["F4"].protection.locked
    assert not sheet.column_dimensions["H"].protection.locked
    assert (sheet["E3"].data_type, sheet["E3"].value) == ("s", "=Question 1?")
    ranges = {str(rule.sqref): rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert set(ranges) == {"F3:F5", "L3:L5", "I3:I5", "J3:J5"}
    lists = book["Lists"]
    column = ranges["F3:F5"].split("$")[1]
    offered = [cell.value for cell in lists[column] if cell.value]
    assert offered == [
        "no – Label no",
        "unknown – Label unknown",
        "3 – Label 3",
        "NA – Not applicable",
        "UNKNOWN – Unknown",
        "NOT-RATED – Not rated (outside the agreed scope)",
    ]
    assert lists.sheet_state == "hidden"
    assert not sheet.sheet_view.rightToLeft


def test_in_a_language_written_from_right_to_left_the_sheet_is_too() -> None:
    with translation.override("ar"):
        content = workbook([AnswerContent(rating="rated", option="3"), None, None])
        book = openpyxl.load_workbook(io.BytesIO(content))
    assert all(sheet.sheet_view.rightToLeft for sheet in book.worksheets if sheet.title != "Lists")
    assert len(read_rows(read(content), ASSESSMENT, TREE)[0]) == 1
