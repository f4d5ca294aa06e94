"""What the forms of both apps share: errors from services, and money."""

from __future__ import annotations

from decimal import Decimal

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wam_portal.errors import Invalid
from wam_portal.money import currency_codes, minor_per_unit

MAX_MINOR = 10**15


def add_errors(form: forms.BaseForm, invalid: Invalid) -> None:
    """Put a service's errors beside the fields they are about; those of no field of this form go on top."""
    for field, messages in invalid.errors.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def parse_money(value: Decimal, currency: str) -> int:
    """Whole units as typed, in minor units. Raises `ValidationError` for negative, too precise or absurd amounts."""
    if value < 0:
        raise ValidationError(_("An amount cannot be negative."))
    minor = value * minor_per_unit(currency)
    if minor != minor.to_integral_value():
        raise ValidationError(_("This currency has no such small parts."))
    if minor > MAX_MINOR:
        raise ValidationError(_("This amount is too large."))
    return int(minor)


def format_minor(minor: int | None, currency: str) -> Decimal | None:
    """Minor units as the number that a form shows."""
    if minor is None:
        return None
    per_unit = minor_per_unit(currency)
    return Decimal(minor) / per_unit if minor % per_unit else Decimal(minor // per_unit)


class AmountField(forms.DecimalField):
    """An amount in whole units; the form's `clean` turns it into minor units with `parse_money`."""

    def __init__(self, **options: object) -> None:
        options.setdefault("required", False)
        super().__init__(max_digits=18, decimal_places=3, min_value=Decimal(0), **options)  # type: ignore[arg-type]
        self.widget.attrs["inputmode"] = "decimal"
        self.error_messages["min_value"] = gettext_lazy("An amount cannot be negative.")
        # A comma may group thousands or begin the cents, depending on who writes it: money is not guessed.
        self.error_messages["invalid"] = gettext_lazy("Write digits only, with a point before cents: 80000.50")


def validate_currency(code: str) -> None:
    """Raise `ValidationError` unless `code` is an ISO 4217 code that babel knows."""
    if code not in currency_codes():
        raise ValidationError(_("Give the three letters of a currency, such as USD or EUR."))
