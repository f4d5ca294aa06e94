"""What time has left behind is cleared away: once an hour by the workers, or at once by an operator."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
import time_machine
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from assessments.models import Assessment, FrameworkVersion, WorkingCopyUpload
from tests.assessments.factories import make_assessment
from tests.personas import Persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee, invite_member, resend_invitation
from wam_portal.accounts.models import Invitation
from wam_portal.audit.models import Event
from wam_portal.jobs.enums import JobState
from wam_portal.jobs.models import Job
from wam_portal.jobs.periodic import PERIODS, enqueue_due_jobs
from wam_portal.jobs.runner import run
from wam_portal.jobs.tidying import JOB_KIND, TIDIERS, tidier, tidy_up

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def only_tidying(monkeypatch: pytest.MonkeyPatch) -> None:
    """No other periodic job is due."""
    for kind in set(PERIODS) - {JOB_KIND}:
        monkeypatch.delitem(PERIODS, kind)


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(timezone.now().replace(minute=10), tick=False) as traveller:
        yield traveller


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def kept_upload(persona: Persona, assessment: Assessment, *, hours_ago: float) -> WorkingCopyUpload:
    made = timezone.now() - timedelta(hours=hours_ago)
    fields = {"created_at": made, "expires_at": made + timedelta(hours=24)}
    return WorkingCopyUpload.objects.create(assessment=assessment, owner=persona.user, **fields)


def a_file(root: Path, room: str, *, hours_old: float) -> Path:
    path = root / room / f"{os.urandom(16).hex()}.pdf"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"%PDF-")
    written = timezone.now().timestamp() - hours_old * 3600
    os.utime(path, (written, written))
    return path


def test_the_command_removes_what_has_expired_and_says_how_much(
    amina: Persona, nadia: Persona, assessment: Assessment, tmp_path: Path, settings: pytest.FixtureRequest
) -> None:
    settings.MEDIA_ROOT = tmp_path  # type: ignore[attr-defined]
    kept_upload(amina, assessment, hours_ago=25)
    fresh = kept_upload(nadia, assessment, hours_ago=23)
    rooms = ("evidence", "documents", "dossiers")
    old = [a_file(tmp_path, room, hours_old=2) for room in rooms]
    new = [a_file(tmp_path, room, hours_old=0.5) for room in rooms]
    Session.objects.create(session_key="old", session_data="", expire_date=timezone.now() - timedelta(minutes=1))
    Session.objects.create(session_key="new", session_data="", expire_date=timezone.now() + timedelta(minutes=1))
    told = StringIO()
    call_command("tidy_up", stdout=told)
    assert sorted(told.getvalue().splitlines()) == [
        "documents without a row: 1",
        "dossiers without a row: 1",
        "evidence files without a row: 1",
        "expired sessions: 1",
        "expired working copies: 1",
        "finished tasks: 0",
        "invitations that ran out: 0",
        "workbooks that nobody decided: 0",
    ]
    assert list(WorkingCopyUpload.objects.all()) == [fresh]
    assert [path.exists() for path in (*old, *new)] == [False] * 3 + [True] * 3
    assert list(Session.objects.values_list("session_key", flat=True)) == ["new"]
    assert set(tidy_up().values()) == {0}


def test_an_invitation_is_withdrawn_a_month_after_it_ran_out_unless_it_was_sent_again(
    nadia: Persona, clock: time_machine.Traveller
) -> None:
    made = [
        invite_member(invitee=Invitee(f"{name}@example.test", name, (Role.VIEWER,)), actor=nadia.viewer).invitation
        for name in ("lost", "again")
    ]
    clock.shift(timedelta(days=37, minutes=-1))
    assert tidy_up()["invitations that ran out"] == 0
    resend_invitation(invitation=made[1], actor=nadia.viewer)
    clock.shift(timedelta(minutes=1))
    assert tidy_up()["invitations that ran out"] == 1
    assert list(Invitation.objects.unanswered().values_list("email", flat=True)) == ["again@example.test"]
    event = Event.objects.get(verb="invitation.lapsed")
    assert (event.chain.party, event.actor, event.target_id) == (nadia.party, None, str(made[0].uuid))


def test_workers_ask_once_an_hour_and_the_job_says_what_it_removed(clock: time_machine.Traveller) -> None:
    [job] = enqueue_due_jobs()
    assert enqueue_due_jobs() == []
    run(str(job.uuid))
    job.refresh_from_db()
    assert (job.state, set(job.result)) == (JobState.DONE, set(TIDIERS))
    assert enqueue_due_jobs() == []
    clock.shift(timedelta(hours=1))
    [again] = enqueue_due_jobs()
    assert again != job


def test_what_ended_a_week_ago_leaves_the_queue_but_documents_keep_their_jobs(clock: time_machine.Traveller) -> None:
    [done] = enqueue_due_jobs()
    run(str(done.uuid))
    other = Job.objects.create(kind="other", unique_key="1", state=JobState.DONE, finished_at=timezone.now())
    DBTaskResult.objects.update(status="SUCCESSFUL", finished_at=timezone.now())
    clock.shift(timedelta(days=6))
    assert tidy_up()["finished tasks"] == 0
    clock.shift(timedelta(days=1, minutes=1))
    assert tidy_up()["finished tasks"] == 2
    assert list(Job.objects.all()) == [other]


def test_two_functions_do_not_tidy_the_same() -> None:
    with pytest.raises(ValueError, match="expired sessions"):
        tidier("expired sessions")(lambda: 0)
