"""Gaps: indicators whose level is below target. A re-rating closes a gap but never deletes it.

One whose indicator lies outside the agreed scope is no gap of the baseline for the time being: it keeps what it stood
at, and what was decided on it, until the indicator is put back.
"""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import LIVE_GAPS, Basis, GapStatus, Tier
from assessments.models.assessments import Assessment
from assessments.models.current import CurrentManager
from assessments.models.frameworks import Node, ScaleOption
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role

GAP_READERS = (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)


class GapQuerySet(models.QuerySet["Gap"]):
    def visible_to(self, viewer: AnyViewer) -> GapQuerySet:
        """Gaps of the viewer's own State; a contributor sees those of assigned sections through the answers only."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*GAP_READERS):
            return self.none()
        return self.filter(assessment__state=viewer.party)

    def live(self) -> GapQuerySet:
        return self.filter(status__in=LIVE_GAPS)


GapManager = CurrentManager.from_queryset(GapQuerySet)


class Gap(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="gaps"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    status = models.CharField(_("status"), max_length=10, choices=GapStatus, default=GapStatus.OPEN)
    version = models.PositiveIntegerField(_("version"), default=1)
    level = models.ForeignKey(ScaleOption, verbose_name=_("level"), on_delete=models.PROTECT, related_name="+")
    target = models.ForeignKey(ScaleOption, verbose_name=_("target"), on_delete=models.PROTECT, related_name="+")
    basis = models.CharField(_("basis"), max_length=12, choices=Basis)
    severity_micro = models.PositiveIntegerField(_("severity in millionths"))
    tier = models.CharField(_("tier"), max_length=8, choices=Tier)
    left_out_at = models.DateTimeField(_("left out of the agreed scope"), null=True, blank=True, editable=False)
    status_inside = models.CharField(
        _("status inside the agreed scope"), max_length=10, choices=GapStatus, blank=True, editable=False
    )
    """What it was when its indicator was left out, and is again once the indicator is put back; else empty."""
    answer_version = models.PositiveIntegerField(_("version of the answer it rests on"))
    root_cause = models.TextField(_("root cause"), blank=True, max_length=2000)
    dismissal_reason = models.TextField(_("why it was dismissed"), blank=True, max_length=2000)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"))
    updated_at = models.DateTimeField(_("updated"))

    dismissal_lapsed_at = models.DateTimeField(
        _("dismissal no longer held after an upgrade"), null=True, blank=True, editable=False
    )
    left_behind_at = models.DateTimeField(_("left behind by an upgrade"), null=True, blank=True, editable=False)

    objects = GapManager()

    class Meta:
        verbose_name = _("gap")
        verbose_name_plural = _("gaps")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "indicator"), name="gap_once_an_indicator"),
            models.CheckConstraint(
                condition=~models.Q(status=GapStatus.DISMISSED) | ~models.Q(dismissal_reason=""),
                name="gap_dismissed_has_reason",
                violation_error_message=_("Say why this gap is dismissed."),
            ),
            models.CheckConstraint(
                condition=models.Q(status=GapStatus.LEFT_OUT, left_out_at__isnull=False)
                & models.Q(status_inside__in=(GapStatus.OPEN, GapStatus.CONFIRMED, GapStatus.DISMISSED))
                | ~models.Q(status=GapStatus.LEFT_OUT) & models.Q(left_out_at__isnull=True, status_inside=""),
                name="gap_left_out_knows_its_status",
            ),
        )
        indexes = (models.Index(fields=("assessment", "status", "-severity_micro"), name="gap_board"),)

    def __str__(self) -> str:
        return f"{self.indicator} {self.get_tier_display()}"
