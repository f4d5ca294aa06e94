"""Jobs that come round by themselves: each worker looks now and then whether one is due."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from wam_portal.jobs.models import Job
from wam_portal.jobs.registry import Handler, handler
from wam_portal.jobs.services import enqueue

DAILY: Final = timedelta(days=1)
PERIODS: Final[dict[str, timedelta]] = {}


def periodic(kind: str, every: timedelta = DAILY) -> Callable[[Handler], Handler]:
    """Register the decorated function for jobs of `kind`, one of which is asked for in each period of this length."""

    def register(function: Handler) -> Handler:
        PERIODS[kind] = every
        return handler(kind)(function)

    return register


def enqueue_due_jobs(now: datetime | None = None) -> list[Job]:
    """Ask for the job of this period of every periodic kind, unless it was asked for; answers the new ones.

    Safe to call from many workers at once: a period has one key, and an open job of the same key is answered instead.
    """
    moment = now or timezone.now()
    asked = []
    for kind, every in sorted(PERIODS.items()):
        key = f"period-{int(moment.timestamp() // every.total_seconds())}"
        if not Job.objects.filter(kind=kind, unique_key=key).exists():
            asked.append(enqueue(kind=kind, unique_key=key, payload={}))
    return asked
