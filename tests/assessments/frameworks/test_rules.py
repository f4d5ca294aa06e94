"""The quality rules of a framework file: read, written back, and every mistake named with its place."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest

from assessments.frameworks import FrameworkErrors, export_framework, framework_content, parse_framework
from assessments.frameworks.rules import rule_of, rule_value
from assessments.frameworks.schema import AnswerIs, EvidenceOlder, LevelAbove, QualityRule, RuleScope, UnknownShare
from tests.assessments.frameworks.documents import as_yaml, small_document

ANSWER = {"kind": "answer", "bases": ["none"]}


def document(*rules: Any) -> dict[str, Any]:
    # Copies: a value that stands twice would be written as an alias.
    return {**small_document(), "quality_rules": [deepcopy(rule) for rule in rules]}


def a_rule(when: Any = ANSWER, **more: Any) -> dict[str, Any]:
    return {"key": "first", "severity": "note", "message": "Look again.", "when": when, **more}


def rules_of(*rules: Any) -> tuple[QualityRule, ...]:
    return parse_framework(as_yaml(document(*rules))).quality_rules


def problems(*rules: Any) -> list[tuple[str, str]]:
    with pytest.raises(FrameworkErrors) as caught:
        parse_framework(as_yaml(document(*rules)))
    return [(error.path, error.message) for error in caught.value.errors]


EVERY_KIND = (
    a_rule({"kind": "answer", "at_least": "top", "bases": ["none"], "confidences": ["high"], "narrative": "missing"}),
    a_rule({"kind": "level_above", "indicator": "sto-01", "above": "sto-02", "by": 2}, key="second", blocks=True),
    a_rule({"kind": "unknown_share", "of": "area", "percent": 25}, key="third", severity="warning"),
    a_rule({"kind": "evidence_older", "years": 2}, key="fourth", **{"for": {"areas": ["sto"], "lenses": ["risk"]}}),
)


def test_every_kind_of_condition_is_read() -> None:
    assert rules_of(*EVERY_KIND) == (
        QualityRule("first", "note", "Look again.", AnswerIs("top", ("none",), ("high",), "missing")),
        QualityRule("second", "note", "Look again.", LevelAbove("sto-01", "sto-02", 2), blocks=True),
        QualityRule("third", "warning", "Look again.", UnknownShare("area", 25)),
        QualityRule("fourth", "note", "Look again.", EvidenceOlder(2), RuleScope(areas=("sto",), lenses=("risk",))),
    )


def test_rules_are_part_of_the_content_and_survive_being_written_and_stored() -> None:
    framework = parse_framework(as_yaml(document(*EVERY_KIND)))
    assert parse_framework(export_framework(framework)) == framework
    assert [rule_of(rule_value(rule)) for rule in framework.quality_rules] == list(framework.quality_rules)
    without = parse_framework(as_yaml(small_document()))
    assert framework_content(framework) != framework_content(without)
    assert "quality_rules" not in framework_content(without), "a framework without rules keeps its hash"


@pytest.mark.parametrize(
    ("rule", "path", "message"),
    [
        (a_rule(severity="bad"), "quality_rules[0].severity", "use one of: warning, note"),
        (a_rule(message=""), "quality_rules[0].message", "This is required."),
        (a_rule(blocks="perhaps"), "quality_rules[0].blocks", "use one of: true, false"),
        (a_rule("soon"), "quality_rules[0].when", "A mapping of names and values is expected here."),
        (a_rule({"kind": "guess"}), "quality_rules[0].when.kind", "use one of: answer, level_above"),
        (a_rule({"kind": "answer"}), "quality_rules[0].when", "Say at least one of"),
        (a_rule({"kind": "answer", "bases": ["rumour"]}), "quality_rules[0].when.bases[0]", "“rumour” is not known"),
        (a_rule({**ANSWER, "years": 2}), "quality_rules[0].when.years", "is not a field known here"),
        (
            a_rule({"kind": "level_above", "indicator": "sto-09", "above": "sto-01"}),
            "quality_rules[0].when.indicator",
            "“sto-09” is not known here; use one of: sto-01, sto-02.",
        ),
        (
            a_rule({"kind": "level_above", "indicator": "sto-01", "above": "sto-01"}),
            "quality_rules[0].when.above",
            "another indicator on the same scale",
        ),
        (
            a_rule({"kind": "level_above", "indicator": "sto-01", "above": "sto-02", "by": 3}),
            "quality_rules[0].when.by",
            "fewer levels",
        ),
        (
            a_rule({"kind": "unknown_share", "of": "area", "percent": 100}),
            "quality_rules[0].when.percent",
            "between 0 and 99",
        ),
        (a_rule(**{"for": {"areas": ["dis"]}}), "quality_rules[0].for.areas[0]", "“dis” is not known here"),
        (a_rule(**{"for": {"weather": ["dis"]}}), "quality_rules[0].for.weather", "is not a field known here"),
        (a_rule(mood="glad"), "quality_rules[0].mood", "is not a field known here"),
    ],
)
def test_a_mistake_is_named_with_its_place(rule: Any, path: str, message: str) -> None:
    [(place, told)] = problems(rule)
    assert place == path
    assert message in told


def test_two_rules_of_one_key_and_a_list_that_is_none_are_named() -> None:
    assert problems(a_rule(), a_rule()) == [("quality_rules[1].key", "Another rule has this key.")]
    with pytest.raises(FrameworkErrors, match="A list is expected here"):
        parse_framework(as_yaml({**small_document(), "quality_rules": "none"}))
