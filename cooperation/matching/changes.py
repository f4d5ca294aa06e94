"""What a requester could change so that an offer becomes open to a need: a closed list, and the fewest of it.

Period, lines, language, amount, and the conditions that a State can meet. Never the State, the area or the severity;
nor what only the donor or the calendar decides (validity, a declined pair, ODA status, rates, an empty offer). What
belongs to the whole request (language, conditions) changes on all its needs, and `LINES` on all those of an area that
the offer covers; a period and an amount change on the need itself. A value that is not disclosed is left alone: it
does not fail a rule, so it needs no change.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from itertools import combinations
from typing import Final, TypeAlias

from cooperation.matching import shown
from cooperation.matching.conditions import (
    BASELINE_NOT_ENDORSED,
    CO_FUNDING_BELOW,
    GENDER_BELOW,
    GENDER_NOT_SCREENED,
    check_baseline,
    check_co_funding,
    check_gender,
)
from cooperation.matching.floor import BELOW_FLOOR, RULES, check_amount, from_siblings
from cooperation.matching.money import MAX_MINOR, Money
from cooperation.matching.results import Change, ChangeKind, Sentence, Shown
from cooperation.matching.rules import (
    AREA_NOT_COVERED,
    LANGUAGE_NOT_SHARED,
    PERIOD_APART,
    TYPE_NOT_OFFERED,
    check_area,
    check_language,
    check_period,
    check_type,
)
from cooperation.matching.values import Need, Offer, Period
from cooperation.matching.verdicts import Context

Applied: TypeAlias = tuple[Need, Shown] | None
"""The changed need and the value it got; None when there is nothing of this kind to change."""

CHANGEABLE: Final = frozenset(
    verdict.code
    for verdict in (
        PERIOD_APART,
        TYPE_NOT_OFFERED,
        LANGUAGE_NOT_SHARED,
        BASELINE_NOT_ENDORSED,
        GENDER_NOT_SCREENED,
        GENDER_BELOW,
        CO_FUNDING_BELOW,
        BELOW_FLOOR,
    )
)
"""Codes of the failures that some change of the closed list removes. With any other failure no change helps."""


def eligible(need: Need, offer: Offer, context: Context) -> bool:
    """Whether no hard rule fails; stops at the first that does."""
    return not any(rule.check(need, offer, context).failed for rule in RULES)


def _whole_request(need: Need, change: Callable[[Need], Need]) -> Need:
    changed = change(need)
    return replace(changed, siblings=tuple(change(sibling) for sibling in need.siblings))


def _anywhere(need: Need, fails: Callable[[Need], bool]) -> bool:
    return fails(need) or any(fails(sibling) for sibling in need.siblings)


def change_period(need: Need, offer: Offer, context: Context) -> Applied:
    """Stretch the need's period to the offer's nearest day."""
    if check_period(need, offer, context) is not PERIOD_APART:
        return None
    period = Period(min(need.period.start, offer.period.end), max(need.period.end, offer.period.start))
    return replace(need, period=period), shown.period(period)


def change_lines(need: Need, offer: Offer, context: Context) -> Applied:
    """Let the request's lines in the offer's areas also ask for a type that the offer gives (its first by code)."""

    def fails(line: Need) -> bool:
        covered = check_area(line, offer, context) is not AREA_NOT_COVERED
        return covered and check_type(line, offer, context) is TYPE_NOT_OFFERED

    if not _anywhere(need, fails):
        return None
    added = frozenset((min(offer.types),))
    changed = _whole_request(need, lambda line: replace(line, types=line.types | added) if fails(line) else line)
    return changed, shown.codes("types", added)


def change_language(need: Need, offer: Offer, context: Context) -> Applied:
    """Let the request be worked on in a language of the offer (its first by code), as the last of its languages."""

    def fails(line: Need) -> bool:
        return check_language(line, offer, context) is LANGUAGE_NOT_SHARED

    if not _anywhere(need, fails):
        return None
    added = min(offer.languages)

    def add(line: Need) -> Need:
        return replace(line, languages=(*line.languages, added)) if isinstance(line.languages, tuple) else line

    return _whole_request(need, lambda line: add(line) if fails(line) else line), shown.one("language", added)


def change_baseline(need: Need, offer: Offer, context: Context) -> Applied:
    """Have the baseline endorsed."""

    def fails(line: Need) -> bool:
        return check_baseline(line, offer, context) is BASELINE_NOT_ENDORSED

    def endorse(line: Need) -> Need:
        endorsed = replace(line.readiness, endorsed_baseline=True, baseline_endorsed_on=context.as_of)
        return replace(line, readiness=endorsed)

    if not _anywhere(need, fails):
        return None
    return _whole_request(need, lambda line: endorse(line) if fails(line) else line), shown.one("yes_no", True)


def change_gender(need: Need, offer: Offer, context: Context) -> Applied:
    """Screen the request for gender and raise its marker to the donor's minimum."""

    def fails(line: Need) -> bool:
        return check_gender(line, offer, context).failed

    if not _anywhere(need, fails):
        return None
    minimum = offer.conditions.min_gender_marker
    changed = _whole_request(need, lambda line: replace(line, gender_marker=minimum) if fails(line) else line)
    return changed, shown.one("gender_marker", minimum)


def change_co_funding(need: Need, offer: Offer, context: Context) -> Applied:
    """Raise the State's own share to the donor's minimum."""
    minimum = offer.conditions.min_co_funding
    if minimum is None:
        return None

    def fails(line: Need) -> bool:
        return check_co_funding(line, offer, context).failed

    def raise_share(line: Need) -> Need:
        return replace(line, readiness=replace(line.readiness, co_funding_share=minimum))

    if not _anywhere(need, fails):
        return None
    changed = _whole_request(need, lambda line: raise_share(line) if fails(line) else line)
    return changed, shown.one("share", minimum)


def change_amount(need: Need, offer: Offer, context: Context) -> Applied:
    """Raise the amount sought until the request reaches the floor for certain."""
    if check_amount(need, offer, context) is not BELOW_FLOOR or offer.floor is None:
        return None
    least, _ = from_siblings(need, offer, context)
    currency = offer.floor.currency if need.amount is None else need.amount.currency
    minor = context.converter.least_reaching(offer.floor.minor - least, currency, offer.floor.currency)
    if minor is None or minor > MAX_MINOR:
        return None
    amount = Money(minor, currency)
    return replace(need, amount=amount), shown.amount(amount)


_CHANGES: Final[dict[ChangeKind, Callable[[Need, Offer, Context], Applied]]] = {
    ChangeKind.PERIOD: change_period,
    ChangeKind.LINES: change_lines,
    ChangeKind.LANGUAGE: change_language,
    ChangeKind.ENDORSED_BASELINE: change_baseline,
    ChangeKind.GENDER_MARKER: change_gender,
    ChangeKind.CO_FUNDING: change_co_funding,
    ChangeKind.AMOUNT: change_amount,  # last: what it must reach depends on all the others
}

_OFFER_SIDE: Final[dict[ChangeKind, Callable[[Offer], Shown]]] = {
    ChangeKind.PERIOD: lambda offer: shown.period(offer.period),
    ChangeKind.LINES: lambda offer: shown.limit("types", offer.types),
    ChangeKind.LANGUAGE: lambda offer: shown.limit("languages", offer.languages),
    ChangeKind.AMOUNT: lambda offer: shown.amount(offer.floor),
}


def apply_changes(
    need: Need, offer: Offer, context: Context, kinds: Iterable[ChangeKind]
) -> tuple[Need, tuple[Change, ...]]:
    """The need (and its siblings) after the changes of `kinds`, and those that changed anything with their values."""
    wanted = set(kinds)
    made: list[Change] = []
    for kind, change in _CHANGES.items():
        applied = change(need, offer, context) if kind in wanted else None
        if applied is not None:
            need, value = applied
            offered = _OFFER_SIDE[kind](offer) if kind in _OFFER_SIDE else shown.NONE
            made.append(Change(kind, Sentence(f"change.{kind}", (("to", value), ("offer", offered)))))
    return need, tuple(made)


def smallest_changes(need: Need, offer: Offer, context: Context) -> tuple[tuple[Change, ...], ...]:
    """Every smallest set of changes that makes the pair eligible, found by trying all sets from the smallest up.

    Empty when the pair is eligible already, or when no change helps.
    """
    verdicts = [rule.check(need, offer, context) for rule in RULES]
    failed = {verdict.code for verdict in verdicts if verdict.failed}
    if not failed or not failed <= CHANGEABLE:
        return ()
    for size in range(1, len(ChangeKind) + 1):
        ways = []
        for kinds in combinations(ChangeKind, size):
            changed, made = apply_changes(need, offer, context, kinds)
            # a set with a change that changes nothing is no set of this size: skip it before the costlier check
            if len(made) == size and eligible(changed, offer, context):
                ways.append(made)
        if ways:
            return tuple(ways)
    return ()
