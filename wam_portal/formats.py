"""How numbers, money and times are written for people, in the active language. Pure but for "now"."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import cache
from unicodedata import combining, normalize

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_time, format_timedelta
from babel.numbers import format_currency, format_decimal, get_currency_precision
from django.utils import timezone
from django.utils.translation import get_language, to_locale
from django.utils.translation import gettext as _

from wam_portal.money import minor_per_unit

_WRITTEN_AS = {"en": "en_GB"}
"""English is written with the day first and the 24-hour clock, as international bodies do."""


def active_locale() -> Locale:
    """The locale in which the active language is written; British English where babel knows no other."""
    return _locale(get_language() or "en")


@cache
def _locale(language: str) -> Locale:
    try:
        return Locale.parse(_WRITTEN_AS.get(language, to_locale(language)))
    except (UnknownLocaleError, ValueError):
        return Locale.parse("en_GB")


def major_units(minor: int, currency: str) -> Decimal:
    """Turn integer minor units (cents) into units of the ISO 4217 currency, exactly."""
    return Decimal(minor) / minor_per_unit(currency)


def format_money(minor: int, currency: str) -> str:
    """Write an amount given in minor units with its ISO 4217 code; cents only when there are any.

    The code is used instead of a sign because a reader of many currencies cannot tell one "$" from another.
    """
    amount = major_units(minor, currency)
    digits = get_currency_precision(currency) if amount != amount.to_integral_value() else 0
    pattern = "¤¤ #,##0" + ("." + "0" * digits if digits else "")
    return str(format_currency(amount, currency, pattern, locale=active_locale(), currency_digits=False))


def format_about(minor: int, currency: str) -> str:
    """Write an amount that is known roughly only, such as a converted one: to three digits that count."""
    rounded = int(Decimal(f"{minor:.3g}"))
    return format_money(rounded, currency)


def format_number(value: int | float | Decimal, places: int | None = None) -> str:
    """Write a number with the language's grouping; `places` fixes the decimals."""
    pattern = None if places is None else "#,##0" + ("." + "0" * places if places else "")
    return str(format_decimal(value, format=pattern, locale=active_locale()))


def format_percent(value: int | float | Decimal, places: int | None = None) -> str:
    """Write a number of hundredths with its sign, which no end of a line parts from it."""
    return f"{format_number(value, places)}\N{NO-BREAK SPACE}%"


def format_share(part: int | float, whole: int | float) -> str:
    """Write part of whole as a whole percentage, or a dash where there is no whole.

    Only everything reads 100 %, and only nothing reads 0 %: the rest is rounded to 1-99.
    """
    if whole <= 0:
        return "–"
    percent = round(100 * part / whole)
    if 0 < part < whole:
        percent = min(99, max(1, percent))
    return format_percent(percent)


def format_labelled(label: object, text: object) -> str:
    """Write what something is before what is said of it; where the colon stands is the language's affair."""
    return _("%(label)s: %(text)s") % {"label": label, "text": text}


def format_day(day: dt.date) -> str:
    """Write a date with the month's name where the language does."""
    return str(format_date(day, "medium", locale=active_locale()))


def format_clock(moment: dt.datetime) -> str:
    """Write hours and minutes in the active time zone."""
    return str(format_time(_local(moment), "short", locale=active_locale()))


def format_moment(moment: dt.datetime) -> str:
    """Write date and time in the active time zone."""
    local = _local(moment)
    return f"{format_day(local.date())} {format_clock(local)}"


def format_distance(moment: dt.datetime | dt.date) -> str:
    """Write how long ago or how far ahead something is ("3 hours ago", "in 6 days").

    A date without a time is counted from today in the active time zone, in days up to five weeks.
    """
    locale = active_locale()
    if isinstance(moment, dt.datetime):
        return str(format_timedelta(moment - timezone.now(), threshold=1, add_direction=True, locale=locale))
    days = (moment - timezone.localdate()).days
    if days == 0:
        return _("today")
    delta = dt.timedelta(days=days)
    return str(format_timedelta(delta, granularity="day", threshold=5, add_direction=True, locale=locale))


def format_place(code: str, name: str) -> str:
    """Name a country or region in the active language.

    `name`: the one kept here. Where it is not the one that the standard gives in English, it stands as it is.
    """
    locale = active_locale()
    kept = _locale("en").territories.get(code, "").casefold() != name.casefold()
    text = name if kept or locale.language == "en" else str(locale.territories.get(code, name))
    return text[:1].upper() + text[1:]


def alphabetical(text: str) -> str:
    """A key by which names stand in the order of the alphabet, whatever their accents and capitals."""
    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign)).casefold()


def format_language(tag: str) -> str:
    """Name the language of a tag like fr or zh-Hans; the tag itself where it is not known."""
    try:
        return str(Locale.parse(tag, sep="-").get_display_name(active_locale()) or tag)
    except (UnknownLocaleError, ValueError):
        return tag


def _local(moment: dt.datetime) -> dt.datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment
