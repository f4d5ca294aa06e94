"""The parts of a baseline report and a country insight, as the templates read them: ready to print."""

from __future__ import annotations

from dataclasses import dataclass, field

from wam_portal.chart_shapes import BarChart, RadarChart, StackedChart
from wam_portal.documents import Fact, Prose, ScaleStep


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the framework, with the direction of its own script."""

    name: str
    direction: str


@dataclass(frozen=True, slots=True)
class IndicatorLine:
    """One indicator with its answer. `standing` says in words what has no level; `texts` are empty in public.

    `headings` are those between the area and the indicator that did not stand above the one before. `evidence` says how
    many pieces the answer rests on; empty in public, and for what was signed before evidence counted.
    """

    code: str
    question: str
    direction: str
    standing: str
    steps: tuple[ScaleStep, ...]
    scale_title: str
    scale_width: str
    level_label: str
    target_label: str
    basis: str
    confidence: str
    tier: str
    tier_label: str
    tier_marks: str
    evidence: str = ""
    texts: tuple[Prose, ...] = ()
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class AreaPart:
    """A functional area with its figures; `lines` is empty where indicators are left out.

    `headings` are those above it that did not stand above the one before.
    """

    anchor: str
    title: str
    direction: str
    scope: str
    score: str
    coverage: str
    rated: str
    gaps: str
    lines: tuple[IndicatorLine, ...] = ()
    headings: tuple[Heading, ...] = ()


@dataclass(frozen=True, slots=True)
class ReportCharts:
    """The drawings: the profile of the areas, stages, lenses, and the tiers of the gaps."""

    radar: RadarChart | None
    areas: BarChart
    stages: BarChart | None
    lenses: BarChart | None
    tiers: StackedChart | None = None
    severity: BarChart | None = None


@dataclass(frozen=True, slots=True)
class ConsultedPart:
    """Who was consulted: figures, then rows of kind, women, men, not recorded, and of round, period, people, women."""

    facts: tuple[Fact, ...]
    kinds: tuple[tuple[str, ...], ...]
    rounds: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class EndorsedPart:
    """Who signed: rows of name, authority, day of the decision, reference, day; and why it is open again."""

    facts: tuple[Fact, ...]
    signatures: tuple[tuple[str, ...], ...]
    reopened: Prose | None


@dataclass(frozen=True, slots=True)
class Report:
    """A whole document, national or public. What the public does not read is empty, and its section is left out."""

    kind: str
    public: bool
    language: str
    direction: str
    title: str
    state: str
    baseline_title: str
    reference: str
    short_hash: str
    created: str
    draft: bool
    head_mark: str
    cover: tuple[Fact, ...]
    confidentiality: tuple[str, ...]
    summary: tuple[Fact, ...]
    purpose: Prose | None
    method: tuple[str, ...]
    areas: tuple[AreaPart, ...]
    charts: ReportCharts
    unknown: tuple[IndicatorLine, ...]
    unanswered: tuple[IndicatorLine, ...]
    trace: tuple[Fact, ...]
    consulted: ConsultedPart | None = None
    endorsed: EndorsedPart | None = None
    contents: tuple[tuple[str, str], ...] = field(default=())

    @property
    def has_lines(self) -> bool:
        """Whether any indicator is printed by itself."""
        return any(area.lines for area in self.areas)
