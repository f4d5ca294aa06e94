"""Periodic jobs: one in each period, however many workers look."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from wam_portal.jobs.enums import JobState
from wam_portal.jobs.models import Job
from wam_portal.jobs.periodic import PERIODS, enqueue_due_jobs, periodic
from wam_portal.jobs.registry import HANDLERS
from wam_portal.jobs.runner import JobContext

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 26, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def only_one() -> Iterator[None]:
    """One periodic kind, "test.daily", instead of the portal's own."""
    kept = dict(PERIODS)
    PERIODS.clear()

    @periodic("test.daily")
    def daily(context: JobContext, payload: dict[str, object]) -> None:
        """Does nothing."""

    yield
    PERIODS.clear()
    PERIODS.update(kept)
    del HANDLERS["test.daily"]


def asked(moment: datetime) -> int:
    return len(enqueue_due_jobs(moment))


def test_a_day_has_one_job_whether_it_waits_or_is_done() -> None:
    assert asked(NOON) == 1
    assert asked(NOON + timedelta(hours=1)) == 0
    Job.objects.update(state=JobState.DONE)
    assert asked(NOON + timedelta(hours=2)) == 0
    assert asked(NOON + timedelta(days=1)) == 1
    assert Job.objects.count() == 2


def test_a_failed_job_is_not_repeated_within_its_period() -> None:
    asked(NOON)
    Job.objects.update(state=JobState.FAILED)
    assert asked(NOON + timedelta(minutes=1)) == 0
