"""A focal point compares two cycles in a real browser: from the baseline's tab to the indicators that worsened."""

from __future__ import annotations

import datetime as dt

from playwright.sync_api import expect

from assessments.models import FrameworkVersion
from tests.assessments.factories import give_answer, make_assessment, rated
from tests.browser.conftest import OpenAs
from tests.personas import Persona


def test_the_tab_leads_to_what_worsened_and_a_third_cycle_can_be_added(
    open_as: OpenAs, amina: Persona, framework: FrameworkVersion
) -> None:
    levels = {2018: ("2", "2"), 2022: ("1", "4"), 2026: ("3", "3")}
    for year, (first, second) in levels.items():
        baseline = make_assessment(amina.viewer, framework, cycle=str(year), started_on=dt.date(year, 2, 1))
        give_answer(amina.viewer, baseline, "coo-01", rated(first))
        give_answer(amina.viewer, baseline, "sto-01", rated(second))
    page = open_as(amina, amina.url("assessments:assessment-detail", baseline.uuid))
    tabs = page.get_by_role("navigation", name="Pages of this baseline")
    tabs.locator("summary").click()
    tabs.get_by_role("link", name="Compare").click()
    expect(page.get_by_role("heading", name="From 2022 to 2026")).to_be_visible()

    page.get_by_role("link", name="Worsened").click()
    table = page.get_by_role("table", name="Level of each indicator in each cycle")
    expect(table.locator("tbody tr")).to_have_count(1)
    expect(table.locator("tbody tr")).to_contain_text("STO-01")

    page.get_by_text("Choose baselines").click()
    page.get_by_label("Baseline of Aldoria 2018").check()
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("heading", name="From 2018 to 2026")).to_be_visible()
    expect(table.locator("tbody tr")).to_have_count(6)
    expect(table.locator("tbody tr").first).to_contain_text("Improved")
    page.set_viewport_size({"width": 360, "height": 780})
    page.goto(amina.url("assessments:assessment-compare", baseline.uuid))
    # On a phone the tabs scroll sideways; beside them stands the name of this page, whose tab is one of the rarer ones.
    expect(tabs.locator("summary")).to_have_text("Compare")
    expect(tabs.locator("summary")).to_be_in_viewport()
    page.goto(amina.url("assessments:report-list", baseline.uuid))
    expect(tabs.locator("[aria-current]")).to_be_in_viewport()
    overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    assert page.evaluate(overflow) == 0
