"""Parties that people act for, and who may act for them in which role."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import OTHER_MEMBER_READERS, STATE_MEMBER_READERS, PartyKind, Role
from wam_portal.accounts.models.territory import Territory
from wam_portal.accounts.models.user import User


class Party(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    slug = models.SlugField(_("name in addresses"), max_length=60, unique=True)
    name = models.CharField(_("name"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=PartyKind)
    territory = models.ForeignKey(
        Territory,
        verbose_name=_("territory"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="parties",
    )
    assesses = models.BooleanField(_("assesses"), default=False)
    offers = models.BooleanField(_("offers assistance"), default=False)
    implements = models.BooleanField(_("implements assistance"), default=False)
    coordinates = models.BooleanField(_("coordinates"), default=False)
    is_demo = models.BooleanField(_("fictional"), default=False)

    class Meta:
        verbose_name = _("party")
        verbose_name_plural = _("parties")
        ordering = ("name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(assesses=False) | models.Q(kind=PartyKind.STATE),
                name="party_only_states_assess",
                violation_error_message=_("Only a State runs baseline assessments."),
            ),
            models.CheckConstraint(
                condition=~models.Q(kind=PartyKind.STATE) | models.Q(territory__isnull=False),
                name="party_state_has_territory",
                violation_error_message=_("A State needs its territory."),
            ),
        )

    def __str__(self) -> str:
        return self.name


def member_readers(party: Party) -> frozenset[Role]:
    """The roles that may see who the members of a party are."""
    return STATE_MEMBER_READERS if party.kind == PartyKind.STATE else OTHER_MEMBER_READERS


class MembershipQuerySet(models.QuerySet["Membership"]):
    def active(self) -> MembershipQuerySet:
        """Those that count now: not ended, not run out, of an account that may sign in."""
        running = models.Q(expires_at__isnull=True) | models.Q(expires_at__gt=timezone.now())
        return self.filter(running, ended_at__isnull=True, user__is_active=True)

    def visible_to(self, viewer: AnyViewer) -> MembershipQuerySet:
        """Members of the viewer's own party, for those who may see who they are."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*member_readers(viewer.party)):
            return self.none()
        return self.filter(party=viewer.party)


class Membership(models.Model):
    user = models.ForeignKey(User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="memberships")
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(_("role"), max_length=20, choices=Role)
    agency = models.CharField(_("ministry or agency"), max_length=160, blank=True)
    created_at = models.DateTimeField(_("since"), auto_now_add=True)
    ended_at = models.DateTimeField(_("ended"), null=True, blank=True)
    expires_at = models.DateTimeField(_("ends by itself"), null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    class Meta:
        verbose_name = _("membership")
        verbose_name_plural = _("memberships")
        constraints = (
            models.UniqueConstraint(
                fields=("user", "party", "role"),
                condition=models.Q(ended_at__isnull=True),
                name="membership_role_once",
                violation_error_message=_("This person already holds this role here."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.user} · {self.party} · {self.get_role_display()}"
