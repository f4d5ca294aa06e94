"""Every route that the portal answers, read from the resolver itself."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from tests.access.table import COLUMNS

# What the word before a value in the address says about the value.
WORDS: Final = {
    "answers": "indicator",
    "assistance": "activity",
    "assessments": "assessment",
    "assignments": "assignment",
    "comments": "comment",
    "consultations": "consultation",
    "documents": "document",
    "dossiers": "dossier",
    "evidence": "evidence",
    "frameworks": "framework",
    "gaps": "gap",
    "granted": "grant",
    "granted-requests": "grant",
    "grants": "grant",
    "invitations": "invitation",
    "jobs": "job",
    "links": "link",
    "matches": "match",
    "meetings": "meeting",
    "my-ratings": "indicator",
    "needs": "need",
    "offers": "offer",
    "portfolios": "portfolio",
    "reconcile": "indicator",
    "requests": "request",
    "sections": "section",
    "upgrade": "newer_framework",
}
_BEFORE: Final = re.compile(r"([\w-]+)/<(?:\w+:)?(\w+)>|([\w-]+)/\(\?P<(\w+)>")


@dataclass(frozen=True)
class Route:
    """A named route: its full pattern and the names of the values in its address."""

    name: str
    pattern: str
    parameters: frozenset[str]

    @property
    def names_party(self) -> bool:
        """Whether the acting party is part of the address."""
        return "party" in self.parameters

    def url(self, values: dict[str, Any]) -> str:
        """The address with these values; those that the route does not take are left out.

        Raises `KeyError` with the name of a value that the record does not have.
        """
        meanings = {name: values.get(name, values.get(self.meaning(name))) for name in self.parameters}
        if unknown := sorted(name for name, value in meanings.items() if value is None):
            raise KeyError(f"{self}: the record has no value for {unknown}; it has {sorted(values)}")
        return reverse(self.name, kwargs=meanings)

    def meaning(self, parameter: str) -> str:
        """The kind of object that a value names: `uuid` after `gaps/` is a gap."""
        for word, name, other_word, other_name in _BEFORE.findall(self.pattern):
            if parameter in {name, other_name}:
                return WORDS.get(word or other_word, parameter)
        return parameter

    def __str__(self) -> str:
        return f"{self.name} ({self.pattern})"


def all_routes() -> list[Route]:
    """Every route, by name. A name that stands for several patterns is there once for each set of parameters."""
    found = {(route.name, route.parameters): route for route in _walk(get_resolver().url_patterns, "", "")}
    return sorted(found.values(), key=lambda route: (route.name, sorted(route.parameters)))


def _walk(patterns: list[URLPattern | URLResolver], before: str, namespace: str) -> Iterator[Route]:
    for pattern in patterns:
        text = before + str(pattern.pattern).removeprefix("^")
        if isinstance(pattern, URLResolver):
            inner = f"{namespace}{pattern.namespace}:" if pattern.namespace else namespace
            yield from _walk(pattern.url_patterns, text, inner)
        else:
            yield Route(f"{namespace}{pattern.name or ''}", text, _parameters(text, pattern))


def _parameters(text: str, pattern: URLPattern) -> frozenset[str]:
    """The names in `<slug:party>` or `(?P<key>...)`, over all levels of the address."""
    names = set(pattern.pattern.converters)
    for part in text.split("<")[1:]:
        names.add(part.split(">")[0].split(":")[-1])
    return frozenset(names)


def row_to_add(route: Route) -> str:
    """A row for the access table that forbids everything: the developer opens it, cell by cell, from the matrix."""
    cells = ",".join("login" if column == "anonymous" else "404" for column in COLUMNS)
    return f"{route.name},<object>,<canary it shows>,{cells},,<row of the access matrix>"
