"""The health answer tells the state of database and worker, and nothing else."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.db import DatabaseError
from django.test import Client

from wam_portal.jobs.models import WorkerHeartbeat

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)


def seen(seconds_ago: int, name: str = "worker-1") -> None:
    WorkerHeartbeat.objects.update_or_create(name=name, defaults={"seen_at": NOW - timedelta(seconds=seconds_ago)})


@pytest.mark.django_db
@pytest.mark.parametrize(("seconds", "worker", "status"), [(5, "up", "ok"), (60, "up", "ok"), (61, "down", "degraded")])
@time_machine.travel(NOW, tick=False)
def test_a_worker_counts_as_up_for_a_minute(client: Client, seconds: int, worker: str, status: str) -> None:
    seen(seconds)
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {"status": status, "database": "up", "worker": worker}


@pytest.mark.django_db
@time_machine.travel(NOW, tick=False)
def test_one_living_worker_is_enough(client: Client) -> None:
    seen(9_000, "worker-old")
    seen(3, "worker-new")
    assert client.get("/healthz").json()["worker"] == "up"


@pytest.mark.django_db
def test_a_portal_whose_worker_never_ran_says_so(client: Client) -> None:
    assert client.get("/healthz").json() == {"status": "degraded", "database": "up", "worker": "down"}


def test_a_lost_database_answers_503_without_details(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    class Lost:
        def cursor(self) -> None:
            raise DatabaseError("could not connect to db.example.org as portal")

    monkeypatch.setattr("wam_portal.health.connection", Lost())
    answer = client.get("/healthz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "down", "database": "down", "worker": "unknown"}


@pytest.mark.django_db
def test_health_needs_no_account_and_is_never_stored(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer["Content-Type"] == "application/json"
    assert answer["Cache-Control"] == "no-store"
    assert "Set-Cookie" not in answer


@pytest.mark.django_db
def test_health_cannot_be_posted_to(client: Client) -> None:
    answer = client.post("/healthz")
    assert (answer.status_code, answer["Allow"]) == (405, "GET, HEAD")
