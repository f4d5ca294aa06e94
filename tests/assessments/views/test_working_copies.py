"""The pages of the working copy: what can be taken, how it comes back, and that nothing is saved unseen."""

from __future__ import annotations

import csv
import html
import io
import json
import re
from collections.abc import Iterator
from typing import Any

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import translation
from pytest_django import DjangoAssertNumQueries

from assessments.models import Answer, Assessment, FrameworkVersion, WorkingCopyUpload
from assessments.services.assessments import submit_assessment
from tests.assessments.factories import answer_everything, assign, give_answer, make_assessment, rated
from tests.assessments.working_copies import filled, read, take
from tests.personas import Persona
from wam_portal.audit.models import Event


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "coo-01", rated("2", narrative="=cmd|' /C calc'!A0"))
    return made


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Workbooks are read without a child process."""
    monkeypatch.setattr("assessments.services.working_copies.read_workbook", read)


def address(assessment: Assessment, rest: str = "", slug: str = "aldoria") -> str:
    return f"/p/{slug}/assessments/{assessment.uuid}/working-copy/{rest}"


def signed_in(client: Client, persona: Persona) -> Client:
    client.force_login(persona.user)
    return client


def send(client: Client, assessment: Assessment, content: bytes) -> Any:
    file = SimpleUploadedFile("copy.xlsx", content)
    return client.post(address(assessment, "upload/"), {"file": file})


def test_the_page_offers_every_file_and_takes_one_back(client: Client, amina: Persona, assessment: Assessment) -> None:
    page = signed_in(client, amina).get(address(assessment)).content.decode()
    for rest in ("workbook/", "workbook/?section=coo", "csv/", "json/", "upload/"):
        assert address(assessment, rest) in page
    assert 'enctype="multipart/form-data"' in page
    assert 'aria-current="page"' in page


def test_the_workbook_holds_the_section_and_the_download_is_noted(
    client: Client, amina: Persona, assessment: Assessment
) -> None:
    response = signed_in(client, amina).get(address(assessment, "workbook/?section=sto"))
    assert response.headers["Content-Disposition"].startswith('attachment; filename="aldoria-2026-')
    assert response.headers["Content-Disposition"].endswith('-sto.xlsx"')
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    keys = [cell.value for cell in read(response.content).sheets[0].cells if cell.column == 1 and cell.row > 2]
    assert keys == ["sto-01", "sto-02", "sto-03"]
    event = Event.objects.order_by("-pk")[0]
    assert (event.verb, event.changes) == ("answers.exported", {"form": "xlsx", "section": "sto", "rows": 3})
    assert client.get(address(assessment, "workbook/?section=none")).status_code == 404


def test_csv_and_json_hold_every_indicator_and_no_formula(
    client: Client, amina: Persona, assessment: Assessment
) -> None:
    table = signed_in(client, amina).get(address(assessment, "csv/"))
    lines = list(csv.DictReader(io.StringIO(table.content.decode("utf-8-sig"))))
    assert [line["indicator"] for line in lines] == ["coo-01", "coo-02", "coo-03", "sto-01", "sto-02", "sto-03"]
    assert (lines[0]["level"], lines[0]["level_label"], lines[0]["version"]) == ("2", "Emerging", "1")
    assert lines[0]["narrative"] == "'=cmd|' /C calc'!A0"
    assert (lines[1]["rating"], lines[1]["version"]) == ("", "0")
    document = json.loads(client.get(address(assessment, "json/")).content)
    assert document["schema"] == "wam-answers/1"
    assert document["assessment"]["uuid"] == str(assessment.uuid)
    assert document["framework"]["hash"] == assessment.framework_version.content_hash
    assert document["answers"][0]["narrative"] == "=cmd|' /C calc'!A0"
    assert document["answers"][0]["level_value"] == 2
    assert document["answers"][1]["rating"] is None
    assert [event.changes["form"] for event in Event.objects.filter(verb="answers.exported")] == ["csv", "json"]


def test_a_contributor_takes_assigned_sections_and_no_data_of_the_whole(
    client: Client, amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    signed_in(client, carl)
    assert "Nothing to take along" in client.get(address(assessment)).content.decode()
    assert client.get(address(assessment, "workbook/")).status_code == 403
    assign(amina.viewer, assessment, "sto", carl.viewer)
    page = client.get(address(assessment)).content.decode()
    assert "section=sto" in page
    assert "section=coo" not in page
    assert client.get(address(assessment, "workbook/?section=coo")).status_code == 403
    refused = client.get(address(assessment, "csv/"))
    assert refused.status_code == 403
    assert "by focal points, approvers and national administrators" in refused.content.decode()


def test_viewers_read_here_and_take_no_file_away(
    client: Client, vera: Persona, aldo: Persona, nadia: Persona, assessment: Assessment
) -> None:
    page = signed_in(client, vera).get(address(assessment)).content.decode()
    assert "Viewers read the baseline here and take no file of it along." in page
    assert address(assessment, "workbook/?section=coo") not in page
    for rest in ("workbook/", "workbook/?section=coo", "csv/", "json/"):
        response = client.get(address(assessment, rest))
        assert (response.status_code, b"cmd|" in response.content) == (403, False), rest
    assert not Event.objects.filter(verb="answers.exported").exists()
    for persona in (aldo, nadia):
        signed_in(client, persona)
        for rest in ("workbook/", "csv/", "json/"):
            assert client.get(address(assessment, rest)).status_code == 200, (persona, rest)


@pytest.mark.usefixtures("languages")
def test_what_is_wrong_with_a_cell_is_read_in_the_language_of_the_page(
    client: Client, amina: Persona, assessment: Assessment
) -> None:
    signed_in(client, amina)
    content = client.get(address(assessment, "workbook/")).content
    wrong = filled(content, {"coo-02": {"level": "9 – No such level"}, "coo-03": {"narrative": "=1+1"}})
    response = client.post(address(assessment, "upload/"), {"file": SimpleUploadedFile("copy.xlsx", wrong)})
    review = response.headers["Location"]
    english = html.unescape(client.get(review).content.decode())
    sentences = (
        "This level is not on the scale of this indicator.",
        "This cell holds a formula. Copy it and paste it as a value.",
    )
    assert [text for text in sentences if text not in english] == []
    assert "Correct this before you go on" not in english, "what cannot be read stops nobody"
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = "fr"
    french = html.unescape(client.get(review).content.decode())
    assert [text for text in sentences if text in french] == []
    with translation.override("fr"):
        assert [text for text in sentences if translation.gettext(text) not in french] == []
    kept = WorkingCopyUpload.objects.get()
    kept.problems = [{name: value for name, value in problem.items() if name != "said"} for problem in kept.problems]
    kept.save()
    assert "This level is not on the scale" in client.get(review).content.decode(), "what was kept as a text stays"


@pytest.fixture
def languages() -> Iterator[None]:
    """Pages in other languages leave none behind for the next test."""
    with translation.override("en"):
        yield


@pytest.mark.usefixtures("languages")
@pytest.mark.parametrize(("out", "back"), [("fr", "en"), ("en", "fr"), ("ar", "fr")])
def test_a_copy_taken_in_one_language_comes_back_in_another(
    client: Client, amina: Persona, assessment: Assessment, out: str, back: str
) -> None:
    signed_in(client, amina)
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = out
    content = client.get(address(assessment, "workbook/")).content
    titles = {"fr": "Réponses", "en": "Answers", "ar": read(content).sheets[0].title}
    assert read(content).sheets[0].title == titles[out]
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = back

    def sent(changed: bytes) -> str:
        response = client.post(address(assessment, "upload/"), {"file": SimpleUploadedFile("copy.xlsx", changed)})
        assert response.status_code == 302, words(response)
        return str(client.get(response.headers["Location"]).content.decode())

    sent(content)
    untouched = WorkingCopyUpload.objects.get()
    assert (untouched.rows, untouched.problems, untouched.unchanged) == ([], [], 6)
    first = read(content).sheets[0]
    choices = openpyxl.load_workbook(io.BytesIO(content))["Lists"]
    listed = [str(cell.value) for row in choices.iter_rows() for cell in row if cell.value]
    level = next(text for text in listed if text.startswith("4 – "))
    basis = next(text for text in listed if text.startswith("law – "))
    none = next(text for text in listed if text.startswith("UNKNOWN – "))
    page = sent(
        filled(content, {"coo-02": {"level": level, "basis": basis}, "coo-03": {"level": none}}, sheet=first.title)
    )
    upload = WorkingCopyUpload.objects.get()
    assert upload.problems == []
    assert [
        (row["key"], row["content"]["rating"], row["content"]["option"], row["content"]["basis"]) for row in upload.rows
    ] == [
        ("coo-02", "rated", "4", "law"),
        ("coo-03", "unknown", "", "none"),
    ]
    assert f'<html lang="{back}"' in page


def words(response: Any) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())[:2000]


def test_what_would_change_is_shown_decided_and_saved_without_scripts(
    client: Client, amina: Persona, assessment: Assessment
) -> None:
    content = filled(
        take(amina.viewer, assessment),
        {"coo-01": {"narrative": "My <b>text</b>."}, "coo-02": {"level": "3"}, "sto-01": {"level": "77"}},
    )
    give_answer(amina.viewer, assessment, "coo-01", rated("4", narrative="Their text."), base_version=1)
    response = send(signed_in(client, amina), assessment, content)
    review = response.headers["Location"]
    page = client.get(review).content.decode()
    assert "My &lt;b&gt;text&lt;/b&gt;." in page
    assert "Their text." in page
    assert "Conflict" in page
    assert "F6" in page
    assert "not on the scale" in page
    assert Answer.objects.count() == 1
    data = {
        "base_version": "1",
        "decide-coo-01": "mine",
        "seen-coo-01": "2",
        "decide-coo-02": "mine",
        "seen-coo-02": "0",
    }
    after = client.post(review, data, follow=True).content.decode()
    assert "2 answers saved." in after
    assert "All is decided" in after
    assert Answer.objects.get(indicator__key="coo-01").narrative == "My <b>text</b>."
    again = client.post(review, data, follow=True).content.decode()
    assert "decided already" in again
    assert Answer.objects.get(indicator__key="coo-01").version == 3


def test_many_rows_are_paged_and_plain_ones_saved_at_once(
    client: Client,
    amina: Persona,
    wam: FrameworkVersion,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    made = make_assessment(amina.viewer, wam, cycle="2028")
    keys = [cell.value for cell in read(take(amina.viewer, made)).sheets[0].cells if cell.column == 1 and cell.row > 2]
    signed_in(client, amina)
    for count in (1, 3):
        content = filled(take(amina.viewer, made), {key: {"level": "3"} for key in keys[:count]})
        review = send(client, made, content).headers["Location"]
        with django_assert_num_queries(6):
            client.get(review)
    give_answer(amina.viewer, made, keys[0], rated("2"))
    content = filled(take(amina.viewer, made), {key: {"level": "4"} for key in keys})
    give_answer(amina.viewer, made, keys[0], rated("5"), base_version=1)
    review = send(client, made, content).headers["Location"]
    page = client.get(review).content.decode()
    assert "84 rows wait" in page
    assert "Save all 83 rows without a conflict" in page
    assert page.count("<fieldset") == 40
    client.post(review, {"base_version": "1", "all": "1"})
    upload = WorkingCopyUpload.objects.get()
    assert (upload.saved, len(upload.rows)) == (83, 1)
    assert Answer.objects.get(indicator__key=keys[0]).version == 2


def test_another_persons_upload_is_not_there(
    client: Client, amina: Persona, nadia: Persona, boris: Persona, assessment: Assessment
) -> None:
    content = filled(take(amina.viewer, assessment), {"coo-02": {"level": "3"}})
    review = send(signed_in(client, amina), assessment, content).headers["Location"]
    waiting = client.get(address(assessment)).content.decode()
    assert "1 row of your last upload waits" in waiting
    assert client.post(f"{review}discard/", follow=True).status_code == 200
    assert not WorkingCopyUpload.objects.exists()
    review = send(client, assessment, content).headers["Location"]
    assert signed_in(client, nadia).get(review).status_code == 404
    assert client.post(review, {"base_version": "1", "all": "1"}).status_code == 404
    foreign = signed_in(client, boris).get(review.replace("/aldoria/", "/borvenia/"))
    assert foreign.status_code == 404
    assert Answer.objects.count() == 1


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "Choose the filled working copy."),
        (b"", "The file is empty."),
        (b"x" * (8 * 1024 * 1024 + 1), "larger than 8 MB"),
    ],
)
def test_what_cannot_be_read_is_explained_beside_the_field(
    client: Client, amina: Persona, assessment: Assessment, content: bytes | None, message: str
) -> None:
    signed_in(client, amina)
    data = {} if content is None else {"file": SimpleUploadedFile("copy.xlsx", content)}
    response = client.post(address(assessment, "upload/"), data)
    assert response.status_code == 422
    assert message in response.content.decode()
    assert not WorkingCopyUpload.objects.exists()


def test_a_page_of_the_baseline_costs_the_same_with_many_answers(
    client: Client, amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    signed_in(client, amina).get(address(assessment))
    with django_assert_num_queries(5):
        client.get(address(assessment))
    answer_everything(amina.viewer, assessment)
    with django_assert_num_queries(5):
        client.get(address(assessment))


def test_an_untouched_file_counts_all_its_rows_and_asks_for_nothing(
    client: Client, amina: Persona, assessment: Assessment
) -> None:
    review = send(signed_in(client, amina), assessment, take(amina.viewer, assessment)).headers["Location"]
    page = words(client.get(review))
    assert "Nothing would change" in page
    assert "Not changed by you, or empty 6 " in page
    assert "wait for you until" not in page


def test_a_conflict_with_ones_own_later_change_says_so(
    client: Client, amina: Persona, nadia: Persona, assessment: Assessment
) -> None:
    content = filled(take(amina.viewer, assessment), {"coo-01": {"narrative": "From the file."}})
    give_answer(amina.viewer, assessment, "coo-01", rated("4", narrative="Later."), base_version=1)
    review = send(signed_in(client, amina), assessment, content).headers["Location"]
    page = words(client.get(review))
    assert "You saved this answer yourself" in page
    assert "Keep theirs" not in page
    assert "Save these choices" in page


def test_nothing_is_said_to_wait_where_nothing_can_be_decided(
    client: Client, amina: Persona, assessment: Assessment
) -> None:
    content = filled(take(amina.viewer, assessment), {"coo-02": {"level": "3", "narrative": "From the field."}})
    review = send(signed_in(client, amina), assessment, content).headers["Location"]
    page = amina.url("assessments:working-copy", assessment.uuid)
    assert "1 row of your last upload waits for your decision." in words(client.get(page))
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
    for url in (page, review):
        text = words(client.get(url))
        assert "Nothing of your last upload can be decided on. This baseline is being reviewed" in text
        assert "waits for your decision" not in text
    shown = client.get(review).content.decode()
    assert "From the field." in shown
    assert "decide-coo-02" not in shown
    assert "Save these choices" not in shown
