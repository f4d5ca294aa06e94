"""Clearing away what time has left behind, once an hour: which functions do it.

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
from wam_portal.jobs.periodic import PERIODS, periodic
from wam_portal.jobs.runner import JobContext

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


@periodic(JOB_KIND, timedelta(hours=1))
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
    """Entries of the queue that ended a week ago, and periodic jobs; what people asked for stays as a record."""
    before = timezone.now() - DONE_KEPT_FOR
    tasks, _by_model = DBTaskResult.objects.finished().filter(finished_at__lt=before).delete()
    jobs, _by_model = Job.objects.filter(kind__in=PERIODS, finished_at__lt=before).delete()
    return tasks + jobs
