"""Bands between givers and takers: as wide as what flows, in both directions of reading, with their figures."""

from __future__ import annotations

import re
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from django.template.loader import render_to_string

from wam_portal.chart_flows import WIDTH, Flow, FlowChart, FlowEnd, FlowTexts, flow_chart

TEXTS = FlowTexts("Who gives", "By offer", ("Offer", "Request", "Amount"), (("accent", "Money"),))
GIVERS = [FlowEnd("Amber Fund", ("30",)), FlowEnd("Basalt Fund", ("10",))]
TAKERS = [FlowEnd("First", ("20",)), FlowEnd("Second <b>", ("20",))]
FLOWS = [Flow(0, 1, 20, "20"), Flow(0, 0, 10, "10"), Flow(1, 0, 10, "10")]


def chart_of(*flows: Flow, mirrored: bool = False) -> FlowChart:
    return flow_chart(GIVERS, TAKERS, flows, texts=TEXTS, key="flow", mirrored=mirrored)


def thickness(path: str) -> float:
    """Of a band, where it begins."""
    numbers = [float(number) for number in re.findall(r"-?\d+\.?\d*", path)]
    return numbers[-1] - numbers[1]


def test_bands_are_as_wide_as_what_flows_and_bars_hold_all_of_them() -> None:
    chart = chart_of(*FLOWS)
    widths = sorted(thickness(band.path) for band in chart.bands)
    assert widths == pytest.approx([65, 65, 130], abs=0.2)
    assert [float(end.height) for end in chart.ends] == pytest.approx([195, 65, 130, 130], abs=0.2)


def test_takers_are_ordered_by_whom_they_take_from_and_never_overlap() -> None:
    chart = chart_of(*FLOWS)
    assert [end.lines[0].text for end in chart.ends[2:]] == ["Second <b>", "First"]
    for side in (chart.ends[:2], chart.ends[2:]):
        for above, below in pairwise(side):
            assert float(above.y) + float(above.height) < float(below.y)


def test_what_is_small_is_still_drawn_and_its_text_has_room() -> None:
    chart = chart_of(Flow(0, 0, 100_000, "100,000"), Flow(1, 1, 1, "1"))
    assert min(thickness(band.path) for band in chart.bands) == pytest.approx(1.5, abs=0.1)
    assert float(chart.ends[1].lines[-1].y) < float(chart.height)


def test_mirrored_the_givers_stand_on_the_other_side() -> None:
    plain, turned = chart_of(*FLOWS), chart_of(*FLOWS, mirrored=True)
    for one, other in zip(plain.ends, turned.ends, strict=True):
        assert float(one.x) + float(plain.bar_width) == pytest.approx(WIDTH - float(other.x))
        assert {one.lines[0].anchor, other.lines[0].anchor} == {"start", "end"}


def test_the_drawing_is_sound_and_the_same_figures_stand_in_a_table() -> None:
    chart = chart_of(*FLOWS)
    drawn = render_to_string("charts/flow.html", {"chart": chart})
    ElementTree.fromstring(drawn[drawn.index("<figure") : drawn.index("</figure>") + 9])  # noqa: S314 (our own drawing)
    assert "Second <b>" not in drawn
    assert chart.figures.rows[0] == ("Amber Fund", "Second <b>", "20")


@pytest.mark.parametrize("wrong", [Flow(0, 0, 0, "0"), Flow(2, 0, 1, "1"), Flow(0, -1, 1, "1")])
def test_what_does_not_flow_between_two_ends_is_refused(wrong: Flow) -> None:
    with pytest.raises(ValueError, match="from one end"):
        chart_of(wrong)
