"""The quality rules of a framework file: what a careful reader would ask about the answers.

quality_rules:
  - key: top-without-basis          permanent name of the rule
    severity: warning               warning or note
    blocks: true                    may be left out: a finding then stops nobody
    message: ...                    what is odd, and what to do
    for:                            may be left out: all indicators; what is given must all hold
      indicators: [mar-01]          keys of indicators
      areas: [leg]                  keys of sections
      stages: [storage]
      lenses: [gender]
    when:                           one condition, of a kind
      kind: answer                  a single answer to which all that is given applies:
      at_least: top                   level at or above: top or target
      bases: [none]                   basis among these
      confidences: [high]             confidence among these
      narrative: missing              nothing written
    when: {kind: level_above, indicator: rec-01, above: mar-01, by: 2}
                                    an indicator rated above another on the same scale by that many levels or more
    when: {kind: unknown_share, of: area, percent: 25}
                                    more than that share of what applies is unknown, in an area or in the whole
    when: {kind: evidence_older, years: 2}
                                    the newest evidence of a rated answer ends more than so many years before the
                                    baseline began

The rules are data: they name indicators, so that no code has to. A rule without findings costs nothing; a new kind of
condition is a change of this file, of `assessments/quality.py` and of their tests.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final

from django.utils.translation import gettext as _

from assessments.enums import Basis, Confidence, Lens, LifeCycleStage
from assessments.frameworks.errors import Path
from assessments.frameworks.fields import Fields, shortened
from assessments.frameworks.schema import (
    KEY_LENGTH,
    MAX_RULES,
    TEXT_LENGTH,
    AnswerIs,
    EvidenceOlder,
    Framework,
    Group,
    LevelAbove,
    QualityRule,
    RuleScope,
    UnknownShare,
    walk,
)

MOST_YEARS: Final = 50
_WHOLE: Final = 100


class Severity(StrEnum):
    """How much a finding matters."""

    WARNING = "warning"
    NOTE = "note"


class Kind(StrEnum):
    """The kinds of condition."""

    ANSWER = "answer"
    LEVEL_ABOVE = "level_above"
    UNKNOWN_SHARE = "unknown_share"
    EVIDENCE_OLDER = "evidence_older"


LEVELS: Final = ("top", "target")
SHARE_OF: Final = ("area", "whole")
MISSING: Final = "missing"


@dataclass(frozen=True, slots=True)
class Asked:
    """What the rest of the file asks: the scale of each indicator with its number of options, and the sections."""

    scales: dict[str, tuple[str, int]]
    sections: frozenset[str]
    sound: bool = True


def asked_by(framework: Framework) -> Asked:
    """What a framework asks, read so far without its rules."""
    sizes = {scale.key: len(scale.options) for scale in framework.scales}
    scales = {indicator.key: (indicator.scale, sizes.get(indicator.scale, 0)) for indicator in framework.indicators()}
    return Asked(scales, frozenset(node.key for node in walk(framework.nodes) if isinstance(node, Group)))


def read_rules(fields: Fields, asked: Asked) -> tuple[QualityRule, ...]:
    """The rules of a file, with every problem noted.

    Of scales and nodes that could not be read themselves, every reference would look wrong: none is checked then.
    """
    asked = asked if not any(map(fields.errors.has_any_under, ("scales", "nodes"))) else replace(asked, sound=False)
    rules: list[QualityRule] = []
    for index, item in enumerate(fields.take_list("quality_rules", MAX_RULES)):
        path = (*fields.path, "quality_rules", index)
        rule = _read_rule(Fields(item, path, fields.errors), asked)
        if any(rule.key == other.key for other in rules if rule.key):
            fields.errors.add((*path, "key"), _("Another rule has this key."))
        rules.append(rule)
    return tuple(rules)


def rule_value(rule: QualityRule) -> dict[str, Any]:
    """A rule as plain values, as a file says it."""
    value: dict[str, Any] = {"key": rule.key, "severity": rule.severity}
    if rule.blocks:
        value["blocks"] = True
    value["message"] = rule.message
    scope = {name: list(getattr(rule.scope, name)) for name in _SCOPE if getattr(rule.scope, name)}
    return {**value, **({"for": scope} if scope else {}), "when": _condition_value(rule)}


def rule_of(value: dict[str, Any]) -> QualityRule:
    """A rule from the plain values of `rule_value`, which were checked when the file was read."""
    scope = RuleScope(**{name: tuple(words) for name, words in value.get("for", {}).items()})
    when = dict(value["when"])
    kind = Kind(when.pop("kind"))
    return QualityRule(
        key=value["key"],
        severity=value["severity"],
        message=value["message"],
        condition=_condition_of(kind, when),
        scope=scope,
        blocks=bool(value.get("blocks")),
    )


_SCOPE: Final = ("indicators", "areas", "stages", "lenses")
_Condition = AnswerIs | LevelAbove | UnknownShare | EvidenceOlder


def _condition_value(rule: QualityRule) -> dict[str, Any]:
    match rule.condition:
        case AnswerIs(at_least, bases, confidences, narrative):
            given: dict[str, Any] = {
                "at_least": at_least,
                "bases": list(bases),
                "confidences": list(confidences),
                "narrative": narrative,
            }
            return {"kind": Kind.ANSWER.value, **{name: value for name, value in given.items() if value}}
        case LevelAbove(indicator, above, by):
            return {"kind": Kind.LEVEL_ABOVE.value, "indicator": indicator, "above": above, "by": by}
        case UnknownShare(of, percent):
            return {"kind": Kind.UNKNOWN_SHARE.value, "of": of, "percent": percent}
        case EvidenceOlder(years):
            return {"kind": Kind.EVIDENCE_OLDER.value, "years": years}


def _condition_of(kind: Kind, when: dict[str, Any]) -> _Condition:
    match kind:
        case Kind.ANSWER:
            bases, confidences = tuple(when.get("bases", ())), tuple(when.get("confidences", ()))
            return AnswerIs(when.get("at_least", ""), bases, confidences, when.get("narrative", ""))
        case Kind.LEVEL_ABOVE:
            return LevelAbove(**when)
        case Kind.UNKNOWN_SHARE:
            return UnknownShare(**when)
        case Kind.EVIDENCE_OLDER:
            return EvidenceOlder(**when)


def _read_rule(fields: Fields, asked: Asked) -> QualityRule:
    key = fields.take_key("key")
    severity = _required(fields, "severity", [severity.value for severity in Severity])
    blocks = fields.take_choice("blocks", ("true", "false")) == "true"
    message = fields.take_text("message", TEXT_LENGTH, required=True)
    scope = _read_scope(fields, asked)
    when = fields.take("when")
    condition: _Condition = AnswerIs()
    if not isinstance(when, dict):
        fields.errors.add((*fields.path, "when"), _("A mapping of names and values is expected here."))
    else:
        condition = _read_condition(Fields(when, (*fields.path, "when"), fields.errors), asked)
    fields.finish()
    return QualityRule(key, severity, message, condition, scope, blocks)


def _read_scope(fields: Fields, asked: Asked) -> RuleScope:
    value = fields.take("for")
    if value is None:
        return RuleScope()
    inner = Fields(value, (*fields.path, "for"), fields.errors)
    scope = RuleScope(
        indicators=inner.take_choices("indicators", _Named(asked.scales, sound=asked.sound)),
        areas=inner.take_choices("areas", _Named(asked.sections, sound=asked.sound)),
        stages=inner.take_choices("stages", LifeCycleStage.values),
        lenses=inner.take_choices("lenses", Lens.values),
    )
    inner.finish()
    return scope


def _read_condition(fields: Fields, asked: Asked) -> _Condition:
    kind = _required(fields, "kind", [kind.value for kind in Kind])
    condition: _Condition = AnswerIs()
    match kind:
        case Kind.ANSWER:
            condition = _read_answer(fields)
        case Kind.LEVEL_ABOVE:
            condition = _read_level_above(fields, asked)
        case Kind.UNKNOWN_SHARE:
            percent = fields.take_whole_number("percent", low=0, high=_WHOLE - 1)
            condition = UnknownShare(_required(fields, "of", SHARE_OF), percent or 0)
        case Kind.EVIDENCE_OLDER:
            condition = EvidenceOlder(fields.take_whole_number("years", low=0, high=MOST_YEARS) or 0)
        case _:
            return condition
    fields.finish()
    return condition


def _read_answer(fields: Fields) -> AnswerIs:
    condition = AnswerIs(
        at_least=fields.take_choice("at_least", LEVELS),
        bases=fields.take_choices("bases", Basis.values),
        confidences=fields.take_choices("confidences", Confidence.values),
        narrative=fields.take_choice("narrative", (MISSING,)),
    )
    if condition == AnswerIs():
        fields.errors.add(fields.path, _("Say at least one of: at_least, bases, confidences, narrative."))
    return condition


def _read_level_above(fields: Fields, asked: Asked) -> LevelAbove:
    keys = _Named(asked.scales, sound=asked.sound)
    indicator, above = _required(fields, "indicator", keys), _required(fields, "above", keys)
    by = fields.take_number("by", low=Decimal(1), high=Decimal(_WHOLE), places=0, default=Decimal(1))
    steps = int(by or 1)
    if indicator in asked.scales and above in asked.scales:
        (scale, size), (other, _size) = asked.scales[indicator], asked.scales[above]
        if indicator == above or scale != other:
            fields.errors.add((*fields.path, "above"), _("This must be another indicator on the same scale."))
        elif steps >= size:
            fields.errors.add((*fields.path, "by"), _("The scale has fewer levels than that."))
    return LevelAbove(indicator, above, steps)


def _required(fields: Fields, name: str, allowed: Collection[str]) -> str:
    """One word of a vocabulary that must be given."""
    path: Path = (*fields.path, name)
    word = fields.take_text(name, KEY_LENGTH, required=True)
    if not word or word in allowed:
        return word
    fields.errors.add(
        path,
        _("“%(word)s” is not known here; use one of: %(allowed)s.")
        % {
            "word": shortened(word),
            "allowed": ", ".join(allowed),
        },
    )
    return ""


class _Named(Sequence[str]):
    """Keys of the file, of which a message names only the first few; every key where the file is not sound."""

    SHOWN = 8

    def __init__(self, keys: Collection[str], *, sound: bool) -> None:
        self._keys = keys
        self._sound = sound

    def __contains__(self, key: object) -> bool:
        return not self._sound or key in self._keys

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, index: Any) -> Any:
        return [*list(self._keys)[: self.SHOWN], *(["…"] if len(self._keys) > self.SHOWN else [])][index]
