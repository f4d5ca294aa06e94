"""Reports of a baseline through HTTP: asked for, rendered by the job, taken; and what each reader gets."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from assessments.enums import DocumentKind
from assessments.models import Assessment, AssessmentVersion, Document, FrameworkVersion, Gap
from assessments.reports.baseline import plan_insight, plan_report
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent
from assessments.services.assessments import endorse_assessment, reopen_assessment, submit_assessment
from assessments.services.documents import request_document
from assessments.services.frameworks import import_framework
from assessments.services.gaps import dismiss_gap
from assessments.services.scope import leave_out
from tests.assessments.factories import answer_everything, give_answer, make_assessment, make_foreign_framework, rated
from tests.conftest import WAM_FILE
from tests.personas import Persona
from wam_portal.access import SystemViewer
from wam_portal.audit.models import Event
from wam_portal.jobs import runner
from wam_portal.pdf import render_here

NARRATIVE = "The armoury at Westgate has no fence."
DISSENT = "The army disagrees."


@pytest.fixture
def signed(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssessmentVersion:
    """An endorsed baseline with one narrative that must stay within the State."""
    assessment = make_assessment(amina.viewer, framework, purpose="To plan the next four years.")
    give_answer(amina.viewer, assessment, "coo-01", rated("1", narrative=NARRATIVE, minority_note=DISSENT))
    answer_everything(amina.viewer, assessment)
    return make_endorsed_of(amina, aldo, assessment)


def make_endorsed_of(amina: Persona, aldo: Persona, assessment: Assessment) -> AssessmentVersion:
    """Take a complete baseline through review."""
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
    return endorse_assessment(
        assessment=submitted, base_version=submitted.version, authority="commission", actor=aldo.viewer
    )


def ask(persona: Persona, assessment: Assessment, **fields: str) -> HttpResponse:
    """Send the form of the reports page."""
    response: Any = persona.client.post(persona.url("assessments:report-list", assessment.uuid), fields)
    assert isinstance(response, HttpResponse)
    return response


def render(document: Document) -> Document:
    """Let the job do its work, as the worker does."""
    assert document.job is not None
    runner.run(str(document.job.uuid))
    document.refresh_from_db()
    return document


def text_of(persona: Persona, document: Document, folder: Path) -> str:
    """The words of the file that a person takes."""
    response = persona.client.get(persona.url("assessments:document-file", document.uuid))
    assert response["Content-Type"] == "application/pdf"
    assert "attachment" in response["Content-Disposition"]
    path = folder / "report.pdf"
    path.write_bytes(response.content)
    subprocess.run(["qpdf", "--check", path], check=True, capture_output=True)
    return subprocess.run(["pdftotext", "-layout", path, "-"], check=True, capture_output=True, text=True).stdout


def test_the_national_report_says_all_and_is_made_once(
    amina: Persona, signed: AssessmentVersion, framework: FrameworkVersion, tmp_path: Path
) -> None:
    fields = {"kind": "baseline_report", "source": "endorsed", "language": "en"}
    response = ask(amina, signed.assessment, **fields)
    document = Document.objects.get()
    assert response["Location"] == amina.url("assessments:document-detail", document.uuid)
    baseline = amina.url("assessments:assessment-detail", signed.assessment.uuid)
    crumbs = amina.client.get(response["Location"]).content.decode().split("</ol>")[0]
    assert f'<a href="{baseline}"><bdi>{signed.assessment.title}</bdi></a>' in crumbs
    text = text_of(amina, render(document), tmp_path)
    assert signed.content_hash in text.replace("\n", "").replace(" ", "")
    assert NARRATIVE in text
    assert "The army disagrees." in text
    assert "To plan the next four years." in text
    for entry in signed.content["answers"]:
        assert entry["indicator"].upper() in text
    assert ask(amina, signed.assessment, **fields)["Location"] == response["Location"]
    assert Document.objects.count() == 1
    verbs = list(Event.objects.filter(verb__startswith="document.").order_by("pk").values_list("verb", flat=True))
    assert verbs == ["document.requested", "document.rendered", "document.downloaded"]


@pytest.mark.parametrize("levels", [False, True])
def test_the_public_insight_leaves_out_words_evidence_and_gaps(
    aldo: Persona, signed: AssessmentVersion, tmp_path: Path, levels: bool
) -> None:
    fields = {"kind": "country_insight", "language": "en"} | ({"levels": "on"} if levels else {})
    ask(aldo, signed.assessment, **fields)
    text = text_of(aldo, render(Document.objects.get()), tmp_path)
    assert "Country insight" in text
    assert signed.content["profile"][0]["title"] in text
    for kept_back in ("Westgate", "The army disagrees", "To plan the next", "critical", "Basis"):
        assert kept_back not in text
    assert ("COO-01" in text) is levels


def test_no_page_begins_with_a_narrative_and_no_chapter_ends_before_its_table(amina: Persona, tmp_path: Path) -> None:
    tree = framework_tree(make_foreign_framework(3, 1, 8))
    assessment = make_assessment(amina.viewer, FrameworkVersion.objects.get(pk=tree.version.pk))
    for number, indicator in enumerate(tree.indicators):
        told = AnswerContent(
            rating="rated",
            option=indicator.scale.options[0].key,
            narrative="Two of nine depots are kept so. " * (number % 5 + 1),
            basis="document",
        )
        give_answer(amina.viewer, assessment, indicator.key, told)
    plan = plan_report(amina.viewer, assessment.uuid, "en", {"source": "current"})
    (tmp_path / "report.pdf").write_bytes(render_here(plan.source()).content)
    command = ["pdftotext", "-layout", tmp_path / "report.pdf", "-"]
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    pages = [[line.strip() for line in page.splitlines() if line.strip()] for page in text.split("\f")]
    continued = [page[2] for page in pages if len(page) > 2 and page[1].startswith("Indicator ")]
    assert len(continued) > 1
    assert [line for line in continued if line.startswith("What is in place")] == []
    # The last line of a page is its number.
    assert [page[-2] for page in pages if len(page) > 2 and page[-2].startswith(("Score ", "Indicators of this"))] == []


def test_the_count_beside_a_coverage_leaves_out_what_was_not_asked(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    leave_out(assessment=assessment, keys=["sto", "coo-02"], reason="Not this year.", actor=amina.viewer)
    for key in ("coo-01", "coo-03"):
        give_answer(amina.viewer, assessment, key, rated("3"))
    signed = make_endorsed_of(amina, aldo, assessment)
    report = plan_insight(aldo.viewer, signed.assessment.uuid, "en", {}).build()["report"]
    assert [(area.rated, area.coverage) for area in report.areas] == [
        ("2 of 2 asked (1 left out)", "100\N{NO-BREAK SPACE}%"),
        ("0 of 0 asked (3 left out)", "not rated"),
    ]


def test_cover_and_trace_name_the_framework_in_the_language_of_the_insight(
    amina: Persona, aldo: Persona, wam: FrameworkVersion
) -> None:
    french = f"{WAM_FILE.stem}.fr.yaml"
    beside = {french: WAM_FILE.with_name(french).read_bytes()}
    import_framework(document=WAM_FILE.read_bytes(), actor=SystemViewer("framework"), beside=beside, publish=True)
    assessment = make_assessment(amina.viewer, wam)
    answer_everything(amina.viewer, assessment)
    signed = make_endorsed_of(amina, aldo, assessment)
    plan = plan_insight(aldo.viewer, signed.assessment.uuid, "fr", {})
    with translation.override("fr"):
        report = plan.build()["report"]
    titles = [fact.value for fact in (*report.cover, *report.trace) if fact.label == "Référentiel"]
    assert titles == ["Évaluation de référence de la gestion des armes et des munitions 1.0"] * 2


def test_a_report_of_answers_that_nobody_endorsed_says_draft(
    amina: Persona, framework: FrameworkVersion, tmp_path: Path
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "coo-01", rated("1"))
    refused = ask(amina, assessment, kind="baseline_report", source="endorsed", language="en")
    assert refused.status_code == 422
    assert "No version is endorsed yet" in refused.content.decode()
    assert not Document.objects.exists()
    ask(amina, assessment, kind="baseline_report", source="current", language="en")
    text = text_of(amina, render(Document.objects.get()), tmp_path)
    assert "Draft" in text
    assert "What is not known" not in text
    assert "What is not answered yet" in text


def test_a_report_counts_and_lists_what_is_unknown_apart_from_what_nobody_has_answered(
    amina: Persona, framework: FrameworkVersion, tmp_path: Path
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "coo-01", rated("1"))
    give_answer(amina.viewer, assessment, "sto-02", AnswerContent(rating="unknown", reason="No register is kept."))
    ask(amina, assessment, kind="baseline_report", source="current", language="en")
    text = text_of(amina, render(Document.objects.get()), tmp_path)
    counted = {name: re.search(rf"^ *{name} +(\d+)$", text, re.MULTILINE) for name in ("Unknown", "Not answered yet")}
    total = framework.nodes.filter(kind="indicator").count()
    assert {name: int(found[1]) for name, found in counted.items() if found} == {
        "Unknown": 1,
        "Not answered yet": total - 2,
    }
    unknown = text.rpartition("What is not known")[2].partition("What is not answered yet")[0]
    assert ("STO-02" in unknown, "STO-01" in unknown) == (True, False)
    unanswered = text.rpartition("What is not answered yet")[2]
    assert ("STO-02" in unanswered, "STO-01" in unanswered) == (False, True)


def test_only_those_who_share_make_the_public_insight(amina: Persona, signed: AssessmentVersion) -> None:
    response = ask(amina, signed.assessment, kind="country_insight", language="en")
    assert response.status_code == 403
    assert "An approver of your State can." in response.content.decode()
    assert not Document.objects.exists()


def test_changed_answers_end_a_waiting_report_with_the_reason(
    amina: Persona, aldo: Persona, signed: AssessmentVersion
) -> None:
    assessment = signed.assessment
    assessment.refresh_from_db()
    reopen_assessment(assessment=assessment, base_version=assessment.version, reason="News", actor=aldo.viewer)
    assessment.refresh_from_db()
    document = request_document(
        kind=DocumentKind.BASELINE_REPORT,
        subject=assessment.uuid,
        language="en",
        options={"source": "current"},
        actor=amina.viewer,
    )
    give_answer(amina.viewer, assessment, "coo-01", rated("3"), base_version=1)
    render(document)
    page = amina.client.get(amina.url("assessments:document-detail", document.uuid)).content.decode()
    assert "was changed while it waited" in page
    assert not document.file_name


def test_a_viewer_finds_the_page_which_says_who_makes_reports_and_shows_none(
    amina: Persona, vera: Persona, signed: AssessmentVersion
) -> None:
    ask(amina, signed.assessment, kind="baseline_report", source="endorsed", language="en")
    page_url = vera.url("assessments:report-list", signed.assessment.uuid)
    overview = vera.client.get(vera.url("assessments:assessment-detail", signed.assessment.uuid)).content.decode()
    assert f'href="{page_url}"' in overview
    page = vera.client.get(page_url).content.decode()
    assert "Only focal points, approvers and national administrators make reports." in page
    assert "<select" not in page.partition("<main")[2]
    assert str(Document.objects.get().uuid) not in page
    assert "No report yet" not in page
    assert ask(vera, signed.assessment, kind="baseline_report", source="endorsed", language="en").status_code == 403


def test_an_outsider_finds_no_report(amina: Persona, boris: Persona, signed: AssessmentVersion) -> None:
    ask(amina, signed.assessment, kind="baseline_report", source="endorsed", language="en")
    document = render(Document.objects.get())
    for name, uuid in (
        ("report-list", signed.assessment.uuid),
        ("document-detail", document.uuid),
        ("document-progress-panel", document.uuid),
        ("document-file", document.uuid),
    ):
        response = boris.client.get(boris.url(f"assessments:{name}", uuid))
        assert (name, response.status_code) == (name, 404)
        assert signed.assessment.title not in response.content.decode()


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number_of_reports(
    amina: Persona, signed: AssessmentVersion, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for language in ("en", "fr", "ar")[:count]:
        ask(amina, signed.assessment, kind="baseline_report", source="endorsed", language=language)
    client = amina.client
    client.get(amina.url("assessments:report-list", signed.assessment.uuid))
    with django_assert_num_queries(7):
        page = client.get(amina.url("assessments:report-list", signed.assessment.uuid)).content.decode()
    assert page.count("Baseline report</a>") == count


def test_gaps_that_the_state_dismissed_are_named_and_not_counted(
    amina: Persona, signed: AssessmentVersion, tmp_path: Path
) -> None:
    def gaps() -> list[str]:
        ask(amina, signed.assessment, kind="baseline_report", source="endorsed", language="en")
        lines = text_of(amina, render(Document.objects.latest("pk")), tmp_path).splitlines()
        return [line.split(maxsplit=1)[1] for line in lines if re.match(r"Gaps +\d", line)]

    live = Gap.objects.filter(assessment=signed.assessment).count()
    assert [sum(map(int, re.findall(r"\d+", line))) for line in gaps()] == [live]
    gap = Gap.objects.select_related("assessment").get(indicator__key="coo-01")
    dismiss_gap(gap=gap, base_version=gap.version, reason="Not ours.", actor=amina.viewer)
    [line] = gaps()
    assert line.endswith("1 dismissed")
    assert sum(map(int, re.findall(r"\d+", line))) == live
