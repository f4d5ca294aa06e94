"""Codes of a release in words of the active language, and texts in the direction of their own script."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _

from cooperation.dossiers.parts import Prose
from wam_portal.formats import active_locale, format_day, format_money

NOT_STATED_DASH = "–"


def label(choices: type[TextChoices], value: str | None) -> str:
    """The word for a code; a code that this version does not know is shown as it is."""
    if not value:
        return ""
    return str(choices(value).label) if value in choices.values else value


def labels(choices: type[TextChoices], values: Iterable[str]) -> str:
    """The words for codes, with commas between."""
    return _(", ").join(label(choices, value) for value in values)


def language_names(codes: Iterable[str]) -> str:
    """Languages by their names in the active language."""
    names = active_locale().languages
    return _(", ").join(str(names.get(code.partition("-")[0], code)) for code in codes)


def day_text(value: str | date | None) -> str:
    """A date, also one in ISO 8601 text, or a dash."""
    if not value:
        return NOT_STATED_DASH
    return format_day(date.fromisoformat(value) if isinstance(value, str) else value)


def period_text(period: Mapping[str, str | None]) -> str:
    """From when until when."""
    start, end = period.get("start"), period.get("end")
    if start and end:
        return f"{day_text(start)} – {day_text(end)}"
    if start:
        return _("from %(day)s") % {"day": day_text(start)}
    return _("until %(day)s") % {"day": day_text(end)} if end else _("not stated")


def band_text(band: Mapping[str, int | None] | None, currency: str) -> str:
    """A band of amounts given in minor units: "USD 50,000 – USD 200,000"."""
    if band is None:
        return _("not stated")
    low, high = band["low"] or 0, band["high"]
    if high is None:
        return _("%(amount)s or more") % {"amount": format_money(low, currency)}
    if not low:
        return _("under %(amount)s") % {"amount": format_money(high, currency)}
    return f"{format_money(low, currency)} – {format_money(high, currency)}"


def amount_text(need: Mapping[str, Any], currency: str) -> str:
    """The sum of a need where it is disclosed, else its band."""
    if need.get("amount") is not None:
        return format_money(need["amount"], currency)
    return band_text(need.get("amount_band"), currency)


def direction_of(text: str) -> str:
    """The direction in which a text is read, by its first letter that has one."""
    for character in text:
        kind = unicodedata.bidirectional(character)
        if kind in {"R", "AL"}:
            return "rtl"
        if kind == "L":
            return "ltr"
    return "ltr"


def prose(heading: str, anchor: str, text: str) -> Prose:
    """A text of the State under a heading, split into paragraphs; an empty one is said to be missing."""
    paragraphs = tuple(part.strip() for part in re.split(r"\n\s*\n|\r\n\s*\r\n", text) if part.strip())
    if not paragraphs:
        missing = _("The State has not stated this.")
        return Prose(heading, anchor, (missing,), direction_of(missing))
    return Prose(heading, anchor, paragraphs, direction_of(text))
