"""The scripts in a real browser, against a server that answers as each test says: nothing typed is lost."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import parse_qs

import django_htmx
import pytest
from django.conf import settings
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, Route, expect

from tests.chromium import CHROMIUM

SITE = "http://portal.test"
HTMX = Path(django_htmx.__file__).parent / "static/django_htmx/htmx-2.min.js"
SCRIPTS = Path(settings.BASE_DIR) / "static/js"

pytestmark = [pytest.mark.browser, pytest.mark.skipif(CHROMIUM is None, reason="no Chromium on this machine")]

FORM = """
<form id="answer-1" data-autosave data-indicator hx-post="/save/" hx-trigger="change, input delay:100ms, save"
      hx-target="find [data-save-state]" hx-swap="innerHTML" hx-sync="this:queue last">
  {notice}<input type="hidden" id="version" name="base_version" value="{version}">
  <textarea name="narrative">{text}</textarea>
  <div data-options>
    <input type="radio" name="choice" value="a" data-key="1"><input type="radio" name="choice" value="b" data-key="2">
  </div>
  {state}
</form>
"""


class Server:
    """Answers saves; `answer` decides how, `received` keeps what came."""

    def __init__(self) -> None:
        self.received: list[dict[str, str]] = []
        self.answer: Callable[[Route, dict[str, str]], None] = self.save

    def handle(self, route: Route) -> None:
        path = route.request.url.removeprefix(SITE)
        if path == "/save/":
            fields = parse_qs(route.request.post_data or "", keep_blank_values=True)
            sent = {name: values[0] for name, values in fields.items()}
            self.received.append(sent)
            self.answer(route, sent)
        elif path == "/htmx.js":
            route.fulfill(path=HTMX)
        elif path.endswith(".js"):
            route.fulfill(path=SCRIPTS / path.lstrip("/"))
        else:
            route.fulfill(content_type="text/html", body=self.page())

    @staticmethod
    def form(text: str = "", version: int = 1, notice: str = "") -> str:
        state = render_to_string("components/save_state.html", {"text": "Nothing saved yet"})
        return FORM.format(text=html.escape(text), version=version, notice=notice, state=state)

    @classmethod
    def page(cls) -> str:
        source = render_to_string("base_public.html")
        config = source[source.index('<meta name="htmx-config"') :].split("\n", maxsplit=1)[0]
        scripts = "".join(f'<script src="/{name}" defer></script>' for name in ("htmx.js", "autosave.js", "keys.js"))
        return f"<!doctype html><html lang=en><head>{config}{scripts}</head><body>{cls.form()}</body></html>"

    @staticmethod
    def save(route: Route, sent: dict[str, str]) -> None:
        version = int(sent["base_version"]) + 1
        body = f'Saved<input type="hidden" id="version" name="base_version" value="{version}" hx-swap-oob="true">'
        route.fulfill(content_type="text/html", body=body)

    @classmethod
    def conflict(cls, route: Route, sent: dict[str, str]) -> None:
        headers = {"HX-Retarget": "#answer-1", "HX-Reswap": "outerHTML", "Content-Type": "text/html"}
        body = cls.form(sent["narrative"], version=7, notice="<p>Somebody saved before you</p>")
        route.fulfill(status=409, headers=headers, body=body)


@pytest.fixture
def server() -> Server:
    return Server()


@pytest.fixture
def page(chromium: Browser, server: Server) -> Iterator[Page]:
    page = chromium.new_page()
    page.set_default_timeout(10_000)
    page.route(f"{SITE}/**", server.handle)
    page.goto(f"{SITE}/")
    yield page
    page.close()


def state(page: Page, text: str) -> None:
    expect(page.locator("[data-save-state]")).to_contain_text(text, timeout=10_000)


def test_typed_text_is_saved_once_and_the_next_save_carries_the_new_version(page: Page, server: Server) -> None:
    # The page's clock stands still while somebody types: on a slow machine the pauses would be long enough to save in.
    page.clock.install()
    page.clock.pause_at(page.evaluate("Date.now()") + 1_000)
    page.locator("textarea").press_sequentially("lists exist")
    page.clock.resume()
    state(page, "Saved")
    page.locator("[data-key='1']").focus()  # leaving the field fires "change": nothing new, so nothing is sent
    page.keyboard.press("2")
    expect(page.locator("#version")).to_have_value("3")
    assert server.received == [
        {"base_version": "1", "narrative": "lists exist"},
        {"base_version": "2", "narrative": "lists exist", "choice": "b"},
    ]


def test_server_error_is_said_and_the_save_tried_again_until_it_holds(page: Page, server: Server) -> None:
    def fail_first(route: Route, sent: dict[str, str]) -> None:
        if len(server.received) == 1:
            route.fulfill(status=503, body="out of order")
        else:
            server.save(route, sent)

    server.answer = fail_first
    page.fill("textarea", "counted twice a year")
    state(page, "Not saved: retrying")
    expect(page.locator("textarea")).to_have_value("counted twice a year")
    state(page, "Saved")
    assert [sent["narrative"] for sent in server.received] == ["counted twice a year"] * 2


def test_broken_line_is_said_and_the_save_follows_when_it_is_back(page: Page, server: Server) -> None:
    server.answer = lambda route, _sent: route.abort("internetdisconnected")
    page.fill("textarea", "over a slow line")
    state(page, "Not saved: retrying")
    server.answer = server.save
    page.evaluate("window.dispatchEvent(new Event('online'))")
    state(page, "Saved")
    assert server.received[-1]["narrative"] == "over a slow line"


def test_what_is_typed_while_a_save_is_under_way_is_sent_after_it(page: Page, server: Server) -> None:
    def type_on_meanwhile(route: Route, sent: dict[str, str]) -> None:
        if len(server.received) == 1:
            held.append((route, sent))
        else:
            server.save(route, sent)

    held: list[tuple[Route, dict[str, str]]] = []
    server.answer = type_on_meanwhile
    with page.expect_request(f"{SITE}/save/"):
        page.fill("textarea", "first")
    state(page, "Saving")
    page.locator("textarea").press_sequentially(" and more")
    server.save(*held[0])
    expect(page.locator("#version")).to_have_value("3")
    expect(page.locator("textarea")).to_have_value("first and more")
    assert server.received[-1] == {"base_version": "2", "narrative": "first and more"}


def test_conflict_replaces_the_form_and_keeps_what_was_typed_since(page: Page, server: Server) -> None:
    held: list[tuple[Route, dict[str, str]]] = []
    server.answer = lambda route, sent: held.append((route, sent))
    with page.expect_request(f"{SITE}/save/"):
        page.fill("textarea", "mine")
    page.locator("textarea").press_sequentially(", typed later")
    server.conflict(*held[0])
    expect(page.get_by_text("Somebody saved before you")).to_be_visible()
    expect(page.locator("textarea")).to_have_value("mine, typed later")


def test_signed_out_person_is_told_and_keeps_the_text(page: Page, server: Server) -> None:
    server.answer = lambda route, _sent: route.fulfill(status=403, body="no")
    page.fill("textarea", "still here")
    state(page, "Not saved: you are signed out")
    expect(page.locator("textarea")).to_have_value("still here")
    assert len(server.received) == 1


def test_leaving_with_unsaved_text_asks_first_and_with_saved_text_does_not(page: Page, server: Server) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.locator("textarea").press_sequentially("kept")
    state(page, "Saved")
    page.goto(f"{SITE}/?again")
    assert asked == []
    server.answer = lambda route, _sent: route.fulfill(status=503, body="out of order")
    page.locator("textarea").press_sequentially("not kept")
    state(page, "Not saved: retrying")
    page.goto(f"{SITE}/?and-again")
    assert asked == ["beforeunload"]


@pytest.mark.parametrize(("guard", "asked_at_once"), [("data-guard", []), ('data-guard="typed"', ["beforeunload"])])
def test_leaving_a_long_form_asks_for_what_is_typed_and_not_for_what_is_sent(
    page: Page, guard: str, asked_at_once: list[str]
) -> None:
    asked: list[str] = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    form = f'<form method="post" action="/sent/" {guard}><textarea></textarea><button>Save</button></form>'
    head = '<!doctype html><html lang=en><head><script src="/guard.js" defer></script></head>'
    page.route(f"{SITE}/form/", lambda route: route.fulfill(content_type="text/html", body=f"{head}<body>{form}"))
    page.goto(f"{SITE}/form/")
    page.locator("body").click()
    page.goto(f"{SITE}/?left")
    assert asked == asked_at_once
    asked.clear()
    page.goto(f"{SITE}/form/")
    page.locator("textarea").press_sequentially("words")
    page.goto(f"{SITE}/?left-again")
    assert asked == ["beforeunload"]
    page.goto(f"{SITE}/form/")
    page.locator("textarea").press_sequentially("words")
    page.get_by_role("button").click()
    page.wait_for_url(f"{SITE}/sent/")
    assert asked == ["beforeunload"]


def test_digit_in_a_text_field_is_text_and_elsewhere_chooses(page: Page) -> None:
    page.locator("textarea").press_sequentially("in 2 depots")
    expect(page.locator("textarea")).to_have_value("in 2 depots")
    assert page.locator(":checked").count() == 0
    page.locator("[data-key='2']").focus()
    page.keyboard.press("1")
    expect(page.locator("[data-key='1']")).to_be_checked()
