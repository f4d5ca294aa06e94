"""Shapes and words of states and tiers. Colour never speaks alone, so each has a shape or marks of its own."""

from __future__ import annotations

from typing import Final

from django.utils.functional import Promise
from django.utils.translation import npgettext, pgettext_lazy

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
_ENDED = (
    *("withdrawn", "dismissed", "closed", "left_out", "declined", "revoked", "expired", "failed", "cancelled"),
    "superseded",
)

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


def counted_tier(tier: str, number: int, shown: str) -> str:
    """How many gaps are of a tier, in words that agree with the number; `shown` is the number as it is written."""
    words = {
        "critical": npgettext("gaps", "%(count)s critical", "%(count)s critical", number),
        "high": npgettext("gaps", "%(count)s high", "%(count)s high", number),
        "medium": npgettext("gaps", "%(count)s medium", "%(count)s medium", number),
        "low": npgettext("gaps", "%(count)s low", "%(count)s low", number),
    }
    return words[tier] % {"count": shown}
