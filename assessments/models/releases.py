"""Releases and grants: the only way by which anything leaves a State's record."""

from __future__ import annotations

import uuid
from datetime import UTC, date, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.enums import GrantLevel, RecipientKind
from assessments.models.requests import RequestVersion
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

GRANT_READERS = (Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)
RECIPIENT_ROLES = (Role.OFFERING_MEMBER, Role.COORDINATOR)


class Release(models.Model):
    """A snapshot of one endorsed request version. `content_hash` covers the content and its salt. Never updated."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request_version = models.ForeignKey(
        RequestVersion, verbose_name=_("request version"), on_delete=models.PROTECT, related_name="releases"
    )
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="releases")
    number = models.PositiveIntegerField(_("number"))
    schema_version = models.PositiveSmallIntegerField(_("schema version"), default=1)
    content = models.JSONField(_("content"))
    salt = models.CharField(_("salt"), max_length=32)
    content_hash = models.CharField(_("content hash"), max_length=64)
    released_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("released by"), on_delete=models.PROTECT, related_name="+"
    )
    released_at = models.DateTimeField(_("released"))

    class Meta:
        verbose_name = _("release")
        verbose_name_plural = _("releases")
        constraints = (models.UniqueConstraint(fields=("request_version", "number"), name="release_number_once"),)

    def __str__(self) -> str:
        return f"{self.request_version} r{self.number}"


class GrantQuerySet(models.QuerySet["Grant"]):
    def active(self) -> GrantQuerySet:
        """Neither revoked nor expired at this moment."""
        return self.filter(revoked_at__isnull=True, expires_at__gt=timezone.now())

    def visible_to(self, viewer: AnyViewer) -> GrantQuerySet:
        """All grants of one's own State, for its editors and approvers; as recipient, the active ones given to one."""
        if isinstance(viewer, SystemViewer):
            return self.active() if viewer.purpose in {"matching", "dossier"} else self.none()
        if viewer.party.assesses and viewer.has_role(*GRANT_READERS):
            own = models.Q(release__state=viewer.party)
        else:
            own = models.Q(pk__in=[])
        return self.filter(own) | self.received_by(viewer)

    def received_by(self, viewer: AnyViewer) -> GrantQuerySet:
        """Active grants whose recipient is the viewer's party, by name or as one of all donors."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*RECIPIENT_ROLES):
            return self.none()
        to_me = models.Q(recipient_kind=RecipientKind.PARTY, recipient=viewer.party)
        if viewer.party.offers and viewer.has_role(Role.OFFERING_MEMBER):
            to_me |= models.Q(recipient_kind=RecipientKind.ALL_DONORS)
        return self.active().filter(to_me)


class Grant(models.Model):
    """Who may see which keys of a release, why, and until when."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    release = models.ForeignKey(Release, verbose_name=_("release"), on_delete=models.PROTECT, related_name="grants")
    recipient_kind = models.CharField(_("recipient"), max_length=10, choices=RecipientKind)
    recipient = models.ForeignKey(
        Party,
        verbose_name=_("named party"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="grants_received",
    )
    level = models.CharField(_("level"), max_length=8, choices=GrantLevel)
    keys = models.JSONField(_("allowed keys"))
    purpose = models.CharField(_("purpose"), max_length=400)
    granted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("granted by"), on_delete=models.PROTECT, related_name="+"
    )
    granted_at = models.DateTimeField(_("granted"))
    expires_at = models.DateTimeField(_("expires"))
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    revoked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("revoked by"), null=True, on_delete=models.PROTECT, related_name="+"
    )

    objects = GrantQuerySet.as_manager()

    class Meta:
        verbose_name = _("grant")
        verbose_name_plural = _("grants")
        ordering = ("-granted_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(recipient_kind=RecipientKind.PARTY, recipient__isnull=False)
                | (~models.Q(recipient_kind=RecipientKind.PARTY) & models.Q(recipient__isnull=True)),
                name="grant_names_party_exactly_when_needed",
                violation_error_message=_("Name the party that may see this."),
            ),
            models.CheckConstraint(
                condition=models.Q(expires_at__gt=models.F("granted_at")),
                name="grant_expires_after_start",
                violation_error_message=_("The grant must expire after it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(revoked_at__isnull=True, revoked_by__isnull=True)
                | models.Q(revoked_at__isnull=False, revoked_by__isnull=False),
                name="grant_revocation_has_person",
            ),
        )
        indexes = (models.Index(fields=("recipient", "expires_at"), name="grant_recipient"),)

    def __str__(self) -> str:
        return f"{self.get_level_display()} · {self.recipient or self.get_recipient_kind_display()}"

    @property
    def is_active(self) -> bool:
        return self.revoked_at is None and self.expires_at > timezone.now()

    @property
    def last_day(self) -> date:
        """The last whole day (UTC) on which it holds; `expires_at` is the end of that day."""
        return (self.expires_at - timedelta(microseconds=1)).astimezone(UTC).date()
