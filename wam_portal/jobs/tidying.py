"""Clearing away what time has left behind: which functions do it, and asking for it once an hour.

The apps' `tasks.py` register a function for each kind of left-over. It answers how many it removed, may be called at
any time and by several processes at once, and removes nothing that anybody can still use.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Final

from django.contrib.sessions.models import Session
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from wam_portal.jobs.models import Job
from wam_portal.jobs.registry import handler
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import enqueue

JOB_KIND: Final = "jobs.tidy_up"
DONE_KEPT_FOR: Final = timedelta(days=7)
Tidier = Callable[[], int]

TIDIERS: Final[dict[str, Tidier]] = {}


def tidier(name: str) -> Callable[[Tidier], Tidier]:
    """Register the decorated function for left-overs called `name` ("expired sessions")."""

    def register(function: Tidier) -> Tidier:
        if name in TIDIERS:
            raise ValueError(f"two functions tidy {name!r}")
        TIDIERS[name] = function
        return function

    return register


def tidy_up() -> dict[str, int]:
    """Clear everything away now; how many of each kind were removed."""
    return {name: clear() for name, clear in TIDIERS.items()}


def ask_to_tidy_up() -> Job | None:
    """Enqueue the tidying of this hour, whichever worker comes first; None where that was done before."""
    hour = timezone.now().strftime("%Y-%m-%dT%H")
    if Job.objects.filter(kind=JOB_KIND, unique_key=hour).exists():
        return None
    return enqueue(kind=JOB_KIND, unique_key=hour, payload={})


@handler(JOB_KIND)
def run_tidy_job(context: JobContext, _payload: dict[str, object]) -> None:
    """Clear everything away, one kind after the other."""
    removed: dict[str, int] = {}
    for number, (name, clear) in enumerate(TIDIERS.items()):
        context.progress(number, len(TIDIERS))
        removed[name] = clear()
    with context.publish(**removed):
        pass


@tidier("expired sessions")
def discard_expired_sessions() -> int:
    """Sessions that nobody can use any more."""
    deleted, _by_model = Session.objects.filter(expire_date__lt=timezone.now()).delete()
    return deleted


@tidier("finished tasks")
def discard_finished_tasks() -> int:
    """Entries of the queue that ended a week ago, and the jobs of earlier tidying; other jobs stay as a record."""
    before = timezone.now() - DONE_KEPT_FOR
    tasks, _by_model = DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    jobs, _by_model = Job.objects.filter(kind=JOB_KIND, finished_at__lt=before).delete()
    return tasks + jobs
