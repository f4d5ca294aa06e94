"""Small charts over time: the line goes up where the number does, breaks at gaps, and mirrors exactly."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wam_portal.chart_lines import LineChart, Moment, line_chart

values = st.lists(st.none() | st.integers(0, 100).map(float), min_size=1, max_size=10)


def chart_of(numbers: list[float | None], *, mirrored: bool = False) -> LineChart:
    moments = [Moment(str(2010 + place), value, place * 365) for place, value in enumerate(numbers)]
    return line_chart(moments, maximum=100, key="line", title="Area", description="Over time", mirrored=mirrored)


@given(values)
def test_every_value_has_a_dot_later_ones_further_on_and_higher_ones_higher(numbers: list[float | None]) -> None:
    chart = chart_of(numbers)
    given_values = [value for value in numbers if value is not None]
    assert len(chart.dots) == len(given_values)
    places = [(float(dot.x), float(dot.y)) for dot in chart.dots]
    assert [x for x, _y in places] == sorted(x for x, _y in places)
    for (value, (_x, y)), (other, (_ox, oy)) in zip(
        list(zip(given_values, places, strict=True))[:-1], list(zip(given_values, places, strict=True))[1:], strict=True
    ):
        assert (other > value) is (oy < y)


def test_a_gap_breaks_the_line_and_a_lone_value_is_a_dot() -> None:
    chart = chart_of([10.0, 20.0, None, 30.0, None, 40.0, 50.0])
    assert [len(run.split()) for run in chart.runs] == [2, 2]
    assert len(chart.dots) == 5


def test_mirrored_charts_run_the_other_way() -> None:
    plain, turned = chart_of([0.0, 100.0]), chart_of([0.0, 100.0], mirrored=True)
    assert [dot.x for dot in turned.dots] == [dot.x for dot in reversed(plain.dots)]
    assert [dot.y for dot in turned.dots] == [dot.y for dot in plain.dots]


def chart_at(*years: int, label: str = "{}") -> LineChart:
    moments = [Moment(label.format(year), 50.0, year * 365) for year in years]
    return line_chart(moments, maximum=100, key="line", title="Area", description="Over time")


def test_points_stand_as_far_apart_as_their_days_and_labels_under_them() -> None:
    chart = chart_at(2022, 2026, 2030)
    first, second, third = (float(dot.x) for dot in chart.dots)
    assert second - first == pytest.approx(third - second, abs=0.2)
    first, second, third, fourth = (float(dot.x) for dot in chart_at(2014, 2022, 2026, 2028).dots)
    assert second - first > third - second > fourth - third
    assert [(line.x, line.anchor) for line in chart.moments] == [(dot.x, "middle") for dot in chart.dots]


@given(st.lists(st.integers(1990, 2050), min_size=2, max_size=4, unique=True))
def test_labels_never_lie_on_each_other_nor_outside(years: list[int]) -> None:
    chart = chart_at(*sorted(years))
    places = [float(line.x) for line in chart.moments]
    assert all(other - one > 24 for one, other in pairwise(places))
    assert min(places) - 12 > 0
    assert max(places) + 12 < float(chart.width)


def test_a_long_label_stays_in_the_drawing() -> None:
    long = chart_at(2022, 2026, label="Cycle of the year {}")
    assert [line.anchor for line in long.moments] == ["start", "end"]


def test_up_to_four_moments_are_labelled_of_more_the_ends() -> None:
    assert [line.text for line in chart_of([1.0, 2.0, 3.0, 4.0]).moments] == ["2010", "2011", "2012", "2013"]
    assert [line.text for line in chart_of([float(n) for n in range(10)]).moments] == ["2010", "2019"]


def test_nothing_and_what_is_off_the_axis_are_refused() -> None:
    with pytest.raises(ValueError, match="moment"):
        chart_of([])
    with pytest.raises(ValueError, match="outside"):
        chart_of([101.0])


@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_drawing_is_well_formed_in_every_language(language: str) -> None:
    with translation.override(language):
        html = render_to_string("charts/line.html", {"chart": chart_of([12.0, None, 50.0])})
    root = ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own template
    circles = list(root.iter("{http://www.w3.org/2000/svg}circle"))
    assert [float(circle.attrib["cx"]) > 0 for circle in circles] == [True, True]
