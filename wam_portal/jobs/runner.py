"""Doing a job: claim by compare-and-swap, renew the lease with progress, publish behind the fence."""

from __future__ import annotations

import contextlib
import logging
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from django.db import DatabaseError
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from wam_portal.audit.services import audited
from wam_portal.errors import JobCancelled, LostLease, PortalError
from wam_portal.jobs.enums import JobState
from wam_portal.jobs.models import Job
from wam_portal.jobs.registry import HANDLERS

LEASE = timedelta(seconds=180)

log = logging.getLogger(__name__)


class JobContext:
    """What a handler holds while it works: the job as claimed, and this claim's fencing number."""

    def __init__(self, job: Job) -> None:
        self.job = job
        self.fence = job.fence
        self.published = False

    def _mine(self) -> Any:
        return Job.objects.filter(pk=self.job.pk, state=JobState.RUNNING, fence=self.fence)

    def progress(self, done: int, total: int, note: str = "") -> None:
        """Report progress and renew the lease.

        Raises `JobCancelled` when somebody asked to stop, `LostLease` when another worker took over.
        """
        percent = min(100, 100 * done // max(1, total))
        renewed = self._mine().filter(cancel_requested=False)
        if renewed.update(progress=percent, note=note[:200], lease_until=timezone.now() + LEASE):
            return
        if self._mine().exists():
            raise JobCancelled(_("The job was cancelled."))
        raise LostLease(_("Another worker took this job over."))

    @contextlib.contextmanager
    def publish(self, **result: Any) -> Iterator[None]:
        """Open the one transaction in which results are written and the job is done, or neither."""
        with audited():
            fields = {"state": JobState.DONE, "progress": 100, "note": "", "finished_at": timezone.now()}
            if not self._mine().filter(cancel_requested=False).update(lease_until=None, **fields):
                if self._mine().exists():
                    raise JobCancelled(_("The job was cancelled."))
                raise LostLease(_("Another worker took this job over."))
            yield
            if result:
                Job.objects.filter(pk=self.job.pk).update(result=result)
        self.published = True

    def end(self, state: JobState, error: str = "") -> None:
        """Close the job without results."""
        self._mine().update(state=state, error=error[:500], finished_at=timezone.now(), lease_until=None)


def _claim(job_uuid: str) -> Job | None:
    now = timezone.now()
    free = Q(state=JobState.QUEUED) | Q(state=JobState.RUNNING, lease_until__lt=now)
    claimed = Job.objects.filter(free, uuid=job_uuid, cancel_requested=False).update(
        state=JobState.RUNNING,
        fence=F("fence") + 1,
        attempts=F("attempts") + 1,
        lease_until=now + LEASE,
        started_at=now,
    )
    return Job.objects.select_related("party", "requested_by").get(uuid=job_uuid) if claimed else None


def run(job_uuid: str) -> None:
    """Do the job `job_uuid` unless it is done, cancelled, or in another worker's hands."""
    job = _claim(job_uuid)
    if job is None:
        return
    context = JobContext(job)
    try:
        HANDLERS[job.kind](context, job.payload)
        if not context.published:
            with context.publish():
                pass
    except LostLease:
        log.warning("job %s was taken over", job_uuid)
    except JobCancelled:
        context.end(JobState.CANCELLED)
    except PortalError as error:
        context.end(JobState.FAILED, error.message)
    except DatabaseError:
        # The database may be restarting; the lease runs out and another attempt is made.
        log.exception("job %s met a database error", job_uuid)
        raise
    except Exception:
        # The boundary of the worker: whatever a handler raises must end this job and not the next one.
        log.exception("job %s failed", job_uuid)
        context.end(JobState.FAILED, _("The work failed. The administrators can find it under %s.") % job_uuid)
