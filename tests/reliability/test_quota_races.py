"""Uploads of one State at the same moment: together they never pass its quota, and what fits is not refused.

All have asked for room before any is stored, which is the moment that matters. The control takes the second question
away: then the quota must be passed, or the test could not see it.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from assessments.models import Evidence, EvidenceFile
from assessments.services import evidence
from assessments.services.evidence import EvidenceDetails, UploadResult, upload_evidence
from tests.assessments.evidence_factories import make_evidence, sent
from tests.personas import Persona
from wam_portal.files import StoredFile, store_file

Settings = Any
SIZE = 1000
FIT = 2
WRITERS = 6
ROUNDS = 5


@pytest.fixture(autouse=True)
def store(transactional_db: None, settings: Settings, tmp_path: Path) -> Path:
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


def race(persona: Persona, monkeypatch: pytest.MonkeyPatch, number: int) -> list[UploadResult]:
    """Six uploads of different files, each held until all have found room."""
    together = threading.Barrier(WRITERS)

    def held(content: bytes, *, room: str, suffix: str) -> StoredFile:
        together.wait(timeout=30)
        return store_file(content, room=room, suffix=suffix)

    monkeypatch.setattr(evidence, "store_file", held)
    results: list[UploadResult] = []

    def send(writer: int) -> None:
        try:
            file = sent(f"{number}-{writer}.txt", f"{number} {writer} ".ljust(SIZE, "x").encode())
            results.extend(upload_evidence(files=[file], details=EvidenceDetails(), actor=persona.viewer))
        finally:
            connections.close_all()

    threads = [threading.Thread(target=send, args=(writer,)) for writer in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    monkeypatch.setattr(evidence, "store_file", store_file)
    return results


def test_uploads_at_once_never_pass_the_quota_together(
    amina: Persona, settings: Settings, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_evidence(amina.viewer, content=b"x" * SIZE)
    for number in range(ROUNDS):
        settings.EVIDENCE_QUOTA_BYTES = evidence.used_bytes(amina.party) + FIT * SIZE
        results = race(amina, monkeypatch, number)
        assert len(results) == WRITERS
        assert sum(result.evidence is not None for result in results) == FIT
        assert [result.reason[:27] for result in results if result.reason] == ["The store of your State is "] * (
            WRITERS - FIT
        )
        assert evidence.used_bytes(amina.party) == settings.EVIDENCE_QUOTA_BYTES
    kept = set(EvidenceFile.objects.values_list("stored_name", flat=True))
    assert {f"evidence/{path.name}" for path in (store / "evidence").iterdir()} == kept
    assert Evidence.objects.count() == len(kept) == 1 + ROUNDS * FIT


def test_another_state_is_not_held_up_by_a_full_one(amina: Persona, boris: Persona, settings: Settings) -> None:
    make_evidence(amina.viewer, content=b"x" * SIZE)
    settings.EVIDENCE_QUOTA_BYTES = SIZE
    assert make_evidence(boris.viewer, content=b"y" * SIZE)


def test_without_asking_again_the_quota_is_passed(
    amina: Persona, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_evidence(amina.viewer, content=b"x" * SIZE)
    settings.EVIDENCE_QUOTA_BYTES = evidence.used_bytes(amina.party) + FIT * SIZE
    monkeypatch.setattr(evidence, "_take_room", lambda _state, _size: None)
    results = race(amina, monkeypatch, 0)
    assert all(result.evidence is not None for result in results)
    assert evidence.used_bytes(amina.party) > settings.EVIDENCE_QUOTA_BYTES
