"""Append-only log of what was done, chained so that a change to it shows."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

GENESIS = "0" * 64


class Chain(models.Model):
    """Head of one party's chain; the row that serialises writers. Without a party: the platform's chain."""

    party = models.OneToOneField(
        Party, verbose_name=_("party"), null=True, on_delete=models.PROTECT, related_name="audit_chain"
    )
    seq = models.PositiveBigIntegerField(_("last number"), default=0)
    link = models.CharField(_("last link"), max_length=64, default=GENESIS)

    class Meta:
        verbose_name = _("audit chain")
        verbose_name_plural = _("audit chains")
        constraints = (
            models.UniqueConstraint(
                models.Value(1),
                condition=models.Q(party__isnull=True),
                name="audit_chain_one_platform",
            ),
        )

    def __str__(self) -> str:
        return f"{self.party or 'platform'} #{self.seq}"


class EventQuerySet(models.QuerySet["Event"]):
    def visible_to(self, viewer: AnyViewer) -> EventQuerySet:
        """Events of the viewer's own party, for its approvers and national administrators."""
        if isinstance(viewer, SystemViewer):
            return self.none()
        if not viewer.has_role(Role.APPROVER, Role.NATIONAL_ADMIN):
            return self.none()
        return self.filter(chain__party=viewer.party)


class Event(models.Model):
    chain = models.ForeignKey(Chain, verbose_name=_("chain"), on_delete=models.PROTECT, related_name="events")
    seq = models.PositiveBigIntegerField(_("number"))
    at = models.DateTimeField(_("time"))
    verb = models.CharField(_("action"), max_length=60)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    actor_party = models.ForeignKey(
        Party, verbose_name=_("acting for"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    target_type = models.CharField(_("kind of object"), max_length=60)
    target_id = models.CharField(_("object"), max_length=64)
    changes = models.JSONField(_("details"), default=dict)
    link = models.CharField(_("link"), max_length=64)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("audit event")
        verbose_name_plural = _("audit events")
        ordering = ("chain", "seq")
        constraints = (models.UniqueConstraint(fields=("chain", "seq"), name="audit_event_number_once"),)

    def __str__(self) -> str:
        return f"{self.verb} #{self.seq}"
