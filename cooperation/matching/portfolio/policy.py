"""The policy of a portfolio: versioned data, checked as a whole like the weights."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from cooperation.matching.money import MAX_MINOR
from cooperation.matching.results import Sentence, Shown
from cooperation.matching.values import UNIT
from cooperation.matching.weights import DEFAULT_WEIGHTS, Weights

MAX_DONORS: Final = 100
MAX_SECONDS: Final = 3600
MAX_STEPS: Final = 10
MAX_LINKS: Final = 1_000_000
EXACT_LINKS: Final = 500


class PolicyError(ValueError):
    """A policy that cannot be used; `problems` holds every fault found, as sentences for people."""

    def __init__(self, problems: tuple[Sentence, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.code for problem in problems))


@dataclass(frozen=True, slots=True)
class Step:
    """Money to one State in one tier: up to `width` whole base units count with `gain` millionths.

    width: None for what comes after all other steps, without limit.
    """

    width: int | None
    gain: int


DEFAULT_STEPS: Final = (Step(250_000, UNIT), Step(750_000, UNIT * 6 // 10), Step(None, UNIT * 3 // 10))


def find_policy_problems(
    *,
    version: str,
    grain: object,
    steps: Iterable[Step],
    max_donors: object,
    seconds: object,
    exact_links: object = EXACT_LINKS,
) -> tuple[Sentence, ...]:
    """Everything wrong with a policy but its weights (`find_problems` tells those): nothing when it can be used.

    What is wrong with one step carries its number, from 1 on, as the parameter `step`.
    """
    problems = [] if version.strip() else [_problem("no_version")]
    if not _whole(grain, 1, MAX_MINOR):
        problems.append(_problem("grain"))
    if not _whole(max_donors, 1, MAX_DONORS):
        problems.append(_problem("donors", most=Shown("count", MAX_DONORS)))
    if not _whole(seconds, 1, MAX_SECONDS):
        problems.append(_problem("seconds", most=Shown("count", MAX_SECONDS)))
    if not _whole(exact_links, 0, MAX_LINKS):
        problems.append(_problem("links", most=Shown("count", MAX_LINKS)))
    return (*problems, *_step_problems(tuple(steps), grain))


def _step_problems(steps: tuple[Step, ...], grain: object) -> list[Sentence]:
    if not 1 <= len(steps) <= MAX_STEPS:
        return [_problem("steps", most=Shown("count", MAX_STEPS))]
    problems = []
    if steps[-1].width is not None or any(step.width is None for step in steps[:-1]):
        problems.append(_problem("last_step"))
    least = grain if isinstance(grain, int) else 1
    for number, step in enumerate(steps, start=1):
        place = Shown("count", number)
        if step.width is not None and not _whole(step.width, least, MAX_MINOR):
            problems.append(_problem("width", step=place))
        if not _whole(step.gain, 1, UNIT):
            problems.append(_problem("gain", step=place))
        elif number > 1 and step.gain >= steps[number - 2].gain:
            problems.append(_problem("gains_fall", step=place))
    return problems


def _whole(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def _problem(code: str, **params: Shown) -> Sentence:
    return Sentence(f"policy.{code}", tuple(params.items()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """What people decide about a portfolio before it is worked out.

    grain: the portfolio is made in whole multiples of this many base units. steps: how the gain falls as one State
    receives more in one tier, widths counted in whole grains (rounded down). max_donors: on one request, those already
    committed included. seconds: after which the best found stands. exact_links: up to how many (request, offer)
    links the whole problem is given to the integer solver; beyond, columns are selected and priced.
    Raises PolicyError with every fault at once.
    """

    version: str
    weights: Weights = DEFAULT_WEIGHTS
    grain: int = 1000
    steps: tuple[Step, ...] = DEFAULT_STEPS
    max_donors: int = 3
    seconds: int = 120
    exact_links: int = EXACT_LINKS

    def __post_init__(self) -> None:
        problems = find_policy_problems(
            version=self.version,
            grain=self.grain,
            steps=self.steps,
            max_donors=self.max_donors,
            seconds=self.seconds,
            exact_links=self.exact_links,
        )
        if problems:
            raise PolicyError(problems)


DEFAULT_POLICY: Final = Policy(version="2026.1")
