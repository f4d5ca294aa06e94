"""Baselines side by side through HTTP: which are chosen, what changed, and who may look."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AnswerRating
from assessments.models import Assessment, FrameworkVersion
from assessments.services.answers import AnswerContent
from assessments.services.frameworks import import_framework
from tests.assessments.factories import assign, give_answer, make_assessment, make_foreign_framework, rated
from tests.assessments.frameworks.documents import as_yaml, small_document, small_indicator
from tests.personas import Persona
from wam_portal.access import SystemViewer

pytestmark = pytest.mark.django_db
COMPARE_STATEMENTS = 5


def cycle(persona: Persona, framework: FrameworkVersion, year: int, **levels: str) -> Assessment:
    """A baseline of that year with levels given as coo_01="3"; "?" for unknown."""
    made = make_assessment(persona.viewer, framework, cycle=str(year), started_on=dt.date(year, 2, 1))
    for name, level in levels.items():
        unknown = AnswerContent(rating=AnswerRating.UNKNOWN)
        give_answer(persona.viewer, made, name.replace("_", "-"), unknown if level == "?" else rated(level))
    return made


@pytest.fixture
def earlier(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return cycle(amina, framework, 2022, coo_01="1", coo_02="4", coo_03="2", sto_01="?", sto_02="3")


@pytest.fixture
def later(amina: Persona, framework: FrameworkVersion, earlier: Assessment) -> Assessment:
    return cycle(amina, framework, 2026, coo_01="3", coo_02="3", coo_03="2", sto_01="5")


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def compared(persona: Persona, *chosen: Assessment, more: str = "") -> str:
    query = "&".join(f"baseline={baseline.uuid}" for baseline in chosen)
    return shown(persona.client.get(f"{persona.url('assessments:baseline-compare')}?{query}{more}"))


def rows_of(text: str, caption: str) -> list[str]:
    table = re.search(rf"<table[^>]*>\s*<caption[^>]*>{caption}</caption>.*?</table>", text, re.DOTALL)
    assert table is not None, caption
    return [words(row) for row in re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)[1:]]


def test_changes_are_counted_by_area_and_told_indicator_by_indicator(
    amina: Persona, earlier: Assessment, later: Assessment
) -> None:
    text = compared(amina, later, earlier)
    assert "From 2022 to 2026" in text
    # coo: 1 to 3 up, 4 to 3 down, 2 the same: all three compare. sto: unknown before, unanswered after, never answered.
    assert [row.rsplit(" ", 8)[1:] for row in rows_of(text, "Changes in each area")] == [
        ["1", "1", "1", "0", "0", "0", "100", "%"],
        ["0", "0", "0", "0", "0", "3", "0", "%"],
    ]
    rows = rows_of(text, "Level of each indicator in each cycle")
    assert rows[0].startswith("COO-01")
    assert rows[0].endswith("1 3 ↑ Improved")
    assert rows[1].endswith("4 3 ↓ Worsened")
    assert rows[2].endswith("unknown 5 – Not comparable")
    assert rows[3].endswith("3 no answer – Not comparable")
    assert "1 indicator at the same level" in words(text)
    assert [row.split()[0] for row in rows_of(text, "Indicators at the same level")] == ["COO-03"]
    same = compared(amina, later, earlier, more="&change=same")
    assert [row.split()[0] for row in rows_of(same, "Level of each indicator in each cycle")] == ["COO-03"]


def test_filters_keep_the_choice_and_show_one_change_or_area(
    amina: Persona, earlier: Assessment, later: Assessment
) -> None:
    text = compared(amina, earlier, later, more="&change=worsened")
    assert [row.split()[0] for row in rows_of(text, "Level of each indicator in each cycle")] == ["COO-02"]
    assert f"baseline={earlier.uuid}" in text
    text = compared(amina, earlier, later, more="&area=sto")
    assert [row.split()[0] for row in rows_of(text, "Level of each indicator in each cycle")] == [
        "STO-01",
        "STO-02",
        "STO-03",
    ]
    assert "No indicator fits these filters" in compared(amina, earlier, later, more="&change=dropped")


def test_without_a_choice_the_two_newest_are_compared_and_one_alone_with_the_one_before(
    amina: Persona, framework: FrameworkVersion, earlier: Assessment, later: Assessment
) -> None:
    newest = cycle(amina, framework, 2029, coo_01="5")
    assert "From 2026 to 2029" in compared(amina)
    assert "From 2022 to 2026" in compared(amina, later)
    page = shown(amina.client.get(amina.url("assessments:assessment-compare", later.uuid)))
    assert "From 2022 to 2026" in page
    assert "From 2022 to 2029" in compared(amina, earlier, later, newest)
    assert "Nothing is older than this baseline" in compared(amina, earlier)


def test_another_framework_shares_nothing(amina: Persona, earlier: Assessment) -> None:
    foreign = cycle(amina, make_foreign_framework(1, 1, 2), 2027)
    text = compared(amina, earlier, foreign)
    assert "0 of 8 indicators" in words(text)


@pytest.fixture
def versions() -> tuple[FrameworkVersion, FrameworkVersion]:
    """Version 1 asks sto-01 to sto-03; in version 2 the second is called rec-01, the third is split, one is new."""
    document = small_document()
    document["nodes"][0]["nodes"].append(small_indicator("sto-03"))
    following = small_document() | {"version": "2.0"}
    following["nodes"][0]["nodes"] = [small_indicator(key) for key in ("sto-01", "rec-01", "sto-3a", "sto-3b", "sto-9")]
    following["replaces"] = {
        "version": "1.0",
        "items": {"rec-01": "sto-02", "sto-3a": "sto-03", "sto-3b": {"from": "sto-03", "levels": {"1": "2"}}},
    }
    return published(document), published(following)


def published(document: dict[str, Any]) -> FrameworkVersion:
    version = import_framework(document=as_yaml(document), actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    return version


def test_an_indicator_is_followed_from_one_version_of_the_framework_to_the_next(
    amina: Persona,
    versions: tuple[FrameworkVersion, FrameworkVersion],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    before = cycle(amina, versions[0], 2022, sto_01="2", sto_02="1", sto_03="1")
    after = cycle(amina, versions[1], 2026, sto_01="2", rec_01="3", sto_3a="2", sto_3b="2", sto_9="1")
    text = compared(amina, before, after)
    assert [
        row.split()[0] + " " + " ".join(row.split()[-4:])
        for caption in ("Level of each indicator in each cycle", "Indicators at the same level")
        for row in rows_of(text, caption)
    ] == [
        "REC-01 1 3 ↑ Improved",
        "STO-3A 1 2 ↑ Improved",
        "STO-9 1 + Newly asked",
        "STO-01 2 = Same level",
        "STO-3B 2 = Same level",
    ]
    # Four of five compare.
    assert "80\u00a0%" in text
    client = amina.client
    url = f"{amina.url('assessments:baseline-compare')}?baseline={before.uuid}&baseline={after.uuid}"
    client.get(url)
    with django_assert_num_queries(COMPARE_STATEMENTS + 1):
        client.get(url)
    # A baseline that began later with the older version is compared along the same map, backwards.
    again = cycle(amina, versions[0], 2029, sto_01="2", sto_02="1")
    text = compared(amina, after, again)
    assert "↓ Worsened" in next(
        row for row in rows_of(text, "Level of each indicator in each cycle") if "STO-02" in row
    )


def test_what_the_cycle_before_said_is_found_under_its_old_key(
    amina: Persona, versions: tuple[FrameworkVersion, FrameworkVersion]
) -> None:
    before = cycle(amina, versions[0], 2022, sto_01="2")
    give_answer(amina.viewer, before, "sto-02", rated("1", narrative="A shed without a lock."))
    after = cycle(amina, versions[1], 2026)
    for name in ("answer-edit", "indicator-drawer"):
        page = shown(amina.client.get(amina.url(f"assessments:{name}", after.uuid, "rec-01")))
        assert page.count("In the cycle before (2022)") == 1
        assert "Asked then as: STO-02" in words(page)
        assert "A shed without a lock." in page
        page = shown(amina.client.get(amina.url(f"assessments:{name}", after.uuid, "sto-01")))
        assert ("In the cycle before (2022)" in page, "Asked then as:" in page) == (True, False)
        assert "In the cycle before" not in shown(
            amina.client.get(amina.url(f"assessments:{name}", after.uuid, "sto-9"))
        )


@pytest.mark.parametrize("wrong", ["nonsense", "00000000-0000-4000-8000-000000000000", "foreign"])
def test_a_baseline_of_another_state_answers_like_a_missing_one(
    amina: Persona, boris: Persona, framework: FrameworkVersion, earlier: Assessment, later: Assessment, wrong: str
) -> None:
    if wrong == "foreign":
        wrong = str(cycle(boris, framework, 2024, coo_01="5").uuid)
    url = f"{amina.url('assessments:baseline-compare')}?baseline={later.uuid}&baseline={wrong}"
    assert amina.client.get(url).status_code == 404


def test_contributors_are_told_who_compares(
    amina: Persona, carl: Persona, earlier: Assessment, later: Assessment
) -> None:
    assign(amina.viewer, later, "coo", carl.viewer)
    response = carl.client.get(carl.url("assessments:assessment-compare", later.uuid))
    assert response.status_code == 403
    assert "Baselines are compared by focal points, approvers and viewers." in shown(response)


def test_the_tab_is_there_as_soon_as_there_are_two_baselines(
    amina: Persona, framework: FrameworkVersion, earlier: Assessment
) -> None:
    overview = amina.url("assessments:assessment-detail", earlier.uuid)
    tab = amina.url("assessments:assessment-compare", earlier.uuid)
    assert tab not in shown(amina.client.get(overview))
    assert "Nothing to compare yet" in shown(amina.client.get(tab))
    cycle(amina, framework, 2026)
    assert tab in shown(amina.client.get(overview))


def test_ten_cycles_cost_as_much_as_two_and_more_are_refused(
    amina: Persona, framework: FrameworkVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    made: list[Assessment] = []

    def url(chosen: Sequence[Assessment]) -> str:
        query = "&".join(f"baseline={baseline.uuid}" for baseline in chosen)
        return f"{amina.url('assessments:baseline-compare')}?{query}"

    client = amina.client
    for year in range(2010, 2021):
        made.append(cycle(amina, framework, year, coo_01="2", sto_02="3"))
        if len(made) in {2, 10}:
            client.get(url(made))
            with django_assert_num_queries(COMPARE_STATEMENTS):
                assert shown(client.get(url(made))).count('class="chart chart-line-small"') == 2
    text = shown(client.get(url(made)))
    assert "Choose at most 10 baselines." in text
    assert "From 2011 to 2020" in text


def test_the_page_of_an_indicator_shows_what_the_cycle_before_said(
    amina: Persona, carl: Persona, earlier: Assessment, later: Assessment
) -> None:
    text = shown(amina.client.get(amina.url("assessments:answer-edit", later.uuid, "coo-02")))
    assert "In the cycle before (2022)" in text
    assert words(text.partition("In the cycle before")[2]).startswith("(2022) level 4 Functioning")
    assert "In the cycle before" not in shown(
        amina.client.get(amina.url("assessments:answer-edit", earlier.uuid, "coo-02"))
    )
    # A contributor reads an earlier answer only where the section was theirs then too.
    assign(amina.viewer, later, "coo", carl.viewer)
    url = carl.url("assessments:answer-edit", later.uuid, "coo-02")
    assert "In the cycle before" not in shown(carl.client.get(url))
    assign(amina.viewer, earlier, "coo", carl.viewer)
    assert "In the cycle before (2022)" in shown(carl.client.get(url))
