"""Parts of every page of a baseline: {% assessment_tabs assessment "gaps" %}."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext as _

from assessments.models import Assessment
from assessments.tabs import tabs_of

register = template.Library()


@register.inclusion_tag("components/tabs.html", takes_context=True)
def assessment_tabs(context: template.Context, assessment: Assessment, current: str) -> dict[str, Any]:
    """The tabs of a baseline; `current` is the key of the page shown, or "" on a page below none of them."""
    return {"label": _("Pages of this baseline"), "tabs": tabs_of(context["viewer"], assessment, current)}
