"""The section sheet on a phone: what comes next is open, the rest is folded and opens by hand, by key and by link."""

from __future__ import annotations

import pytest
from playwright.sync_api import Locator, Page, ViewportSize, expect

from assessments.models import Assessment, FrameworkVersion
from tests.assessments.factories import give_answer, make_assessment
from tests.browser.conftest import OpenAs
from tests.personas import Persona

PHONE: ViewportSize = {"width": 375, "height": 720}


@pytest.fixture
def sheet(amina: Persona, framework: FrameworkVersion) -> str:
    """A section of which the first of three indicators is rated."""
    assessment: Assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "coo-01")
    return amina.url("assessments:section-sheet", assessment.uuid, "coo")


def level(page: Page, key: str, label: str = "Functioning") -> Locator:
    return page.locator(f"#answer-{key}").get_by_role("radio", name=label)


def summary(page: Page, key: str) -> Locator:
    return page.locator(f"#indicator-{key} .answer-fold > summary")


def test_the_next_to_rate_is_open_and_a_tap_opens_another(open_as: OpenAs, amina: Persona, sheet: str) -> None:
    page = open_as(amina, sheet, viewport=PHONE, java_script_enabled=False)
    expect(level(page, "coo-01")).to_be_hidden()
    expect(level(page, "coo-02")).to_be_visible()
    expect(level(page, "coo-03")).to_be_hidden()
    expect(summary(page, "coo-03")).to_have_text("Not rated yet Open to rate")
    summary(page, "coo-03").click()
    expect(level(page, "coo-03")).to_be_visible()


def test_what_is_rated_unfolds_the_next_and_is_said_above_what_is_folded(
    open_as: OpenAs, amina: Persona, sheet: str
) -> None:
    page = open_as(amina, sheet, viewport=PHONE)
    level(page, "coo-02").check()
    expect(summary(page, "coo-02")).to_have_text("level 4 Functioning")
    page.locator("#answer-coo-02").get_by_role("button", name="Save and next").click()
    expect(level(page, "coo-03", "Absent")).to_be_focused()


def test_a_key_on_a_folded_indicator_opens_and_rates_it(open_as: OpenAs, amina: Persona, sheet: str) -> None:
    page = open_as(amina, sheet, viewport=PHONE)
    summary(page, "coo-03").focus()
    page.keyboard.press("4")
    expect(level(page, "coo-03")).to_be_checked()
    expect(level(page, "coo-03")).to_be_visible()


def test_a_link_to_a_folded_indicator_opens_it(open_as: OpenAs, amina: Persona, sheet: str) -> None:
    page = open_as(amina, f"{sheet}#indicator-coo-03", viewport=PHONE)
    expect(level(page, "coo-03")).to_be_visible()
    page.get_by_role("navigation", name="Indicators on this page").get_by_role("link").first.click()
    expect(level(page, "coo-01")).to_be_visible()


def test_wide_screens_show_everything(open_as: OpenAs, amina: Persona, sheet: str) -> None:
    page = open_as(amina, sheet, java_script_enabled=False)
    for key in ("coo-01", "coo-02", "coo-03"):
        expect(level(page, key)).to_be_visible()
        expect(summary(page, key)).to_be_hidden()
