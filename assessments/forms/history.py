"""The saved states of an answer in words, with what changed from one to the next."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

from assessments.forms.answers import LABELS, MULTILINE, form_values, in_words
from assessments.frameworks.tree import IndicatorView
from assessments.selectors.history import HistoryPage, SavedState
from assessments.services.answers import AnswerContent
from assessments.text_changes import Change, Run, word_changes

KNOWN = frozenset(field.name for field in fields(AnswerContent))


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that one save changed: runs of words that stayed, went and came."""

    name: str
    label: Any
    runs: tuple[Run, ...]


@dataclass(frozen=True, slots=True)
class ChangedState:
    """A saved state with its changes in words."""

    state: SavedState
    changes: tuple[FieldChange, ...]


def changed_states(page: HistoryPage, indicator: IndicatorView) -> list[ChangedState]:
    """What each saved state of the page changed."""
    return [ChangedState(state, tuple(_changes(state, indicator))) for state in page.states]


def _changes(state: SavedState, indicator: IndicatorView) -> Iterator[FieldChange]:
    after = _values(state.revision.content)
    before = _values(state.before.content) if state.before else _values({"rating": "", "basis": ""})
    for name, label in LABELS.items():
        old, new = in_words(name, before[name], indicator), in_words(name, after[name], indicator)
        if old != new:
            yield FieldChange(name, label, word_changes(old, new) if name in MULTILINE else _replaced(old, new))


def _values(content: dict[str, Any]) -> dict[str, str]:
    """A stored state as the form's fields; what an older release stored besides is left out."""
    return form_values(AnswerContent(**{name: value for name, value in content.items() if name in KNOWN}))


def _replaced(old: str, new: str) -> tuple[Run, ...]:
    """One choice instead of another; a comparison of their words would be a riddle."""
    return tuple(Run(change, text) for change, text in ((Change.REMOVED, old), (Change.ADDED, new)) if text)
