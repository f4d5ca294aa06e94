"""The weights of the criteria: versioned data, checked as a whole."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from cooperation.matching.criteria import CRITERIA
from cooperation.matching.results import Sentence, Shown
from cooperation.matching.values import UNIT

CRITERION_CODES: Final = tuple(criterion.code for criterion in CRITERIA)


class WeightsError(ValueError):
    """Weights that cannot be used; `problems` holds every fault found, as sentences for people."""

    def __init__(self, problems: tuple[Sentence, ...]) -> None:
        self.problems = problems
        super().__init__("; ".join(problem.code for problem in problems))


def _problem(code: str, **params: Shown) -> Sentence:
    return Sentence(f"weights.{code}", tuple(params.items()))


def find_problems(version: str, shares: Iterable[tuple[str, object]]) -> tuple[Sentence, ...]:
    """Everything wrong with a set of weights: nothing when it can be used.

    Each criterion stands exactly once, with a whole number of millionths from 0 to `UNIT`; together exactly `UNIT`.
    """
    pairs = list(shares)
    codes = [code for code, _ in pairs]
    problems = [] if version.strip() else [_problem("no_version")]
    for code in dict.fromkeys(codes):
        if code not in CRITERION_CODES:
            problems.append(_problem("unknown_criterion", criterion=Shown("text", code)))
        if codes.count(code) > 1:
            problems.append(_problem("twice", criterion=Shown("text", code)))
    problems += [
        _problem("missing_criterion", criterion=Shown("criterion", code))
        for code in CRITERION_CODES
        if code not in codes
    ]
    whole = [value for _, value in pairs if isinstance(value, int) and not isinstance(value, bool)]
    for code, value in pairs:
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= UNIT:
            problems.append(_problem("out_of_range", criterion=Shown("text", code)))
    if len(whole) == len(pairs) and sum(whole) != UNIT:
        problems.append(_problem("wrong_sum", total=Shown("share", sum(whole))))
    return tuple(problems)


@dataclass(frozen=True, slots=True)
class Weights:
    """A version of the weights: criterion code -> share in millionths, in the order of `CRITERIA`.

    Raises WeightsError with every fault at once.
    """

    version: str
    shares: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        problems = find_problems(self.version, self.shares)
        if problems:
            raise WeightsError(problems)
        given = dict(self.shares)
        object.__setattr__(self, "shares", tuple((code, given[code]) for code in CRITERION_CODES))

    @classmethod
    def of(cls, version: str, shares: Mapping[str, int]) -> "Weights":
        """Weights from a mapping, for instance one read from a settings form."""
        return cls(version, tuple(shares.items()))


DEFAULT_WEIGHTS: Final = Weights.of(
    "2026.1",
    {
        "area": 100_000,
        "type": 100_000,
        "geography": 100_000,
        "budget": 100_000,
        "period": 50_000,
        "severity": 200_000,
        "readiness": 100_000,
        "priorities": 100_000,
        "strategy": 50_000,
        "lenses": 50_000,
        "language": 50_000,
    },
)
"""The weights used until an administrator sets others: severity first, no other criterion above a tenth."""
