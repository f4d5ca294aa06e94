"""Parts of pages that show evidence: {% evidence_line card.key %} and {{ expiry|expiry_label }}."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from assessments.evidence_strength import Expiry
from assessments.selectors.evidence import EvidenceMark
from wam_portal.uploads.kinds import kind_label

register = template.Library()


@register.filter
def expiry_label(expiry: Expiry) -> str:
    """The word for a state that one should know of; empty for current evidence."""
    return {Expiry.EXPIRED: _("Expired"), Expiry.SOON: _("Expires soon")}.get(expiry, "")


@register.filter
def file_kind(content_type: str) -> str:
    """The word for a content type."""
    return kind_label(content_type)


@register.inclusion_tag("assessments/evidence_line.html", takes_context=True)
def evidence_line(context: template.Context, key: str, url: str) -> dict[str, Any]:
    """How much evidence an indicator has; opened in place with scripts, on its own page without.

    Reads `evidence` of the page: for each indicator's key the number and the worst expiry.
    """
    marks: dict[str, EvidenceMark] = context.get("evidence") or {}
    mark = marks.get(key)
    return {"key": key, "url": url, "count": mark.count if mark else 0, "expiry": mark.expiry if mark else ""}
