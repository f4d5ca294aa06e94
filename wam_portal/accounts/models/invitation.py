"""An invitation to act for a party: one link, sent to one address, that works once and for a week at most."""

from __future__ import annotations

import hashlib
import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models.party import Party, member_readers
from wam_portal.accounts.models.user import User


def token_hash(token: str) -> str:
    """What is stored of the secret of a link."""
    return hashlib.sha256(token.encode()).hexdigest()


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def unanswered(self) -> InvitationQuerySet:
        """Neither used nor withdrawn; some of them have run out."""
        return self.filter(used_at__isnull=True, revoked_at__isnull=True)

    def usable(self) -> InvitationQuerySet:
        """Those whose link works now."""
        return self.unanswered().filter(expires_at__gt=timezone.now())

    def visible_to(self, viewer: AnyViewer) -> InvitationQuerySet:
        """Invitations of the viewer's own party, for those who may see who its members are."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*member_readers(viewer.party)):
            return self.none()
        return self.filter(party=viewer.party)


class Invitation(models.Model):
    """Only the hash of the link's secret is stored: who reads the database cannot accept an invitation."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, related_name="invitations")
    email = models.EmailField(_("e-mail address"))
    full_name = models.CharField(_("name"), max_length=120, blank=True)
    roles = models.JSONField(_("roles"))
    agency = models.CharField(_("ministry or agency"), max_length=160, blank=True)
    language = models.CharField(_("language"), max_length=10, default="en")
    membership_until = models.DateTimeField(_("role ends by itself"), null=True, blank=True)
    token_hash = models.CharField(_("hash of the secret"), max_length=64, unique=True, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("invited by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField(_("invited"), auto_now_add=True)
    expires_at = models.DateTimeField(_("link works until"))
    used_at = models.DateTimeField(_("accepted"), null=True, blank=True)
    used_by = models.ForeignKey(
        User, verbose_name=_("accepted by"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    revoked_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("party", "email"),
                condition=models.Q(used_at__isnull=True, revoked_at__isnull=True),
                name="invitation_open_once",
                violation_error_message=_("This person is invited already. Send the invitation again, or withdraw it."),
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) | models.Q(revoked_at__isnull=True),
                name="invitation_used_or_revoked",
                violation_error_message=_("An invitation that was accepted cannot be withdrawn."),
            ),
            models.CheckConstraint(
                condition=models.Q(used_at__isnull=True) ^ models.Q(used_by__isnull=False),
                name="invitation_used_by_somebody",
                violation_error_message=_("An accepted invitation names who accepted it."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.email} · {self.party}"

    @property
    def role_labels(self) -> str:
        """The roles in words, in the order of `Role`."""
        return ", ".join(str(role.label) for role in Role if role in self.roles)

    def has_run_out(self, now: datetime | None = None) -> bool:
        """Tell whether the time for accepting is over."""
        return self.expires_at <= (now or timezone.now())
