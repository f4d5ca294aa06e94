"""The problem as arrays, and the linear and integer programs made from them. Imported by a run, never before.

The modules that import this one are the only ones that compute with floats and look at a clock (for the policy's
limit); what they answer is checked in whole numbers by `checker`.
"""

import time
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from cooperation.matching.portfolio.problem import Problem
from cooperation.matching.values import UNIT

Floats: TypeAlias = NDArray[np.float64]
Ints: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]

KEPT: float = 1e-6
"""How much of a tier's value may be lost, relative to it (to 1 where it is less), while those below are worked out."""


class Clock:
    """The time that is left of a policy's limit."""

    def __init__(self, seconds: float) -> None:
        self._end = time.monotonic() + seconds

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
        self._lay_out_steps()
        self._lay_out_donors()

    def _lay_out_steps(self) -> None:
        widths = [group.widths for group in self.problem.groups]
        self.steps = _ints(len(steps) for steps in widths)
        self.first_step = np.concatenate([[0], np.cumsum(self.steps)]).astype(np.int64)
        self.width = _ints(width for steps in widths for width in steps)

    def _lay_out_donors(self) -> None:
        """Seats: (request, donor) of the requests where more donors could come in than the limit allows."""
        keys = self.link_request * (self.link_donor.max(initial=0) + 1) + self.link_donor
        new = np.flatnonzero(self.new_donor)
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


def ranks(keys: Ints) -> tuple[Ints, Ints]:
    """(the distinct keys in order, for each key its place among them)."""
    distinct, place = np.unique(keys, return_inverse=True)
    return distinct, place.astype(np.int64)


def _ints(values: Any) -> Ints:
    return np.fromiter(values, dtype=np.int64)
