"""Geometry of one bar a row, each cut into the same parts: how a whole is made up, group by group.

See wam_portal/charts.py for what holds for every chart; templates/charts/stacked_rows.html draws this one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from wam_portal.chart_shapes import Anchor, Figures, TextLine
from wam_portal.charts import FILLS, is_dark
from wam_portal.formats import format_number, format_share

_WIDTH, _ROW, _TOP = 400.0, 40.0, 18.0
_COLUMNS, _LEGEND_ROW = 3, 22.0
_ROOM_FOR_NUMBER = 16.0


@dataclass(frozen=True, slots=True)
class PartKind:
    """One of the parts into which every row is cut; `kind` is a key of FILLS."""

    label: str
    kind: str


@dataclass(frozen=True, slots=True)
class PartedRow:
    """A row with a count for each part, in the order of the parts."""

    label: str
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Piece:
    x: str
    y: str
    width: str
    kind: str
    fill: str
    dark: bool
    number: TextLine | None


@dataclass(frozen=True, slots=True)
class RowShape:
    label: TextLine
    pieces: tuple[Piece, ...]
    total: str
    box: str


@dataclass(frozen=True, slots=True)
class LegendEntry:
    x: str
    y: str
    kind: str
    fill: str
    text: TextLine


@dataclass(frozen=True, slots=True)
class StackedRowsChart:
    key: str
    title: str
    description: str
    width: str
    height: str
    rows: tuple[RowShape, ...]
    legend: tuple[LegendEntry, ...]
    figures: Figures


def stacked_rows(
    rows: Sequence[PartedRow], parts: Sequence[PartKind], *, key: str, title: str, description: str, mirrored: bool
) -> StackedRowsChart:
    """Lay out the rows below one legend; every row with something in it fills the width, so that shares compare.

    Raises ValueError for a row with another number of parts, or with a negative count.
    """
    if any(len(row.counts) != len(parts) or min(row.counts, default=0) < 0 for row in rows):
        raise ValueError("each row needs one count, not negative, for each part")
    legend_height = _LEGEND_ROW * -(-len(parts) // _COLUMNS) + 8
    return StackedRowsChart(
        key=key,
        title=title,
        description=description,
        width=_text(_WIDTH),
        height=_text(legend_height + _ROW * len(rows) + 2),
        rows=tuple(_row(row, parts, legend_height + _ROW * place, mirrored) for place, row in enumerate(rows)),
        legend=tuple(_entry(part, place, mirrored) for place, part in enumerate(parts)),
        figures=_figures(rows, parts, title),
    )


def _row(row: PartedRow, parts: Sequence[PartKind], top: float, mirrored: bool) -> RowShape:
    total = sum(row.counts)
    pieces, along, y = [], 0.0, top + _TOP
    for part, count in zip(parts, row.counts, strict=True):
        length = _WIDTH * count / total if total else 0.0
        left = _WIDTH - along - length if mirrored else along
        along += length
        if not count:
            continue
        number = TextLine(_text(left + length / 2), _text(y + 12.5), format_number(count), "middle")
        pieces.append(
            Piece(
                x=_text(left),
                y=_text(y),
                width=_text(length),
                kind=part.kind,
                fill=FILLS[part.kind],
                dark=is_dark(part.kind),
                number=number if length >= _ROOM_FOR_NUMBER else None,
            )
        )
    label = row.label if total else f"{row.label} · {_('not rated')}"
    place = TextLine(_text(_WIDTH if mirrored else 0), _text(top + 13), label, _start(mirrored))
    return RowShape(place, tuple(pieces), format_number(total), f"0 {_text(y - 1)} {_text(_WIDTH)} 18")


def _entry(part: PartKind, place: int, mirrored: bool) -> LegendEntry:
    inset, y = place % _COLUMNS * _WIDTH / _COLUMNS, place // _COLUMNS * _LEGEND_ROW
    return LegendEntry(
        x=_text(_WIDTH - inset - 12 if mirrored else inset),
        y=_text(y + 2),
        kind=part.kind,
        fill=FILLS[part.kind],
        text=TextLine(
            _text(_WIDTH - inset - 18 if mirrored else inset + 18), _text(y + 12.5), part.label, _start(mirrored)
        ),
    )


def _figures(rows: Sequence[PartedRow], parts: Sequence[PartKind], title: str) -> Figures:
    """Each count with its share of the row, so that the table says what the drawing does."""
    return Figures(
        title,
        (_("Name"), *(part.label for part in parts), _("Total")),
        tuple(
            (
                row.label,
                *(_count_and_share(count, sum(row.counts)) for count in row.counts),
                format_number(sum(row.counts)),
            )
            for row in rows
        ),
    )


def _count_and_share(count: int, total: int) -> str:
    return f"{format_number(count)} ({format_share(count, total)})" if count else format_number(0)


def _start(mirrored: bool) -> Anchor:
    return "end" if mirrored else "start"


def _text(value: float) -> str:
    return f"{round(value, 1) + 0.0:.1f}".removesuffix(".0")
