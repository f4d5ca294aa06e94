"""The linear relaxation of one tier: its bound, its prices, the pairs worth a look. Columns are selected and priced.

Switches and seats are projected out: a link counts at least with the part of its most that it carries, on the requests
that an offer can serve and on the donors that a request may have. Floors bind nothing then. Every
plan keeps these rows, so that no plan is worth more than the relaxation.

The bound needs no exact solution: any prices that are not negative prove one, once the gain that they leave to a line
is paid for (`_proven`). It therefore holds for all pairs, also for those left out when the clock ended the pricing.
"""

from dataclasses import dataclass, field

import numpy as np
from scipy.optimize import linprog

from cooperation.matching.portfolio.arrays import Arrays, Clock, Flags, Floats, Ints, Rows, ranks

FIRST_PER_LINE = 6
FIRST_PER_SOURCE = 3
"""Best pairs by score with which the pricing starts, of each line and of each source."""
MORE_PER_LINE = 4
"""Pairs a line may add in one round of pricing."""
WORTH_ADDING = 1e-7
ROUNDS = 40
OVERFULL = 1e-7


@dataclass(slots=True)
class Prices:
    """What one further unit of each limit would be worth; all at least 0."""

    line: Floats
    source: Floats
    step: Floats
    served: Floats
    donors: Floats
    link: Floats
    kept: Floats


@dataclass(slots=True)
class Relaxation:
    """bound: no plan is worth more. complete: no omitted pair would improve the relaxation. money: per pair."""

    bound: float
    prices: Prices
    complete: bool
    money: Floats
    active: Flags
    seconds: float = 0


@dataclass(slots=True)
class Kept:
    """A tier above, whose value must stay at least this."""

    tier: int
    least: float


@dataclass(slots=True)
class _Master:
    """The relaxation over some pairs."""

    arrays: Arrays
    tier: int
    kept: list[Kept]
    pairs: Ints
    checked_links: Flags
    share: Floats
    objective: Floats = field(init=False)

    def solve(self, clock: Clock) -> tuple[Floats, Prices] | None:
        """(money per pair of `pairs`, prices), or None when the clock ran out."""
        arrays = self.arrays
        pair, step, gain = arrays.columns(self.pairs)
        value = arrays.score[pair] * gain
        column = np.arange(len(pair))
        tier, link = arrays.tier[pair], arrays.link[pair]
        rows = Rows()
        lines, line_row = ranks(arrays.line[pair])
        line_rows = rows.add(0, arrays.sought[lines], (line_row, column, 1))
        sources, source_row = ranks(arrays.source[pair])
        source_rows = rows.add(0, arrays.capacity[sources], (source_row, column, 1))
        steps, step_row = ranks(step)
        step_rows = rows.add(0, arrays.width[steps], (step_row, column, 1))
        served = np.flatnonzero((arrays.limited[arrays.link_source] & arrays.new_request)[link])
        served_at, served_row = ranks(arrays.source[pair[served]])
        served_rows = rows.add(0, arrays.requests_left[served_at], (served_row, served, 1 / arrays.most[link[served]]))
        seated = np.flatnonzero(arrays.link_seat[link] >= 0)
        crowded, seat_row = ranks(arrays.link_request[link[seated]])
        donor_rows = rows.add(0, arrays.donors_left[crowded], (seat_row, seated, self.share[link[seated]]))
        full = np.flatnonzero(self.checked_links[link])
        links, link_row = ranks(link[full])
        link_rows = rows.add(0, arrays.most[links], (link_row, full, 1))
        for entry in self.kept:
            ours = np.flatnonzero(tier == entry.tier)
            rows.add(0, -entry.least, (np.zeros(len(ours), dtype=np.int64), ours, -value[ours]))
        if clock.left <= 0:
            return None
        found = linprog(
            -np.where(tier == self.tier, value, 0.0),
            A_ub=rows.matrix(len(pair)),
            b_ub=rows.high,
            bounds=(0, None),
            method="highs",
            options={"time_limit": clock.left},
        )
        if found.x is None or found.status != 0:
            return None
        price = np.maximum(0.0, -found.ineqlin.marginals)
        prices = Prices(
            _spread(lines, price[line_rows], len(arrays.sought)),
            _spread(sources, price[source_rows], len(arrays.capacity)),
            _spread(steps, price[step_rows], len(arrays.width)),
            _spread(served_at, price[served_rows], len(arrays.capacity)),
            _spread(crowded, price[donor_rows], len(arrays.donors_left)),
            _spread(links, price[link_rows], len(arrays.most)),
            price[rows.count - len(self.kept) :],
        )
        money = np.bincount(pair, weights=found.x, minlength=len(arrays.line))
        return np.asarray(money, dtype=np.float64), prices


def _spread(places: Ints, values: Floats, count: int) -> Floats:
    found = np.zeros(count)
    found[places] = values
    return found


def seat_shares(arrays: Arrays) -> Floats:
    """For each link, the part of a seat that one grain takes: 1 / the most that the donor could give to the request."""
    shares = np.zeros(len(arrays.most))
    seated = np.flatnonzero(arrays.link_seat >= 0)
    if len(seated):
        most = np.bincount(arrays.link_seat[seated], weights=arrays.most[seated])
        shares[seated] = 1 / most[arrays.link_seat[seated]]
    return shares


def relax(
    arrays: Arrays,
    tier: int,
    kept: list[Kept],
    clock: Clock,
    start: Flags | None = None,
) -> Relaxation:
    """Solve the relaxation of a tier, given the values of those above. `start`: pairs to begin with."""
    counted = np.zeros(max([tier, *(entry.tier for entry in kept)]) + 1, dtype=bool)
    counted[[tier, *(entry.tier for entry in kept)]] = True
    ours = np.flatnonzero((arrays.tier < len(counted)) & counted[np.minimum(arrays.tier, len(counted) - 1)])
    active = np.zeros(len(arrays.line), dtype=bool)
    active[_best_of(arrays, ours)] = True
    if start is not None:
        active[ours] |= start[ours]
    checked = np.zeros(len(arrays.most), dtype=bool)
    share = seat_shares(arrays)
    if not (arrays.tier == tier).any():
        return Relaxation(0.0, _free(arrays, kept), complete=True, money=np.zeros(len(arrays.line)), active=active)
    best: Relaxation | None = None
    for _round in range(ROUNDS):
        solved = _Master(arrays, tier, kept, np.flatnonzero(active), checked, share).solve(clock)
        if solved is None:
            break
        money, prices = solved
        reduced = _reduced(arrays, tier, kept, prices, share, ours)
        bound = _proven(arrays, kept, prices, ours, reduced)
        if best is None or bound < best.bound:
            best = Relaxation(bound, prices, complete=False, money=money, active=active.copy())
        best.money, best.active = money, active.copy()
        more = _to_add(arrays, ours, reduced, active)
        over = np.bincount(arrays.link, weights=money, minlength=len(checked)) > arrays.most * (1 + OVERFULL)
        if not len(more) and not over.any():
            best.complete = True
            return best
        checked |= over
        active[more] = True
    return best or _unsolved(arrays, tier, kept, ours, active)


def _best_of(arrays: Arrays, pairs: Ints) -> Ints:
    """The best pairs by score of each line and of each source."""
    chosen = []
    for keys, count in ((arrays.line, FIRST_PER_LINE), (arrays.source, FIRST_PER_SOURCE)):
        chosen.append(_top(keys[pairs], arrays.score[pairs], pairs, count))
    return np.unique(np.concatenate(chosen))


def _top(keys: Ints, values: Floats, pairs: Ints, count: int) -> Ints:
    """Of each key, the `count` pairs with the highest values; ties by the pairs' order."""
    order = np.lexsort((pairs, -values, keys))
    ordered = keys[order]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]]) if len(ordered) else np.zeros(0, dtype=bool)
    starts = np.flatnonzero(first)
    place = np.arange(len(ordered)) - np.repeat(starts, np.diff(np.append(starts, len(ordered))))
    return pairs[order[place < count]]


def _reduced(arrays: Arrays, tier: int, kept: list[Kept], prices: Prices, share: Floats, pairs: Ints) -> Floats:
    """What one grain on each pair, in its best step, would gain beyond what it would have to pay, its line's price
    included."""
    weight = np.zeros(max([tier, *(entry.tier for entry in kept)]) + 1)
    weight[tier] = 1
    for entry, price in zip(kept, prices.kept, strict=True):
        weight[entry.tier] = price
    pays = prices.line[arrays.line[pairs]] + prices.source[arrays.source[pairs]]
    return _best_step(arrays, weight, prices, share, pairs) - pays


def _best_step(arrays: Arrays, weight: Floats, prices: Prices, share: Floats, pairs: Ints) -> Floats:
    """The most that a grain gains in any step, less the prices of step, link, request and donor."""
    link, group = arrays.link[pairs], arrays.group[pairs]
    value = arrays.score[pairs] * weight[arrays.tier[pairs]]
    best = np.full(len(pairs), -np.inf)
    for step, gain in enumerate(arrays.gains):
        reached = arrays.steps[group] > step
        place = np.where(reached, arrays.first_step[group] + step, 0)
        best = np.maximum(best, np.where(reached, value * gain - prices.step[place], -np.inf))
    best -= prices.link[link] + prices.donors[arrays.link_request[link]] * share[link]
    counted = arrays.new_request[link]
    return best - np.where(counted, prices.served[arrays.source[pairs]] / arrays.most[link], 0)


def _to_add(arrays: Arrays, ours: Ints, reduced: Floats, active: Flags) -> Ints:
    worth = (reduced > WORTH_ADDING) & ~active[ours]
    pairs = ours[worth]
    return _top(arrays.line[pairs], reduced[worth], pairs, MORE_PER_LINE)


def _proven(arrays: Arrays, kept: list[Kept], prices: Prices, ours: Ints, reduced: Floats) -> float:
    """The bound that these prices prove, over all pairs.

    For prices of at least 0, what a plan is worth is at most what its limits cost, plus, for each line, the most that a
    grain on it gains beyond the prices, times all that it seeks.
    """
    unpaid = np.zeros(len(arrays.sought))
    np.maximum.at(unpaid, arrays.line[ours], reduced)
    return float(
        (prices.line + unpaid) @ arrays.sought
        + prices.source @ arrays.capacity
        + prices.step @ arrays.width
        + prices.served @ arrays.requests_left
        + prices.donors @ arrays.donors_left
        + prices.link @ arrays.most
        - sum(price * entry.least for price, entry in zip(prices.kept, kept, strict=True))
    )


def _unsolved(arrays: Arrays, tier: int, kept: list[Kept], ours: Ints, active: Flags) -> Relaxation:
    """No time for a single solution: every line at its best score and gain."""
    prices = _free(arrays, kept)
    reduced = _reduced(arrays, tier, kept, prices, seat_shares(arrays), ours)
    bound = _proven(arrays, kept, prices, ours, reduced)
    return Relaxation(bound, prices, complete=False, money=np.zeros(len(arrays.line)), active=active)


def _free(arrays: Arrays, kept: list[Kept]) -> Prices:
    """Nothing has a price."""
    return Prices(
        line=np.zeros(len(arrays.sought)),
        source=np.zeros(len(arrays.capacity)),
        step=np.zeros(len(arrays.width)),
        served=np.zeros(len(arrays.capacity)),
        donors=np.zeros(len(arrays.donors_left)),
        link=np.zeros(len(arrays.most)),
        kept=np.zeros(len(kept)),
    )


def gain_of_a_grain(arrays: Arrays, tier: int, prices: Prices) -> Floats:
    """For each line of the tier, what one grain that costs no capacity would gain: the value of further capacity
    for it. -inf for other lines."""
    ours = np.flatnonzero(arrays.tier == tier)
    weight = np.zeros(tier + 1)
    weight[tier] = 1
    found = np.full(len(arrays.sought), -np.inf)
    gain = _best_step(arrays, weight, prices, seat_shares(arrays), ours) - prices.line[arrays.line[ours]]
    np.maximum.at(found, arrays.line[ours], gain)
    return found
