"""The landing page and the main navigation, gathered from the apps named in the settings."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from wam_portal.access import Viewer
from wam_portal.accounts.permissions import can_read_members
from wam_portal.audit.permissions import can_read_log

Text = str | Promise


@dataclass(frozen=True, slots=True)
class WorkItem:
    """One thing that waits for the viewer: what, where it belongs, until when, since when.

    `happened` says in a word what happened at `since`, where that is not clear by itself.
    """

    label: Text
    url: str
    context: Text = ""
    due: date | None = None
    since: datetime | None = None
    happened: Text = ""

    @property
    def overdue(self) -> bool:
        return self.due is not None and self.due < timezone.now().date()


@dataclass(frozen=True, slots=True)
class WorkGroup:
    """Things of one kind; `first` groups ask for action, the others inform."""

    key: str
    title: Text
    items: tuple[WorkItem, ...] = field(default=())
    note: Text = ""


@dataclass(frozen=True, slots=True)
class NavigationItem:
    """A main page; `also` are the beginnings of other addresses that belong to it."""

    label: Text
    url: str
    also: tuple[str, ...] = ()

    def leads_to(self, path: str) -> bool:
        """Whether the page at that path lies below this one."""
        return path.startswith((self.url, *self.also))


@cache
def _sources(setting: str) -> tuple[Callable[[Viewer], Iterable[Any]], ...]:
    return tuple(import_string(path) for path in getattr(settings, setting))


def work_groups(viewer: Viewer) -> list[WorkGroup]:
    """All that waits for the viewer, empty groups left out, overdue things first within each group."""
    groups = [group for source in _sources("WORK_LIST_SOURCES") for group in source(viewer)]
    ordered = [
        WorkGroup(
            group.key,
            group.title,
            tuple(sorted(group.items, key=lambda item: (not item.overdue, item.due or date.max))),
            group.note,
        )
        for group in groups
        if group.items
    ]
    return sorted(ordered, key=lambda group: not any(item.overdue for item in group.items))


def navigation(viewer: Viewer) -> list[NavigationItem]:
    """The main pages of the acting party, for those roles that can use them."""
    items = [item for source in _sources("NAVIGATION_SOURCES") for item in source(viewer)]
    items.insert(0, NavigationItem(_("Your work"), reverse("work-list", args=[viewer.party.slug])))
    if can_read_members(viewer):
        items.append(NavigationItem(_("Members"), reverse("member-list", args=[viewer.party.slug])))
    if can_read_log(viewer):
        items.append(NavigationItem(_("Log"), reverse("audit-log", args=[viewer.party.slug])))
    return items
