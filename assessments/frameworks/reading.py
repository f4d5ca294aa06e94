"""A framework as one reads it through: sections in order, searched by words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from assessments.frameworks.tree import FrameworkTree, GroupView, IndicatorView, NodeView, ScaleView, SectionView


@dataclass(frozen=True, slots=True)
class ReadingSection:
    """A section with the headings above it, and those of its indicators that were asked for, in their groups."""

    node: NodeView
    above: tuple[NodeView, ...]
    groups: tuple[GroupView, ...]

    @property
    def key(self) -> str:
        """The permanent key of the section."""
        return self.node.key

    @property
    def indicator_count(self) -> int:
        """How many indicators are shown."""
        return sum(len(group.indicators) for group in self.groups)


def sections_with(tree: FrameworkTree, words: str = "") -> tuple[ReadingSection, ...]:
    """The sections that hold an indicator with every one of the words, each reduced to such indicators.

    Without words everything. A word may stand in the code, the question, a level's text, guidance, evidence, a
    reference or the section's title; letter case does not matter.
    """
    wanted = words.casefold().split()
    above = dict(_headings_above(tree))
    found = []
    for section in tree.sections:
        indicators = [one for one in section.indicators if _holds(section, one, wanted)]
        if indicators:
            found.append(ReadingSection(section.node, above[section.key], _grouped(indicators)))
    return tuple(found)


def with_empty_headings(tree: FrameworkTree, sections: Iterable[ReadingSection]) -> tuple[ReadingSection, ...]:
    """These sections and, in reading order between them, the headings below which no indicator stands.

    Such a heading is a part of what was written, and nobody would see it elsewhere.
    """
    above = dict(_headings_above(tree))
    given = {section.key: section for section in sections}
    used = {section.key for section in tree.sections}
    used |= {heading.key for section in tree.sections for heading in above[section.key]}
    used |= {heading.key for indicator in tree.indicators for heading in indicator.headings}
    for node in tree.nodes:
        if node.key not in used:
            given[node.key] = ReadingSection(node, above[node.key], ())
    return tuple(given[node.key] for node in tree.nodes if node.key in given)


def scales_of(tree: FrameworkTree) -> tuple[ScaleView, ...]:
    """The scales that the indicators use, in the order in which they first appear."""
    return tuple({indicator.scale.key: indicator.scale for indicator in tree.indicators}.values())


def _headings_above(tree: FrameworkTree) -> Iterator[tuple[str, tuple[NodeView, ...]]]:
    path: list[NodeView] = []
    for node in tree.nodes:
        del path[node.depth :]
        yield node.key, tuple(path)
        path.append(node)


def _holds(section: SectionView, indicator: IndicatorView, wanted: Iterable[str]) -> bool:
    texts = (
        section.node.title,
        indicator.code,
        indicator.key,
        indicator.question,
        indicator.guidance,
        *(level.text for level in indicator.levels),
        *indicator.evidence,
        *indicator.references,
    )
    whole = "\n".join(texts).casefold()
    return all(word in whole for word in wanted)


def _grouped(indicators: Iterable[IndicatorView]) -> tuple[GroupView, ...]:
    runs = groupby(indicators, key=lambda indicator: indicator.headings)
    return tuple(GroupView(headings, tuple(run)) for headings, run in runs)
