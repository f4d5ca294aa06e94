"""Sentences that are stored: kept as what they were made of, and said in the language of whoever reads them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Self

from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext


class Sentence(str):
    """A sentence in the active language that remembers its source text and the values in it.

    It is a text like any other until it is stored: then `as_json` keeps what `say_again` says in another language.
    Modules whose messages are stored import `sentence` as their `_`.
    """

    __slots__ = ("source", "values")
    source: str
    values: Mapping[str, Any]

    def __new__(cls, source: str, values: Mapping[str, Any] | None = None) -> Self:
        """Say it in the active language."""
        said = gettext(source) if source else ""
        made = super().__new__(cls, said % values if values else said)
        made.source, made.values = source, values or {}
        return made

    def __mod__(self, values: Any) -> Sentence:
        """The sentence with these values by name."""
        return Sentence(self.source, values)

    def __str__(self) -> str:
        """Itself: a message that passes through `str` must not forget what it was made of."""
        return self

    def __reduce__(self) -> tuple[type[Sentence], tuple[str, Mapping[str, Any]]]:
        """What a copy is made of."""
        return type(self), (self.source, self.values)

    def as_json(self) -> dict[str, Any]:
        """Plain values to store."""
        values = {
            name: value.as_json() if isinstance(value, Sentence) else value for name, value in self.values.items()
        }
        return {"source": self.source, "values": values}


def sentence(source: str) -> Sentence:
    """A sentence of the portal; marked for translation where it is called as `_`."""
    return Sentence(source)


def sentence_of(text: str | Promise) -> Sentence:
    """A text without values that is translated when it is read."""
    if isinstance(text, Sentence):
        return text
    with translation.override(None):
        source = str(text)
    return Sentence(source)


def in_a_row(sentences: Iterable[str | Promise]) -> Sentence:
    """Several sentences after each other."""
    parts = {f"part{place}": sentence_of(one) for place, one in enumerate(sentences)}
    return Sentence(" ".join(f"%({name})s" for name in parts), parts)


def say_again(stored: Mapping[str, Any]) -> Sentence:
    """A stored sentence in the active language."""
    values = {
        name: say_again(value) if isinstance(value, Mapping) else value for name, value in stored["values"].items()
    }
    return Sentence(stored["source"], values)
