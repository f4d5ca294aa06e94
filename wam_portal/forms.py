"""What the forms of both apps share: messages in the portal's own words, errors from services, and money."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError
from django.utils.choices import flatten_choices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from wam_portal.errors import Invalid
from wam_portal.formats import format_day, format_moment
from wam_portal.money import currency_problem, minor_per_unit

MAX_MINOR = 10**15
NOT_LISTED: Final = gettext_lazy("Choose from those listed; “%(value)s” is not among them.")
MESSAGES: Final[Mapping[type[forms.Field], Mapping[str, Any]]] = {
    forms.Field: {
        "required": gettext_lazy("Fill this in."),
        "min_value": gettext_lazy("Give %(limit_value)s or more."),
        "max_value": gettext_lazy("Give %(limit_value)s or less."),
        "max_length": gettext_lazy("Write at most %(limit_value)s characters; these are %(show_value)s."),
    },
    forms.BooleanField: {"required": gettext_lazy("Tick this to go on.")},
    forms.IntegerField: {"invalid": gettext_lazy("Write a whole number, in digits.")},
    forms.DecimalField: {
        "invalid": gettext_lazy("Write a number, in digits."),
        "max_digits": gettext_lazy("Write a number of at most %(max)s digits."),
        "max_decimal_places": gettext_lazy("Write at most %(max)s digits after the point."),
        "max_whole_digits": gettext_lazy("Write at most %(max)s digits before the point."),
    },
    forms.DateField: {"required": gettext_lazy("Give a day."), "invalid": gettext_lazy("Give a day, like 2026-03-31.")},
    forms.EmailField: {"invalid": gettext_lazy("Write an email address, like name@example.org.")},
    forms.FileField: {"required": gettext_lazy("Choose a file."), "empty": gettext_lazy("This file is empty.")},
    forms.ChoiceField: {"required": gettext_lazy("Choose one."), "invalid_choice": NOT_LISTED},
    forms.MultipleChoiceField: {"required": gettext_lazy("Choose at least one."), "invalid_choice": NOT_LISTED},
    forms.ModelChoiceField: {"required": gettext_lazy("Choose one."), "invalid_choice": NOT_LISTED},
    forms.ModelMultipleChoiceField: {"required": gettext_lazy("Choose at least one."), "invalid_choice": NOT_LISTED},
}
"""What a field says by itself; a field of a form may say something better fitting."""


def use_own_messages() -> None:
    """Have every field of every form speak in the portal's words, not in the framework's. Runs once, at the start.

    A day is read in one way only: 01/02/2027 is a day in January to some and in February to others.
    """
    forms.DateField.input_formats = ["%Y-%m-%d"]
    for kind, messages in MESSAGES.items():
        kind.default_error_messages = {**vars(kind).get("default_error_messages", {}), **messages}


def add_errors(form: forms.BaseForm, invalid: Invalid) -> None:
    """Put a service's errors beside the fields they are about; those of no field of this form go on top."""
    for field, messages in invalid.errors.items():
        for message in messages:
            form.add_error(field if field in form.fields else None, message)


def add_other_errors(form: forms.BaseForm, errors: Mapping[str, Any]) -> None:
    """What a service says of the fields in which the form itself found nothing, so that all is told at once."""
    add_errors(form, Invalid({field: texts for field, texts in errors.items() if field not in form.errors}))


def add_conflict(form: forms.BaseForm, stored: forms.BaseForm, message: str) -> None:
    """Say on top that somebody saved before, and beside each field that differs what is stored now.

    What was typed stays in the valid `form`; `stored` is the same form filled with what they saved.
    """
    text = _("%(what)s What you typed is kept. Compare it with what is stored, then save once more to replace that.")
    form.add_error(None, text % {"what": message})
    for name, field in form.fields.items():
        typed, there = form[name].data, stored[name].value()
        # Compared as it is stored, and shown as the form shows it.
        before = _one_way(stored.get_initial_for_field(stored.fields[name], name))
        if (typed or there) and field.has_changed(before, _one_way(typed)):
            words = _("Stored now: %(value)s") % {"value": _in_words(field, there) or _("nothing")}
            form.add_error(name, words)


def _one_way(value: Any) -> Any:
    """Browsers end lines of a text in their own way."""
    return value.replace("\r\n", "\n") if isinstance(value, str) else value


def _in_words(field: forms.Field, value: Any) -> str:
    """What a field shows for a value, to be read in a sentence."""
    if isinstance(value, list | tuple):
        return "; ".join(_in_words(field, one) for one in value)
    if isinstance(value, dt.datetime):
        return format_moment(value)
    if isinstance(value, dt.date):
        return format_day(value)
    if isinstance(field, forms.ChoiceField):
        choices: Any = field.choices
        labels: dict[Any, Any] = dict(flatten_choices(choices))
        return str(labels.get(value, value or ""))
    return "" if value is None else str(value)


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
    problem = currency_problem(code)
    if problem:
        raise ValidationError(problem)
