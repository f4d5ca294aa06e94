"""Evidence through its services: kept or refused, versioned, withdrawn, scanned, and part of what is endorsed."""

from __future__ import annotations

import datetime as dt
import hashlib
import io
from io import StringIO
from pathlib import Path

import pikepdf
import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, IntegrityError, transaction
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from assessments.enums import Classification, EndorsingAuthority, ScanStatus
from assessments.models import Assessment, AssessmentVersion, Evidence, EvidenceFile, EvidenceLink, FrameworkVersion
from assessments.selectors.assessment_content import answer_entries, assessment_content, changes_since
from assessments.selectors.evidence import evidence_file, evidence_hashes, evidence_item
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.overview import assessment_overview
from assessments.services import evidence as service
from assessments.services.assessments import endorse_assessment, reopen_assessment, submit_assessment
from assessments.services.evidence import (
    EvidenceDetails,
    add_evidence_version,
    edit_evidence,
    upload_evidence,
    withdraw_evidence,
)
from assessments.services.evidence_links import link_evidence, unlink_evidence
from tests.assessments.evidence_factories import link, make_evidence, sent
from tests.assessments.factories import answer_everything, assign, make_assessment
from tests.personas import Persona
from tests.sample_files import office, pdf, picture
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.files import stored_path
from wam_portal.jobs import runner
from wam_portal.jobs.models import Job
from wam_portal.pdf import PdfSource, render_here
from wam_portal.uploads import scanning
from wam_portal.uploads.scanning import ScanVerdict


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def stored_files(store: Path) -> list[Path]:
    return [path for path in store.rglob("*") if path.is_file()]


# --- Uploading ---------------------------------------------------------------------------------------------------


def test_good_files_are_kept_and_bad_ones_named_with_the_reason(amina: Persona, store: Path) -> None:
    law, photo = pdf(), picture("JPEG", exif=True)
    files = [sent("law.pdf", law), sent("run.exe", b"MZ\x90\x00\x03\x00"), sent("photo.jpg", photo), sent("e.txt", b"")]
    results = upload_evidence(
        files=files,
        details=EvidenceDetails(title="not for several", classification="restricted", expires_on=dt.date(2027, 1, 1)),
        actor=amina.viewer,
    )
    assert [result.name for result in results] == ["law.pdf", "run.exe", "photo.jpg", "e.txt"]
    assert [bool(result.evidence) for result in results] == [True, False, True, False]
    assert "not accepted" in results[1].reason
    assert results[3].reason == "The file is empty."
    first, second = Evidence.objects.order_by("pk")
    assert (first.title, second.title) == ("law", "photo")
    assert (first.classification, first.expires_on) == ("restricted", dt.date(2027, 1, 1))
    kept = EvidenceFile.objects.get(evidence=first)
    assert kept.sha256 == kept.received_sha256 == hashlib.sha256(law).hexdigest()
    assert stored_path(kept.stored_name).read_bytes() == law
    image = EvidenceFile.objects.get(evidence=second)
    assert image.received_sha256 == hashlib.sha256(photo).hexdigest() != image.sha256
    assert b"SECRETCAMERA" in photo
    assert b"SECRETCAMERA" not in stored_path(image.stored_name).read_bytes()
    assert len(stored_files(store)) == 2
    event = Event.objects.filter(verb="evidence.uploaded").first()
    assert event is not None
    assert event.changes["sha256"] in {kept.sha256, image.sha256}


def test_a_file_held_already_is_answered_with_its_evidence_also_as_the_photo_before_it_was_repainted(
    amina: Persona, store: Path
) -> None:
    photo = picture("PNG", exif=True)
    [first] = upload_evidence(files=[sent("a.png", photo)], details=EvidenceDetails(), actor=amina.viewer)
    assert first.evidence is not None
    repainted = stored_path(first.evidence.files.get().stored_name).read_bytes()
    again = upload_evidence(
        files=[sent("b.png", photo), sent("c.png", repainted)], details=EvidenceDetails(), actor=amina.viewer
    )
    assert [result.duplicate for result in again] == [first.evidence, first.evidence]
    assert len(stored_files(store)) == 1


def test_nobody_learns_from_a_duplicate_what_they_may_not_read(amina: Persona, carl: Persona, boris: Persona) -> None:
    make_evidence(amina.viewer, content=b"the same words", classification="confidential")
    for person in (carl, boris):
        [result] = upload_evidence(
            files=[sent(content=b"the same words")], details=EvidenceDetails(), actor=person.viewer
        )
        assert (result.duplicate, result.reason) == (None, "")
    assert Evidence.objects.count() == 3


def test_limits_on_number_size_and_quota_are_those_of_the_settings(amina: Persona, settings: Settings) -> None:
    settings.UPLOAD_MAX_FILES, settings.UPLOAD_MAX_BYTES = 2, 2000
    with pytest.raises(Invalid) as too_many:
        upload_evidence(files=[sent(), sent(), sent()], details=EvidenceDetails(), actor=amina.viewer)
    assert too_many.value.errors == {"documents": ["Send at most 2 files at once."]}
    [result] = upload_evidence(files=[sent("big.txt", b"x" * 2001)], details=EvidenceDetails(), actor=amina.viewer)
    assert result.reason.startswith("The file has 0.1 MB")
    settings.EVIDENCE_QUOTA_BYTES = 30
    results = upload_evidence(
        files=[sent("a.txt", b"a" * 20), sent("b.txt", b"b" * 20)], details=EvidenceDetails(), actor=amina.viewer
    )
    assert [result.reason[:25] for result in results] == ["", "The store of your State i"]
    assert Evidence.objects.get().title == "a"


def test_details_that_make_no_sense_are_refused_all_at_once_before_anything_is_stored(
    amina: Persona, store: Path
) -> None:
    details = EvidenceDetails(
        title="t" * 161,
        note="n" * 2001,
        classification="secret",
        period_from=dt.date(2026, 2, 1),
        period_to=dt.date(2026, 1, 1),
    )
    with pytest.raises(Invalid) as invalid:
        upload_evidence(files=[sent()], details=details, actor=amina.viewer)
    assert set(invalid.value.errors) == {"title", "note", "classification", "period_to"}
    with pytest.raises(Invalid):
        upload_evidence(files=[], details=EvidenceDetails(), actor=amina.viewer)
    assert stored_files(store) == []


@pytest.mark.parametrize("who", ["vera", "aldo", "nadia", "dana"])
def test_only_focal_points_and_contributors_upload(who: str, request: pytest.FixtureRequest, store: Path) -> None:
    person: Persona = request.getfixturevalue(who)
    with pytest.raises(Refused):
        upload_evidence(files=[sent()], details=EvidenceDetails(), actor=person.viewer)
    assert stored_files(store) == []


def test_a_row_that_cannot_be_saved_leaves_no_file_and_a_lost_file_is_swept(
    amina: Persona, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_args: object, **_values: object) -> None:
        raise DatabaseError("the database went away")

    monkeypatch.setattr(service, "record", broken)
    with pytest.raises(DatabaseError):
        make_evidence(amina.viewer)
    assert stored_files(store) == []
    monkeypatch.undo()
    orphan = store / "evidence" / f"{'0' * 32}.txt"
    orphan.parent.mkdir(parents=True, exist_ok=True)
    orphan.write_bytes(b"left behind")
    monkeypatch.setattr(service, "ORPHAN_AGE", dt.timedelta(seconds=-60))
    make_evidence(amina.viewer)
    assert [path.read_bytes() for path in stored_files(store)] == [b"Text of Register."]


def test_a_full_disk_refuses_the_file_and_keeps_nothing(amina: Persona, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_args: object, **_values: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(service, "store_file", full)
    [result] = upload_evidence(files=[sent()], details=EvidenceDetails(), actor=amina.viewer)
    assert "could not write" in result.reason
    assert not Evidence.objects.exists()


# --- Versions, changes, withdrawal --------------------------------------------------------------------------------


def test_a_newer_version_stands_beside_the_older_one_and_nothing_of_it_can_be_changed(amina: Persona) -> None:
    evidence = make_evidence(amina.viewer)
    add_evidence_version(evidence=evidence, base_version=1, file=sent("new.docx", office()), actor=amina.viewer)
    newest, oldest = EvidenceFile.objects.order_by("-number")
    assert (newest.number, newest.display_name, oldest.display_name) == (2, "new.docx", "Register.txt")
    assert evidence_file(amina.viewer, evidence.uuid, 1) == oldest
    with pytest.raises(Conflict):
        add_evidence_version(evidence=evidence, base_version=1, file=sent(content=b"third"), actor=amina.viewer)
    with pytest.raises(Invalid, match="holds this very file already"):
        add_evidence_version(evidence=evidence, base_version=2, file=sent("x.docx", office()), actor=amina.viewer)
    for fields in ({"sha256": "0" * 64}, {"size": 1}, {"display_name": "other.pdf"}):
        with pytest.raises((IntegrityError, DatabaseError)), transaction.atomic():
            EvidenceFile.objects.filter(pk=oldest.pk).update(**fields)
    assert EvidenceFile.objects.count() == 2


def test_who_saves_second_changes_nothing(amina: Persona) -> None:
    evidence = make_evidence(amina.viewer)
    edit_evidence(
        evidence=evidence, base_version=1, details=EvidenceDetails(title="First", note="Mine."), actor=amina.viewer
    )
    stale = evidence_item(amina.viewer, evidence.uuid)
    with pytest.raises(Conflict):
        edit_evidence(evidence=stale, base_version=1, details=EvidenceDetails(title="Second"), actor=amina.viewer)
    assert Evidence.objects.get().title == "First"


def test_contributors_change_only_what_they_uploaded(amina: Persona, carl: Persona) -> None:
    own, other = make_evidence(carl.viewer, "Own"), make_evidence(amina.viewer, "Other")
    edit_evidence(evidence=own, base_version=1, details=EvidenceDetails(title="Changed"), actor=carl.viewer)
    with pytest.raises(Refused):
        edit_evidence(evidence=other, base_version=1, details=EvidenceDetails(title="X"), actor=carl.viewer)
    with pytest.raises(Refused):
        withdraw_evidence(evidence=own, base_version=2, reason="Mine.", actor=carl.viewer)


def test_withdrawing_deletes_the_file_and_keeps_hash_links_and_reason(
    amina: Persona,
    assessment: Assessment,
    store: Path,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    evidence = make_evidence(amina.viewer)
    link(amina.viewer, evidence, assessment, "coo-01")
    digest = evidence.files.get().sha256
    with pytest.raises(Invalid):
        withdraw_evidence(evidence=evidence, base_version=1, reason="  ", actor=amina.viewer)
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_evidence(evidence=evidence, base_version=1, reason="Wrong year.", actor=amina.viewer)
    kept = EvidenceFile.objects.get()
    assert (kept.sha256, kept.stored_name, stored_files(store)) == (digest, "", [])
    assert EvidenceLink.objects.count() == 1
    assert evidence_hashes(assessment) == {}
    with pytest.raises(NotVisible):
        evidence_file(amina.viewer, evidence.uuid, 1)
    with pytest.raises(Refused):
        edit_evidence(evidence=evidence, base_version=2, details=EvidenceDetails(title="X"), actor=amina.viewer)
    with pytest.raises(Conflict):
        link(amina.viewer, evidence, assessment, "coo-02")
    assert Event.objects.get(verb="evidence.withdrawn").changes["deleted"] == [digest]
    make_evidence(amina.viewer, "Again", content=b"Text of Register.")


# --- Links ---------------------------------------------------------------------------------------------------------


def test_one_evidence_serves_many_answers_and_linking_twice_changes_nothing(
    amina: Persona, assessment: Assessment
) -> None:
    evidence = make_evidence(amina.viewer)
    assert len(link(amina.viewer, evidence, assessment, "coo-01", "sto-01", reference=" page  4 ")) == 2
    assert len(link(amina.viewer, evidence, assessment, "coo-01", "coo-02")) == 1
    assert set(EvidenceLink.objects.values_list("indicator__key", "reference")) == {
        ("coo-01", "page 4"),
        ("sto-01", "page 4"),
        ("coo-02", ""),
    }
    for keys in ((), ("coo-01", "nonsense")):
        with pytest.raises(Invalid):
            link(amina.viewer, evidence, assessment, *keys)
    unlink_evidence(link=EvidenceLink.objects.get(indicator__key="sto-01"), actor=amina.viewer)
    assert EvidenceLink.objects.count() == 2


def test_links_stand_still_while_the_baseline_is_not_rated_and_in_sections_of_others(
    amina: Persona, aldo: Persona, carl: Persona, assessment: Assessment
) -> None:
    evidence = make_evidence(carl.viewer)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    [made] = link(carl.viewer, evidence, assessment, "coo-01")
    with pytest.raises(Refused):
        link(carl.viewer, evidence, assessment, "coo-02", "sto-01")
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    for attempt in (
        lambda: link(amina.viewer, evidence, assessment, "coo-02"),
        lambda: unlink_evidence(link=made, actor=amina.viewer),
    ):
        with pytest.raises(Refused):
            attempt()
    assert EvidenceLink.objects.get().indicator.key == "coo-01"


@pytest.mark.parametrize("classification", Classification.values)
def test_a_contributor_reads_what_is_linked_to_their_sections_unless_it_is_confidential(
    amina: Persona, carl: Persona, assessment: Assessment, classification: str
) -> None:
    evidence = make_evidence(amina.viewer, classification=classification)
    link(amina.viewer, evidence, assessment, "coo-01")
    assert not Evidence.objects.visible_to(carl.viewer).exists()
    assign(amina.viewer, assessment, "sto", carl.viewer)
    assert not Evidence.objects.visible_to(carl.viewer).exists()
    assign(amina.viewer, assessment, "coo", carl.viewer)
    assert Evidence.objects.visible_to(carl.viewer).exists() is (classification != "confidential")


# --- Endorsement ---------------------------------------------------------------------------------------------------


def endorsed(amina: Persona, aldo: Persona, assessment: Assessment) -> AssessmentVersion:
    answer_everything(amina.viewer, assessment)
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
    version = endorse_assessment(
        assessment=submitted, base_version=submitted.version, authority=EndorsingAuthority.MINISTER, actor=aldo.viewer
    )
    assert version is not None
    return version


def test_an_endorsement_is_bound_to_the_evidence_and_later_evidence_is_a_change(
    amina: Persona, aldo: Persona, assessment: Assessment, framework: FrameworkVersion, store: Path
) -> None:
    evidence, other = make_evidence(amina.viewer, "One"), make_evidence(amina.viewer, "Two")
    link(amina.viewer, evidence, assessment, "coo-01")
    link(amina.viewer, other, assessment, "coo-01")
    version = endorsed(amina, aldo, assessment)
    by_indicator = {entry["indicator"]: entry["evidence"] for entry in version.content["answers"]}
    assert by_indicator["coo-01"] == sorted(EvidenceFile.objects.values_list("sha256", flat=True))
    assert by_indicator["coo-02"] == []
    tree = framework_tree(framework)
    assert assessment_overview(amina.viewer, assessment, tree).changed == ()
    add_evidence_version(evidence=evidence, base_version=1, file=sent(content=b"newer"), actor=amina.viewer)
    assert assessment_overview(amina.viewer, assessment, tree).changed == ("coo-01",)
    withdraw_evidence(evidence=evidence, base_version=2, reason="Superseded.", actor=amina.viewer)
    first, second = EvidenceFile.objects.filter(evidence=evidence).order_by("number")
    assert stored_path(first.stored_name).read_bytes() == b"Text of One."
    assert second.stored_name == ""
    assert evidence_file(aldo.viewer, evidence.uuid, 1) == first
    assert AssessmentVersion.objects.get().content == version.content


def test_versions_endorsed_before_evidence_was_part_of_them_compare_as_signed_without(
    amina: Persona, aldo: Persona, assessment: Assessment, framework: FrameworkVersion
) -> None:
    version = endorsed(amina, aldo, assessment)
    for entry in version.content["answers"]:
        del entry["evidence"]
    tree = framework_tree(framework)
    assert changes_since(version, assessment_content(assessment, tree)["answers"]) == ()
    reopen_assessment(assessment=assessment, base_version=3, reason="New.", actor=aldo.viewer)
    assessment.refresh_from_db()
    link(amina.viewer, make_evidence(amina.viewer), assessment, "sto-01")
    live = answer_entries(assessment.answers.all(), tree, evidence_hashes(assessment))
    assert changes_since(version, live) == ("sto-01",)


# --- Scanning ------------------------------------------------------------------------------------------------------


def fake_scanner(path: Path) -> ScanVerdict:
    """Finds the word EICAR."""
    return ScanVerdict.INFECTED if b"EICAR" in path.read_bytes() else ScanVerdict.CLEAN


@pytest.mark.parametrize(
    ("content", "status", "served"), [(b"EICAR test", "infected", False), (b"A decree.", "clean", True)]
)
def test_a_scanner_looks_at_each_file_in_a_job_and_what_is_infected_is_never_served(
    amina: Persona, settings: Settings, monkeypatch: pytest.MonkeyPatch, content: bytes, status: str, served: bool
) -> None:
    monkeypatch.setattr(scanning, "fake_scanner", fake_scanner, raising=False)
    settings.MALWARE_SCANNER = "wam_portal.uploads.scanning.fake_scanner"
    evidence = make_evidence(amina.viewer, content=content)
    assert EvidenceFile.objects.get().scan_status == ScanStatus.UNSCANNED
    runner.run(str(Job.objects.get(kind="assessments.scan_evidence").uuid))
    file = EvidenceFile.objects.get()
    assert (file.scan_status, file.is_served) == (status, served)
    assert Event.objects.get(verb="evidence.scanned").changes["verdict"] == status
    page = amina.client.get(amina.url("assessments:evidence-download", evidence.uuid, 1))
    assert page.status_code == (200 if served else 404)


def test_without_a_scanner_files_are_unscanned_and_no_job_is_asked_for(amina: Persona) -> None:
    make_evidence(amina.viewer)
    assert EvidenceFile.objects.get().scan_status == ScanStatus.UNSCANNED
    assert not Job.objects.exists()


def test_what_came_before_the_scanner_is_scanned_when_the_operator_asks(
    amina: Persona, boris: Persona, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_evidence(amina.viewer, content=b"EICAR test")
    make_evidence(boris.viewer, content=b"A decree.")
    gone = make_evidence(amina.viewer, title="Gone")
    withdraw_evidence(evidence=gone, base_version=1, reason="Wrong file.", actor=amina.viewer)
    with pytest.raises(CommandError, match="set MALWARE_SCANNER"):
        call_command("scan_evidence")
    monkeypatch.setattr(scanning, "fake_scanner", fake_scanner, raising=False)
    settings.MALWARE_SCANNER = "wam_portal.uploads.scanning.fake_scanner"
    for _again in range(2):
        told = StringIO()
        call_command("scan_evidence", stdout=told)
        assert told.getvalue().startswith("2 files wait")
    jobs = Job.objects.filter(kind="assessments.scan_evidence")
    assert {job.party for job in jobs} == {amina.party, boris.party}
    for job in jobs:
        runner.run(str(job.uuid))
    assert [file.scan_status for file in EvidenceFile.objects.order_by("pk")] == ["infected", "clean", "unscanned"]
    told = StringIO()
    call_command("scan_evidence", stdout=told)
    assert told.getvalue().startswith("0 files wait")


def test_our_own_documents_are_evidence_unless_files_are_attached_to_them(amina: Persona) -> None:
    plain = render_here(PdfSource("<html lang=en><title>Report</title><p>As endorsed.</p></html>", "report")).content
    [result] = upload_evidence(files=[sent("r.pdf", plain)], details=EvidenceDetails(), actor=amina.viewer)
    assert (result.reason, result.evidence is not None) == ("", True)
    archived = pikepdf.open(io.BytesIO(plain))
    archived.attachments["request.json"] = pikepdf.AttachedFileSpec(archived, b"{}", mime_type="application/json")
    target = io.BytesIO()
    archived.save(target, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    content = target.getvalue()
    [result] = upload_evidence(files=[sent("d.pdf", content)], details=EvidenceDetails(), actor=amina.viewer)
    assert result.reason.startswith(
        "The PDF has other files inside it, as archived documents with their data (PDF/A-3)"
    )
    assert Evidence.objects.count() == 1


def test_the_services_take_only_evidence_of_the_own_state(
    amina: Persona, boris: Persona, framework: FrameworkVersion
) -> None:
    foreign = make_evidence(boris.viewer)
    own = make_assessment(amina.viewer, framework)
    with pytest.raises(Refused):
        edit_evidence(evidence=foreign, base_version=1, details=EvidenceDetails(title="X"), actor=amina.viewer)
    with pytest.raises(Refused):
        withdraw_evidence(evidence=foreign, base_version=1, reason="X", actor=amina.viewer)
    with pytest.raises(NotVisible):
        link_evidence(evidence=foreign, assessment=own, indicators=["coo-01"], actor=amina.viewer)
