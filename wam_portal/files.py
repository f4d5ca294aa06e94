"""Private files: what the portal makes or receives, outside every served folder.

Names are made here and never come from a person. A file is complete before its name exists: it is written under a
temporary name, forced to the disk, renamed, and the folder is forced too; only then may a row point to it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import secrets
import time
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Final

from django.conf import settings

from wam_portal.errors import NotVisible

_ROOM: Final = re.compile(r"[a-z_]{1,30}")
_SUFFIX: Final = re.compile(r"\.[a-z0-9]{1,8}")
_NAME: Final = re.compile(r"[a-z_]{1,30}/[0-9a-f]{32}\.[a-z0-9]{1,8}")


@dataclass(frozen=True, slots=True)
class StoredFile:
    """`name` is what a row keeps; `sha256` in 64 hex digits; `size` in bytes."""

    name: str
    sha256: str
    size: int


def store_file(content: bytes, *, room: str, suffix: str) -> StoredFile:
    """Keep `content` for good in a room ("dossiers") under a random name with this suffix (".pdf").

    Raises ValueError for a room or suffix that is not a plain word, OSError when the disk refuses.
    """
    if not _ROOM.fullmatch(room) or not _SUFFIX.fullmatch(suffix):
        raise ValueError("a room and a suffix are plain words")
    folder = _root() / room
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    name = f"{room}/{secrets.token_hex(16)}{suffix}"
    write_whole(_root() / name, content)
    return StoredFile(name, hashlib.sha256(content).hexdigest(), len(content))


def write_whole(target: Path, content: bytes) -> None:
    """Write a file so that under its name there is the whole content or nothing new, also after a power cut."""
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.part")
    try:
        handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    with _folder(target.parent) as folder:
        os.fsync(folder)


def stored_path(name: str) -> Path:
    """Where a stored file lies. Raises `NotVisible` for a name that was not made here or a file that is gone."""
    path = _root() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise NotVisible
    return path


def discard_file(name: str) -> None:
    """Remove a stored file that no row points to; one that is gone already is fine."""
    if _NAME.fullmatch(name):
        (_root() / name).unlink(missing_ok=True)


def discard_stale_files(*, room: str, known: Collection[str], older_than: timedelta) -> int:
    """Remove what lies in a room for longer than that and has no row (`known` holds the names with one); how many."""
    folder, oldest = _root() / room, time.time() - older_than.total_seconds()
    if not folder.is_dir():
        return 0
    stale = [path for path in folder.iterdir() if f"{room}/{path.name}" not in known and _written_at(path) < oldest]
    for path in stale:
        path.unlink(missing_ok=True)
    return len(stale)


def _written_at(path: Path) -> float:
    """When a file was last written; one that has just gone counts as new."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return time.time()


def _root() -> Path:
    return Path(settings.MEDIA_ROOT)


@contextlib.contextmanager
def _folder(path: Path) -> Iterator[int]:
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield handle
    finally:
        os.close(handle)
