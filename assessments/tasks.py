"""Background work of the national side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from assessments.services import documents, evidence, evidence_scans, working_copies
from wam_portal.jobs.registry import handler
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.tidying import tidier


@handler(documents.JOB_KIND)
def render_document(context: JobContext, payload: dict[str, Any]) -> None:
    """Render the document `payload["document"]` and publish its file."""
    documents.run_render_job(context, UUID(payload["document"]))


@handler(evidence_scans.JOB_KIND)
def scan_evidence(context: JobContext, payload: dict[str, Any]) -> None:
    """Scan the evidence file `payload["file"]`."""
    evidence_scans.run_scan_job(context, int(payload["file"]))


tidier("expired working copies")(working_copies.discard_expired_uploads)
tidier("evidence files without a row")(evidence.discard_orphans)
tidier("documents without a row")(documents.discard_orphans)
