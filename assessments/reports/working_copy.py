"""The Excel working copy of a baseline: which columns it has, and how an answer is written into a row.

A row is found again by its permanent key and the version of the answer it was made from, both in hidden columns; the
columns by the names in a hidden first row, so that the headings may be in any language.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from assessments.enums import AnswerRating, Basis, Confidence
from assessments.frameworks.tree import FrameworkTree, IndicatorView, ScaleView
from assessments.models import Answer, Assessment
from wam_portal.formats import format_labelled
from wam_portal.languages import is_mirrored
from wam_portal.spreadsheets import Column, SheetPlan, Value, WorkbookPlan

SCHEMA: Final = "wam-working-copy/1"
NAMES: Final = (
    "key",
    "base_version",
    "code",
    "section",
    "question",
    "level",
    "reason",
    "narrative",
    "basis",
    "confidence",
    "minority_note",
    "target",
)
FILLED_IN: Final = NAMES[5:]
OTHER_LEVELS: Final = {
    "NA": AnswerRating.NOT_APPLICABLE,
    "UNKNOWN": AnswerRating.UNKNOWN,
    "NOT-RATED": AnswerRating.NOT_RATED,
}
"""Capitals: no option of a scale can have such a key."""

_CODES: Final = {rating: code for code, rating in OTHER_LEVELS.items()}
_LEVEL: Final = NAMES.index("level")
_TARGET: Final = NAMES.index("target")


@dataclass(frozen=True, slots=True)
class WorkingRow:
    """An indicator with the title of its section and its answer, None where there is none."""

    indicator: IndicatorView
    section: str
    answer: Answer | None


def choice(key: str, label: object) -> str:
    """A choice as a drop-down shows it; the key before the first space is what is read back."""
    return f"{key} – {label}"


def working_copy_plan(
    assessment: Assessment, tree: FrameworkTree, rows: Sequence[WorkingRow], *, section: str, made_at: dt.datetime
) -> WorkbookPlan:
    """The workbook of these rows; the same rows at the same time give the same file."""
    scales = [row.indicator.scale for row in rows]
    answers = SheetPlan(
        title=_("Answers"),
        columns=_columns(),
        names=NAMES,
        rows=[_row(row) for row in rows],
        frozen_columns=_LEVEL,
        row_choices={
            _LEVEL: [f"level:{scale.key}" for scale in scales],
            _TARGET: [f"target:{scale.key}" for scale in scales],
        },
    )
    return WorkbookPlan(
        sheets=[answers, _levels_sheet(rows), _about_sheet(assessment, tree, section, made_at)],
        lists=_lists({scale.key: scale for scale in scales}.values()),
        right_to_left=is_mirrored(),
        title=assessment.title,
    )


def _columns() -> list[Column]:
    pick = _("Choose from the list.")
    return [
        Column(_("Key (do not change)"), hidden=True),
        Column(_("Version (do not change)"), hidden=True),
        Column(_("Code"), 10),
        Column(_("Section"), 22),
        Column(_("Question"), 48),
        Column(_("Level"), 24, unlocked=True, help=pick),
        Column(_("Reason"), 30, unlocked=True),
        Column(_("What is in place, and what is not"), 60, unlocked=True),
        Column(_("Basis"), 20, unlocked=True, choices="basis", help=pick),
        Column(_("Confidence"), 16, unlocked=True, choices="confidence", help=pick),
        Column(_("Who disagrees, and why"), 30, unlocked=True),
        Column(_("Own target"), 24, unlocked=True, help=_("Leave it empty to keep the framework's target.")),
    ]


def _row(row: WorkingRow) -> list[Value]:
    indicator, answer = row.indicator, row.answer
    place: list[Value] = [indicator.key, answer.version if answer else 0, indicator.code, row.section]
    if answer is None:
        return [*place, indicator.question]
    options = {option.pk: choice(option.key, option.label) for option in indicator.scale.options}
    rating = AnswerRating(answer.rating)
    level = options[answer.option_id] if answer.option_id else choice(_CODES[rating], rating.label)
    return [
        *place,
        indicator.question,
        level,
        answer.reason,
        answer.narrative,
        choice(answer.basis, Basis(answer.basis).label),
        choice(answer.confidence, Confidence(answer.confidence).label) if answer.confidence else "",
        answer.minority_note,
        options[answer.target_id] if answer.target_id else "",
    ]


def _lists(scales: Iterable[ScaleView]) -> dict[str, Sequence[str]]:
    others = [choice(code, rating.label) for code, rating in OTHER_LEVELS.items()]
    lists: dict[str, Sequence[str]] = {
        "basis": [choice(basis.value, basis.label) for basis in Basis],
        "confidence": [choice(degree.value, degree.label) for degree in Confidence],
    }
    for scale in scales:
        options = [choice(option.key, option.label) for option in scale.options]
        lists[f"level:{scale.key}"] = [*options, *others]
        lists[f"target:{scale.key}"] = options
    return lists


def _levels_sheet(rows: Sequence[WorkingRow]) -> SheetPlan:
    """What each level means, to read while filling in."""
    return SheetPlan(
        title=_("Levels"),
        columns=[Column(_("Code"), 10), Column(_("Question"), 48), Column(_("What the levels mean"), 110)],
        rows=[[row.indicator.code, row.indicator.question, _level_texts(row.indicator)] for row in rows],
        frozen_columns=1,
    )


def _level_texts(indicator: IndicatorView) -> str:
    return "\n".join(
        format_labelled(choice(level.option.key, level.option.label), level.text) for level in indicator.levels
    )


def _about_sheet(assessment: Assessment, tree: FrameworkTree, section: str, made_at: dt.datetime) -> SheetPlan:
    version = tree.version
    return SheetPlan(
        title=_("About"),
        columns=[Column("", hidden=True), Column(_("About this file"), 34), Column("", 90)],
        rows=[
            ["", _("What it is"), _("A working copy of your answers. Treat it like the baseline itself.")],
            ["", _("How to fill it in"), _("Write into the white cells of the first sheet only; choose from lists.")],
            ["", _("How to send it back"), _("On the page “Working copy” of the baseline. Nothing is saved unseen.")],
            ["schema", _("Format"), SCHEMA],
            ["assessment", _("Baseline (number)"), str(assessment.uuid)],
            ["title", _("Baseline"), assessment.title],
            ["framework", _("Framework"), version.key],
            ["framework_version", _("Version of the framework"), version.number],
            ["framework_hash", _("Hash of the framework"), version.content_hash],
            ["section", _("Section"), section],
            ["made_at", _("Made at (UTC)"), made_at.isoformat(timespec="seconds")],
        ],
    )
