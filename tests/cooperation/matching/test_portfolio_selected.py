"""Large portfolios: selected pairs, decided in rounds. Sound always, near the best, and honest about how near."""

import random
from dataclasses import replace
from types import ModuleType
from typing import Any

import numpy as np
import pytest

from benchmarks.matching_world import AS_OF, RATES, make_needs, make_offers
from cooperation.matching import (
    UNIT,
    BoundBasis,
    Policy,
    Portfolio,
    PortfolioInput,
    check_plan,
    compute_portfolio,
    verify_portfolio,
)
from cooperation.matching.portfolio import exact, relaxation, rounding, selected
from cooperation.matching.portfolio.arrays import Arrays, Clock
from cooperation.matching.portfolio.objective import spread
from cooperation.matching.portfolio.problem import build_problem
from cooperation.matching.portfolio.propose import as_allocations
from cooperation.matching.portfolio.relaxation import relax
from cooperation.matching.portfolio.solving import solve
from tests.cooperation.matching.portfolio_cases import drawn_cases

TOLERANCE = 20
"""Millionths of a grain, and of a value relative to it."""


def in_large_mode(given: PortfolioInput) -> PortfolioInput:
    return replace(given, policy=replace(given.policy, exact_links=0, seconds=20))


def world(count: int) -> PortfolioInput:
    """A small part of the world that the benchmark measures."""
    needs, offers = make_needs(random.Random(1), count), make_offers(random.Random(2), count)
    return PortfolioInput.of(
        needs, offers, Policy(version="large", exact_links=0, seconds=15), rates=RATES, as_of=AS_OF
    )


def first_tier(portfolio: Portfolio) -> tuple[int, int]:
    return portfolio.tiers[0].planned, portfolio.tiers[0].bound


def test_the_first_tier_is_bounded_from_above_and_nearly_reached() -> None:
    reached = best = tight = large_ones = 0
    for given in drawn_cases(5, 40):
        exact, large = compute_portfolio(given), compute_portfolio(in_large_mode(given))
        if not exact.tiers:
            continue
        assert exact.exact
        optimum, (planned, bound) = exact.tiers[0].optimum, first_tier(large)
        room = TOLERANCE * max(UNIT, optimum) // UNIT
        assert planned <= optimum + room
        assert bound >= optimum - room
        assert [entry.sought for entry in large.tiers] == [entry.sought for entry in exact.tiers]
        large_ones += not large.exact
        reached, best, tight = reached + planned, best + exact.tiers[0].planned, tight + bound
    # on such small cases every grain and every link weighs heavily
    assert large_ones > 30
    assert reached > best * 97 // 100
    assert tight < best * 108 // 100


def test_a_larger_world_is_planned_near_its_bound_and_verified() -> None:
    given = world(200)
    portfolio = compute_portfolio(given)
    assert check_plan(given, portfolio.allocations) == ()
    assert not portfolio.exact
    assert portfolio.tiers[0].basis is BoundBasis.RELAXATION
    assert 0 <= portfolio.tiers[0].gap < 10_000
    assert len(portfolio.tiers) == 5
    assert all(entry.planned <= entry.bound for entry in portfolio.tiers)
    assert verify_portfolio(given, portfolio) == ()
    boasting = replace(portfolio.tiers[0], bound=portfolio.tiers[0].planned * 9 // 10)
    changed = replace(portfolio, tiers=(boasting, *portfolio.tiers[1:]))
    assert [entry.about for entry in verify_portfolio(given, changed)] == ["bound:critical"]


@pytest.mark.parametrize("exact_links", [0, 10**6])
def test_without_any_time_the_plan_is_poor_but_sound_and_the_bound_holds(exact_links: int) -> None:
    given = world(60)
    problem = build_problem(given)
    good = solve(problem, exact_links=10**6, seconds=20)
    hasty = solve(problem, exact_links=exact_links, seconds=0)
    steps, _planned = spread(problem, hasty.grains)
    assert check_plan(given, as_allocations(problem, steps)) == ()
    assert hasty.tiers[0].bound >= good.tiers[0].optimum - TOLERANCE


def test_pairs_that_were_left_out_are_paid_for_in_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relaxation, "FIRST_PER_LINE", 1)
    monkeypatch.setattr(relaxation, "FIRST_PER_SOURCE", 0)
    monkeypatch.setattr(relaxation, "MORE_PER_LINE", 1)
    arrays = Arrays(build_problem(world(300)))
    whole = relax(arrays, 0, [], Clock(60))
    assert whole.complete
    assert 0 < whole.active.sum() < (arrays.tier == 0).sum()
    unsolved = relax(arrays, 0, [], Clock(0))
    assert not unsolved.complete
    assert unsolved.bound > whole.bound
    # with every pair there from the start nothing needs pricing, and the bound is the same
    everything = relax(arrays, 0, [], Clock(60), arrays.tier == 0)
    assert abs(everything.bound - whole.bound) < 1e-6 * whole.bound


def test_a_rounding_that_fails_leaves_a_plan_that_is_sound(monkeypatch: pytest.MonkeyPatch) -> None:
    class Nothing:
        x = None

    monkeypatch.setattr(rounding, "linprog", lambda *_given, **_options: Nothing())
    rounded_down = 0
    for given in drawn_cases(13, 30):
        # a plan that broke a limit would not be answered
        portfolio = compute_portfolio(given)
        rounded_down += sum(entry.planned < entry.optimum - 1 for entry in portfolio.tiers)
    assert rounded_down > 0


def test_one_link_far_below_its_least_does_not_spoil_the_rounding_of_others() -> None:
    arrays = Arrays(build_problem(world(60)))
    needy = int(np.flatnonzero(arrays.least[arrays.link] > 1)[0])
    other = next(
        pair
        for pair in np.flatnonzero(arrays.least[arrays.link] == 0).tolist()
        if arrays.line[pair] != arrays.line[needy] and arrays.source[pair] != arrays.source[needy]
    )
    money, is_open = np.zeros(len(arrays.line)), np.zeros(len(arrays.most), dtype=bool)
    money[needy], money[other] = 1, 0.5
    is_open[arrays.link[[needy, other]]] = True
    whole = rounding.round_money(arrays, money, is_open, Clock(5))
    assert (whole[needy], whole[other], whole.sum()) == (1, 1, 2)


@pytest.mark.parametrize("exact_links", [0, 10**6])
def test_every_program_that_is_solved_knows_how_long_it_may_take(
    exact_links: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits: list[float] = []

    def watched(module: ModuleType, name: str) -> None:
        solver = getattr(module, name)

        def solve_it(*given: Any, **options: Any) -> Any:
            limits.append(options["options"]["time_limit"])
            return solver(*given, **options)

        monkeypatch.setattr(module, name, solve_it)

    for module, name in ((relaxation, "linprog"), (rounding, "linprog"), (exact, "milp")):
        watched(module, name)
    given = world(60)
    solve(build_problem(given), exact_links=exact_links, seconds=given.policy.seconds)
    assert len(limits) > 5
    assert max(limits) <= given.policy.seconds


def test_a_portfolio_reports_how_far_it_is_and_ends_when_its_reader_wants_it_to() -> None:
    class EnoughError(Exception):
        pass

    told: list[int] = []

    def listen(done: int) -> None:
        told.append(done)
        if len(told) == stop_after:
            raise EnoughError

    stop_after = 10**6
    compute_portfolio(world(200), listen)
    assert told == sorted(told)
    assert told[0] == 0
    assert len(told) > 20
    assert max(told) <= 100
    heard, stop_after, told = len(told), len(told) - 1, []
    with pytest.raises(EnoughError):
        compute_portfolio(world(200), listen)
    assert len(told) < heard


def test_the_value_of_a_plan_is_the_exact_one() -> None:
    for given in drawn_cases(9, 10):
        problem = build_problem(given)
        if not problem.links:
            continue
        arrays, solved = Arrays(problem), solve(problem, exact_links=10**6, seconds=20)
        _steps, planned = spread(problem, solved.grains)
        whole = arrays.sought[arrays.line] * 0
        for pair, grains in solved.grains.items():
            whole[pair] = grains
        for tier, value in enumerate(planned):
            assert abs(selected.value_of(arrays, whole, tier) * UNIT - value) <= 1
