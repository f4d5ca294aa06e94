"""Evidence: received, described, versioned, withdrawn. What a file holds is checked before anything is stored."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from functools import partial
from typing import Any, Final, Protocol

from django.conf import settings
from django.db import transaction
from django.db.models import F, Max, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import Classification
from assessments.models import Evidence, EvidenceFile
from assessments.models.evidence import NOTE_MAX, TITLE_MAX
from assessments.permissions import can_edit_evidence, can_upload_evidence, can_withdraw_evidence
from assessments.selectors.evidence import endorsed_hashes
from assessments.services.evidence_scans import ask_for_scan
from wam_portal.access import Viewer, require
from wam_portal.accounts.models import Party
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid
from wam_portal.files import StoredFile, discard_file, discard_stale_files, store_file
from wam_portal.uploads.errors import FileRefused
from wam_portal.uploads.names import kept_name, safe_stem
from wam_portal.uploads.sniffing import CheckedFile, check_file

ROOM: Final = "evidence"
ORPHAN_AGE: Final = timedelta(hours=1)
MEGABYTE: Final = 1024 * 1024


class IncomingFile(Protocol):
    """A file as a form hands it over; `size` may be more than what can be read of it, when it was cut off."""

    name: str | None
    size: int | None

    def read(self) -> bytes:
        """All of it that was kept."""


@dataclass(frozen=True, slots=True)
class EvidenceDetails:
    """What is said about an evidence. An empty `title` takes the file's name."""

    title: str = ""
    note: str = ""
    classification: str = Classification.OFFICIAL.value
    period_from: date | None = None
    period_to: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class VersionDays:
    """The time that a newer version covers, and the day on which it expires; None for what has none."""

    period_from: date | None = None
    period_to: date | None = None
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class UploadResult:
    """What became of one file: stored as `evidence`, there already as `duplicate`, or refused for a reason."""

    name: str
    evidence: Evidence | None = None
    duplicate: Evidence | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Received:
    """A checked file with the hash of what was sent."""

    name: str
    checked: CheckedFile
    sha256: str
    received_sha256: str


def upload_evidence(
    *, files: Sequence[IncomingFile], details: EvidenceDetails, actor: Viewer
) -> tuple[UploadResult, ...]:
    """Keep each file as an evidence of its own; one that is refused does not hold up its neighbours.

    A file that the State holds already, and that the actor may read, is not kept twice: the result names the evidence
    that has it. The details hold for all files; with several, each is called by its own name. Raises `Refused`, and
    `Invalid` with messages by field for the details or the number of files, before anything is stored.
    """
    require(can_upload_evidence(actor))
    details = _checked_details(details)
    if not files:
        raise Invalid({"documents": [_("Choose at least one file.")]})
    if len(files) > settings.UPLOAD_MAX_FILES:
        message = ngettext(
            "Send at most %(limit)d file at once.", "Send at most %(limit)d files at once.", settings.UPLOAD_MAX_FILES
        )
        raise Invalid({"documents": [message % {"limit": settings.UPLOAD_MAX_FILES}]})
    if len(files) > 1:
        details = replace(details, title="")
    results = tuple(_upload_one(file, details, actor) for file in files)
    discard_orphans()
    return results


def _upload_one(file: IncomingFile, details: EvidenceDetails, actor: Viewer) -> UploadResult:
    name = kept_name(file.name or "", 255)
    try:
        received = _received(file, actor.party)
        duplicate = _holder_of(received, actor)
        if duplicate is not None:
            return UploadResult(name, duplicate=duplicate)
        return UploadResult(name, evidence=_keep(received, details, actor))
    except FileRefused as refused:
        return UploadResult(name, reason=refused.message)


def _keep(received: _Received, details: EvidenceDetails, actor: Viewer) -> Evidence:
    now = timezone.now()
    evidence = Evidence(state=actor.party, created_by=actor.user, created_at=now, updated_at=now, **asdict(details))
    evidence.title = details.title or safe_stem(received.name)[:TITLE_MAX]
    with _stored(received) as stored, audited():
        _take_room(actor.party, stored.size)
        evidence.save(force_insert=True)
        _add_file(evidence, 1, received, stored, actor)
        record(
            verb="evidence.uploaded",
            target=evidence,
            actor=actor,
            parties=[actor.party],
            changes={"classification": evidence.classification, "sha256": stored.sha256, "bytes": stored.size},
        )
    return evidence


def add_evidence_version(
    *,
    evidence: Evidence,
    base_version: int,
    file: IncomingFile,
    actor: Viewer,
    days: VersionDays | None = None,
) -> EvidenceFile:
    """Add a newer version of the document; the older ones stay. `days` replace those of before, None leaves them.

    Raises `Refused`, `Conflict`, and `Invalid`: for "file" with the reason why it is not accepted or the evidence that
    has the same content, for "period_to" where the period ends before it begins.
    """
    require(can_edit_evidence(actor, evidence))
    if days is not None:
        _check_period(days)
    try:
        received = _received(file, actor.party)
        same = _holder_of(received, actor)
        if same is None:
            return _keep_version(evidence, base_version, received, actor, days)
    except FileRefused as refused:
        raise Invalid({"file": [refused.message]}) from refused
    raise Invalid({"file": [_("Your State holds this very file already: “%(title)s”.") % {"title": same.title}]})


def _keep_version(
    evidence: Evidence,
    base_version: int,
    received: _Received,
    actor: Viewer,
    days: VersionDays | None,
) -> EvidenceFile:
    said = asdict(days) if days else {}
    new_days = {name: day for name, day in said.items() if day != getattr(evidence, name)}
    with _stored(received) as stored, audited():
        _take_room(actor.party, stored.size)
        _swap(evidence, base_version, new_days)
        number = (evidence.files.aggregate(last=Max("number"))["last"] or 0) + 1
        added = _add_file(evidence, number, received, stored, actor)
        record(
            verb="evidence.version_added",
            target=evidence,
            actor=actor,
            parties=[actor.party],
            changes={"number": number, "sha256": stored.sha256, "bytes": stored.size, "version": evidence.version}
            | {name: str(day or "") for name, day in new_days.items()},
        )
    return added


def edit_evidence(*, evidence: Evidence, base_version: int, details: EvidenceDetails, actor: Viewer) -> Evidence:
    """Change what is said about an evidence. Raises `Refused`, `Invalid` with messages by field, and `Conflict`."""
    require(can_edit_evidence(actor, evidence))
    details = _checked_details(details)
    if not details.title:
        raise Invalid({"title": [_("Give the evidence a title.")]})
    fields = asdict(details)
    changed = sorted(name for name, value in fields.items() if getattr(evidence, name) != value)
    with audited():
        _swap(evidence, base_version, fields)
        record(
            verb="evidence.edited",
            target=evidence,
            actor=actor,
            parties=[actor.party],
            changes={"fields": changed, "version": evidence.version},
        )
    return evidence


def withdraw_evidence(*, evidence: Evidence, base_version: int, reason: str, actor: Viewer) -> Evidence:
    """Take an evidence out of use for a reason. Its row, links and hashes stay.

    The files are deleted, but those whose hash an endorsed version of a baseline holds: what was signed can still be
    shown. Raises `Refused`, `Invalid` without a reason, and `Conflict`.
    """
    require(can_withdraw_evidence(actor, evidence))
    reason = reason.strip()
    if not reason:
        raise Invalid({"reason": [_("Give a reason.")]})
    if len(reason) > NOTE_MAX:
        raise Invalid({"reason": [_too_long(NOTE_MAX, len(reason))]})
    with audited():
        now = timezone.now()
        fields = {"withdrawn_at": now, "withdrawn_by": actor.user, "withdrawal_reason": reason}
        _swap(evidence, base_version, fields)
        signed = endorsed_hashes(actor.party)
        dropped = [file for file in evidence.files.exclude(stored_name="") if file.sha256 not in signed]
        evidence.files.filter(pk__in=[file.pk for file in dropped]).update(stored_name="")
        record(
            verb="evidence.withdrawn",
            target=evidence,
            actor=actor,
            parties=[actor.party],
            changes={"version": evidence.version, "deleted": sorted(file.sha256 for file in dropped)},
        )
        # After the commit: a row that points to nothing would be worse than a file without a row, which is swept.
        for file in dropped:
            transaction.on_commit(partial(discard_file, file.stored_name))
    return evidence


def record_evidence_download(*, file: EvidenceFile, actor: Viewer) -> None:
    """Note in the State's log who took which version."""
    with audited():
        record(
            verb="evidence.downloaded",
            target=file.evidence,
            actor=actor,
            parties=[actor.party],
            changes={"number": file.number, "sha256": file.sha256},
        )


def discard_orphans() -> int:
    """Remove stored files without a row, left by a process that died between storing and saving; how many."""
    known = set(EvidenceFile.objects.exclude(stored_name="").values_list("stored_name", flat=True))
    return discard_stale_files(room=ROOM, known=known, older_than=ORPHAN_AGE)


def used_bytes(state: Party) -> int:
    """How much the stored evidence of a State takes."""
    found = EvidenceFile.objects.filter(evidence__state=state).exclude(stored_name="")
    return int(found.aggregate(total=Sum("size"))["total"] or 0)


def _received(file: IncomingFile, state: Party) -> _Received:
    """Read and check a file. Raises `FileRefused`."""
    limit = settings.UPLOAD_MAX_BYTES
    if (file.size or 0) > limit:
        message = _("The file has %(size)s MB; at most %(limit)d MB are accepted.")
        values = {"size": -(-(file.size or 0) * 10 // MEGABYTE) / 10, "limit": limit // MEGABYTE}
        raise FileRefused(message % values)
    content = file.read()
    checked = check_file(content, file.name or "")
    _check_room(state, len(checked.content))
    hashes = [hashlib.sha256(part).hexdigest() for part in (checked.content, content)]
    return _Received(kept_name(file.name or "", 255), checked, *hashes)


def _check_room(state: Party, size: int) -> None:
    """Raise `FileRefused` where the quota of the State does not hold so many bytes more."""
    if used_bytes(state) + size > settings.EVIDENCE_QUOTA_BYTES:
        message = _("The store of your State is full (%(limit)d MB). Withdraw evidence that is not needed any more.")
        raise FileRefused(message % {"limit": settings.EVIDENCE_QUOTA_BYTES // MEGABYTE})


def _take_room(state: Party, size: int) -> None:
    """Ask once more, one upload of a State after the other until each has committed. Raises `FileRefused`.

    The row of the State is the turn on PostgreSQL; on SQLite the transaction is the only one that writes.
    """
    Party.objects.select_for_update(of=("self",), no_key=True).get(pk=state.pk)
    _check_room(state, size)


def _holder_of(received: _Received, actor: Viewer) -> Evidence | None:
    """The evidence in use that has this content. One that the actor may not read is not told of."""
    hashes = {received.sha256, received.received_sha256}
    same = EvidenceFile.objects.filter(Q(sha256__in=hashes) | Q(received_sha256__in=hashes))
    return Evidence.objects.visible_to(actor).standing().filter(pk__in=same.values("evidence")).first()


@contextmanager
def _stored(received: _Received) -> Iterator[StoredFile]:
    """The file on the disk, for its row to be saved; gone again when that fails. Raises `FileRefused`."""
    try:
        stored = store_file(received.checked.content, room=ROOM, suffix=received.checked.kind.suffix)
    except OSError as problem:
        raise FileRefused(_("The portal could not write the file to its disk. Tell the operator.")) from problem
    try:
        yield stored
    except BaseException:
        discard_file(stored.name)
        raise


def _add_file(evidence: Evidence, number: int, received: _Received, stored: StoredFile, actor: Viewer) -> EvidenceFile:
    added = EvidenceFile.objects.create(
        evidence=evidence,
        number=number,
        original_name=received.name,
        display_name=received.checked.display_name,
        content_type=received.checked.kind.content_type,
        size=stored.size,
        sha256=stored.sha256,
        received_sha256=received.received_sha256,
        stored_name=stored.name,
        uploaded_by=actor.user,
        uploaded_at=timezone.now(),
    )
    ask_for_scan(file=added, actor=actor)
    return added


def _swap(evidence: Evidence, base_version: int, fields: dict[str, Any]) -> None:
    """Compare and swap on the version; withdrawn evidence does not change any more."""
    write = {**fields, "updated_at": timezone.now()}
    same = Evidence.objects.standing().filter(pk=evidence.pk, version=base_version)
    if not same.update(version=F("version") + 1, **write):
        evidence.refresh_from_db()
        raise Conflict(_("This evidence has changed since you opened it. Look at it again."), current=evidence)
    for name, value in write.items():
        setattr(evidence, name, value)
    evidence.version = base_version + 1


def _check_period(days: EvidenceDetails | VersionDays) -> None:
    """Raise `Invalid` where the period ends before it begins."""
    if days.period_from and days.period_to and days.period_to < days.period_from:
        raise Invalid({"period_to": [_("The period must not end before it begins.")]})


def _checked_details(details: EvidenceDetails) -> EvidenceDetails:
    """Tidy details. Raises `Invalid` with every problem at once."""
    details = replace(details, title=" ".join(details.title.split()), note=details.note.replace("\r\n", "\n").strip())
    errors: dict[str, list[str]] = {}
    for name, limit in (("title", TITLE_MAX), ("note", NOTE_MAX)):
        count = len(getattr(details, name))
        if count > limit:
            errors[name] = [_too_long(limit, count)]
    if details.classification not in Classification.values:
        errors["classification"] = [_("Choose one of the classifications offered.")]
    try:
        _check_period(details)
    except Invalid as invalid:
        errors |= invalid.errors
    if errors:
        raise Invalid(errors)
    return details


def _too_long(limit: int, count: int) -> str:
    return _("Use at most %(limit)d characters; this has %(count)d.") % {"limit": limit, "count": count}
