"""The library of evidence and what a person does there, through HTTP."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.models import Assessment, Evidence, EvidenceFile, EvidenceLink, FrameworkVersion
from assessments.services.evidence import withdraw_evidence
from tests.assessments.evidence_factories import TODAY, link, make_evidence, sent
from tests.assessments.factories import assign, make_assessment
from tests.personas import Persona, comparable, in_french
from tests.sample_files import pdf, picture
from wam_portal.audit.models import Event

PANEL = {"HTTP_HX_REQUEST": "true"}


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def read(person: Persona, name: str, *args: object, query: str = "") -> str:
    response = person.client.get(person.url(f"assessments:{name}", *args) + query)
    assert response.status_code == 200
    return str(response.content.decode())


def post(person: Persona, name: str, *args: object, **data: object) -> HttpResponse:
    response: HttpResponse = person.client.post(person.url(f"assessments:{name}", *args), data)
    return response


# --- The list ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rows", [1, 3])
def test_the_library_costs_the_same_at_one_piece_and_at_three(
    amina: Persona, assessment: Assessment, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(rows):
        link(amina.viewer, make_evidence(amina.viewer, f"Piece {number}"), assessment, "coo-01", "coo-02")
    client, url = amina.client, amina.url("assessments:evidence-list")
    client.get(url)
    with django_assert_num_queries(5):
        text = client.get(url).content.decode()
    assert text.count("Piece ") == rows


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", {"Expired", "Soon", "Linked"}),
        ("?classification=restricted", {"Soon"}),
        ("?state=unlinked", {"Soon"}),
        ("?state=soon", {"Soon"}),
        ("?state=expired", {"Expired"}),
        ("?state=withdrawn", {"Gone"}),
        ("?search=lInKe", {"Linked"}),
        ("?search=no-such-thing", set()),
        ("?state=nonsense", {"Expired", "Soon", "Linked"}),
        ("?ordering=-links&page=99", {"Expired", "Soon", "Linked"}),
    ],
)
@time_machine.travel(dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC), tick=True)
def test_the_library_is_filtered(amina: Persona, assessment: Assessment, query: str, titles: set[str]) -> None:
    expired = make_evidence(amina.viewer, "Expired", expires_on=TODAY - dt.timedelta(days=1))
    make_evidence(amina.viewer, "Soon", expires_on=TODAY, classification="restricted")
    linked = make_evidence(amina.viewer, "Linked", expires_on=TODAY + dt.timedelta(days=31))
    gone = make_evidence(amina.viewer, "Gone")
    for evidence in (expired, linked, gone):
        link(amina.viewer, evidence, assessment, "coo-01")
    withdraw_evidence(evidence=gone, base_version=1, reason="Old.", actor=amina.viewer)
    text = read(amina, "evidence-list", query=query)
    shown = {row.title for row in Evidence.objects.all() if f"/evidence/{row.uuid}/" in text}
    assert shown == titles


def test_an_empty_library_offers_the_first_step_to_those_who_can_take_it(amina: Persona, vera: Persona) -> None:
    assert amina.url("assessments:evidence-upload") in read(amina, "evidence-list")
    assert "A focal point of your State can." in read(vera, "evidence-list")


# --- Uploading -----------------------------------------------------------------------------------------------------


def test_without_scripts_the_page_says_of_each_file_what_became_of_it(amina: Persona) -> None:
    make_evidence(amina.viewer, "Held already", content=b"the same")
    response = post(
        amina,
        "evidence-upload",
        documents=[sent("law.pdf", pdf()), sent("page.html", b"<html>"), sent("copy.txt", b"the same")],
        classification="restricted",
        expires_on="2027-05-01",
        note="From the ministry.",
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "1 file is kept. 1 file is refused." in text
    assert "<bdi>page.html</bdi></strong>: The file is a web page" in text
    assert "your State holds this very file already as" in text
    kept = Evidence.objects.get(title="law")
    assert (kept.classification, kept.expires_on, kept.note) == (
        "restricted",
        dt.date(2027, 5, 1),
        "From the ministry.",
    )
    assert amina.url("assessments:evidence-link-add", kept.uuid) in text


def test_the_classifications_stand_in_the_reader_s_language(amina: Persona) -> None:
    text = in_french(amina, amina.url("assessments:evidence-upload"))
    assert "For work inside" not in text
    assert "Officiel" in text


def test_faulty_details_keep_what_was_typed_and_store_nothing(amina: Persona) -> None:
    response = post(
        amina,
        "evidence-upload",
        documents=[sent()],
        classification="official",
        note="Keep these words.",
        period_from="2026-02-01",
        period_to="2026-01-01",
    )
    text = response.content.decode()
    assert response.status_code == 422
    assert "The period must not end before it begins." in text
    assert "Keep these words." in text
    assert post(amina, "evidence-upload", classification="official").status_code == 422
    assert not Evidence.objects.exists()


def test_a_script_gets_only_the_results(amina: Persona) -> None:
    url = amina.url("assessments:evidence-upload")
    response = amina.client.post(url, {"documents": [sent()], "classification": "official"}, **PANEL)
    text = response.content.decode()
    assert "1 file is kept." in text
    assert "<html" not in text


def test_a_file_beyond_the_limit_is_named_beside_its_neighbours_and_not_read_whole(
    amina: Persona, settings: Settings
) -> None:
    settings.UPLOAD_MAX_BYTES, settings.FILE_UPLOAD_MAX_MEMORY_SIZE = 1_000_000, 100
    response = post(
        amina,
        "evidence-upload",
        documents=[sent("big.txt", b"x" * 3_000_000), sent("small.txt", b"words")],
        classification="official",
    )
    text = response.content.decode()
    assert "<bdi>big.txt</bdi></strong>: The file has 2.9 MB; at most 0 MB are accepted." in text
    assert Evidence.objects.get().title == "small"
    settings.UPLOAD_MAX_REQUEST_BYTES = 2_000_000
    response = post(amina, "evidence-upload", documents=[sent("c.txt", b"y" * 3_000_000)], classification="official")
    assert response.status_code == 400
    assert Evidence.objects.count() == 1


# --- One piece -----------------------------------------------------------------------------------------------------


def test_a_piece_shows_its_versions_its_answers_and_that_nobody_scanned_it(
    amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    evidence = make_evidence(amina.viewer, note="From the ministry.", classification="restricted")
    link(amina.viewer, evidence, assessment, "coo-01", reference="page 4")
    url = amina.url("assessments:evidence-version-add", evidence.uuid)
    response = amina.client.post(url, {"base_version": 1, "file": sent("photo.png", picture(exif=True))})
    assert response.headers["Location"] == amina.url("assessments:evidence-detail", evidence.uuid)
    client = amina.client
    client.get(response.headers["Location"])
    with django_assert_num_queries(6):
        text = client.get(response.headers["Location"]).content.decode()
    for words in ("From the ministry.", "page 4", "photo.png", "Register.txt", "Not scanned for malware", "Harm if it"):
        assert words in text
    for file in EvidenceFile.objects.all():
        assert file.sha256 in text
    stale = amina.client.post(url, {"base_version": 1, "file": sent(content=b"third")})
    assert stale.status_code == 409
    refused = amina.client.post(url, {"base_version": 2, "file": sent("x.txt", b"<svg onload=alert(1)>")})
    assert refused.status_code == 422
    assert "web page, a drawing or XML" in refused.content.decode()
    assert amina.client.post(url, {"base_version": 2}).status_code == 422
    assert EvidenceFile.objects.count() == 2


def test_a_newer_version_takes_a_new_day_of_expiry_with_it(amina: Persona) -> None:
    over = timezone.localdate() - dt.timedelta(days=3)
    evidence = make_evidence(amina.viewer, expires_on=over)
    detail = amina.url("assessments:evidence-detail", evidence.uuid)
    page = amina.client.get(detail).content.decode()
    assert "Upload a newer version and set a new date." in page
    assert '<input type="date" name="expires_on"' in page
    assert over.isoformat() not in page, "a day that has passed is none of a newer version"
    url = amina.url("assessments:evidence-version-add", evidence.uuid)
    later = timezone.localdate() + dt.timedelta(days=400)
    amina.client.post(url, {"base_version": 1, "file": sent(content=b"second"), "expires_on": later.isoformat()})
    evidence.refresh_from_db()
    assert (evidence.expires_on, evidence.files.count()) == (later, 2)
    assert "This evidence has expired" not in amina.client.get(detail).content.decode()
    wrong = amina.client.post(url, {"base_version": 2, "file": sent(content=b"third"), "expires_on": "someday"})
    assert wrong.status_code == 422
    gone = amina.client.post(url, {"base_version": 2, "file": sent(content=b"third"), "expires_on": "2020-01-01"})
    assert (gone.status_code, "This day has passed." in gone.content.decode()) == (422, True)
    amina.client.post(url, {"base_version": 2, "file": sent(content=b"third")})
    evidence.refresh_from_db()
    assert (evidence.expires_on, evidence.files.count()) == (later, 3)
    amina.client.post(url, {"base_version": 3, "file": sent(content=b"fourth"), "expires_on": ""})
    evidence.refresh_from_db()
    assert evidence.expires_on is None


def test_a_newer_version_says_which_period_it_covers(amina: Persona) -> None:
    evidence = make_evidence(amina.viewer, period_from=dt.date(2025, 7, 14), period_to=dt.date(2025, 10, 22))
    url = amina.url("assessments:evidence-version-add", evidence.uuid)
    page = read(amina, "evidence-detail", evidence.uuid)
    assert 'name="period_from" value="2025-07-14"' in page
    days = {"period_from": "2026-07-01", "period_to": "2026-01-01", "expires_on": ""}
    faulty = amina.client.post(url, {"base_version": 1, "file": sent(content=b"second"), **days})
    assert (faulty.status_code, evidence.files.count()) == (422, 1)
    assert "The period must not end before it begins." in faulty.content.decode()
    days["period_to"] = "2026-10-01"
    amina.client.post(url, {"base_version": 1, "file": sent(content=b"second"), **days})
    evidence.refresh_from_db()
    assert (evidence.period_from, evidence.period_to) == (dt.date(2026, 7, 1), dt.date(2026, 10, 1))
    assert Event.objects.get(verb="evidence.version_added").changes["period_to"] == "2026-10-01"


def test_a_change_by_two_people_keeps_the_words_of_the_second_on_the_page(amina: Persona) -> None:
    evidence = make_evidence(amina.viewer)
    values = {"base_version": 1, "classification": "public"}
    assert post(amina, "evidence-edit", evidence.uuid, title="First", **values).status_code == 302
    response = post(amina, "evidence-edit", evidence.uuid, title="Second", **values)
    text = response.content.decode()
    assert (response.status_code, Evidence.objects.get().title) == (409, "First")
    assert 'value="Second"' in text
    assert "Stored now: First" in text
    assert 'name="base_version" value="2"' in text
    assert post(amina, "evidence-edit", evidence.uuid, title=" ", **values).status_code == 422


def test_withdrawing_asks_first_and_says_what_will_happen(amina: Persona, assessment: Assessment) -> None:
    evidence = make_evidence(amina.viewer, expires_on=TODAY - dt.timedelta(days=1))
    link(amina.viewer, evidence, assessment, "coo-01")
    text = read(amina, "evidence-withdraw", evidence.uuid)
    assert "1 answer no longer rests on it." in text
    assert "Its files are deleted. This cannot be undone." in text
    assert post(amina, "evidence-withdraw", evidence.uuid, base_version=1, reason="").status_code == 422
    assert post(amina, "evidence-withdraw", evidence.uuid, base_version=1, reason="Wrong year.").status_code == 302
    after = read(amina, "evidence-detail", evidence.uuid)
    assert "Wrong year." in after
    assert "Answers that rested on it" in after
    assert "Answers that rest on it" not in after
    assert "Expired" not in after
    assert post(amina, "evidence-withdraw", evidence.uuid, base_version=2, reason="Again.").status_code == 403


def test_a_download_is_a_sandboxed_attachment_under_a_safe_name_and_noted_in_the_log(amina: Persona) -> None:
    name = "../../etc/p\u202efdp.exe\u0000 report"
    response = post(amina, "evidence-upload", documents=[sent(f"{name}.txt", b"Words.")], classification="official")
    file = EvidenceFile.objects.get()
    response = amina.client.get(amina.url("assessments:evidence-download", file.evidence.uuid, 1))
    assert response.content == b"Words."
    assert response.headers["Content-Type"] == "text/plain"
    assert response.headers["Content-Disposition"] == f'attachment; filename="{file.display_name}"'
    assert file.display_name.endswith(".txt")
    assert not set(file.display_name) & set("/\\\u202e\0%\"'")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox")
    assert response.headers["Cache-Control"] == "no-store"
    event = Event.objects.get(verb="evidence.downloaded")
    assert event.changes == {"number": 1, "sha256": file.sha256}


@pytest.mark.parametrize("page", ["detail", "edit", "withdraw", "link-add"])
def test_evidence_of_another_state_looks_as_if_it_were_missing(amina: Persona, boris: Persona, page: str) -> None:
    evidence = make_evidence(boris.viewer)
    missing = "8b07cff8-4c8d-4b08-a60e-9a697101c883"
    url = f"assessments:evidence-{page}"
    foreign = amina.client.get(amina.url(url, evidence.uuid))
    absent = amina.client.get(amina.url(url, missing))
    assert foreign.status_code == absent.status_code == 404
    assert comparable(foreign, str(evidence.uuid)) == comparable(absent, missing)


def test_a_file_of_another_state_looks_as_if_it_were_missing(amina: Persona, boris: Persona) -> None:
    evidence = make_evidence(boris.viewer)
    missing = "8b07cff8-4c8d-4b08-a60e-9a697101c883"
    url = "assessments:evidence-download"
    foreign, absent = (amina.client.get(amina.url(url, uuid, 1)) for uuid in (evidence.uuid, missing))
    assert foreign.status_code == absent.status_code == 404
    assert comparable(foreign, str(evidence.uuid)) == comparable(absent, missing)
    assert not Event.objects.filter(verb="evidence.downloaded").exists()


def test_a_contributor_takes_only_what_is_linked_to_their_section(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    evidence = make_evidence(amina.viewer)
    url = carl.url("assessments:evidence-download", evidence.uuid, 1)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    assert carl.client.get(url).status_code == 404
    link(amina.viewer, evidence, assessment, "coo-01")
    assert carl.client.get(url).content == b"Text of Register."
    EvidenceLink.objects.all().delete()
    assert carl.client.get(url).status_code == 404
    assert Event.objects.filter(verb="evidence.downloaded").count() == 1
