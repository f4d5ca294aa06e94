"""A baseline on which ten agencies work costs its pages no more statements than an empty one, and stays light."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from benchmarks.crowd_world import Crowd, make_crowd
from tests.personas import Persona

MOST_STATEMENTS = 15
MOST_BYTES = 150_000
PAGES = ("overview", "sheet", "reconcile", "work list")


def costs(amina: Persona, crowd: Crowd) -> dict[str, tuple[int, int]]:
    """Statements and bytes of each page, once everything that is kept in the process is warm."""
    assessment, node = make_crowd(crowd, amina.viewer)
    assert node.section is not None
    urls = (
        amina.url("assessments:assessment-detail", assessment.uuid),
        amina.url("assessments:section-sheet", assessment.uuid, node.section.key),
        amina.url("assessments:reconcile-list", assessment.uuid),
        amina.url("work-list"),
    )
    client, found = amina.client, {}
    for name, url in zip(PAGES, urls, strict=True):
        assert client.get(url).status_code == 200
        with CaptureQueriesContext(connection) as context:
            page = client.get(url).content
        found[name] = (len(context), len(page))
    return found


def test_the_pages_of_a_crowded_baseline_cost_the_same_statements_and_stay_light(amina: Persona) -> None:
    few = costs(amina, Crowd(24, agencies=4, links=3, comments=3))
    many = costs(amina, Crowd(84, agencies=10, links=400, comments=1000))
    assert {name: statements for name, (statements, _size) in many.items()} == {
        name: statements for name, (statements, _size) in few.items()
    }
    assert {name: cost for name, cost in many.items() if cost[0] > MOST_STATEMENTS or cost[1] >= MOST_BYTES} == {}


@pytest.mark.long
def test_three_hundred_indicators_and_ten_cycles_cost_no_more_statements(amina: Persona) -> None:
    small = costs(amina, Crowd(84))
    large = costs(amina, Crowd(300, cycles=10))
    assert {name: large[name][0] - small[name][0] for name in PAGES} == dict.fromkeys(PAGES, 0)
    assert {name: size for name, (_statements, size) in large.items() if size >= MOST_BYTES} == {}
