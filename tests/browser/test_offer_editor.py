"""The offer editor's tree of places in a real browser: filtered, worked by keys alone, and without any script."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from cooperation.models import Offer
from tests.browser.conftest import OpenAs
from tests.personas import Persona
from wam_portal.accounts.models import Territory


def day(ahead: int) -> str:
    return (timezone.localdate() + timedelta(days=ahead)).isoformat()


def fill(page: Page) -> None:
    """All but the places."""
    page.get_by_label("Title").fill("Safer stores")
    page.get_by_label("Amount that the offer holds").fill("90000")
    page.get_by_label("Help can be given from").fill(day(10))
    page.get_by_label("Help can be given until").fill(day(400))
    page.get_by_label("Open for requests until").fill(day(200))


@pytest.fixture
def address(dana: Persona, world: dict[str, Territory]) -> str:
    return dana.url("cooperation:offer-add")


def test_places_are_found_by_name_and_one_box_of_a_row_frees_the_other(
    open_as: OpenAs, dana: Persona, address: str
) -> None:
    page = open_as(dana, address)
    fill(page)
    picker = page.locator("[data-places]")
    expect(picker.get_by_label("Dravonia", exact=True)).to_be_hidden()
    words = page.get_by_label("Show places whose name holds")
    words.fill("drávo")
    expect(picker.get_by_label("Dravonia", exact=True)).to_be_visible()
    expect(picker.locator("summary", has_text="Eastern Demo Region")).to_be_hidden()
    expect(picker.get_by_role("status")).to_have_text("1")
    words.press("Enter")
    assert page.url.endswith(address), "looking for a place does not send the form"
    words.fill("nowhere at all")
    expect(picker.get_by_role("status")).to_have_text("No place has such a name.")
    words.fill("eastern")
    picker.get_by_label("All of Eastern Demo Region").check()
    picker.get_by_label("Borvenia", exact=True).check()
    picker.get_by_label("leave out Borvenia").check()
    expect(picker.get_by_label("Borvenia", exact=True)).not_to_be_checked()
    words.fill("")
    branch = picker.locator("details").filter(has_text="Eastern Demo Region")
    expect(branch.locator("[data-place-count]")).to_have_text("1")
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("The offer is published.")).to_be_visible()
    offer = Offer.objects.get()
    assert [place.code for place in offer.included.all()] == ["XR1"]
    assert [place.code for place in offer.excluded.all()] == ["XB"]


def test_the_keyboard_alone_opens_a_branch_and_ticks_a_country(open_as: OpenAs, dana: Persona, address: str) -> None:
    page = open_as(dana, address)
    fill(page)
    page.get_by_label("Show places whose name holds").focus()
    # The world; the first region, opened; its two boxes; the first country.
    for key in ("Tab", "Tab", "Enter", "Tab", "Tab", "Tab", "Space"):
        page.keyboard.press(key)
    expect(page.get_by_label("Aldoria", exact=True)).to_be_checked()
    expect(page.get_by_label("Aldoria", exact=True)).to_be_focused()


def test_without_scripts_the_tree_works_and_a_refusal_keeps_what_was_ticked(
    open_as: OpenAs, dana: Persona, address: str
) -> None:
    page = open_as(dana, address, java_script_enabled=False)
    fill(page)
    expect(page.get_by_label("Show places whose name holds")).to_be_hidden()
    page.locator("summary", has_text="Western Demo Region").click()
    page.get_by_label("Caldessa", exact=True).check()
    page.get_by_label("leave out Caldessa").check()
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_role("alert")).to_contain_text("takes away every country that you named")
    expect(page.get_by_label("Caldessa", exact=True)).to_be_visible()
    expect(page.get_by_label("Caldessa", exact=True)).to_be_checked()
    page.get_by_label("leave out Caldessa").uncheck()
    page.get_by_role("button", name="Save and publish").click()
    expect(page.get_by_text("The offer is published.")).to_be_visible()
    assert set(Offer.objects.get().reaches.values_list("code", flat=True)) == {"XC"}
