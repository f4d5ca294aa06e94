"""`make bench-matching`: the matching engine with thousands of needs and offers, beside two references.

Every figure comes from a process of its own, so that its peak memory is its own: scoring of all eligible pairs, one
changed need ranked anew, the portfolio; beside them, on the same needs and offers, scipy's dense assignment of the
scores and a plain greedy plan. Prints what it does and, as its last line, all figures as one JSON object; `processor`
is what the process itself used of the cores, which its neighbours on the machine change less than the clock.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import random
import resource
import statistics
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from benchmarks.matching_world import AS_OF, RATES, make_needs, make_offers
from cooperation.matching import (
    DEFAULT_WEIGHTS,
    Need,
    Offer,
    OfferIndex,
    Policy,
    PortfolioInput,
    compute_portfolio,
    rank,
    rank_open,
)
from cooperation.matching.index import scored_pairs
from cooperation.matching.portfolio.checker import check_plan
from cooperation.matching.portfolio.objective import spread
from cooperation.matching.portfolio.problem import Problem, build_problem
from cooperation.matching.portfolio.propose import as_allocations
from cooperation.matching.verdicts import Context

SIZES = (1_000, 3_000, 10_000)
SECONDS = 70
"""The policy's limit, by the clock; scoring and checks come on top of it. On a busy machine give more (`--seconds`) and
read `processor`."""
RERANKED = 40
GOALS = {"score_s": 30, "score_mib": 2048, "portfolio_s": 120, "gap_percent": 0.5, "rerank_ms": 50}


def world(size: int) -> tuple[tuple[Need, ...], tuple[Offer, ...]]:
    return make_needs(random.Random(1), size), make_offers(random.Random(2), size)


def timed(work: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What the work answers, its seconds by the clock and of this process, and the peak memory so far."""
    start, worked = time.perf_counter(), time.process_time()
    answer = work()
    seconds, processor = time.perf_counter() - start, time.process_time() - worked
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return answer, {"s": round(seconds, 2), "processor": round(processor, 2), "mib": round(peak)}


def score(size: int) -> dict[str, Any]:
    """Score every eligible pair."""
    needs, offers = world(size)

    def work() -> int:
        index = OfferIndex(offers, Context(as_of=AS_OF, rates=RATES))
        return sum(1 for _pair in scored_pairs(needs, index, DEFAULT_WEIGHTS))

    pairs, figures = timed(work)
    return {"pairs": pairs, **figures}


def rerank(size: int) -> dict[str, Any]:
    """Rank changed needs against all offers, one at a time: with the index at hand, and plainly."""
    needs, offers = world(size)
    index = OfferIndex(offers, Context(as_of=AS_OF, rates=RATES))
    changed = [replace(need, level=1, types=need.types | {"TRAIN"}) for need in needs[:: max(1, size // RERANKED)]]
    indexed, plain = [], []
    for need in changed:
        start = time.perf_counter()
        rank_open(need, index, weights=DEFAULT_WEIGHTS)
        indexed.append((time.perf_counter() - start) * 1000)
    for need in changed[:5]:
        start = time.perf_counter()
        rank(need, offers, weights=DEFAULT_WEIGHTS, rates=RATES, as_of=AS_OF)
        plain.append((time.perf_counter() - start) * 1000)
    return {
        "indexed_ms": round(statistics.median(indexed), 2),
        "worst_ms": round(max(indexed), 2),
        "plain_ms": round(statistics.median(plain), 1),
    }


def portfolio(size: int, seconds: int) -> dict[str, Any]:
    """The whole portfolio: scoring, planning, rounding, bounds, checks."""
    needs, offers = world(size)
    given = PortfolioInput.of(needs, offers, Policy(version="bench", seconds=seconds), rates=RATES, as_of=AS_OF)
    answer, figures = timed(lambda: compute_portfolio(given))
    return {
        **figures,
        "exact": answer.exact,
        "allocations": len(answer.allocations),
        "grains": answer.cash,
        "gap_percent": [round(entry.gap / 10_000, 3) for entry in answer.tiers],
        "basis": [entry.basis.value for entry in answer.tiers],
        "planned": [entry.planned for entry in answer.tiers],
        "bound": [entry.bound for entry in answer.tiers],
    }


def greedy(size: int) -> dict[str, Any]:
    """Reference: worst tier and best score first, as much as every limit allows; a floor must be met by one line."""
    needs, offers = world(size)
    given = PortfolioInput.of(needs, offers, Policy(version="bench"), rates=RATES, as_of=AS_OF)

    def work() -> tuple[Problem, dict[int, int]]:
        problem = build_problem(given)
        return problem, plain_greedy(problem)

    (problem, grains), figures = timed(work)
    steps, planned = spread(problem, grains)
    assert check_plan(given, as_allocations(problem, steps)) == ()
    return {**figures, "planned": planned}


def plain_greedy(problem: Problem) -> dict[int, int]:
    """Pair -> grains."""
    lines = [line.grains for line in problem.lines]
    sources = [source.capacity for source in problem.sources]
    carried: Counter[int] = Counter()
    donors: Counter[int] = Counter()
    seated: set[tuple[int, int]] = set()
    served: Counter[int] = Counter()
    plan: dict[int, int] = {}
    order = sorted(
        range(len(problem.pair_line)),
        key=lambda pair: (problem.lines[problem.pair_line[pair]].tier, -problem.pair_score[pair], pair),
    )
    for pair in order:
        line, source, place = problem.pair_line[pair], problem.pair_source[pair], problem.pair_link[pair]
        link = problem.links[place]
        grains = min(lines[line], sources[source], link.most - carried[place])
        if grains <= 0 or carried[place] + grains < link.least:
            continue
        if not carried[place]:
            seat = (link.request, link.donor)
            limit = problem.sources[source].requests_left
            if link.new_donor and seat not in seated and donors[link.request] >= problem.donors_left[link.request]:
                continue
            if limit is not None and served[source] >= limit:
                continue
            donors[link.request] += seat not in seated
            seated.add(seat)
            served[source] += 1
        plan[pair] = grains
        lines[line] -= grains
        sources[source] -= grains
        carried[place] += grains
    return plan


def dense(size: int) -> dict[str, Any]:
    """Reference: scipy's assignment over a dense matrix of the scores, one offer to each need, no limit on money."""
    import numpy as np  # noqa: PLC0415 (only here)
    from scipy.optimize import linear_sum_assignment  # noqa: PLC0415

    needs, offers = world(size)
    index = OfferIndex(offers, Context(as_of=AS_OF, rates=RATES))
    pairs = list(scored_pairs(needs, index, DEFAULT_WEIGHTS))

    def work() -> int:
        matrix = np.zeros((size, size))
        for need, offer, points in pairs:
            matrix[need, offer] = points
        rows, columns = linear_sum_assignment(matrix, maximize=True)
        return int((matrix[rows, columns] > 0).sum())

    assigned, figures = timed(work)
    return {**figures, "assigned": assigned}


PARTS: dict[str, Callable[[int, int], dict[str, Any]]] = {
    "score": lambda size, _seconds: score(size),
    "rerank": lambda size, _seconds: rerank(size),
    "portfolio": portfolio,
    "greedy": lambda size, _seconds: greedy(size),
    "dense": lambda size, _seconds: dense(size),
}


def measured(part: str, size: int, seconds: int) -> dict[str, Any]:
    """One part at one size, in a process of its own."""
    print(f"{part}, {size} needs and offers ...", flush=True)
    command = [sys.executable, "-m", "benchmarks.matching", "--part", part, "--sizes", str(size)]
    command += ["--seconds", str(seconds)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.returncode}
    figures: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    print(f"    {figures}", flush=True)
    return figures


def growth(figures: dict[int, dict[str, Any]], part: str, name: str) -> float | None:
    """The exponent between the smallest and the largest size: 2 means four times the work for twice the size."""
    small, large = min(figures), max(figures)
    first, last = figures[small][part].get(name), figures[large][part].get(name)
    if small == large or not first or not last:
        return None
    return round(math.log(last / first) / math.log(large / small), 2)


def judged(figures: dict[str, Any], size: int) -> dict[str, Any]:
    """Against the goals, which are meant for the largest size."""
    found = {
        "score_s": figures["score"]["s"],
        "score_mib": figures["score"]["mib"],
        "portfolio_s": figures["portfolio"]["s"],
        "gap_percent": figures["portfolio"]["gap_percent"][0],
        "rerank_ms": figures["rerank"]["indexed_ms"],
    }
    return {
        "size": size,
        **{name: {"found": value, "goal": GOALS[name], "met": value <= GOALS[name]} for name, value in found.items()},
    }


def main() -> None:
    """Measure every part at every size, or answer one part."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--part", choices=PARTS)
    parser.add_argument("--seconds", type=int, default=SECONDS)
    options = parser.parse_args()
    if options.part:
        print(json.dumps(PARTS[options.part](options.sizes[0], options.seconds)))
        return
    figures = {size: {part: measured(part, size, options.seconds) for part in PARTS} for size in options.sizes}
    for by_part in figures.values():
        planned, best = by_part["greedy"]["planned"][0], by_part["portfolio"]["planned"][0]
        by_part["first_tier_over_greedy"] = round(best / planned, 3)
    exponents = {
        f"{part}_{name}": growth(figures, part, name) for part in PARTS for name in ("processor", "indexed_ms", "mib")
    }
    largest = max(figures)
    print(
        json.dumps(
            {
                "cores": os.cpu_count(),
                "seconds": options.seconds,
                "load": [round(value, 1) for value in os.getloadavg()],
                "sizes": figures,
                "growth": {name: value for name, value in exponents.items() if value is not None},
                "goals": judged(figures[largest], largest),
            }
        )
    )


if __name__ == "__main__":
    main()
