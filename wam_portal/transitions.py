"""Legal changes of status as data: services, buttons, documentation and tests all read the apps' tables."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Transition:
    """`verb` leads from any of `sources` to `target`."""

    verb: str
    sources: frozenset[str]
    target: str


def target_of(table: tuple[Transition, ...], verb: str, source: str) -> str | None:
    """The status that `verb` leads to from `source`, or None where it is not a legal step."""
    return next((step.target for step in table if step.verb == verb and source in step.sources), None)
