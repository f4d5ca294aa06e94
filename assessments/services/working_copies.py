"""Working copies: taken out, brought back, looked at, and saved row by row as the owner decides."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db.models import F
from django.utils import timezone

from assessments.models import Assessment, WorkingCopyUpload
from assessments.permissions import can_fill_working_copy
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import save_answer
from assessments.services.working_copy_reading import CellProblem, FilledRow, read_rows
from assessments.services.working_copy_rows import OpenRow, Standing, permitted_rows, row_name, touched_rows
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.sentences import in_a_row, sentence_of
from wam_portal.sentences import sentence as _
from wam_portal.workbooks import UnreadableWorkbook, read_workbook

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class RowDecision:
    """`mine` saves the row over the stored version that was `seen` (0 for none); otherwise the row is left out."""

    mine: bool
    seen: int


def record_export(*, assessment: Assessment, form: str, section: str, count: int, actor: Viewer) -> None:
    """Note that answers left the portal as a file: its form ("xlsx", "csv", "json"), the section, how many rows."""
    with audited():
        record(
            verb="answers.exported",
            target=assessment,
            actor=actor,
            parties=[actor.party],
            changes={"form": form, "section": section, "rows": count},
        )


def upload_working_copy(*, assessment: Assessment, content: bytes, actor: Viewer) -> WorkingCopyUpload:
    """Read a filled working copy and keep its rows until the owner has decided; no answer changes.

    An earlier upload of the same person for this baseline is replaced. Raises `Refused`, and `Invalid` ("file") for
    what is not a working copy of this baseline; then nothing is kept.
    """
    require(can_fill_working_copy(actor, assessment))
    tree = framework_tree(assessment.framework_version)
    try:
        book = read_workbook(content)
    except UnreadableWorkbook as unreadable:
        raise Invalid({"file": [unreadable.message]}) from None
    rows, problems, empty = read_rows(book, assessment, tree)
    allowed, refused = permitted_rows(rows, assessment, tree, actor)
    touched, odd = touched_rows(allowed, assessment, tree, actor)
    now = timezone.now()
    with audited():
        WorkingCopyUpload.objects.expired().delete()
        WorkingCopyUpload.objects.filter(assessment=assessment, owner=actor.user).delete()
        upload = WorkingCopyUpload.objects.create(
            assessment=assessment,
            owner=actor.user,
            rows=[row.as_json() for row in touched],
            problems=[problem.as_json() for problem in (*problems, *refused, *odd)],
            unchanged=len(allowed) - len(touched) - len(odd) + empty,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        counts = {"rows": len(touched), "unchanged": upload.unchanged, "problems": len(upload.problems)}
        record(verb="working_copy.uploaded", target=upload, actor=actor, parties=[actor.party], changes=counts)
    return upload


def decide_rows(
    *, upload: WorkingCopyUpload, base_version: int, decisions: Mapping[str, RowDecision], actor: Viewer
) -> WorkingCopyUpload:
    """Save the rows taken, drop those left out; rows without a decision go on waiting.

    A row that somebody saved in the meantime stays, as a conflict; one that cannot be saved becomes a problem. Raises
    `Conflict` when these decisions, or others, were taken already: a form that is sent twice saves once.
    """
    with audited():
        _take_turn(upload, base_version)
        waiting: list[FilledRow] = []
        problems: list[CellProblem] = []
        saved = left_out = 0
        for row in map(FilledRow.from_json, upload.rows):
            decision = decisions.get(row.key)
            if decision is None:
                waiting.append(row)
            elif not decision.mine:
                left_out += 1
            elif (problem := _save(upload.assessment, row, decision, actor)) is None:
                saved += 1
            elif isinstance(problem, CellProblem):
                problems.append(problem)
            else:
                waiting.append(row)
        upload.rows = [row.as_json() for row in waiting]
        upload.problems = [*upload.problems, *(problem.as_json() for problem in problems)]
        upload.saved += saved
        upload.left_out += left_out
        upload.save(update_fields=["rows", "problems", "saved", "left_out"])
        counts = {"saved": saved, "left_out": left_out, "waiting": len(waiting), "problems": len(problems)}
        record(verb="working_copy.decided", target=upload, actor=actor, parties=[actor.party], changes=counts)
    return upload


def _take_turn(upload: WorkingCopyUpload, base_version: int) -> None:
    """The swap is the lock: of two who send the same form one finds the version gone."""
    same = WorkingCopyUpload.objects.filter(pk=upload.pk, version=base_version)
    if not same.update(version=F("version") + 1):
        raise Conflict(_("These rows were decided already."), current=upload)
    upload.refresh_from_db(fields=["rows", "problems", "saved", "left_out", "version"])


def _save(
    assessment: Assessment, row: FilledRow, decision: RowDecision, actor: Viewer
) -> CellProblem | Conflict | None:
    try:
        save_answer(
            assessment=assessment,
            indicator=row.key,
            base_version=decision.seen,
            content=row.content,
            actor=actor,
        )
    except Conflict as conflict:
        return conflict
    except Invalid as invalid:
        return CellProblem("", row_name(row), in_a_row(text for texts in invalid.errors.values() for text in texts))
    except Refused as refused:
        return CellProblem("", row_name(row), sentence_of(refused.decision.reason))
    except NotVisible:
        return CellProblem("", row_name(row), _("This indicator is not part of the baseline."))
    return None


def discard_upload(*, upload: WorkingCopyUpload, actor: Viewer) -> None:
    """Throw an upload away; answers stay as they are."""
    with audited():
        deleted, _by_model = WorkingCopyUpload.objects.visible_to(actor).filter(pk=upload.pk).delete()
        if deleted:
            record(verb="working_copy.discarded", target=upload, actor=actor, parties=[actor.party])


def discard_expired_uploads() -> int:
    """Delete the uploads whose time is over; how many."""
    deleted, _by_model = WorkingCopyUpload.objects.expired().delete()
    return deleted


def plain_decisions(rows: Collection[OpenRow]) -> dict[str, RowDecision]:
    """Mine for every row that nobody else has touched: new ones and those changed only here."""
    return {
        row.filled.key: RowDecision(mine=True, seen=row.current.version if row.current else 0)
        for row in rows
        if row.standing in {Standing.CREATED, Standing.UPDATED}
    }
