"""Working copies for tests: taken out as a person takes them, filled in with the same library that reads them."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
from django.utils import timezone

from assessments.models import Assessment
from assessments.reports.working_copy import NAMES, working_copy_plan
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.working_copies import sections_to_copy, working_rows
from wam_portal.access import Viewer
from wam_portal.spreadsheets import SheetLimits, read_here, write_workbook
from wam_portal.workbooks import WorkbookContent, content_of_sheets

Edit = Callable[[Any], None]


def take(viewer: Viewer, assessment: Assessment, section: str = "") -> bytes:
    """The workbook that the viewer downloads."""
    tree = framework_tree(assessment.framework_version)
    sections = tuple(one for one in sections_to_copy(viewer, assessment, tree) if section in {"", one.key})
    rows = working_rows(viewer, assessment, sections)
    return write_workbook(working_copy_plan(assessment, tree, rows, section=section, made_at=timezone.now()))


def filled(
    content: bytes, answers: dict[str, dict[str, Any]], *, more: Edit | None = None, sheet: str = "Answers"
) -> bytes:
    """The workbook with cells written by indicator key and column name, saved by another program than ours."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    cells_of = book[sheet]
    rows = {cells_of.cell(row, 1).value: row for row in range(3, cells_of.max_row + 1)}
    for key, cells in answers.items():
        for name, value in cells.items():
            cells_of.cell(rows[key], NAMES.index(name) + 1).value = value
    if more:
        more(book)
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def read(content: bytes) -> WorkbookContent:
    """What the reading child finds, without a child."""
    return content_of_sheets(read_here(content, SheetLimits()))
