"""The access table: one row a route and object, one column a role; written from the access matrix, not from the code.

A cell says what happens with one's own object, first for reading (GET), then for writing (POST):

    R      200, and the page holds the canary named in the column `shows`
    E      200, where there is nothing of one's own to show
    W      2xx or 3xx: what was sent is taken
    302    sent on to another page
    login  sent to the sign-in page, bringing the address along
    401 403 404 405   refused with that status

One code alone stands for both where it refuses, and means "405 for writing" after R and E. What is not one's own
(another party's object, one no longer shared, another party's address) answers as what does not exist, in every
row: there is no cell for it.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from pathlib import Path
from typing import Final

TABLE_FILE: Final = Path(__file__).parent / "access_table.csv"
COLUMNS: Final = (
    "anonymous",
    "viewer",
    "contributor",
    "editor",
    "approver",
    "national_admin",
    "invited",
    "donor",
    "other_donor",
    "coordinator",
    "partner",
    "platform_admin",
)
READ_CODES: Final = frozenset({"R", "E", "302", "login", "401", "403", "404", "405"})
WRITE_CODES: Final = frozenset({"W", "302", "login", "401", "403", "404", "405"})


@dataclass(frozen=True)
class Cell:
    """What reading and writing one's own object answers."""

    read: str
    write: str

    @classmethod
    def parse(cls, text: str) -> Cell:
        """Read `R/W` and its short forms. Raises `ValueError` for anything else."""
        read, slash, write = text.strip().partition("/")
        if not slash:
            write = "405" if read in {"R", "E", "302"} else read
        if read not in READ_CODES or write not in WRITE_CODES:
            raise ValueError(f"{text!r} is no cell of the access table")
        return cls(read, write)


@dataclass(frozen=True, eq=False)
class Row:
    """One route with one kind of object."""

    line: int
    route: str
    kind: str
    shows: str
    cells: dict[str, Cell]
    two_hats: Cell | None
    comment: str

    def cell(self, column: str) -> Cell:
        """The cell of a role; `two_hats` only where the row says something of its own about it."""
        if column == "two_hats":
            return self.two_hats or self.cells["viewer"]
        return self.cells[column]

    def __str__(self) -> str:
        return f"{self.route} ({self.kind}, line {self.line})"


def read_table(path: Path = TABLE_FILE) -> list[Row]:
    """All rows. Raises `ValueError` with the line of a cell that cannot be read or a row that is there twice."""
    rows: list[Row] = []
    with path.open(encoding="utf-8", newline="") as lines:
        for number, values in enumerate(csv.DictReader(lines, strict=True), start=2):
            if None in values or None in values.values():
                raise ValueError(f"line {number}: a row has {len(COLUMNS) + 5} values; quote a comment with a comma")
            try:
                cells = {column: Cell.parse(values[column]) for column in COLUMNS}
                two_hats = Cell.parse(values["two_hats"]) if values["two_hats"].strip() else None
            except ValueError as error:
                raise ValueError(f"line {number}: {error}") from error
            row = Row(number, values["route"], values["object"], values["shows"], cells, two_hats, values["comment"])
            if any((row.route, row.kind) == (other.route, other.kind) for other in rows):
                raise ValueError(f"line {number}: {row.route} with {row.kind} is there already")
            rows.append(row)
    return rows
