"""SQLite is opened so that no acknowledged answer can be lost, and only known databases are accepted."""

from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from hypothesis import example, given
from hypothesis import strategies as st

from wam_portal.checks import sqlite_problems
from wam_portal.settings.databases import Journal, database_from, has_wal_reset_fix, safe_journal, sqlite_database

pytestmark = pytest.mark.every_database

VERSIONS = st.tuples(st.just(3), st.integers(7, 60), st.integers(0, 20))
AFFECTED = [(3, 7, 0), (3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2)]
FIXED = [(3, 44, 6), (3, 44, 7), (3, 50, 7), (3, 51, 3), (3, 52, 0), (4, 0, 0)]


@pytest.mark.parametrize("version", AFFECTED)
def test_an_affected_version_keeps_its_journal_in_delete_mode(version: tuple[int, int, int]) -> None:
    assert safe_journal(version) == Journal("DELETE", "EXTRA")


@pytest.mark.parametrize("version", FIXED)
def test_a_fixed_version_may_use_wal_with_full_syncs(version: tuple[int, int, int]) -> None:
    assert safe_journal(version) == Journal("WAL", "FULL")


@given(VERSIONS)
@example((3, 44, 6))
@example((3, 50, 7))
@example((3, 51, 3))
def test_a_later_patch_of_the_same_line_never_loses_the_fix(version: tuple[int, int, int]) -> None:
    major, minor, patch = version
    if has_wal_reset_fix(version):
        assert has_wal_reset_fix((major, minor, patch + 1))


@given(VERSIONS)
def test_what_we_configure_always_passes_our_own_check(version: tuple[int, int, int]) -> None:
    options = sqlite_database("any.sqlite3", version)["OPTIONS"]
    assert sqlite_problems("default", options, version) == []


def test_the_open_database_really_runs_with_these_settings(db: None) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("the journal settings concern SQLite only")
    expected = safe_journal(connection.Database.sqlite_version_info)
    with connection.cursor() as cursor:
        found = {}
        for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout"):
            cursor.execute(f"PRAGMA {name}")
            found[name] = cursor.fetchone()[0]
    assert found["journal_mode"].upper() == expected.mode
    assert found["synchronous"] == {"FULL": 2, "EXTRA": 3}[expected.synchronous]
    assert found["foreign_keys"] == 1
    assert found["busy_timeout"] == 20_000


def test_no_address_means_the_file_of_this_copy() -> None:
    config = database_from("", Path("var/db.sqlite3"))
    assert config["NAME"] == "var/db.sqlite3"
    assert config["OPTIONS"]["transaction_mode"] == "IMMEDIATE"


def test_a_postgresql_address_is_taken_with_health_checks() -> None:
    config = database_from("postgresql://portal:pw@db.example.org:5433/wam", Path("unused"))
    assert (config["HOST"], config["PORT"], config["NAME"], config["USER"]) == ("db.example.org", 5433, "wam", "portal")
    assert config["CONN_HEALTH_CHECKS"] is True


@pytest.mark.parametrize("url", ["mysql://u:p@db/wam", "oracle://u:p@db/wam"])
def test_other_databases_are_refused(url: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="postgresql://"):
        database_from(url, Path("unused"))
