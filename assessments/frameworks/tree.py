"""A framework version as frozen values to walk: sections, their pages, and the way from one to the next.

Pages and services read the tree instead of the tables: it is built once for each published version and language and
kept in the process (see `assessments.selectors.frameworks`). Texts are `FrameworkText`: each knows its language.
A *section* is what one sheet shows: an area, or a top heading where no area stands above an indicator. Its pages hold
at most `PAGE_SIZE` indicators, spread evenly.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction
from typing import Self
from uuid import UUID

from assessments.enums import NodeKind
from assessments.frameworks.schema import QualityRule

PAGE_SIZE = 20


class FrameworkText(str):
    """A text that knows in which language it is written: that of the tree, or of the source it fell back to."""

    __slots__ = ("language",)
    language: str

    def __new__(cls, text: str, language: str) -> Self:
        """Mark a text with the tag of its language."""
        made = super().__new__(cls, text)
        made.language = language
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, str]]:
        """What a copy is made of."""
        return type(self), (str(self), self.language)


def language_of(text: str) -> str:
    """The language tag of a framework's text; empty where it is any other text."""
    return text.language if isinstance(text, FrameworkText) else ""


@dataclass(frozen=True, slots=True)
class Wording:
    """Says each text of a version in one language: `texts` by slot joined with dots, the source where there is none."""

    source: str
    language: str = ""
    texts: Mapping[str, str] = field(default_factory=dict)

    def say(self, source: str, *slot: str) -> FrameworkText:
        """The text at a slot, translated where it is."""
        text = self.texts.get(".".join(slot))
        return FrameworkText(text, self.language) if text else FrameworkText(source, self.source)


@dataclass(frozen=True, slots=True)
class OptionView:
    """One step of a scale; `pk` is what an answer refers to."""

    pk: int
    key: str
    value: int
    label: str
    meaning: str = ""


@dataclass(frozen=True, slots=True)
class ScaleView:
    """A scale with its options from the lowest value to the highest."""

    pk: int
    key: str
    title: str
    options: tuple[OptionView, ...]

    @property
    def minimum(self) -> int:
        """The lowest value."""
        return self.options[0].value

    @property
    def maximum(self) -> int:
        """The highest value."""
        return self.options[-1].value

    def find_option(self, key: str) -> OptionView | None:
        """The option of that key, None where the scale has none."""
        return next((option for option in self.options if option.key == key), None)


@dataclass(frozen=True, slots=True)
class LevelView:
    """An option as one indicator words it."""

    option: OptionView
    text: str


@dataclass(frozen=True, slots=True)
class NodeView:
    """A heading or an area. `functional_area` holds for what is below it; "" where the framework names none."""

    pk: int
    key: str
    code: str
    kind: NodeKind
    title: str
    scope: str = ""
    guidance: str = ""
    references: tuple[str, ...] = ()
    functional_area: str = ""
    depth: int = 0

    @property
    def name(self) -> FrameworkText:
        """Code and title."""
        return FrameworkText(" ".join(filter(None, [self.code, self.title])), language_of(self.title))


@dataclass(frozen=True, slots=True)
class IndicatorView:
    """A question with all that is needed to show, rate and weigh it.

    `section` is the key of its section; `headings` are those between the section and the indicator; `levels` follow
    the scale from the lowest value to the highest; `area_mean_weight` is the mean over its section.
    """

    pk: int
    key: str
    code: str
    question: str
    section: str
    scale: ScaleView
    target: OptionView
    levels: tuple[LevelView, ...]
    weight: Decimal
    area_mean_weight: Fraction
    headings: tuple[NodeView, ...] = ()
    guidance: str = ""
    evidence: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    functional_area: str = ""
    stage: str = ""
    lenses: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    assistance_types: tuple[str, ...] = ()

    def find_level(self, option_key: str) -> LevelView | None:
        """The level of that option key, None where the scale has none."""
        return next((level for level in self.levels if level.option.key == option_key), None)


@dataclass(frozen=True, slots=True)
class GroupView:
    """Neighbouring indicators of a page that stand below the same headings."""

    headings: tuple[NodeView, ...]
    indicators: tuple[IndicatorView, ...]


@dataclass(frozen=True, slots=True)
class PageView:
    """One page of a section; numbers count from 1."""

    section: str
    number: int
    count: int
    indicators: tuple[IndicatorView, ...]

    @property
    def groups(self) -> tuple[GroupView, ...]:
        """The indicators in runs below the same headings."""
        runs: list[tuple[tuple[NodeView, ...], list[IndicatorView]]] = []
        for indicator in self.indicators:
            if runs and runs[-1][0] == indicator.headings:
                runs[-1][1].append(indicator)
            else:
                runs.append((indicator.headings, [indicator]))
        return tuple(GroupView(headings, tuple(run)) for headings, run in runs)


def beginning(paths: Iterable[tuple[NodeView, ...]]) -> Iterator[tuple[NodeView, ...]]:
    """Of the headings above each of several things in a row, those that did not stand above the one before."""
    above: tuple[NodeView, ...] = ()
    for path in paths:
        yield tuple(heading for heading in path if heading not in above)
        above = path


def pages_of(section: str, indicators: tuple[IndicatorView, ...]) -> tuple[PageView, ...]:
    """Pages of nearly equal length, none above `PAGE_SIZE`: 21 indicators become 11 and 10, not 20 and 1."""
    if not indicators:
        return ()
    count = -(-len(indicators) // PAGE_SIZE)
    cuts = [-(-len(indicators) * number // count) for number in range(count + 1)]
    return tuple(
        PageView(section=section, number=number, count=count, indicators=indicators[cuts[number - 1] : cuts[number]])
        for number in range(1, count + 1)
    )


@dataclass(frozen=True, slots=True)
class SectionView:
    """What one sheet shows: its node and its indicators in reading order; `above` are the headings above it."""

    node: NodeView
    indicators: tuple[IndicatorView, ...]
    pages: tuple[PageView, ...]
    above: tuple[NodeView, ...] = ()

    @property
    def key(self) -> str:
        """The permanent key, as in the address of the sheet."""
        return self.node.key

    def new_headings(self, previous: SectionView | None) -> tuple[NodeView, ...]:
        """The headings above the section that did not stand above the one before it in a list."""
        return tuple(heading for heading in self.above if previous is None or heading not in previous.above)

    def only(self, keys: frozenset[str]) -> SectionView:
        """The section with those of its indicators alone; without any it has no page."""
        kept = tuple(indicator for indicator in self.indicators if indicator.key in keys)
        return (
            self
            if len(kept) == len(self.indicators)
            else replace(self, indicators=kept, pages=pages_of(self.key, kept))
        )

    def find_page(self, number: int) -> PageView | None:
        """The page of that number, None outside 1 to the number of pages."""
        return self.pages[number - 1] if 1 <= number <= len(self.pages) else None


@dataclass(frozen=True, slots=True)
class VersionView:
    """Which version of which framework a tree shows; `key` is the framework's, `number` the version's."""

    pk: int
    uuid: UUID
    key: str
    number: str
    title: str
    notice: str
    language: str
    content_hash: str


@dataclass(frozen=True, slots=True)
class SelectionView:
    """A named selection of indicators, such as a core set."""

    key: str
    title: str
    description: str
    indicators: frozenset[str]


@dataclass(frozen=True, slots=True)
class FrameworkTree:
    """One framework version. `nodes` are all headings and areas in reading order, also those without indicators."""

    version: VersionView
    nodes: tuple[NodeView, ...]
    sections: tuple[SectionView, ...]
    groups: tuple[SelectionView, ...] = ()
    quality_rules: tuple[QualityRule, ...] = ()
    _sections: dict[str, int] = field(init=False, repr=False, compare=False)
    _indicators: dict[str, IndicatorView] = field(init=False, repr=False, compare=False)
    _by_pk: dict[int, IndicatorView] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        indicators = self.indicators
        object.__setattr__(self, "_sections", {section.key: place for place, section in enumerate(self.sections)})
        object.__setattr__(self, "_indicators", {indicator.key: indicator for indicator in indicators})
        object.__setattr__(self, "_by_pk", {indicator.pk: indicator for indicator in indicators})

    @property
    def indicators(self) -> tuple[IndicatorView, ...]:
        """All indicators in the order of the sections."""
        return tuple(indicator for section in self.sections for indicator in section.indicators)

    @property
    def keys(self) -> tuple[str, ...]:
        """The permanent keys of all sections and indicators."""
        return (*self._sections, *self._indicators)

    @property
    def mixes_scales(self) -> bool:
        """Whether a number alone does not say what a level means, as the indicators have several scales."""
        return len({indicator.scale.pk for section in self.sections for indicator in section.indicators}) > 1

    @property
    def indicator_count(self) -> int:
        """How many indicators the version has."""
        return len(self._indicators)

    def find_section(self, key: str) -> SectionView | None:
        """The section of that key, None where there is none."""
        place = self._sections.get(key)
        return None if place is None else self.sections[place]

    def find_group(self, key: str) -> SelectionView | None:
        """The named selection of that key, None where there is none."""
        return next((group for group in self.groups if group.key == key), None)

    def find_indicator(self, key: str) -> IndicatorView | None:
        """The indicator of that permanent key, None where there is none."""
        return self._indicators.get(key)

    def only(self, keys: frozenset[str]) -> FrameworkTree:
        """The tree as somebody sees it who may see those indicators alone: sections without any are left out."""
        sections = tuple(section.only(keys) for section in self.sections)
        return replace(self, sections=tuple(section for section in sections if section.indicators))

    def indicator_of(self, pk: int) -> IndicatorView:
        """The indicator of a row of this version. Raises `KeyError` for a row of another."""
        return self._by_pk[pk]

    def section_of(self, indicator: IndicatorView) -> SectionView:
        """The section on whose sheet an indicator is rated."""
        return self.sections[self._sections[indicator.section]]

    def page_of(self, indicator: IndicatorView) -> PageView:
        """The page of the section that shows an indicator."""
        return next(page for page in self.section_of(indicator).pages if indicator in page.indicators)

    def next_section(self, key: str) -> SectionView | None:
        """The section after the one of that key; None after the last. Raises `KeyError` for an unknown key."""
        place = self._sections[key] + 1
        return self.sections[place] if place < len(self.sections) else None

    def previous_section(self, key: str) -> SectionView | None:
        """The section before the one of that key; None before the first. Raises `KeyError` for an unknown key."""
        place = self._sections[key]
        return self.sections[place - 1] if place else None

    def next_page(self, page: PageView) -> PageView | None:
        """The page after this one, over the end of its section; None after the last of all."""
        if page.number < page.count:
            return self.sections[self._sections[page.section]].pages[page.number]
        section = self.next_section(page.section)
        return section.pages[0] if section else None

    def previous_page(self, page: PageView) -> PageView | None:
        """The page before this one, over the start of its section; None before the first of all."""
        if page.number > 1:
            return self.sections[self._sections[page.section]].pages[page.number - 2]
        section = self.previous_section(page.section)
        return section.pages[-1] if section else None
