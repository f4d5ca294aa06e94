"""Background work of the national side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from assessments.services import documents
from wam_portal.jobs.registry import handler
from wam_portal.jobs.runner import JobContext


@handler(documents.JOB_KIND)
def render_document(context: JobContext, payload: dict[str, Any]) -> None:
    """Render the document `payload["document"]` and publish its file."""
    documents.run_render_job(context, UUID(payload["document"]))
