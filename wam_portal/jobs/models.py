"""Background work: one row a job, with a lease and a fencing number so that it ends exactly once."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.models import Party
from wam_portal.jobs.enums import OPEN_STATES, JobState


class JobQuerySet(models.QuerySet["Job"]):
    def visible_to(self, viewer: AnyViewer) -> JobQuerySet:
        """Jobs that the viewer asked for while acting for this party."""
        if isinstance(viewer, SystemViewer):
            return self.none()
        return self.filter(party=viewer.party, requested_by=viewer.user)

    def open(self) -> JobQuerySet:
        return self.filter(state__in=OPEN_STATES)


class Job(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=60)
    unique_key = models.CharField(_("key"), max_length=120)
    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED)
    payload = models.JSONField(_("what to work on"), default=dict)
    result = models.JSONField(_("result"), default=dict)
    progress = models.PositiveSmallIntegerField(_("progress in percent"), default=0)
    note = models.CharField(_("what it is doing"), max_length=200, blank=True)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    fence = models.PositiveIntegerField(_("fencing number"), default=0)
    lease_until = models.DateTimeField(_("lease until"), null=True, blank=True)
    requeued_at = models.DateTimeField(_("last queued again"), null=True, blank=True)
    cancel_requested = models.BooleanField(_("cancel asked for"), default=False)
    error = models.CharField(_("error"), max_length=500, blank=True)
    party = models.ForeignKey(
        Party, verbose_name=_("for party"), null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), null=True, on_delete=models.PROTECT, related_name="jobs"
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    started_at = models.DateTimeField(_("started"), null=True, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True, blank=True)

    objects = JobQuerySet.as_manager()

    class Meta:
        verbose_name = _("job")
        verbose_name_plural = _("jobs")
        ordering = ("-created_at",)
        indexes = (models.Index(fields=("state", "lease_until"), name="job_state_lease"),)
        constraints = (
            models.UniqueConstraint(
                fields=("kind", "unique_key"),
                condition=models.Q(state__in=[JobState.QUEUED, JobState.RUNNING]),
                name="job_open_once",
                violation_error_message=_("This job is already under way."),
            ),
            models.CheckConstraint(condition=models.Q(progress__lte=100), name="job_progress_percent"),
            models.CheckConstraint(
                condition=~models.Q(state=JobState.RUNNING) | models.Q(lease_until__isnull=False),
                name="job_running_has_lease",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.unique_key}"

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES


class WorkerHeartbeat(models.Model):
    name = models.CharField(_("worker"), max_length=120, unique=True)
    seen_at = models.DateTimeField(_("last seen"))

    class Meta:
        verbose_name = _("worker heartbeat")
        verbose_name_plural = _("worker heartbeats")

    def __str__(self) -> str:
        return self.name
