"""What differs between two texts, word by word, as runs that a page can mark. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final

from assessments.text_changes import KEPT_AT_LEAST

_TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")
_WORD: Final = re.compile(r"\w+")
_MOST_TOKENS: Final = 4000
"""Beyond this both texts are shown whole: comparing word by word would take seconds."""


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is in both ("same"), only in the first ("gone") or only in the second ("new")."""

    kind: str
    text: str


def word_differences(before: str, after: str) -> tuple[Run, ...]:
    """The way from one text to the other: without "new" the runs give the first, without "gone" the second."""
    if before == after:
        return (Run("same", before),) if before else ()
    old, new = _TOKEN.findall(before), _TOKEN.findall(after)
    whole = [("gone", before), ("new", after)]
    if len(old) + len(new) > _MOST_TOKENS:
        return tuple(_runs(whole))
    pieces = list(_pieces(old, new))
    kept = sum(_words(text) for kind, text in pieces if kind == "same")
    rewritten = kept < KEPT_AT_LEAST * min(_words(before), _words(after))
    return tuple(_runs(whole if rewritten else pieces))


def _words(text: str) -> int:
    return len(_WORD.findall(text))


def _pieces(old: list[str], new: list[str]) -> Iterator[tuple[str, str]]:
    for what, from_old, to_old, from_new, to_new in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            yield "same", "".join(old[from_old:to_old])
            continue
        yield "gone", "".join(old[from_old:to_old])
        yield "new", "".join(new[from_new:to_new])


def _runs(pieces: list[tuple[str, str]]) -> Iterator[Run]:
    for kind, text in pieces:
        if text:
            yield Run(kind, text)
