"""The shape of a framework file as frozen values, and the limits that every file keeps.

key: wam-baseline            permanent name of the framework
version: "1.0"               a published version never changes
title, notice                what it is called, who made it and what it is not
language: en                 language of the texts
scales:                      one or more named scales; higher values are better
  - key: maturity
    title: Maturity
    target: "4"              the option asked for where an indicator names no target of its own
    options: [{key: "1", value: 1, label: Absent, meaning: ...}, ...]
default_scale: maturity      may be left out where there is one scale
nodes:                       headings and areas hold further nodes to any depth; indicators are the leaves
  - kind: area
    key: coo                 permanent key, the thread between versions
    code: COO                what people print and say
    title: ...
    functional_area: COO     one of the ten common codes by which needs and offers of all frameworks meet
    nodes:
      - kind: indicator
        key: coo-01
        question: ...
        levels: {"1": ..., "2": ...}      a text per option; or none, where every option of the scale has a meaning
groups:                      named selections of indicators, used as filters
  - {key: core, title: Core set, indicators: [coo-01, ...]}
replaces:                    how answers pass on from an earlier version; what keeps its key stands for itself
  version: "1.0"
  items: {new-key: old-key, other-key: [old-key, old-key], third-key: {from: old-key, levels: {"1": "no"}}}
  dropped: [{key: old-key, reason: ...}]
quality_rules: [...]         what a careful reader would ask about the answers (see `rules`)
translations:                the texts in further languages (see `translations`); what is left out falls back
  fr:
    title, notice: ...
    scales: {maturity: {title: ..., options: {"1": {label: ..., meaning: ...}}}}
    nodes:
      coo: {title: ..., scope: ..., guidance: ...}
      coo-01: {question: ..., guidance: ..., evidence: [...], levels: {"1": ..., "2": ...}}
    quality_rules: {some-rule: {message: ...}}
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from assessments.enums import NodeKind

MAX_TREE_DEPTH: Final = 8
MAX_NODES: Final = 5000
MAX_INDICATORS: Final = 3000
MAX_SCALES: Final = 20
MAX_OPTIONS: Final = 20
MAX_ITEMS: Final = 40
MAX_RULES: Final = 100
MAX_SELECTIONS: Final = 30

KEY_LENGTH: Final = 60
CODE_LENGTH: Final = 30
VERSION_LENGTH: Final = 20
LANGUAGE_LENGTH: Final = 10
LABEL_LENGTH: Final = 120
TITLE_LENGTH: Final = 200
QUESTION_LENGTH: Final = 1000
ITEM_LENGTH: Final = 500
TEXT_LENGTH: Final = 4000

DEFAULT_WEIGHT: Final = Decimal(1)
MAX_WEIGHT: Final = Decimal(100)
MAX_VALUE: Final = 1000
WEIGHT_PLACES: Final = 2


@dataclass(frozen=True, slots=True)
class Option:
    """One step of a scale; `value`, a whole number, places it: higher is better."""

    key: str
    value: int
    label: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class Scale:
    """Options from the lowest value to the highest; `target` is the key of the option normally asked for."""

    key: str
    title: str
    options: tuple[Option, ...]
    target: str

    def option(self, key: str) -> Option | None:
        """The option of that key, if the scale has it."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class Indicator:
    """One question to rate. `scale` and `target` are always filled: the reader puts the defaults in.

    `levels` pairs option keys with texts in the order of the scale; it is empty where the options' own meanings serve.
    """

    key: str
    code: str
    question: str
    scale: str
    target: str
    levels: tuple[tuple[str, str], ...] = ()
    guidance: str = ""
    evidence: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    stage: str = ""
    lenses: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    assistance_types: tuple[str, ...] = ()
    weight: Decimal = DEFAULT_WEIGHT


@dataclass(frozen=True, slots=True)
class Group:
    """What holds other nodes; `kind` is heading or area. A functional area holds for everything below it."""

    kind: NodeKind
    key: str
    title: str
    code: str = ""
    scope: str = ""
    guidance: str = ""
    references: tuple[str, ...] = ()
    functional_area: str = ""
    nodes: tuple[Node, ...] = ()


Node = Group | Indicator


@dataclass(frozen=True, slots=True)
class Selection:
    """A named selection of indicators, such as a core set; it changes nothing of what is asked."""

    key: str
    title: str
    indicators: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class MappedItem:
    """An indicator with the old ones that it comes from; `levels` pairs old option keys with new ones."""

    key: str
    sources: tuple[str, ...]
    levels: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class DroppedItem:
    """An old indicator that is not asked any more, and why."""

    key: str
    reason: str


@dataclass(frozen=True, slots=True)
class Replacement:
    """Which version this one replaces, and how the items of the old one pass on."""

    version: str
    items: tuple[MappedItem, ...] = ()
    dropped: tuple[DroppedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class RuleScope:
    """The indicators a quality rule looks at: what is given must all hold; nothing given means all indicators."""

    indicators: tuple[str, ...] = ()
    areas: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    lenses: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AnswerIs:
    """A rated answer to which all that is given applies; `at_least` is "top" or "target", `narrative` is "missing"."""

    at_least: str = ""
    bases: tuple[str, ...] = ()
    confidences: tuple[str, ...] = ()
    narrative: str = ""


@dataclass(frozen=True, slots=True)
class LevelAbove:
    """An indicator rated above another by that many levels or more."""

    indicator: str
    above: str
    by: int


@dataclass(frozen=True, slots=True)
class UnknownShare:
    """More than that share of what applies is unknown, of each "area" or of the "whole"."""

    of: str
    percent: int


@dataclass(frozen=True, slots=True)
class EvidenceOlder:
    """The newest evidence of a rated answer ends more than so many years before the baseline began."""

    years: int


@dataclass(frozen=True, slots=True)
class QualityRule:
    """What a careful reader would ask about the answers (see `rules`); `blocks` stops the submission."""

    key: str
    severity: str
    message: str
    condition: AnswerIs | LevelAbove | UnknownShare | EvidenceOlder
    scope: RuleScope = RuleScope()
    blocks: bool = False


# The place of a text that can be translated: ("nodes", "coo-01", "levels", "1"); items of a list are numbered from 0.
Slot = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Translation:
    """The texts of a framework in another language, in the order of the framework; absent ones fall back."""

    language: str
    texts: tuple[tuple[Slot, str], ...]


@dataclass(frozen=True, slots=True)
class Framework:
    """One version of a framework."""

    key: str
    version: str
    title: str
    language: str
    scales: tuple[Scale, ...]
    default_scale: str
    nodes: tuple[Node, ...]
    notice: str = ""
    groups: tuple[Selection, ...] = ()
    replaces: Replacement | None = None
    quality_rules: tuple[QualityRule, ...] = ()
    translations: tuple[Translation, ...] = ()

    def scale(self, key: str) -> Scale | None:
        """The scale of that key, if the framework has it."""
        return next((scale for scale in self.scales if scale.key == key), None)

    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators in the order of the file."""
        return tuple(node for node in walk(self.nodes) if isinstance(node, Indicator))


def walk(nodes: tuple[Node, ...]) -> Iterator[Node]:
    """All nodes, each before what it holds."""
    for node in nodes:
        yield node
        if isinstance(node, Group):
            yield from walk(node.nodes)
