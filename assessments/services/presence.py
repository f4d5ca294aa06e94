"""Noting who has a section open. Nothing is recorded: that somebody looks at their own State's sheet is no event."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import F, Q
from django.utils import timezone

from assessments.models import Assessment, Presence
from wam_portal.access import Viewer

NOTED_EVERY: Final = timedelta(seconds=20)
"""Signs of life that come quicker than this write once."""


def note_opened(*, assessment: Assessment, section: int, actor: Viewer) -> None:
    """The person opened the sheet of that section, now; one statement."""
    now = timezone.now()
    Presence.objects.bulk_create(
        [Presence(assessment=assessment, section_id=section, user=actor.user, opened_at=now, seen_at=now)],
        update_conflicts=True,
        unique_fields=["assessment", "section", "user"],
        update_fields=["opened_at", "seen_at"],
    )


def note_seen(*, assessment: Assessment, section: int, actor: Viewer) -> None:
    """The sheet is still open at the person's; one statement. Does nothing where it was never opened."""
    now = timezone.now()
    mine = Presence.objects.filter(assessment=assessment, section=section, user=actor.user)
    mine.filter(Q(seen_at=F("opened_at")) | Q(seen_at__lt=now - NOTED_EVERY)).update(seen_at=now)
