"""Money as people type it, in minor units or refused with a sentence."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError

from wam_portal.errors import Invalid
from wam_portal.forms import (
    AmountField,
    add_conflict,
    add_errors,
    add_other_errors,
    format_minor,
    parse_money,
    validate_currency,
)


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


def test_a_field_says_in_our_words_what_to_do() -> None:
    class PlainForm(forms.Form):
        name = forms.CharField(max_length=3)
        share = forms.IntegerField(min_value=1, max_value=100)
        day = forms.DateField()
        colours = forms.MultipleChoiceField(choices=[("red", "Red")])

    assert PlainForm({"name": "four", "share": "150", "day": "soon", "colours": ["grey"]}).errors == {
        "name": ["Write at most 3 characters; these are 4."],
        "share": ["Give 100 or less."],
        "day": ["Give a day, like 2026-03-31."],
        "colours": ["Choose from those listed; “grey” is not among them."],
    }
    assert PlainForm({}).errors == {
        "name": ["Fill this in."],
        "share": ["Fill this in."],
        "day": ["Give a day."],
        "colours": ["Choose at least one."],
    }


def test_other_errors_are_told_only_of_fields_in_which_nothing_was_found() -> None:
    class AmountForm(forms.Form):
        amount = AmountField()
        share = forms.IntegerField()

    form = AmountForm({"amount": "much", "share": "3"})
    add_other_errors(form, {"amount": ["Too little."], "share": ["Too few."]})
    assert form.errors == {"amount": ["Write digits only, with a point before cents: 80000.50"], "share": ["Too few."]}


def test_after_a_conflict_each_field_that_differs_says_what_is_stored() -> None:
    class PlanForm(forms.Form):
        title = forms.CharField()
        words = forms.CharField(required=False)
        day = forms.DateField()
        colours = forms.MultipleChoiceField(choices=[("r", "Red"), ("b", "Blue")])
        number = forms.IntegerField(required=False)
        note = forms.CharField(required=False)

    typed = {"title": "Mine", "words": "a\r\nb", "day": "2026-03-31", "colours": ["b"], "number": "", "note": "New"}
    form = PlanForm(typed)
    assert form.is_valid()
    stored = {"title": "Theirs", "words": "a\nb", "day": dt.date(2026, 4, 1), "colours": ["r", "b"], "number": 0}
    add_conflict(form, PlanForm(initial=stored), "Faster.")
    assert form.errors == {
        "__all__": [
            "Faster. What you typed is kept. Compare it with what is stored, then save once more to replace that."
        ],
        "title": ["Stored now: Theirs"],
        "day": ["Stored now: 1 Apr 2026"],
        "colours": ["Stored now: Red; Blue"],
        "note": ["Stored now: nothing"],
    }
    assert form["title"].value() == "Mine"


class EveryKind(forms.Form):
    title = forms.CharField()
    note = forms.CharField(widget=forms.Textarea)
    search = forms.CharField(widget=forms.TextInput(attrs={"type": "search"}))
    currency = forms.CharField(widget=forms.TextInput(attrs={"dir": "ltr"}))
    share = forms.IntegerField()
    day = forms.DateField(widget=forms.DateInput(attrs={"type": "date"}))
    email = forms.EmailField()
    password = forms.CharField(widget=forms.PasswordInput)
    link = forms.URLField(assume_scheme="https")
    colour = forms.ChoiceField(choices=[("red", "Red")])
    hidden = forms.CharField(widget=forms.HiddenInput)


def test_what_is_typed_is_read_in_the_direction_of_its_own_words_and_codes_from_left_to_right() -> None:
    form = EveryKind({"title": "Safe stores.", "note": "\n<Two> lines."})
    tags = {name: re.sub(r"\s+", " ", str(form[name])) for name in form.fields}
    directions = {name: re.findall(r' dir="(\w+)"', tag) for name, tag in tags.items()}
    assert {name: found for name, found in directions.items() if found} == {
        "title": ["auto"],
        "note": ["auto"],
        "search": ["auto"],
        "currency": ["ltr"],
    }
    assert 'value="Safe stores."' in tags["title"]
    assert "\n\n&lt;Two&gt; lines.</textarea>" in str(form["note"])


@pytest.mark.parametrize("pattern", [r"<input[^>]*type=\"(?:text|search)\"[^>]*>", r"<textarea[^>]*>"])
def test_fields_that_templates_write_themselves_say_their_direction(pattern: str) -> None:
    own = [path for path in Path(settings.BASE_DIR, "templates").rglob("*.html") if "widgets" not in path.parts]
    tags = [(path.name, tag) for path in own for tag in re.findall(pattern, path.read_text("utf-8"))]
    assert tags
    assert [(name, tag) for name, tag in tags if " dir=" not in tag] == []
