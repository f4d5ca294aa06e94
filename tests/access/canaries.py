"""Canaries: words that stand nowhere else, each with the list of those who may ever read it.

The lists are written here and in `realm.py` from the access matrix. They know nothing of the portal's own rules.
"""

from __future__ import annotations

import hashlib
import html
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

WORD: Final = re.compile(r"cnry[0-9a-f]{12}")


@dataclass(frozen=True)
class Canary:
    """`text` was written by the party `owner` into the field `label`; only the hats `readers` may see it."""

    text: str
    owner: str
    label: str
    readers: frozenset[str]

    def __str__(self) -> str:
        return f"{self.owner}'s {self.label}"


@dataclass
class Cage:
    """All canaries of a world. The same world always gets the same words."""

    _by_text: dict[str, Canary] = field(default_factory=dict)
    _long: list[Canary] = field(default_factory=list)

    def mint(self, owner: str, label: str, readers: Iterable[str]) -> str:
        """A new word for a field of `owner`."""
        number = len(self._by_text)
        text = "cnry" + hashlib.sha256(f"{owner}|{label}|{number}".encode()).hexdigest()[:12]
        self._by_text[text] = Canary(text, owner, label, frozenset(readers))
        return text

    def watch(self, text: str, owner: str, label: str, readers: Iterable[str]) -> None:
        """Treat a text that the portal itself made (a reference, an identifier) as a canary."""
        self._long.append(Canary(text, owner, label, frozenset(readers)))

    def allow(self, text: str, readers: Iterable[str]) -> None:
        """Add readers to a canary."""
        old = self._by_text[text]
        self._by_text[text] = Canary(old.text, old.owner, old.label, old.readers | frozenset(readers))

    def found_in(self, text: str) -> set[Canary]:
        """The canaries that stand in a text, also where HTML has escaped it or a PDF has broken the line."""
        plain = html.unescape(text)
        joined = plain.replace("\u00ad", "").replace("-\n", "").replace("\n", "")
        words = set(WORD.findall(plain)) | set(WORD.findall(joined))
        found = {self._by_text[word] for word in words if word in self._by_text}
        return found | {canary for canary in self._long if canary.text in plain}

    def __len__(self) -> int:
        return len(self._by_text) + len(self._long)
