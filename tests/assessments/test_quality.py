"""The quality check: each kind of condition on worked examples, and what must hold of every finding."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from assessments.enums import AnswerRating, Basis, Confidence
from assessments.frameworks.schema import AnswerIs, EvidenceOlder, LevelAbove, QualityRule, RuleScope, UnknownShare
from assessments.quality import Fact, Finding, check

STARTED = dt.date(2026, 2, 1)
Condition = AnswerIs | LevelAbove | UnknownShare | EvidenceOlder


def rule(condition: Condition, key: str = "rule", **scope: tuple[str, ...]) -> QualityRule:
    return QualityRule(key, "warning", "Look again.", condition, RuleScope(**scope))


def rated(key: str, level: int, basis: str = "document", **more: object) -> Fact:
    fact = Fact(key, key.partition("-")[0], 5, 4, rating=AnswerRating.RATED, position=level, basis=basis, version=1)
    return replace(fact, has_narrative=True, **more)  # type: ignore[arg-type]


def unrated(key: str, rating: AnswerRating | None) -> Fact:
    return Fact(key, key.partition("-")[0], 5, 4, rating=rating)


def found(condition: Condition, *facts: Fact, **scope: tuple[str, ...]) -> list[tuple[str, ...]]:
    return [finding.indicators for finding in check([rule(condition, **scope)], facts, STARTED)]


def test_an_answer_is_met_only_where_all_that_is_given_applies() -> None:
    top = AnswerIs(at_least="top", bases=("none",))
    facts = [rated("a-1", 5, "none"), rated("a-2", 4, "none"), rated("a-3", 5, "law"), unrated("a-4", None)]
    assert found(top, *facts) == [("a-1",)]
    assert found(AnswerIs(at_least="target", bases=("none",)), *facts) == [("a-1",), ("a-2",)]
    sure = AnswerIs(confidences=("high",), bases=("none",))
    assert found(sure, rated("a-1", 1, "none", confidence="high"), rated("a-2", 1, "none")) == [("a-1",)]
    assert found(AnswerIs(narrative="missing"), replace(rated("a-1", 2), has_narrative=False), rated("a-2", 2)) == [
        ("a-1",)
    ]


def test_a_rule_looks_at_its_scope_only() -> None:
    facts = [
        rated("leg-1", 3, "testimony"),
        rated("mar-1", 3, "testimony", stage="use"),
        rated("mar-2", 3, "testimony", stage="use", lenses=("gender", "risk")),
    ]
    heard = AnswerIs(bases=("testimony",))
    assert found(heard, *facts, areas=("leg",)) == [("leg-1",)]
    assert found(heard, *facts, indicators=("mar-1", "leg-1")) == [("leg-1",), ("mar-1",)]
    assert found(heard, *facts, stages=("use",), lenses=("gender",)) == [("mar-2",)]
    assert found(heard, *facts) == [("leg-1",), ("mar-1",), ("mar-2",)]


def test_one_level_above_another_by_so_many_steps() -> None:
    condition = LevelAbove("rec-1", "mar-4", 2)
    assert found(condition, rated("rec-1", 4), rated("mar-4", 2)) == [("rec-1", "mar-4")]
    assert found(condition, rated("rec-1", 3), rated("mar-4", 2)) == []
    assert found(condition, rated("rec-1", 5), unrated("mar-4", AnswerRating.UNKNOWN)) == [], "unknown is no level"
    assert found(condition, rated("rec-1", 5)) == [], "what is not read raises nothing"


def test_shares_of_unknown_are_told_of_areas_and_of_the_whole() -> None:
    facts = [
        unrated("a-1", AnswerRating.UNKNOWN),
        rated("a-2", 1),
        unrated("a-3", AnswerRating.NOT_APPLICABLE),
        rated("b-1", 1),
        unrated("b-2", None),
    ]
    # a: one of two that apply (50 %). b: none. Whole: one of four (25 %).
    [area] = check([rule(UnknownShare("area", 25))], facts, STARTED)
    assert (area.subject, area.count, area.total, area.indicators) == ("a", 1, 2, ("a-1",))
    assert found(UnknownShare("area", 50), *facts) == [], "above, not at"
    [whole] = check([rule(UnknownShare("whole", 24))], facts, STARTED)
    assert (whole.subject, whole.count, whole.total) == ("whole", 1, 4)


def test_evidence_that_ends_before_the_cycle_is_old_and_missing_evidence_is_another_matter() -> None:
    facts = [
        rated("a-1", 3, evidence_until=dt.date(2024, 1, 31)),
        rated("a-2", 3, evidence_until=dt.date(2024, 2, 1)),
        rated("a-3", 3),
    ]
    assert found(EvidenceOlder(2), *facts) == [("a-1",)]
    leap = check([rule(EvidenceOlder(1))], facts, dt.date(2024, 2, 29))
    assert leap == ()


def test_a_finding_changes_its_fingerprint_with_the_answers_it_rests_on_and_with_no_other() -> None:
    condition = LevelAbove("rec-1", "mar-4", 2)

    def fingerprint(*facts: Fact) -> str:
        [finding] = check([rule(condition)], facts, STARTED)
        return finding.fingerprint

    before = fingerprint(rated("rec-1", 4), rated("mar-4", 2), rated("a-1", 1))
    assert fingerprint(rated("rec-1", 4), rated("mar-4", 2), rated("a-1", 5, version=7)) == before
    assert fingerprint(rated("rec-1", 4), rated("mar-4", 2, version=2)) != before
    assert fingerprint(rated("rec-1", 5, version=2), rated("mar-4", 2)) != before


@st.composite
def any_facts(draw: st.DrawFn) -> list[Fact]:
    keys = draw(st.lists(st.sampled_from([f"{area}-{n}" for area in "abc" for n in range(4)]), unique=True))
    facts = []
    for key in keys:
        rating = draw(st.sampled_from([*AnswerRating, None]))
        if rating == AnswerRating.RATED:
            basis, sure = draw(st.sampled_from(Basis.values)), draw(st.sampled_from(Confidence.values))
            facts.append(rated(key, draw(st.integers(1, 5)), basis, confidence=sure))
        else:
            facts.append(unrated(key, rating))
    return facts


RULES = [
    rule(AnswerIs(at_least="top", bases=("none",)), "top"),
    rule(AnswerIs(confidences=("high",)), "sure"),
    rule(LevelAbove("a-0", "b-0", 1), "above"),
    rule(UnknownShare("area", 20), "area"),
    rule(UnknownShare("whole", 20), "whole"),
]


@given(any_facts(), st.randoms(use_true_random=False))
def test_findings_name_answers_that_are_there_once_and_do_not_depend_on_order(facts, random) -> None:  # type: ignore[no-untyped-def]
    def told(findings: tuple[Finding, ...]) -> set[tuple[str, str]]:
        return {(finding.rule.key, finding.subject) for finding in findings}

    findings = check(RULES, facts, STARTED)
    assert len(told(findings)) == len(findings)
    assert {key for finding in findings for key in finding.indicators} <= {fact.key for fact in facts}
    shuffled = list(facts)
    random.shuffle(shuffled)
    assert told(check(RULES, shuffled, STARTED)) == told(findings)


@given(any_facts())
def test_without_rules_there_is_nothing_to_say_and_what_is_not_answered_raises_no_question(facts: list[Fact]) -> None:
    assert check([], facts, STARTED) == ()
    assert check(RULES, [unrated(fact.key, None) for fact in facts], STARTED) == ()
