"""The no-objection window of a State: how long colleagues may object to a match, and what they object."""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.enums import Weekend
from cooperation.models.matches import STATE_READERS, Match
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.models import Party

MOST_DAYS = 30


class OwnState(models.QuerySet[Any]):
    """Rows that a State keeps to itself, for those who read its whole record."""

    state_field = "state"

    def visible_to(self, viewer: AnyViewer) -> OwnState:
        if isinstance(viewer, SystemViewer) or not viewer.party.assesses or not viewer.has_role(*STATE_READERS):
            return self.none()
        return self.filter(**{self.state_field: viewer.party})


class ObjectionQuerySet(OwnState):
    state_field = "match__state"

    def standing(self) -> ObjectionQuerySet:
        return self.filter(lifted_at__isnull=True)


class ObjectionRule(models.Model):
    """One a State. `days`: working days after a proposal in which colleagues may object; none without a row."""

    state = models.OneToOneField(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(_("version"), default=1)
    days = models.PositiveSmallIntegerField(_("working days"), default=0)
    weekend = models.CharField(_("weekend"), max_length=7, choices=Weekend, default=Weekend.SAT_SUN)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"))

    objects = OwnState.as_manager()

    class Meta:
        verbose_name = _("no-objection rule")
        verbose_name_plural = _("no-objection rules")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(days__lte=MOST_DAYS),
                name="objection_rule_days",
                violation_error_message=_("At most thirty working days."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.days}"


class MatchObjection(models.Model):
    """Why somebody at the State objects to a match; nobody accepts it while one stands. The donor does not read it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    match = models.ForeignKey(Match, verbose_name=_("match"), on_delete=models.PROTECT, related_name="objections")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("time"))
    reason = models.TextField(_("reason"), max_length=2000)
    lifted_at = models.DateTimeField(_("lifted"), null=True, blank=True)
    lifted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("lifted by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    lift_reason = models.TextField(_("why it was lifted"), max_length=2000, blank=True)

    objects = ObjectionQuerySet.as_manager()

    class Meta:
        verbose_name = _("objection")
        verbose_name_plural = _("objections")
        ordering = ("match", "at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("match", "actor"),
                condition=models.Q(lifted_at__isnull=True),
                name="objection_stands_once_a_person",
                violation_error_message=_("Your objection stands already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="objection_has_reason",
                violation_error_message=_("Say why you object."),
            ),
            models.CheckConstraint(
                condition=models.Q(lifted_at__isnull=True)
                | models.Q(lifted_by__isnull=False) & ~models.Q(lift_reason=""),
                name="objection_lifted_says_by_whom_and_why",
                violation_error_message=_("Say why it is lifted."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.match} {self.at}"
