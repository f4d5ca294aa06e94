"""Signing in as a person does it, and finding one's way."""

from __future__ import annotations

from playwright.sync_api import Browser, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.conftest import OpenAs
from tests.personas import PASSWORD, Persona


def test_a_focal_point_signs_in_and_lands_on_the_work_list(
    chromium: Browser, live_server: LiveServer, amina: Persona
) -> None:
    amina.user.set_password(PASSWORD)
    amina.user.save(update_fields=["password"])
    page = chromium.new_page(base_url=live_server.url)
    page.goto("/p/aldoria/")
    page.get_by_label("Email").fill("Amina@example.test")
    page.locator("input[type=password]").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Your work")
    expect(page.get_by_text("Aldoria").first).to_be_visible()
    page.close()


def test_switching_to_arabic_mirrors_the_page(open_as: OpenAs, amina: Persona) -> None:
    page = open_as(amina, "/p/aldoria/")
    expect(page.locator("html")).to_have_attribute("dir", "ltr")
    name = page.locator(".topbar-name")
    before = name.bounding_box()
    page.locator("summary", has_text="English").click()
    page.get_by_role("button", name="العربيّة").click()
    expect(page.locator("html")).to_have_attribute("dir", "rtl")
    expect(page.locator("html")).to_have_attribute("lang", "ar")
    after = name.bounding_box()
    assert before is not None
    assert after is not None
    middle = 640
    assert before["x"] < middle < after["x"]
