"""Geometry of the portal's charts: numbers in, positions and texts out; templates/charts/*.html draw them.

Coordinates are in the units of the drawing's own viewBox, from its top left corner, and already written as text,
because a template would write 12.5 as "12,5" in French. `mirrored` turns the reading direction round for scripts
that run from right to left. Each chart carries its figures as a table. Colours stand in the drawing as attributes,
because the renderer of documents applies no outer style to drawings; the classes let a style sheet override them.
That renderer also sets a drawing's text letter by letter, which breaks Arabic: in documents (`plain`) the templates
draw digits only and write the names as text beside the drawing. A profile's axes are numbered everywhere: names around
it would be cut, and too small to read on a phone.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence
from typing import Final

from django.utils.translation import gettext as _

from wam_portal.chart_shapes import (
    Anchor,
    Bar,
    BarChart,
    BarShape,
    Dot,
    Figures,
    Part,
    PartShape,
    PointsBar,
    RadarChart,
    Ring,
    Spoke,
    StackedChart,
    TextLine,
)
from wam_portal.formats import format_labelled, format_number, format_share

FILLS: Final[dict[str, str]] = {
    "level-1": "#e6f0f5",
    "level-2": "#b3cfde",
    "level-3": "#78a7bf",
    "level-4": "#3b7593",
    "level-5": "#11455f",
    "level-6-2": "#b0ccdc",
    "level-6-3": "#81aec5",
    "level-6-4": "#5f92ac",
    "level-6-5": "#33698a",
    "tier-low": "#f6e6da",
    "tier-medium": "#e3ae8a",
    "tier-high": "#a04e28",
    "tier-critical": "#6b2a12",
    "accent": "#124076",
    "neutral": "#8a96a8",
    "unknown": "#ffffff",
    "mix-1": "#2f3b4d",
    "mix-2": "#6b7a90",
    "mix-3": "#a9b5c6",
    "mix-4": "#dbe2ec",
}
"""Fill by kind, equal to the tokens of static/css/tokens.css (a test compares them)."""

_DARK: Final = frozenset({"level-4", "level-5", "level-6-5", "tier-high", "tier-critical", "accent", "mix-1", "mix-2"})
_SIX: Final = 6
_LINE_HEIGHT: Final = 15
_TOLERANCE: Final = 1e-9

__all__ = [
    "FILLS",
    "Bar",
    "Part",
    "Spoke",
    "bar_chart",
    "is_dark",
    "level_step",
    "points_bar",
    "radar_profile",
    "stacked_bar",
]


def is_dark(kind: str) -> bool:
    """Whether white text is the one to read on this fill."""
    return kind in _DARK


def level_step(position: int, count: int) -> str:
    """Shade of the option at `position` (from 1) on a scale of `count` options, as in the kind "level-<shade>".

    "1" is the palest and "5" the deepest; a scale of six has shades of its own between them, so that neighbours differ.
    Raises ValueError when the position is not on the scale.
    """
    if not 1 <= position <= count:
        raise ValueError(f"position {position} is not on a scale of {count}")
    if count == 1:
        return "5"
    if count == _SIX and 1 < position < count:
        return f"{_SIX}-{position}"
    return str(1 + math.floor((position - 1) * 4 / (count - 1) + 0.5))


def radar_profile(
    spokes: Sequence[Spoke], *, maximum: float, key: str, title: str, description: str, mirrored: bool = False
) -> RadarChart:
    """Lay out a profile: one axis per area from 0 in the centre to `maximum`, the first at the top, then clockwise
    (anticlockwise when mirrored). Areas without a value break the line: nothing is drawn as if it were zero.

    Raises ValueError with fewer than three axes or a value outside 0 to `maximum`.
    """
    if len(spokes) < 3:
        raise ValueError("a profile needs at least three axes")
    radius, margin = 118.0, 30.0
    cx = cy = radius + margin
    turn = (-1 if mirrored else 1) * 2 * math.pi / len(spokes)
    angles = [-math.pi / 2 + i * turn for i in range(len(spokes))]

    def at(index: int, value: float) -> tuple[float, float]:
        r = radius * value / maximum
        return cx + r * math.cos(angles[index]), cy + r * math.sin(angles[index])

    def outline(value: float) -> str:
        return _points([at(i, value) for i in range(len(spokes))])

    values = [None if s.value is None else _checked(s.value, maximum) for s in spokes]
    places = {i: at(i, v) for i, v in enumerate(values) if v is not None}
    rings = tuple(
        Ring(outline(step), TextLine(_n(cx + 4), _n(cy - radius * step / maximum - 3), format_number(step), "start"))
        for step in _steps(maximum)
    )
    aims = [_checked(s.target, maximum) for s in spokes if s.target is not None]
    return RadarChart(
        key=key,
        title=title,
        description=description,
        size=_n(2 * cx),
        centre=(_n(cx), _n(cy)),
        spokes=tuple((_n(x), _n(y)) for x, y in (at(i, maximum) for i in range(len(spokes)))),
        rings=rings,
        runs=tuple(_points([places[i] for i in run]) for run in _runs(values)),
        closed=len(places) == len(spokes),
        targets=_points([at(i, aim) for i, aim in enumerate(aims)]) if len(aims) == len(spokes) else "",
        dots=tuple(Dot(_n(x), _n(y), spokes[i].label) for i, (x, y) in places.items()),
        numbers=tuple(
            TextLine(_n(x), _n(y + 4), str(i + 1), "middle")
            for i, (x, y) in enumerate(at(i, maximum * (1 + 18 / radius)) for i in range(len(spokes)))
        ),
        figures=_value_figures(title, [(s.label, s.value, s.target, s.note) for s in spokes]),
    )


def bar_chart(
    bars: Sequence[Bar],
    *,
    maximum: float,
    axis: str,
    key: str,
    title: str,
    description: str,
    mirrored: bool = False,
) -> BarChart:
    """Lay out horizontal bars from 0 to `maximum`, each under its label, with a named axis below.

    Raises ValueError when a value lies outside 0 to `maximum`.
    """
    width, track, row = 430.0, 284.0, 46.0
    names = [_wrapped(bar.label, 62, 2) for bar in bars]
    tops, bottom = [], 0.0
    for lines in names:
        bottom += _LINE_HEIGHT * (len(lines) - 1)
        tops.append(bottom)
        bottom += row
    start: Anchor = "end" if mirrored else "start"
    origin = width if mirrored else 0.0

    def x_of(value: float) -> float:
        return abs(origin - track * value / maximum)

    shapes = []
    for i, bar in enumerate(bars):
        value = None if bar.value is None else _checked(bar.value, maximum)
        top = tops[i]
        text = _("not rated") if value is None else format_number(value)
        shapes.append(
            BarShape(
                x=_n(min(origin, x_of(value or 0))),
                y=_n(top + 22),
                width=_n(track * (value or 0) / maximum),
                kind=bar.kind,
                fill=FILLS[bar.kind],
                track_x=_n(min(origin, x_of(maximum))),
                target_x="" if bar.target is None else _n(x_of(_checked(bar.target, maximum))),
                target_top=_n(top + 19),
                target_bottom=_n(top + 39),
                name=bar.label,
                label=tuple(
                    TextLine(_n(origin), _n(top + 16 - _LINE_HEIGHT * (len(names[i]) - 1 - n)), line, start)
                    for n, line in enumerate(names[i])
                ),
                value=TextLine(
                    _n(x_of(maximum) + (-8 if mirrored else 8)),
                    _n(top + 33.5),
                    f"{text} · {bar.note}" if bar.note else text,
                    start,
                    strong=True,
                ),
            )
        )
    return BarChart(
        key=key,
        title=title,
        description=description,
        width=_n(width),
        height=_n(bottom + 40),
        track_width=_n(track),
        bars=tuple(shapes),
        ticks=tuple(
            TextLine(_n(x_of(step)), _n(bottom + 16), format_number(step), _edge(step, mirrored))
            for step in (0.0, *_steps(maximum))
        ),
        tick_bottom=_n(bottom + 2),
        axis=TextLine(_n(x_of(maximum / 2)), _n(bottom + 33), axis, "middle"),
        range_text=f"{format_number(0)}–{format_number(maximum)}",
        figures=_value_figures(title, [(b.label, b.value, b.target, b.note) for b in bars]),
    )


def stacked_bar(
    parts: Sequence[Part], *, key: str, title: str, description: str, mirrored: bool = False
) -> StackedChart:
    """Lay out the parts of a whole in one bar, in the order given, with a legend; a whole of nothing draws no part.

    Raises ValueError for a negative count.
    """
    if any(part.count < 0 for part in parts):
        raise ValueError("a part cannot be negative")
    width, columns, bar_height = 400.0, 2, 28.0
    total = sum(part.count for part in parts)
    start: Anchor = "end" if mirrored else "start"
    shapes, along = [], 0.0
    for i, part in enumerate(parts):
        length = width * part.count / total if total else 0.0
        left = width - along - length if mirrored else along
        column, line = i % columns, i // columns
        inset = column * width / columns
        legend_y = bar_height + 26 + line * 22
        shapes.append(
            PartShape(
                x=_n(left),
                width=_n(length),
                kind=part.kind,
                fill=FILLS[part.kind],
                dark=is_dark(part.kind),
                number=TextLine(_n(left + length / 2), "19", str(part.count), "middle") if length >= 22 else None,
                swatch_x=_n(width - inset - 12 if mirrored else inset),
                swatch_y=_n(legend_y - 10.5),
                legend=TextLine(
                    _n(width - inset - 20 if mirrored else inset + 20),
                    _n(legend_y),
                    format_labelled(part.label, part.count),
                    start,
                ),
            )
        )
        along += length
    rows = tuple((p.label, str(p.count), format_share(p.count, total)) for p in parts)
    return StackedChart(
        key=key,
        title=title,
        description=description,
        width=_n(width),
        height=_n(bar_height + 12 + 22 * math.ceil(len(parts) / columns)),
        bar_height=_n(bar_height),
        parts=tuple(shapes),
        figures=Figures(title, (_("Part"), _("Number"), _("Share")), rows),
    )


def points_bar(points: float, maximum: float, *, mirrored: bool = False) -> PointsBar:
    """Lay out points won out of a maximum as a bar 100 units long; a maximum of 0 draws an empty bar.

    Raises ValueError when the points lie outside 0 to `maximum`.
    """
    value = _checked(points, maximum)
    length = 100 * value / maximum if maximum else 0.0
    return PointsBar(
        _n(100 - length if mirrored else 0), _n(length), format_number(points, 1), format_number(maximum, 1)
    )


def _checked(value: float, maximum: float) -> float:
    """The value, if it lies on the axis; rounding errors of sums are let pass."""
    if not -_TOLERANCE <= value <= maximum + _TOLERANCE:
        raise ValueError(f"{value} is outside 0 to {maximum}")
    return min(max(value, 0.0), maximum)


def _n(value: float) -> str:
    """A coordinate with at most one decimal, the same in every language and never "-0"."""
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")


def _points(places: Sequence[tuple[float, float]]) -> str:
    return " ".join(f"{_n(x)},{_n(y)}" for x, y in places)


def _steps(maximum: float) -> list[float]:
    """Where the rings and ticks stand: every whole number on a short axis, quarters on a long one."""
    if maximum <= 10 and float(maximum).is_integer():
        return [float(step) for step in range(1, int(maximum) + 1)]
    return [maximum * quarter / 4 for quarter in range(1, 5)]


def _runs(values: Sequence[float | None]) -> list[list[int]]:
    """Neighbouring rated axes, going round: one run of all, or the stretches of two or more between the gaps."""
    count = len(values)
    gaps = [i for i, value in enumerate(values) if value is None]
    if not gaps:
        return [list(range(count))]
    runs: list[list[int]] = [[]]
    for offset in range(1, count + 1):
        index = (gaps[0] + offset) % count
        if values[index] is None:
            runs.append([])
        else:
            runs[-1].append(index)
    return [run for run in runs if len(run) > 1]


def _edge(step: float, mirrored: bool) -> Anchor:
    """How a tick's number stands: inside the drawing at 0, centred elsewhere."""
    if step == 0:
        return "end" if mirrored else "start"
    return "middle"


def _wrapped(text: str, columns: int, lines: int) -> list[str]:
    return textwrap.wrap(text, columns, max_lines=lines, placeholder=" …") or [""]


def _value_figures(caption: str, rows: Sequence[tuple[str, float | None, float | None, str]]) -> Figures:
    with_target = any(target is not None for _label, _value, target, _note in rows)
    with_note = any(note for _label, _value, _target, note in rows)
    headers = [_("Name"), _("Value")] + [_("Target")] * with_target + [_("Note")] * with_note

    def cells(label: str, value: float | None, target: float | None, note: str) -> tuple[str, ...]:
        shown = _("not rated") if value is None else format_number(value)
        aim = "–" if target is None else format_number(target)
        return (label, shown, *([aim] * with_target), *([note] * with_note))

    return Figures(caption, tuple(headers), tuple(cells(*row) for row in rows))
