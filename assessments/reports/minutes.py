"""The minutes of a meeting as a document, from what was kept when they were closed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.utils import translation
from django.utils.translation import gettext as _

from assessments.enums import DocumentKind, MeetingKind, OpenItemKind
from assessments.permissions import can_make_minutes
from assessments.reports.plans import DocumentPlan
from assessments.selectors.meetings import meeting_for, titles_to_print
from wam_portal.access import Viewer, require
from wam_portal.documents import Fact, Prose, day_text, label, prose
from wam_portal.formats import format_moment
from wam_portal.languages import page_language

LAYOUT: Final = 2
"""Raise when `minutes_context` changes what it says; changed templates are noticed by themselves."""


@dataclass(frozen=True, slots=True)
class MinutesItem:
    """An item of the agenda, ready to print."""

    number: str
    title: str
    kind: str
    decision: Prose
    facts: tuple[Fact, ...]
    dissents: tuple[Prose, ...]


def plan_minutes(viewer: Viewer, subject: UUID, language: str, _options: Mapping[str, str]) -> DocumentPlan:
    """Plan the minutes of a closed meeting.

    Raises `NotVisible`, and `Refused` while they are not closed and for those who take no document away.
    """
    meeting = meeting_for(viewer, subject)
    require(can_make_minutes(viewer, meeting))
    content: dict[str, Any] = {**(meeting.content or {}), "hash": meeting.content_hash}
    with translation.override(language):
        titles = titles_to_print(meeting, content["items"])
    return DocumentPlan(
        kind=DocumentKind.MINUTES,
        subject=meeting.uuid,
        title=meeting.title,
        language=language,
        inputs={"layout": LAYOUT, "content": content, "titles": titles},
        folder="minutes",
        template="minutes.html",
        build=lambda: minutes_context(content, titles),
        content_hash=meeting.content_hash,
    )


def minutes_context(content: Mapping[str, Any], titles: Sequence[str]) -> dict[str, Any]:
    """The minutes in the active language, ready to print; `titles` are those of the items in that language."""
    language = page_language()
    items = tuple(_item(item, title) for item, title in zip(content["items"], titles, strict=True))
    return {
        "language": language.words,
        "direction": language.direction,
        "title": content["title"],
        "state": content["state"]["name"],
        "kind": label(MeetingKind, content["kind"]),
        "when": format_moment(datetime.fromisoformat(content["starts_at"])),
        "facts": _facts(content),
        "hash": content["hash"],
        "participants": content["participants"],
        "items": items,
    }


def _facts(content: Mapping[str, Any]) -> tuple[Fact, ...]:
    baseline = content["baseline"]
    rows = [
        Fact(_("State"), content["state"]["name"]),
        Fact(_("Date and time (UTC)"), format_moment(datetime.fromisoformat(content["starts_at"]))),
        Fact(_("Place"), content["place"]),
        Fact(_("Baseline"), f"{baseline['title']} · {baseline['cycle']}" if baseline else ""),
        Fact(_("SHA-256 of the minutes"), content["hash"], code=True),
    ]
    return tuple(fact for fact in rows if fact.value)


def _item(item: Mapping[str, Any], title: str) -> MinutesItem:
    facts = []
    if item["responsible"]:
        facts.append(Fact(_("Responsible"), item["responsible"]))
    if item["due_on"]:
        facts.append(Fact(_("Until"), day_text(item["due_on"])))
    return MinutesItem(
        number=str(item["number"]),
        title=title,
        kind=label(OpenItemKind, item["kind"]),
        decision=prose(_("Decision"), "", item["decision"], missing=_("Nothing was decided.")),
        facts=tuple(facts),
        dissents=tuple(prose(dissent["who"], "", dissent["why"]) for dissent in item["dissents"]),
    )
