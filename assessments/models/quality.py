"""The quality check: the rules of a framework version, and the findings that somebody has dismissed for a reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.frameworks import FrameworkVersion
from wam_portal.access import AnyViewer, SystemViewer

DISMISSAL_REASON_MAX = 2000


class FrameworkRule(models.Model):
    """A rule of a framework as its file gives it (see `assessments.frameworks.rules`); part of what never changes."""

    framework_version = models.ForeignKey(
        FrameworkVersion, verbose_name=_("framework version"), on_delete=models.PROTECT, related_name="rules"
    )
    position = models.PositiveSmallIntegerField(_("position"))
    key = models.SlugField(_("key"), max_length=60)
    value = models.JSONField(_("rule"))

    class Meta:
        verbose_name = _("quality rule")
        verbose_name_plural = _("quality rules")
        ordering = ("framework_version", "position")
        constraints = (
            models.UniqueConstraint(fields=("framework_version", "key"), name="framework_rule_key_once"),
            models.UniqueConstraint(fields=("framework_version", "position"), name="framework_rule_position_once"),
        )

    def __str__(self) -> str:
        return self.key


class FindingDismissalQuerySet(models.QuerySet["FindingDismissal"]):
    def visible_to(self, viewer: AnyViewer) -> FindingDismissalQuerySet:
        """Dismissals of one's own State; a page shows those of findings whose answers the viewer reads."""
        if isinstance(viewer, SystemViewer):
            return self.none()
        return self.filter(assessment__state=viewer.party)


class FindingDismissal(models.Model):
    """A finding that somebody looked at and left as it is. It holds for one state of the answers, the fingerprint."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="finding_dismissals"
    )
    rule = models.SlugField(_("rule"), max_length=60)
    subject = models.SlugField(_("indicator or area"), max_length=60)
    fingerprint = models.CharField(_("state of the answers"), max_length=64)
    reason = models.TextField(_("reason"), max_length=DISMISSAL_REASON_MAX)
    dismissed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("dismissed by"), on_delete=models.PROTECT, related_name="+"
    )
    dismissed_at = models.DateTimeField(_("dismissed"))

    objects = FindingDismissalQuerySet.as_manager()

    class Meta:
        verbose_name = _("dismissed finding")
        verbose_name_plural = _("dismissed findings")
        ordering = ("assessment", "rule", "-dismissed_at")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "rule", "subject", "fingerprint"),
                name="finding_dismissal_once",
                violation_error_message=_("This finding is dismissed already."),
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="finding_dismissal_has_reason"),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"
