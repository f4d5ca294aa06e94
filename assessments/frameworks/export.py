"""From a `Framework` back to its file, and to the plain value that its content hash is made of."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import yaml

from assessments.enums import NodeKind
from assessments.frameworks.rules import rule_value
from assessments.frameworks.schema import (
    DEFAULT_WEIGHT,
    Framework,
    Group,
    Indicator,
    Node,
    Replacement,
    Scale,
    Translation,
)

CONTENT_TAG = "wam-framework/1"


class _Words(list[str]):
    """A list of vocabulary words, written on one line."""


class _Writer(yaml.SafeDumper):
    """Writes decimals as plain numbers, lists indented below their name, and never an alias."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _decimal_node(writer: yaml.SafeDumper, number: Decimal) -> yaml.ScalarNode:
    tag = "tag:yaml.org,2002:" + ("int" if number == number.to_integral_value() else "float")
    return writer.represent_scalar(tag, f"{number:f}")


def _words_node(writer: yaml.SafeDumper, words: _Words) -> yaml.SequenceNode:
    return writer.represent_sequence("tag:yaml.org,2002:seq", words, flow_style=True)


_Writer.add_representer(Decimal, _decimal_node)
_Writer.add_representer(_Words, _words_node)


def export_framework(framework: Framework) -> str:
    """Write the framework as a file; `parse_framework` reads the same value back."""
    return yaml.dump(
        _document(framework), Dumper=_Writer, allow_unicode=True, sort_keys=False, width=110, default_flow_style=False
    )


def framework_content(framework: Framework) -> dict[str, Any]:
    """The framework as a plain JSON value: what its content hash covers.

    Translations stay out: they say the same in other words, and may be added and corrected after a version is published
    without touching what was agreed with it. Their own hash is kept beside them.

    Defaults are written out at every indicator and weights are text, so that two files which ask the same have the
    same content however they say it.
    """
    return _filled(
        key=framework.key,
        version=framework.version,
        title=framework.title,
        notice=framework.notice,
        language=framework.language,
        scales=[_scale(scale) for scale in framework.scales],
        nodes=[_node(node, _resolved) for node in framework.nodes],
        **supplements_content(framework),
    )


def supplements_content(framework: Framework) -> dict[str, Any]:
    """Groups, item map and quality rules as plain values, written and stored alike; absent where there are none."""
    groups = [
        _filled(key=one.key, title=one.title, description=one.description, indicators=list(one.indicators))
        for one in framework.groups
    ]
    return _filled(
        groups=groups,
        replaces=_replacement(framework.replaces) if framework.replaces else {},
        quality_rules=[rule_value(rule) for rule in framework.quality_rules],
    )


def _replacement(replaces: Replacement) -> dict[str, Any]:
    items = {one.key: _filled(**{"from": list(one.sources), "levels": dict(one.levels)}) for one in replaces.items}
    dropped = [{"key": one.key, "reason": one.reason} for one in replaces.dropped]
    return _filled(version=replaces.version, items=items, dropped=dropped)


def _document(framework: Framework) -> dict[str, Any]:
    scales = {scale.key: scale for scale in framework.scales}

    def short(indicator: Indicator) -> dict[str, Any]:
        return {
            "scale": indicator.scale if indicator.scale != framework.default_scale else "",
            "target": indicator.target if indicator.target != scales[indicator.scale].target else "",
            "weight": indicator.weight if indicator.weight != DEFAULT_WEIGHT else "",
        }

    return _filled(
        key=framework.key,
        version=framework.version,
        title=framework.title,
        notice=framework.notice,
        language=framework.language,
        scales=[{**_scale(scale), "target": scale.target} for scale in framework.scales],
        default_scale=framework.default_scale,
        nodes=[_node(node, short) for node in framework.nodes],
        **supplements_content(framework),
        translations={one.language: _translation(framework, one) for one in framework.translations},
    )


def _translation(framework: Framework, translation: Translation) -> dict[str, Any]:
    """The texts nested as in the file; a list keeps its length, with empty items where there is no text."""
    document: dict[str, Any] = {}
    texts = dict(translation.texts)
    lengths = {node.key: len(node.evidence) for node in framework.indicators()}
    for slot, text in translation.texts:
        place = document
        *above, last = slot
        if above[-1:] == ["evidence"]:
            key = above[1]
            items = [texts.get((*above, str(number)), "") for number in range(lengths[key])]
            place.setdefault("nodes", {}).setdefault(key, {})["evidence"] = items
            continue
        for step in above:
            place = place.setdefault(step, {})
        place[last] = text
    return document


def _scale(scale: Scale) -> dict[str, Any]:
    options = [
        _filled(key=option.key, value=option.value, label=option.label, meaning=option.meaning)
        for option in scale.options
    ]
    return _filled(key=scale.key, title=scale.title, options=options)


def _resolved(indicator: Indicator) -> dict[str, Any]:
    return {"scale": indicator.scale, "target": indicator.target, "weight": f"{indicator.weight:f}"}


def _node(node: Node, rating: Callable[[Indicator], dict[str, Any]]) -> dict[str, Any]:
    """A node and what it holds; `rating` writes how an indicator is rated and weighed."""
    if isinstance(node, Group):
        return _filled(
            kind=node.kind.value,
            key=node.key,
            code=node.code,
            title=node.title,
            scope=node.scope,
            guidance=node.guidance,
            references=list(node.references),
            functional_area=node.functional_area,
            nodes=[_node(child, rating) for child in node.nodes],
        )
    return _filled(
        kind=NodeKind.INDICATOR.value,
        key=node.key,
        code=node.code,
        question=node.question,
        **rating(node),
        levels=dict(node.levels),
        guidance=node.guidance,
        evidence=list(node.evidence),
        references=list(node.references),
        stage=node.stage,
        lenses=_Words(node.lenses),
        technologies=_Words(node.technologies),
        assistance_types=_Words(node.assistance_types),
    )


def _filled(**fields: Any) -> dict[str, Any]:
    """The fields that say something, in the order given."""
    return {name: value for name, value in fields.items() if value not in ("", [], {})}
