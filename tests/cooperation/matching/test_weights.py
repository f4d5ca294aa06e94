"""Weights: accepted as a whole, or refused with every fault at once."""

import pytest

from cooperation.matching import CRITERION_CODES, DEFAULT_WEIGHTS, UNIT, Weights, WeightsError
from tests.cooperation.matching.builders import explained, make_need, make_offer

GOOD = dict(DEFAULT_WEIGHTS.shares)


def faults(version: str, shares: dict[str, int]) -> list[str]:
    with pytest.raises(WeightsError) as caught:
        Weights.of(version, shares)
    return [problem.code for problem in caught.value.problems]


def test_the_default_weights_cover_every_criterion_and_add_up_to_one() -> None:
    assert tuple(GOOD) == CRITERION_CODES
    assert sum(GOOD.values()) == UNIT


def test_the_order_in_which_weights_are_given_does_not_matter() -> None:
    assert Weights.of("2026.1", dict(reversed(GOOD.items()))) == DEFAULT_WEIGHTS


@pytest.mark.parametrize(
    ("change", "codes"),
    [
        ({"area": 99_999}, ["weights.wrong_sum"]),
        ({"area": -1}, ["weights.out_of_range", "weights.wrong_sum"]),
        ({"area": UNIT + 1}, ["weights.out_of_range", "weights.wrong_sum"]),
        ({"area": 0.1}, ["weights.out_of_range"]),
        ({"area": True}, ["weights.out_of_range"]),
        ({"colour": 0}, ["weights.unknown_criterion"]),
    ],
)
def test_a_fault_is_named(change: dict[str, int], codes: list[str]) -> None:
    assert faults("2", {**GOOD, **change}) == codes


def test_every_fault_is_reported_at_once() -> None:
    shares = {**GOOD, "colour": 5, "period": -3}
    del shares["area"]
    assert faults(" ", shares) == [
        "weights.no_version",
        "weights.unknown_criterion",
        "weights.missing_criterion",
        "weights.out_of_range",
        "weights.wrong_sum",
    ]


def test_a_criterion_given_twice_is_refused() -> None:
    with pytest.raises(WeightsError, match=r"weights\.twice"):
        Weights("2", (*DEFAULT_WEIGHTS.shares, ("area", 0)))


def test_a_weight_of_one_alone_makes_the_score_that_criterion() -> None:
    weights = Weights.of("only severity", {**dict.fromkeys(CRITERION_CODES, 0), "severity": UNIT})
    explanation = explained(make_need(), make_offer(), weights=weights)
    assert explanation.score_millionths == 750_000
    assert [row.criterion for row in explanation.ledger if row.points] == ["severity"]
