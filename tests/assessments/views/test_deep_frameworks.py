"""A framework whose areas stand below headings and hold some: both are shown wherever its areas are."""

from __future__ import annotations

import re
from typing import Any

import pytest

from assessments.models import Assessment
from assessments.reports.baseline import plan_report
from assessments.services.frameworks import import_framework
from tests.assessments.factories import make_assessment
from tests.assessments.frameworks.documents import as_yaml, small_document, small_indicator
from tests.personas import Persona
from wam_portal.access import SystemViewer

pytestmark = pytest.mark.django_db


def heading(key: str, title: str, *nodes: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "heading", "key": key, "code": key.upper(), "title": title, "nodes": list(nodes)}


@pytest.fixture
def assessment(amina: Persona) -> Assessment:
    """Two pillars; the first has two areas, one of them with a heading inside."""
    document = small_document()
    storage = document["nodes"][0]
    storage["nodes"][1:] = [heading("sto-x", "Depots", small_indicator("sto-02"))]
    marking = {**storage, "key": "mar", "code": "MAR", "title": "Marking", "functional_area": "MAR"}
    marking["nodes"] = [small_indicator("mar-01")]
    records = {**marking, "key": "rec", "code": "REC", "title": "Records", "functional_area": "REC"}
    records["nodes"] = [small_indicator("rec-01")]
    document["nodes"] = [heading("p1", "Control of stocks", storage, marking), heading("p2", "Knowledge", records)]
    version = import_framework(document=as_yaml(document), actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    return make_assessment(amina.viewer, version)


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


@pytest.mark.parametrize(
    "page", ["section-sheet", "assessment-detail", "assessment-profile", "assignment-list", "assessment-scope"]
)
def test_headings_above_areas_stand_once_above_the_first_of_theirs(
    amina: Persona, assessment: Assessment, page: str
) -> None:
    sheet = page == "section-sheet"
    url = amina.url(f"assessments:{page}", assessment.uuid, *(["mar"] if sheet else []))
    begin, end = {
        "section-sheet": ('class="tree"', "</nav>"),
        "assignment-list": ('class="node-choices"', "</fieldset>"),
        "assessment-scope": ("<fieldset", "</fieldset>"),
    }.get(page, ('scope="rowgroup"', "</table>"))
    list_of_areas = amina.client.get(url).content.decode().partition(begin)[2].partition(end)[0]
    text = words("<" + list_of_areas)
    found = list(dict.fromkeys(re.findall(r"P1 Control of stocks|P2 Knowledge|Storage|Marking|Records", text)))
    assert found == ["P1 Control of stocks", "Storage", "Marking", "P2 Knowledge", "Records"]


def test_the_report_prints_the_headings_above_and_inside_its_areas(amina: Persona, assessment: Assessment) -> None:
    source = plan_report(amina.viewer, assessment.uuid, "en", {"source": "current"}).source()
    chapters = words(source.html.partition('id="area-sto"')[2].partition('id="unanswered"')[0])
    found = re.findall(r"P1 Control of stocks|P2 Knowledge|STO-X Depots|[A-Z]{3}-0\d", chapters)
    assert found == ["P1 Control of stocks", "STO-01", "STO-X Depots", "STO-02", "MAR-01", "P2 Knowledge", "REC-01"]
