"""Leaving areas and indicators out of a baseline, and putting them back with what was said."""

from __future__ import annotations

import pytest

from assessments.enums import AnswerRating
from assessments.models import Answer, AnswerRevision, Assessment, FrameworkVersion
from assessments.reports.baseline import plan_report
from assessments.selectors.answers import missing_indicators, section_progress
from assessments.selectors.assessments import assessments_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.gaps import live_counts
from assessments.selectors.overview import Overview, assessment_overview
from assessments.selectors.scope import scope_of
from assessments.services.scope import leave_out, put_back
from tests.assessments.factories import give_answer, make_assessment, rated
from tests.personas import Persona
from wam_portal.audit.models import Event
from wam_portal.errors import Invalid, Refused

pytestmark = pytest.mark.django_db


def overview(persona: Persona, assessment: Assessment) -> Overview:
    return assessment_overview(persona.viewer, assessment, framework_tree(assessment.framework_version))


def test_what_is_left_out_leaves_denominators_and_comes_back_as_it_was(
    amina: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "sto-01", rated("2", narrative="Two depots."))
    count = leave_out(assessment=assessment, keys=["sto", "coo-02"], reason=" Not this year. ", actor=amina.viewer)
    assert count == 4
    after = overview(amina, assessment)
    assert [one.key for one in after.missing] == ["coo-01", "coo-03"]
    assert (after.coverage.asked, after.coverage.not_rated) == (2, 4)
    assert after.areas[1].score.percent is None
    listed = assessments_for(amina.viewer).get()
    assert (listed.answered, listed.asked, listed.left_out) == (0, 2, 4)
    progress = section_progress(amina.viewer, assessment, framework_tree(framework))
    assert [(one.answered, one.asked, one.left_out) for one in progress.values()] == [(0, 2, 1), (0, 0, 3)]
    parts = scope_of(amina.viewer, assessment, framework_tree(framework))
    assert [[(one.indicator.key, one.reason) for one in part.outside] for part in parts] == [
        [("coo-02", "Not this year.")],
        [("sto-01", "Not this year."), ("sto-02", "Not this year."), ("sto-03", "Not this year.")],
    ]
    assert leave_out(assessment=assessment, keys=["sto"], reason="Again.", actor=amina.viewer) == 0
    assert put_back(assessment=assessment, keys=["sto"], actor=amina.viewer) == 3
    back = Answer.objects.get(assessment=assessment, indicator__key="sto-01")
    assert (back.rating, back.narrative, back.reason, back.version) == (AnswerRating.RATED, "Two depots.", "", 3)
    assert len(missing_indicators(assessment, framework_tree(framework))) == 4
    assert not AnswerRevision.objects.filter(answer__indicator__key="sto-02").exists()
    assert give_answer(amina.viewer, assessment, "sto-02").version == 1
    verbs = Event.objects.filter(verb__startswith="assessment.scope").order_by("pk")
    assert [(one.verb, one.changes["count"]) for one in verbs] == [
        ("assessment.scope_narrowed", 4),
        ("assessment.scope_widened", 3),
    ]


def test_board_and_report_count_the_same_gaps_of_what_is_left_inside(
    amina: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    for key, level in (("coo-01", "1"), ("coo-02", "2"), ("sto-01", "1"), ("sto-02", "3")):
        give_answer(amina.viewer, assessment, key, rated(level))
    for keys, expected in (([], 4), (["sto"], 2)):
        if keys:
            leave_out(assessment=assessment, keys=keys, reason="Not this year.", actor=amina.viewer)
        counts = live_counts(amina.viewer, assessment)
        assert sum(counts.values()) == expected
        report = plan_report(amina.viewer, assessment.uuid, "en", {"source": "current"}).build()["report"]
        told = {str(fact.label): fact.value for fact in report.summary}["Gaps"]
        assert told == ", ".join(f"{number} {tier}" for tier, number in counts.items() if number)


def test_leaving_out_needs_a_reason_something_to_leave_and_the_right(
    amina: Persona, vera: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    with pytest.raises(Invalid) as caught:
        leave_out(assessment=assessment, keys=["nothing"], reason=" ", actor=amina.viewer)
    assert set(caught.value.errors) == {"keys", "reason"}
    for persona in (vera, carl):
        with pytest.raises(Refused):
            leave_out(assessment=assessment, keys=["sto"], reason="Why not.", actor=persona.viewer)
        with pytest.raises(Refused):
            put_back(assessment=assessment, keys=["sto"], actor=persona.viewer)
    assert not Answer.objects.exists()
