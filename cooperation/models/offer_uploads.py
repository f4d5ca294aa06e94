"""A workbook of offers that was sent and waits for its owner's decision."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party


class OfferUploadQuerySet(models.QuerySet["OfferUpload"]):
    def visible_to(self, viewer: AnyViewer) -> OfferUploadQuerySet:
        """One's own uploads for one's own donor, until they expire; nobody sees another person's."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(Role.OFFERING_MEMBER):
            return self.none()
        return self.filter(donor=viewer.party, owner=viewer.user, expires_at__gt=timezone.now())

    def expired(self) -> OfferUploadQuerySet:
        """Uploads whose time is over, whoever made them."""
        return self.filter(expires_at__lte=timezone.now())


class OfferUpload(models.Model):
    """`rows` hold what would be created or changed, as typed; `problems` what cannot be taken over, with its cell."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donor = models.ForeignKey(Party, verbose_name=_("donor"), on_delete=models.PROTECT, related_name="+")
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("sent by"), on_delete=models.PROTECT, related_name="+"
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    rows = models.JSONField(_("rows"), default=list)
    problems = models.JSONField(_("problems"), default=list)
    unchanged = models.PositiveIntegerField(_("unchanged rows"), default=0)
    created_at = models.DateTimeField(_("sent"))
    expires_at = models.DateTimeField(_("expires"))

    objects = OfferUploadQuerySet.as_manager()

    class Meta:
        verbose_name = _("uploaded workbook of offers")
        verbose_name_plural = _("uploaded workbooks of offers")
        constraints = (
            models.UniqueConstraint(fields=("donor", "owner"), name="offer_upload_once_a_person"),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("created_at")), name="offer_upload_expires"
            ),
        )

    def __str__(self) -> str:
        return str(self.uuid)
