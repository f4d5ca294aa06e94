"""What the national report says beside what was signed, and that the public insight says nothing of it."""

from __future__ import annotations

import datetime as dt
import re

import pytest

from assessments.models import Assessment, AssessmentVersion, FrameworkVersion
from assessments.reports.baseline import plan_insight, plan_report
from assessments.reports.plans import DocumentPlan
from assessments.services.assessments import endorse_assessment, reopen_assessment, submit_assessment
from assessments.services.consultation_summaries import SummaryContent, add_summary
from assessments.services.consultations import RoundContent, begin_consultation
from tests.assessments.evidence_factories import link, make_evidence
from tests.assessments.factories import answer_everything, make_assessment
from tests.personas import Persona

pytestmark = pytest.mark.django_db
CANARIES = ("Canary round", "Westgate", "Canary decree", "Canary reason", "Canary register", "Aldo ", "Communities")


@pytest.fixture
def signed(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssessmentVersion:
    """An endorsed baseline: people of two kinds were consulted on one indicator, another rests on evidence."""
    assessment = make_assessment(amina.viewer, framework)
    answer_everything(amina.viewer, assessment)
    for title in ("Canary register", "Second"):
        link(amina.viewer, make_evidence(amina.viewer, title), assessment, "coo-01")
    content = RoundContent(
        title="Canary round",
        starts_on=dt.date(2026, 3, 2),
        ends_on=dt.date(2026, 3, 4),
        places="Westgate",
        people={"community": (12, 9, 1), "civil_society": (3, 4, 0)},
    )
    told = begin_consultation(assessment=assessment, content=content, actor=amina.viewer)
    said = SummaryContent(said="No fence at Westgate.", indicators=["sto-01"])
    add_summary(consultation=told, content=said, actor=amina.viewer)
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
    version = endorse_assessment(
        assessment=submitted,
        base_version=submitted.version,
        authority="cabinet",
        decided_on=dt.date(2026, 5, 4),
        reference="Canary decree",
        actor=aldo.viewer,
    )
    assert version is not None
    return version


def reopened(aldo: Persona, version: AssessmentVersion) -> Assessment:
    fresh = Assessment.objects.get(pk=version.assessment_id)
    return reopen_assessment(assessment=fresh, base_version=fresh.version, reason="Canary reason.", actor=aldo.viewer)


def national(aldo: Persona, version: AssessmentVersion, language: str = "en") -> DocumentPlan:
    return plan_report(aldo.viewer, version.assessment.uuid, language, {})


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\N{NO-BREAK SPACE}", " ").split())


def chapter(plan: DocumentPlan, name: str) -> str:
    return words(plan.source().html.partition(f'<section id="{name}">')[2].partition("</section>")[0])


def test_the_national_report_says_who_was_consulted_on_how_many_indicators(
    aldo: Persona, signed: AssessmentVersion
) -> None:
    text = chapter(national(aldo, signed), "consulted")
    assert "Indicators consulted 1 of 6 Areas consulted 1 of 2" in text
    assert "Communities 12 9 1 Civil society 3 4 0" in text
    assert "Canary round 2 Mar 2026 – 4 Mar 2026 29 15" in text


def test_the_national_report_says_who_endorsed_and_why_it_is_open_again(
    aldo: Persona, signed: AssessmentVersion
) -> None:
    text = chapter(national(aldo, signed), "endorsed")
    assert "Approvers who must sign 1" in text
    assert "Aldo Cabinet 4 May 2026 Canary decree" in text
    assert "Canary reason" not in text
    reopened(aldo, signed)
    assert "Open again, because: Canary reason." in chapter(national(aldo, signed), "endorsed")


def test_the_national_report_counts_the_evidence_of_each_indicator_and_names_none(
    aldo: Persona, signed: AssessmentVersion
) -> None:
    html = national(aldo, signed).source().html
    counts = re.findall(r"([A-Z]{3}-\d\d)</bdi>.*?Evidence: (\d)", html, re.DOTALL)
    assert counts[:2] == [("COO-01", "2"), ("COO-02", "0")]
    assert "Canary register" not in html


@pytest.mark.parametrize("levels", ["yes", "no"])
def test_the_public_insight_says_nothing_of_evidence_people_or_decisions(
    aldo: Persona, signed: AssessmentVersion, levels: str
) -> None:
    reopened(aldo, signed)
    plan = plan_insight(aldo.viewer, signed.assessment.uuid, "en", {"levels": levels})
    html = words(plan.source().html)
    assert [canary for canary in (*CANARIES, "Evidence:", "must sign") if canary in html] == []
    assert [canary for canary in CANARIES if canary in str(plan.inputs["record"])] == []


def test_the_record_changes_the_file_and_not_what_was_signed(
    amina: Persona, aldo: Persona, signed: AssessmentVersion
) -> None:
    report, insight = national(aldo, signed), plan_insight(aldo.viewer, signed.assessment.uuid, "en", {})
    assert national(amina, signed).key == report.key
    reopened(aldo, signed)
    again = national(aldo, signed)
    assert again.key != report.key
    assert again.content_hash == report.content_hash == signed.content_hash
    assert plan_insight(aldo.viewer, signed.assessment.uuid, "en", {}).key == insight.key
