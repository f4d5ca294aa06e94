"""Workbooks from outside: plain ones come back as values, hostile ones not at all, and writing runs nothing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import subprocess
import sys
import zipfile
from typing import Any

import openpyxl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.hostile import REFUSED, hostile_workbooks, unzipped, zipped
from wam_portal.confinement import Limits
from wam_portal.csv_files import csv_file
from wam_portal.spreadsheets import Column, SheetLimits, SheetPlan, WorkbookPlan, read_here, write_workbook
from wam_portal.workbook_check import WorkbookRefused, check_directory
from wam_portal.workbooks import UnreadableWorkbook, read_workbook

LIVE = ("=1+1", "+1", "-1", "@SUM(A1)", "\tx", "\rx", "\nx", "＝1", "＋1", "－1", "＠x", " =1", "=cmd|'/C calc'!A0")


def workbook(*rows: list[Any], **plan: Any) -> bytes:
    columns = [Column(f"c{number}", unlocked=True) for number in range(max(map(len, rows)))]
    return write_workbook(WorkbookPlan([SheetPlan("Data", columns, rows)], **plan))


def saved(edit: Any) -> bytes:
    """A workbook as another program saves it."""
    book = openpyxl.Workbook()
    edit(book.active)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def checked_and_read(content: bytes) -> None:
    check_directory(content)
    read_here(content, SheetLimits())


def test_values_come_back_with_their_place_through_the_child() -> None:
    content = workbook(["text", 7, 2.5], ["", "next\nline", "ünï العربية"])
    found = read_workbook(content)
    assert [(cell.address, cell.value) for cell in found.sheets[0].cells] == [
        ("A1", "c0"),
        ("B1", "c1"),
        ("C1", "c2"),
        ("A2", "text"),
        ("B2", 7),
        ("C2", 2.5),
        ("B3", "next\nline"),
        ("C3", "ünï العربية"),
    ]


def test_formulas_and_errors_are_told_and_dates_are_text() -> None:
    def edit(sheet: Any) -> None:
        sheet["A1"] = "=1+1"
        sheet["B2"] = "#REF!"
        sheet["C3"] = dt.date(2026, 3, 1)
        sheet["D4"] = True

    found = {cell.row: cell for sheet in read_here(saved(edit), SheetLimits()).sheets for cell in sheet.cells}
    assert (found[1].problem, found[1].value) == ("formula", "")
    assert (found[2].problem, found[2].value) == ("error", "#REF!")
    assert [(found[row].value, found[row].problem) for row in (3, 4)] == [("2026-03-01", ""), ("TRUE", "")]


@settings(max_examples=30)
@given(st.text(max_size=40))
@example("=1+1")
@example("http://198.51.100.7/")
def test_no_text_becomes_a_formula_or_a_link(text: str) -> None:
    content = workbook([text])
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Data"]
    assert sheet["A2"].data_type in {"s", "n"}
    assert sheet["A2"].hyperlink is None
    assert not any(b"<f>" in part for name, part in unzipped(content).items() if "worksheets" in name)


@pytest.mark.parametrize("text", LIVE)
def test_a_csv_cell_that_a_program_would_run_gets_an_apostrophe(text: str) -> None:
    content = csv_file([[text, -5, "plain", f"in {text}"]]).decode("utf-8-sig")
    [row] = csv.reader(io.StringIO(content, newline=""))
    assert row == [f"'{text}", "-5", "plain", f"in {text}"]
    # The control: a plain writer lets it live.
    plain = io.StringIO()
    csv.writer(plain).writerow([text])
    assert not plain.getvalue().startswith("'")


def test_equal_content_gives_equal_bytes_in_another_process_too() -> None:
    script = (
        "import sys; from wam_portal.spreadsheets import Column, SheetPlan, WorkbookPlan, write_workbook;"
        "plan = WorkbookPlan([SheetPlan('Data', [Column('c0', unlocked=True)] * 2, [['a', 1]])]);"
        "sys.stdout.buffer.write(write_workbook(plan))"
    )
    other = subprocess.run([sys.executable, "-c", script], capture_output=True, check=True).stdout
    columns = [Column("c0", unlocked=True)] * 2
    assert write_workbook(WorkbookPlan([SheetPlan("Data", columns, [["a", 1]])])) == other


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"x" * (8 * 1024 * 1024 + 1), "large"),
        (b"%PDF-1.7", "type"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "encrypted"),
        (zipped({"a.txt": b"a"}), "type"),
        (b"PK\x03\x04" + b"\0" * 100, "damaged"),
    ],
)
def test_a_refusal_says_why(content: bytes, code: str) -> None:
    with pytest.raises(UnreadableWorkbook) as refused:
        read_workbook(content)
    assert refused.value.code == code
    assert refused.value.message


@pytest.mark.parametrize("attack", REFUSED)
def test_each_attack_is_refused_before_a_cell_is_read(attack: str) -> None:
    """In this process: the check alone has to hold. The child is only the second lock."""
    for hostile in hostile_workbooks(workbook(["a", "b"], ["c", "d"]), [attack] * 3, seed=11):
        with pytest.raises((WorkbookRefused, zipfile.BadZipFile)):
            checked_and_read(hostile.content)


def test_a_hyperlink_that_a_program_made_of_an_address_is_no_attack() -> None:
    def edit(sheet: Any) -> None:
        sheet["A1"] = "https://example.test/law"
        sheet["A1"].hyperlink = "https://example.test/law"

    content = saved(edit)
    check_directory(content)
    assert read_here(content, SheetLimits()).sheets[0].cells[0].value == "https://example.test/law"


@pytest.mark.parametrize("limits", [Limits(wall=1), Limits(cpu=1)])
def test_a_child_that_takes_too_much_is_killed_with_a_sentence(limits: Limits) -> None:
    """Many small cells within the size limits, read with less time or memory than they need."""
    row = "".join(f'<c r="{letter}1" t="inlineStr"><is><t>{letter}</t></is></c>' for letter in "ABCDEFGHIJKLMNOP")
    rows = "".join(f'<row r="{n}">{row.replace("1", str(n))}</row>' for n in range(1, 7000))
    parts = unzipped(workbook(["a"]))
    parts["xl/worksheets/sheet1.xml"] = (
        '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    ).encode()
    content = zipped(parts)
    check_directory(content)
    with pytest.raises(UnreadableWorkbook) as refused:
        read_workbook(content, limits=limits)
    assert refused.value.code in {"slow", "damaged"}
