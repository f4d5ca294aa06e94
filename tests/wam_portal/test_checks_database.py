"""What the open database says of itself is compared with what a saved answer needs."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.core.checks import CheckMessage
from django.db import connection

from wam_portal import checks
from wam_portal.checks import check_open_database, open_sqlite_problems, postgresql_problems
from wam_portal.settings.databases import POSTGRESQL, SQLITE

pytestmark = pytest.mark.every_database


class AnsweringDatabase:
    """A database that answers each question about a setting from a table."""

    def __init__(self, answers: dict[str, Any], engine: str) -> None:
        self.answers = answers
        self.settings_dict = {"ENGINE": engine}
        self.vendor = "sqlite" if engine == SQLITE else "postgresql"
        self.asked = ""

    @contextmanager
    def cursor(self) -> Iterator["AnsweringDatabase"]:
        yield self

    def execute(self, sql: str, params: list[str] | None = None) -> None:
        self.asked = params[0] if params else sql.removeprefix("PRAGMA ")

    def fetchone(self) -> tuple[Any]:
        return (self.answers[self.asked],)

    def is_in_memory_db(self) -> bool:
        return False


SAFE_SERVER = {"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on"}
SAFE_FILE = {"journal_mode": "delete", "synchronous": 3, "foreign_keys": 1}


def ids(messages: list[CheckMessage]) -> list[str]:
    return [str(message.id) for message in messages]


def use(monkeypatch: pytest.MonkeyPatch, database: AnsweringDatabase) -> None:
    monkeypatch.setattr(checks, "connections", {"default": database})


def test_the_database_of_this_run_keeps_acknowledged_answers(db: None) -> None:
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # The tests' own connections do not wait for the disk, and the check rightly says so.
            assert ids(check_open_database(None, databases=["default"])) == ["wam.E006"]
            cursor.execute("SET LOCAL synchronous_commit = on")
    assert check_open_database(None, databases=["default"]) == []


def test_no_database_is_opened_when_none_was_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "connections", {})
    assert check_open_database(None) == []


@pytest.mark.parametrize("name", SAFE_SERVER)
def test_a_server_that_skips_syncs_is_reported_by_setting(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    use(monkeypatch, AnsweringDatabase(SAFE_SERVER | {name: "off"}, POSTGRESQL))
    messages = check_open_database(None, databases=["default"])
    assert ids(messages) == ["wam.E006"]
    assert f"{name}=off" in messages[0].msg


def test_a_safe_server_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, AnsweringDatabase(SAFE_SERVER | {"synchronous_commit": "remote_apply"}, POSTGRESQL))
    assert postgresql_problems("default") == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"synchronous": 2},
        {"journal_mode": "wal", "synchronous": 1},
        {"journal_mode": "memory"},
        {"foreign_keys": 0},
    ],
)
def test_a_file_opened_otherwise_than_configured_is_reported(
    monkeypatch: pytest.MonkeyPatch, wrong: dict[str, Any]
) -> None:
    use(monkeypatch, AnsweringDatabase(SAFE_FILE | wrong, SQLITE))
    assert ids(check_open_database(None, databases=["default"])) == ["wam.E005"]


def test_a_safe_file_is_not_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    use(monkeypatch, AnsweringDatabase(SAFE_FILE, SQLITE))
    assert open_sqlite_problems("default") == []


@pytest.mark.django_db(transaction=True)
def test_a_pragma_changed_by_hand_is_seen_in_the_real_database() -> None:
    if connection.vendor != "sqlite":
        pytest.skip("pragmas concern SQLite only")
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous=NORMAL")
    try:
        assert ids(check_open_database(None, databases=["default"])) == ["wam.E005"]
    finally:
        connection.close()
