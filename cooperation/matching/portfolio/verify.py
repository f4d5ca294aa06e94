"""Whether a stored portfolio is what its stored input gives."""

from collections import Counter
from dataclasses import dataclass
from typing import Final

from cooperation.matching.codec import input_hash
from cooperation.matching.money import round_half_even
from cooperation.matching.portfolio.checker import Violation, check_plan
from cooperation.matching.portfolio.problem import TIERS, Problem, build_problem
from cooperation.matching.portfolio.propose import compute_portfolio
from cooperation.matching.portfolio.results import Portfolio, TierOutcome
from cooperation.matching.portfolio.values import PortfolioInput
from cooperation.matching.values import UNIT
from cooperation.matching.version import ENGINE_VERSION

TOLERANCE: Final = 10
"""Millionths of a tier's optimum (of one grain where it is less) by which two computations may differ."""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """One thing that does not agree: what it is about, what is stored, what it is found to be."""

    about: str
    stored: str
    found: str


def verify_portfolio(given: PortfolioInput, stored: Portfolio) -> tuple[Discrepancy, ...]:
    """Recompute a stored portfolio and compare; nothing where all agrees.

    Compared are the engine's version, the hash of the input, every limit, every score, the exact value of the plan in
    each tier, and the optimum of each tier where both searches ended with proof; else, for the worst tier, that the
    bounds hold for both plans. Two plans of one value may differ.
    """
    found: list[Discrepancy] = []
    _compare(found, "engine_version", stored.engine_version, ENGINE_VERSION)
    _compare(found, "input_hash", stored.input_hash, input_hash(given))
    found += [_broken(entry) for entry in check_plan(given, stored.allocations)]
    problem = build_problem(given)
    _compare_scores(found, problem, stored)
    planned = _planned(given, stored)
    for entry in stored.tiers:
        _compare(found, f"planned:{entry.tier.value}", entry.planned, planned[entry.tier])
    _compare_optima(found, stored, compute_portfolio(given))
    return tuple(found)


def _compare(found: list[Discrepancy], about: str, stored: object, now: object) -> None:
    if stored != now:
        found.append(Discrepancy(about, str(stored), str(now)))


def _broken(entry: Violation) -> Discrepancy:
    return Discrepancy(":".join((entry.code, *entry.subjects)), str(entry.found), str(entry.limit))


def _compare_scores(found: list[Discrepancy], problem: Problem, stored: Portfolio) -> None:
    scores = {
        (problem.lines[line].need.need_id, problem.sources[source].offer.offer_id): score
        for line, source, score in zip(problem.pair_line, problem.pair_source, problem.pair_score, strict=True)
    }
    for entry in stored.allocations:
        pair = entry.need_id, entry.offer_id
        _compare(found, ":".join(("score", *pair)), entry.score, scores.get(pair))


def _planned(given: PortfolioInput, stored: Portfolio) -> Counter[object]:
    tiers = {need.need_id: need.tier for need in given.needs}
    exact: Counter[object] = Counter()
    for entry in stored.allocations:
        gained = sum(step.gain * grains for step, grains in zip(given.policy.steps, entry.steps, strict=False))
        exact[tiers.get(entry.need_id)] += entry.score * gained
    return Counter({tier: round_half_even(exact[tier], UNIT * UNIT) for tier in TIERS})


def _compare_optima(found: list[Discrepancy], stored: Portfolio, again: Portfolio) -> None:
    now = {entry.tier: entry for entry in again.tiers}
    _compare(found, "tiers", [entry.tier.value for entry in stored.tiers], [entry.tier.value for entry in again.tiers])
    for entry in stored.tiers:
        other = now.get(entry.tier)
        if other is None:
            break
        if not (entry.finished and other.finished):
            if entry is stored.tiers[0] and not _bounded(entry, other):
                found.append(Discrepancy(f"bound:{entry.tier.value}", str(entry.bound), str(other.bound)))
            break  # what the tiers below could reach depends on what was accepted here
        if abs(entry.optimum - other.optimum) * UNIT > TOLERANCE * max(UNIT, entry.optimum):
            found.append(Discrepancy(f"optimum:{entry.tier.value}", str(entry.optimum), str(other.optimum)))


def _bounded(stored: TierOutcome, again: TierOutcome) -> bool:
    """Whether each bound of the worst tier holds for both plans."""
    return min(stored.bound, again.bound) + TOLERANCE * max(1, stored.planned // UNIT) >= max(
        stored.planned, again.planned
    )
