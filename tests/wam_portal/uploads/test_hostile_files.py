"""Hostile files sent through the page: refused or made harmless, nothing stored of them, memory bounded."""

from __future__ import annotations

import resource
from collections import Counter, deque
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest
from django.conf import settings as portal
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import Settings

from assessments.models import EvidenceFile
from tests.campaigns import report
from tests.hostile_files import MAKERS, SCRIPT, HostileFile, hostile_files
from tests.personas import Persona
from wam_portal.files import stored_path
from wam_portal.uploads import images, kinds, office
from wam_portal.uploads.names import kept_name, safe_stem

SEED = 20261125
FULL = 312
UNREADABLE = 400
MOST_MEGABYTES = 512
UNSAFE = frozenset('/\\:*?"<>|%$`\0\r\n\u202e\u200b')


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def send_all(person: Persona, files: Iterator[HostileFile]) -> tuple[int, Counter[str], list[str]]:
    """Send files in parcels of ten as the page does; how many, what became of them, and what went wrong.

    Names of thousands of characters can make a parcel's headers longer than Django reads: all of it is refused. Then
    each file is sent once more alone, so that none escapes judgement behind its neighbour.
    """
    client, url = person.client, person.url("assessments:evidence-upload")
    client.raise_request_exception = False
    outcomes, problems = Counter[str](), list[str]()
    parcels = deque(iter(lambda: list(islice(files, portal.UPLOAD_MAX_FILES)), []))
    count = sum(map(len, parcels))
    while parcels:
        parcel = parcels.popleft()
        before = EvidenceFile.objects.count()
        documents = [SimpleUploadedFile("placeholder", file.content) for file in parcel]
        for document, file in zip(documents, parcel, strict=True):
            # As a hostile client would write it, without what Django's test client tidies.
            document._name = file.name
        response = client.post(url, {"documents": documents, "classification": "official"})
        added = EvidenceFile.objects.count() - before
        if response.status_code not in {200, 400, 422}:
            problems.append(f"status {response.status_code} for {[file.why for file in parcel]}")
        harmless = 0 if response.status_code == UNREADABLE else sum(file.harmless for file in parcel)
        if added > harmless:
            problems.append(f"{added} kept of {[file.why for file in parcel]}")
        if response.status_code == UNREADABLE and len(parcel) > 1:
            parcels.extendleft([file] for file in parcel)
            continue
        outcomes["kept"] += added
        outcomes["refused"] += len(parcel) - added
    return count, outcomes, problems


def stored_problems(store: Path) -> Iterator[str]:
    """What is wrong with what was kept: rows and files that do not match, names and contents that are not safe."""
    rows = {file.stored_name: file for file in EvidenceFile.objects.all()}
    found = {f"evidence/{path.name}" for path in store.rglob("*") if path.is_file()}
    if found != set(rows):
        yield f"files without a row or rows without a file: {found ^ set(rows)}"
    for file in rows.values():
        content = stored_path(file.stored_name).read_bytes()
        if UNSAFE & set(file.display_name) or len(file.display_name) > 120:
            yield f"unsafe name {file.display_name!r}"
        if SCRIPT in content or b"SECRETCAMERA" in content:
            yield f"{file.display_name} still holds what was hidden in it"


def test_one_of_each_hostile_kind_is_refused_or_made_harmless(amina: Persona, store: Path) -> None:
    count, outcomes, problems = send_all(amina, hostile_files(SEED, len(MAKERS)))
    assert [*problems, *stored_problems(store)] == []
    assert count == len(MAKERS)
    assert outcomes["refused"] >= len(MAKERS) - 4
    assert outcomes["kept"] >= 2


@pytest.mark.parametrize("name", ["zip pre-check", "repainting", "safe names"])
def test_control_without_a_protection_something_is_found(
    amina: Persona, store: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    if name == "zip pre-check":
        monkeypatch.setattr(office, "check_office", lambda _content: kinds.DOCX)
    elif name == "repainting":
        monkeypatch.setattr(images, "repainted", lambda content, _format: content)
    else:
        monkeypatch.setattr("wam_portal.uploads.sniffing.safe_stem", lambda name: name)
    chosen = {"zip pre-check": "symlink entry", "repainting": "picture", "safe names": "hostile name"}[name]
    files = (file for file in hostile_files(SEED, len(MAKERS) * 4) if file.why.startswith(chosen))
    _count, _outcomes, problems = send_all(amina, files)
    assert [*problems, *stored_problems(store)] != []


def test_names_are_made_safe_and_never_empty() -> None:
    assert safe_stem("../../etc/passwd") == "passwd"
    assert safe_stem("photo été %222%22.png") == "photo été 2", "a browser writes a quote as %22"
    assert kept_name("photo été %222%22.png", 255) == 'photo été "2".png'
    assert safe_stem("right\u202eto-left.pdf") == "right to-left"
    assert safe_stem("\u202e\u200b.pdf") == "file"
    assert safe_stem("con.txt") == "file con"
    assert safe_stem("رخصة رقم ٤.pdf") == "رخصة رقم ٤"
    assert len(safe_stem("x" * 5000 + ".pdf")) == 100


@pytest.mark.long
def test_three_hundred_hostile_files(amina: Persona, store: Path) -> None:
    """The whole campaign; the tests above are its sample and its control."""
    count, outcomes, problems = send_all(amina, hostile_files(SEED, FULL))
    problems += stored_problems(store)
    megabytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    report(
        "hostile files",
        seed=SEED,
        attempts=count,
        effective=count,
        failures=len(problems),
        refused=outcomes["refused"],
        kept_harmless=outcomes["kept"],
        peak_megabytes=megabytes,
    )
    assert problems == []
    assert megabytes <= MOST_MEGABYTES
