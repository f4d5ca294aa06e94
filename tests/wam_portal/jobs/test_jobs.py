"""Jobs: asked once, claimed once, published behind the fence, taken over when a worker is gone."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from tests.personas import Persona
from wam_portal.errors import Invalid, LostLease
from wam_portal.jobs.enums import JobState
from wam_portal.jobs.models import Job
from wam_portal.jobs.registry import HANDLERS
from wam_portal.jobs.runner import JobContext, run
from wam_portal.jobs.services import MAX_ATTEMPTS, cancel_job, enqueue, recover_jobs

pytestmark = pytest.mark.django_db


@pytest.fixture
def seen() -> Iterator[list[Any]]:
    """A kind of job "test.note" that notes what it was given."""
    notes: list[Any] = []

    def note(context: JobContext, payload: dict[str, Any]) -> None:
        context.progress(1, 2, "half way")
        notes.append(payload)
        with context.publish(said="so"):
            pass

    HANDLERS["test.note"] = note
    yield notes
    del HANDLERS["test.note"]


def asked(key: str = "one", **options: bool) -> Job:
    return enqueue(kind="test.note", unique_key=key, payload={"key": key}, **options)


def test_asking_twice_answers_the_open_job(seen: list[Any]) -> None:
    assert asked().pk == asked().pk
    assert DBTaskResult.objects.count() == 1


def test_a_job_runs_once_and_keeps_its_result(seen: list[Any]) -> None:
    job = asked()
    run(str(job.uuid))
    run(str(job.uuid))
    job.refresh_from_db()
    assert seen == [{"key": "one"}]
    assert (job.state, job.progress, job.result) == (JobState.DONE, 100, {"said": "so"})


def test_after_the_end_the_same_work_can_be_asked_for_again(seen: list[Any]) -> None:
    first = asked()
    run(str(first.uuid))
    assert asked().pk != first.pk


def test_a_job_in_the_hands_of_another_worker_is_left_alone(seen: list[Any]) -> None:
    job = asked()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, fence=1, lease_until=timezone.now() + timedelta(minutes=1)
    )
    run(str(job.uuid))
    assert seen == []


def test_a_job_whose_lease_ran_out_is_taken_over(seen: list[Any]) -> None:
    job = asked()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, fence=1, attempts=1, lease_until=timezone.now() - timedelta(seconds=1)
    )
    DBTaskResult.objects.update(status="RUNNING")
    assert recover_jobs() == [job.uuid]
    run(str(job.uuid))
    job.refresh_from_db()
    assert (seen, job.state, job.fence, job.attempts) == ([{"key": "one"}], JobState.DONE, 2, 2)


def test_a_worker_that_lost_its_lease_cannot_publish(seen: list[Any]) -> None:
    job = asked()
    Job.objects.filter(pk=job.pk).update(
        state=JobState.RUNNING, fence=1, lease_until=timezone.now() + timedelta(minutes=1)
    )
    job.refresh_from_db()
    zombie = JobContext(job)
    Job.objects.filter(pk=job.pk).update(fence=2)
    with pytest.raises(LostLease), zombie.publish(said="too late"):
        seen.append("published")
    job.refresh_from_db()
    assert (seen, job.state, job.result) == ([], JobState.RUNNING, {})


def test_a_dropped_job_is_queued_again_at_most_once_a_minute(seen: list[Any]) -> None:
    job = asked()
    DBTaskResult.objects.update(status="FAILED")
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    assert recover_jobs() == [job.uuid]
    DBTaskResult.objects.update(status="FAILED")
    assert recover_jobs() == []


def test_a_job_that_only_waits_keeps_its_place_in_the_queue(seen: list[Any]) -> None:
    job = asked(in_background=True)
    Job.objects.filter(pk=job.pk).update(created_at=timezone.now() - timedelta(minutes=5))
    assert recover_jobs() == []
    assert list(DBTaskResult.objects.values_list("priority", flat=True)) == [-50]


def test_a_job_interrupted_too_often_fails_with_a_sentence(seen: list[Any]) -> None:
    job = asked()
    past = timezone.now() - timedelta(seconds=1)
    Job.objects.filter(pk=job.pk).update(state=JobState.RUNNING, attempts=MAX_ATTEMPTS, lease_until=past)
    assert recover_jobs() == []
    job.refresh_from_db()
    assert (job.state, job.error) == (JobState.FAILED, "The work was interrupted 3 times.")


def test_cancelling_a_waiting_job_ends_it(seen: list[Any]) -> None:
    job = asked()
    assert cancel_job(job=job)
    run(str(job.uuid))
    job.refresh_from_db()
    assert (seen, job.state) == ([], JobState.CANCELLED)


def test_cancelling_a_running_job_stops_it_at_its_next_step(seen: list[Any]) -> None:
    def slow(context: JobContext, payload: dict[str, Any]) -> None:
        cancel_job(job=context.job)
        context.progress(1, 2)
        seen.append("went on")

    HANDLERS["test.note"] = slow
    job = asked()
    run(str(job.uuid))
    job.refresh_from_db()
    assert (seen, job.state) == ([], JobState.CANCELLED)


def test_a_refusal_is_shown_and_an_accident_is_not(seen: list[Any]) -> None:
    def refuse(context: JobContext, payload: dict[str, Any]) -> None:
        raise Invalid({"": ["The grant has ended."]})

    def break_down(context: JobContext, payload: dict[str, Any]) -> None:
        raise ZeroDivisionError("secret detail")

    errors = []
    for number, handler in enumerate((refuse, break_down)):
        HANDLERS["test.note"] = handler
        job = asked(str(number))
        run(str(job.uuid))
        job.refresh_from_db()
        assert job.state == JobState.FAILED
        errors.append(job.error)
    assert errors[0] == "The grant has ended."
    assert "secret" not in errors[1]
    assert str(job.uuid) in errors[1]


def test_the_progress_panel_shows_only_ones_own_jobs(seen: list[Any], amina: Persona, aldo: Persona) -> None:
    job = enqueue(kind="test.note", unique_key="mine", payload={}, party=amina.party, actor=amina.viewer)
    Job.objects.filter(pk=job.pk).update(note="canary-note")
    assert "canary-note" in amina.client.get(amina.url("job-panel", job.uuid)).content.decode()
    assert aldo.client.get(aldo.url("job-panel", job.uuid)).status_code == 404
