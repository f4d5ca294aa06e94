"""What every page of the portal shows in its header."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from wam_portal.work_list import navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """The acting viewer, the parties to switch to, and the navigation; nothing outside a party's pages."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {}
    here = request.path
    items = navigation(viewer)
    best = max((item.url for item in items if here.startswith(item.url)), key=len, default="")
    return {
        "viewer": viewer,
        "memberships": [
            {
                "party": held.party,
                "roles": held.role_labels,
                "url": reverse("work-list", args=[held.party.slug]),
                "current": held.party.pk == viewer.party.pk,
            }
            for held in getattr(request, "held_parties", [])
        ],
        "navigation": [{"label": item.label, "url": item.url, "current": item.url == best} for item in items],
    }
