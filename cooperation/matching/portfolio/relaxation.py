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
MISSED = 3.0
"""What a grain that a floor misses costs: more than any grain can gain."""


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
    checked: Flags
    """Links whose most had to be watched."""


@dataclass(slots=True)
class Kept:
    """A tier above, whose value must stay at least this."""

    tier: int
    least: float


@dataclass(slots=True)
class Shares:
    """For each link, what one grain takes of a request that the offer can serve, and of a donor's seat on it."""

    served: Floats
    seat: Floats


@dataclass(slots=True)
class Master:
    """The relaxation over some pairs."""

    arrays: Arrays
    tier: int
    kept: list[Kept]
    pairs: Ints
    checked_links: Flags
    share: Shares
    floors: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))
    """Links that must carry their least; what they miss is paid for dearly."""

    def solve(self, clock: Clock) -> tuple[Floats, Prices] | None:
        """(money per pair of `pairs`, prices), or None when the clock ran out."""
        clock.tell()
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
        served_rows = rows.add(
            0, arrays.requests_left[served_at], (served_row, served, self.share.served[link[served]])
        )
        seated = np.flatnonzero(arrays.link_seat[link] >= 0)
        crowded, seat_row = ranks(arrays.link_request[link[seated]])
        donor_rows = rows.add(0, arrays.donors_left[crowded], (seat_row, seated, self.share.seat[link[seated]]))
        full = np.flatnonzero(self.checked_links[link])
        links, link_row = ranks(link[full])
        link_rows = rows.add(0, arrays.most[links], (link_row, full, 1))
        kept_rows = slice(rows.count, rows.count + len(self.kept))
        for entry in self.kept:
            ours = np.flatnonzero(tier == entry.tier)
            rows.add(0, -entry.least, (np.zeros(len(ours), dtype=np.int64), ours, -value[ours]))
        width, missing = len(pair) + len(self.floors), len(pair) + np.arange(len(self.floors))
        if len(self.floors):
            place = np.full(len(arrays.most), -1, dtype=np.int64)
            place[self.floors] = np.arange(len(self.floors))
            bound = np.flatnonzero(place[link] >= 0)
            rows.add(
                0,
                -arrays.least[self.floors],
                (place[link[bound]], bound, -1),
                (np.arange(len(self.floors)), missing, -1),
            )
        if clock.left <= 0:
            return None
        found = linprog(
            np.concatenate([-np.where(tier == self.tier, value, 0.0), np.full(len(self.floors), MISSED)]),
            A_ub=rows.matrix(width),
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
            price[kept_rows],
        )
        money = np.bincount(pair, weights=found.x[: len(pair)], minlength=len(arrays.line))
        return np.asarray(money, dtype=np.float64), prices


def _spread(places: Ints, values: Floats, count: int) -> Floats:
    found = np.zeros(count)
    found[places] = values
    return found


def shares_of(arrays: Arrays, pairs: Ints) -> Shares:
    """The shares, where only these pairs carry money: the fewer can carry, the more each grain takes.

    A link cannot carry more than its lines seek, nor a donor give a request more than the lines that it reaches seek.
    """
    sought = np.bincount(arrays.link[pairs], weights=arrays.sought[arrays.line[pairs]], minlength=len(arrays.most))
    most = np.maximum(1.0, np.minimum(arrays.most, sought))
    seated = np.flatnonzero((arrays.link_seat >= 0) & (sought > 0))
    seat = np.zeros(len(most))
    if len(seated):
        count = len(arrays.seat_request)
        together = np.bincount(arrays.link_seat[seated], weights=most[seated], minlength=count)
        in_seat = pairs[arrays.link_seat[arrays.link[pairs]] >= 0]
        reached = np.unique(arrays.link_seat[arrays.link[in_seat]] * len(arrays.sought) + arrays.line[in_seat])
        seeks = np.bincount(
            reached // len(arrays.sought), weights=arrays.sought[reached % len(arrays.sought)], minlength=count
        )
        seat[seated] = 1 / np.minimum(together, seeks)[arrays.link_seat[seated]]
    return Shares(1 / most, seat)


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
    ours = np.flatnonzero(
        arrays.alive & (arrays.tier < len(counted)) & counted[np.minimum(arrays.tier, len(counted) - 1)]
    )
    active = np.zeros(len(arrays.line), dtype=bool)
    active[_best_of(arrays, ours)] = True
    if start is not None:
        active[ours] |= start[ours]
    checked = np.zeros(len(arrays.most), dtype=bool)
    share = shares_of(arrays, ours)
    if not (arrays.tier[ours] == tier).any():
        nothing = np.zeros(len(arrays.line))
        return Relaxation(0.0, _free(arrays, kept), complete=True, money=nothing, active=active, checked=checked)
    best: Relaxation | None = None
    for _round in range(ROUNDS):
        solved = Master(arrays, tier, kept, np.flatnonzero(active), checked, share).solve(clock)
        if solved is None:
            break
        money, prices = solved
        reduced = _reduced(arrays, tier, kept, prices, share, ours)
        bound = _proven(arrays, kept, prices, ours, reduced)
        if best is None or bound < best.bound:
            best = Relaxation(bound, prices, complete=False, money=money, active=active.copy(), checked=checked)
        best.money, best.active, best.checked = money, active.copy(), checked
        more = _to_add(arrays, ours, reduced, active)
        over = np.bincount(arrays.link, weights=money, minlength=len(checked)) > arrays.most * (1 + OVERFULL)
        if not len(more) and not over.any():
            best.complete = True
            return best
        checked = checked | over
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


def _reduced(arrays: Arrays, tier: int, kept: list[Kept], prices: Prices, share: Shares, pairs: Ints) -> Floats:
    """What one grain on each pair, in its best step, would gain beyond what it would have to pay, its line's price
    included."""
    weight = np.zeros(max([tier, *(entry.tier for entry in kept)]) + 1)
    weight[tier] = 1
    for entry, price in zip(kept, prices.kept, strict=True):
        weight[entry.tier] = price
    pays = prices.line[arrays.line[pairs]] + prices.source[arrays.source[pairs]]
    return _best_step(arrays, weight, prices, share, pairs) - pays


def _best_step(arrays: Arrays, weight: Floats, prices: Prices, share: Shares, pairs: Ints) -> Floats:
    """The most that a grain gains in any step, less the prices of step, link, request and donor."""
    link, group = arrays.link[pairs], arrays.group[pairs]
    value = arrays.score[pairs] * weight[arrays.tier[pairs]]
    best = np.full(len(pairs), -np.inf)
    for step, gain in enumerate(arrays.gains):
        reached = arrays.steps[group] > step
        place = np.where(reached, arrays.first_step[group] + step, 0)
        best = np.maximum(best, np.where(reached, value * gain - prices.step[place], -np.inf))
    best -= prices.link[link] + prices.donors[arrays.link_request[link]] * share.seat[link]
    counted = arrays.new_request[link]
    return best - np.where(counted, prices.served[arrays.source[pairs]] * share.served[link], 0)


def near_best(arrays: Arrays, tier: int, relaxed: "Relaxation", count: int) -> Flags:
    """The pairs of the relaxation, and for each line of the tier those that come nearest to being worth a grain."""
    ours = np.flatnonzero(arrays.alive & (arrays.tier == tier))
    reduced = _reduced(arrays, tier, [], relaxed.prices, shares_of(arrays, ours), ours)
    found = relaxed.active.copy()
    found[_top(arrays.line[ours], reduced, ours, count)] = True
    return found


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
    reduced = _reduced(arrays, tier, kept, prices, shares_of(arrays, ours), ours)
    bound = _proven(arrays, kept, prices, ours, reduced)
    nothing, checked = np.zeros(len(arrays.line)), np.zeros(len(arrays.most), dtype=bool)
    return Relaxation(bound, prices, complete=False, money=nothing, active=active, checked=checked)


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
    ours = np.flatnonzero(arrays.alive & (arrays.tier == tier))
    weight = np.zeros(tier + 1)
    weight[tier] = 1
    found = np.full(len(arrays.sought), -np.inf)
    gain = _best_step(arrays, weight, prices, shares_of(arrays, ours), ours) - prices.line[arrays.line[ours]]
    np.maximum.at(found, arrays.line[ours], gain)
    return found
