"""A person with a browser that has no scripts: reads pages, fills in the forms found there, and sends them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urljoin

from django.test import Client

from tests.personas import Persona

Attributes = list[tuple[str, str | None]]


@dataclass
class Form:
    """A form as the page holds it: where it goes, and what it would send untouched."""

    action: str
    method: str
    values: dict[str, list[str]] = field(default_factory=dict)
    buttons: list[tuple[str, str]] = field(default_factory=list)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self._open: Form | None = None
        self._select: str | None = None
        self._area: str | None = None

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in given:
            self.links.append(given["href"])
        if tag == "form":
            self._open = Form(given.get("action", ""), given.get("method", "get").lower())
            self.forms.append(self._open)
        if self._open is None or "disabled" in given:
            return
        name = given.get("name", "")
        if tag == "button" and name:
            self._open.buttons.append((name, given.get("value", "")))
        elif tag == "input" and name:
            self._input(self._open, name, given)
        elif tag == "textarea" and name:
            self._area = name
            self._open.values.setdefault(name, [""])
        elif tag == "select" and name:
            self._select = name
            self._open.values.setdefault(name, [])
        elif tag == "option" and self._select and "selected" in given:
            self._open.values[self._select].append(given.get("value", ""))

    def _input(self, form: Form, name: str, given: dict[str, str]) -> None:
        kind = given.get("type", "text")
        if kind in {"checkbox", "radio"}:
            chosen = form.values.setdefault(name, [])
            if "checked" in given:
                chosen.append(given.get("value", "on"))
        elif kind not in {"submit", "button"}:
            form.values.setdefault(name, []).append(given.get("value", ""))

    def handle_data(self, data: str) -> None:
        if self._area and self._open is not None:
            self._open.values[self._area][0] += data.removeprefix("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        elif tag == "select":
            self._select = None
        elif tag == "textarea":
            self._area = None


class Person:
    """Somebody at a browser. `page` is the text of the page that they see, `url` its address."""

    def __init__(self, persona: Persona) -> None:
        self.persona = persona
        self.client: Client = persona.client
        self.url = ""
        self.page = ""
        self._read = _Reader()

    def opens(self, url: str) -> Person:
        """Open an address; it must be there."""
        return self._show(self.client.get(url, follow=True), url)

    def sends(self, action_part: str, *, button: tuple[str, str] | None = None, **values: Any) -> Person:
        """Fill in the form whose address contains `action_part` and send it, with all that it holds untouched."""
        form = self.form(action_part)
        unknown = set(values) - set(form.values)
        assert not unknown, f"{unknown} not on {self.url}: {sorted(form.values)}"
        data: dict[str, Any] = {**form.values, **values}
        if button is None and len(form.buttons) == 1:
            button = form.buttons[0]
        if button:
            assert button in form.buttons, form.buttons
            data[button[0]] = button[1]
        action = urljoin(self.url, form.action) if form.action else self.url
        return self._show(self.client.post(action, data, follow=True), action)

    def form(self, action_part: str) -> Form:
        """The form that posts to an address with this in it; "" for the one that posts to the page itself."""
        for form in self._read.forms:
            here = form.action in {"", self.url.split("?", maxsplit=1)[0]}
            if form.method == "post" and (action_part in form.action if action_part else here):
                return form
        raise AssertionError(f"no form to {action_part!r} on {self.url}: {[form.action for form in self._read.forms]}")

    def link(self, part: str) -> str:
        """The first link of the page with `part` in its address."""
        found = next((link for link in self._read.links if part in link), None)
        assert found is not None, f"no link with {part!r} on {self.url}: {self._read.links}"
        return urljoin(self.url, found)

    def follows(self, part: str) -> Person:
        """Click the first link with `part` in its address."""
        return self.opens(self.link(part))

    def sees(self, *texts: str) -> Person:
        """Each text is on the page."""
        for text in texts:
            assert text in self.page, f"{text!r} is not on {self.url}"
        return self

    def does_not_see(self, *texts: str) -> Person:
        """None of the texts is on the page."""
        for text in texts:
            assert text not in self.page, f"{text!r} is on {self.url}"
        return self

    def finds_nothing_at(self, url: str) -> Person:
        """The address does not exist for this person."""
        assert self.client.get(url).status_code == 404
        return self

    def _show(self, response: Any, asked: str) -> Person:
        assert response.status_code == 200, f"{asked} answered {response.status_code}: {response.content[:500]!r}"
        self.url = response.redirect_chain[-1][0] if getattr(response, "redirect_chain", None) else asked
        self.page = response.content.decode()
        self._read = _Reader()
        self._read.feed(self.page)
        return self
