"""The quality check of a baseline: the rules of its framework evaluated on its answers. Pure, no database.

No indicator is named here: which ones a rule looks at is data of the framework file (see `assessments.frameworks.rules`
for the vocabulary). A finding is a question to those who rate, not a verdict; its `fingerprint` changes with every
answer it rests on, so that what was dismissed for one state of things is asked again for another.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from assessments.enums import AnswerRating
from assessments.frameworks.schema import (
    AnswerIs,
    EvidenceOlder,
    LevelAbove,
    QualityRule,
    UnknownShare,
)

WHOLE = "whole"
_TOP, _AREA = "top", "area"


@dataclass(frozen=True, slots=True)
class Fact:
    """An indicator with its answer, as the rules look at it.

    `position` is the place of the level on a scale of `size` levels, from 1, and 0 where there is none; `target` is the
    place of the target. `version` is that of the answer, 0 where nobody has answered. `evidence_until` is the end of
    the newest period that linked evidence covers.
    """

    key: str
    area: str
    size: int
    target: int
    stage: str = ""
    lenses: tuple[str, ...] = ()
    rating: AnswerRating | None = None
    position: int = 0
    basis: str = ""
    confidence: str = ""
    has_narrative: bool = False
    version: int = 0
    evidence_until: dt.date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """A rule that holds somewhere. `subject` is the key of the indicator or area it is about, or "whole".

    `indicators` are the keys of those it rests on, the one to look at first in front; `count` of `total` is given for
    shares.
    """

    rule: QualityRule
    subject: str
    indicators: tuple[str, ...]
    fingerprint: str
    count: int = 0
    total: int = 0


def check(rules: Iterable[QualityRule], facts: Sequence[Fact], started_on: dt.date) -> tuple[Finding, ...]:
    """Evaluate every rule on the answers of a baseline that began on `started_on`.

    Findings come in the order of the rules, and within a rule in the order of the facts. A rule that compares looks
    only at facts that are given: what the viewer may not read raises no finding.
    """
    return tuple(finding for rule in rules for finding in _findings(rule, facts, started_on))


def _findings(rule: QualityRule, facts: Sequence[Fact], started_on: dt.date) -> Iterator[Finding]:
    seen = [fact for fact in facts if _in_scope(rule, fact)]
    match rule.condition:
        case AnswerIs() as condition:
            yield from (_about(rule, fact) for fact in seen if _answer_is(condition, fact))
        case EvidenceOlder(years):
            limit = _years_before(started_on, years)
            yield from (_about(rule, fact) for fact in seen if _is_older(fact, limit))
        case LevelAbove() as condition:
            yield from _level_above(rule, condition, seen)
        case UnknownShare(of, percent):
            for subject, group in _groups(of, seen):
                yield from _unknown_share(rule, subject, group, percent)


def _in_scope(rule: QualityRule, fact: Fact) -> bool:
    scope = rule.scope
    return (
        (not scope.indicators or fact.key in scope.indicators)
        and (not scope.areas or fact.area in scope.areas)
        and (not scope.stages or fact.stage in scope.stages)
        and (not scope.lenses or not set(scope.lenses).isdisjoint(fact.lenses))
    )


def _answer_is(condition: AnswerIs, fact: Fact) -> bool:
    if fact.rating != AnswerRating.RATED:
        return False
    needed = 0
    if condition.at_least:
        needed = fact.size if condition.at_least == _TOP else fact.target
    return (
        fact.position >= needed
        and (not condition.bases or fact.basis in condition.bases)
        and (not condition.confidences or fact.confidence in condition.confidences)
        and (not condition.narrative or not fact.has_narrative)
    )


def _is_older(fact: Fact, limit: dt.date) -> bool:
    return fact.rating == AnswerRating.RATED and fact.evidence_until is not None and fact.evidence_until < limit


def _years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years before; the 28th for the 29th of February."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def _level_above(rule: QualityRule, condition: LevelAbove, seen: Sequence[Fact]) -> Iterator[Finding]:
    by_key = {fact.key: fact for fact in seen}
    higher, lower = by_key.get(condition.indicator), by_key.get(condition.above)
    if higher and lower and lower.position and higher.position - lower.position >= condition.by:
        yield _about(rule, higher, lower)


def _groups(of: str, seen: Sequence[Fact]) -> Iterator[tuple[str, list[Fact]]]:
    if of != _AREA:
        yield WHOLE, list(seen)
        return
    areas: dict[str, list[Fact]] = {}
    for fact in seen:
        areas.setdefault(fact.area, []).append(fact)
    yield from areas.items()


_APPLICABLE = (AnswerRating.RATED, AnswerRating.UNKNOWN, None)


def _unknown_share(rule: QualityRule, subject: str, facts: Sequence[Fact], percent: int) -> Iterator[Finding]:
    unknown = [fact for fact in facts if fact.rating == AnswerRating.UNKNOWN]
    total = sum(fact.rating in _APPLICABLE for fact in facts)
    if len(unknown) * 100 > total * percent:
        keys = tuple(fact.key for fact in unknown)
        yield Finding(rule, subject, keys, _fingerprint([*keys, total]), count=len(unknown), total=total)


def _about(rule: QualityRule, fact: Fact, *others: Fact) -> Finding:
    facts = (fact, *others)
    rests_on = [[one.key, one.version, str(one.evidence_until or "")] for one in facts]
    return Finding(rule, fact.key, tuple(one.key for one in facts), _fingerprint(rests_on))


def _fingerprint(value: list[object] | list[list[object]]) -> str:
    return hashlib.sha256(json.dumps(value).encode()).hexdigest()
