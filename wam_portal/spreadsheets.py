"""The one adapter to the spreadsheet libraries: cells out of a workbook, and plans into one.

Reading happens in a child process (`wam_portal.workbooks.read_workbook`); `read_here` is what the child does.
Writing is quick and takes only our own plans: text is always written as text, never as a formula, and equal plans
give equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import warnings
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

from wam_portal.workbook_check import WorkbookRefused, check_parts

Value = str | int | float
FIXED_TIME: Final = dt.datetime(2000, 1, 1)  # noqa: DTZ001 (the file format knows no time zone)
CELL_CHARACTERS: Final = 32_767
LISTS_SHEET: Final = "Lists"
_UNWRITABLE: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f\ufffe\uffff\ud800-\udfff]")


# --- reading ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class SheetLimits:
    """How much of a workbook is read; more is refused."""

    sheets: int = 12
    rows: int = 8_000
    columns: int = 64
    cells: int = 200_000


@dataclass(frozen=True, slots=True)
class FoundCell:
    """A cell with something in it; rows and columns count from 1. `problem` is "formula", "error" or nothing."""

    row: int
    column: int
    value: Value
    problem: str = ""


@dataclass(frozen=True, slots=True)
class FoundSheet:
    """A sheet with its filled cells in reading order."""

    title: str
    cells: list[FoundCell] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class FoundWorkbook:
    """What stands in a workbook."""

    sheets: list[FoundSheet] = field(default_factory=list)


def read_here(content: bytes, limits: SheetLimits) -> FoundWorkbook:
    """Read a workbook in this process; the child calls it, and tests of what is read.

    Raises `WorkbookRefused`, and whatever the parser raises for a file that only looks like a workbook.
    """
    import openpyxl  # noqa: PLC0415 (takes a third of a second, and only the child needs it)

    if not openpyxl.DEFUSEDXML:
        raise WorkbookRefused("entities")
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        check_parts(archive)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=False, keep_links=False)
        if len(book.worksheets) > limits.sheets:
            raise WorkbookRefused("cells")
        left = limits.cells
        sheets = []
        for sheet in book.worksheets:
            cells = list(_cells(sheet, limits, left))
            left -= len(cells)
            sheets.append(FoundSheet(sheet.title, cells))
    return FoundWorkbook(sheets)


def _cells(sheet: Any, limits: SheetLimits, left: int) -> Iterator[FoundCell]:
    # What the file says about its own size is not believed: a wrong one would hide rows or invent millions.
    sheet.reset_dimensions()
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if number > limits.rows or len(row) > limits.columns:
            raise WorkbookRefused("cells")
        for column, cell in enumerate(row, start=1):
            if cell.value is None and cell.data_type != "f":
                continue
            left -= 1
            if left < 0:
                raise WorkbookRefused("cells")
            yield _found(number, column, cell)


def _found(row: int, column: int, cell: Any) -> FoundCell:
    if cell.data_type == "f":
        return FoundCell(row, column, "", "formula")
    if cell.data_type == "e":
        return FoundCell(row, column, str(cell.value)[:20], "error")
    return FoundCell(row, column, _plain(cell.value))


def _plain(value: Any) -> Value:
    """A value as text or number; dates as ISO, yes and no as Excel writes them."""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, int | float):
        return value
    if isinstance(value, dt.datetime):
        return (value.date() if value.time() == dt.time() else value).isoformat()
    # Line ends and our own escapes as Excel keeps them in the file.
    return _read_text(str(value))


def _read_text(text: str) -> str:
    return text.replace("_x000D_\n", "\n").replace("_x000D_", "\n").replace("_x005F_", "_")[:CELL_CHARACTERS]


# --- writing ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its heading, the width in characters, whether people fill it in, whether it is shown.

    `choices` names a list of the workbook for all rows. `help` appears beside a cell with choices that is filled in.
    """

    heading: str
    width: float = 12
    unlocked: bool = False
    hidden: bool = False
    choices: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class SheetPlan:
    """A sheet to write. `names` go into a hidden first row by which a reader finds the columns again.

    `row_choices` names, for columns by their number (from 0), the list of each row. Choices of columns also hold for
    `spare_rows` below the last one.
    """

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[Value]]
    names: Sequence[str] = ()
    frozen_columns: int = 0
    protected: bool = True
    row_choices: Mapping[int, Sequence[str]] = field(default_factory=dict)
    spare_rows: int = 0


@dataclass(frozen=True, slots=True)
class WorkbookPlan:
    """A workbook to write; `lists` are the drop-downs by name. Equal plans give equal bytes."""

    sheets: Sequence[SheetPlan]
    lists: dict[str, Sequence[str]] = field(default_factory=dict)
    right_to_left: bool = False
    title: str = ""


def write_workbook(plan: WorkbookPlan) -> bytes:
    """Write the plan as an .xlsx file."""
    import xlsxwriter  # noqa: PLC0415 (only exports need it)

    target = io.BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    book.set_properties({"title": plan.title, "created": FIXED_TIME})
    writer = _Writer(book, plan)
    for sheet in plan.sheets:
        writer.write(sheet)
    writer.write_lists()
    book.close()
    return target.getvalue()


class _Writer:
    """Writes sheets into a workbook with the formats that they share."""

    def __init__(self, book: Any, plan: WorkbookPlan) -> None:
        self._book = book
        self._plan = plan
        base = {"valign": "top", "text_wrap": True, "reading_order": 2 if plan.right_to_left else 1}
        self._locked = book.add_format({**base, "bg_color": "#F2F4F7"})
        self._open = book.add_format(
            {**base, "locked": False, "num_format": "@", "border": 1, "border_color": "#C5CBD3"}
        )
        self._plain = book.add_format(base)
        self._head = book.add_format({**base, "bold": True, "bg_color": "#1F3A68", "font_color": "#FFFFFF"})
        self._numbers = {name: number for number, name in enumerate(plan.lists)}

    def write(self, plan: SheetPlan) -> None:
        """One sheet with its heading row, cells, drop-downs and protection."""
        sheet = self._book.add_worksheet(plan.title)
        top = 1 if plan.names else 0
        if plan.names:
            sheet.write_row(0, 0, plan.names)
            sheet.set_row(0, None, None, {"hidden": True})
        for number, column in enumerate(plan.columns):
            options = {"hidden": True} if column.hidden else {}
            sheet.set_column(number, number, column.width, self._format(plan, column), options)
            sheet.write_string(top, number, column.heading, self._head)
        self._write_cells(sheet, plan, top + 1)
        self._add_choices(sheet, plan, top + 1)
        sheet.freeze_panes(top + 1, plan.frozen_columns)
        if self._plan.right_to_left:
            sheet.right_to_left()
        if plan.protected:
            # No password: it keeps slips away, and hides nothing from the person whose data it is.
            sheet.protect("", {"format_cells": True, "format_columns": True, "format_rows": True, "autofilter": True})

    def _format(self, plan: SheetPlan, column: Column) -> Any:
        if not plan.protected:
            return self._plain
        return self._open if column.unlocked else self._locked

    def _write_cells(self, sheet: Any, plan: SheetPlan, top: int) -> None:
        # Empty cells are not written: they take the format of their column, and the file stays small.
        formats = [self._format(plan, column) for column in plan.columns]
        for place, row in enumerate(plan.rows, start=top):
            for number, value in enumerate(row):
                if isinstance(value, str) and value:
                    sheet.write_string(place, number, writable(value), formats[number])
                elif not isinstance(value, str):
                    sheet.write_number(place, number, value, formats[number])

    def _add_choices(self, sheet: Any, plan: SheetPlan, top: int) -> None:
        last = top + len(plan.rows) + plan.spare_rows - 1
        for number, column in enumerate(plan.columns):
            if column.choices and last >= top:
                self._add_list(sheet, (top, last), number, column.choices, column.help)
        for number, names in plan.row_choices.items():
            for first, end, name in _runs(names):
                self._add_list(sheet, (top + first, top + end), number, name, plan.columns[number].help)

    def _add_list(self, sheet: Any, rows: tuple[int, int], column: int, name: str, text: str) -> None:
        source = f"={LISTS_SHEET}!{_address(self._numbers[name], len(self._plan.lists[name]))}"
        rule = {"validate": "list", "source": source, "input_message": text[:255], "error_type": "stop"}
        sheet.data_validation(rows[0], column, rows[1], column, rule)

    def write_lists(self) -> None:
        """The hidden sheet behind the drop-downs."""
        if not self._plan.lists:
            return
        sheet = self._book.add_worksheet(LISTS_SHEET)
        for number, values in enumerate(self._plan.lists.values()):
            for place, value in enumerate(values):
                sheet.write_string(place, number, writable(value))
        sheet.hide()
        sheet.protect("")


def writable(text: str) -> str:
    """Text as a cell can hold it: plain line ends, without control characters, cut at the format's limit."""
    return _UNWRITABLE.sub(" ", text.replace("\r\n", "\n"))[:CELL_CHARACTERS]


def as_read_back(text: str) -> str:
    """What comes back of a text that was written into a cell: nearly always the same, but for the space around it."""
    return _read_text(writable(text)).strip()


def _runs(names: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    """Neighbouring rows with the same list, as first, last and name."""
    first = 0
    for place, name in enumerate(names):
        if place + 1 == len(names) or names[place + 1] != name:
            yield first, place, name
            first = place + 1


def _address(column: int, length: int) -> str:
    letter = column_letter(column + 1)
    return f"${letter}$1:${letter}${max(1, length)}"


def column_letter(number: int) -> str:
    """The letters of a column, which counts from 1: A, Z, AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def number_text(value: Value) -> str:
    """A cell's value as a person typed it: 4 for 4.0, text as it is."""
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 (exact in a float)
        return str(int(value))
    if isinstance(value, float):
        return f"{Decimal(repr(value)).normalize():f}"
    return str(value)
