"""Documents of the national side that are rendered to PDF: baseline reports, country insights, minutes."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import DocumentKind
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.jobs.models import Job

DOCUMENT_READERS = (Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, viewer: AnyViewer) -> DocumentQuerySet:
        """Documents of one's own State, for those who may take the record out of the portal."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*DOCUMENT_READERS):
            return self.none()
        return self.filter(state=viewer.party)


class Document(models.Model):
    """`render_key` hashes all that the bytes depend on, so the same content is never rendered twice.

    `subject` is the UUID of what the document is about, of the kind that `kind` says; `options` are the choices made
    when it was asked for.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    render_key = models.CharField(_("render key"), max_length=64, unique=True)
    kind = models.CharField(_("kind"), max_length=20, choices=DocumentKind)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="+")
    subject = models.UUIDField(_("what it is about"), db_index=True)
    options = models.JSONField(_("choices"), default=dict)
    title = models.CharField(_("title"), max_length=200)
    language = models.CharField(_("language"), max_length=10)
    content_hash = models.CharField(_("content hash"), max_length=64, blank=True)
    job = models.ForeignKey(
        Job, verbose_name=_("job"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(_("stored file"), max_length=80, blank=True)
    file_sha256 = models.CharField(_("file hash"), max_length=64, blank=True)
    file_size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    rendered_at = models.DateTimeField(_("rendered"), null=True, blank=True)

    objects = DocumentQuerySet.as_manager()

    class Meta:
        verbose_name = _("document")
        verbose_name_plural = _("documents")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(rendered_at__isnull=True)
                | (~models.Q(file_name="") & ~models.Q(file_sha256="") & models.Q(file_size__gt=0)),
                name="document_rendered_has_file",
            ),
        )

    def __str__(self) -> str:
        return f"{self.title} {self.language}"
