"""The rows of a working copy beside what is stored: whose they are to change, which were touched, which collide."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, AnswerRevision, Assessment, WorkingCopyUpload
from assessments.permissions import not_assigned
from assessments.selectors.answers import answers_for, readable_tree
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, content_of
from assessments.services.working_copy_reading import CellProblem, FilledRow
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible
from wam_portal.sentences import in_a_row
from wam_portal.sentences import sentence as _
from wam_portal.spreadsheets import as_read_back

_TEXTS: Final = ("reason", "narrative", "minority_note")


class Standing(StrEnum):
    """How a row of a working copy stands to what is stored now."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class OpenRow:
    """A row to decide on. `current` is the stored answer that the viewer reads now, None where there is none."""

    filled: FilledRow
    indicator: IndicatorView
    current: Answer | None
    standing: Standing

    @property
    def stored(self) -> AnswerContent | None:
        """What the stored answer says."""
        return content_of(self.current, self.indicator) if self.current else None


def permitted_rows(
    rows: list[FilledRow], assessment: Assessment, tree: FrameworkTree, viewer: Viewer
) -> tuple[list[FilledRow], list[CellProblem]]:
    """Rows that the viewer may answer for the State, and a problem for each other one; saving asks once more."""
    own = tree if viewer.has_role(Role.EDITOR) else readable_tree(viewer, assessment, tree)
    allowed = [row for row in rows if own.find_indicator(row.key)]
    decision = not_assigned()
    text = in_a_row((decision.reason, decision.who))
    problems = [
        CellProblem("", row_name(row), text, _indicator(tree, row.key).code)
        for row in rows
        if not own.find_indicator(row.key)
    ]
    return allowed, problems


def touched_rows(
    rows: list[FilledRow], assessment: Assessment, tree: FrameworkTree, viewer: Viewer
) -> tuple[list[FilledRow], list[CellProblem]]:
    """Rows in which something was written since they were made, and rows whose version was never given out."""
    current = _current(rows, assessment, tree, viewer)
    bases = _bases(current.values(), rows, tree)
    touched: list[FilledRow] = []
    odd: list[CellProblem] = []
    for row in rows:
        indicator, stored = _indicator(tree, row.key), current.get(row.key)
        if row.base_version > (stored.version if stored else 0):
            message = _("The hidden version of this row was changed. Copy what you wrote into a new working copy.")
            odd.append(CellProblem("", row_name(row), message, indicator.code))
        elif not _same(row.content, bases.get(row.key)) and not (
            stored is not None and _same(row.content, content_of(stored, indicator))
        ):
            touched.append(row)
    return touched, odd


def _bases(answers: Iterable[Answer], rows: list[FilledRow], tree: FrameworkTree) -> dict[str, AnswerContent]:
    """What each answer said in the version from which its row was made, in one statement."""
    versions = {row.key: row.base_version for row in rows if row.base_version}
    keys = {answer.pk: tree.indicator_of(answer.indicator_id).key for answer in answers}
    found = AnswerRevision.objects.filter(answer__in=keys, version__in=set(versions.values()))
    revisions = found.values_list("answer_id", "version", "content")
    return {
        keys[answer]: AnswerContent(**content)
        for answer, version, content in revisions
        if versions.get(keys[answer]) == version
    }


def _current(
    rows: Iterable[FilledRow], assessment: Assessment, tree: FrameworkTree, viewer: Viewer
) -> dict[str, Answer]:
    """The stored answers of these rows by key, in one statement."""
    wanted = {_indicator(tree, row.key).pk: row.key for row in rows}
    found = answers_for(viewer, assessment).filter(indicator__in=wanted).select_related("updated_by")
    return {wanted[answer.indicator_id]: answer for answer in found}


def _same(one: AnswerContent, other: AnswerContent | None) -> bool:
    return other is not None and _cell_form(one) == _cell_form(other)


def _cell_form(content: AnswerContent) -> AnswerContent:
    """An answer as it comes back from a workbook, so that what only the file format changed is no change."""
    return replace(content, **{name: as_read_back(getattr(content, name)) for name in _TEXTS})


def open_rows(upload: WorkingCopyUpload, viewer: Viewer) -> list[OpenRow]:
    """The rows that wait for a decision, as they stand to what is stored at this moment; conflicts first."""
    assessment = upload.assessment
    tree = framework_tree(assessment.framework_version)
    filled = [FilledRow.from_json(row) for row in upload.rows if tree.find_indicator(row["key"])]
    current = _current(filled, assessment, tree, viewer)
    rows = [_open_row(row, _indicator(tree, row.key), current.get(row.key)) for row in filled]
    order = {Standing.CONFLICT: 0, Standing.CLOSED: 1}
    return sorted(rows, key=lambda row: (order.get(row.standing, 2), row.filled.row))


def _open_row(row: FilledRow, indicator: IndicatorView, current: Answer | None) -> OpenRow:
    if current is None:
        # An answer never disappears: one that was there is not the viewer's to read any more.
        standing = Standing.CLOSED if row.base_version else Standing.CREATED
    elif _same(row.content, content_of(current, indicator)):
        standing = Standing.UNCHANGED
    else:
        standing = Standing.UPDATED if current.version == row.base_version else Standing.CONFLICT
    return OpenRow(row, indicator, current, standing)


def _indicator(tree: FrameworkTree, key: str) -> IndicatorView:
    """The indicator of a row that was read with this tree."""
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise NotVisible
    return indicator


def row_name(row: FilledRow) -> str:
    """How a message names a row."""
    return _("row %(number)d") % {"number": row.row}
