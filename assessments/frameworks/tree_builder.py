"""Building a `FrameworkTree` from the rows of one version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from assessments.enums import NodeKind
from assessments.frameworks.schema import QualityRule
from assessments.frameworks.tree import (
    FrameworkTree,
    IndicatorView,
    LevelView,
    NodeView,
    ScaleView,
    SectionView,
    SelectionView,
    VersionView,
    pages_of,
)
from assessments.severity import mean_weight


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A stored node. Scale, target and section are row ids, given for indicators; level texts go by option key."""

    pk: int
    parent_pk: int | None
    key: str
    code: str
    kind: NodeKind
    title: str
    scope: str = ""
    guidance: str = ""
    references: tuple[str, ...] = ()
    functional_area: str = ""
    section_pk: int | None = None
    scale_pk: int | None = None
    target_pk: int | None = None
    weight: Decimal = Decimal(1)
    level_texts: tuple[tuple[str, str], ...] = ()
    evidence: tuple[str, ...] = ()
    stage: str = ""
    lenses: tuple[str, ...] = ()
    technologies: tuple[str, ...] = ()
    assistance_types: tuple[str, ...] = ()


def build_tree(
    version: VersionView,
    scales: Iterable[ScaleView],
    rows: Iterable[NodeRow],
    named: Iterable[SelectionView] = (),
    quality_rules: Iterable[QualityRule] = (),
) -> FrameworkTree:
    """Build the tree from rows in reading order, each parent before what it holds.

    Raises `KeyError` for a row that refers to a row which is not there.
    """
    scales_by_pk = {scale.pk: scale for scale in scales}
    groups: dict[int, NodeView] = {}
    parents: dict[int, int | None] = {}
    members: dict[int, list[NodeRow]] = {}
    for row in rows:
        if row.kind == NodeKind.INDICATOR:
            members.setdefault(row.section_pk or 0, []).append(row)
        else:
            parents[row.pk] = row.parent_pk
            groups[row.pk] = _node(row, None if row.parent_pk is None else groups[row.parent_pk])
    sections = [
        _section(groups[pk], members[pk], _Ancestry(groups, parents, pk), scales_by_pk)
        for pk in groups
        if pk in members
    ]
    if len(sections) != len(members):
        raise KeyError("an indicator refers to a section that is not there")
    return FrameworkTree(
        version=version,
        nodes=tuple(groups.values()),
        sections=tuple(sections),
        groups=tuple(named),
        quality_rules=tuple(quality_rules),
    )


@dataclass(frozen=True, slots=True)
class _Ancestry:
    """The way up from a node to the section on whose sheet it stands."""

    groups: dict[int, NodeView]
    parents: dict[int, int | None]
    section_pk: int

    def headings_above(self, row: NodeRow) -> tuple[NodeView, ...]:
        """What stands between the section and the row, outermost first."""
        return self._up_from(row.parent_pk, self.section_pk)

    def above_section(self) -> tuple[NodeView, ...]:
        """What stands above the section, outermost first."""
        return self._up_from(self.parents[self.section_pk], None)

    def _up_from(self, pk: int | None, end: int | None) -> tuple[NodeView, ...]:
        headings: list[NodeView] = []
        while pk is not None and pk != end:
            headings.append(self.groups[pk])
            pk = self.parents[pk]
        return tuple(reversed(headings))

    def functional_area_of(self, row: NodeRow) -> str:
        """The row's own functional area, or the nearest one above it."""
        if row.functional_area or row.parent_pk is None:
            return row.functional_area
        return self.groups[row.parent_pk].functional_area


def _node(row: NodeRow, parent: NodeView | None) -> NodeView:
    return NodeView(
        pk=row.pk,
        key=row.key,
        code=row.code,
        kind=row.kind,
        title=row.title,
        scope=row.scope,
        guidance=row.guidance,
        references=row.references,
        functional_area=row.functional_area or (parent.functional_area if parent else ""),
        depth=parent.depth + 1 if parent else 0,
    )


def _section(node: NodeView, rows: list[NodeRow], ancestry: _Ancestry, scales: dict[int, ScaleView]) -> SectionView:
    mean = mean_weight(row.weight for row in rows)
    indicators = tuple(_indicator(row, node, ancestry, scales[row.scale_pk or 0], mean) for row in rows)
    pages = pages_of(node.key, indicators)
    return SectionView(node=node, indicators=indicators, pages=pages, above=ancestry.above_section())


def _indicator(row: NodeRow, section: NodeView, ancestry: _Ancestry, scale: ScaleView, mean: Fraction) -> IndicatorView:
    texts = dict(row.level_texts)
    target = next((option for option in scale.options if option.pk == row.target_pk), None)
    if target is None:
        raise KeyError(f"the target of {row.key} is not on its scale")
    return IndicatorView(
        pk=row.pk,
        key=row.key,
        code=row.code,
        question=row.title,
        section=section.key,
        scale=scale,
        target=target,
        levels=tuple(LevelView(option, texts.get(option.key) or option.meaning) for option in scale.options),
        weight=row.weight,
        area_mean_weight=mean,
        headings=ancestry.headings_above(row),
        guidance=row.guidance,
        evidence=row.evidence,
        references=row.references,
        functional_area=ancestry.functional_area_of(row),
        stage=row.stage,
        lenses=row.lenses,
        technologies=row.technologies,
        assistance_types=row.assistance_types,
    )
