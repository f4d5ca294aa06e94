"""The portfolio: how the offers at hand would best serve the needs at hand, under a policy. A proposal, no more."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import Final

from cooperation.matching.codec import input_hash
from cooperation.matching.money import RateSet
from cooperation.matching.portfolio.checker import check_plan
from cooperation.matching.portfolio.objective import spread
from cooperation.matching.portfolio.policy import Policy
from cooperation.matching.portfolio.problem import TIERS, Problem, Report, build_problem, unheard
from cooperation.matching.portfolio.results import Allocation, MarginalValue, Portfolio, TierOutcome
from cooperation.matching.portfolio.unmet import find_unmet
from cooperation.matching.portfolio.values import Commitment, InKindValue, PortfolioInput
from cooperation.matching.values import UNIT, DeclinedPair, Need, Offer
from cooperation.matching.version import ENGINE_VERSION

SCORED: Final = 25
SEARCHED: Final = 70
"""Hundredths of the whole work in what is reported; the rest checks the plan and tells what it leaves open."""


class BrokenPlanError(RuntimeError):
    """The engine made a plan that breaks a limit. A fault of the engine, never of the input; no plan is answered."""


def propose_portfolio(
    needs: Iterable[Need],
    offers: Iterable[Offer],
    policy: Policy,
    *,
    rates: RateSet,
    as_of: date,
    declined: Iterable[DeclinedPair] = (),
    commitments: Iterable[Commitment] = (),
    in_kind: Iterable[InKindValue] = (),
) -> Portfolio:
    """Propose who could fund what: the severest tier first, spread over States, within every limit.

    needs, offers: only those that the reader may see: what is left out leaves no trace in any figure. Offers in kind
    take part with the value in `in_kind`. commitments: what is agreed already; it lowers what needs seek, counts its
    donors on their requests, and is not proposed again. The order of the input never matters. Takes up to
    `policy.seconds` beside the scoring of the pairs; imports scipy: call it in a job, never while a page is made.
    Raises ValueError when an identifier stands twice.
    """
    return compute_portfolio(
        PortfolioInput.of(
            needs,
            offers,
            policy,
            rates=rates,
            as_of=as_of,
            declined=declined,
            commitments=commitments,
            in_kind=in_kind,
        )
    )


def compute_portfolio(given: PortfolioInput, report: Report = unheard) -> Portfolio:
    """The portfolio of a stored input: the same as when it was first made, unless the clock ended one of the two.

    report: hears every few seconds how much of the work is done, in hundredths. What it raises ends the work.
    """
    # scipy takes over a second to import, so that it is loaded by the first run, not by whoever imports the engine
    from cooperation.matching.portfolio.solving import solve  # noqa: PLC0415

    problem = build_problem(given, lambda done: report(done * SCORED // 100))
    solved = solve(
        problem,
        exact_links=given.policy.exact_links,
        seconds=given.policy.seconds,
        report=lambda used: report(SCORED + used * SEARCHED // 100),
    )
    steps, planned = spread(problem, solved.grains)
    allocations = as_allocations(problem, steps)
    broken = check_plan(given, allocations)
    if broken:
        raise BrokenPlanError(", ".join(f"{entry.code} {entry.subjects}" for entry in broken[:5]))
    funded = _funded(problem, solved.grains)
    return Portfolio(
        engine_version=ENGINE_VERSION,
        input_hash=input_hash(given),
        policy_version=given.policy.version,
        weights_version=given.policy.weights.version,
        rate_set_id=given.rates.rate_set_id,
        as_of=given.as_of,
        currency=problem.base,
        grain_minor=problem.grain_minor,
        exact=solved.exact,
        tiers=tuple(
            TierOutcome(
                tier=TIERS[entry.tier],
                optimum=entry.optimum,
                planned=planned[entry.tier],
                bound=entry.bound,
                gap=_gap(entry.bound, planned[entry.tier]),
                basis=entry.basis,
                finished=entry.finished,
                sought=sum(line.grains for line in problem.lines if line.tier == entry.tier),
                funded_cash=funded[entry.tier, False],
                funded_in_kind=funded[entry.tier, True],
            )
            for entry in solved.tiers
        ),
        allocations=allocations,
        unmet=find_unmet(problem, solved.grains),
        marginal_values=tuple(
            MarginalValue(tier=TIERS[entry.tier], area=area, region=region, value=value, needs=count)
            for entry in solved.tiers
            for (area, region), (value, count) in sorted(entry.marginal.items())
        ),
        needs_aside=tuple(problem.needs_aside),
        offers_aside=tuple(problem.offers_aside),
        need_remainders=tuple(problem.need_remainders),
        offer_remainders=tuple(problem.offer_remainders),
    )


def as_allocations(problem: Problem, steps: dict[int, list[int]]) -> tuple[Allocation, ...]:
    """The plan by need and offer, from grains by pair and step."""
    return tuple(_allocation(problem, pair, steps[pair]) for pair in sorted(steps))


def _allocation(problem: Problem, pair: int, steps: list[int]) -> Allocation:
    need = problem.lines[problem.pair_line[pair]].need
    source = problem.sources[problem.pair_source[pair]]
    return Allocation(
        need_id=need.need_id,
        offer_id=source.offer.offer_id,
        request_id=need.request_id,
        donor_id=source.offer.donor_id,
        grains=sum(steps),
        steps=tuple(steps),
        score=problem.pair_score[pair],
        in_kind=source.in_kind,
    )


def _funded(problem: Problem, grains: dict[int, int]) -> Counter[tuple[int, bool]]:
    found: Counter[tuple[int, bool]] = Counter()
    for pair, amount in grains.items():
        line, source = problem.pair_line[pair], problem.pair_source[pair]
        found[problem.lines[line].tier, problem.sources[source].in_kind] += amount
    return found


def _gap(bound: int, planned: int) -> int:
    return max(0, (bound - planned) * UNIT // max(UNIT, bound))
