"""What pages read of a baseline: who sees which answers, what is missing, what changed since the endorsement."""

from __future__ import annotations

import uuid

import pytest

from assessments.enums import AnswerRating
from assessments.models import Assessment, FrameworkVersion
from assessments.selectors.answers import (
    SectionProgress,
    SheetFilter,
    answer_for,
    missing_indicators,
    next_indicator,
    section_progress,
    sheet_page,
)
from assessments.selectors.assessments import assessment_for, assessments_for
from assessments.selectors.assignments import assignments_of, contributors_of
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.overview import assessment_overview
from assessments.services.answers import AnswerContent
from assessments.services.assessments import reopen_assessment
from tests.assessments.factories import assign, give_answer, make_assessment, make_endorsed, rated
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "coo-01", rated("3", basis="none"))
    give_answer(amina.viewer, made, "coo-02", AnswerContent(rating=AnswerRating.UNKNOWN))
    give_answer(amina.viewer, made, "sto-01", rated("5"))
    return made


def test_progress_counts_by_section_and_only_what_may_be_read(
    amina: Persona, carl: Persona, dana: Persona, boris: Persona, assessment: Assessment
) -> None:
    tree = framework_tree(assessment.framework_version)
    assert section_progress(amina.viewer, assessment, tree) == {
        "coo": SectionProgress(total=3, rated=1, unknown=1, no_basis=1, no_evidence=1),
        "sto": SectionProgress(total=3, rated=1, no_evidence=1),
    }
    nothing = {"coo": SectionProgress(total=3), "sto": SectionProgress(total=3)}
    for outsider in (carl, dana, boris):
        assert section_progress(outsider.viewer, assessment, tree) == nothing
    assign(amina.viewer, assessment, "sto", carl.viewer)
    assert section_progress(carl.viewer, assessment, tree) == {
        "coo": SectionProgress(total=3),
        "sto": SectionProgress(total=3, rated=1, no_evidence=1),
    }


def test_answers_are_hidden_from_those_who_may_not_read_them(
    amina: Persona, vera: Persona, carl: Persona, boris: Persona, assessment: Assessment
) -> None:
    tree = framework_tree(assessment.framework_version)
    indicator = tree.find_indicator("coo-01")
    section = tree.find_section("coo")
    assert indicator is not None
    assert section is not None
    for persona, sees in ((amina, True), (vera, True), (carl, False), (boris, False)):
        assert (answer_for(persona.viewer, assessment, indicator) is not None) is sees
        page = sheet_page(persona.viewer, assessment, section, 1)
        assert (page.rows[0][1] is not None) is sees
        filtered = sheet_page(persona.viewer, assessment, section, 1, SheetFilter.NO_BASIS)
        assert (filtered.rows != ()) is sees


def test_assessments_of_other_states_do_not_exist(amina: Persona, boris: Persona, assessment: Assessment) -> None:
    assert assessment_for(amina.viewer, assessment.uuid) == assessment
    assert list(assessments_for(boris.viewer)) == []
    for viewer, wanted in ((boris.viewer, assessment.uuid), (amina.viewer, uuid.uuid4())):
        with pytest.raises(NotVisible):
            assessment_for(viewer, wanted)


def test_list_counts_what_is_answered_and_endorsed(
    amina: Persona, aldo: Persona, carl: Persona, framework: FrameworkVersion, assessment: Assessment
) -> None:
    make_endorsed(amina.viewer, aldo.viewer, framework, cycle="2024")
    found = {row.cycle: (row.answered, row.asked, row.endorsed_number) for row in assessments_for(amina.viewer)}
    assert found == {"2026": (3, 6, 0), "2024": (6, 6, 1)}
    assign(amina.viewer, assessment, "sto", carl.viewer)
    assert {row.cycle: row.answered for row in assessments_for(carl.viewer)} == {"2026": 1, "2024": 0}


def test_missing_and_next_follow_the_reading_order(amina: Persona, assessment: Assessment) -> None:
    tree = framework_tree(assessment.framework_version)
    assert [item.key for item in missing_indicators(assessment, tree)] == ["coo-03", "sto-02", "sto-03"]
    first, last = tree.indicators[0], tree.indicators[-1]
    following = next_indicator(tree, tree.indicators[2])
    assert (next_indicator(tree, first), following, next_indicator(tree, last)) == (
        tree.indicators[1],
        tree.indicators[3],
        None,
    )


def test_changes_are_counted_against_the_endorsed_version(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_endorsed(amina.viewer, aldo.viewer, framework).assessment
    tree = framework_tree(framework)
    assert assessment_overview(amina.viewer, assessment, tree).changed == ()
    assessment = reopen_assessment(assessment=assessment, base_version=3, reason="New law.", actor=aldo.viewer)
    give_answer(amina.viewer, assessment, "sto-02", rated("5"), base_version=1)
    give_answer(amina.viewer, assessment, "coo-01", rated("5"), base_version=1)
    assert assessment_overview(amina.viewer, assessment, tree).changed == ("coo-01", "sto-02")
    give_answer(amina.viewer, assessment, "sto-02", rated(), base_version=2)
    assert assessment_overview(amina.viewer, assessment, tree).changed == ("coo-01",)


def test_assignments_and_contributors_are_those_of_the_own_state(
    amina: Persona, carl: Persona, boris: Persona, assessment: Assessment
) -> None:
    assert amina.party is not None
    clara = make_persona("Clara", amina.party, Role.CONTRIBUTOR)
    assign(amina.viewer, assessment, "sto", carl.viewer)
    assign(amina.viewer, assessment, "coo", clara.viewer)
    assert [row.node.key for row in assignments_of(amina.viewer, assessment)] == ["coo", "sto"]
    assert [row.node.key for row in assignments_of(carl.viewer, assessment)] == ["sto"]
    assert list(assignments_of(boris.viewer, assessment)) == []
    assert [member.user.full_name for member in contributors_of(amina.viewer)] == ["Carl", "Clara"]
    assert list(contributors_of(boris.viewer)) == []
