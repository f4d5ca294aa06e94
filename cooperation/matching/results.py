"""What the engine answers: frozen values that a page can show and a run can store.

Values meant for people travel as `Shown` (a kind and plain data), sentences as `Sentence` (a code and its
parameters): the engine never writes a language, the presenting layer does.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeAlias, Union

from cooperation.matching.values import UNIT

Plain: TypeAlias = Union[str, int, tuple["Plain", ...], None]  # noqa: UP007 - a forward name needs it
"""Plain data: text, whole numbers, truth values, nothing, and tuples of these."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A value for people. `kind` says how to present `value`; the kinds are listed in `shown.py`."""

    kind: str
    value: Plain = None


@dataclass(frozen=True, slots=True)
class Sentence:
    """`code` names a template in `sentences.py`; `params` are its named values."""

    code: str
    params: tuple[tuple[str, Shown], ...] = ()


class Outcome(StrEnum):
    """How a rule came out. Only `FAIL` makes a pair ineligible."""

    PASS = "pass"  # noqa: S105 - an outcome, no password
    FAIL = "fail"
    UNDISCLOSED = "undisclosed"
    """What is disclosed does not decide it: ask the State."""
    SKIPPED = "skipped"
    """Cannot be compared because another rule failed."""


@dataclass(frozen=True, slots=True)
class RuleResult:
    """One hard rule on one pair: both values compared, and a sentence whose code is the stable reason."""

    rule: str
    outcome: Outcome
    need_value: Shown
    offer_value: Shown
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One criterion on one pair. `degree` (c) and `weight` (w) in millionths; `points` = c x w, exact."""

    criterion: str
    need_value: Shown
    offer_value: Shown
    degree: int
    weight: int
    points: int
    reason: Sentence


class ChangeKind(StrEnum):
    """The closed list of what a requester can change. State, area and severity are not on it, and never will be."""

    PERIOD = "period"
    LINES = "lines"
    LANGUAGE = "language"
    ENDORSED_BASELINE = "endorsed_baseline"
    GENDER_MARKER = "gender_marker"
    CO_FUNDING = "co_funding"
    AMOUNT = "amount"


@dataclass(frozen=True, slots=True)
class Change:
    """One change a requester could make, with the value it would bring."""

    kind: ChangeKind
    sentence: Sentence


@dataclass(frozen=True, slots=True)
class WhyNot:
    """Why a pair is not eligible.

    `ways`: every smallest set of requester-side changes that makes it eligible (all of one size, in a fixed
    order); empty when no change on the requester's side helps. `summary` says which.
    """

    failing: tuple[RuleResult, ...]
    ways: tuple[tuple[Change, ...], ...]
    summary: Sentence


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything said about one pair. `score` and `ledger` exist only for an eligible pair.

    score: sum of the ledger's points, in millionths of a millionth (`UNIT` x `UNIT` = full marks).
    """

    engine_version: str
    input_hash: str
    need_id: str
    offer_id: str
    as_of: date
    rate_set_id: str
    weights_version: str
    eligible: bool
    rules: tuple[RuleResult, ...]
    score: int | None
    ledger: tuple[LedgerRow, ...]
    why_not: WhyNot | None

    @property
    def score_millionths(self) -> int | None:
        """The score from 0 to `UNIT`, rounded half to even: for showing and storing, not for ordering."""
        return None if self.score is None else millionths(self.score)


@dataclass(frozen=True, slots=True)
class Ranked:
    """An eligible pair with its place (from 1) and exact score."""

    place: int
    need_id: str
    offer_id: str
    score: int

    @property
    def score_millionths(self) -> int:
        """The score from 0 to `UNIT`, rounded half to even: for showing and storing, not for ordering."""
        return millionths(self.score)


@dataclass(frozen=True, slots=True)
class Refused:
    """A pair that is not eligible, with the reason code of every failing rule. `explain` gives the rest."""

    need_id: str
    offer_id: str
    codes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Ranking:
    """All pairs of one ranking: the eligible best first, the others by identifier."""

    engine_version: str
    as_of: date
    rate_set_id: str
    weights_version: str
    eligible: tuple[Ranked, ...]
    ineligible: tuple[Refused, ...]


def millionths(score: int) -> int:
    """An exact score as millionths, rounded half to even."""
    quotient, rest = divmod(score, UNIT)
    return quotient + (2 * rest > UNIT or (2 * rest == UNIT and quotient % 2 == 1))
