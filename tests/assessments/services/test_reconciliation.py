"""Choosing the State's answer from the ratings: what is saved, what is noted, and what somebody else did meanwhile."""

from __future__ import annotations

import pytest

from assessments.enums import AnswerRating, AssignmentMode
from assessments.models import Answer, Assessment, FrameworkVersion, IndependentRating, Reconciliation
from assessments.services.answers import AnswerContent
from assessments.services.reconciliation import reconcile
from tests.assessments.factories import assign, give_answer, make_assessment, rate_independently, rated
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(amina: Persona, carl: Persona, framework: FrameworkVersion) -> Assessment:
    """Two agencies disagree on one indicator."""
    assert amina.party is not None
    made = make_assessment(amina.viewer, framework)
    clara = make_persona("Clara", amina.party, Role.CONTRIBUTOR)
    for person, level in ((carl, "1"), (clara, "4")):
        assign(amina.viewer, made, "sto", person.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(person.viewer, made, "sto-01", rated(level))
    return made


def seen() -> dict[int, int]:
    return dict(IndependentRating.objects.values_list("pk", "version"))


def choose(
    actor: Persona,
    assessment: Assessment,
    *,
    base_version: int = 0,
    decided: int = 0,
    reason: str = "Law in force.",
    **fields: str,
) -> Reconciliation:
    choice = AnswerContent(**{"rating": "rated", "option": "3", "basis": "law", **fields})
    return reconcile(
        assessment=assessment,
        indicator="sto-01",
        base_version=base_version,
        seen=seen(),
        choice=choice,
        reason=reason,
        actor=actor.viewer,
        decided=decided,
    )


def test_choice_becomes_the_answer_with_who_why_and_what_was_weighed(amina: Persona, assessment: Assessment) -> None:
    made = choose(amina, assessment, minority_note="The army rates it lower.")
    answer = Answer.objects.select_related("option").get()
    assert answer.option is not None
    assert (answer.option.key, answer.basis, answer.minority_note) == ("3", "law", "The army rates it lower.")
    assert (made.reconciled_by, made.reason, made.answer_version, made.number) == (amina.user, "Law in force.", 1, 1)
    assert sorted(row["option"] for row in made.ratings) == ["1", "4"]
    assert set(IndependentRating.objects.values_list("reconciliation", flat=True)) == {made.pk}
    event = Event.objects.get(verb="answer.reconciled")
    assert event.changes == {"indicator": "sto-01", "version": 1, "ratings": 2}


def test_other_words_of_the_stored_answer_stay(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "sto-01", rated("2", narrative="Our words.", target="5", confidence="low"))
    choose(amina, assessment, base_version=1)
    answer = Answer.objects.select_related("option", "target").get()
    assert answer.target is not None
    assert (answer.version, answer.narrative, answer.target.key, answer.confidence) == (2, "Our words.", "5", "low")
    choose(
        amina,
        assessment,
        base_version=2,
        decided=1,
        rating=AnswerRating.UNKNOWN,
        option="",
        reason="Nobody could tell.",
    )
    answer.refresh_from_db()
    assert (answer.rating, answer.reason, answer.narrative) == ("unknown", "Nobody could tell.", "Our words.")


def test_stale_answer_and_changed_ratings_are_conflicts_and_nothing_is_saved(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    give_answer(amina.viewer, assessment, "sto-01", rated("2"))
    with pytest.raises(Conflict) as caught:
        choose(amina, assessment, base_version=0)
    assert caught.value.current == Answer.objects.get()
    before = seen()
    rate_independently(carl.viewer, assessment, "sto-01", rated("2"), base_version=1)
    with pytest.raises(Conflict, match="in the meantime") as caught:
        reconcile(
            assessment=assessment,
            indicator="sto-01",
            base_version=1,
            seen=before,
            choice=rated("5"),
            reason="Old view.",
            actor=amina.viewer,
        )
    assert caught.value.current is None
    assert (Answer.objects.get().version, Reconciliation.objects.count()) == (1, 0)


def test_sent_twice_it_is_one_decision_and_a_new_rating_asks_for_another(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert choose(amina, assessment) == choose(amina, assessment)
    rating = rate_independently(carl.viewer, assessment, "sto-01", rated("5"), base_version=1)
    rating.refresh_from_db()
    assert rating.reconciliation is None
    assert choose(amina, assessment, base_version=1, decided=1, reason="Looked again.").number == 2


def test_a_decision_that_leaves_the_answer_as_it_is_is_not_saved_over_unseen(
    amina: Persona, assessment: Assessment
) -> None:
    choose(amina, assessment)
    kept = choose(amina, assessment, base_version=1, decided=1, reason="Reason one.")
    assert (kept.number, Answer.objects.get().version) == (2, 1)
    for other in ({"option": "4"}, {}):
        with pytest.raises(Conflict, match="decided on this indicator before you") as caught:
            choose(amina, assessment, base_version=1, decided=1, reason="Reason two.", **other)
        assert caught.value.current == kept
    stored = Answer.objects.select_related("option").get()
    assert stored.option is not None
    assert (stored.version, stored.option.key, Reconciliation.objects.count()) == (1, "3", 2)
    assert choose(amina, assessment, base_version=1, decided=2, option="4", reason="Reason two.").number == 3


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"reason": "  "}, "why"),
        ({"reason": "x" * 2001}, "why"),
        ({"option": "9"}, "rating"),
        ({"basis": "x"}, "basis"),
    ],
)
def test_bad_choice_names_its_field(amina: Persona, assessment: Assessment, fields: dict[str, str], field: str) -> None:
    with pytest.raises(Invalid) as caught:
        choose(amina, assessment, **fields)
    assert list(caught.value.errors) == [field]
    assert not Answer.objects.exists()


def test_only_focal_points_decide(amina: Persona, carl: Persona, aldo: Persona, assessment: Assessment) -> None:
    for persona in (carl, aldo):
        with pytest.raises(Refused):
            choose(persona, assessment)
    assert not Reconciliation.objects.exists()
