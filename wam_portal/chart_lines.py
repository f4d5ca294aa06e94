"""Geometry of a small chart over time: one line from moment to moment, broken where there is nothing to show.

Several of them side by side, all from 0 to the same maximum, say more than one chart with ten lines that cross. See
wam_portal/charts.py for what holds for every chart; templates/charts/line.html draws this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from wam_portal.chart_shapes import Anchor, Dot, TextLine
from wam_portal.formats import format_number

_WIDTH, _HEIGHT = 220.0, 104.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 30.0, 16.0, 16.0, 22.0
_INSET = 6.0
_GRID = (0.0, 0.5, 1.0)
_ALL_LABELS = 4
_LETTER = 5.4
_LEAST = 12.0


@dataclass(frozen=True, slots=True)
class Moment:
    """A point in time with its value; None where there was nothing to show. `day` counts from whenever one likes."""

    label: str
    value: float | None
    day: int


@dataclass(frozen=True, slots=True)
class LineChart:
    key: str
    title: str
    description: str
    width: str
    height: str
    grid: tuple[TextLine, ...]
    grid_start: str
    grid_end: str
    runs: tuple[str, ...]
    dots: tuple[Dot, ...]
    values: tuple[TextLine, ...]
    moments: tuple[TextLine, ...]


def line_chart(
    moments: Sequence[Moment], *, maximum: float, key: str, title: str, description: str, mirrored: bool = False
) -> LineChart:
    """Lay out the moments from the first to the last, later ones further on in reading direction.

    They stand as far apart as their days are, but never so close that dots or labels would lie on each other. Up to
    four moments are all labelled, of more only the ends. Raises ValueError without a moment, or for a value outside 0
    to `maximum`.
    """
    if not moments:
        raise ValueError("a chart over time needs a moment")
    if any(moment.value is not None and not 0 <= moment.value <= maximum for moment in moments):
        raise ValueError(f"a value is outside 0 to {maximum}")
    start, end = _LEFT, _WIDTH - _RIGHT
    named = set(range(len(moments))) if len(moments) <= _ALL_LABELS else {0, len(moments) - 1}
    places = _along(moments, len(named) == len(moments), mirrored)
    return LineChart(
        key=key,
        title=title,
        description=description,
        width=_text(_WIDTH),
        height=_text(_HEIGHT),
        grid=tuple(
            TextLine(_text(_LEFT - 6), _text(_up(part * maximum, maximum)), format_number(part * maximum), "end")
            for part in _GRID
        ),
        grid_start=_text(start),
        grid_end=_text(end),
        runs=tuple(
            " ".join(f"{_text(places[number])},{_text(_up(value, maximum))}" for number, value in run)
            for run in _runs(moments)
        ),
        dots=tuple(
            Dot(_text(places[number]), _text(_up(moment.value, maximum)), moment.label)
            for number, moment in enumerate(moments)
            if moment.value is not None
        ),
        values=tuple(
            TextLine(
                _text(places[number]), _text(_up(moment.value, maximum) - 7), format_number(moment.value), "middle"
            )
            for number, moment in enumerate(moments)
            if moment.value is not None and number in named
        ),
        moments=tuple(
            TextLine(_text(places[number]), _text(_HEIGHT - 5), moment.label, _anchor(places[number], moment.label))
            for number, moment in enumerate(moments)
            if number in named
        ),
    )


def _along(moments: Sequence[Moment], labelled: bool, mirrored: bool) -> list[float]:
    """Where the moments stand across the drawing."""
    inner = _WIDTH - _LEFT - _RIGHT - 2 * _INSET
    if len(moments) == 1:
        return [_LEFT + _INSET + inner / 2]
    pairs = list(pairwise(moments))
    least = [_LEAST + (_LETTER * (len(one.label) + len(other.label)) / 2 if labelled else 0) for one, other in pairs]
    steps = _steps([max(0, other.day - one.day) for one, other in pairs], least, inner)
    offsets = list(accumulate(steps, initial=0.0))
    return [_LEFT + _INSET + (inner - offset if mirrored else offset) for offset in offsets]


def _steps(days: Sequence[int], least: Sequence[float], room: float) -> list[float]:
    """The room shared out as the days are, with no step below its least; evenly where there is no room for that."""
    if sum(least) >= room or not sum(days):
        return [room / len(days)] * len(days)
    kept: set[int] = set()
    while True:
        free = [number for number in range(len(days)) if number not in kept]
        scale = (room - sum(least[number] for number in kept)) / sum(days[number] for number in free)
        short = {number for number in free if days[number] * scale < least[number]}
        if not short:
            return [least[number] if number in kept else days[number] * scale for number in range(len(days))]
        kept |= short


def _up(value: float, maximum: float) -> float:
    return _TOP + (_HEIGHT - _TOP - _BOTTOM) * (1 - value / maximum)


def _anchor(x: float, label: str) -> Anchor:
    """A label stands under its point, unless it would run out of the drawing."""
    half = _LETTER * len(label) / 2
    if x < half:
        return "start"
    return "end" if x + half > _WIDTH else "middle"


def _runs(moments: Sequence[Moment]) -> list[list[tuple[int, float]]]:
    """Neighbouring moments with a value, in stretches of two or more."""
    runs: list[list[tuple[int, float]]] = [[]]
    for number, moment in enumerate(moments):
        if moment.value is None:
            runs.append([])
        else:
            runs[-1].append((number, moment.value))
    return [run for run in runs if len(run) > 1]


def _text(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
