"""Money as integers in minor units; the exponent of a currency comes from babel's CLDR data."""

from __future__ import annotations

from functools import cache
from typing import Final

from babel.core import get_global
from babel.numbers import get_currency_precision
from django.utils.translation import gettext as _

NO_MONEY: Final = frozenset(["XXX", "XTS", "XAG", "XAU", "XPD", "XPT", "XBA", "XBB", "XBC", "XBD"])


@cache
def currency_codes() -> frozenset[str]:
    """All ISO 4217 codes that babel knows, but those that are no money: tests, metals, bond units."""
    return frozenset(get_global("all_currencies")) - NO_MONEY


def currency_problem(code: str) -> str:
    """What is wrong with the code of a currency, in words; nothing for one that is known."""
    if code in currency_codes():
        return ""
    return _("“%(code)s” is no currency that is known. Give its three letters, such as USD or EUR.") % {"code": code}


@cache
def minor_per_unit(currency: str) -> int:
    """How many minor units make one unit: 100 for USD, 1 for JPY, 1000 for KWD."""
    return int(10 ** get_currency_precision(currency))
