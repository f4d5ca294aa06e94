"""What the engine said about a match, in words: rules, ledger, why not, and what both sides compared."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from cooperation import matching
from cooperation.enums import MatchStatus
from cooperation.models import Match
from cooperation.selectors.rates import engine_rates
from cooperation.selectors.wording import (
    POINTS_PER_SCORE,
    Presenter,
    amount_text,
    apart,
    area_label,
    period_text,
    translated,
)
from wam_portal.accounts.models import Territory
from wam_portal.formats import format_about, format_day, format_money, format_place


@dataclass(frozen=True, slots=True)
class RuleLine:
    """One hard rule. `state` is "passed", "failed" or "open" (what is disclosed does not decide it)."""

    label: str
    state: str
    outcome: str
    reason: str

    @property
    def passed(self) -> bool:
        return self.state != "failed"


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One criterion: both values, points out of `maximum`, the reason. All out of a hundred in total."""

    label: str
    ours: str
    theirs: str
    points: float
    maximum: float
    reason: str
    disclosed: bool
    weight: float | None = None


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """One change that the requesting State could make."""

    label: str
    text: str


@dataclass(frozen=True, slots=True)
class Review:
    """Everything that a page says about one match. `ways`: each a smallest set of changes that makes it eligible."""

    failed: tuple[RuleLine, ...]
    open: tuple[RuleLine, ...]
    passed: tuple[RuleLine, ...]
    rows: tuple[LedgerLine, ...]
    total: float
    why_not: str = ""
    ways: tuple[tuple[ChangeLine, ...], ...] = ()


def review_of(match: Match, presenter: Presenter | None = None) -> Review:
    """The match in words, from what is stored: nothing is worked out again. One query for the names of places.

    For several matches give one `presenter` that knows the names in all of them.
    """
    presenter = presenter or Presenter(names_in(match))
    rules = [matching.from_json(matching.RuleResult, row) for row in match.rules]
    ledger = [matching.from_json(matching.LedgerRow, row) for row in match.ledger]
    lines = [rule_line(presenter, rule) for rule in rules]
    why_not = matching.from_json(matching.WhyNot, match.why_not) if match.why_not else None
    return Review(
        failed=tuple(line for line in lines if line.state == "failed"),
        open=tuple(line for line in lines if line.state == "open"),
        passed=tuple(line for line in lines if line.state == "passed"),
        rows=tuple(ledger_line(presenter, row) for row in ledger),
        total=match.score_micro * POINTS_PER_SCORE / matching.UNIT,
        why_not=presenter.sentence(why_not.summary) if why_not else "",
        ways=tuple(_way(presenter, way) for way in why_not.ways) if why_not else (),
    )


@dataclass(frozen=True, slots=True)
class Headline:
    """What a list says of a match's need; a part that was not disclosed is empty."""

    area: str
    tier: str
    amount: str
    score: float


def headline_of(match: Match) -> Headline:
    """The need of a match in a few words."""
    tier = match.need["tier"]
    return Headline(
        area=area_label(match.need["area"]),
        tier=tier if isinstance(tier, str) else "",
        amount=amount_sought(match),
        score=match.score_micro * POINTS_PER_SCORE / matching.UNIT,
    )


def facts_of(match: Match, presenter: Presenter) -> list[tuple[str, str]]:
    """What was asked for and what was offered, as both sides see it: (label, value). The presenter knows its names."""
    need = matching.from_json(matching.Need, {**match.need, "siblings": []})
    facts = [
        (_("Functional area"), area_label(need.area)),
        (_("Types of assistance"), presenter.show(matching.Shown("types", tuple(sorted(need.types))))),
        (_("Amount sought"), _with_conversion(match, need.amount)),
        (_("Period"), period_text((need.period.start.isoformat(), need.period.end.isoformat()))),
    ]
    if match.amount_minor is not None:
        agreed = match.status == MatchStatus.ACCEPTED
        label = _("Amount agreed") if agreed else _("Amount proposed")
        facts.append((label, format_money(match.amount_minor, match.offer.currency)))
    return facts


def _with_conversion(match: Match, amount: matching.Amount | None) -> str:
    """The amount as stated, and what it is worth in the offer's currency at the run's rates."""
    stated, rate_set = amount_text(amount), match.run.rate_set
    if amount is None or rate_set is None or amount.currency == match.offer.currency or amount.low != amount.high:
        return stated
    converter = matching.Converter(engine_rates(rate_set, match.run.as_of))
    minor = converter.convert(amount.low, amount.currency, match.offer.currency)
    if minor is None:
        return stated
    about = {
        "stated": stated,
        "about": format_about(minor, match.offer.currency),
        "day": apart(format_day(rate_set.dated)),
    }
    return _("%(stated)s (about %(about)s at the rate of %(day)s)") % about


def names_in(*matches: Match) -> dict[str, str]:
    """The names of the parties by UUID, and of every territory that needs or offers name by code; one query."""
    codes: set[str] = set()
    names: dict[str, str] = {}
    for match in matches:
        state = match.need["state"]
        codes |= {state["code"], *state["ancestors"], *match.offered["included"], *match.offered["excluded"]}
        names |= {str(match.state.uuid): match.state.name, str(match.donor.uuid): match.donor.name}
    places = Territory.objects.filter(code__in=codes).values_list("code", "name")
    return {**{code: format_place(code, name) for code, name in places}, **names}


def amount_sought(match: Match) -> str:
    """The amount of the need as it was disclosed."""
    return amount_text(matching.from_json(matching.Need, {**match.need, "siblings": []}).amount)


def rule_line(presenter: Presenter, rule: matching.RuleResult) -> RuleLine:
    """A rule in words: of an offer, or of a partner."""
    state = {matching.Outcome.PASS: "passed", matching.Outcome.FAIL: "failed"}.get(rule.outcome, "open")
    label = translated({**matching.RULE_LABELS, **matching.PARTNER_LABELS}[rule.rule])
    outcome = translated(matching.OUTCOME_LABELS[rule.outcome])
    return RuleLine(label, state, outcome, presenter.sentence(rule.sentence))


def ledger_line(presenter: Presenter, row: matching.LedgerRow) -> LedgerLine:
    """A criterion in words: of an offer, or of a partner."""
    full = matching.UNIT * matching.UNIT
    return LedgerLine(
        label=translated({**matching.CRITERION_LABELS, **matching.PARTNER_LABELS}[row.criterion]),
        ours=presenter.show(row.need_value),
        theirs=presenter.show(row.offer_value),
        points=row.points * POINTS_PER_SCORE / full,
        maximum=row.weight * POINTS_PER_SCORE / matching.UNIT,
        weight=row.weight * POINTS_PER_SCORE / matching.UNIT,
        reason=presenter.sentence(row.reason),
        disclosed=row.need_value.kind != "not_disclosed",
    )


def _way(presenter: Presenter, way: Iterable[matching.Change]) -> tuple[ChangeLine, ...]:
    return tuple(
        ChangeLine(translated(matching.CHANGE_LABELS[change.kind]), presenter.sentence(change.sentence))
        for change in way
    )
