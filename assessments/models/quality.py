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
        """Dismissals of one's own State that stand; a page shows those of findings whose answers the viewer reads."""
        if isinstance(viewer, SystemViewer):
            return self.none()
        return self.standing().filter(assessment__state=viewer.party)

    def standing(self) -> FindingDismissalQuerySet:
        """Those that nobody has undone."""
        return self.filter(undone_at__isnull=True)


class FindingDismissal(models.Model):
    """A finding that somebody looked at and left as it is. It holds for one state of the answers, the fingerprint.

    One that is undone stays as a record, with who undid it.
    """

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
    undone_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("undone by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    undone_at = models.DateTimeField(_("undone"), null=True, blank=True)
    lapsed_at = models.DateTimeField(_("no longer held after an upgrade"), null=True, blank=True, editable=False)

    objects = FindingDismissalQuerySet.as_manager()

    class Meta:
        verbose_name = _("dismissed finding")
        verbose_name_plural = _("dismissed findings")
        ordering = ("assessment", "rule", "-dismissed_at")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "rule", "subject", "fingerprint"),
                condition=models.Q(undone_at__isnull=True),
                name="finding_dismissal_once",
                violation_error_message=_("This finding is dismissed already."),
            ),
            models.CheckConstraint(condition=~models.Q(reason=""), name="finding_dismissal_has_reason"),
            models.CheckConstraint(
                condition=models.Q(undone_at__isnull=True, undone_by__isnull=True)
                | models.Q(undone_at__isnull=False, undone_by__isnull=False),
                name="finding_dismissal_undone_by",
            ),
        )

    def __str__(self) -> str:
        return f"{self.rule} {self.subject}"
