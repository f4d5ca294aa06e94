"""Rating indicators as a person does it: what is chosen is saved by itself, and nobody's words vanish."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, Page, expect

from assessments.models import Answer, Assessment, FrameworkVersion
from tests.assessments.factories import make_assessment
from tests.browser.conftest import OpenAs
from tests.personas import Persona

SAVED = re.compile(r"^\s*Saved \d\d:\d\d\s*$")


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def sheet(assessment: Assessment, section: str = "coo") -> str:
    return f"/p/aldoria/assessments/{assessment.uuid}/sections/{section}/"


def form_of(page: Page, key: str) -> Locator:
    return page.locator(f"#answer-{key}")


def state_of(page: Page, key: str) -> Locator:
    return form_of(page, key).locator("[data-save-state]")


def rate(page: Page, key: str, label: str) -> None:
    form_of(page, key).get_by_role("radio", name=label).check()


def narrative_of(page: Page, key: str) -> Locator:
    return form_of(page, key).get_by_label("What is in place, and what is not")


def test_rating_saves_itself_and_is_there_after_reloading(
    open_as: OpenAs, amina: Persona, assessment: Assessment
) -> None:
    page = open_as(amina, sheet(assessment))
    expect(state_of(page, "coo-01")).to_have_text("Nothing saved yet")
    rate(page, "coo-01", "In part")
    expect(state_of(page, "coo-01")).to_have_text(SAVED)
    narrative_of(page, "coo-01").press_sequentially("A decree is in force.", delay=5)
    form_of(page, "coo-01").get_by_label("Basis").select_option("law")
    expect(form_of(page, "coo-01").locator("[name=base_version]")).not_to_have_value("1")
    expect(state_of(page, "coo-01")).to_have_text(SAVED)
    expect(page.locator("#section-progress")).to_contain_text("1 / 3")
    page.reload()
    expect(form_of(page, "coo-01").get_by_role("radio", name="In part")).to_be_checked()
    expect(narrative_of(page, "coo-01")).to_have_value("A decree is in force.")
    expect(form_of(page, "coo-01").get_by_label("Basis")).to_have_value("law")
    expect(state_of(page, "coo-01")).to_contain_text("Saved by Amina")
    assert Answer.objects.get().narrative == "A decree is in force."


def test_words_without_a_level_wait_for_one_and_are_saved_with_it(
    open_as: OpenAs, amina: Persona, assessment: Assessment
) -> None:
    page = open_as(amina, sheet(assessment))
    narrative_of(page, "coo-01").press_sequentially("Words first.", delay=5)
    expect(state_of(page, "coo-01")).to_have_text("Not saved yet: choose a level, or say why there is none")
    expect(narrative_of(page, "coo-01")).to_be_focused()
    rate(page, "coo-01", "Emerging")
    expect(state_of(page, "coo-01")).to_have_text(SAVED)
    assert Answer.objects.get().narrative == "Words first."


def test_missing_reason_is_asked_for_and_the_message_goes_when_it_is_given(
    open_as: OpenAs, amina: Persona, assessment: Assessment
) -> None:
    page = open_as(amina, sheet(assessment))
    rate(page, "coo-01", "Not applicable")
    message = form_of(page, "coo-01").get_by_text("Say why this does not apply to your State.")
    expect(message).to_be_visible()
    expect(form_of(page, "coo-01").get_by_role("radio", name="Not applicable")).to_be_checked()
    form_of(page, "coo-01").get_by_label("Reason").press_sequentially("No depots.", delay=5)
    expect(message).to_be_hidden()
    expect(state_of(page, "coo-01")).to_contain_text("Saved")
    assert Answer.objects.get().reason == "No depots."


def test_digits_choose_a_level_and_save_and_next_moves_on(
    open_as: OpenAs, amina: Persona, assessment: Assessment
) -> None:
    page = open_as(amina, sheet(assessment))
    form_of(page, "coo-01").get_by_role("radio", name="Absent").focus()
    expect(page.get_by_text("Keys: the number of a level chooses it")).to_be_visible()
    page.keyboard.press("4")
    expect(state_of(page, "coo-01")).to_have_text(SAVED)
    form_of(page, "coo-01").get_by_role("button", name="Save and next").click()
    expect(form_of(page, "coo-02").get_by_role("radio", name="Absent")).to_be_focused()
    page.keyboard.press("2")
    expect(state_of(page, "coo-02")).to_have_text(SAVED)
    assert dict(Answer.objects.values_list("indicator__key", "option__key")) == {"coo-01": "4", "coo-02": "2"}


def test_second_of_two_browsers_sees_both_texts_and_merges_them(
    open_as: OpenAs, amina: Persona, assessment: Assessment
) -> None:
    first, second = open_as(amina, sheet(assessment)), open_as(amina, sheet(assessment))
    rate(first, "coo-01", "Emerging")
    narrative_of(first, "coo-01").press_sequentially("Theirs.", delay=5)
    narrative_of(first, "coo-01").blur()
    expect(state_of(first, "coo-01")).to_have_text(SAVED)
    expect(form_of(first, "coo-01").locator("[name=base_version]")).to_have_value(re.compile("[1-9]"))
    rate(second, "coo-01", "Functioning")
    conflict = form_of(second, "coo-01")
    expect(conflict.get_by_text("Somebody saved this answer before you.")).to_be_visible()
    level = conflict.locator("fieldset", has_text="Level")
    expect(level).to_contain_text("Coordination part 1 at level 2.")
    expect(level).to_contain_text("Coordination part 1 at level 4.")
    words = conflict.locator("fieldset", has_text="What is in place")
    words.get_by_role("radio", name="Both, edited here").check()
    words.locator("textarea").fill("Theirs and mine.")
    conflict.get_by_role("button", name="Save what I chose").click()
    expect(form_of(second, "coo-01").get_by_role("radio", name="Functioning")).to_be_checked()
    expect(narrative_of(second, "coo-01")).to_have_value("Theirs and mine.")
    stored = Answer.objects.select_related("option").get()
    assert (stored.narrative, stored.option and stored.option.key) == ("Theirs and mine.", "4")


def test_the_same_form_works_without_scripts(open_as: OpenAs, amina: Persona, assessment: Assessment) -> None:
    page = open_as(amina, sheet(assessment), java_script_enabled=False)
    rate(page, "coo-03", "In part")
    narrative_of(page, "coo-03").fill("Without scripts.")
    form_of(page, "coo-03").get_by_role("button", name="Save and next").click()
    expect(page).to_have_url(re.compile(r"/sections/sto/\?page=1#indicator-sto-01$"))
    page.goto(sheet(assessment))
    expect(narrative_of(page, "coo-03")).to_have_value("Without scripts.")
    expect(form_of(page, "coo-03").get_by_role("radio", name="In part")).to_be_checked()
