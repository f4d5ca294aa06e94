"""How the portal opens its database: safe SQLite by default, PostgreSQL by ``DATABASE_URL``."""

import sqlite3
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import environ
from django.core.exceptions import ImproperlyConfigured

POSTGRESQL = "django.db.backends.postgresql"
SQLITE = "django.db.backends.sqlite3"


@dataclass(frozen=True, slots=True)
class Journal:
    """The journal mode of SQLite and the ``synchronous`` level under which a committed answer survives a power cut."""

    mode: str
    synchronous: str


def has_wal_reset_fix(version: tuple[int, int, int]) -> bool:
    """Tell whether this SQLite version can no longer lose commits when a WAL file is reset.

    Versions 3.7.0 to 3.51.2 can, with two or more connections; fixed in 3.51.3, 3.50.7 and 3.44.6
    (sqlite.org/wal.html#walresetbug). A distribution's own backport cannot be seen, so it counts as affected.
    """
    fixed_line = (version[:2] == (3, 50) and version >= (3, 50, 7)) or (
        version[:2] == (3, 44) and version >= (3, 44, 6)
    )
    return fixed_line or version >= (3, 51, 3)


def safe_journal(version: tuple[int, int, int]) -> Journal:
    """Return the journal settings that keep every acknowledged commit with this SQLite version.

    WAL needs FULL (NORMAL skips the sync at commit); DELETE needs EXTRA, which also syncs the folder
    after the journal is removed.
    """
    if has_wal_reset_fix(version):
        return Journal(mode="WAL", synchronous="FULL")
    return Journal(mode="DELETE", synchronous="EXTRA")


def sqlite_database(path: Path | str, version: tuple[int, int, int] = sqlite3.sqlite_version_info) -> dict[str, Any]:
    """Return Django's settings for an SQLite file.

    Transactions start IMMEDIATE: a deferred one that reads before it writes fails at once under load,
    whatever the timeout (20 seconds).
    """
    journal = safe_journal(version)
    return {
        "ENGINE": SQLITE,
        "NAME": str(path),
        "OPTIONS": {
            "timeout": 20,
            "transaction_mode": "IMMEDIATE",
            "init_command": (
                f"PRAGMA journal_mode={journal.mode}; PRAGMA synchronous={journal.synchronous}; PRAGMA foreign_keys=ON"
            ),
        },
    }


def database_from(url: str, default_path: Path) -> dict[str, Any]:
    """Return Django's settings for a database address; an empty one means the SQLite file at ``default_path``.

    Raises ImproperlyConfigured for anything but SQLite and PostgreSQL.
    """
    if not url:
        return sqlite_database(default_path)
    parsed: dict[str, Any] = environ.Env.db_url_config(url)
    engine = parsed.get("ENGINE")
    if engine == SQLITE:
        return sqlite_database(parsed["NAME"])
    if engine != POSTGRESQL:
        raise ImproperlyConfigured("DATABASE_URL must start with postgresql:// or sqlite:///.")
    return parsed | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
