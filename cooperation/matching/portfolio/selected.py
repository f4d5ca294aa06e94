"""Large problems: tier by tier, over selected pairs. The relaxation tells which pairs are worth a look, and its bound
how much could be missed.

For each tier, what the tiers above left is relaxed, and its links are then decided in a few rounds: a link that carries
nearly its least must carry it, one that carries far less is closed, requests keep the donors that give most. What is
found is rounded to grains, improved part by part with the integer solver, and stays; the next tier works with what is
left. Every step keeps every limit.
"""

from dataclasses import dataclass

import numpy as np

from cooperation.matching.portfolio.arrays import KEPT, Arrays, Clock, Flags, Floats, Ints, ranks, totals
from cooperation.matching.portfolio.exact import ExactModel
from cooperation.matching.portfolio.relaxation import Kept, Master, Relaxation, near_best, relax, shares_of
from cooperation.matching.portfolio.rounding import Usage, fill, make_whole

CARRIES = 1e-6
DECISIONS = 14
LENIENT_ROUNDS = 2
"""Rounds in which a crowded request or offer may still choose anew among those that gave nothing yet."""
NEAR_BEST = 6
"""Pairs of each line that may take the place of one that the relaxation chose."""
OPEN_FROM = 0.5
CLOSE_BELOW = 0.2
"""Parts of its least from which a link is held open, and below which it is closed."""
PART_TO_PLAN = 0.9
"""Of all the time; what is left goes to the bounds of the lower tiers."""
FIRST_PART = 0.7
"""Of the time to plan: for the first tier, which all others depend on."""
PART_TO_DECIDE = 0.6
"""Of the time for a tier: what deciding may take before the plan is improved; of that, what may leave links open."""
LINES_PER_PART = (60, 90)
"""How many lines a part has in the first and in the second go over all of them."""
NEAR_ENOUGH = 2e-4
HALF = 0.5
LAST_ROUNDS = 3
"""In the last rounds nothing stays undecided."""


@dataclass(slots=True)
class Selected:
    """Whole grains per pair, and for each tier its relaxation over what was left to it, its value and its bound."""

    whole: Ints
    values: dict[int, float]
    bounds: dict[int, Relaxation]
    alone: frozenset[int]


def solve_selected(arrays: Arrays, tiers: list[int], clock: Clock) -> Selected:
    """Plan every tier, then bound every tier with the time that is left."""
    whole = np.zeros(len(arrays.line), dtype=np.int64)
    seen = np.zeros(len(arrays.line), dtype=bool)
    first: Relaxation | None = None
    planning = clock.within(clock.left * PART_TO_PLAN)
    for place, tier in enumerate(tiers):
        share = planning.within(planning.left * FIRST_PART if not place else planning.left / (len(tiers) - place))
        left = arrays.left_by(whole)
        relaxed = relax(left, tier, [], share)
        first = first or relaxed
        seen |= relaxed.active
        whole += plan_tier(left, tier, relaxed, share)
    values = {tier: value_of(arrays, whole, tier) for tier in tiers}
    bounds, alone = _bounds(arrays, tiers, values, (whole > 0) | seen, first, clock)
    return Selected(whole, values, bounds, alone)


def _bounds(
    arrays: Arrays,
    tiers: list[int],
    values: dict[int, float],
    start: Flags,
    first: Relaxation | None,
    clock: Clock,
) -> tuple[dict[int, Relaxation], frozenset[int]]:
    """The first tier's relaxation was over the whole problem; that of the others keeps what was reached above."""
    found: dict[int, Relaxation] = {}
    kept: list[Kept] = []
    alone: set[int] = set()
    for place, tier in enumerate(tiers):
        share = clock.within(clock.left / (len(tiers) - place))
        if first is not None and not place:
            found[tier] = first
        else:
            found[tier] = relax(arrays, tier, [], share.within(share.left / 3), start)
            together = relax(arrays, tier, kept, share, start)
            if together.bound < found[tier].bound:
                found[tier] = together
            else:
                alone.add(tier)
        kept.append(Kept(tier, values[tier] - KEPT * max(1.0, values[tier])))
    return found, frozenset(alone)


def value_of(arrays: Arrays, whole: Ints, tier: int) -> float:
    """What a plan is worth in a tier: in each group, the grains with the best scores fill the first steps."""
    pairs = np.flatnonzero((arrays.tier == tier) & (whole > 0))
    order = pairs[np.lexsort((pairs, -arrays.score[pairs], arrays.group[pairs]))]
    grains, group = whole[order].astype(np.float64), arrays.group[order]
    total = np.cumsum(grains)
    groups, place = ranks(group)
    starts = np.searchsorted(group, groups)
    before = (total - grains)[starts][place] if len(order) else np.zeros(0)
    low, high = total - grains - before, total - before
    worth = 0.0
    filled = np.zeros(len(order))
    for step, gain in enumerate(arrays.gains):
        reached = arrays.steps[group] > step
        width = np.where(reached, arrays.width[np.where(reached, arrays.first_step[group] + step, 0)], 0)
        part = np.clip(np.minimum(high, filled + width) - np.maximum(low, filled), 0, None)
        worth += float((part * arrays.score[order]).sum() * gain)
        filled = filled + width
    return worth


def plan_tier(left: Arrays, tier: int, relaxed: Relaxation, clock: Clock) -> Ints:
    """Whole grains for a tier (and for lines below that help it over a floor), within what is left."""
    candidates = near_best(left, tier, relaxed, NEAR_BEST)
    links = _Links(left, tier, candidates, relaxed.checked)
    money, is_open = links.decide(clock.within(clock.left * PART_TO_DECIDE))
    whole = make_whole(left, money, is_open, np.asarray([tier]), clock)
    open_more(left, whole, tier)
    return improve(left, whole, tier, candidates, clock)


def improve(left: Arrays, whole: Ints, tier: int, candidates: Flags, clock: Clock) -> Ints:
    """Work parts of the plan out anew with the integer solver, all else held; keep what is better.

    A part is the requests of neighbouring States, so that few offers and no step are shared with the rest.
    """
    best = value_of(left, whole, tier)
    parts = [requests for count in LINES_PER_PART for requests in _parts(left, tier, count)]
    for number, requests in enumerate(parts):
        if clock.left <= 0:
            break
        clock.tell()
        inside = requests[left.line_request[left.line]]
        rest = np.where(inside, 0, whole)
        freed = left.left_by(rest)
        on_links = np.zeros(len(left.most), dtype=bool)
        on_links[left.link[(candidates | (whole > 0)) & inside & (left.tier == tier)]] = True
        pairs = np.flatnonzero(
            freed.alive & inside & on_links[left.link] & (candidates | (whole > 0) | (left.tier > tier))
        )
        if not len(pairs):
            continue
        found = _solve_part(freed.part(pairs), tier, clock.left / (len(parts) - number))
        if found is None:
            continue
        trial = rest.copy()
        trial[pairs] += found
        value = value_of(left, trial, tier)
        if value > best:
            whole, best = trial, value
    fill(left, whole, Usage(left, whole).link > 0, np.asarray([tier]))
    open_more(left, whole, tier)
    return whole


def _solve_part(part: Arrays, tier: int, seconds: float) -> Ints | None:
    model = ExactModel(part)
    found = model.solve(model.objective(tier), [], seconds, near=NEAR_ENOUGH)
    if found.x is None:
        return None
    money = totals(model.pair, found.x[: model.first_switch], len(part.line))
    is_open = totals(part.link, money, len(part.most)) > CARRIES
    is_open[model.switched] &= found.x[model.first_switch : model.first_seat] > HALF
    return make_whole(part, np.where(is_open[part.link], money, 0), is_open, np.asarray([tier]), Clock(seconds))


def _parts(left: Arrays, tier: int, count: int) -> list[Flags]:
    """Requests with lines in the tier, in parts of about `count` lines, neighbours together."""
    lines = left.problem.lines
    ours = np.flatnonzero((left.line_tier == tier) & (left.sought > 0)).tolist()
    ours.sort(key=lambda place: ([code for code, _ in lines[place].need.state.chain[::-1]], lines[place].request))
    parts = []
    for start in range(0, len(ours), count):
        requests = np.zeros(len(left.donors_left), dtype=bool)
        requests[[lines[place].request for place in ours[start : start + count]]] = True
        parts.append(requests)
    return parts


class _Links:
    """Which links of a tier are open: decided in rounds, each a linear program."""

    def __init__(self, left: Arrays, tier: int, candidates: Flags, checked: Flags) -> None:
        self.left, self.tier = left, tier
        self.candidates = candidates & left.alive & (left.tier == tier)
        self.below = left.alive & (left.tier > tier)
        self.opened = np.zeros(len(left.most), dtype=bool)
        self.closed = ~left.link_alive
        self.checked = checked.copy()
        self.rounds = 0
        self.low: int | None = None
        self.stuck = False
        """Whether the last round left no fewer links below their least than the one before."""

    def decide(self, clock: Clock) -> tuple[Floats, Flags]:
        """(money per pair, open links): every open link carries its least, and no number is exceeded."""
        money = np.zeros(len(self.left.line))
        decided, most_of = 0, clock.within(clock.left * PART_TO_DECIDE)
        while decided < DECISIONS:
            found = self._solve(clock)
            if found is None:
                break
            money = found
            carried = totals(self.left.link, money, len(self.left.most))
            over = carried > self.left.most + CARRIES
            if over.any():
                self.checked |= over
                continue
            if not self._decide(carried, last=decided >= DECISIONS - LAST_ROUNDS or most_of.left <= 0):
                return money, carried > CARRIES
            decided += 1
        return self._sound(money)

    def _solve(self, clock: Clock) -> Floats | None:
        left = self.left.decided(self.opened, self.closed)
        held = self.opened & (left.least > 0)
        pairs = np.flatnonzero((self.candidates | (self.below & held[left.link])) & left.alive)
        if not len(pairs):
            return None
        shares = shares_of(left, np.flatnonzero(left.alive & (left.tier == self.tier)))
        master = Master(left, self.tier, [], pairs, self.checked, shares, np.flatnonzero(held))
        solved = master.solve(clock)
        return None if solved is None else solved[0]

    def _decide(self, carried: Floats, *, last: bool) -> bool:
        """Open and close links by what they carry; whether anything had to be decided."""
        self.rounds += 1
        last = last or self.stuck
        used = (carried > CARRIES) & ~self.closed
        missed = self.opened & (carried < self.left.least - CARRIES)
        self.closed |= missed
        self.opened &= ~missed
        firm = self.rounds > LENIENT_ROUNDS
        crowded = self._close_donors(carried, used, firm=firm) | self._close_requests(carried, used, firm=firm)
        low = np.flatnonzero(used & ~self.opened & ~self.closed & (carried < self.left.least - CARRIES))
        self._hold_or_close(low, carried, last=last)
        self.stuck = self.low is not None and len(low) >= self.low
        self.low = len(low)
        return bool(missed.any() or crowded or len(low))

    def _close_donors(self, carried: Floats, used: Flags, *, firm: bool) -> bool:
        """Where more new donors give than a request may have, keep those that give most; firm: and no others."""
        left = self.left
        links = np.flatnonzero(used & left.new_donor)
        seats = left.link_request * (int(left.link_donor.max(initial=0)) + 1) + left.link_donor
        keys, place = ranks(seats[links])
        given = totals(place, carried[links], len(keys))
        request = np.zeros(len(keys), dtype=np.int64)
        request[place] = left.link_request[links]
        refused = _beyond(request, given, left.donors_left)
        if not len(refused):
            return False
        crowded = np.isin(left.link_request, request[refused])
        others = ~np.isin(seats, np.delete(keys, refused)) if firm else np.isin(seats, keys[refused])
        self.closed |= crowded & left.new_donor & others
        self.opened &= ~self.closed
        return True

    def _close_requests(self, carried: Floats, used: Flags, *, firm: bool) -> bool:
        """Where an offer serves more new requests than it can, keep those that get most; firm: and no others."""
        left = self.left
        links = np.flatnonzero(used & left.new_request & ~self.closed)
        refused = _beyond(left.link_source[links], carried[links], left.requests_left)
        kept = np.zeros(len(left.most), dtype=bool)
        kept[np.delete(links, refused)] = True
        crowded = np.isin(left.link_source, left.link_source[links[refused]])
        self.closed |= crowded & left.new_request & ~kept & (firm | used)
        self.opened &= ~self.closed
        return bool(len(refused))

    def _hold_or_close(self, low: Ints, carried: Floats, *, last: bool) -> None:
        """Links below their least: hold open those that come near it and fit, close those that are far from it."""
        left = self.left
        held = np.flatnonzero(self.opened)
        promised = totals(left.link_source[held], left.least[held], len(left.capacity))
        taken = totals(left.link_request[held], left.least[held], len(left.donors_left))
        sought = totals(left.line_request, left.sought, len(left.donors_left))
        part = carried[low] / np.maximum(left.least[low], 1)
        for link, ratio in sorted(
            zip(low.tolist(), part.tolist(), strict=True), key=lambda entry: (-entry[1], entry[0])
        ):
            source, request, least = left.link_source[link], left.link_request[link], left.least[link]
            fits = promised[source] + least <= left.capacity[source] and taken[request] + least <= sought[request]
            if fits and ratio >= OPEN_FROM:
                self.opened[link] = True
                promised[source] += least
                taken[request] += least
            elif last or not fits or ratio < CLOSE_BELOW:
                self.closed[link] = True

    def _sound(self, money: Floats) -> tuple[Floats, Flags]:
        """The last money without the links that are closed or below their least: always sound, if not the best."""
        left = self.left
        money = np.where(self.closed[left.link], 0, money)
        carried = totals(left.link, money, len(left.most))
        bad = (carried < left.least - CARRIES) | (carried > left.most + CARRIES)
        used = (carried > CARRIES) & ~bad
        for _side in range(2):
            self.closed |= bad
            self._close_donors(carried, used, firm=True)
            self._close_requests(carried, used, firm=True)
            used &= ~self.closed
        return np.where(used[left.link], money, 0), used


def _beyond(keys: Ints, values: Floats, limits: Ints) -> Ints:
    """Places beyond the limit of their key, the highest values counted first."""
    order = np.lexsort((np.arange(len(keys)), -values, keys))
    ordered = keys[order]
    starts = np.searchsorted(ordered, ordered)
    return order[np.arange(len(ordered)) - starts >= limits[ordered]]


def open_more(left: Arrays, whole: Ints, tier: int) -> None:
    """Open further links where a request still misses money in the tier and all limits allow. Changes `whole`."""
    room = _Room(left, whole)
    missing = (room.missing > 0) & (left.line_tier == tier)
    pairs = np.flatnonzero(missing[left.line] & left.alive & ~room.carrying[left.link] & (room.free > 0)[left.source])
    pairs = pairs[np.lexsort((pairs, -left.score[pairs]))]
    links = np.asarray(list(dict.fromkeys(left.link[pairs].tolist())), dtype=np.int64)
    for link, members in zip(links.tolist(), _members(left, tier, links), strict=True):
        for pair, grains in room.taken_by(link, members):
            whole[pair] += grains


class _Room:
    """What a plan leaves, as lists: the loop over hundreds of thousands of links reads single numbers."""

    def __init__(self, left: Arrays, whole: Ints) -> None:
        used = Usage(left, whole)
        self.carrying = used.link > 0
        self.missing, self.free = left.sought - used.line, left.capacity - used.source
        self.source, self.request, self.donor = (
            column.tolist() for column in (left.link_source, left.link_request, left.link_donor)
        )
        self.new_donor, self.new_request = left.new_donor.tolist(), left.new_request.tolist()
        self.least, self.most = left.least.tolist(), left.most.tolist()
        self.wanting, self.spare = self.missing.tolist(), self.free.tolist()
        new = np.flatnonzero(self.carrying & left.new_donor)
        self.donors = set(zip(left.link_request[new].tolist(), left.link_donor[new].tolist(), strict=True))
        self.seats = left.donors_left.tolist()
        for request, _donor in self.donors:
            self.seats[request] -= 1
        served = left.link_source[self.carrying & left.new_request]
        self.requests = (left.requests_left - np.bincount(served, minlength=len(left.capacity))).tolist()

    def taken_by(self, link: int, members: list[tuple[int, int]]) -> list[tuple[int, int]]:
        """(pair, grains) that a closed link would carry when opened, now taken from the room; nothing where a limit
        forbids it."""
        source, request, donor = self.source[link], self.request[link], self.donor[link]
        reach = min(self.spare[source], self.most[link])
        seat = self.new_donor[link] and (request, donor) not in self.donors
        served = self.new_request[link]
        if reach < self.least[link] or (seat and self.seats[request] <= 0) or (served and self.requests[source] <= 0):
            return []
        taken = []
        for pair, line in members:
            grains = min(reach, self.wanting[line])
            if grains > 0:
                taken.append((pair, line, grains))
                reach -= grains
        given = sum(grains for _pair, _line, grains in taken)
        if not given or given < self.least[link]:
            return []
        for _pair, line, grains in taken:
            self.wanting[line] -= grains
        self.spare[source] -= given
        if seat:
            self.donors.add((request, donor))
            self.seats[request] -= 1
        if served:
            self.requests[source] -= 1
        return [(pair, grains) for pair, _line, grains in taken]


def _members(left: Arrays, tier: int, links: Ints) -> list[list[tuple[int, int]]]:
    """For each link its (pair, line) of the tier, best score first, then those of the tiers below, which may help over
    a floor."""
    place = np.full(len(left.most), -1, dtype=np.int64)
    place[links] = np.arange(len(links))
    pairs = np.flatnonzero(left.alive & (left.tier >= tier) & (place >= 0)[left.link])
    pairs = pairs[np.lexsort((pairs, -left.score[pairs], left.tier[pairs]))]
    found: list[list[tuple[int, int]]] = [[] for _link in links]
    for at, pair, line in zip(place[left.link[pairs]].tolist(), pairs.tolist(), left.line[pairs].tolist(), strict=True):
        found[at].append((pair, line))
    return found
