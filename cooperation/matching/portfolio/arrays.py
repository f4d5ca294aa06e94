"""The problem as arrays, and the linear and integer programs made from them. Imported by a run, never before.

The modules that import this one are the only ones that compute with floats and look at a clock (for the policy's
limit); what they answer is checked in whole numbers by `checker`.
"""

import time
from copy import copy
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cooperation.matching.portfolio.problem import Problem, Report, unheard
from cooperation.matching.values import UNIT

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

KEPT: float = 1e-6
"""How much of a tier's value may be lost, relative to it (to 1 where it is less), while those below are worked out."""


LEAST_LIMIT = 1e-3
"""Seconds; a limit of none is told as used up at once."""


class Clock:
    """The time that is left of a policy's limit, and who wants to hear how much of it is used."""

    def __init__(self, seconds: float, report: Report = unheard) -> None:
        self._seconds = max(seconds, LEAST_LIMIT)
        self._end = time.monotonic() + seconds
        self._report = report

    def within(self, seconds: float) -> "Clock":
        """A clock for a part of the work; who listens hears of the whole."""
        return Clock(seconds, lambda _used: self.tell())

    def tell(self) -> None:
        """Report how many hundredths of the time are used."""
        self._report(min(100, int(100 * (1 - self.left / self._seconds))))

    @property
    def left(self) -> float:
        """Seconds left; negative when over."""
        return self._end - time.monotonic()


class Arrays:
    """Parallel arrays of a problem's lines, sources, links, pairs and columns.

    A column is money from a source to a line in one step; column arrays run over (pair, step).
    """

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.line = np.asarray(problem.pair_line, dtype=np.int64)
        self.source = np.asarray(problem.pair_source, dtype=np.int64)
        self.link = np.asarray(problem.pair_link, dtype=np.int64)
        self.score = np.asarray(problem.pair_score, dtype=np.float64) / (UNIT * UNIT)
        self.sought = _ints(line.grains for line in problem.lines)
        self.line_tier = _ints(line.tier for line in problem.lines)
        self.line_group = _ints(line.group for line in problem.lines)
        self.line_request = _ints(line.request for line in problem.lines)
        self.capacity = _ints(source.capacity for source in problem.sources)
        self.limited = np.asarray([source.requests_left is not None for source in problem.sources], dtype=bool)
        self.requests_left = _ints(source.requests_left or 0 for source in problem.sources)
        self.link_request = _ints(link.request for link in problem.links)
        self.link_source = _ints(link.source for link in problem.links)
        self.link_donor = _ints(link.donor for link in problem.links)
        self.least = _ints(link.least for link in problem.links)
        self.most = _ints(link.most for link in problem.links)
        self.new_donor = np.asarray([link.new_donor for link in problem.links], dtype=bool)
        self.new_request = np.asarray([link.new_request for link in problem.links], dtype=bool)
        self.donors_left = _ints(problem.donors_left)
        self.gains = np.asarray(problem.gains, dtype=np.float64) / UNIT
        self.tier = self.line_tier[self.line]
        self.group = self.line_group[self.line]
        self.link_alive = np.ones(len(self.most), dtype=bool)
        self.alive = np.ones(len(self.line), dtype=bool)
        self._lay_out_steps()
        self.lay_out_donors()

    def left_by(self, whole: Ints) -> "Arrays":
        """What a plan in whole grains leaves: the same pairs with smaller limits, dead where nothing can be given."""
        left = copy(self)
        line, source = sums(self.line, whole, len(self.sought)), sums(self.source, whole, len(self.capacity))
        link = sums(self.link, whole, len(self.most))
        left.sought, left.capacity = self.sought - line, self.capacity - source
        missing = sums(self.link, left.sought[self.line], len(self.most))
        left.most = np.minimum(np.minimum(self.most - link, left.capacity[self.link_source]), missing)
        left.least = np.maximum(0, self.least - link)
        group = sums(self.line_group, line, len(self.steps))
        left.width = self._width_left(group)
        return left.decided(link > 0, (left.most < np.maximum(left.least, 1)) & (link == 0))

    def part(self, pairs: Ints) -> "Arrays":
        """The same with these pairs and their links only, for a program of their own."""
        part = copy(self)
        for name in ("line", "source", "score", "tier", "group"):
            setattr(part, name, getattr(self, name)[pairs])
        links, part.link = ranks(self.link[pairs])
        for name in ("request", "source", "donor"):
            setattr(part, f"link_{name}", getattr(self, f"link_{name}")[links])
        for name in ("least", "most", "new_donor", "new_request", "link_alive"):
            setattr(part, name, getattr(self, name)[links])
        part.alive = np.ones(len(pairs), dtype=bool)
        part.lay_out_donors()
        return part

    def _width_left(self, taken: Ints) -> Ints:
        """The widths of the steps after the first `taken` grains of each group."""
        width = self.width.copy()
        for step in range(len(self.gains)):
            reached = np.flatnonzero(self.steps > step)
            place = self.first_step[reached] + step
            used = np.minimum(width[place], taken[reached])
            width[place] -= used
            taken[reached] -= used
        return width

    def decided(self, opened: Flags, closed: Flags) -> "Arrays":
        """The same with some links held open, which then cost no further donor or request, and some closed."""
        left = copy(self)
        left.new_donor, left.new_request = self.new_donor.copy(), self.new_request & ~opened
        left.donors_left, left.requests_left = self.donors_left.copy(), self.requests_left.copy()
        seats = self.link_request * (int(self.link_donor.max(initial=0)) + 1) + self.link_donor
        taken, first = np.unique(seats[opened & self.new_donor], return_index=True)
        requests = self.link_request[np.flatnonzero(opened & self.new_donor)[first]]
        np.subtract.at(left.donors_left, requests, 1)
        left.new_donor &= ~np.isin(seats, taken)
        np.subtract.at(left.requests_left, self.link_source[opened & self.new_request], 1)
        left.link_alive = (
            self.link_alive
            & ~closed
            & (self.most > 0)
            & ~(left.new_donor & (left.donors_left <= 0)[self.link_request])
            & ~(left.new_request & (left.requests_left <= 0)[self.link_source])
        )
        left.alive = self.alive & left.link_alive[self.link] & (left.sought > 0)[self.line]
        left.lay_out_donors()
        return left

    def _lay_out_steps(self) -> None:
        widths = [group.widths for group in self.problem.groups]
        self.steps = _ints(len(steps) for steps in widths)
        self.first_step = np.concatenate([[0], np.cumsum(self.steps)]).astype(np.int64)
        self.width = _ints(width for steps in widths for width in steps)

    def lay_out_donors(self) -> None:
        """Lay out the seats: (request, donor) of the requests where more donors could come in than the limit allows."""
        keys = self.link_request * (self.link_donor.max(initial=0) + 1) + self.link_donor
        new = np.flatnonzero(self.new_donor & self.link_alive)
        seats, seat = np.unique(keys[new], return_inverse=True)
        seat_request = np.zeros(len(seats), dtype=np.int64)
        seat_request[seat] = self.link_request[new]
        crowded = np.bincount(seat_request, minlength=len(self.donors_left)) > self.donors_left
        kept = crowded[seat_request]
        number = np.cumsum(kept) - 1
        self.seat_request = seat_request[kept]
        self.link_seat = np.full(len(self.link_request), -1, dtype=np.int64)
        self.link_seat[new] = np.where(kept[seat], number[seat], -1)

    def columns(self, pairs: Ints) -> tuple[Ints, Ints, Floats]:
        """(pair, place of the (group, step), gain) of the columns of these pairs."""
        count = self.steps[self.group[pairs]]
        pair = np.repeat(pairs, count)
        step = np.arange(len(pair)) - np.repeat(np.cumsum(count) - count, count)
        return pair, self.first_step[self.group[pair]] + step, self.gains[step]


class Rows:
    """Rows of a constraint matrix, gathered piece by piece as coordinates."""

    def __init__(self) -> None:
        self.count = 0
        self._parts: list[tuple[Ints, Ints, Floats]] = []
        self._low: list[Floats] = []
        self._high: list[Floats] = []

    def add(self, low: Any, high: Any, *entries: tuple[Any, Any, Any]) -> slice:
        """Add rows with these limits; each entry is (row, counted from 0 within these, column, value)."""
        high = np.atleast_1d(np.asarray(high, dtype=np.float64))
        self._low.append(np.broadcast_to(np.asarray(low, dtype=np.float64), high.shape))
        self._high.append(high)
        for row, column, value in entries:
            rows, columns = np.asarray(row, dtype=np.int64), np.asarray(column, dtype=np.int64)
            values = np.broadcast_to(np.asarray(value, dtype=np.float64), columns.shape)
            self._parts.append((np.broadcast_to(rows, columns.shape) + self.count, columns, values))
        added = slice(self.count, self.count + len(high))
        self.count = added.stop
        return added

    def matrix(self, width: int) -> Any:
        """The matrix with `width` columns."""
        parts = self._parts or [(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0))]
        rows, columns, values = (np.concatenate(part) for part in zip(*parts, strict=True))
        return sparse.csr_array((values, (rows, columns)), shape=(self.count, width))

    @property
    def low(self) -> Floats:
        """The lower limits of all rows."""
        return np.concatenate(self._low) if self._low else np.zeros(0)

    @property
    def high(self) -> Floats:
        """The upper limits of all rows."""
        return np.concatenate(self._high) if self._high else np.zeros(0)


def sums(keys: Ints, whole: Ints, count: int) -> Ints:
    """The sum of whole numbers for each key."""
    found = np.zeros(count, dtype=np.int64)
    np.add.at(found, keys, whole)
    return found


def totals(keys: Ints, values: Floats | Ints, count: int) -> Floats:
    """The sum of values for each key."""
    return np.bincount(keys, weights=values, minlength=count).astype(np.float64)


def ranks(keys: Ints) -> tuple[Ints, Ints]:
    """(the distinct keys in order, for each key its place among them)."""
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, place.astype(np.int64)


def _ints(values: Any) -> Ints:
    return np.fromiter(values, dtype=np.int64)
