"""The portfolio against full enumeration: all sets of open links, each a linear program."""

from typing import Any

import pytest

from cooperation.matching import UNIT, PortfolioInput, check_plan, compute_portfolio
from cooperation.matching.portfolio import exact
from tests.campaigns import report
from tests.cooperation.matching.portfolio_cases import drawn_cases
from tests.cooperation.matching.portfolio_enumeration import enumerated

SEED = 20261126
TOLERANCE = 1e-5


def differences(given: PortfolioInput) -> tuple[list[str], bool, bool]:
    """(tiers in which engine and enumeration differ, whether anything could be funded, whether links matter)."""
    optimum, matters = enumerated(given)
    portfolio = compute_portfolio(given)
    told = {entry.tier: entry.optimum / UNIT for entry in portfolio.tiers}
    assert told.keys() == optimum.keys()
    assert not check_plan(given, portfolio.allocations)
    apart = [
        f"{tier}: engine {told[tier]}, enumeration {value}"
        for tier, value in optimum.items()
        if abs(told[tier] - value) > TOLERANCE * max(1.0, value)
    ]
    return apart, bool(max(optimum.values(), default=0) > 0), matters


def campaign(count: int, seed: int = SEED) -> tuple[list[list[str]], int, int]:
    failures, effective, binding = [], 0, 0
    for given in drawn_cases(seed, count):
        apart, funded, matters = differences(given)
        failures += [apart] if apart else []
        effective += funded
        binding += matters
    return failures, effective, binding


def test_the_portfolio_is_the_best_of_all_in_a_hundred_cases() -> None:
    failures, effective, binding = campaign(100)
    assert failures == []
    assert effective > 80
    assert binding > 20


def test_a_solver_that_leaves_a_link_closed_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """A control of the campaign: the first link that has a switch is closed, whatever the solver found."""
    solve = exact.ExactModel.solve

    def careless(model: Any, weights: Any, kept: Any, seconds: float, switches: Any = None) -> Any:
        found = solve(model, weights, kept, seconds, switches)
        if switches is None and found.x is not None and len(model.switched):
            found.x[model.first_switch] = 0
        return found

    monkeypatch.setattr(exact.ExactModel, "solve", careless)
    failures, _effective, _binding = campaign(20)
    assert len(failures) > 2


def test_a_solver_that_forgets_the_tiers_above_is_caught(monkeypatch: pytest.MonkeyPatch) -> None:
    """Another control: nothing keeps the values of the tiers above."""
    solve = exact.ExactModel.solve
    monkeypatch.setattr(exact.ExactModel, "solve", lambda model, weights, kept, *more: solve(model, weights, [], *more))
    failures, _effective, _binding = campaign(20)
    assert len(failures) > 2


@pytest.mark.long
def test_the_portfolio_is_the_best_of_all_in_two_thousand_cases() -> None:
    failures, effective, binding = campaign(2000, SEED + 1)
    report("portfolio", seed=SEED + 1, attempts=2000, effective=effective, failures=len(failures), binding=binding)
    assert failures == []
