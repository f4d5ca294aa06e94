"""Decisions on the same ratings taken at once: one counts, and the others are shown it before they decide again.

Half of the writers leave the answer as it is, so its version cannot tell them apart. The control lets every decision
pass for the newest seen: then decisions must be taken over each other unseen, or the test could not see it.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from assessments.enums import AssignmentMode
from assessments.models import Answer, Assessment, FrameworkVersion, IndependentRating, Reconciliation
from assessments.services import reconciliation
from tests.assessments.factories import assign, give_answer, make_assessment, rate_independently, rated
from tests.personas import Persona
from tests.reliability.at_once import at_once
from wam_portal.access import Viewer
from wam_portal.errors import Conflict

ROUNDS = 8
WRITERS = 4


@dataclass
class Attempt:
    """One window: which level it chooses and why, and what came back."""

    level: str
    reason: str
    made: int | None = None
    shown: str | None = None


def decide_at_once(assessment: Assessment, actor: Viewer, base_version: int, decided: int) -> list[Attempt]:
    """Let all windows decide at the same moment on what they have all seen, each from a connection of its own."""
    seen = dict(IndependentRating.objects.values_list("pk", "version"))
    kept = Answer.objects.select_related("option").get(assessment=assessment, indicator__key="sto-01").option
    assert kept is not None
    other = "4" if kept.key == "2" else "2"
    attempts = [
        Attempt(kept.key if number % 2 else other, f"decision {decided} window {number}") for number in range(WRITERS)
    ]

    def write(attempt: Attempt) -> None:
        try:
            attempt.made = reconciliation.reconcile(
                assessment=assessment,
                indicator="sto-01",
                base_version=base_version,
                seen=seen,
                choice=rated(attempt.level),
                reason=attempt.reason,
                actor=actor,
                decided=decided,
            ).number
        except Conflict as conflict:
            attempt.shown = getattr(conflict.current, "reason", "the answer")

    at_once(write, attempts)
    return attempts


@pytest.fixture
def assessment(transactional_db: None, amina: Persona, carl: Persona, framework: FrameworkVersion) -> Assessment:
    """One agency has rated what the State has answered already."""
    made = make_assessment(amina.viewer, framework)
    assign(amina.viewer, made, "sto", carl.viewer, mode=AssignmentMode.INDEPENDENT)
    rate_independently(carl.viewer, made, "sto-01", rated("3"))
    give_answer(amina.viewer, made, "sto-01", rated("2"))
    return made


def test_of_decisions_taken_at_once_one_counts_and_the_answer_is_what_it_chose(
    amina: Persona, assessment: Assessment
) -> None:
    for number in range(ROUNDS):
        version = Answer.objects.get(assessment=assessment, indicator__key="sto-01").version
        attempts = decide_at_once(assessment, amina.viewer, version, number)
        [winner] = [attempt for attempt in attempts if attempt.made is not None]
        last = Reconciliation.objects.get(number=number + 1)
        stored = Answer.objects.select_related("option").get(assessment=assessment, indicator__key="sto-01")
        assert stored.option is not None
        assert (last.reason, winner.made, stored.option.key) == (winner.reason, number + 1, winner.level)
        losers = {attempt.shown for attempt in attempts if attempt is not winner}
        assert losers <= {winner.reason, "the answer", ""}


def test_without_comparing_decisions_some_are_taken_over_others_unseen(
    amina: Persona, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reconciliation, "_is_newest", lambda _last, _decided: True)
    attempts = decide_at_once(assessment, amina.viewer, 1, 0)
    assert len([attempt for attempt in attempts if attempt.made is not None]) > 1
