"""Scanning evidence for malware, where the installation has a scanner: asked for at the upload, done by a job."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from assessments.enums import ScanStatus
from assessments.models import EvidenceFile
from wam_portal.access import Viewer
from wam_portal.audit.services import record
from wam_portal.files import stored_path
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import enqueue
from wam_portal.uploads.scanning import malware_scanner

JOB_KIND: Final = "assessments.scan_evidence"


def ask_for_scan(*, file: EvidenceFile, actor: Viewer) -> None:
    """Enqueue the scan of a file within the caller's transaction; nothing where there is no scanner."""
    if malware_scanner() is None:
        return
    enqueue(kind=JOB_KIND, unique_key=file.stored_name, payload={"file": file.pk}, party=actor.party, actor=actor)


def ask_for_missing_scans() -> int:
    """Enqueue the scan of every stored file that no scanner has judged; how many. Nothing where there is no scanner.

    Those that came before the scanner did, and those that it could not judge. A scan under way is not asked twice.
    """
    if malware_scanner() is None:
        return 0
    waiting = EvidenceFile.objects.filter(scan_status=ScanStatus.UNSCANNED).exclude(stored_name="")
    asked = 0
    for file in waiting.select_related("evidence__state").order_by("pk"):
        enqueue(
            kind=JOB_KIND, unique_key=file.stored_name, payload={"file": file.pk}, party=file.evidence.state, actor=None
        )
        asked += 1
    return asked


def run_scan_job(context: JobContext, file_pk: int) -> None:
    """Scan a stored file and note the verdict; an infected one is never served.

    A file that was deleted meanwhile, or a scanner that was taken away, leaves things as they are. Raises what the
    scanner raises, `LostLease`, `JobCancelled`.
    """
    scanner = malware_scanner()
    file = EvidenceFile.objects.select_related("evidence__state").get(pk=file_pk)
    if scanner is None or not file.stored_name:
        return
    verdict = ScanStatus(scanner(stored_path(file.stored_name)))
    with context.publish(file=file.pk):
        EvidenceFile.objects.filter(pk=file.pk).update(scan_status=verdict, scanned_at=timezone.now())
        record(
            verb="evidence.scanned",
            target=file.evidence,
            actor=None,
            parties=[file.evidence.state],
            changes={"number": file.number, "verdict": verdict.value},
        )
