"""Geometry of a flow chart: bands from givers on one side to takers on the other, as wide as what flows.

Numbers in, positions and texts out, as in `wam_portal.charts`; templates/charts/flow.html draws them.
"""

from __future__ import annotations

import textwrap
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from wam_portal.chart_shapes import Anchor, Figures, TextLine
from wam_portal.charts import FILLS

WIDTH: Final = 960.0
LABELS: Final = 320.0
BAR: Final = 8.0
LINE: Final = 15.0
GAP: Final = 14.0
TALL: Final = 260.0
"""How high the bars of one side together are, before small ones are made high enough for their texts."""
LEAST: Final = 1.5
COLUMNS: Final = 46
MOST_LINES: Final = 5


@dataclass(frozen=True, slots=True)
class FlowEnd:
    """Somebody who gives or takes; `notes` stand below the label, each on a line of its own."""

    label: str
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Flow:
    """`value` from one of the givers to one of the takers, by their places. `text`: the value for people."""

    source: int
    target: int
    value: float
    text: str
    kind: str = "accent"


@dataclass(frozen=True, slots=True)
class FlowTexts:
    """`headers`: of the table of figures; `legend`: (kind, text)."""

    title: str
    description: str
    headers: tuple[str, str, str]
    legend: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Band:
    path: str
    kind: str
    fill: str


@dataclass(frozen=True, slots=True)
class EndShape:
    x: str
    y: str
    height: str
    lines: tuple[TextLine, ...]


@dataclass(frozen=True, slots=True)
class Swatch:
    x: str
    y: str
    kind: str
    fill: str
    text: TextLine


@dataclass(frozen=True, slots=True)
class FlowChart:
    key: str
    title: str
    description: str
    width: str
    height: str
    bar_width: str
    ends: tuple[EndShape, ...]
    bands: tuple[Band, ...]
    legend: tuple[Swatch, ...]
    figures: Figures


def flow_chart(
    sources: Sequence[FlowEnd],
    targets: Sequence[FlowEnd],
    flows: Sequence[Flow],
    *,
    texts: FlowTexts,
    key: str,
    mirrored: bool = False,
) -> FlowChart:
    """Lay out the flows, givers where reading begins.

    Takers are ordered by whom they take from, so that bands cross less. Raises ValueError for a flow that is not above
    zero or has no such end.
    """
    if any(
        flow.value <= 0 or not (0 <= flow.source < len(sources) and 0 <= flow.target < len(targets)) for flow in flows
    ):
        raise ValueError("a flow runs from one end to another and is above zero")
    top = LINE * 1.6 if texts.legend else 0.0
    total = sum(flow.value for flow in flows) or 1.0
    scale = TALL / total
    ordered = _ordered(len(targets), flows)
    givers = _stack(sources, range(len(sources)), [(flow.source, flow.value) for flow in flows], scale, top)
    takers = _stack(targets, ordered, [(flow.target, flow.value) for flow in flows], scale, top)
    rank = {place: position for position, place in enumerate(ordered)}
    height = max([top, *(y + size for y, size, _used in [*givers.values(), *takers.values()])])

    def x_of(x: float) -> float:
        return WIDTH - x if mirrored else x

    used_left: dict[int, float] = defaultdict(float)
    used_right: dict[int, float] = defaultdict(float)
    bands = []
    for flow in sorted(flows, key=lambda flow: (flow.source, rank[flow.target])):
        thick = max(LEAST, flow.value * scale)
        left = givers[flow.source][2] + used_left[flow.source]
        right = takers[flow.target][2] + used_right[flow.target]
        used_left[flow.source] += flow.value * scale
        used_right[flow.target] += flow.value * scale
        bands.append(
            Band(_band(x_of(LABELS + BAR), left, x_of(WIDTH - LABELS - BAR), right, thick), flow.kind, FILLS[flow.kind])
        )
    return FlowChart(
        key=key,
        title=texts.title,
        description=texts.description,
        width=_n(WIDTH),
        height=_n(height + 4),
        bar_width=_n(BAR),
        ends=(
            *_ends(sources, givers, LABELS, first=True, mirrored=mirrored),
            *_ends(targets, takers, WIDTH - LABELS - BAR, first=False, mirrored=mirrored),
        ),
        bands=tuple(bands),
        legend=tuple(_legend(texts.legend, mirrored)),
        figures=Figures(
            texts.title,
            texts.headers,
            tuple((sources[flow.source].label, targets[flow.target].label, flow.text) for flow in flows),
        ),
    )


def _ordered(count: int, flows: Sequence[Flow]) -> list[int]:
    """The takers' places by the middle of those that they take from."""
    weight: dict[int, float] = defaultdict(float)
    moment: dict[int, float] = defaultdict(float)
    for flow in flows:
        weight[flow.target] += flow.value
        moment[flow.target] += flow.value * flow.source
    return sorted(range(count), key=lambda place: (moment[place] / weight[place] if weight[place] else count, place))


def _stack(
    ends: Sequence[FlowEnd], order: Iterable[int], parts: Sequence[tuple[int, float]], scale: float, top: float
) -> dict[int, tuple[float, float, float]]:
    """Place -> (top of its room, height of its room, where its bar begins)."""
    amount: dict[int, float] = defaultdict(float)
    for place, value in parts:
        amount[place] += value * scale
    found = {}
    for place in order:
        texts = LINE * len(_lines(ends[place]))
        room = max(texts, amount[place])
        found[place] = (top, room, top + (room - amount[place]) / 2)
        top += room + GAP
    return found


def _lines(end: FlowEnd) -> list[str]:
    return [*textwrap.wrap(end.label, COLUMNS, max_lines=MOST_LINES, placeholder=" …"), *end.notes]


def _ends(
    ends: Sequence[FlowEnd],
    rooms: dict[int, tuple[float, float, float]],
    x: float,
    *,
    first: bool,
    mirrored: bool,
) -> Iterable[EndShape]:
    text_x = x - 6 if first else x + BAR + 6
    anchor: Anchor = "end" if first != mirrored else "start"
    for place, (top, room, begins) in rooms.items():
        lines = _lines(ends[place])
        names = len(lines) - len(ends[place].notes)
        above = top + (room - LINE * len(lines)) / 2
        yield EndShape(
            x=_n(WIDTH - x - BAR if mirrored else x),
            y=_n(begins),
            height=_n(max(LEAST, room - 2 * (begins - top))),
            lines=tuple(
                TextLine(
                    _n(WIDTH - text_x if mirrored else text_x),
                    _n(above + LINE * (number + 0.78)),
                    text,
                    anchor,
                    strong=number < names,
                )
                for number, text in enumerate(lines)
            ),
        )


def _band(x0: float, y0: float, x1: float, y1: float, thick: float) -> str:
    middle = _n((x0 + x1) / 2)
    start, end = _n(x0), _n(x1)
    tops, bottoms = (_n(y0), _n(y1)), (_n(y0 + thick), _n(y1 + thick))
    return (
        f"M{start} {tops[0]}C{middle} {tops[0]} {middle} {tops[1]} {end} {tops[1]}"
        f"V{bottoms[1]}C{middle} {bottoms[1]} {middle} {bottoms[0]} {start} {bottoms[0]}Z"
    )


def _legend(entries: Sequence[tuple[str, str]], mirrored: bool) -> Iterable[Swatch]:
    step = WIDTH / max(1, len(entries))
    for number, (kind, text) in enumerate(entries):
        inset = number * step
        yield Swatch(
            x=_n(WIDTH - inset - 12 if mirrored else inset),
            y="1",
            kind=kind,
            fill=FILLS[kind],
            text=TextLine(
                _n(WIDTH - inset - 18 if mirrored else inset + 18), "11.5", text, "end" if mirrored else "start"
            ),
        )


def _n(value: float) -> str:
    """A coordinate with at most one decimal, the same in every language and never "-0"."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
