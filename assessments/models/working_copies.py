"""A working copy that came back and waits for its owner's decisions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import STATE_STAFF


class WorkingCopyUploadQuerySet(models.QuerySet["WorkingCopyUpload"]):
    def visible_to(self, viewer: AnyViewer) -> WorkingCopyUploadQuerySet:
        """One's own uploads for one's own State, until they expire; nobody sees another person's."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*STATE_STAFF):
            return self.none()
        return self.filter(assessment__state=viewer.party, owner=viewer.user, expires_at__gt=timezone.now())

    def expired(self) -> WorkingCopyUploadQuerySet:
        """Uploads whose time is over, whoever made them."""
        return self.filter(expires_at__lte=timezone.now())


class WorkingCopyUpload(models.Model):
    """`rows` hold what was filled in and is not decided yet; `problems` what cannot be taken over, with its cell."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    rows = models.JSONField(_("rows"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    unchanged = models.PositiveIntegerField(_("unchanged rows"), default=0)
    saved = models.PositiveIntegerField(_("rows saved"), default=0)
    left_out = models.PositiveIntegerField(_("rows left out"), default=0)
    created_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))

    objects = WorkingCopyUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded working copy")
        verbose_name_plural = _("uploaded working copies")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "owner"), name="working_copy_upload_once_a_person"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="working_copy_upload_expires"
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)
