"""Reading uploaded workbooks safely: checks first, then a child process with limits, then plain values."""

from __future__ import annotations

import json
import logging
from dataclasses import asdict, dataclass
from functools import cached_property
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from wam_portal.confinement import Limits, TooSlow, run_confined
from wam_portal.errors import PortalError
from wam_portal.sentences import sentence as _
from wam_portal.spreadsheets import FoundCell, FoundSheet, FoundWorkbook, SheetLimits, Value, column_letter
from wam_portal.workbook_check import MAX_BYTES, WorkbookRefused, check_directory

log = logging.getLogger(__name__)

CONTENT_TYPE: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHILD_LIMITS: Final = Limits(memory=512 * 1024**2, cpu=20, wall=30)
SHEET_LIMITS: Final = SheetLimits()

REFUSALS: Final[dict[str, Promise]] = {
    "large": gettext_lazy("The file is larger than %(limit)d MB. Send the workbook you downloaded here."),
    "type": gettext_lazy("This is not an Excel workbook (.xlsx). Save it as “Excel Workbook” and send that file."),
    "encrypted": gettext_lazy(
        "The file is protected with a password or saved in the old .xls format. Save it as .xlsx without a password."
    ),
    "damaged": gettext_lazy("The file is damaged and cannot be read. Save it again in Excel and send the new file."),
    "entries": gettext_lazy("The file holds too many parts to be a workbook of ours."),
    "bomb": gettext_lazy("The file would unpack to far more than a workbook of ours holds, so it is not read."),
    "names": gettext_lazy("The file holds names that lead outside of it, so it is not read."),
    "macros": gettext_lazy("The file holds macros or programs, so it is not read. Save it as .xlsx without them."),
    "links": gettext_lazy("The file is linked to other files or addresses, so it is not read. Break the links first."),
    "entities": gettext_lazy("The file holds declarations that a workbook never needs, so it is not read."),
    "cells": gettext_lazy("The workbook holds more sheets, rows or columns than are read here."),
    "slow": gettext_lazy("The file could not be read in time. Send the workbook you downloaded here."),
}


class UnreadableWorkbook(PortalError):
    """The file is not a workbook that we read; the message says why and what to do. `code` is a key of `REFUSALS`."""

    def __init__(self, code: str) -> None:
        super().__init__(str(REFUSALS[code]) % {"limit": MAX_BYTES // 1024**2})
        self.code = code


@dataclass(frozen=True, slots=True)
class Cell:
    """A filled cell with its place. `problem` is a sentence where its value cannot be used."""

    sheet: str
    row: int
    column: int
    value: Value
    problem: str = ""

    @property
    def address(self) -> str:
        """As Excel names it: F12."""
        return f"{column_letter(self.column)}{self.row}"


@dataclass(frozen=True)
class Sheet:
    """A sheet as it was sent."""

    title: str
    cells: tuple[Cell, ...]

    @cached_property
    def rows(self) -> dict[int, dict[int, Cell]]:
        """The filled cells by row and column."""
        rows: dict[int, dict[int, Cell]] = {}
        for cell in self.cells:
            rows.setdefault(cell.row, {})[cell.column] = cell
        return rows


@dataclass(frozen=True, slots=True)
class WorkbookContent:
    """The sheets of a workbook, in their order."""

    sheets: tuple[Sheet, ...]

    def find(self, title: str) -> Sheet | None:
        """The sheet of that title, None where there is none."""
        return next((sheet for sheet in self.sheets if sheet.title == title), None)


def is_workbook(content: bytes) -> bool:
    """Whether a file begins like a workbook (or like an old or protected one, which `read_workbook` explains)."""
    return content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0"))


def read_workbook(
    content: bytes, *, limits: Limits = CHILD_LIMITS, sheets: SheetLimits = SHEET_LIMITS
) -> WorkbookContent:
    """The cells of an uploaded .xlsx file. Raises `UnreadableWorkbook` for everything that is not a plain one."""
    try:
        check_directory(content)
        return content_of_sheets(_read_in_child(content, limits, sheets))
    except WorkbookRefused as refused:
        log.info("workbook refused: %s", refused.code)
        raise UnreadableWorkbook(refused.code) from None


def content_of_sheets(found: FoundWorkbook) -> WorkbookContent:
    """What was found, with a sentence for every cell that cannot be used."""
    return WorkbookContent(
        tuple(
            Sheet(
                sheet.title,
                tuple(
                    Cell(sheet.title, cell.row, cell.column, cell.value, _problem_text(cell.problem, cell.value))
                    for cell in sheet.cells
                ),
            )
            for sheet in found.sheets
        )
    )


def _read_in_child(content: bytes, limits: Limits, sheets: SheetLimits) -> FoundWorkbook:
    order = json.dumps({"limits": asdict(limits), "sheets": asdict(sheets)}).encode()
    try:
        ending = run_confined("wam_portal.spreadsheet_child", order + b"\n" + content, wall=limits.wall)
    except TooSlow:
        raise WorkbookRefused("slow") from None
    if ending.code != 0:
        # Killed by a limit or tripped over the file: to the person who sent it both are a file that cannot be read.
        log.info("reading a workbook ended with %s: %s", ending.code, ending.complaint.decode(errors="replace")[-200:])
        raise WorkbookRefused("damaged")
    answer = json.loads(ending.output)
    if "refused" in answer:
        raise WorkbookRefused(answer["refused"])
    return FoundWorkbook(
        [FoundSheet(sheet["title"], [FoundCell(**cell) for cell in sheet["cells"]]) for sheet in answer["sheets"]]
    )


def _problem_text(problem: str, value: Value) -> str:
    if problem == "formula":
        return _("This cell holds a formula. Copy it and paste it as a value.")
    if problem == "error":
        return _("This cell holds an error (%(value)s). Type the value.") % {"value": value}
    return ""
