"""Making documents: asked for by a person, rendered by a job, taken under an eye on the record."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments.enums import DocumentKind
from assessments.models import Document
from assessments.reports.baseline import plan_insight, plan_report
from assessments.reports.minutes import plan_minutes
from assessments.reports.plans import DocumentPlan, Planner
from assessments.selectors.documents import is_ready
from wam_portal.access import Viewer
from wam_portal.accounts.selectors import parties_of
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid, NotVisible, Refused
from wam_portal.files import StoredFile, discard_stale_files
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import enqueue
from wam_portal.pdf import render_pdf
from wam_portal.rendering import DocumentGone, render_and_publish

JOB_KIND: Final = "assessments.render_document"
ROOM: Final = "documents"
ORPHAN_AGE: Final = timedelta(hours=1)
PLANNERS: Final[dict[str, Planner]] = {
    DocumentKind.BASELINE_REPORT: plan_report,
    DocumentKind.COUNTRY_INSIGHT: plan_insight,
    DocumentKind.MINUTES: plan_minutes,
}
"""Who says what a document of each kind is made from, and who may have it."""


def request_document(
    *, kind: str, subject: UUID, language: str, actor: Viewer, options: Mapping[str, str] | None = None
) -> Document:
    """Ask for a document; one that has been made before of the same content is answered at once.

    Raises `NotVisible`, `Refused` with the reason, `Invalid` for a language or a choice that there is not.
    """
    if language not in dict(settings.LANGUAGES):
        raise Invalid({"language": [_("Choose a language from the list.")]})
    if kind not in PLANNERS:
        raise Invalid({"kind": [_("Choose a document from the list.")]})
    plan = PLANNERS[kind](actor, subject, language, options or {})
    with audited():
        document = _document_of(plan, actor)
        if not is_ready(document):
            _ask_for_rendering(document, actor)
    return document


def _document_of(plan: DocumentPlan, actor: Viewer) -> Document:
    """The row of this render key, made when there is none; two at once get the same."""
    fields: dict[str, Any] = {
        "kind": plan.kind,
        "state": actor.party,
        "subject": plan.subject,
        "options": dict(plan.options),
        "title": plan.title[:200],
        "language": plan.language,
        "content_hash": plan.content_hash,
    }
    try:
        with transaction.atomic():
            return Document.objects.get_or_create(render_key=plan.key, defaults=fields)[0]
    except IntegrityError:
        return Document.objects.get(render_key=plan.key)


def _ask_for_rendering(document: Document, actor: Viewer) -> None:
    payload = {"document": str(document.uuid)}
    job = enqueue(kind=JOB_KIND, unique_key=document.render_key, payload=payload, party=actor.party, actor=actor)
    if document.job_id != job.pk:
        document.job = job
        document.save(update_fields=["job"])
        changes = {"kind": document.kind, "language": document.language}
        record(verb="document.requested", target=document, actor=actor, parties=[actor.party], changes=changes)


def run_render_job(context: JobContext, document_uuid: UUID) -> None:
    """Render a document that was asked for and publish its file, if the person may still have it.

    Access is asked for when the work begins and again in the transaction that publishes. Raises `DocumentGone`,
    `RenderError`, `LostLease`, `JobCancelled`.
    """
    discard_orphans()
    document = Document.objects.select_related("state").get(uuid=document_uuid)
    asked_by = context.job.requested_by
    with translation.override(asked_by.language if asked_by else None):
        context.progress(5, 100, _("Reading what it is made of"))
        plan = _current_plan(context.job, document)

        def publish(stored: StoredFile, pages: int) -> None:
            viewer = _requester(context.job)
            _publish(document, stored, pages)
            changes = {"kind": document.kind, "language": document.language, "bytes": stored.size}
            record(verb="document.rendered", target=document, actor=viewer, parties=[document.state], changes=changes)

        render_and_publish(
            context,
            room=ROOM,
            produce=lambda tick: render_pdf(plan.source(), tick=tick),
            publish=publish,
            document=str(document.uuid),
        )


def _publish(document: Document, stored: StoredFile, pages: int) -> None:
    document.file_name, document.file_sha256, document.file_size = stored.name, stored.sha256, stored.size
    document.pages, document.rendered_at = pages, timezone.now()
    document.save(update_fields=["file_name", "file_sha256", "file_size", "pages", "rendered_at"])


def _requester(job: Job) -> Viewer:
    """Who asked, with the roles held right now."""
    user, party = job.requested_by, job.party
    held = parties_of(user) if user is not None and user.is_active and party is not None else []
    here = next((item for item in held if party is not None and item.party.pk == party.pk), None)
    if user is None or here is None:
        raise DocumentGone(_("The person who asked for this document no longer acts for that party."))
    return Viewer(user=user, party=here.party, roles=here.roles)


def _current_plan(job: Job, document: Document) -> DocumentPlan:
    try:
        plan = PLANNERS[document.kind](_requester(job), document.subject, document.language, document.options)
    except (NotVisible, Refused):
        raise DocumentGone(_("The person who asked for this document may no longer have it.")) from None
    if plan.key != document.render_key:
        raise DocumentGone(_("What the document is made of was changed while it waited. Ask for it again."))
    return plan


def discard_orphans() -> int:
    """Remove files that no document points to, left by a worker that died between storing and publishing."""
    known = set(Document.objects.exclude(file_name="").values_list("file_name", flat=True))
    return discard_stale_files(room=ROOM, known=known, older_than=ORPHAN_AGE)


def record_download(*, document: Document, actor: Viewer) -> None:
    """Note in the State's chain that somebody took the file."""
    changes = {"kind": document.kind, "language": document.language}
    with audited():
        record(verb="document.downloaded", target=document, actor=actor, parties=[actor.party], changes=changes)
