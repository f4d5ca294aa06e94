"""A migrated SQLite database in a moment: migrations run once for each state of their files, then the file is copied.

Running them takes longer than most test files; on PostgreSQL they run in every process, as they do in production.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.metadata import version
from pathlib import Path

from django.apps import apps
from django.db import connection

DAY = 24 * 60 * 60


def fingerprint() -> str:
    """Changes with every migration of an installed application, and with Django itself."""
    digest = hashlib.sha256(version("django").encode())
    for config in sorted(apps.get_app_configs(), key=lambda found: found.name):
        for file in sorted((Path(config.path) / "migrations").glob("*.py")):
            digest.update(f"{config.name} {file.name}\n".encode() + file.read_bytes())
    return digest.hexdigest()[:16]


@contextmanager
def sqlite_copy() -> Iterator[None]:
    """The test database of this process, copied from one that is migrated; removed afterwards."""
    target = Path(connection.settings_dict["TEST"]["NAME"])
    template = target.with_name(f"migrated-{fingerprint()}.sqlite3")
    with template.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not template.exists():
            _forget_old(target.parent)
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            connection.close()
            # Whole or not at all: a run that was stopped leaves no half migrated template.
            target.rename(template)
        shutil.copyfile(template, target)
    connection.close()
    connection.settings_dict["NAME"] = str(target)
    yield
    connection.close()
    target.unlink(missing_ok=True)


@contextmanager
def migrated() -> Iterator[None]:
    """The test database of this process, made by running the migrations; removed afterwards."""
    before = connection.settings_dict["NAME"]
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    yield
    connection.creation.destroy_test_db(before, verbosity=0)


def _forget_old(folder: Path) -> None:
    for file in folder.glob("migrated-*"):
        if file.stat().st_mtime < time.time() - DAY:
            file.unlink(missing_ok=True)
