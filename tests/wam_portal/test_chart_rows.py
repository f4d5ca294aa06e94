"""Bars cut into parts, one a row: every share drawn as wide as it counts, mirrored exactly, with its figures."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wam_portal.chart_rows import PartedRow, PartKind, StackedRowsChart, stacked_rows

PARTS = (PartKind("Law", "mix-1"), PartKind("Paper", "mix-3"), PartKind("None", "unknown"))
counts = st.tuples(*(st.integers(0, 500) for _part in PARTS))


def chart_of(*rows: tuple[int, ...], mirrored: bool = False) -> StackedRowsChart:
    named = [PartedRow(f"Area {place}", row) for place, row in enumerate(rows)]
    return stacked_rows(named, PARTS, key="mix", title="Mix", description="By area", mirrored=mirrored)


@given(st.lists(counts, min_size=1, max_size=8))
def test_pieces_fill_the_row_in_proportion_and_nothing_draws_nothing(rows: list[tuple[int, ...]]) -> None:
    for row, shape in zip(rows, chart_of(*rows).rows, strict=True):
        total = sum(row)
        drawn = [count for count in row if count]
        assert len(shape.pieces) == len(drawn)
        for count, piece in zip(drawn, shape.pieces, strict=True):
            assert float(piece.width) == pytest.approx(400 * count / total, abs=0.06)


def test_mirrored_rows_begin_on_the_other_side() -> None:
    plain, turned = chart_of((1, 2, 1)).rows[0], chart_of((1, 2, 1), mirrored=True).rows[0]
    assert [(piece.x, piece.width) for piece in plain.pieces] == [("0", "100"), ("100", "200"), ("300", "100")]
    assert [(piece.x, piece.width) for piece in turned.pieces] == [("300", "100"), ("100", "200"), ("0", "100")]
    assert (plain.label.anchor, turned.label.anchor) == ("start", "end")


def test_figures_give_counts_shares_and_totals() -> None:
    figures = chart_of((1, 2, 1), (0, 0, 0)).figures
    assert figures.headers == ("Name", "Law", "Paper", "None", "Total")
    quarter, half = "1 (25\u00a0%)", "2 (50\u00a0%)"
    assert figures.rows == (("Area 0", quarter, half, quarter, "4"), ("Area 1", "0", "0", "0", "0"))


@pytest.mark.parametrize("wrong", [(1, 2), (1, 2, 3, 4), (1, -1, 0)])
def test_rows_that_do_not_fit_the_parts_are_refused(wrong: tuple[int, ...]) -> None:
    with pytest.raises(ValueError, match="one count"):
        chart_of(wrong)


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
@pytest.mark.parametrize("plain", [False, True])
def test_drawing_is_well_formed_in_every_language(language: str, *, plain: bool) -> None:
    with translation.override(language):
        html = render_to_string("charts/stacked_rows.html", {"chart": chart_of((1, 2, 1)), "plain": plain})
    root = ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own template
    rects = [node for node in root.iter("{http://www.w3.org/2000/svg}rect") if node.attrib.get("class")]
    assert len(rects) == (3 if plain else 6)
    for rect in rects:
        float(rect.attrib["x"]), float(rect.attrib["width"])
