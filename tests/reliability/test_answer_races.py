"""Several people on one answer at the same moment: of each version exactly one save wins, and no text is lost unseen.

Each round starts 2 or 8 writers on a barrier; all have read the same version. The control takes the comparison out of
compare-and-swap: then updates must be lost, or the test could not see a loss.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F

from assessments.models import Answer, AnswerRevision, Assessment, FrameworkVersion
from assessments.services import answers
from tests.assessments.factories import give_answer, make_assessment, rated
from tests.personas import Persona
from wam_portal.access import Viewer
from wam_portal.errors import Conflict

KEYS = ("coo-01", "coo-02", "coo-03", "sto-01", "sto-02", "sto-03")
SAMPLE_ROUNDS = 30
LONG_ROUNDS = 1000


@dataclass
class Tally:
    """What happened to the saves of one run."""

    saved: int = 0
    conflicts: int = 0
    unseen_losses: int = 0
    wrong_winners: int = 0
    other_errors: list[str] = field(default_factory=list)


@dataclass
class Attempt:
    """One writer's save: its own text, and what came back."""

    text: str
    level: str
    version: int | None = None
    seen_in_conflict: str | None = None
    error: str = ""


def _write(
    assessment: Assessment,
    key: str,
    base_version: int,
    attempt: Attempt,
    actor: Viewer,
    start: threading.Barrier,
    pause: float,
) -> None:
    try:
        start.wait()
        time.sleep(pause)
        content = rated(attempt.level, narrative=attempt.text)
        saved = answers.save_answer(
            assessment=assessment, indicator=key, base_version=base_version, content=content, actor=actor
        )
        attempt.version = saved.version
    except Conflict as conflict:
        attempt.seen_in_conflict = conflict.current.narrative
    except Exception as error:  # noqa: BLE001  (a thread must hand over whatever went wrong)
        attempt.error = repr(error)
    finally:
        connections.close_all()


def race(assessment: Assessment, actor: Viewer, *, writers: int, rounds: int, seed: int) -> Tally:
    """Run the rounds and count; a new answer and a stored one take turns by chance."""
    chance = random.Random(seed)
    versions: Counter[str] = Counter()
    tally = Tally()
    for number in range(rounds):
        key = chance.choice(KEYS)
        start = threading.Barrier(writers)
        attempts = [Attempt(f"round {number} writer {writer}", chance.choice("12345")) for writer in range(writers)]
        pauses = [chance.choice((0, 0, chance.random() / 500)) for _ in attempts]
        threads = [
            threading.Thread(target=_write, args=(assessment, key, versions[key], attempt, actor, start, pause))
            for attempt, pause in zip(attempts, pauses, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _count(assessment, key, versions, attempts, tally)
    return tally


def _count(assessment: Assessment, key: str, versions: Counter[str], attempts: list[Attempt], tally: Tally) -> None:
    winners = [attempt for attempt in attempts if attempt.version is not None]
    stored = Answer.objects.get(assessment=assessment, indicator__key=key)
    tally.saved += len(winners)
    tally.conflicts += sum(attempt.seen_in_conflict is not None for attempt in attempts)
    tally.other_errors += [attempt.error for attempt in attempts if attempt.error]
    if len(winners) != 1 or winners[0].version != versions[key] + 1:
        tally.wrong_winners += 1
    # Told "saved", yet neither standing nor shown to the one who overwrote it: lost without anybody's knowing.
    tally.unseen_losses += sum(winner.text != stored.narrative for winner in winners)
    if winners and any(a.seen_in_conflict not in {None, stored.narrative} for a in attempts):
        tally.wrong_winners += 1
    versions[key] = stored.version


def check_chains(assessment: Assessment) -> None:
    """Every answer's revisions run from 1 to its version without gap or fork, the last one being what stands."""
    for answer in Answer.objects.filter(assessment=assessment):
        revisions = list(AnswerRevision.objects.filter(answer=answer).order_by("version"))
        assert [revision.version for revision in revisions] == list(range(1, answer.version + 1))
        assert revisions[-1].content["narrative"] == answer.narrative


@pytest.fixture
def assessment(transactional_db: None, amina: Persona, framework: FrameworkVersion) -> Assessment:
    made = make_assessment(amina.viewer, framework)
    # The audit chain of the party and the framework's tree exist before anybody races.
    give_answer(amina.viewer, made, "coo-01")
    return make_assessment(amina.viewer, framework, cycle="raced")


@pytest.mark.parametrize("writers", [2, 8])
def test_one_save_wins_each_version_and_no_text_is_lost_unseen(
    amina: Persona, assessment: Assessment, writers: int
) -> None:
    tally = race(assessment, amina.viewer, writers=writers, rounds=SAMPLE_ROUNDS, seed=20261124 + writers)
    assert tally == Tally(saved=SAMPLE_ROUNDS, conflicts=SAMPLE_ROUNDS * (writers - 1))
    check_chains(assessment)


def _careless(answer_pk: int, base_version: int, fields: dict[str, Any]) -> bool:
    return bool(Answer.objects.filter(pk=answer_pk).update(version=F("version") + 1, **fields))


def test_without_comparing_versions_updates_are_lost(
    amina: Persona, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    swap: Callable[..., bool] = _careless
    monkeypatch.setattr(answers, "_swap", swap)
    tally = race(assessment, amina.viewer, writers=4, rounds=SAMPLE_ROUNDS, seed=7)
    assert tally.unseen_losses > 0
    assert tally.other_errors == []


def test_writers_of_different_indicators_never_conflict(amina: Persona, assessment: Assessment) -> None:
    start = threading.Barrier(len(KEYS))
    attempts = {key: Attempt(f"words about {key}", "2") for key in KEYS}
    threads = [
        threading.Thread(target=_write, args=(assessment, key, 0, attempt, amina.viewer, start, 0.0))
        for key, attempt in attempts.items()
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {key: (attempt.version, attempt.error) for key, attempt in attempts.items()} == dict.fromkeys(KEYS, (1, ""))


@pytest.mark.long
@pytest.mark.parametrize("writers", [2, 8])
def test_thousand_races_are_all_detected(amina: Persona, assessment: Assessment, writers: int) -> None:
    seed = random.SystemRandom().randrange(2**32)
    began = time.monotonic()
    tally = race(assessment, amina.viewer, writers=writers, rounds=LONG_ROUNDS, seed=seed)
    figures = {
        "test": "answer races",
        "database": connection.vendor,
        "seed": seed,
        "writers": writers,
        "rounds": LONG_ROUNDS,
        "saved": tally.saved,
        "conflicts": tally.conflicts,
        "unseen_losses": tally.unseen_losses,
        "errors": len(tally.other_errors),
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(figures))  # noqa: T201  (the figures are what a long run is for)
    assert tally == Tally(saved=LONG_ROUNDS, conflicts=LONG_ROUNDS * (writers - 1)), f"seed {seed}"
    check_chains(assessment)
