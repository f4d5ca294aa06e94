"""Private files: whole or not there, under names made by the portal, never outside the store."""

from __future__ import annotations

import hashlib
import os
import stat
import time
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytest_django import Settings

from wam_portal.downloads import attachment
from wam_portal.errors import NotVisible
from wam_portal.files import discard_file, discard_stale_files, store_file, stored_path, write_whole


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store."""
    settings.MEDIA_ROOT = tmp_path / "media"
    return tmp_path / "media"


def test_a_stored_file_can_be_found_by_its_name_with_its_hash_and_size(store: Path) -> None:
    stored = store_file(b"content", room="dossiers", suffix=".pdf")
    path = stored_path(stored.name)
    assert path.read_bytes() == b"content"
    assert path.is_relative_to(store)
    assert (stored.size, stored.sha256) == (7, hashlib.sha256(b"content").hexdigest())


def test_names_cannot_be_guessed_and_are_never_used_twice() -> None:
    names = {store_file(b"same", room="dossiers", suffix=".pdf").name for _ in range(20)}
    assert len(names) == 20
    assert all(len(name) == len("dossiers/") + 32 + 4 for name in names)


def test_nobody_else_on_the_machine_may_read_the_store(store: Path) -> None:
    path = stored_path(store_file(b"x", room="dossiers", suffix=".pdf").name)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    "name",
    [
        "",
        "x",
        "../settings.py",
        "dossiers/../../etc/passwd",
        "/etc/passwd",
        "dossiers/" + "0" * 32 + ".pdf",
        "dossiers",
    ],
)
def test_a_name_that_was_not_made_here_finds_nothing(name: str) -> None:
    with pytest.raises(NotVisible):
        stored_path(name)


@given(st.text(max_size=80))
def test_no_text_leads_out_of_the_store(name: str) -> None:
    with pytest.raises(NotVisible):
        stored_path(name)


@pytest.mark.parametrize(
    ("room", "suffix"), [("../x", ".pdf"), ("a/b", ".pdf"), ("", ".pdf"), ("a", "pdf"), ("a", "./x")]
)
def test_rooms_and_suffixes_are_plain_words(room: str, suffix: str) -> None:
    with pytest.raises(ValueError, match="plain words"):
        store_file(b"x", room=room, suffix=suffix)


def test_a_full_disk_leaves_neither_the_file_nor_a_part_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    target = tmp_path / "kept.pdf"
    target.write_bytes(b"old")
    monkeypatch.setattr("wam_portal.files.os.fsync", full)
    with pytest.raises(OSError, match="No space"):
        write_whole(target, b"new")
    assert [path.name for path in tmp_path.iterdir()] == ["kept.pdf"]
    assert target.read_bytes() == b"old"


def test_content_and_folder_reach_the_disk_before_and_after_the_name_appears(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    target, real = tmp_path / "x.pdf", os.fsync

    def watched(handle: int) -> None:
        kind = "folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file"
        steps.append(f"{kind} {'named' if target.exists() else 'unnamed'}")
        real(handle)

    monkeypatch.setattr("wam_portal.files.os.fsync", watched)
    write_whole(target, b"content")
    assert steps == ["file unnamed", "folder named"]


def test_a_discarded_file_is_gone_and_may_be_discarded_again() -> None:
    name = store_file(b"x", room="dossiers", suffix=".pdf").name
    discard_file(name)
    discard_file(name)
    with pytest.raises(NotVisible):
        stored_path(name)


def test_only_old_files_that_nobody_knows_are_swept_away() -> None:
    known, fresh, stale = (store_file(b"x", room="dossiers", suffix=".pdf").name for _ in range(3))
    old = time.time() - 7200
    for name in (known, stale):
        os.utime(stored_path(name), (old, old))
    assert discard_stale_files(room="dossiers", known={known}, older_than=timedelta(hours=1)) == 1
    assert stored_path(known)
    assert stored_path(fresh)
    with pytest.raises(NotVisible):
        stored_path(stale)


def test_sweeping_an_empty_store_does_nothing() -> None:
    assert discard_stale_files(room="dossiers", known=set(), older_than=timedelta(0)) == 0


def test_a_download_is_an_attachment_in_a_sandbox_that_nothing_sniffs_or_keeps() -> None:
    path = stored_path(store_file(b"%PDF-1.7", room="dossiers", suffix=".pdf").name)
    response = attachment(path, filename="XA-2026-001 «x».pdf", content_type="application/pdf")
    assert response.content == b"%PDF-1.7"
    assert response.headers["Content-Type"] == "application/pdf"
    assert response.headers["Content-Disposition"].startswith("attachment; filename")
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert response.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")
    assert response.headers["Cache-Control"] == "no-store"
