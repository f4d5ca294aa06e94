"""The geometry of charts: nothing drawn that is not in the numbers, mirrored exactly, the same in every language."""

from __future__ import annotations

import math
from typing import Any
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string
from django.utils import translation
from hypothesis import given
from hypothesis import strategies as st

from wam_portal import charts
from wam_portal.chart_shapes import BarChart, RadarChart, StackedChart
from wam_portal.charts import Bar, Part, Spoke

levels = st.floats(0, 5, allow_nan=False)
spokes_values = st.lists(st.none() | levels, min_size=3, max_size=16)
counts = st.lists(st.integers(0, 10_000), min_size=1, max_size=9)


def radar(values: list[float | None], *, mirrored: bool = False, target: float | None = None) -> RadarChart:
    spokes = [Spoke(f"Area {i}", value, target) for i, value in enumerate(values)]
    return charts.radar_profile(
        spokes, maximum=5, key="profile", title="Profile", description="By area", mirrored=mirrored
    )


def bars(values: list[float | None], *, mirrored: bool = False) -> BarChart:
    rows = [Bar(f"Area {i}", value, target=4.0, note="50 %") for i, value in enumerate(values)]
    return charts.bar_chart(
        rows, maximum=5, axis="Level", key="bars", title="Bars", description="By area", mirrored=mirrored
    )


def stacked(numbers: list[int], *, mirrored: bool = False) -> StackedChart:
    parts = [Part(f"Part {i}", number, "level-3") for i, number in enumerate(numbers)]
    return charts.stacked_bar(parts, key="parts", title="Parts", description="Of a whole", mirrored=mirrored)


def pairs(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (pair.split(",") for pair in points.split())]


class TestLevelStep:
    def test_five_levels_take_the_five_shades(self) -> None:
        assert [charts.level_step(position, 5) for position in range(1, 6)] == ["1", "2", "3", "4", "5"]

    def test_six_levels_have_a_shade_each(self) -> None:
        steps = [charts.level_step(position, 6) for position in range(1, 7)]
        assert steps == ["1", "6-2", "6-3", "6-4", "6-5", "5"]
        assert len({charts.FILLS[f"level-{step}"] for step in steps}) == len(steps)

    def test_three_levels_spread_over_the_whole_scale(self) -> None:
        assert [charts.level_step(position, 3) for position in range(1, 4)] == ["1", "3", "5"]

    @given(st.integers(2, 30))
    def test_shades_deepen_from_palest_to_deepest(self, count: int) -> None:
        steps = [charts.level_step(position, count) for position in range(1, count + 1)]
        greens = [int(charts.FILLS[f"level-{step}"][3:5], 16) for step in steps]
        assert greens == sorted(greens, reverse=True)
        assert (steps[0], steps[-1]) == ("1", "5")

    @pytest.mark.parametrize(("position", "count"), [(0, 5), (6, 5), (1, 0)])
    def test_a_position_off_the_scale_is_refused(self, position: int, count: int) -> None:
        with pytest.raises(ValueError, match="not on a scale"):
            charts.level_step(position, count)


class TestRadar:
    def test_first_axis_points_up_and_the_next_goes_clockwise(self) -> None:
        chart = radar([5.0, 5.0, 5.0, 5.0])
        centre = float(chart.centre[0]), float(chart.centre[1])
        up, right = [(float(x), float(y)) for x, y in chart.spokes[:2]]
        assert up[0] == centre[0]
        assert up[1] < centre[1]
        assert right[0] > centre[0]

    def test_full_value_reaches_the_end_of_its_axis_and_zero_the_centre(self) -> None:
        chart = radar([5.0, 0.0, 2.5])
        assert (chart.dots[0].x, chart.dots[0].y) == chart.spokes[0]
        assert (chart.dots[1].x, chart.dots[1].y) == chart.centre

    def test_unrated_area_breaks_the_line_instead_of_counting_as_zero(self) -> None:
        chart = radar([3.0, 2.0, None, 4.0, 1.0])
        assert not chart.closed
        assert [dot.label for dot in chart.dots] == ["Area 0", "Area 1", "Area 3", "Area 4"]
        assert len(chart.runs) == 1, "the line runs on across the top, from area 3 to area 1"
        assert pairs(chart.runs[0])[0] == (float(chart.dots[2].x), float(chart.dots[2].y))
        assert chart.figures.rows[2] == ("Area 2", "not rated")

    def test_lone_rated_area_keeps_its_dot_without_a_line(self) -> None:
        chart = radar([None, 2.0, None, None])
        assert chart.runs == ()
        assert len(chart.dots) == 1

    @given(spokes_values)
    def test_every_rated_area_has_one_dot_on_its_axis_and_no_other_has(self, values: list[float | None]) -> None:
        chart = radar(values)
        centre = float(chart.centre[0]), float(chart.centre[1])
        rated = [(i, v) for i, v in enumerate(values) if v is not None]
        assert len(chart.dots) == len(rated)
        for dot, (index, value) in zip(chart.dots, rated, strict=True):
            end = float(chart.spokes[index][0]), float(chart.spokes[index][1])
            length = math.dist(centre, (float(dot.x), float(dot.y)))
            assert length == pytest.approx(math.dist(centre, end) * value / 5, abs=0.2)
        corners = [pair for run in chart.runs for pair in pairs(run)]
        assert set(corners) <= {(float(dot.x), float(dot.y)) for dot in chart.dots}

    @given(spokes_values)
    def test_mirrored_profile_is_the_reflection(self, values: list[float | None]) -> None:
        plain, turned = radar(values), radar(values, mirrored=True)
        for there, here in zip(plain.dots, turned.dots, strict=True):
            assert float(here.x) == pytest.approx(float(plain.size) - float(there.x), abs=0.11)
            assert here.y == there.y
        assert plain.figures == turned.figures

    def test_target_is_drawn_only_where_every_area_has_one(self) -> None:
        assert pairs(radar([1.0, 2.0, 3.0], target=4.0).targets)
        assert radar([1.0, 2.0, 3.0]).targets == ""

    @pytest.mark.parametrize("value", [-0.1, 5.1, math.nan, math.inf])
    def test_value_off_the_axis_is_refused(self, value: float) -> None:
        with pytest.raises(ValueError, match="outside"):
            radar([value, 1.0, 1.0])

    def test_two_axes_make_no_profile(self) -> None:
        with pytest.raises(ValueError, match="three axes"):
            radar([1.0, 2.0])


class TestBars:
    @given(st.lists(st.none() | levels, min_size=1, max_size=12))
    def test_length_follows_the_value_and_mirroring_reflects(self, values: list[float | None]) -> None:
        plain, turned = bars(values), bars(values, mirrored=True)
        for value, there, here in zip(values, plain.bars, turned.bars, strict=True):
            assert float(there.width) == pytest.approx(float(plain.track_width) * (value or 0) / 5, abs=0.11)
            assert here.width == there.width
            right_edge = float(here.x) + float(here.width)
            assert right_edge == pytest.approx(float(plain.width) - float(there.x), abs=0.11)
            assert float(here.target_x) == pytest.approx(float(plain.width) - float(there.target_x), abs=0.11)

    def test_unrated_row_says_so_and_draws_nothing(self) -> None:
        chart = bars([None])
        assert chart.bars[0].width == "0"
        assert chart.bars[0].value.text == "not rated · 50 %"

    def test_a_long_name_takes_two_lines_and_pushes_what_is_below(self) -> None:
        name = "Illicit arms: detection, seizure, investigation and prosecution of cases"
        rows = [Bar("Marking", 1.0), Bar(name, 2.0), Bar("Record-keeping", 3.0)]
        chart = charts.bar_chart(rows, maximum=5, axis="Level", key="bars", title="Bars", description="By area")
        assert " ".join(line.text for line in chart.bars[1].label) == name
        assert [len(bar.label) for bar in chart.bars] == [1, 2, 1]
        below = [float(y) for bar in chart.bars for y in [*(line.y for line in bar.label), bar.y]]
        assert below == sorted(below)

    def test_figures_hold_every_value_target_and_note(self) -> None:
        figures = bars([2.0, None]).figures
        assert figures.headers == ("Name", "Value", "Target", "Note")
        assert figures.rows == (("Area 0", "2", "4", "50 %"), ("Area 1", "not rated", "4", "50 %"))


class TestStacked:
    @given(counts)
    def test_parts_touch_and_fill_the_whole(self, numbers: list[int]) -> None:
        chart = stacked(numbers)
        edge = 0.0
        for part in chart.parts:
            assert float(part.x) == pytest.approx(edge, abs=0.11 * len(numbers))
            edge = float(part.x) + float(part.width)
        assert edge == pytest.approx(float(chart.width) if sum(numbers) else 0.0, abs=0.11 * len(numbers))

    @given(counts)
    def test_mirrored_parts_are_the_reflection(self, numbers: list[int]) -> None:
        plain, turned = stacked(numbers), stacked(numbers, mirrored=True)
        for there, here in zip(plain.parts, turned.parts, strict=True):
            assert float(here.x) + float(here.width) == pytest.approx(float(plain.width) - float(there.x), abs=0.21)

    def test_negative_part_is_refused(self) -> None:
        with pytest.raises(ValueError, match="negative"):
            stacked([3, -1])


class TestPoints:
    @given(st.floats(0.1, 1000), st.floats(0, 1))
    def test_bar_is_the_share_of_the_maximum(self, maximum: float, part: float) -> None:
        bar = charts.points_bar(maximum * part, maximum)
        assert float(bar.width) == pytest.approx(100 * part, abs=0.06)
        turned = charts.points_bar(maximum * part, maximum, mirrored=True)
        assert float(turned.x) + float(turned.width) == pytest.approx(100, abs=0.11)

    def test_criterion_without_weight_draws_an_empty_bar(self) -> None:
        assert charts.points_bar(0, 0).width == "0"

    @pytest.mark.parametrize("points", [-1.0, 10.2])
    def test_points_beyond_the_maximum_are_refused(self, points: float) -> None:
        with pytest.raises(ValueError, match="outside"):
            charts.points_bar(points, 10)


GEOMETRY = frozenset({"x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "width", "height"})


@pytest.mark.parametrize("language", ["en", "fr", "ar", "ru"])
@pytest.mark.parametrize("plain", [False, True])
@pytest.mark.parametrize(
    ("template", "chart"),
    [
        ("radar", radar([1.5, None, 3.3, 4.0], target=4.0)),
        ("bars", bars([1.5, None])),
        ("stacked", stacked([3, 4, 1100])),
    ],
)
def test_drawing_is_well_formed_with_plain_numbers_in_every_language(
    template: str, chart: Any, language: str, plain: bool
) -> None:
    with translation.override(language):
        html = render_to_string(f"charts/{template}.html", {"chart": chart, "plain": plain})
    root = ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own template
    svgs = root.findall(".//{http://www.w3.org/2000/svg}svg")
    assert svgs
    for element in (element for svg in svgs for element in svg.iter()):
        assert "style" not in element.attrib
        for name in GEOMETRY & set(element.attrib):
            float(element.attrib[name])
        if "points" in element.attrib:
            assert pairs(element.attrib["points"])


def test_coverage_stands_beside_each_score_of_a_profile_and_nothing_beside_none() -> None:
    spokes = [Spoke("Marking", 2.0, note="80 % covered"), Spoke("Tracing", None), Spoke("Transfers", 1.0, note="all")]
    chart = charts.radar_profile(spokes, maximum=5, key="profile", title="Profile", description="By area")
    html = render_to_string("charts/radar.html", {"chart": chart})
    root = ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own template
    names = ["".join(item.itertext()) for item in root.iter("li")]
    assert names == ["Marking: 2 · 80 % covered", "Tracing: not rated", "Transfers: 1 · all"]


def test_drawing_on_a_page_is_named_and_described_and_its_figures_are_beside_it() -> None:
    html = render_to_string("charts/radar.html", {"chart": radar([1.0, 2.0, None])})
    root = ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own template
    svg = root.find(".//{http://www.w3.org/2000/svg}svg")
    assert svg is not None
    assert svg.attrib["role"] == "img"
    named_by = svg.attrib["aria-labelledby"].split()
    texts = {element.attrib.get("id"): element.text for element in svg.iter()}
    assert [texts[name] for name in named_by] == ["Profile", "By area"]
    rows = [["".join(cell.itertext()) for cell in row] for row in root.iter("tr")]
    assert rows == [["Name", "Value"], ["Area 0", "1"], ["Area 1", "2"], ["Area 2", "not rated"]]


@pytest.mark.parametrize("plain", [False, True])
def test_names_of_a_profile_are_text_outside_the_drawing(plain: bool) -> None:
    html = render_to_string("charts/radar.html", {"chart": radar([1.0, 2.0, 3.0]), "plain": plain})
    root = ElementTree.fromstring(f"<div>{html}</div>")  # noqa: S314 - our own template
    drawn = [element.text for element in root.iter("{http://www.w3.org/2000/svg}text")]
    assert drawn == ["1", "2", "3", "4", "5", "1", "2", "3"], "five rings, three numbered axes"
    assert ["".join(item.itertext()) for item in root.iter("li")] == ["Area 0: 1", "Area 1: 2", "Area 2: 3"]
