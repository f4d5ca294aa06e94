"""Workbooks: what was sent is kept until its owner has decided, and then taken over row by row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.enums import ActivitySource, UploadKind
from cooperation.models import WorkbookUpload
from cooperation.permissions import can_offer, can_record_activity
from cooperation.services.assistance import change_activity, hold_register, record_activity
from cooperation.services.offers import draft_offer, edit_offer
from wam_portal.access import Decision, Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, Refused

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row to take over: a new object (no `stored`), or a change of one as it stood in `version`."""

    row: int
    values: Any
    stored: Any = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What taking over did. `problems`: number of the row, and why it was not taken."""

    created: int
    updated: int
    problems: Sequence[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Taking:
    """How rows of one kind are taken over. `verb` begins what the log says of it."""

    verb: str
    allowed: Callable[[Viewer], Decision]
    create: Callable[[ImportRow, Viewer], object]
    change: Callable[[ImportRow, Viewer], object]
    hold: Callable[[], None] | None = None
    """What is held before the first row is saved, where rows are more than themselves to others."""


def _record_from_excel(row: ImportRow, actor: Viewer) -> object:
    return record_activity(values=row.values, actor=actor, source=ActivitySource.EXCEL)


TAKING: Final = {
    UploadKind.OFFERS: Taking(
        "offer_workbook",
        can_offer,
        lambda row, actor: draft_offer(values=row.values, actor=actor),
        lambda row, actor: edit_offer(offer=row.stored, base_version=row.version, values=row.values, actor=actor),
    ),
    UploadKind.ASSISTANCE: Taking(
        "assistance_workbook",
        can_record_activity,
        _record_from_excel,
        lambda row, actor: change_activity(
            activity=row.stored, base_version=row.version, values=row.values, actor=actor
        ),
        hold_register,
    ),
}


def keep_upload(
    *,
    kind: UploadKind,
    rows: Sequence[dict[str, Any]],
    problems: Sequence[dict[str, Any]],
    unchanged: int,
    actor: Viewer,
) -> WorkbookUpload:
    """Keep what a workbook would change until its owner has decided; nothing changes. Replaces an earlier upload."""
    taking = TAKING[kind]
    require(taking.allowed(actor))
    now = timezone.now()
    with audited():
        WorkbookUpload.objects.expired().delete()
        WorkbookUpload.objects.filter(kind=kind, party=actor.party, owner=actor.user).delete()
        upload = WorkbookUpload.objects.create(
            kind=kind,
            party=actor.party,
            owner=actor.user,
            rows=list(rows),
            problems=list(problems),
            unchanged=unchanged,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        counts = {"rows": len(rows), "unchanged": unchanged, "problems": len(problems)}
        record(verb=f"{taking.verb}.uploaded", target=upload, actor=actor, parties=[actor.party], changes=counts)
    return upload


def take_over(*, upload: WorkbookUpload, base_version: int, rows: Sequence[ImportRow], actor: Viewer) -> ImportResult:
    """Save the rows that were chosen and let the rest go; the upload is used up by it.

    A row that cannot be saved any more is left out and told; the others are saved. Raises `Refused`, and `Conflict`
    when the upload was decided already: a form that is sent twice saves once.
    """
    taking = TAKING[UploadKind(upload.kind)]
    require(taking.allowed(actor))
    created = updated = 0
    problems: list[tuple[int, str]] = []
    with audited():
        same = WorkbookUpload.objects.filter(pk=upload.pk, version=base_version)
        if not same.update(version=F("version") + 1):
            raise Conflict(_("These rows were decided already."), current=upload)
        if taking.hold:
            taking.hold()
        for row in rows:
            try:
                if row.stored is None:
                    taking.create(row, actor)
                    created += 1
                else:
                    taking.change(row, actor)
                    updated += 1
            except (Conflict, Invalid, Refused) as refusal:
                problems.append((row.row, refusal.message))
        counts = {"created": created, "updated": updated, "problems": len(problems)}
        record(verb=f"{taking.verb}.taken_over", target=upload, actor=actor, parties=[actor.party], changes=counts)
        WorkbookUpload.objects.filter(pk=upload.pk).delete()
    return ImportResult(created, updated, problems)


def discard_upload(*, upload: WorkbookUpload, actor: Viewer) -> None:
    """Throw an upload away; what it is about stays as it is."""
    verb = f"{TAKING[UploadKind(upload.kind)].verb}.discarded"
    with audited():
        deleted, _by_model = WorkbookUpload.objects.visible_to(actor).filter(pk=upload.pk).delete()
        if deleted:
            record(verb=verb, target=upload, actor=actor, parties=[actor.party])


def discard_expired_uploads() -> int:
    """Delete the uploads whose time is over; how many. For the job that tidies up."""
    deleted, _by_model = WorkbookUpload.objects.expired().delete()
    return deleted


def record_download(*, kind: UploadKind, count: int, actor: Viewer) -> None:
    """Note that so many rows left the portal as a file."""
    taking = TAKING[kind]
    require(taking.allowed(actor))
    with audited():
        changes = {"rows": count}
        record(verb=f"{taking.verb}.taken", target=actor.party, actor=actor, parties=[actor.party], changes=changes)
