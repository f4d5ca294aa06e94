"""Parts of the pages of a baseline: {% assessment_tabs assessment "gaps" %}, {% indicator_return card %}."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import template
from django.utils.translation import gettext as _

from assessments.forms.answers import AnswerCard
from assessments.models import Assessment, IndicatorReturn
from assessments.tabs import tabs_of

register = template.Library()


@register.inclusion_tag("components/tabs.html", takes_context=True)
def assessment_tabs(context: template.Context, assessment: Assessment, current: str) -> dict[str, Any]:
    """The tabs of a baseline; `current` is the key of the page shown, or "" on a page below none of them."""
    tabs = tabs_of(context["viewer"], assessment, current)
    return {
        "label": _("Pages of this baseline"),
        "tabs": [tab for tab in tabs if not tab["rare"]],
        "more": [tab for tab in tabs if tab["rare"]],
        "more_current": next((tab["label"] for tab in tabs if tab["rare"] and tab["current"]), ""),
    }


@register.inclusion_tag("assessments/indicator_return.html", takes_context=True)
def indicator_return(context: template.Context, card: AnswerCard) -> dict[str, Any]:
    """Why an indicator was returned and how it was addressed, from `returns` of the page; nothing where it was not."""
    returned: Mapping[int, IndicatorReturn] = context.get("returns") or {}
    return {
        "card": card,
        "returned": returned.get(card.indicator.pk),
        "typed_note": context.get("typed_note", ""),
        "address_url": f"{card.url}address/",
        "csrf_token": context.get("csrf_token", ""),
    }
