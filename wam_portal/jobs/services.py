"""Asking for background work, cancelling it, and bringing back what a dead worker dropped."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from django_tasks import TaskResultStatus
from django_tasks_db.models import DBTaskResult

from wam_portal.access import Viewer
from wam_portal.accounts.models import Party
from wam_portal.jobs.enums import OPEN_STATES, JobState
from wam_portal.jobs.models import Job, WorkerHeartbeat
from wam_portal.jobs.tasks import run_job

MAX_ATTEMPTS = 3
BACKGROUND = -50
"""Priority of what nobody waits for; 0 is that of everything else."""
UNCLAIMED_AFTER = timedelta(seconds=60)
WORKER_GONE_AFTER = timedelta(seconds=60)


def enqueue(
    *,
    kind: str,
    unique_key: str,
    payload: Mapping[str, Any],
    party: Party | None = None,
    actor: Viewer | None = None,
    in_background: bool = False,
) -> Job:
    """Ask for a job within the caller's transaction; an open job of the same kind and key is answered instead.

    `payload` holds identifiers only: what the job reads is read, and checked, when it runs. What is asked for
    `in_background` begins when nothing else waits.
    """
    fields: dict[str, Any] = {"payload": dict(payload), "party": party, "requested_by": actor.user if actor else None}
    while True:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, unique_key=unique_key, **fields)
                task = run_job.using(priority=BACKGROUND) if in_background else run_job
                task.enqueue(str(job.uuid))
        except IntegrityError:
            # The open job is held until the caller commits: it cannot publish in between, so a handler that looks
            # once more while it publishes sees what the caller wrote. One that has just ended is asked for anew.
            with transaction.atomic():
                found = Job.objects.open().select_for_update().filter(kind=kind, unique_key=unique_key).first()
            if found is not None:
                return found
        else:
            return job


def cancel_job(*, job: Job) -> bool:
    """Ask an open job to stop; it does so at its next step and publishes nothing. False when it had ended."""
    with transaction.atomic():
        waiting = Job.objects.filter(pk=job.pk, state=JobState.QUEUED)
        if waiting.update(state=JobState.CANCELLED, cancel_requested=True, finished_at=timezone.now()):
            return True
        return bool(Job.objects.filter(pk=job.pk, state=JobState.RUNNING).update(cancel_requested=True))


def recover_jobs() -> list[UUID]:
    """Queue again what lost its worker: expired leases, and jobs that nobody claimed in a minute.

    A job whose task still waits is left where it stands: it lost nothing but time, and queued anew it would overtake
    others, or stand there twice. After `MAX_ATTEMPTS` a job fails for good. Safe to call from many workers at once:
    claiming is by compare-and-swap, so a second task for the same job finds nothing to do.
    """
    now = timezone.now()
    Job.objects.filter(state=JobState.RUNNING, lease_until__lt=now, attempts__gte=MAX_ATTEMPTS).update(
        state=JobState.FAILED,
        finished_at=now,
        error=_("The work was interrupted %(count)d times.") % {"count": MAX_ATTEMPTS},
    )
    stale = Q(state=JobState.RUNNING, lease_until__lt=now) | Q(
        state=JobState.QUEUED, created_at__lt=now - UNCLAIMED_AFTER
    )
    waiting = DBTaskResult.objects.filter(task_path=run_job.module_path, status=TaskResultStatus.READY)
    in_queue = {call["args"][0] for call in waiting.values_list("args_kwargs", flat=True)}
    recovered: list[UUID] = []
    for job in Job.objects.filter(stale, Q(requeued_at__isnull=True) | Q(requeued_at__lt=now - UNCLAIMED_AFTER)):
        if str(job.uuid) in in_queue:
            continue
        with transaction.atomic():
            same = Job.objects.filter(pk=job.pk, state__in=OPEN_STATES, requeued_at=job.requeued_at)
            if same.update(requeued_at=now):
                run_job.enqueue(str(job.uuid))
                recovered.append(job.uuid)
    return recovered


def beat(worker: str) -> None:
    """Note that a worker is alive, and forget those silent for a day."""
    now = timezone.now()
    WorkerHeartbeat.objects.update_or_create(name=worker, defaults={"seen_at": now})
    WorkerHeartbeat.objects.filter(seen_at__lt=now - timedelta(days=1)).delete()


def worker_is_alive() -> bool:
    """Tell whether any worker was seen within the last minute."""
    return WorkerHeartbeat.objects.filter(seen_at__gte=timezone.now() - WORKER_GONE_AFTER).exists()
