"""Saving one answer: versions, conflicts, what is refused, what is kept."""

from __future__ import annotations

import pytest

from assessments.enums import AnswerRating, GapStatus
from assessments.models import Answer, AnswerRevision, Assessment, FrameworkVersion, Gap
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent, content_of, save_answer
from assessments.services.assessments import submit_assessment
from tests.assessments.factories import answer_everything, assign, give_answer, make_assessment, rated
from tests.personas import Persona
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def stored(answer: Answer) -> tuple[int, str, str]:
    answer.refresh_from_db()
    return answer.version, answer.option.key if answer.option else "", answer.narrative


def test_first_save_makes_version_one_with_a_revision_and_an_event(amina: Persona, assessment: Assessment) -> None:
    answer = give_answer(amina.viewer, assessment, "coo-01", rated("3", narrative="Decree in force."))
    assert stored(answer) == (1, "3", "Decree in force.")
    assert answer.updated_by == amina.user
    revision = AnswerRevision.objects.get(answer=answer)
    assert (revision.version, revision.content["option"], revision.saved_by) == (1, "3", amina.user)
    event = Event.objects.get(verb="answer.saved")
    assert event.changes == {
        "indicator": "coo-01",
        "version": 1,
        "fields": ["basis", "narrative", "option", "rating"],
    }


def test_next_save_swaps_the_version_and_notes_only_what_changed(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("3", narrative="Old."))
    answer = give_answer(amina.viewer, assessment, "coo-01", rated("3", narrative="New."), base_version=1)
    assert stored(answer) == (2, "3", "New.")
    assert [row.content["narrative"] for row in answer.revisions.order_by("version")] == ["Old.", "New."]
    assert Event.objects.filter(verb="answer.saved").latest("seq").changes["fields"] == ["narrative"]


def test_event_never_holds_what_was_written(amina: Persona, assessment: Assessment) -> None:
    give_answer(
        amina.viewer, assessment, "coo-01", rated("1", narrative="CANARY-NARRATIVE", minority_note="CANARY-NOTE")
    )
    assert "CANARY" not in str(list(Event.objects.values("changes", "target_id")))


@pytest.mark.parametrize("base_version", [0, 1, 7])
def test_same_content_again_writes_nothing(amina: Persona, assessment: Assessment, base_version: int) -> None:
    first = give_answer(amina.viewer, assessment, "coo-01", rated("3", narrative="Text."))
    events = Event.objects.count()
    again = give_answer(
        amina.viewer, assessment, "coo-01", rated("3", narrative="  Text.\r\n"), base_version=base_version
    )
    assert (again.pk, again.version, again.updated_at) == (first.pk, 1, first.updated_at)
    assert AnswerRevision.objects.count() == 1
    assert Event.objects.count() == events


@pytest.mark.parametrize("base_version", [0, 1, 9])
def test_stale_version_is_a_conflict_with_the_stored_answer(
    amina: Persona, assessment: Assessment, base_version: int
) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("1", narrative="First."))
    theirs = give_answer(amina.viewer, assessment, "coo-01", rated("2", narrative="Theirs."), base_version=1)
    with pytest.raises(Conflict) as caught:
        give_answer(amina.viewer, assessment, "coo-01", rated("5", narrative="Mine."), base_version=base_version)
    assert caught.value.current == theirs
    assert caught.value.current.narrative == "Theirs."
    assert stored(theirs) == (2, "2", "Theirs.")
    assert AnswerRevision.objects.count() == 2


def test_a_version_of_an_answer_that_never_was_is_invalid(amina: Persona, assessment: Assessment) -> None:
    with pytest.raises(Invalid):
        give_answer(amina.viewer, assessment, "coo-01", base_version=3)
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    ("content", "field"),
    [
        (AnswerContent(rating=""), "rating"),
        (AnswerContent(rating="excellent"), "rating"),
        (AnswerContent(rating=AnswerRating.RATED), "rating"),
        (AnswerContent(rating=AnswerRating.RATED, option="9"), "rating"),
        (AnswerContent(rating=AnswerRating.UNKNOWN, option="2"), "rating"),
        (AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="  "), "reason"),
        (rated(basis="hearsay"), "basis"),
        (rated(confidence="total"), "confidence"),
        (rated(target="9"), "target"),
        (rated(narrative="x" * 8001), "narrative"),
        (rated(reason="x" * 2001), "reason"),
        (rated(minority_note="x" * 2001), "minority_note"),
    ],
)
def test_bad_input_names_its_field_and_changes_nothing(
    amina: Persona, assessment: Assessment, content: AnswerContent, field: str
) -> None:
    with pytest.raises(Invalid) as caught:
        give_answer(amina.viewer, assessment, "coo-01", content)
    assert list(caught.value.errors) == [field]
    assert not Answer.objects.exists()
    assert not Event.objects.filter(verb="answer.saved").exists()


def test_texts_of_full_length_are_kept(amina: Persona, assessment: Assessment) -> None:
    answer = give_answer(amina.viewer, assessment, "coo-01", rated(narrative="ä" * 8000, reason="y" * 2000))
    answer.refresh_from_db()
    assert (len(answer.narrative), len(answer.reason)) == (8000, 2000)


def test_option_of_another_framework_is_invalid(amina: Persona, assessment: Assessment, wam: FrameworkVersion) -> None:
    other = make_assessment(amina.viewer, wam)
    with pytest.raises(NotVisible):
        give_answer(amina.viewer, other, "coo-01x")
    tree = framework_tree(wam)
    with pytest.raises(Invalid):
        give_answer(amina.viewer, other, tree.indicators[0].key, rated("low"))
    assert not Answer.objects.exists()


@pytest.mark.parametrize(
    "content",
    [
        AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="No such stockpile."),
        AnswerContent(rating=AnswerRating.UNKNOWN),
        AnswerContent(rating=AnswerRating.NOT_RATED, reason="Outside the agreed scope."),
        rated("5", confidence="high", minority_note="The ministry disagrees.", target="3"),
    ],
)
def test_every_kind_of_answer_comes_back_as_given(
    amina: Persona, assessment: Assessment, content: AnswerContent
) -> None:
    answer = give_answer(amina.viewer, assessment, "sto-03", content)
    answer.refresh_from_db()
    indicator = framework_tree(assessment.framework_version).find_indicator("sto-03")
    assert indicator is not None
    assert content_of(answer, indicator) == content


def test_answer_below_target_opens_a_gap_and_reaching_it_closes_the_gap(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("1"))
    assert Gap.objects.get().status == GapStatus.OPEN
    give_answer(amina.viewer, assessment, "coo-01", rated("4"), base_version=1)
    assert Gap.objects.get().status == GapStatus.CLOSED


def test_contributor_saves_only_in_assigned_sections(amina: Persona, carl: Persona, assessment: Assessment) -> None:
    assign(amina.viewer, assessment, "coo", carl.viewer)
    assert give_answer(carl.viewer, assessment, "coo-01").updated_by == carl.user
    with pytest.raises(Refused, match="not assigned"):
        give_answer(carl.viewer, assessment, "sto-01")
    assert Answer.objects.count() == 1


def test_viewers_approvers_and_outsiders_cannot_save(
    vera: Persona, aldo: Persona, boris: Persona, assessment: Assessment
) -> None:
    for persona in (vera, aldo, boris):
        with pytest.raises(Refused):
            give_answer(persona.viewer, assessment, "coo-01")
    assert not Answer.objects.exists()


def test_nothing_is_saved_once_submitted_even_with_a_stale_object(amina: Persona, assessment: Assessment) -> None:
    answer_everything(amina.viewer, assessment)
    stale = Assessment.objects.get(pk=assessment.pk)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    for indicator, base_version in (("coo-01", 1), ("coo-01", 0)):
        with pytest.raises(Refused, match="being reviewed"):
            save_answer(
                assessment=stale,
                indicator=indicator,
                base_version=base_version,
                content=rated("5"),
                actor=amina.viewer,
            )
    assert set(Answer.objects.values_list("version", flat=True)) == {1}
