"""A release in the words of its reader: what it quotes of a framework, as the framework's translations say it.

A release never changes, so it holds these texts in the framework's own language. Only a text that the framework still
says is translated; one that it words otherwise by now stays as it was released, marked with its language.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from assessments.frameworks.tree import FrameworkText, FrameworkTree, IndicatorView
from assessments.models import FrameworkVersion
from assessments.selectors.frameworks import framework_tree, source_tree


def in_words_of(content: dict[str, Any], version: FrameworkVersion) -> dict[str, Any]:
    """The content of a release with the framework's texts in the active language, as far as they are there."""
    source, spoken = source_tree(version), framework_tree(version)
    said = _Said(version.language, source, spoken)
    worded = {**content, "needs": [said.need(need) for need in content["needs"]]}
    if "baseline" in content:
        worded["baseline"] = {**content["baseline"], "framework": said.name(content["baseline"]["framework"])}
    if content.get("profile"):
        titles = zip(_titles(source), _titles(spoken), strict=True)
        worded["profile"] = said.profile(content["profile"], dict(titles))
    return worded


class _Said:
    """What a framework says in its own language and in the reader's."""

    def __init__(self, language: str, source: FrameworkTree, spoken: FrameworkTree) -> None:
        self._language = language
        self._names = {f"{source.version.title} {source.version.number}": spoken.version.title}
        self._number = source.version.number
        self._pairs = {
            ours.code or ours.key: (ours, theirs)
            for ours, theirs in zip(source.indicators, spoken.indicators, strict=True)
        }

    def name(self, stored: str) -> FrameworkText:
        title = self._names.get(stored)
        if title is None:
            return self._as_stored(stored)
        return FrameworkText(f"{title} {self._number}", getattr(title, "language", self._language))

    def need(self, need: dict[str, Any]) -> dict[str, Any]:
        if not need.get("gaps"):
            return need
        return {**need, "gaps": [self._gap(gap) for gap in need["gaps"]]}

    def profile(self, rows: Iterable[dict[str, Any]], titles: dict[str, str]) -> list[dict[str, Any]]:
        return [{**row, "title": titles.get(row["title"]) or self._as_stored(row["title"])} for row in rows]

    def _gap(self, gap: dict[str, Any]) -> dict[str, Any]:
        pair = self._pairs.get(gap["code"])
        return {
            **gap,
            "question": self._question(pair, gap["question"]),
            "level_label": self._label(pair, gap["level"], gap["level_label"]),
            "target_label": self._label(pair, gap["target"], gap["target_label"]),
        }

    def _question(self, pair: tuple[IndicatorView, IndicatorView] | None, stored: str) -> str:
        return pair[1].question if pair and pair[0].question == stored else self._as_stored(stored)

    def _label(self, pair: tuple[IndicatorView, IndicatorView] | None, value: int, stored: str) -> str:
        options = zip(pair[0].scale.options, pair[1].scale.options, strict=True) if pair else ()
        found = (theirs.label for ours, theirs in options if (ours.value, ours.label) == (value, stored))
        return next(found, self._as_stored(stored))

    def _as_stored(self, text: str) -> FrameworkText:
        return FrameworkText(text, self._language)


def _titles(tree: FrameworkTree) -> list[str]:
    return [section.node.title for section in tree.sections]
