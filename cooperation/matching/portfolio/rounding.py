"""From a plan with divided money to whole grains that keep every limit.

With the open links fixed, money per pair is a flow from sources through links to lines, and all limits are whole
numbers: such a flow can always be rounded pair by pair, down or up, without breaking any. One small linear program
finds the best such rounding; single grains that are left over are then given greedily.
"""

import numpy as np
from scipy.optimize import linprog

from cooperation.matching.portfolio.arrays import Arrays, Clock, Flags, Floats, Ints, Rows, ranks, sums

NEARLY = 1e-5
"""Money this close to a whole grain is whole: the solver's own tolerance, with room."""
TIER_WEIGHT = 1e-3
"""How much less a grain counts one tier further down, where grains are rounded."""


LEAST_SECONDS = 1.0
"""Rounding is short work without which a plan is lost, so that it gets this much also when the time is over."""


def make_whole(arrays: Arrays, money: Floats, is_open: Flags, tiers: Ints, clock: Clock) -> Ints:
    """The money in whole grains, without links that are left below their least, and filled up for these tiers."""
    whole = round_money(arrays, money, is_open, clock)
    short = Usage(arrays, whole).link < arrays.least
    whole[short[arrays.link]] = 0
    fill(arrays, whole, is_open & ~short, tiers)
    return whole


def round_money(arrays: Arrays, money: Floats, is_open: Flags, clock: Clock) -> Ints:
    """Whole grains per pair, each the money rounded down or up, within every limit of the open links.

    Where the time does not suffice, all are rounded down.
    """
    nearest = np.rint(money)
    whole = np.where(np.abs(money - nearest) < NEARLY, nearest, np.floor(money)).astype(np.int64)
    split = np.flatnonzero((np.abs(money - nearest) >= NEARLY) & is_open[arrays.link])
    whole[~is_open[arrays.link]] = 0
    if not len(split):
        return whole
    used = Usage(arrays, whole)
    rows, column = Rows(), np.arange(len(split))
    for keys, limit, taken in (
        (arrays.line, arrays.sought, used.line),
        (arrays.source, arrays.capacity, used.source),
        (arrays.link, arrays.most, used.link),
    ):
        touched, row = ranks(keys[split])
        rows.add(-np.inf, (limit - taken)[touched], (row, column, 1))
    links, link = ranks(arrays.link[split])
    missing = np.maximum(0, (arrays.least - used.link)[links])
    rows.add(-np.inf, -missing, (link, column, -1))
    worth = (arrays.score[split] + NEARLY) * TIER_WEIGHT ** arrays.tier[split]
    found = linprog(
        -worth,
        A_ub=rows.matrix(len(split)),
        b_ub=rows.high,
        bounds=(0, 1),
        method="highs-ds",
        options={"time_limit": max(clock.left, LEAST_SECONDS)},
    )
    if found.x is not None and found.status == 0:
        whole[split] += np.rint(found.x).astype(np.int64)
    return whole


class Usage:
    """How much of each line, source and link a plan in whole grains uses."""

    def __init__(self, arrays: Arrays, whole: Ints) -> None:
        self.line = sums(arrays.line, whole, len(arrays.sought))
        self.source = sums(arrays.source, whole, len(arrays.capacity))
        self.link = sums(arrays.link, whole, len(arrays.most))


def fill(arrays: Arrays, whole: Ints, is_open: Flags, tiers: Ints) -> None:
    """Give what is left over the open links to lines of these tiers, worst tier first. Changes `whole`."""
    used = Usage(arrays, whole)
    carrying = is_open & ((used.link > 0) | (arrays.least == 0))
    room = (
        carrying[arrays.link]
        & np.isin(arrays.tier, tiers)
        & (used.line < arrays.sought)[arrays.line]
        & (used.source < arrays.capacity)[arrays.source]
        & (used.link < arrays.most)[arrays.link]
    )
    pairs = np.flatnonzero(room)
    order = pairs[np.lexsort((pairs, -arrays.score[pairs], arrays.tier[pairs]))]
    sought, spare = (arrays.sought - used.line).tolist(), (arrays.capacity - used.source).tolist()
    reach = (arrays.most - used.link).tolist()
    for pair, line, source, link in zip(
        *(column[order].tolist() for column in (np.arange(len(whole)), arrays.line, arrays.source, arrays.link)),
        strict=True,
    ):
        more = min(sought[line], spare[source], reach[link])
        if more > 0:
            whole[pair] += more
            sought[line] -= more
            spare[source] -= more
            reach[link] -= more
