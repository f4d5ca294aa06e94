"""What rests on which evidence: the tab, the block of an indicator, the sheet, the overview and the work list."""

from __future__ import annotations

import datetime as dt
import re
from pathlib import Path

import pytest
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.models import Assessment, Evidence, EvidenceLink, FrameworkVersion
from assessments.services.answers import AnswerContent
from tests.assessments.evidence_factories import link, make_evidence, sent
from tests.assessments.factories import answer_everything, assign, give_answer, make_assessment, rated
from tests.personas import Persona
from tests.sample_files import pdf

PANEL = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def in_days(days: int) -> dt.date:
    return timezone.now().date() + dt.timedelta(days=days)


def codes(text: str) -> list[str]:
    """The indicators of the table, in their order."""
    return re.findall(r'<th scope="row"><a href="[^"]+"><bdi class="code" dir="ltr">([A-Z0-9-]+)<', text)


@pytest.fixture
def mixed(amina: Persona, assessment: Assessment) -> Assessment:
    """Evidence in force (coo-01), soon expiring (coo-02), expired (sto-01); none (coo-03); unknown (sto-02)."""
    for key in ("coo-01", "coo-02", "coo-03", "sto-01"):
        give_answer(amina.viewer, assessment, key, rated(basis="law" if key == "coo-01" else "document"))
    give_answer(amina.viewer, assessment, "sto-02", AnswerContent(rating="unknown"))
    for title, days, key in (("Law", None, "coo-01"), ("Plan", 5, "coo-02"), ("Count", -1, "sto-01")):
        expires_on = None if days is None else in_days(days)
        link(amina.viewer, make_evidence(amina.viewer, title, expires_on=expires_on), assessment, key)
    return assessment


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("", ["COO-01", "COO-02", "COO-03", "STO-01", "STO-02", "STO-03"]),
        ("?show=none", ["COO-03"]),
        ("?show=expired", ["STO-01"]),
        ("?show=soon", ["COO-02"]),
        ("?show=unknown", ["STO-02"]),
        ("?show=nonsense", ["COO-01", "COO-02", "COO-03", "STO-01", "STO-02", "STO-03"]),
    ],
)
def test_the_tab_shows_what_each_answer_rests_on(
    amina: Persona, mixed: Assessment, query: str, shown: list[str]
) -> None:
    response = amina.client.get(amina.url("assessments:assessment-evidence", mixed.uuid) + query)
    assert codes(response.content.decode()) == shown


@pytest.mark.parametrize("pieces", [1, 3])
def test_tab_and_block_cost_the_same_at_one_piece_and_at_three(
    amina: Persona, assessment: Assessment, pieces: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(pieces):
        link(amina.viewer, make_evidence(amina.viewer, f"Piece {number}"), assessment, "coo-01", "coo-02")
    client = amina.client
    for name, args, most in (
        ("assessment-evidence", (assessment.uuid,), 6),
        ("answer-evidence", (assessment.uuid, "coo-01"), 6),
    ):
        url = amina.url(f"assessments:{name}", *args)
        client.get(url)
        with django_assert_num_queries(most):
            text = client.get(url).content.decode()
        assert text.count("Piece 0") >= 1


def test_a_contributor_sees_the_tab_for_their_sections_without_confidential_evidence(
    amina: Persona, carl: Persona, mixed: Assessment
) -> None:
    link(amina.viewer, make_evidence(amina.viewer, "Hidden plan", classification="confidential"), mixed, "coo-03")
    assign(amina.viewer, mixed, "coo", carl.viewer)
    text = carl.client.get(carl.url("assessments:assessment-evidence", mixed.uuid)).content.decode()
    assert codes(text) == ["COO-01", "COO-02", "COO-03"]
    assert "Hidden plan" not in text
    assert "Law" in text


def test_from_an_indicator_evidence_is_attached_and_taken_away_in_place(amina: Persona, assessment: Assessment) -> None:
    evidence = make_evidence(amina.viewer, "Decree 4")
    url = amina.url("assessments:answer-evidence", assessment.uuid, "coo-01")
    response = amina.client.post(url, {"evidence": evidence.uuid, "reference": "article 3"}, **PANEL)
    text = response.content.decode()
    assert "<html" not in text
    assert "article 3" in text
    made = EvidenceLink.objects.get()
    remove = amina.url("assessments:evidence-link-remove", evidence.uuid, made.pk)
    assert remove in text
    assert f'<option value="{evidence.uuid}"' not in text
    text = amina.client.post(remove, **PANEL).content.decode()
    assert "This answer rests on no evidence yet." in text
    assert not EvidenceLink.objects.exists()
    plain = amina.client.post(url, {"evidence": evidence.uuid})
    assert plain.headers["Location"] == url
    unchosen = amina.client.post(url, {"evidence": "nonsense"})
    assert unchosen.status_code == 422


def test_files_sent_from_an_indicator_are_attached_also_those_held_already(
    amina: Persona, assessment: Assessment
) -> None:
    held = make_evidence(amina.viewer, "Held", content=b"the same")
    files = [sent("law.pdf", pdf()), sent("copy.txt", b"the same"), sent("x.exe", b"MZ\0")]
    url = amina.url("assessments:answer-evidence", assessment.uuid, "coo-01")
    response = amina.client.post(url, {"upload": "1", "documents": files, "classification": "restricted"})
    assert response.status_code == 422
    assert "x.exe" in response.content.decode()
    linked = {row.evidence.title for row in EvidenceLink.objects.select_related("evidence")}
    assert linked == {"law", held.title}
    assert Evidence.objects.get(title="law").classification == "restricted"


def test_a_viewer_sees_the_evidence_of_an_answer_and_who_could_change_it(
    amina: Persona, vera: Persona, carl: Persona, mixed: Assessment
) -> None:
    text = vera.client.get(vera.url("assessments:answer-edit", mixed.uuid, "coo-01")).content.decode()
    assert "Law" in text
    assert "Upload and attach" not in text
    url = vera.url("assessments:answer-evidence", mixed.uuid, "coo-01")
    assert vera.client.post(url, {"upload": "1", "documents": [sent()], "classification": "public"}).status_code == 403
    assert carl.client.get(url).status_code == 403
    assert amina.client.get(amina.url("assessments:answer-evidence", mixed.uuid, "nope")).status_code == 404
    assert Evidence.objects.count() == 3


def test_one_piece_is_linked_to_many_indicators_at_once(amina: Persona, mixed: Assessment) -> None:
    evidence = Evidence.objects.get(title="Law")
    url = amina.url("assessments:evidence-link-add", evidence.uuid)
    text = amina.client.get(url).content.decode()
    assert 'value="coo-01"' not in text
    assert 'value="coo-02"' in text
    none = amina.client.post(url, {"assessment": mixed.uuid, "reference": "Kept words"})
    assert none.status_code == 422
    assert "Kept words" in none.content.decode()
    data = {"assessment": mixed.uuid, "indicators": ["coo-02", "sto-03"], "reference": "p. 2"}
    assert amina.client.post(url, data).status_code == 302
    keys = set(EvidenceLink.objects.filter(evidence=evidence).values_list("indicator__key", flat=True))
    assert keys == {"coo-01", "coo-02", "sto-03"}


def test_with_no_baseline_open_the_page_says_what_could_be_done(amina: Persona) -> None:
    evidence = make_evidence(amina.viewer)
    text = amina.client.get(amina.url("assessments:evidence-link-add", evidence.uuid)).content.decode()
    assert "No baseline is open for rating" in text


def test_the_sheet_counts_evidence_and_filters_what_has_none(amina: Persona, mixed: Assessment) -> None:
    url = amina.url("assessments:section-sheet", mixed.uuid, "coo")
    text = amina.client.get(url).content.decode()
    assert text.count("1 piece of evidence") == 2
    assert text.count("0 pieces of evidence") == 1
    assert text.count("evidence expires soon") == 1
    assert re.search(r'No evidence <bdi class="chip-count">1<', text)
    text = amina.client.get(url + "?show=no-evidence").content.decode()
    assert re.findall(r'id="indicator-([a-z0-9-]+)"', text) == ["coo-03"]


def test_the_overview_says_how_many_answers_rest_on_what_has_expired(amina: Persona, mixed: Assessment) -> None:
    text = amina.client.get(amina.url("assessments:assessment-detail", mixed.uuid)).content.decode()
    plain = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", text))
    assert "1 answer rests on expired evidence" in plain
    assert "1 answer rests on evidence that expires within 30 days" in plain
    assert "1 rated answer rests on no evidence" in plain
    assert amina.url("assessments:assessment-evidence", mixed.uuid) + "?show=expired" in text
    assert "67 % 2 / 3 Law 1 / 1 · Document 1 / 2" in plain
    assert "0 % 0 / 1 Document 0 / 1" in plain


def test_the_work_list_of_focal_points_names_what_expires_first_what_has(
    amina: Persona, vera: Persona, mixed: Assessment
) -> None:
    make_evidence(amina.viewer, "Linked to nothing", expires_on=in_days(-5))
    url = reverse("work-list", args=["aldoria"])
    text = amina.client.get(url).content.decode()
    assert text.index("Evidence that expires") < text.index("Count") < text.index("Plan")
    assert "Linked to nothing" not in text
    assert "Evidence that expires" not in vera.client.get(url).content.decode()


def test_evidence_gaps_go_when_evidence_comes(amina: Persona, assessment: Assessment) -> None:
    answer_everything(amina.viewer, assessment)
    evidence = make_evidence(amina.viewer)
    link(amina.viewer, evidence, assessment, "coo-01", "coo-02", "coo-03", "sto-01", "sto-02", "sto-03")
    text = amina.client.get(
        amina.url("assessments:assessment-evidence", assessment.uuid) + "?show=none"
    ).content.decode()
    assert codes(text) == []
    assert "Nothing here fits this filter" in text
