"""Indicators that a reviewer gave back, each with a reason, and how they were addressed."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import REASON_MAX, RECORD_READERS
from assessments.models.assessments import Assessment
from assessments.models.assignments import Assignment
from assessments.models.frameworks import Node
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role


class ReturnQuerySet(models.QuerySet["IndicatorReturn"]):
    def visible_to(self, viewer: AnyViewer) -> ReturnQuerySet:
        """Returned indicators of one's own State; a contributor reads those that they answer for the State."""
        if isinstance(viewer, SystemViewer):
            return self.none()
        own = self.filter(assessment__state=viewer.party)
        if viewer.has_role(*RECORD_READERS):
            return own
        if viewer.has_role(Role.CONTRIBUTOR):
            mine = Assignment.objects.held_by(viewer).for_state().filter(assessment=models.OuterRef("assessment"))
            covering = mine.covering(models.OuterRef("indicator"), models.OuterRef("indicator__section"))
            return own.filter(models.Exists(covering))
        return self.none()

    def open(self) -> ReturnQuerySet:
        """Those that nobody has addressed yet."""
        return self.filter(addressed_at__isnull=True)


class IndicatorReturn(models.Model):
    """Why one indicator was given back; addressed once, by whoever rates it."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="returns"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    reason = models.TextField(_("reason"), max_length=REASON_MAX)
    returned_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("returned by"), on_delete=models.PROTECT, related_name="+"
    )
    returned_at = models.DateTimeField(_("returned"))
    note = models.TextField(_("how it was addressed"), blank=True, max_length=REASON_MAX)
    addressed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("addressed by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    addressed_at = models.DateTimeField(_("addressed"), null=True, blank=True)

    objects = ReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("returned indicator")
        verbose_name_plural = _("returned indicators")
        ordering = ("assessment", "indicator__position", "-returned_at")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "indicator"),
                condition=models.Q(addressed_at__isnull=True),
                name="indicator_return_open_once",
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="indicator_return_has_reason"),
            models.CheckConstraint(
                condition=models.Q(addressed_at__isnull=True, addressed_by__isnull=True)
                | models.Q(addressed_at__isnull=False, addressed_by__isnull=False),
                name="indicator_return_addressed_by_somebody",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessment} {self.indicator}"
