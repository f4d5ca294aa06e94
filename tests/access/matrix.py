"""The generated probes: every row of the table, as every hat, towards one's own, others' and nobody's objects."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from tests.access import checks
from tests.access.cast import SIDES, Hat
from tests.access.forms import form_for
from tests.access.prober import Answer, Prober
from tests.access.realm import Realm
from tests.access.records import Record
from tests.access.routes import Route, all_routes
from tests.access.table import Cell, Row, read_table

UNKNOWN_PARTY: Final = "no-such-party"
QUIET: Final = ("HEAD", "OPTIONS")
ODD: Final = ("PUT", "PATCH", "DELETE")
METHODS: Final = ("GET", *QUIET, "POST", *ODD)


@dataclass
class Report:
    """What a run found. A trial counts as effective when its answer was judged against something that could fail."""

    attempts: int = 0
    effective: int = 0
    cells: set[tuple[str, str, str]] = field(default_factory=set)
    problems: list[str] = field(default_factory=list)

    def add(self, where: str, problems: Iterator[str] | list[str]) -> None:
        """Count one trial and note its problems."""
        self.effective += 1
        self.problems += [f"{where}: {problem}" for problem in problems]


@dataclass
class Matrix:
    """Runs probes over a realm. With `stop` it ends at the first problem (what a broken rule needs to be caught)."""

    realm: Realm
    rows: list[Row] = field(default_factory=read_table)
    prober: Prober = field(default_factory=Prober)
    report: Report = field(default_factory=Report)
    stop: bool = False

    def __post_init__(self) -> None:
        self.routes: dict[str, Route] = {route.name: route for route in all_routes()}
        known = [row for row in self.rows if row.route in self.routes]
        unusable = {row: problem for row in known if (problem := self._unusable(row) or self._empty_promise(row))}
        self.report.problems += [f"{row}: {problem}" for row, problem in unusable.items()]
        self.rows = [row for row in known if row not in unusable]

    def _empty_promise(self, row: Row) -> str:
        """A cell that shows or takes one's own, where nobody of that column has anything."""
        for hat in self.hats_for(row):
            cell = row.cell(hat.column)
            colleagues = [other for other in self.realm.hats if other.column == hat.column]
            if {cell.read, cell.write} & {"R", "W"} and not any(
                self.realm.records.own(row.kind, other.side) for other in colleagues
            ):
                return f"the table promises {hat.column} a {row.kind}, and the realm has none"
        return ""

    def _unusable(self, row: Row) -> str:
        """What keeps a row from being tried, for the developer of the route."""
        try:
            for record in self.realm.records.of_kind(row.kind):
                self.routes[row.route].url({**record.values, "party": UNKNOWN_PARTY})
        except KeyError as error:
            return str(error.args[0])
        return ""

    @property
    def caught(self) -> bool:
        """Whether a run that stops at the first problem is over."""
        return self.stop and bool(self.report.problems)

    # --- what is asked -------------------------------------------------------------------------------------------

    def hats_for(self, row: Row) -> list[Hat]:
        """Every hat; the two hats of one person are one where the address names no party."""
        named = self.routes[row.route].names_party
        return [hat for hat in self.realm.hats if named or hat.name != "two_hats_donor"]

    def cell(self, row: Row, hat: Hat) -> Cell:
        """What the table says about a hat; what somebody has none of does not exist for them."""
        named = self.routes[row.route].names_party
        cell = row.cell("two_hats" if hat.name.startswith("two_hats") and not named else hat.column)
        if not self.realm.records.own(row.kind, hat.side) and hat.user is not None:
            if self.names_object(row):
                return Cell("404", "404")
            return Cell("E" if cell.read == "R" else cell.read, cell.write)
        return cell

    def own(self, row: Row, hat: Hat) -> list[Record]:
        """The hat's own objects; where it has none, somebody else's stands in and has to look as if it were not."""
        return self.realm.records.own(row.kind, hat.side) or self.realm.records.of_kind(row.kind)[:1]

    def names_object(self, row: Row) -> bool:
        """Whether the address identifies an object, and not only the party."""
        route = self.routes[row.route]
        return route.names_party and bool(route.parameters - {"party"})

    def ask(
        self,
        row: Row,
        hat: Hat,
        record: Record,
        method: str,
        *,
        slug: str = "",
        at: Record | None = None,
        csrf: bool = False,
    ) -> Answer:
        """Send one request of a row with what its form takes, to the address of the record or of another one (`at`)."""
        url = self.routes[row.route].url({**(at or record).values, "party": slug or hat.slug})
        data = form_for(row.route, self.realm, hat, record) if method == "POST" else None
        self.report.attempts += 1
        return self.prober.send(hat, method, url, data, csrf=csrf)

    def where(self, row: Row, hat: Hat, method: str, relation: str) -> str:
        """The place of a problem, for the developer who reads it."""
        return f"{method} {row.route} [{row.kind}, line {row.line}] as {hat.name}, {relation}"

    # --- what is judged ------------------------------------------------------------------------------------------

    def reading(self, row: Row, hat: Hat, *, compare: bool = True) -> None:
        """GET one's own object: the status of the table, the promised canary, nobody else's, and no write.

        What the table hides is compared with what does not exist, unless `compare` is False.
        """
        cell = self.cell(row, hat)
        for record in self.own(row, hat):
            answer = self.ask(row, hat, record, "GET")
            problems = [*checks.status_problems(cell.read, answer, reading=True), *self._always(hat, answer)]
            if cell.read == "R" and answer.status == 200:
                problems += checks.own_problems(record, row.shows, answer)
            problems += checks.write_problems(answer, viewed=answer.status == 200)
            if compare and cell.read == "404" and self.names_object(row):
                problems += self._as_missing(row, hat, record, "GET", answer)
            self.report.add(self.where(row, hat, "GET", "own"), problems)
        self.report.cells.add((row.route, row.kind, hat.column))

    def writing(self, row: Row, hat: Hat) -> None:
        """POST to one's own object: taken or refused as the table says; what is refused writes nothing."""
        cell = self.cell(row, hat)
        record = self.own(row, hat)[0]
        where = self.where(row, hat, "POST", "own")
        if cell.write == "W" and form_for(row.route, self.realm, hat, record) is None:
            self.report.add(where, [f"add what {row.route} takes to FORMS in tests/access/forms.py"])
            return
        answer = self.ask(row, hat, record, "POST")
        problems = [*checks.status_problems(cell.write, answer, reading=False), *self._always(hat, answer)]
        if cell.write != "W":
            problems += checks.write_problems(answer, viewed=False)
        if cell.write == "404" and self.names_object(row):
            problems += self._as_missing(row, hat, record, "POST", answer)
        self.report.add(where, problems)

    def foreign(self, row: Row, hat: Hat, method: str, *, limit: int = 0) -> None:
        """Somebody else's object under one's own party: the answer is that of an object that does not exist."""
        if not self.names_object(row):
            return
        for record in self.realm.records.foreign(row.kind, hat.side)[: limit or None]:
            answer = self.ask(row, hat, record, method)
            problems = [
                *self._refused(answer, hat),
                *self._always(hat, answer),
                *checks.write_problems(answer, viewed=False),
                *self._as_missing(row, hat, record, method, answer),
            ]
            self.report.add(self.where(row, hat, method, "foreign"), problems)

    def foreign_party(self, row: Row, hat: Hat, method: str, sides: Iterable[str] = tuple(SIDES)) -> None:
        """Somebody else's party in the address: the answer is that for a party that does not exist."""
        for side in sides:
            records = self.realm.records.own(row.kind, side)
            if not self.routes[row.route].names_party or self._is_member(hat, side) or not records:
                continue
            answer = self.ask(row, hat, records[0], method, slug=SIDES[side][0])
            missing = self.ask(row, hat, records[0], method, slug=UNKNOWN_PARTY)
            problems = [
                *self._refused(answer, hat),
                *self._always(hat, answer),
                *checks.write_problems(answer, viewed=False),
                *checks.difference(answer, missing, [SIDES[side][0], UNKNOWN_PARTY]),
            ]
            self.report.add(self.where(row, hat, method, f"as if of {side}"), problems)

    def odd_methods(self, row: Row, hat: Hat, lot: random.Random | None = None) -> None:
        """HEAD answers like GET; nothing else but what the table names does anything. With a `lot` one of each kind."""
        cell = self.cell(row, hat)
        for record, relation in self._one_own_one_foreign(row, hat):
            methods = (lot.choice(QUIET), lot.choice(ODD)) if lot else (*QUIET, *ODD)
            for method in methods:
                answer = self.ask(row, hat, record, method)
                problems = [*self._always(hat, answer), *checks.write_problems(answer, viewed=answer.status == 200)]
                if method == "HEAD" and relation == "own":
                    problems += checks.status_problems(cell.read, answer, reading=True)
                elif answer.status >= 500 or (method in ODD and answer.status < 300 and self._is_ours(row)):
                    problems.append(f"answered {answer.status}")
                if relation == "foreign":
                    problems += self._as_missing(row, hat, record, method, answer)
                self.report.add(self.where(row, hat, method, relation), problems)

    def without_token(self, row: Row, hat: Hat, method: str) -> None:
        """An unsafe request without the token of the page is refused, whoever sends it."""
        record = self.own(row, hat)[0]
        answer = self.ask(row, hat, record, method, csrf=True)
        problems = [*self._always(hat, answer), *checks.write_problems(answer, viewed=False)]
        if answer.status != 403:
            problems.append(f"answered {answer.status} to a request without a token")
        self.report.add(self.where(row, hat, method, "without a token"), problems)

    def _always(self, hat: Hat, answer: Answer) -> list[str]:
        return [*checks.leak_problems(self.realm, hat, answer), *checks.header_problems(answer)]

    def _refused(self, answer: Answer, hat: Hat) -> Iterator[str]:
        code = "login" if hat.user is None else "404"
        if hat.user is None and answer.status in {401, 403}:
            return
        if answer.status == 405:
            return
        yield from checks.status_problems(code, answer, reading=True)

    def _as_missing(self, row: Row, hat: Hat, record: Record, method: str, answer: Answer) -> Iterator[str]:
        nothing = record.missing()
        missing = self.ask(row, hat, record, method, at=nothing)
        words = [*record.values.values(), *nothing.values.values()]
        yield from checks.difference(answer, missing, [str(word) for word in words if len(str(word)) > 3])

    def _one_own_one_foreign(self, row: Row, hat: Hat) -> Iterator[tuple[Record, str]]:
        yield self.own(row, hat)[0], "own"
        if self.names_object(row):
            for record in self.realm.records.foreign(row.kind, hat.side)[:1]:
                yield record, "foreign"

    def _is_ours(self, row: Row) -> bool:
        """The sign-in pages come with their package, which takes PUT for POST; it writes nothing more by it."""
        return self.routes[row.route].names_party

    def _is_member(self, hat: Hat, side: str) -> bool:
        party = self.realm.cast.parties[side]
        return hat.user is not None and hat.user.memberships.filter(party=party).exists()


def is_closed(cell: Cell) -> bool:
    """Whether somebody has nothing on a route: it answers as if it did not exist, or takes no such request."""
    return {cell.read, cell.write} <= {"404", "405"}


def run_sample(matrix: Matrix, rng: random.Random, deeper: Sequence[Row]) -> None:
    """Every cell that opens something, for reading and writing, and somebody else's object on every row; more by lot.

    The rows of `deeper` are also tried with others' parties, with other methods, and without a token. Those who have
    nothing on a route are many and look alike: one in four of them tries, and one of these also writes and is compared
    with somebody who asks for what does not exist. `run_full` leaves nothing to the lot.
    """
    for row in matrix.rows:
        hats = matrix.hats_for(row)
        closed = [hat for hat in hats if is_closed(matrix.cell(row, hat))]
        open_to = [hat for hat in hats if hat not in closed]
        trying = rng.sample(closed, -(-len(closed) // 4))
        thorough = [*open_to, *trying[:1]]
        for hat in [*open_to, *trying]:
            matrix.reading(row, hat, compare=hat in thorough)
        for hat in thorough:
            matrix.writing(row, hat)
        for hat in rng.sample(open_to, min(len(open_to), 1)):
            matrix.foreign(row, hat, "GET", limit=1)
        if row not in deeper:
            continue
        for hat in rng.sample(open_to, min(len(open_to), 1)):
            matrix.foreign(row, hat, "GET", limit=3)
            matrix.foreign(row, hat, "POST", limit=1)
        matrix.foreign_party(row, rng.choice(hats), rng.choice(("GET", "POST")), rng.sample(tuple(SIDES), 2))
        matrix.odd_methods(row, rng.choice(open_to or hats), rng)
        signed_in = [hat for hat in hats if hat.user is not None]
        matrix.without_token(row, rng.choice(signed_in), rng.choice(("POST", *ODD)))


def run_full(matrix: Matrix) -> None:
    """Every row, hat, relation and method."""
    for row in matrix.rows:
        for hat in matrix.hats_for(row):
            matrix.reading(row, hat)
            matrix.writing(row, hat)
            for method in ("GET", "POST"):
                matrix.foreign(row, hat, method)
            for method in METHODS:
                matrix.foreign_party(row, hat, method)
            matrix.odd_methods(row, hat)
            if hat.user is not None:
                for method in ("POST", *ODD):
                    matrix.without_token(row, hat, method)


def run_until_caught(matrix: Matrix, first: tuple[str, ...]) -> None:
    """Read and write one's own and others' objects on the routes that begin so, until something is found."""
    for row in [row for row in matrix.rows if row.route.startswith(first)]:
        for hat in matrix.hats_for(row):
            matrix.reading(row, hat)
            if matrix.caught:
                return
    for row in [row for row in matrix.rows if row.route.startswith(first)]:
        for hat in matrix.hats_for(row):
            matrix.foreign(row, hat, "GET", limit=3)
            matrix.writing(row, hat)
            if matrix.caught:
                return
