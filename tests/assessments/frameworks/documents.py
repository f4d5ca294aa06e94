"""Framework documents for tests: small ones by hand, a foreign one of many items, and random ones."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import yaml
from hypothesis import strategies as st

from assessments.enums import (
    AssistanceType,
    Basis,
    Confidence,
    FunctionalArea,
    Lens,
    LifeCycleStage,
    NodeKind,
    Technology,
)
from assessments.frameworks.fields import clean_text
from assessments.frameworks.schema import (
    AnswerIs,
    DroppedItem,
    EvidenceOlder,
    Framework,
    Group,
    Indicator,
    MappedItem,
    Node,
    Option,
    QualityRule,
    Replacement,
    RuleScope,
    Scale,
    Selection,
    Translation,
    UnknownShare,
)
from assessments.frameworks.texts import source_texts

# libyaml's where it is there: it writes the same ten times as fast.
WRITER = getattr(yaml, "CSafeDumper", yaml.SafeDumper)


def small_document() -> dict[str, Any]:
    """A valid framework with one area of two indicators, as plain values that a test may spoil."""
    return {
        "key": "small",
        "version": "1.0",
        "title": "Small",
        "language": "en",
        "scales": [
            {
                "key": "three",
                "target": "2",
                "options": [
                    {"key": "1", "value": 1, "label": "None"},
                    {"key": "2", "value": 2, "label": "Some"},
                    {"key": "3", "value": 3, "label": "Full"},
                ],
            }
        ],
        "nodes": [
            {
                "kind": "area",
                "key": "sto",
                "code": "STO",
                "title": "Storage",
                "functional_area": "STO",
                "nodes": [small_indicator("sto-01"), small_indicator("sto-02")],
            }
        ],
    }


def small_indicator(key: str) -> dict[str, Any]:
    """A valid indicator on the scale of `small_document`."""
    return {
        "kind": "indicator",
        "key": key,
        "code": key.upper(),
        "question": "Is it so?",
        "levels": {"1": "Not at all.", "2": "In part.", "3": "In full."},
    }


def as_yaml(document: Any) -> str:
    """Write plain values as a file."""
    return str(yaml.dump(document, Dumper=WRITER, sort_keys=False, allow_unicode=True))


def foreign_document(parts: int = 4, chapters: int = 5, items: int = 6) -> dict[str, Any]:
    """Somebody else's assessment: headings only, three deep, 0-3 and yes/partly/no scales, unequal weights."""
    return {
        "key": "foreign-capability",
        "version": "2024-b",
        "title": "Évaluation étrangère",
        "language": "fr",
        "scales": [
            {
                "key": "capability",
                "target": "3",
                "options": [
                    {
                        "key": str(value),
                        "value": value,
                        "label": f"Niveau {value}",
                        "meaning": f"Capacité {value} sur 3",
                    }
                    for value in range(4)
                ],
            },
            {
                "key": "yes-no",
                "target": "yes",
                "options": [
                    {"key": "yes", "value": 2, "label": "Oui", "meaning": "En place"},
                    {"key": "partly", "value": 1, "label": "En partie", "meaning": "Incomplet"},
                    {"key": "no", "value": 0, "label": "Non", "meaning": "Absent"},
                ],
            },
        ],
        "default_scale": "capability",
        "nodes": [
            {
                "kind": "heading",
                "key": f"p{part}",
                "title": f"Partie {part}",
                "nodes": [_foreign_chapter(part, chapter, items) for chapter in range(1, chapters + 1)],
            }
            for part in range(1, parts + 1)
        ],
    }


def _foreign_chapter(part: int, chapter: int, items: int) -> dict[str, Any]:
    return {
        "kind": "heading",
        "key": f"p{part}-{chapter}",
        "code": f"{part}.{chapter}",
        "title": f"Chapitre {part}.{chapter}",
        "nodes": [_foreign_item(part, chapter, item) for item in range(1, items + 1)],
    }


def _foreign_item(part: int, chapter: int, item: int) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "kind": "indicator",
        "key": f"p{part}-{chapter}-{item}",
        "code": f"{part}.{chapter}.{item}",
        "question": f"La capacité {part}.{chapter}.{item} existe-t-elle ?",
        "weight": [1, 0.5, 2.25][item % 3],
    }
    if item % 4 == 0:
        fields["scale"] = "yes-no"
        fields["target"] = "partly"
    return fields


def deep_document(areas: int = 5, chapters: int = 5, items: int = 6) -> dict[str, Any]:
    """A large assessment of somebody else: headings, areas and sub-headings, three scales, weights, empty headings.

    The content is made up. A heading holds two areas at most; only every other area names a common functional area.
    """
    parts: list[dict[str, Any]] = [{"kind": "heading", "key": "intro", "title": "How to read this", "guidance": "-"}]
    for area in range(1, areas + 1):
        if area % 2:
            number = (area + 1) // 2
            parts.append({"kind": "heading", "key": f"part-{number}", "title": f"Part {number}", "nodes": []})
        parts[-1]["nodes"].append(_deep_area(area, chapters, items))
    return {
        "key": "deep-capability",
        "version": "7",
        "title": "Capability review of another organisation",
        "language": "en",
        "scales": [
            {
                "key": "zero-three",
                "target": "3",
                "options": [
                    {"key": str(n), "value": n, "label": f"Step {n}", "meaning": f"{n} of 3"} for n in range(4)
                ],
            },
            {
                "key": "zero-five",
                "target": "m4",
                "options": [
                    {"key": f"m{n}", "value": n, "label": f"Mark {n}", "meaning": f"{n} of 5"} for n in range(6)
                ],
            },
            {
                "key": "yes-no",
                "target": "yes",
                "options": [
                    {"key": "yes", "value": 2, "label": "Yes", "meaning": "In place"},
                    {"key": "partly", "value": 1, "label": "Partly", "meaning": "Begun"},
                    {"key": "no", "value": 0, "label": "No", "meaning": "Absent"},
                ],
            },
        ],
        "default_scale": "zero-three",
        "groups": [{"key": "core", "title": "Short review", "indicators": [f"a{n}-1-1" for n in range(1, areas + 1)]}],
        "nodes": parts,
    }


def _deep_area(area: int, chapters: int, items: int) -> dict[str, Any]:
    below = [
        {
            "kind": "heading",
            "key": f"a{area}-{chapter}",
            "title": f"Chapter {area}.{chapter}",
            "guidance": "Read the chapter first.",
            "nodes": [_deep_item(area, chapter, item) for item in range(1, items + 1)],
        }
        for chapter in range(1, chapters + 1)
    ]
    common = {"functional_area": FunctionalArea.values[area]} if area % 2 else {}
    return {"kind": "area", "key": f"a{area}", "code": f"A{area}", "title": f"Area {area}", **common, "nodes": below}


def _deep_item(area: int, chapter: int, item: int) -> dict[str, Any]:
    return {
        "kind": "indicator",
        "key": f"a{area}-{chapter}-{item}",
        "code": f"{area}.{chapter}.{item}",
        "question": f"Is capability {area}.{chapter}.{item} there?",
        "scale": ["zero-three", "zero-five", "yes-no"][item % 3],
        "weight": [1, 0.25, 3.5][item % 3],
    }


# Every character that a file may hold, with some that YAML gives a meaning drawn more often.
_CHARACTERS = st.one_of(
    st.sampled_from(" \n\t'\"#:-?!&*|>{}[],%@`~=<.0123456789nyé"),
    st.characters(exclude_categories=("Cc", "Cs", "Cn", "Zl", "Zp"), exclude_characters="\u202a\u202b\u202d\u202e"),
)


def _texts(limit: int) -> st.SearchStrategy[str]:
    return st.text(_CHARACTERS, min_size=1, max_size=limit).map(lambda text: clean_text(text) or "x")


_LINES = _texts(30).map(lambda text: clean_text(text.replace("\n", " ")))
_PARAGRAPHS = st.one_of(st.just(""), _texts(60))
_KEYS = st.from_regex(r"[a-z0-9]{1,6}(-[a-z0-9]{1,4})?", fullmatch=True)
_LISTS = st.lists(_LINES, max_size=3).map(tuple)


def _words(choices: list[str]) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(choices), max_size=3, unique=True).map(tuple)


@st.composite
def _scales(draw: st.DrawFn) -> tuple[Scale, ...]:
    keys = draw(st.lists(_KEYS, min_size=1, max_size=3, unique=True))
    return tuple(draw(_scale(key)) for key in keys)


@st.composite
def _scale(draw: st.DrawFn, key: str) -> Scale:
    values = sorted(draw(st.sets(st.integers(-1000, 1000), min_size=2, max_size=5)))
    option_keys = draw(st.lists(_KEYS, min_size=len(values), max_size=len(values), unique=True))
    options = tuple(
        Option(option_key, value, draw(_LINES), draw(_PARAGRAPHS))
        for option_key, value in zip(option_keys, values, strict=True)
    )
    return Scale(key, draw(_LINES), options, draw(st.sampled_from(option_keys)))


class _Tree:
    """Draws nodes with keys and codes that are used once."""

    def __init__(self, draw: st.DrawFn, scales: tuple[Scale, ...]) -> None:
        self.draw = draw
        self.scales = scales
        self.count = 0

    def key(self) -> str:
        self.count += 1
        return f"n{self.count}"

    def group(self, depth: int) -> Group:
        kind = self.draw(st.sampled_from((NodeKind.HEADING, NodeKind.AREA)))
        key = self.key()
        nodes: tuple[Node, ...] = tuple(
            self.group(depth - 1) if depth and self.draw(st.booleans()) else self.indicator()
            for _ in range(self.draw(st.integers(1, 3)))
        )
        return Group(
            kind=kind,
            key=key,
            title=self.draw(_LINES),
            code=key.upper() if kind == NodeKind.AREA else "",
            scope=self.draw(_PARAGRAPHS),
            guidance=self.draw(_PARAGRAPHS),
            references=self.draw(_LISTS),
            functional_area=self.draw(st.sampled_from(["", *FunctionalArea.values])),
            nodes=nodes,
        )

    def indicator(self) -> Indicator:
        key = self.key()
        scale = self.draw(st.sampled_from(self.scales))
        bare = all(option.meaning for option in scale.options) and self.draw(st.booleans())
        return Indicator(
            key=key,
            code=f"{key.upper()}.1",
            question=self.draw(_LINES),
            scale=scale.key,
            target=self.draw(st.sampled_from(scale.options)).key,
            levels=() if bare else tuple((option.key, self.draw(_texts(20))) for option in scale.options),
            guidance=self.draw(_PARAGRAPHS),
            evidence=self.draw(_LISTS),
            references=self.draw(_LISTS),
            stage=self.draw(st.sampled_from(["", *LifeCycleStage.values])),
            lenses=self.draw(_words(Lens.values)),
            technologies=self.draw(_words(Technology.values)),
            assistance_types=self.draw(_words(AssistanceType.values)),
            weight=self.draw(
                st.integers(1, 10000).map(lambda cents: Decimal(f"{(Decimal(cents) / 100).normalize():f}"))
            ),
        )


@st.composite
def _translation(draw: st.DrawFn, framework: Framework, language: str) -> Translation:
    """Some of the framework's texts in another language, in its order."""
    slots = source_texts(framework)
    chosen = draw(st.lists(st.sampled_from(list(slots)), min_size=1, max_size=6, unique=True))
    texts = [(slot, draw(_texts(20) if source.lines else _LINES)) for slot, source in slots.items() if slot in chosen]
    return Translation(language, tuple(texts))


def _rules(framework: Framework, draw: st.DrawFn) -> tuple[QualityRule, ...]:
    """A few quality rules on the indicators of a framework."""
    keys = [indicator.key for indicator in framework.indicators()]
    conditions = st.one_of(
        st.builds(AnswerIs, st.sampled_from(["top", "target"]), _words(Basis.values), _words(Confidence.values)),
        st.builds(UnknownShare, st.sampled_from(["area", "whole"]), st.integers(0, 99)),
        st.builds(EvidenceOlder, st.integers(0, 50)),
    )
    scopes = st.builds(
        RuleScope,
        indicators=st.lists(st.sampled_from(keys), max_size=3, unique=True).map(tuple),
        stages=_words(LifeCycleStage.values),
        lenses=_words(Lens.values),
    )
    return tuple(
        QualityRule(
            f"rule-{number}",
            draw(st.sampled_from(["warning", "note"])),
            draw(_LINES),
            draw(conditions),
            draw(scopes),
            draw(st.booleans()),
        )
        for number in range(draw(st.integers(0, 2)))
    )


@st.composite
def _replacement(draw: st.DrawFn, keys: list[str]) -> Replacement:
    """A map from a version that nobody knows."""
    old = st.lists(_KEYS, min_size=1, max_size=2, unique=True)
    levels = st.dictionaries(_KEYS, _KEYS, max_size=2).map(lambda found: tuple(found.items()))
    items = tuple(MappedItem(key, tuple(draw(old)), draw(levels)) for key in keys)
    dropped = tuple(DroppedItem(key, draw(_LINES)) for key in draw(st.lists(_KEYS, max_size=2, unique=True)))
    return Replacement("0.earlier", items, dropped)


@st.composite
def frameworks(draw: st.DrawFn) -> Framework:
    """Any framework that a file can hold."""
    framework = draw(_untranslated())
    keys = st.lists(st.sampled_from([one.key for one in framework.indicators()]), min_size=1, max_size=3, unique=True)
    framework = replace(
        framework,
        groups=tuple(
            Selection(key, draw(_LINES), tuple(draw(keys)), draw(_PARAGRAPHS))
            for key in draw(st.lists(_KEYS, max_size=2, unique=True))
        ),
        replaces=draw(st.one_of(st.none(), _replacement(draw(keys)))),
        quality_rules=_rules(framework, draw),
    )
    languages = draw(st.lists(st.sampled_from(["ar", "es", "pt-BR"]), max_size=2, unique=True))
    return replace(framework, translations=tuple(draw(_translation(framework, language)) for language in languages))


@st.composite
def _untranslated(draw: st.DrawFn) -> Framework:
    scales = draw(_scales())
    tree = _Tree(draw, scales)
    return Framework(
        key=draw(_KEYS),
        version=draw(st.from_regex(r"[0-9]{1,3}(\.[0-9]{1,3})?", fullmatch=True)),
        title=draw(_LINES),
        language=draw(st.sampled_from(["en", "fr", "zh-Hans"])),
        scales=scales,
        default_scale=draw(st.sampled_from(scales)).key,
        nodes=tuple(tree.group(2) for _ in range(draw(st.integers(1, 2)))),
        notice=draw(_PARAGRAPHS),
    )
