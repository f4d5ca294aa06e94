"""What a plan in whole grains is worth: exact, in whole numbers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from cooperation.matching.money import round_half_even
from cooperation.matching.portfolio.problem import TIERS, Problem
from cooperation.matching.values import UNIT


def spread(problem: Problem, whole: Mapping[int, int]) -> tuple[dict[int, list[int]], list[int]]:
    """(pair -> grains by step, value of each tier in millionths) of a plan, pair -> grains.

    Of the money of a group, the grains with the highest score fill the first steps: no other way is worth more.
    """
    members: dict[int, list[int]] = defaultdict(list)
    for pair, grains in whole.items():
        if grains:
            members[problem.lines[problem.pair_line[pair]].group].append(pair)
    steps: dict[int, list[int]] = {}
    exact = [0] * len(TIERS)
    for group, pairs in members.items():
        pairs.sort(key=lambda pair: (-problem.pair_score[pair], pair))
        _fill_steps(problem.groups[group].widths, [(pair, whole[pair]) for pair in pairs], steps, len(problem.gains))
        exact[problem.groups[group].tier] += sum(
            problem.pair_score[pair] * gain * grains
            for pair in pairs
            for gain, grains in zip(problem.gains, steps[pair], strict=True)
        )
    return steps, [round_half_even(value, UNIT * UNIT) for value in exact]


def _fill_steps(
    widths: Sequence[int], money: Sequence[tuple[int, int]], steps: dict[int, list[int]], count: int
) -> None:
    step, left = 0, widths[0]
    for pair, grains in money:
        steps[pair] = [0] * count
        rest = grains
        while rest:
            if not left:
                step, left = step + 1, widths[step + 1]
                continue
            taken = min(left, rest)
            steps[pair][step] += taken
            left, rest = left - taken, rest - taken
