"""The parts of a dossier as the templates read them: texts, codes and numbers ready to print, nothing to look up."""

from __future__ import annotations

from dataclasses import dataclass, field

from wam_portal.chart_shapes import BarChart, RadarChart, StackedChart
from wam_portal.documents import Fact, Prose, ScaleStep


@dataclass(frozen=True, slots=True)
class GapLine:
    """A linked gap: the indicator, where the State stands and wants to be."""

    code: str
    question: str
    direction: str
    tier: str
    tier_label: str
    tier_marks: str
    level_label: str
    target_label: str
    scale_title: str
    scale_width: str
    steps: tuple[ScaleStep, ...]
    stage: str
    lenses: str
    cause: str = ""
    cause_direction: str = "ltr"


@dataclass(frozen=True, slots=True)
class CauseLine:
    """A root cause with the code of its indicator, for grants that disclose causes without the gaps."""

    code: str
    cause: str
    direction: str


@dataclass(frozen=True, slots=True)
class NeedPart:
    """A line of the request. `amount` is the sum where it is disclosed, else the band."""

    number: int
    anchor: str
    uuid: str
    area: str
    types: str
    technology: str
    amount: str
    tier: str
    tier_label: str
    tier_marks: str
    description: Prose | None
    includes: str
    gaps: tuple[GapLine, ...] | None
    causes: tuple[CauseLine, ...]
    codes: str


@dataclass(frozen=True, slots=True)
class BudgetLine:
    number: int
    area: str
    types: str
    amount: str
    share: str = ""


@dataclass(frozen=True, slots=True)
class Budget:
    """Sums as far as they are disclosed; `exact` is false when only bands are."""

    lines: tuple[BudgetLine, ...]
    exact: bool
    total: str = ""
    national: str = ""
    together: str = ""
    national_share: str = ""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The charts: the profile of the baseline, the severity of the linked gaps."""

    profile: RadarChart | None = None
    profile_bars: BarChart | None = None
    severity: BarChart | None = None
    tiers: StackedChart | None = None


@dataclass(frozen=True, slots=True)
class Dossier:
    """A whole document. What the grant does not disclose is None or empty, and its section is left out."""

    language: str
    direction: str
    title: str
    state: str
    request_title: str
    reference: str
    short_hash: str
    full_hash: str
    created: str
    draft: bool
    head_mark: str
    cover: tuple[Fact, ...]
    confidentiality: tuple[str, ...]
    summary: tuple[Fact, ...]
    objective: Prose | None
    needs: tuple[NeedPart, ...]
    has_tiers: bool
    evidence: Evidence | None
    context: tuple[Prose, ...]
    budget: Budget
    outcome: tuple[Prose, ...]
    contact: Prose | None
    trace: tuple[Fact, ...]
    contents: tuple[tuple[str, str], ...] = field(default=())

    @property
    def has_codes(self) -> bool:
        """Whether the linked indicators are disclosed."""
        return any(need.gaps is not None for need in self.needs)
