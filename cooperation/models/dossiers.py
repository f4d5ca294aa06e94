"""Rendered dossiers: one file for each render key."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import Audience
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.jobs.models import Job

NATIONAL_READERS = (Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)


class DossierQuerySet(models.QuerySet["Dossier"]):
    def visible_to(self, viewer: AnyViewer) -> DossierQuerySet:
        """National dossiers for one's own State; a grant's dossier for its recipient while the grant is active."""
        if isinstance(viewer, SystemViewer):
            return self if viewer.purpose == "dossier" else self.none()
        seen = models.Q(audience=Audience.GRANT, for_party=viewer.party) & models.Q(
            grant_uuid__in=public.releases_for(viewer).grant_uuids()
        )
        if viewer.has_role(*NATIONAL_READERS):
            seen |= models.Q(audience=Audience.NATIONAL, state=viewer.party)
        return self.filter(seen)


class Dossier(models.Model):
    """`render_key` hashes all that the bytes depend on, so the same content is never rendered twice."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    render_key = models.CharField(_("render key"), max_length=64, unique=True)
    audience = models.CharField(_("audience"), max_length=8, choices=Audience)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="+")
    for_party = models.ForeignKey(Party, verbose_name=_("made for"), on_delete=models.PROTECT, related_name="dossiers")
    request_uuid = models.UUIDField(_("request"))
    grant_uuid = models.UUIDField(_("grant"), null=True, blank=True)
    reference = models.CharField(_("reference"), max_length=30)
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(_("language"), max_length=10)
    release_hash = models.CharField(_("release hash"), max_length=64)
    job = models.ForeignKey(
        Job, verbose_name=_("job"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    file_name = models.CharField(_("stored file"), max_length=80, blank=True)
    file_sha256 = models.CharField(_("file hash"), max_length=64, blank=True)
    file_size = models.PositiveBigIntegerField(_("size in bytes"), default=0)
    pages = models.PositiveSmallIntegerField(_("pages"), default=0)
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    rendered_at = models.DateTimeField(_("rendered"), null=True, blank=True)

    objects = DossierQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier")
        verbose_name_plural = _("dossiers")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(audience=Audience.GRANT) ^ models.Q(grant_uuid__isnull=True),
                name="dossier_grant_exactly_for_grants",
            ),
            models.CheckConstraint(
                condition=models.Q(rendered_at__isnull=True)
                | (~models.Q(file_name="") & ~models.Q(file_sha256="") & models.Q(file_size__gt=0)),
                name="dossier_rendered_has_file",
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.get_audience_display()} {self.language}"
