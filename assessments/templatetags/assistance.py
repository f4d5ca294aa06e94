"""Words for the values of requests, live and released: {{ need.functional_area|area }}."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import template
from django.conf import settings
from django.db.models import TextChoices
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from assessments.enums import (
    AssistanceType,
    EndorsingAuthority,
    FunctionalArea,
    GenderMarker,
    GrantLevel,
    Lens,
    LifeCycleStage,
    Technology,
)
from wam_portal import formats

register = template.Library()


def _label(choices: type[TextChoices], value: object) -> str:
    """The word for a value; the value itself where a newer version of the portal wrote it."""
    return str(choices(value).label) if value in choices.values else str(value or "")


def _labels(choices: type[TextChoices], values: Iterable[object] | None) -> str:
    return ", ".join(_label(choices, value) for value in values or ())


@register.filter
def area(value: str) -> str:
    """A functional area."""
    return _label(FunctionalArea, value) or _("Area not chosen")


@register.filter
def assistance_types(values: Iterable[str] | None) -> str:
    """Types of assistance, with commas."""
    return _labels(AssistanceType, values)


@register.filter
def technology(value: str) -> str:
    """A technology; empty where none is named."""
    return _label(Technology, value) if value else ""


@register.filter
def authority(value: str | None) -> str:
    """Which authority endorsed the baseline."""
    return _label(EndorsingAuthority, value) if value else _("not endorsed")


@register.filter
def gender_marker(value: str) -> str:
    """A gender marker."""
    return _label(GenderMarker, value)


@register.filter
def grant_level(value: str) -> str:
    """A level of a grant."""
    return _label(GrantLevel, value)


@register.filter
def stage(value: str) -> str:
    """A stage of the life cycle."""
    return _label(LifeCycleStage, value) if value else ""


@register.filter
def lenses(values: Iterable[str] | None) -> str:
    """Lenses, with commas."""
    return _labels(Lens, values)


@register.filter
def languages(codes: Iterable[str] | None) -> str:
    """Working languages in the reader's language, the preferred one first."""
    known = dict(settings.LANGUAGES)
    return ", ".join(str(get_language_info(code)["name_translated"]) for code in codes or () if code in known)


@register.filter
def oda(value: bool | None) -> str:
    """Whether something is eligible as ODA."""
    return {True: _("yes"), False: _("no")}.get(value, _("not known"))  # type: ignore[arg-type]  # None is meant too


@register.filter
def amount_band(band: Mapping[str, int | None] | None, currency: str) -> SafeString | str:
    """The band in which an amount lies: "USD 50,000 to 200,000"."""
    if band is None:
        return "–"
    low = formats.format_money(band["low"] or 0, currency)
    if band["high"] is None:
        return format_html("<bdi>{}</bdi>", _("%(low)s or more") % {"low": low})
    if not band["low"]:
        high = formats.format_money(band["high"], currency)
        return format_html("<bdi>{}</bdi>", _("up to %(high)s") % {"high": high})
    high = formats.format_number(formats.major_units(band["high"], currency))
    return format_html("<bdi>{}</bdi>", _("%(low)s to %(high)s") % {"low": low, "high": high})


@register.filter
def iso_day(value: str | None) -> str:
    """A day that a release holds as text; a dash where there is none."""
    return formats.format_day(date.fromisoformat(value)) if value else "–"


@register.filter
def has(keys: Iterable[str], key: str) -> bool:
    """Whether a key is among those granted: {% if released.keys|has:"places" %}."""
    return key in keys


@register.filter
def lines(values: Any) -> list[str]:
    """The lines of a text that are not empty."""
    return [line for line in str(values or "").splitlines() if line.strip()]
