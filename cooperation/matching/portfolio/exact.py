"""The whole problem, tier by tier, through the integer solver (HiGHS): for problems it can take as a whole."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from cooperation.matching.portfolio.arrays import KEPT, Arrays, Clock, Flags, Floats, Ints, Rows

OPTIMAL = 0
"""Status of scipy's `milp`: solved to proven optimality."""
LEAST_SECONDS = 0.05
HELD_SECONDS = 5
"""A linear program that makes the solver's answer exact gets this much also when the time is over."""


@dataclass(slots=True)
class TierValue:
    """What was found for one tier: its value, the bound proven, and whether the search ended by itself."""

    tier: int
    value: float
    bound: float
    finished: bool


@dataclass(slots=True)
class Plan:
    """Money per pair, not yet whole, and the links that are open."""

    money: Floats
    open: Flags
    tiers: list[TierValue]


class ExactModel:
    """One model for all tiers: money columns, then a switch for each link that needs one, then a seat for each donor
    of a crowded request. Only the objective and the rows that keep the tiers above differ."""

    def __init__(self, arrays: Arrays) -> None:
        self.arrays = arrays
        self.pair, self.step, gain = arrays.columns(np.arange(len(arrays.line)))
        self.gain = arrays.score[self.pair] * gain
        served = arrays.limited[arrays.link_source] & arrays.new_request
        self.switched = np.flatnonzero((arrays.least > 0) | served | (arrays.link_seat >= 0))
        self.first_switch = len(self.pair)
        self.first_seat = self.first_switch + len(self.switched)
        self.width = self.first_seat + len(arrays.seat_request)
        self.rows = Rows()
        self._add_limits()
        self._add_switches(served)

    def _add_limits(self) -> None:
        arrays, column = self.arrays, np.arange(len(self.pair))
        self.rows.add(-np.inf, arrays.sought, (arrays.line[self.pair], column, 1))
        self.rows.add(-np.inf, arrays.capacity, (arrays.source[self.pair], column, 1))
        self.rows.add(-np.inf, arrays.width, (self.step, column, 1))

    def _add_switches(self, served: Flags) -> None:
        arrays, column = self.arrays, np.arange(len(self.pair))
        links = np.arange(len(arrays.most))
        switch = np.full(len(links), -1, dtype=np.int64)
        switch[self.switched] = self.first_switch + np.arange(len(self.switched))
        on = self.switched
        # money on the link is at most its most where it is switched on, and nothing where it is not
        self.rows.add(
            -np.inf,
            np.where(switch >= 0, 0, arrays.most),
            (arrays.link[self.pair], column, 1),
            (on, switch[on], -arrays.most[on]),
        )
        # and at least its least
        self.rows.add(
            0,
            np.full(len(links), np.inf),
            (arrays.link[self.pair], column, 1),
            (on, switch[on], -arrays.least[on]),
        )
        counted = np.flatnonzero(served)
        self.rows.add(
            -np.inf,
            np.where(arrays.limited, arrays.requests_left, np.inf),
            (arrays.link_source[counted], switch[counted], 1),
        )
        seated = np.flatnonzero(arrays.link_seat >= 0)
        self.rows.add(
            -np.inf,
            np.zeros(len(seated)),
            (np.arange(len(seated)), switch[seated], 1),
            (np.arange(len(seated)), self.first_seat + arrays.link_seat[seated], -1),
        )
        seats = np.arange(len(arrays.seat_request))
        self.rows.add(-np.inf, arrays.donors_left, (arrays.seat_request, self.first_seat + seats, 1))

    def objective(self, tier: int) -> Floats:
        """The coefficients of a tier's value."""
        weights = np.zeros(self.width)
        ours = self.arrays.tier[self.pair] == tier
        weights[: len(self.pair)][ours] = self.gain[ours]
        return weights

    def solve(
        self,
        weights: Floats,
        kept: list[tuple[Floats, float]],
        seconds: float,
        switches: Ints | None = None,
        near: float = 0,
    ) -> Any:
        """Maximise `weights` while each kept value stays; with the switches given, the linear program that is left.

        near: the relative gap at which the search may stop.
        """
        constraints = [LinearConstraint(self.rows.matrix(self.width), self.rows.low, self.rows.high)]
        constraints += [LinearConstraint(row.reshape(1, -1), least, np.inf) for row, least in kept]
        low, high = np.zeros(self.width), np.full(self.width, np.inf)
        high[self.first_switch :] = 1
        whole = np.zeros(self.width)
        if switches is None:
            whole[self.first_switch :] = 1
        else:
            low[self.first_switch : self.first_seat] = high[self.first_switch : self.first_seat] = switches
        options = {"time_limit": max(seconds, LEAST_SECONDS), "mip_rel_gap": near}
        return milp(-weights, integrality=whole, bounds=Bounds(low, high), constraints=constraints, options=options)


def solve_exactly(arrays: Arrays, tiers: list[int], clock: Clock) -> Plan:
    """Tier by tier: the best value of each, with those above kept. Where the clock runs out, the best found stands."""
    model = ExactModel(arrays)
    best = np.zeros(model.width)
    kept: list[tuple[Floats, float]] = []
    values = []
    for place, tier in enumerate(tiers):
        clock.tell()
        weights = model.objective(tier)
        found = model.solve(weights, kept, clock.left / (len(tiers) - place))
        best, finished = _better(model, weights, kept, found, best, max(clock.left, HELD_SECONDS))
        value = float(weights @ best)
        bound = _bound(found, weights, model)
        values.append(TierValue(tier, value, max(value, bound), finished))
        kept.append((weights, value - KEPT * max(1.0, value)))
    money = np.bincount(model.pair, weights=best[: model.first_switch], minlength=len(arrays.line))
    is_open = np.ones(len(arrays.most), dtype=bool)
    is_open[model.switched] = best[model.first_switch : model.first_seat] > 1 / 2
    return Plan(np.asarray(money, dtype=np.float64), is_open, values)


def _better(
    model: ExactModel,
    weights: Floats,
    kept: list[tuple[Floats, float]],
    found: Any,
    before: Floats,
    seconds: float,
) -> tuple[Floats, bool]:
    """What the solver found, made exact with its switches held; the plan before, where that is better: it keeps all
    that was reached."""
    if found.x is None:
        return before, False
    switches = np.rint(found.x[model.first_switch : model.first_seat]).astype(np.int64)
    held = model.solve(weights, kept, seconds, switches)
    candidate = held.x if held.status == OPTIMAL else found.x
    candidate[model.first_switch : model.first_seat] = switches
    return (candidate if weights @ candidate >= weights @ before else before), found.status == OPTIMAL


def _bound(found: Any, weights: Floats, model: ExactModel) -> float:
    proven = found.mip_dual_bound
    if found.status == OPTIMAL and not len(model.switched):
        proven = found.fun  # a linear program: its optimum is its bound
    if proven is None or not np.isfinite(proven):
        pair = model.pair
        return float((weights[: len(pair)] * model.arrays.sought[model.arrays.line[pair]]).sum())
    return -float(proven)
