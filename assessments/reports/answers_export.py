"""All answers of a baseline as data for other programs: CSV and JSON. The format is described in docs/exports.md."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any, Final

from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment
from assessments.reports.working_copy import WorkingRow
from wam_portal.csv_files import csv_file

SCHEMA: Final = "wam-answers/1"
COLUMNS: Final = (
    "indicator",
    "code",
    "section",
    "question",
    "rating",
    "level",
    "level_value",
    "level_label",
    "target",
    "reason",
    "narrative",
    "basis",
    "confidence",
    "minority_note",
    "version",
    "saved_at",
)


def answers_csv(rows: Iterable[WorkingRow]) -> bytes:
    """One line an indicator, also where nothing is answered yet; empty cells for what is not given."""
    entries = (_entry(row) for row in rows)
    lines = (["" if entry[name] is None else entry[name] for name in COLUMNS] for entry in entries)
    return csv_file([COLUMNS, *lines])


def answers_json(
    assessment: Assessment, tree: FrameworkTree, rows: Sequence[WorkingRow], *, made_at: dt.datetime
) -> bytes:
    """The same with what it belongs to; None where nothing is given."""
    version = tree.version
    document = {
        "schema": SCHEMA,
        "made_at": made_at.isoformat(timespec="seconds"),
        "assessment": {
            "uuid": str(assessment.uuid),
            "title": assessment.title,
            "cycle": assessment.cycle,
            "status": assessment.status,
            "state": assessment.state.slug,
        },
        "framework": {"key": version.key, "version": version.number, "hash": version.content_hash},
        "answers": [_entry(row) for row in rows],
    }
    return json.dumps(document, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _entry(row: WorkingRow) -> dict[str, Any]:
    indicator, answer = row.indicator, row.answer
    entry: dict[str, Any] = dict.fromkeys(COLUMNS)
    entry |= {
        "indicator": indicator.key,
        "code": indicator.code,
        "section": indicator.section,
        "question": indicator.question,
        "version": answer.version if answer else 0,
    }
    if answer is None:
        return entry
    options = {option.pk: option for option in indicator.scale.options}
    level = options.get(answer.option_id or 0)
    target = options.get(answer.target_id or 0)
    return entry | {
        "rating": answer.rating,
        "level": level.key if level else None,
        "level_value": level.value if level else None,
        "level_label": level.label if level else None,
        "target": target.key if target else None,
        "reason": answer.reason,
        "narrative": answer.narrative,
        "basis": answer.basis,
        "confidence": answer.confidence,
        "minority_note": answer.minority_note,
        "saved_at": answer.updated_at.isoformat(timespec="seconds"),
    }
