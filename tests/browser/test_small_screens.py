"""On a phone the first question of a sheet comes soon; what is folded there for it can be opened."""

from __future__ import annotations

from playwright.sync_api import expect

from assessments.models import FrameworkVersion
from tests.assessments.factories import make_assessment
from tests.browser.conftest import OpenAs
from tests.personas import Persona


def test_the_first_question_begins_within_600_pixels_of_a_phone(
    open_as: OpenAs, amina: Persona, wam: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, wam)
    place = amina.url("assessments:section-sheet", assessment.uuid, "ill")
    page = open_as(amina, place, viewport={"width": 375, "height": 740})
    question = page.locator("[data-indicator]").first
    box = question.bounding_box()
    assert box is not None
    assert box["y"] < 600

    main = page.get_by_role("navigation", name="Main")
    expect(main.get_by_role("link", name="Requests")).to_be_hidden()
    main.locator("summary").click()
    expect(main.get_by_role("link", name="Requests")).to_be_visible()


def test_what_a_phone_folds_stands_open_on_a_wide_screen(
    open_as: OpenAs, amina: Persona, wam: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, wam)
    page = open_as(amina, amina.url("assessments:section-sheet", assessment.uuid, "ill"))
    main = page.get_by_role("navigation", name="Main")
    expect(main.get_by_role("link", name="Requests")).to_be_visible()
    expect(main.locator("summary")).to_be_hidden()
    expect(page.get_by_role("navigation", name="Sections of this baseline")).to_be_visible()
