"""A worker that dies in the middle of its work: the job ends exactly once, with one file and one event.

Real processes: `manage.py run_worker` renders a real dossier and is killed while it does. The lease is shortened by
setting it back in the row, as if its time had passed.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from assessments.models import FrameworkVersion
from cooperation.models import Dossier
from cooperation.services.dossiers import request_dossier
from tests.cooperation.dossier_cases import told_request, verbs_of
from tests.personas import Persona
from wam_portal.files import stored_path
from wam_portal.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 90.0


def until(happened: Callable[[], bool], what: str) -> None:
    """Look again every 20 ms until it has happened."""
    deadline, pause = time.monotonic() + PATIENCE, threading.Event()
    while not happened():
        assert time.monotonic() < deadline, f"waited in vain for: {what}"
        pause.wait(0.02)


def database_url() -> str:
    """The address of the test's own database, for another process."""
    values = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{values['NAME']}"
    host = values["HOST"].replace("/", "%2F")
    login = f"{values['USER']}:{values['PASSWORD']}@" if values["USER"] else ""
    return f"postgresql://{login}{host}{':' + str(values['PORT']) if values['PORT'] else ''}/{values['NAME']}"


@contextmanager
def worker(media: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A worker process on the test's database."""
    process = subprocess.Popen(
        [sys.executable, "manage.py", "run_worker", "--interval", "0.05"],
        cwd=django_settings.BASE_DIR,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "tests.reliability.worker_settings",
            "DATABASE_URL": database_url(),
            "WAM_TEST_MEDIA": str(media),
        },
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            try:
                process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                process.kill()
        process.wait()


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store of files, shared with the workers."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def job_of(dossier: Dossier) -> Job:
    """The job as it stands now."""
    assert dossier.job_id is not None
    return Job.objects.get(pk=dossier.job_id)


def pdfs(store: Path) -> list[str]:
    """The files in the store, without what is still being written."""
    return sorted(path.name for path in store.rglob("*.pdf") if not path.name.startswith("."))


def test_a_worker_killed_while_it_renders_leaves_a_job_that_ends_exactly_once(
    amina: Persona, aldo: Persona, framework: FrameworkVersion, store: Path
) -> None:
    request = told_request(amina, aldo, framework)
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request.uuid)

    with worker(store) as first:
        until(lambda: job_of(dossier).state == "running" and job_of(dossier).progress >= 20, "rendering")
        first.send_signal(signal.SIGKILL)
        first.wait()
    killed = job_of(dossier)
    assert (killed.state, killed.attempts) == ("running", 1)
    assert pdfs(store) == []

    Job.objects.filter(pk=killed.pk).update(lease_until=timezone.now() - timedelta(seconds=1))
    with worker(store), worker(store):
        until(lambda: job_of(dossier).state not in {"queued", "running"}, "the end of the job")

    ended = job_of(dossier)
    assert (ended.state, ended.attempts, ended.fence) == ("done", 2, 2)
    dossier.refresh_from_db()
    assert pdfs(store) == [Path(dossier.file_name).name]
    assert stored_path(dossier.file_name).read_bytes().startswith(b"%PDF-")
    assert verbs_of(request.state).count("dossier.rendered") == 1


def test_a_worker_that_slept_through_its_lease_cannot_publish(
    amina: Persona, aldo: Persona, framework: FrameworkVersion, store: Path
) -> None:
    request = told_request(amina, aldo, framework)
    dossier = request_dossier(viewer=amina.viewer, language="en", request_uuid=request.uuid)

    with worker(store) as sleeper:
        until(lambda: job_of(dossier).state == "running" and job_of(dossier).progress >= 20, "rendering")
        sleeper.send_signal(signal.SIGSTOP)
        Job.objects.filter(pk=dossier.job_id).update(lease_until=timezone.now() - timedelta(seconds=1))
        with worker(store):
            until(lambda: job_of(dossier).state == "done", "the second worker")
        by_second = job_of(dossier)
        dossier.refresh_from_db()
        name = dossier.file_name
        sleeper.send_signal(signal.SIGCONT)
        sleeper.send_signal(signal.SIGTERM)
        sleeper.wait(timeout=PATIENCE)

    dossier.refresh_from_db()
    assert (by_second.state, by_second.fence) == ("done", 2)
    assert job_of(dossier).finished_at == by_second.finished_at
    assert dossier.file_name == name
    assert pdfs(store) == [Path(name).name]
    assert verbs_of(request.state).count("dossier.rendered") == 1
