"""Money as people type it, in minor units or refused with a sentence."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django import forms
from django.core.exceptions import ValidationError

from wam_portal.errors import Invalid
from wam_portal.forms import AmountField, add_errors, format_minor, parse_money, validate_currency


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [("120000", "USD", 12_000_000), ("80000.5", "EUR", 8_000_050), ("250", "JPY", 250), ("1.125", "KWD", 1125)],
)
def test_whole_units_become_minor_units_of_the_currency(typed: str, currency: str, minor: int) -> None:
    assert parse_money(Decimal(typed), currency) == minor
    assert format_minor(minor, currency) == Decimal(typed)


@pytest.mark.parametrize(
    ("typed", "currency", "words"),
    [
        ("-1", "USD", "negative"),
        ("1.001", "USD", "small parts"),
        ("0.5", "JPY", "small parts"),
        ("1e15", "USD", "large"),
    ],
)
def test_what_is_no_amount_of_the_currency_is_refused(typed: str, currency: str, words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        parse_money(Decimal(typed), currency)


@pytest.mark.parametrize("typed", ["80,000", "80 000", "eighty"])
def test_a_grouped_number_is_not_guessed_but_explained(typed: str) -> None:
    with pytest.raises(ValidationError, match="digits only"):
        AmountField().clean(typed)


def test_only_currencies_that_exist_are_taken() -> None:
    validate_currency("XOF")
    with pytest.raises(ValidationError, match="three letters"):
        validate_currency("ZZZ")


def test_errors_of_a_service_stand_beside_their_field_or_on_top() -> None:
    class AmountForm(forms.Form):
        amount = AmountField()

    form = AmountForm({"amount": "1"})
    add_errors(form, Invalid({"amount": ["Too little."], "elsewhere": ["Somebody was faster."]}))
    assert form.errors == {"amount": ["Too little."], "__all__": ["Somebody was faster."]}
