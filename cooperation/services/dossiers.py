"""Making dossiers: asked for by a person, rendered by a job, read under an eye on the record."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments import public
from assessments.public import ReleasedRequest
from cooperation.dossiers.inputs import DossierInput, dossier_input, render_key
from cooperation.dossiers.rendering import render_dossier
from cooperation.models import Dossier
from cooperation.permissions import can_request_dossier
from cooperation.selectors.dossiers import is_ready, released_to_make
from wam_portal.access import SystemViewer, Viewer, require
from wam_portal.accounts.models import Party
from wam_portal.accounts.selectors import parties_of
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid, NotVisible
from wam_portal.files import StoredFile, discard_stale_files, write_whole
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import enqueue
from wam_portal.pdf import Pdf
from wam_portal.rendering import DocumentGone, render_and_publish

JOB_KIND: Final = "cooperation.render_dossier"
ROOM: Final = "dossiers"
ORPHAN_AGE: Final = timedelta(hours=1)


def request_dossier(
    *, viewer: Viewer, language: str, request_uuid: UUID | None = None, grant_uuid: UUID | None = None
) -> Dossier:
    """Ask for the dossier of one's own request or of a grant; what has been made before is answered at once.

    Raises `NotVisible`, `Refused` with the reason, `Invalid` for a language that the portal does not have.
    """
    if language not in dict(settings.LANGUAGES):
        raise Invalid({"language": [_("Choose a language from the list.")]})
    released = released_to_make(viewer, request_uuid=request_uuid, grant_uuid=grant_uuid)
    require(can_request_dossier(viewer, released))
    source = dossier_input(released, for_party=viewer.party.name, language=language)
    with audited():
        dossier = _dossier_of(source, viewer)
        if is_ready(dossier):
            return dossier
        _ask_for_rendering(dossier, viewer)
    return dossier


def _dossier_of(source: DossierInput, viewer: Viewer) -> Dossier:
    """The row of this render key, made when there is none; two at once get the same."""
    key, released = render_key(source), source.released
    fields = {
        "audience": source.audience,
        "state": released.state,
        "for_party": viewer.party,
        "request_uuid": released.request_uuid,
        "grant_uuid": released.grant_uuid,
        "reference": released.reference,
        "title": released.title,
        "language": source.language,
        "release_hash": released.release_hash,
    }
    try:
        with transaction.atomic():
            return Dossier.objects.get_or_create(render_key=key, defaults=fields)[0]
    except IntegrityError:
        return Dossier.objects.get(render_key=key)


def _ask_for_rendering(dossier: Dossier, viewer: Viewer) -> None:
    job = enqueue(
        kind=JOB_KIND,
        unique_key=dossier.render_key,
        payload={"dossier": str(dossier.uuid)},
        party=viewer.party,
        actor=viewer,
    )
    if dossier.job_id != job.pk:
        dossier.job = job
        dossier.save(update_fields=["job"])
        changes = {"audience": dossier.audience, "language": dossier.language}
        record(verb="dossier.requested", target=dossier, actor=viewer, parties=[dossier.state], changes=changes)


def run_render_job(context: JobContext, dossier_uuid: UUID) -> None:
    """Render a dossier that was asked for and publish its file, if the person may still read it.

    Access is asked for when the work begins and again in the transaction that publishes, so a grant that is revoked
    meanwhile leaves no file. Raises `DocumentGone`, `RenderError`, `LostLease`, `JobCancelled`.
    """
    discard_orphans()
    asked_by = context.job.requested_by
    with translation.override(asked_by.language if asked_by else None):
        _render(context, Dossier.objects.select_related("state").get(uuid=dossier_uuid))


def _render(context: JobContext, dossier: Dossier) -> None:
    context.progress(5, 100, _("Reading the request"))
    source = _current_input(context.job, dossier)

    def publish(stored: StoredFile, pages: int) -> None:
        viewer = _requester(context.job, dossier)
        _publish(dossier, stored, pages)
        record(
            verb="dossier.rendered",
            target=dossier,
            actor=viewer,
            parties=[dossier.state],
            changes={"audience": dossier.audience, "language": dossier.language, "bytes": stored.size},
        )

    render_and_publish(
        context,
        room=ROOM,
        produce=lambda tick: render_dossier(source, tick=tick),
        publish=publish,
        dossier=str(dossier.uuid),
    )


def _publish(dossier: Dossier, stored: StoredFile, pages: int) -> None:
    dossier.file_name, dossier.file_sha256, dossier.file_size = stored.name, stored.sha256, stored.size
    dossier.pages, dossier.rendered_at = pages, timezone.now()
    dossier.save(update_fields=["file_name", "file_sha256", "file_size", "pages", "rendered_at"])


def _requester(job: Job, dossier: Dossier) -> Viewer:
    """Who asked, with the roles held right now, provided that they may still read this dossier."""
    user, party = job.requested_by, job.party
    held = parties_of(user) if user is not None and user.is_active and party is not None else []
    here = next((item for item in held if party is not None and item.party.pk == party.pk), None)
    if user is None or here is None:
        raise DocumentGone(_("The person who asked for this dossier no longer acts for that party."))
    viewer = Viewer(user=user, party=here.party, roles=here.roles)
    if not Dossier.objects.visible_to(viewer).filter(pk=dossier.pk).exists():
        raise DocumentGone(_("The grant was revoked or has expired. No dossier was made."))
    return viewer


def _current_input(job: Job, dossier: Dossier) -> DossierInput:
    viewer = _requester(job, dossier)
    by_request = None if dossier.grant_uuid else dossier.request_uuid
    try:
        released = released_to_make(viewer, request_uuid=by_request, grant_uuid=dossier.grant_uuid)
    except NotVisible:
        raise DocumentGone(_("The grant was revoked or has expired. No dossier was made.")) from None
    source = dossier_input(released, for_party=viewer.party.name, language=dossier.language)
    if render_key(source) != dossier.render_key:
        raise DocumentGone(_("The request was changed while the dossier waited. Ask for it again."))
    return source


def discard_orphans() -> int:
    """Remove files that no dossier points to, left by a worker that died between storing and publishing."""
    known = set(Dossier.objects.exclude(file_name="").values_list("file_name", flat=True))
    return discard_stale_files(room=ROOM, known=known, older_than=ORPHAN_AGE)


def record_download(*, viewer: Viewer, dossier: Dossier) -> None:
    """Note in the State's chain that somebody took the file."""
    parties: list[Party] = [dossier.state]
    changes = {"audience": dossier.audience, "language": dossier.language}
    with audited():
        record(verb="dossier.downloaded", target=dossier, actor=viewer, parties=parties, changes=changes)


def render_to_file(*, reference: str, grant_uuid: UUID | None, language: str, target: Path) -> Pdf:
    """Render for the operator of the portal: the national copy, or that of any active grant with exactly its keys.

    The event stands in the State's chain before the file appears under its name. Raises `NotVisible` for a reference
    or grant that does not exist or does not belong together, `RenderError`, OSError.
    """
    system = SystemViewer("dossier")
    if grant_uuid is None:
        released = public.preview_request(system, public.request_of_reference(system, reference))
    else:
        released = public.releases_for(system).get(grant_uuid)
    if released.reference != reference:
        raise NotVisible
    source = dossier_input(released, for_party=_recipient_name(released, language), language=language)
    pdf = render_dossier(source)
    changes = {"audience": source.audience.value, "language": language, "grant": str(grant_uuid or "")}
    with audited():
        record(verb="dossier.rendered", target=released.state, actor=system, parties=[released.state], changes=changes)
    write_whole(target, pdf.content)
    return pdf


def _recipient_name(released: ReleasedRequest, language: str) -> str:
    if released.grant_uuid is None:
        return released.state.name
    with translation.override(language):
        return released.recipient.name if released.recipient else _("all donors")
