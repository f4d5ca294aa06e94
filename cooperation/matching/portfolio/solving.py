"""Problem in, numbers out: the one door to the modules that compute with floats. Import it only where a run begins."""

from dataclasses import dataclass, field

import numpy as np

from cooperation.matching.portfolio.arrays import KEPT, Arrays, Clock
from cooperation.matching.portfolio.exact import TierValue, solve_exactly
from cooperation.matching.portfolio.problem import Problem, Report, region_of, unheard
from cooperation.matching.portfolio.relaxation import Kept, Relaxation, gain_of_a_grain, relax
from cooperation.matching.portfolio.results import BoundBasis
from cooperation.matching.portfolio.rounding import make_whole
from cooperation.matching.portfolio.selected import solve_selected
from cooperation.matching.values import UNIT


@dataclass(slots=True)
class SolvedTier:
    """One tier: the solver's numbers in millionths, and (marginal value, count of lines) by (area, region)."""

    tier: int
    optimum: int
    bound: int
    basis: BoundBasis
    finished: bool
    marginal: dict[tuple[str, str], tuple[int, int]] = field(default_factory=dict)


@dataclass(slots=True)
class Solved:
    """grains: pair -> whole grains, only those above 0."""

    exact: bool
    grains: dict[int, int]
    tiers: list[SolvedTier]


def solve(problem: Problem, *, exact_links: int, seconds: int, report: Report = unheard) -> Solved:
    """Work the problem out within the time given; `report` hears, between programs, what part of it is used."""
    tiers = sorted({line.tier for line in problem.lines})
    if not problem.links:
        empty = [SolvedTier(tier, 0, 0, BoundBasis.SOLVER, finished=True) for tier in tiers]
        return Solved(True, {}, empty)
    arrays, clock = Arrays(problem), Clock(seconds, report)
    if len(problem.links) > exact_links:
        return _solve_selected(arrays, tiers, clock)
    return _solve_exactly(arrays, tiers, clock)


def _solve_selected(arrays: Arrays, tiers: list[int], clock: Clock) -> Solved:
    found = solve_selected(arrays, tiers, clock)
    solved = [
        SolvedTier(
            tier,
            _millionths(found.values[tier]),
            _millionths(max(found.bounds[tier].bound, found.values[tier])),
            BoundBasis.TIER_ALONE if tier in found.alone else BoundBasis.RELAXATION,
            False,  # a plan that was found without proof: its gap tells what it may miss
            _marginal_values(arrays, tier, found.bounds[tier]),
        )
        for tier in tiers
    ]
    grains = {int(pair): int(found.whole[pair]) for pair in np.flatnonzero(found.whole)}
    return Solved(False, grains, solved)


def _solve_exactly(arrays: Arrays, tiers: list[int], clock: Clock) -> Solved:
    plan = solve_exactly(arrays, tiers, clock)
    whole = make_whole(arrays, plan.money, plan.open, np.asarray(tiers), clock)
    every = np.ones(len(arrays.line), dtype=bool)
    solved: list[SolvedTier] = []
    kept: list[Kept] = []
    for found in plan.tiers:
        relaxed = relax(arrays, found.tier, kept, clock.within(max(1, clock.left)), every)
        solved.append(_tier(arrays, found, relaxed))
        kept.append(Kept(found.tier, found.value - KEPT * max(1.0, found.value)))
    grains = {int(pair): int(whole[pair]) for pair in np.flatnonzero(whole)}
    return Solved(True, grains, solved)


def _tier(arrays: Arrays, found: TierValue, relaxed: Relaxation) -> SolvedTier:
    # the solver's bound is the whole problem's; where it was cut short, the relaxation may know better
    by_solver = found.bound <= relaxed.bound or found.finished
    bound, basis = (found.bound, BoundBasis.SOLVER) if by_solver else (relaxed.bound, BoundBasis.RELAXATION)
    return SolvedTier(
        found.tier,
        _millionths(found.value),
        _millionths(bound),
        basis,
        found.finished,
        _marginal_values(arrays, found.tier, relaxed),
    )


def _marginal_values(arrays: Arrays, tier: int, relaxed: Relaxation) -> dict[tuple[str, str], tuple[int, int]]:
    gain = gain_of_a_grain(arrays, tier, relaxed.prices)
    found: dict[tuple[str, str], tuple[int, int]] = {}
    for place in np.flatnonzero(np.isfinite(gain)).tolist():
        need = arrays.problem.lines[place].need
        cell = need.area, region_of(need)
        value, count = found.get(cell, (0, 0))
        found[cell] = max(value, _millionths(float(gain[place]))), count + 1
    return found


def _millionths(value: float) -> int:
    return max(0, round(value * UNIT))
