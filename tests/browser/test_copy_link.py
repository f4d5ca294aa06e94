"""The link of an invitation is copied by its button: with a clipboard, without one, and by hand where nothing runs."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import OpenAs
from tests.personas import Persona

NO_CLIPBOARD = "Object.defineProperty(Navigator.prototype, 'clipboard', {value: undefined})"
NO_OLD_WAY = "document.execCommand = () => false"


def said(page: Page) -> Locator:
    """What is said beside the button, also to those who do not see it."""
    return page.get_by_role("status").and_(page.locator("[data-copied-of]"))


def invite(page: Page) -> str:
    """Invite somebody; the link that the page shows."""
    page.get_by_label("Name").fill("Nora Bel")
    page.get_by_label("E-mail address").fill("nora@example.test")
    page.get_by_label("Viewer").check()
    page.get_by_role("main").get_by_role("button", name="Invite").click()
    return page.get_by_label("The link of the invitation").input_value()


def test_the_button_copies_the_link_and_says_so(open_as: OpenAs, nadia: Persona) -> None:
    page = open_as(nadia, nadia.url("member-invite"), permissions=["clipboard-read", "clipboard-write"])
    link = invite(page)
    assert link.startswith("https://")
    expect(said(page)).to_be_empty()
    page.get_by_role("button", name="Copy the link").click()
    expect(said(page)).to_have_text("Copied")
    assert page.evaluate("navigator.clipboard.readText()") == link


def test_where_the_browser_gives_no_clipboard_the_link_is_selected_and_copied(open_as: OpenAs, nadia: Persona) -> None:
    page = open_as(nadia, nadia.url("member-invite"))
    page.add_init_script(NO_CLIPBOARD)
    link = invite(page)
    page.get_by_role("button", name="Copy the link").click()
    expect(said(page)).to_have_text("Copied")
    assert page.evaluate("getSelection().toString()") == link


def test_where_copying_is_refused_the_person_is_told_to_copy_what_is_selected(open_as: OpenAs, nadia: Persona) -> None:
    page = open_as(nadia, nadia.url("member-invite"))
    page.add_init_script(NO_CLIPBOARD)
    page.add_init_script(NO_OLD_WAY)
    link = invite(page)
    page.get_by_role("button", name="Copy the link").click()
    expect(said(page)).to_have_text("The link is selected: copy it now")
    assert page.evaluate("getSelection().toString()") == link


def test_without_scripts_there_is_the_link_and_no_button(open_as: OpenAs, nadia: Persona) -> None:
    page = open_as(nadia, nadia.url("member-invite"), java_script_enabled=False)
    assert invite(page).startswith("https://")
    expect(page.get_by_role("button", name="Copy the link")).to_be_hidden()
