"""Baseline assessments and their endorsed versions."""

from __future__ import annotations

import uuid
from datetime import date

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import AssessmentStatus, EndorsingAuthority
from assessments.models.frameworks import FrameworkVersion
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import STATE_STAFF, Role
from wam_portal.accounts.models import Party

REFERENCE_MAX = 120
VERSION_READERS = (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, viewer: AnyViewer) -> AssessmentQuerySet:
        """Assessments of the viewer's own State, for its staff."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*STATE_STAFF):
            return self.none()
        return self.filter(state=viewer.party)


class Assessment(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="assessments")
    framework_version = models.ForeignKey(
        FrameworkVersion, verbose_name=_("framework"), on_delete=models.PROTECT, related_name="assessments"
    )
    cycle = models.CharField(_("cycle"), max_length=40, help_text=_("For example the year: 2026."))
    title = models.CharField(_("title"), max_length=160)
    purpose = models.TextField(_("purpose"), blank=True, max_length=4000)
    status = models.CharField(_("status"), max_length=16, choices=AssessmentStatus, default=AssessmentStatus.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=1)
    started_on = models.DateField(_("starts"))
    due_on = models.DateField(_("due"), null=True, blank=True)
    return_reason = models.TextField(_("reason for the return"), blank=True)
    consultation_opened_at = models.DateTimeField(_("consultation opened"), null=True, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("started by"), on_delete=models.PROTECT, related_name="+"
    )
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("submitted by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("created"), auto_now_add=True)
    status_changed_at = models.DateTimeField(_("status since"))

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("baseline assessment")
        verbose_name_plural = _("baseline assessments")
        ordering = ("-created_at",)
        constraints = (
            models.UniqueConstraint(
                fields=("state", "framework_version", "cycle"),
                name="assessment_cycle_once",
                violation_error_message=_("Your State already has a baseline with this framework in this cycle."),
            ),
            models.CheckConstraint(
                condition=models.Q(due_on__isnull=True) | models.Q(due_on__gte=models.F("started_on")),
                name="assessment_due_after_start",
                violation_error_message=_("The due date must not be before the start."),
            ),
        )

    def __str__(self) -> str:
        return self.title

    @property
    def is_settled(self) -> bool:
        """Whether it is endorsed, or was until another took its place: nothing of it is due any more."""
        return self.status in {AssessmentStatus.ENDORSED, AssessmentStatus.SUPERSEDED}

    @property
    def still_due_on(self) -> date | None:
        """The day until which it is to be endorsed; None once it is."""
        return None if self.is_settled else self.due_on


class VersionQuerySet(models.QuerySet["AssessmentVersion"]):
    def visible_to(self, viewer: AnyViewer) -> VersionQuerySet:
        """Endorsed versions of one's own State, for those who read the whole record."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*VERSION_READERS):
            return self.none()
        return self.filter(assessment__state=viewer.party)


class AssessmentVersion(models.Model):
    """What was endorsed: canonical content with its hash. Never updated (a database trigger refuses it)."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("content"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    authority = models.CharField(_("endorsed by authority"), max_length=12, choices=EndorsingAuthority)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("endorsed by"), on_delete=models.PROTECT, related_name="+"
    )
    endorsed_at = models.DateTimeField(_("endorsed"))
    decided_on = models.DateField(_("date of the decision"), null=True)
    reference = models.CharField(_("reference of the decision"), max_length=REFERENCE_MAX, blank=True)

    objects = VersionQuerySet.as_manager()

    class Meta:
        verbose_name = _("endorsed version")
        verbose_name_plural = _("endorsed versions")
        ordering = ("assessment", "-number")
        constraints = (models.UniqueConstraint(fields=("assessment", "number"), name="assessment_version_once"),)

    def __str__(self) -> str:
        return f"{self.assessment} v{self.number}"
