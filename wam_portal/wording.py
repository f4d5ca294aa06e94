"""Shapes and words of states and tiers. Colour never speaks alone, so each has a shape or marks of its own."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import pgettext_lazy

_NOT_BEGUN = ("draft", "open", "queued", "not_rated", "suggested", "planned")
_UNDER_WAY = (
    "in_review",
    "running",
    "proposed",
    "submitted",
    "consulting",
    "in_consultation",
    "returned",
    "partly_accepted",
)
_SETTLED = (
    "endorsed",
    "confirmed",
    "published",
    "released",
    "active",
    "accepted",
    "done",
    "completed",
    "held",
    "finished",
)
_ENDED = ("withdrawn", "dismissed", "closed", "declined", "revoked", "expired", "failed", "cancelled", "superseded")

STATUS_SHAPES: Final[dict[str, str]] = {
    **dict.fromkeys(_NOT_BEGUN, "ring"),
    **dict.fromkeys(_UNDER_WAY, "half"),
    **dict.fromkeys(_SETTLED, "check"),
    **dict.fromkeys(_ENDED, "close"),
}
"""Symbol by state value; a state that is not named gets the empty ring."""

TIER_LABELS: Final[dict[str, Promise]] = {
    "critical": pgettext_lazy("severity tier", "critical"),
    "high": pgettext_lazy("severity tier", "high"),
    "medium": pgettext_lazy("severity tier", "medium"),
    "low": pgettext_lazy("severity tier", "low"),
}
TIER_MARKS: Final[dict[str, str]] = {"critical": "◆◆◆◆", "high": "◆◆◆◇", "medium": "◆◆◇◇", "low": "◆◇◇◇"}
"""One to four filled marks, so that a tier reads in greyscale."""
