"""Names in the text of a comment: "@Amina" or "@Amina Oru"."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

_SOMEBODY = re.compile(r"(?<!\w)@(\w+)")


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text; `mention` where it names somebody."""

    text: str
    mention: bool = False


def handles(names: Iterable[tuple[int, str]]) -> dict[str, int]:
    """What can stand behind an "@", in lower case, with whom it means.

    Everybody is meant by the whole name, and by the first word of it where nobody else here begins with that word. Of
    two people with the same whole name, neither is.
    """
    people = [(pk, " ".join(name.casefold().split())) for pk, name in names]
    whole = Counter(name for _pk, name in people)
    first = Counter(name.split(" ", 1)[0] for _pk, name in people if name)
    found = {name.split(" ", 1)[0]: pk for pk, name in people if name and first[name.split(" ", 1)[0]] == 1}
    return found | {name: pk for pk, name in people if name and whole[name] == 1}


def mentioned(text: str, known: dict[str, int]) -> list[int]:
    """Whom a text names, each once, in order."""
    pattern = _pattern(known)
    if pattern is None:
        return []
    # A letter may be the same to the pattern and another to `casefold`: then it names nobody.
    found = (known.get(_plain(match.group(1))) for match in pattern.finditer(text))
    return list(dict.fromkeys(pk for pk in found if pk is not None))


def unmatched(text: str, known: dict[str, int]) -> list[str]:
    """The words behind an "@" that name nobody known, each once, in order."""
    pattern = _pattern(known)
    named = {match.start() for match in pattern.finditer(text)} if pattern else set()
    found = (match.group(1) for match in _SOMEBODY.finditer(text) if match.start() not in named)
    return list(dict.fromkeys(found))


def pieces(text: str, known: dict[str, int]) -> tuple[Piece, ...]:
    """The text cut where it names somebody; joined again it is the same text."""
    pattern = _pattern(known)
    if pattern is None:
        return (Piece(text),) if text else ()
    found: list[Piece] = []
    place = 0
    for match in pattern.finditer(text):
        if match.start() > place:
            found.append(Piece(text[place : match.start()]))
        found.append(Piece(match.group(0), mention=True))
        place = match.end()
    if place < len(text):
        found.append(Piece(text[place:]))
    return tuple(found)


def _plain(name: str) -> str:
    return " ".join(name.casefold().split())


def _pattern(known: dict[str, int]) -> re.Pattern[str] | None:
    """The longest name first, so that "@Amina Oru" is not read as "@Amina"."""
    if not known:
        return None
    words = sorted(known, key=len, reverse=True)
    names = "|".join(r"\s+".join(re.escape(part) for part in name.split(" ")) for name in words)
    return re.compile(rf"(?<!\w)@({names})(?!\w)", re.IGNORECASE)
