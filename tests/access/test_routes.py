"""The access table and the addresses of the portal name the same routes."""

from __future__ import annotations

import pytest

from tests.access.routes import Route, all_routes, row_to_add
from tests.access.table import Cell, Row, read_table


def _missing_rows(routes: list[Route], rows: list[Row]) -> list[str]:
    named = {row.route for row in rows}
    return [
        f"{route.name or 'a route without a name'} ({route.pattern}) is not in tests/access/access_table.csv; "
        f"write, from the access matrix:\n    {row_to_add(route)}"
        for route in routes
        if route.name not in named
    ]


def _stale_rows(routes: list[Route], rows: list[Row]) -> list[str]:
    named = {route.name for route in routes}
    return [f"line {row.line}: no address is called {row.route}" for row in rows if row.route not in named]


def test_every_route_has_its_rows() -> None:
    missing = _missing_rows(all_routes(), read_table())
    assert not missing, "\n".join(missing)


def test_every_row_has_its_route() -> None:
    stale = _stale_rows(all_routes(), read_table())
    assert not stale, "\n".join(stale)


def test_every_route_has_a_name_of_its_own() -> None:
    routes = all_routes()
    assert [route.pattern for route in routes if not route.name.split(":")[-1]] == []
    assert len({route.name for route in routes}) == len(routes)


def test_a_route_without_a_row_is_named_with_the_row_to_write() -> None:
    forgotten = Route("assessments:secret", "p/<slug:party>/secret/", frozenset({"party"}))
    [problem] = _missing_rows([forgotten], read_table())
    assert "assessments:secret,<object>,<canary it shows>,login,404," in problem


def test_only_the_sign_in_pages_health_and_language_are_open_to_everybody() -> None:
    """A new page that anonymous visitors may read has to be added here on purpose."""
    public = {row.route for row in read_table() if row.cells["anonymous"].read in {"R", "E", "302"}}
    assert public == {
        "healthz",
        "set_language",
        "account_login",
        "account_logout",
        "account_inactive",
        "account_reset_password",
        "account_reset_password_done",
        "account_reset_password_from_key",
        "account_reset_password_from_key_done",
        "invitation",
        "mfa_authenticate",
    }


@pytest.mark.parametrize(
    ("text", "read", "write"),
    [
        ("R", "R", "405"),
        ("R/W", "R", "W"),
        ("404", "404", "404"),
        ("405/403", "405", "403"),
        ("login", "login", "login"),
    ],
)
def test_a_cell_says_what_reading_and_writing_answer(text: str, read: str, write: str) -> None:
    assert Cell.parse(text) == Cell(read, write)


@pytest.mark.parametrize("text", ["", "X", "R/R", "200", "W"])
def test_a_cell_that_says_nothing_clear_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="no cell"):
        Cell.parse(text)
