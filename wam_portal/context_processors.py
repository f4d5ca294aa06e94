"""What every page of the portal shows in its header."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from django.http import HttpRequest
from django.urls import reverse

from wam_portal.work_list import navigation


def portal(request: HttpRequest) -> dict[str, Any]:
    """The acting viewer, the parties to switch to, and the navigation; nothing outside a party's pages."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return {"readable_address": readable_address(request)}
    here = request.path
    items = navigation(viewer)
    # The work list's address is the beginning of all others; it is current only on itself.
    best = max((item.url for item in items[1:] if item.leads_to(here)), key=len, default="")
    best = here if here == items[0].url else best
    return {
        "viewer": viewer,
        "readable_address": readable_address(request),
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


def readable_address(request: HttpRequest) -> str:
    """Where this page can be asked for again: its own address, or that of the page whose form was sent.

    What comes back from a form that was refused stands at an address that only takes forms.
    """
    came_from = urlsplit(request.headers.get("Referer", ""))
    if request.method in {"GET", "HEAD"} or came_from.netloc != request.get_host() or not came_from.path:
        return request.get_full_path()
    return f"{came_from.path}?{came_from.query}" if came_from.query else came_from.path
