"""What lies beside the answer to an indicator: a list of small blocks, each a template with what it shows.

The same blocks are on the indicator's own page and, fetched when they are opened, in the drawer on the section sheet.
A new block is a line in `BLOCKS`, a function that answers its values, and a template that reads them from `block`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from assessments.forms.history import changed_states
from assessments.frameworks.tree import IndicatorView, SectionView
from assessments.mentions import handles, unmatched
from assessments.models import Answer, Assessment, Node
from assessments.permissions import can_discuss, can_edit_assessment
from assessments.selectors.answers import answer_for
from assessments.selectors.cycles import previous_answers
from assessments.selectors.discussion import discussion_of, flag_on, readers_of
from assessments.selectors.history import history_of
from wam_portal.access import Decision
from wam_portal.party_pages import PartyRequest


@dataclass(frozen=True)
class Drawer:
    """One indicator as the viewer has it open; `alone` on its own page, where everything is shown.

    `read` holds the State's answer where the page has read it already.
    `problems` are messages by field for what was sent, and `typed` is what was sent, so that nothing is typed twice.
    """

    request: PartyRequest
    assessment: Assessment
    section: SectionView
    indicator: IndicatorView
    alone: bool = False
    problems: Mapping[str, list[str]] = field(default_factory=dict)
    typed: Mapping[str, str] = field(default_factory=dict)
    read: tuple[Answer | None, ...] = ()

    @cached_property
    def answer(self) -> Answer | None:
        """The State's answer, read once for all blocks."""
        return self.read[0] if self.read else answer_for(self.request.viewer, self.assessment, self.indicator)

    @cached_property
    def node(self) -> Node:
        """The indicator as permissions take it."""
        return Node(pk=self.indicator.pk, section_id=self.section.node.pk)

    @cached_property
    def may_discuss(self) -> Decision:
        """Whether the viewer may comment and flag."""
        return can_discuss(self.request.viewer, self.assessment, self.node)

    def url(self, name: str, *args: object) -> str:
        """The address of something about this indicator."""
        place = [self.request.viewer.party.slug, self.assessment.uuid, self.indicator.key, *args]
        return reverse(f"assessments:{name}", args=place)


@dataclass(frozen=True, slots=True)
class Block:
    """A part of the drawer; left out where there are no values to show."""

    key: str
    label: str | Promise
    template: str
    values: Callable[[Drawer], dict[str, Any] | None]


def _before(drawer: Drawer) -> dict[str, Any] | None:
    """What the cycle before said; on the indicator's own page it stands above the form instead."""
    if drawer.alone:
        return None
    found = previous_answers(drawer.request.viewer, drawer.assessment, [drawer.indicator])
    previous = found.get(drawer.indicator.key)
    if previous is None:
        return None
    return {"previous": previous, "label": gettext("In the cycle before (%(cycle)s)") % {"cycle": previous.cycle}}


def _comments(drawer: Drawer) -> dict[str, Any]:
    viewer = drawer.request.viewer
    readers = readers_of(viewer, drawer.assessment, drawer.node) if drawer.may_discuss else []
    sent = "" if drawer.problems else drawer.request.POST.get("body", "")
    return {
        "not_told": not_told(sent, readers),
        "discussion": discussion_of(viewer, drawer.assessment, drawer.indicator),
        "people": [name for user, name in readers if user != viewer.user.pk],
        "decision": drawer.may_discuss,
        "errors": drawer.problems.get("body", []),
        "typed": drawer.typed.get("body", ""),
        "reply_to": drawer.typed.get("reply_to", ""),
        "assign_url": _assign_url(drawer),
        "add_url": drawer.url("comment-add"),
        "read_url": drawer.url("mentions-read"),
    }


def _assign_url(drawer: Drawer) -> str:
    """Where the indicator is given to somebody who does not read it; empty where the viewer gives none."""
    if not can_edit_assessment(drawer.request.viewer, drawer.assessment):
        return ""
    place = [drawer.request.viewer.party.slug, drawer.assessment.uuid]
    return reverse("assessments:assignment-list", args=place)


def not_told(body: str, readers: Iterable[tuple[int, str]]) -> str:
    """What to say of names in a comment that belong to nobody who could be told; empty without any."""
    names = unmatched(body, handles(readers))
    if not names:
        return ""
    text = gettext("Nobody was told of %(names)s: nobody who reads this indicator has that name.")
    return text % {"names": ", ".join(f"@{name}" for name in names)}


def _flag(drawer: Drawer) -> dict[str, Any]:
    return {
        "flag": flag_on(drawer.request.viewer, drawer.assessment, drawer.indicator),
        "decision": drawer.may_discuss,
        "errors": drawer.problems.get("note", []),
        "typed": drawer.typed.get("note", ""),
        "flag_url": drawer.url("flag-add"),
        "unflag_url": drawer.url("flag-remove"),
    }


def _history(drawer: Drawer) -> dict[str, Any]:
    text = drawer.request.GET.get("history", "1") if drawer.alone else "1"
    number = int(text) if text.isascii() and text.isdigit() and len(text) <= 5 else 1  # noqa: PLR2004
    page = history_of(drawer.request.viewer, drawer.answer, number)
    return {
        "states": changed_states(page, drawer.indicator),
        "number": page.number,
        "older": page.number + 1 if page.number < page.count else 0,
        "newer": page.number - 1,
        "url": drawer.url("answer-edit"),
    }


BLOCKS: Final = (
    Block("before", _("The cycle before"), "assessments/drawer/before.html", _before),
    Block("comments", _("Comments"), "assessments/drawer/comments.html", _comments),
    Block("flag", _("Flag"), "assessments/drawer/flag.html", _flag),
    Block("history", _("History"), "assessments/drawer/history.html", _history),
)


def drawer_context(drawer: Drawer) -> dict[str, Any]:
    """What `assessments/indicator_drawer-panel.html` shows."""
    blocks = [
        {"key": block.key, "label": block.label, "template": block.template, **values}
        for block in BLOCKS
        if (values := block.values(drawer)) is not None
    ]
    return {"blocks": blocks, "drawer_key": drawer.indicator.key, "assessment": drawer.assessment}
