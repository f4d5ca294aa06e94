"""What the pages of gaps, requests and releases share: addresses, what forms send back, and differences."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.core.paginator import Paginator
from django.urls import reverse
from django.utils.translation import gettext as _

from wam_portal.accounts.enums import STATE_STAFF
from wam_portal.errors import NotVisible
from wam_portal.party_pages import PartyRequest

UNPROCESSABLE = 422
CONFLICT = 409
PAGE_DIGITS = 5


def page_url(request: PartyRequest, name: str, *args: object) -> str:
    """The address of a page of this app, for the acting party."""
    return reverse(f"assessments:{name}", args=[request.viewer.party.slug, *args])


def is_fragment(request: PartyRequest) -> bool:
    """Whether a script asks for a part of the page and not for a whole one."""
    return request.headers.get("HX-Request") == "true" and request.headers.get("HX-Boosted") != "true"


def page_number(request: PartyRequest) -> int:
    """The page of a list that the address asks for; 1 for anything that is no sensible number."""
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= PAGE_DIGITS else 1


def page_links(number: int, count: int, url: Callable[[int], str]) -> list[dict[str, object]]:
    """Links to the first, the last and the neighbouring pages of a list; a gap between them has no number."""
    shown = Paginator(range(count), 1).get_elided_page_range(number, on_each_side=2, on_ends=1)
    return [
        {"number": page, "url": url(page), "current": page == number} if isinstance(page, int) else {"number": None}
        for page in shown
    ]


def staff_only(request: PartyRequest) -> None:
    """For lists of the national record: for those who are only invited to rate there are none. Raises `NotVisible`."""
    if not request.viewer.has_role(*STATE_STAFF):
        raise NotVisible


def base_version(request: PartyRequest) -> int:
    """The version that the person had before them. Raises `NotVisible` for anything that no page of ours sends."""
    value = request.POST.get("base_version", "")
    if not (value.isascii() and value.isdigit() and len(value) < 10):  # noqa: PLR2004  (a version fits in 32 bits)
        raise NotVisible
    return int(value)


def posted_uuid(text: str) -> UUID:
    """A UUID out of a form. Raises `NotVisible` for anything else."""
    try:
        return UUID(text)
    except ValueError:
        raise NotVisible from None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field in which what somebody saved differs from what was typed."""

    field: forms.BoundField
    label: str
    theirs: str
    mine: str


def differing_fields(stored: forms.Form, typed: forms.Form) -> list[Difference]:
    """Fields that differ between a form as stored and a bound one, in the words that people see."""
    return [
        Difference(field=field, label=str(field.label), theirs=theirs, mine=mine)
        for field, theirs, mine in _sides(stored, typed)
        if theirs != mine
    ]


def _sides(stored: forms.Form, typed: forms.Form) -> Iterator[tuple[forms.BoundField, str, str]]:
    for field in typed.visible_fields():
        initial = stored.get_initial_for_field(stored.fields[field.name], field.name)
        yield field, _in_words(field, initial), _in_words(field, field.value())


def _in_words(field: forms.BoundField, value: Any) -> str:
    if value in (None, "", []):
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    choices = {str(key): str(label) for key, label in getattr(field.field, "choices", ())}
    if isinstance(value, list | tuple):
        return ", ".join(choices.get(str(item), str(item)) for item in value)
    return choices.get(str(value), str(value).replace("\r\n", "\n").strip())
