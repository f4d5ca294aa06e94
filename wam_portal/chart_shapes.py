"""What goes into the charts (Spoke, Bar, Part) and what comes out, ready to draw. See wam_portal/charts.py."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Anchor = Literal["start", "middle", "end"]


@dataclass(frozen=True, slots=True)
class Figures:
    """The numbers of a chart as a table; the first cell of a row names it."""

    caption: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class TextLine:
    x: str
    y: str
    text: str
    anchor: Anchor
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Spoke:
    """One axis of a profile: value None means that nothing is rated there; `note` stands under the label."""

    label: str
    value: float | None
    target: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class Ring:
    points: str
    label: TextLine


@dataclass(frozen=True, slots=True)
class Dot:
    x: str
    y: str
    label: str


@dataclass(frozen=True, slots=True)
class RadarChart:
    key: str
    title: str
    description: str
    size: str
    centre: tuple[str, str]
    spokes: tuple[tuple[str, str], ...]
    rings: tuple[Ring, ...]
    runs: tuple[str, ...]
    closed: bool
    targets: str
    dots: tuple[Dot, ...]
    numbers: tuple[TextLine, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class Bar:
    """One row of a bar chart: value None draws no bar and says so."""

    label: str
    value: float | None
    kind: str = "accent"
    target: float | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class BarShape:
    x: str
    y: str
    width: str
    kind: str
    fill: str
    track_x: str
    target_x: str
    target_top: str
    target_bottom: str
    name: str
    label: tuple[TextLine, ...]
    value: TextLine


@dataclass(frozen=True, slots=True)
class BarChart:
    key: str
    title: str
    description: str
    width: str
    height: str
    track_width: str
    bars: tuple[BarShape, ...]
    ticks: tuple[TextLine, ...]
    tick_bottom: str
    axis: TextLine
    range_text: str
    figures: Figures


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a whole; `kind` is a key of FILLS."""

    label: str
    count: int
    kind: str


@dataclass(frozen=True, slots=True)
class PartShape:
    x: str
    width: str
    kind: str
    fill: str
    dark: bool
    number: TextLine | None
    swatch_x: str
    swatch_y: str
    legend: TextLine


@dataclass(frozen=True, slots=True)
class StackedChart:
    key: str
    title: str
    description: str
    width: str
    height: str
    bar_height: str
    parts: tuple[PartShape, ...]
    figures: Figures


@dataclass(frozen=True, slots=True)
class PointsBar:
    x: str
    width: str
    text: str
    maximum_text: str
