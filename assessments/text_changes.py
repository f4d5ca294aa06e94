"""What changed between two texts, word by word, for people to read."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from typing import Final

KEPT_AT_LEAST: Final = 0.5
"""Of the shorter text, this share of words must be kept; below it the text was rewritten, and is shown old and new."""

MOST_COMPARISONS: Final = 250_000
"""Beyond this many pairs of words a comparison could take seconds; the changed middle is then shown as a whole."""

_WORDS = re.compile(r"\s+|[^\s]+")


class Change(StrEnum):
    """What happened to a run of words."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Run:
    """Neighbouring words to which the same happened."""

    change: Change
    text: str


def word_changes(old: str, new: str) -> tuple[Run, ...]:
    """The way from one text to the other: without what was added the old one, without what was removed the new.

    Of a rewritten text the few words that stand in both would make a salad of two sentences: it is shown old, then new.
    """
    before, after = _WORDS.findall(old), _WORDS.findall(new)
    head = _common(before, after)
    tail = _common(before[head:][::-1], after[head:][::-1])
    middle = list(_middle(before[head : len(before) - tail], after[head : len(after) - tail]))
    runs = [(Change.SAME, before[:head]), *middle, (Change.SAME, before[len(before) - tail :])]
    if _is_rewritten(runs, min(_count(before), _count(after))):
        return replaced(old, new)
    return tuple(_joined(runs))


def replaced(old: str, new: str) -> tuple[Run, ...]:
    """One text in the place of another, both whole."""
    return tuple(Run(change, text) for change, text in ((Change.REMOVED, old), (Change.ADDED, new)) if text)


def _is_rewritten(runs: list[tuple[Change, list[str]]], shorter: int) -> bool:
    return sum(_count(words) for change, words in runs if change is Change.SAME) < KEPT_AT_LEAST * shorter


def _count(tokens: list[str]) -> int:
    """How many of them are words, not spaces."""
    return sum(not token.isspace() for token in tokens)


def _common(one: list[str], other: list[str]) -> int:
    """How many words are the same from the beginning."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _middle(before: list[str], after: list[str]) -> Iterator[tuple[Change, list[str]]]:
    if len(before) * len(after) > MOST_COMPARISONS:
        yield Change.REMOVED, before
        yield Change.ADDED, after
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, a, b, c, d in matcher.get_opcodes():
        if tag == "equal":
            yield Change.SAME, before[a:b]
        else:
            yield Change.REMOVED, before[a:b]
            yield Change.ADDED, after[c:d]


def _joined(runs: list[tuple[Change, list[str]]]) -> Iterator[Run]:
    """Runs as text, empty ones left out and neighbours of one kind together."""
    kind, text = Change.SAME, ""
    for change, words in runs:
        if not words:
            continue
        if change is not kind and text:
            yield Run(kind, text)
            text = ""
        kind = change
        text += "".join(words)
    if text:
        yield Run(kind, text)
