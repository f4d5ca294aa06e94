"""Workbooks of offers: what was sent is kept until its owner has decided, and then taken over row by row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.models import Offer, OfferUpload
from cooperation.permissions import can_offer
from cooperation.services.offers import draft_offer, edit_offer
from cooperation.validators import OfferValues
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, Refused

KEPT_FOR: Final = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class ImportRow:
    """A row to take over: a new offer (no `offer`), or a change of one as it stood in `version`."""

    row: int
    values: OfferValues
    offer: Offer | None = None
    version: int = 0


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What taking over did. `problems`: number of the row, and why it was not taken."""

    created: int
    updated: int
    problems: Sequence[tuple[int, str]]


def keep_upload(
    *, rows: Sequence[dict[str, Any]], problems: Sequence[dict[str, Any]], unchanged: int, actor: Viewer
) -> OfferUpload:
    """Keep what a workbook would change until its owner has decided; no offer changes. Replaces an earlier upload."""
    require(can_offer(actor))
    now = timezone.now()
    with audited():
        OfferUpload.objects.expired().delete()
        OfferUpload.objects.filter(donor=actor.party, owner=actor.user).delete()
        upload = OfferUpload.objects.create(
            donor=actor.party,
            owner=actor.user,
            rows=list(rows),
            problems=list(problems),
            unchanged=unchanged,
            created_at=now,
            expires_at=now + KEPT_FOR,
        )
        counts = {"rows": len(rows), "unchanged": unchanged, "problems": len(problems)}
        record(verb="offer_workbook.uploaded", target=upload, actor=actor, parties=[actor.party], changes=counts)
    return upload


def take_over(*, upload: OfferUpload, base_version: int, rows: Sequence[ImportRow], actor: Viewer) -> ImportResult:
    """Save the rows that were chosen and let the rest go; the upload is used up by it.

    A row that cannot be saved any more is left out and told; the others are saved. Raises `Refused`, and `Conflict`
    when the upload was decided already: a form that is sent twice saves once.
    """
    require(can_offer(actor))
    created = updated = 0
    problems: list[tuple[int, str]] = []
    with audited():
        same = OfferUpload.objects.filter(pk=upload.pk, version=base_version)
        if not same.update(version=F("version") + 1):
            raise Conflict(_("These rows were decided already."), current=upload)
        for row in rows:
            try:
                if row.offer is None:
                    draft_offer(values=row.values, actor=actor)
                    created += 1
                else:
                    edit_offer(offer=row.offer, base_version=row.version, values=row.values, actor=actor)
                    updated += 1
            except (Conflict, Invalid, Refused) as refusal:
                problems.append((row.row, refusal.message))
        counts = {"created": created, "updated": updated, "problems": len(problems)}
        record(verb="offer_workbook.taken_over", target=upload, actor=actor, parties=[actor.party], changes=counts)
        OfferUpload.objects.filter(pk=upload.pk).delete()
    return ImportResult(created, updated, problems)


def discard_upload(*, upload: OfferUpload, actor: Viewer) -> None:
    """Throw an upload away; offers stay as they are."""
    with audited():
        deleted, _by_model = OfferUpload.objects.visible_to(actor).filter(pk=upload.pk).delete()
        if deleted:
            record(verb="offer_workbook.discarded", target=upload, actor=actor, parties=[actor.party])


def discard_expired_uploads() -> int:
    """Delete the uploads whose time is over; how many. For the job that tidies up."""
    deleted, _by_model = OfferUpload.objects.expired().delete()
    return deleted


def record_download(*, count: int, actor: Viewer) -> None:
    """Note that a donor's offers left the portal as a file."""
    require(can_offer(actor))
    with audited():
        changes = {"rows": count}
        record(verb="offer_workbook.taken", target=actor.party, actor=actor, parties=[actor.party], changes=changes)
