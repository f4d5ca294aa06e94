"""Every text of a framework that can be said in another language, each at its slot, and how it may look."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from assessments.frameworks.schema import (
    ITEM_LENGTH,
    LABEL_LENGTH,
    QUESTION_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
    Framework,
    Group,
    Indicator,
    Scale,
    Slot,
    Translation,
    walk,
)


@dataclass(frozen=True, slots=True)
class SourceText:
    """A text as the framework's own language says it, with the limits that its translations keep too."""

    text: str
    limit: int
    lines: bool = False


def source_texts(framework: Framework) -> dict[Slot, SourceText]:
    """The texts of a framework by their slots, in the order of the file. Codes, keys and references are no texts."""
    slots: dict[Slot, SourceText] = {
        ("title",): SourceText(framework.title, TITLE_LENGTH),
        ("notice",): SourceText(framework.notice, TEXT_LENGTH, lines=True),
    }
    for scale in framework.scales:
        slots.update(_scale_texts(scale))
    for node in walk(framework.nodes):
        slots.update(_group_texts(node) if isinstance(node, Group) else _indicator_texts(node))
    for group in framework.groups:
        slots["groups", group.key, "title"] = SourceText(group.title, TITLE_LENGTH)
        slots["groups", group.key, "description"] = SourceText(group.description, TEXT_LENGTH, lines=True)
    for rule in framework.quality_rules:
        slots["quality_rules", rule.key, "message"] = SourceText(rule.message, TEXT_LENGTH)
    return {slot: source for slot, source in slots.items() if source.text}


def completeness_percent(framework: Framework, translation: Translation) -> int:
    """How much of the framework a translation says, in whole percent, rounded down so that only all reads as 100."""
    return share_percent(len(translation.texts), len(source_texts(framework)))


def share_percent(part: int, whole: int) -> int:
    """A share in whole percent, rounded down; 100 where there is nothing to say."""
    return part * 100 // whole if whole else 100


def _scale_texts(scale: Scale) -> Iterator[tuple[Slot, SourceText]]:
    slot: Slot = ("scales", scale.key)
    yield (*slot, "title"), SourceText(scale.title, LABEL_LENGTH)
    for option in scale.options:
        yield (*slot, "options", option.key, "label"), SourceText(option.label, LABEL_LENGTH)
        yield (*slot, "options", option.key, "meaning"), SourceText(option.meaning, TEXT_LENGTH, lines=True)


def _group_texts(group: Group) -> Iterator[tuple[Slot, SourceText]]:
    slot: Slot = ("nodes", group.key)
    yield (*slot, "title"), SourceText(group.title, TITLE_LENGTH)
    yield (*slot, "scope"), SourceText(group.scope, TEXT_LENGTH, lines=True)
    yield (*slot, "guidance"), SourceText(group.guidance, TEXT_LENGTH, lines=True)


def _indicator_texts(indicator: Indicator) -> Iterator[tuple[Slot, SourceText]]:
    slot: Slot = ("nodes", indicator.key)
    yield (*slot, "question"), SourceText(indicator.question, QUESTION_LENGTH)
    for option, text in indicator.levels:
        yield (*slot, "levels", option), SourceText(text, TEXT_LENGTH, lines=True)
    yield (*slot, "guidance"), SourceText(indicator.guidance, TEXT_LENGTH, lines=True)
    for place, item in enumerate(indicator.evidence):
        yield (*slot, "evidence", str(place)), SourceText(item, ITEM_LENGTH)
