"""Who else has a section open."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.utils import timezone

from assessments.models import Assessment, Presence
from wam_portal.access import Viewer

HERE: Final = timedelta(seconds=75)
"""A browser says every half minute that the sheet is open; one that missed two signs is gone."""
LATELY: Final = timedelta(minutes=15)
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody else in the section: there now, or known only to have opened it then."""

    name: str
    opened_at: datetime
    here: bool


def people_in(viewer: Viewer, assessment: Assessment, section: int) -> tuple[Person, ...]:
    """The others who have the section open or opened it lately, in one statement; those there now come first.

    The caller has made sure that the viewer reads the section.
    """
    now = timezone.now()
    found = Presence.objects.visible_to(viewer).filter(
        assessment=assessment, section=section, seen_at__gte=now - LATELY
    )
    rows = (
        found.exclude(user=viewer.user)
        .order_by("-seen_at", "pk")
        .values_list("user__full_name", "opened_at", "seen_at")
    )
    # Without scripts there are no signs of life: then only the opening is known.
    people = [Person(name, opened, seen > now - HERE and seen > opened) for name, opened, seen in rows[:MOST]]
    return tuple(sorted(people, key=lambda person: not person.here))
