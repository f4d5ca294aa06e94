"""Independent ratings saved at once: a rater's own windows never overwrite each other, colleagues never meet.

Each round starts the writers on a barrier; all have read the same version. The control takes the comparison out of
compare-and-swap: then ratings must be lost unseen, or the test could not see a loss.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest
from django.db.models import F

from assessments.enums import AssignmentMode
from assessments.models import Assessment, FrameworkVersion, IndependentRating
from assessments.services import ratings
from tests.assessments.factories import assign, make_assessment, rate_independently, rated
from tests.personas import Persona, make_persona
from tests.reliability.at_once import at_once
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.errors import Conflict

ROUNDS = 12
INDEPENDENT = AssignmentMode.INDEPENDENT


@dataclass
class Attempt:
    """One window: who writes what, and what came back."""

    actor: Viewer
    text: str
    version: int | None = None
    seen_in_conflict: str | None = None


def save_at_once(assessment: Assessment, base_version: int, attempts: list[Attempt]) -> None:
    """Send all attempts on one indicator at the same moment, each from a connection of its own."""

    def write(attempt: Attempt) -> None:
        try:
            attempt.version = ratings.save_independent_rating(
                assessment=assessment,
                indicator="sto-01",
                base_version=base_version,
                content=rated("3", narrative=attempt.text),
                actor=attempt.actor,
            ).version
        except Conflict as conflict:
            attempt.seen_in_conflict = conflict.current.narrative

    at_once(write, attempts)


@pytest.fixture
def colleague(state_a: Any) -> Persona:
    return make_persona("Colin", state_a, Role.CONTRIBUTOR)


@pytest.fixture
def assessment(
    transactional_db: None, amina: Persona, carl: Persona, colleague: Persona, framework: FrameworkVersion
) -> Assessment:
    """Two people of one agency rate the same section; the audit chain and the tree exist before anybody races."""
    made = make_assessment(amina.viewer, framework)
    for rater in (carl, colleague):
        assign(amina.viewer, made, "sto", rater.viewer, mode=INDEPENDENT)
    rate_independently(carl.viewer, made, "sto-02")
    return made


@pytest.mark.parametrize("windows", [2, 6])
def test_of_one_rater_one_window_wins_each_version_and_the_others_see_what_it_saved(
    carl: Persona, assessment: Assessment, windows: int
) -> None:
    for number in range(ROUNDS):
        attempts = [Attempt(carl.viewer, f"round {number} window {window}") for window in range(windows)]
        save_at_once(assessment, number, attempts)
        [winner] = [attempt for attempt in attempts if attempt.version is not None]
        stored = IndependentRating.objects.get(assessment=assessment, indicator__key="sto-01")
        assert (stored.version, stored.narrative, winner.version) == (number + 1, winner.text, number + 1)
        losers = [attempt.seen_in_conflict for attempt in attempts if attempt is not winner]
        assert losers == [winner.text] * (windows - 1)


def test_two_people_of_one_agency_rate_at_the_same_moment_and_both_ratings_stand(
    carl: Persona, colleague: Persona, assessment: Assessment
) -> None:
    for number in range(ROUNDS):
        attempts = [Attempt(person.viewer, f"round {number} {person.user.full_name}") for person in (carl, colleague)]
        save_at_once(assessment, number, attempts)
        assert [attempt.version for attempt in attempts] == [number + 1, number + 1]
        stored = IndependentRating.objects.filter(assessment=assessment, indicator__key="sto-01")
        assert sorted(stored.values_list("narrative", flat=True)) == sorted(attempt.text for attempt in attempts)


def _careless(rating_pk: int, _base_version: int, fields: dict[str, Any]) -> bool:
    return bool(IndependentRating.objects.filter(pk=rating_pk).update(version=F("version") + 1, **fields))


def test_without_comparing_versions_ratings_are_lost_unseen(
    carl: Persona, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    save_at_once(assessment, 0, [Attempt(carl.viewer, "first")])
    monkeypatch.setattr(ratings, "_swap", _careless)
    attempts = [Attempt(carl.viewer, f"window {window}") for window in range(4)]
    save_at_once(assessment, 1, attempts)
    stored = IndependentRating.objects.get(assessment=assessment, indicator__key="sto-01")
    lost = [attempt for attempt in attempts if attempt.version is not None and attempt.text != stored.narrative]
    assert lost
