"""Languages, periods and amounts of a release in words of the active language."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _

from wam_portal.documents import day_text
from wam_portal.formats import active_locale, format_money


def language_names(codes: Iterable[str]) -> str:
    """Languages by their names in the active language."""
    names = active_locale().languages
    return _(", ").join(str(names.get(code.partition("-")[0], code)) for code in codes)


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
