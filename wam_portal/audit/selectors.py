"""Reading the audit log."""

from __future__ import annotations

from wam_portal.access import Viewer
from wam_portal.audit.models import Event, EventQuerySet


def events_for(viewer: Viewer) -> EventQuerySet:
    """What happened to the viewer's own party, newest first, with names loaded."""
    return Event.objects.visible_to(viewer).select_related("actor", "actor_party").order_by("-seq")
