"""The parts that every hard rule is made of."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from cooperation.matching.money import Converter, RateSet
from cooperation.matching.results import Outcome, RuleResult, Sentence, Shown
from cooperation.matching.values import DeclinedPair, Need, Offer


@dataclass(frozen=True, slots=True)
class Verdict:
    """How a rule came out: a stable reason code, and what it means for eligibility."""

    code: str
    outcome: Outcome
    failed: bool = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "failed", self.outcome is Outcome.FAIL)


@dataclass(frozen=True, slots=True)
class Facts:
    """The two values that a rule or criterion compared, and further values that its sentence names."""

    need: Shown
    offer: Shown
    extra: tuple[tuple[str, Shown], ...] = ()

    def sentence(self, code: str) -> Sentence:
        """The sentence `code` about these values."""
        return Sentence(code, (("need", self.need), ("offer", self.offer), *self.extra))


class Context:
    """What all pairs of one run share: the date, the rates, and the pairs declined before."""

    __slots__ = ("as_of", "convert", "converter", "declined", "rates")

    def __init__(self, *, as_of: date, rates: RateSet, declined: Iterable[DeclinedPair] = ()) -> None:
        self.as_of = as_of
        self.rates = rates
        self.converter = Converter(rates)
        self.convert = self.converter.convert
        latest: dict[tuple[str, str], date] = {}
        for pair in declined:
            key = (pair.need_id, pair.offer_id)
            latest[key] = max(pair.review_on, latest.get(key, pair.review_on))
        self.declined: Mapping[tuple[str, str], date] = latest
        """(need, offer) -> the latest review date."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A hard rule under its stable code."""

    code: str
    check: Callable[[Need, Offer, Context], Verdict]
    facts: Callable[[Need, Offer, Context], Facts]

    def result(self, need: Need, offer: Offer, context: Context) -> RuleResult:
        """The outcome with both values and its sentence."""
        verdict = self.check(need, offer, context)
        facts = self.facts(need, offer, context)
        return RuleResult(self.code, verdict.outcome, facts.need, facts.offer, facts.sentence(verdict.code))


def passes(code: str) -> Verdict:
    """A verdict that the rule holds."""
    return Verdict(code, Outcome.PASS)


def fails(code: str) -> Verdict:
    """A verdict that the rule fails."""
    return Verdict(code, Outcome.FAIL)


def asks(code: str) -> Verdict:
    """A verdict that what is disclosed does not decide."""
    return Verdict(code, Outcome.UNDISCLOSED)
