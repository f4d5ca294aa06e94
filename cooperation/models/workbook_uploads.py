"""A workbook that was sent and waits for its owner's decision."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from cooperation.enums import UploadKind
from cooperation.models.assistance import ACTIVITY_RECORDERS
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.models import Party


class WorkbookUploadQuerySet(models.QuerySet["WorkbookUpload"]):
    def visible_to(self, viewer: AnyViewer) -> WorkbookUploadQuerySet:
        """One's own uploads for one's own party, until they expire; nobody sees another person's."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*ACTIVITY_RECORDERS):
            return self.none()
        return self.filter(party=viewer.party, owner=viewer.user, expires_at__gt=timezone.now())

    def expired(self) -> WorkbookUploadQuerySet:
        """Uploads whose time is over, whoever made them."""
        return self.filter(expires_at__lte=timezone.now())


class WorkbookUpload(models.Model):
    """`rows` hold what would be created or changed, as typed; `problems` what cannot be taken over, with its cell."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=10, choices=UploadKind, default=UploadKind.OFFERS)
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    rows = models.JSONField(_("rows"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    unchanged = models.PositiveIntegerField(_("unchanged rows"), default=0)
    created_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))

    objects = WorkbookUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded workbook")
        verbose_name_plural = _("uploaded workbooks")
        constraints = (
            models.UniqueConstraint(fields=("kind", "party", "owner"), name="workbook_upload_once_a_person"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="workbook_upload_expires"
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)
