"""verify_match_run and match_all: runs computed again, and every offer matched without anybody waiting."""

from __future__ import annotations

from io import StringIO
from unittest import mock
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command

from assessments.models import FrameworkVersion
from cooperation.models import Match, MatchRun, PortfolioRun
from cooperation.services import full_runs
from tests.cooperation.factories import make_match, make_offer
from tests.cooperation.portfolio_cases import worked_out
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.jobs.models import Job
from wam_portal.jobs.periodic import enqueue_due_jobs
from wam_portal.jobs.runner import run as run_job

World = dict[str, Territory]


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def verify(run: UUID) -> tuple[int, str]:
    """Run the command; answers how it ended and what it printed."""
    out = StringIO()
    try:
        call_command("verify_match_run", str(run), stdout=out, stderr=out)
    except SystemExit as ended:
        return int(str(ended.code)), out.getvalue()
    return 0, out.getvalue()


def test_a_run_of_matches_agrees_until_somebody_changes_what_is_stored(match: Match) -> None:
    run = match.run.uuid
    assert verify(run) == (0, "The match run agrees with its input: 1 pairs compared.\n")
    ledger = [{**match.ledger[0], "points": 1}, *match.ledger[1:]]
    Match.objects.filter(pk=match.pk).update(score_micro=match.score_micro + 1, ledger=ledger)
    MatchRun.objects.update(weights_version=match.run.weights_version, input_hash="0" * 64)
    code, printed = verify(run)
    assert code == 1
    told = [line.partition(": stored")[0] for line in printed.splitlines()]
    assert told == [
        "input_hash",
        f"match {match.uuid}: ledger",
        f"match {match.uuid}: score",
        "The match run differs in 3 places.",
    ]
    noted = Event.objects.filter(verb="match_run.verified").order_by("pk")
    assert {event.chain.party for event in noted} == {match.donor, match.state}
    assert [event.changes["differences"] for event in noted] == [0, 0, 3, 3]


def test_a_run_with_weights_that_nobody_knows_differs(match: Match) -> None:
    MatchRun.objects.update(weights_version="1999.1")
    code, printed = verify(match.run.uuid)
    assert code == 1
    assert "stored 1999.1, found unknown to this version" in printed


def test_a_portfolio_agrees_until_its_plan_is_changed(match: Match, rita: Persona) -> None:
    run = worked_out(rita)
    assert verify(run.uuid) == (0, "The portfolio agrees with its input: 0 pairs compared.\n")
    PortfolioRun.objects.filter(pk=run.pk).update(input_hash="1" * 64, result={**(run.result or {}), "input_hash": "1"})
    code, printed = verify(run.uuid)
    assert (code, printed.startswith("input_hash: stored 1, found")) == (1, True)
    PortfolioRun.objects.filter(pk=run.pk).update(result={"of": "another engine"})
    code, printed = verify(run.uuid)
    assert (code, "cannot be read by engine" in printed) == (1, True)


def test_a_run_that_is_not_there_is_said_so(db: None) -> None:
    with pytest.raises(CommandError, match="There is no run"):
        verify(uuid4())


def test_every_published_offer_is_matched_in_portions_that_follow_one_another(
    match: Match, dana: Persona, world: World
) -> None:
    offers = [make_offer(dana, world["XR1"]) for _ in range(2)]
    Job.objects.all().delete()
    with mock.patch.object(full_runs, "PORTION", 2):
        for _ in range(2):
            call_command("match_all", stdout=StringIO())
        portions = 0
        while waiting := Job.objects.open().filter(kind=full_runs.JOB_KIND).first():
            run_job(str(waiting.uuid))
            portions += 1
    assert portions == 2
    assert set(Match.objects.values_list("offer", flat=True)) == {match.offer_id, *(offer.pk for offer in offers)}


def test_the_full_run_is_asked_for_once_a_day(db: None) -> None:
    daily = [job for job in enqueue_due_jobs() if job.kind == "cooperation.match_all"]
    assert len(daily) == 1
    run_job(str(daily[0].uuid))
    assert Job.objects.filter(kind=full_runs.JOB_KIND).count() == 1
    assert [job for job in enqueue_due_jobs() if job.kind == "cooperation.match_all"] == []
