"""The portfolio once more, from the definition and by another way: every set of open links is tried.

For each set of (request, offer) pairs that the numbers of donors and requests allow, the rest is a linear program: one
block of a large one, so that all sets are solved together. Tier by tier the best block tells the optimum, and only the
blocks that keep it go on. Shares no code with the engine but its values and the public ranking (eligibility, scores).
"""

from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import product

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from cooperation.matching import NOT_DISCLOSED, UNIT, Money, PortfolioInput, Tier, rank, with_siblings

KEPT = 1e-6
ORDER = [*Tier, NOT_DISCLOSED]


@dataclass
class Facts:
    """The case in whole grains."""

    sought: dict[str, int] = field(default_factory=dict)
    capacity: dict[str, int] = field(default_factory=dict)
    floor: dict[tuple[str, str], int] = field(default_factory=dict)
    ceiling: dict[tuple[str, str], int | None] = field(default_factory=dict)
    score: dict[tuple[str, str], float] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)


def in_grains(given: PortfolioInput, money: Money) -> Fraction:
    """Exact grains of the base currency; all currencies of these cases have two decimals."""
    per_base = next(rate.per_base for rate in given.rates.rates if rate.currency == money.currency)
    return Fraction(money.minor) / per_base / (given.policy.grain * 100)


def facts_of(given: PortfolioInput) -> Facts:
    """Amounts, limits and scores, worked out anew."""
    facts = Facts()
    values = {entry.offer_id: entry.value for entry in given.in_kind}
    for offer in given.offers:
        money = offer.capacity or values.get(offer.offer_id)
        facts.capacity[offer.offer_id] = int(in_grains(given, money)) if money else 0
    for need in given.needs:
        if need.amount is not None:
            done = sum(in_grains(given, c.amount) for c in given.commitments if c.need_id == need.need_id)
            left = in_grains(given, Money(need.amount.low, need.amount.currency)) - done
            facts.sought[need.need_id] = max(0, int(left))
    by_id = {offer.offer_id: offer for offer in given.offers}
    found = set()
    for need in with_siblings(given.needs):
        ranking = rank(need, given.offers, weights=given.policy.weights, rates=given.rates, as_of=given.as_of)
        for entry in ranking.eligible:
            offer = by_id[entry.offer_id]
            if not facts.sought.get(need.need_id) or not facts.capacity[offer.offer_id]:
                continue
            if offer.capacity is None and not need.types & offer.types:
                continue
            facts.score[need.need_id, offer.offer_id] = entry.score / UNIT**2
            found.add((need.request_id, offer.offer_id))
    facts.links = sorted(found)
    for request, offer_id in facts.links:
        offer = by_id[offer_id]
        before = sum(
            in_grains(given, c.amount) for c in given.commitments if (c.request_id, c.offer_id) == (request, offer_id)
        )
        floor = in_grains(given, offer.floor) - before if offer.floor else Fraction(0)
        facts.floor[request, offer_id] = max(0, -int(-floor // 1))
        most = in_grains(given, offer.ceiling) - before if offer.ceiling else None
        facts.ceiling[request, offer_id] = None if most is None else max(0, int(most // 1))
    return facts


def allowed_sets(given: PortfolioInput, facts: Facts) -> list[tuple[tuple[str, str], ...]]:
    """Every set of open links within the numbers of donors and of requests."""
    donor = {offer.offer_id: offer.donor_id for offer in given.offers}
    left = {offer.offer_id: offer.requests_left for offer in given.offers}
    before = {(c.request_id, c.offer_id) for c in given.commitments}
    donors_before = defaultdict(set)
    for entry in given.commitments:
        donors_before[entry.request_id].add(entry.donor_id)
    allowed = []
    for choice in product((False, True), repeat=len(facts.links)):
        chosen = tuple(link for link, taken in zip(facts.links, choice, strict=True) if taken)
        donors, served = defaultdict(set), defaultdict(set)
        for request, offer in chosen:
            donors[request] |= {donor[offer]} - donors_before[request]
            served[offer] |= {request} - {r for r, o in before if o == offer}
        within = all(
            len(new) <= max(0, given.policy.max_donors - len(donors_before[request])) for request, new in donors.items()
        ) and all(left[offer] is None or len(requests) <= left[offer] for offer, requests in served.items())
        if within:
            allowed.append(chosen)
    return allowed


@dataclass
class Block:
    """The linear program of one set of open links: columns (need, offer, step), rows `matrix` x <= `limit`."""

    matrix: np.ndarray
    limit: np.ndarray
    floors: int
    worth: dict[object, np.ndarray]


def block_of(given: PortfolioInput, facts: Facts, chosen: tuple[tuple[str, str], ...]) -> Block:
    """The rows of floors come first."""
    by_id = {need.need_id: need for need in given.needs}
    steps = range(len(given.policy.steps))
    columns = [
        (need, offer, step)
        for need, offer in facts.score
        if (by_id[need].request_id, offer) in set(chosen)
        for step in steps
    ]
    rows: list[tuple[list[bool], int, int]] = [
        ([(by_id[n].request_id, o) == link for n, o, _ in columns], -1, -facts.floor[link])
        for link in chosen
        if facts.floor[link]
    ]
    floors = len(rows)
    for link in chosen:
        ceiling = facts.ceiling[link]
        if ceiling is not None:
            rows.append(([(by_id[n].request_id, o) == link for n, o, _ in columns], 1, ceiling))
    for need, sought in facts.sought.items():
        rows.append(([n == need for n, _, _ in columns], 1, sought))
    for offer, capacity in facts.capacity.items():
        rows.append(([o == offer for _, o, _ in columns], 1, capacity))
    groups = {(need.state.code, need.tier) for need in given.needs}
    for state, tier in groups:
        for step, entry in enumerate(given.policy.steps):
            if entry.width is not None:
                within = [(by_id[n].state.code, by_id[n].tier, k) == (state, tier, step) for n, _, k in columns]
                rows.append((within, 1, entry.width // given.policy.grain))
    worth = {
        tier: np.array(
            [facts.score[n, o] * given.policy.steps[k].gain / UNIT * (by_id[n].tier == tier) for n, o, k in columns]
        )
        for tier in ORDER
    }
    matrix = np.array([np.array(row, dtype=float) * sign for row, sign, _ in rows]).reshape(len(rows), len(columns))
    return Block(matrix, np.array([limit for _, _, limit in rows], dtype=float), floors, worth)


def solve_blocks(blocks: list[Block], tier: object, kept: list[tuple[object, float]]) -> np.ndarray:
    """The best value of the tier in each block; minus infinity where the block keeps no such plan."""
    matrices, limits, costs, sizes = [], [], [], []
    for block in blocks:
        count = block.matrix.shape[1]
        rows = [block.matrix, *(-block.worth[above].reshape(1, -1) for above, _ in kept)]
        limit = [block.limit, *(np.array([-least]) for _, least in kept)]
        soft = block.floors
        slack = np.zeros((sum(len(part) for part in rows), soft))
        slack[:soft] = -np.eye(soft)
        matrices.append(np.hstack([np.vstack(rows), slack]))
        limits.append(np.concatenate(limit))
        costs.append(np.concatenate([-block.worth[tier], np.full(soft, 1e4)]))
        sizes.append((count, soft))
    found = linprog(
        np.concatenate(costs),
        A_ub=sparse.block_diag(matrices, format="csr"),
        b_ub=np.concatenate(limits),
        method="highs",
    )
    assert found.status == 0, found.message
    values, start = [], 0
    for block, (count, soft) in zip(blocks, sizes, strict=True):
        money, missing = found.x[start : start + count], found.x[start + count : start + count + soft]
        start += count + soft
        values.append(-np.inf if missing.sum() > 1e-6 else float(block.worth[tier] @ money))
    return np.array(values)


def enumerated(given: PortfolioInput) -> tuple[dict[object, float], bool]:
    """(optimum of every tier with a line to fund, whether the links matter: opening all of them is not best)."""
    facts = facts_of(given)
    lines = {need.need_id: need for need in given.needs}
    tiers = [tier for tier in ORDER if any(facts.sought.get(n) and lines[n].tier == tier for n in lines)]
    if not facts.links:
        return dict.fromkeys(tiers, 0.0), False
    sets = allowed_sets(given, facts)
    blocks = [block_of(given, facts, chosen) for chosen in sets if chosen]
    everything = tuple(facts.links) in sets
    optimum: dict[object, float] = {}
    kept: list[tuple[object, float]] = []
    for tier in tiers:
        values = solve_blocks(blocks, tier, kept) if blocks else np.zeros(0)
        optimum[tier] = best = max(values.max(initial=0), 0.0)
        least = best - KEPT * max(1.0, best)
        # blocks in which the value cannot be reached would make the next program impossible
        blocks = [block for block, value in zip(blocks, values, strict=True) if value >= least]
        kept.append((tier, least))
    return optimum, not everything
