"""Loading dated exchange rates."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from datetime import date
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext as _

from cooperation.models import Rate, RateSet
from wam_portal.access import AnyViewer
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid
from wam_portal.money import currency_codes

COLUMNS = ("currency", "usd_per_unit")
MAX_DECIMALS = 9
MAX_RATE = Decimal(10) ** 9


def load_rates(*, lines: Iterable[str], dated: date, source: str, actor: AnyViewer | None) -> RateSet:
    """Store the rates of one day from CSV text with the columns `currency` and `usd_per_unit`.

    `usd_per_unit`: what one unit of the currency is worth in US dollars. A day's rates are never changed once loaded,
    because match runs refer to them. Raises `Invalid` with every faulty line at once.
    """
    problems: list[str] = []
    rates = _read(lines, problems)
    if not source.strip():
        problems.append(_("Name the source of the rates."))
    if RateSet.objects.filter(dated=dated).exists():
        problems.append(_("The rates of %(day)s are loaded already and are not changed.") % {"day": dated.isoformat()})
    if problems:
        raise Invalid({"": problems})
    with audited():
        row = RateSet.objects.create(dated=dated, source=source.strip())
        Rate.objects.bulk_create(
            Rate(rate_set=row, currency=code, usd_per_unit=value) for code, value in sorted(rates.items())
        )
        record(verb="rates.loaded", target=row, actor=actor, changes={"dated": dated.isoformat(), "rates": len(rates)})
    return row


def _read(lines: Iterable[str], problems: list[str]) -> dict[str, Decimal]:
    reader = csv.DictReader(lines)
    if tuple(reader.fieldnames or ()) != COLUMNS:
        problems.append(_("The first line must be: %(columns)s") % {"columns": ",".join(COLUMNS)})
        return {}
    rates: dict[str, Decimal] = {}
    for row in reader:
        code = (row["currency"] or "").strip()
        fault = _fault(code, row["usd_per_unit"] or "", rates)
        if fault:
            problems.append(_("Line %(line)d: %(fault)s") % {"line": reader.line_num, "fault": fault})
        else:
            rates[code] = Decimal((row["usd_per_unit"] or "").strip())
    if not rates and not problems:
        problems.append(_("The file holds no rates."))
    return rates


def _fault(code: str, text: str, known: dict[str, Decimal]) -> str:
    if code not in currency_codes():
        return _("“%(code)s” is no ISO 4217 currency code.") % {"code": code}
    if code in known:
        return _("%(code)s stands twice.") % {"code": code}
    try:
        return _fault_of_value(code, Decimal(text.strip()))
    except InvalidOperation:
        return _("“%(text)s” is no number.") % {"text": text}


def _fault_of_value(code: str, value: Decimal) -> str:
    if not value.is_finite() or not 0 < value < MAX_RATE:
        return _("A rate must be above zero and below a thousand million.")
    if value != round(value, MAX_DECIMALS):
        return _("A rate has at most %(count)d decimals.") % {"count": MAX_DECIMALS}
    if code == "USD" and value != 1:
        return _("One US dollar is worth one US dollar.")
    return ""
