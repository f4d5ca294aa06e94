"""How amounts, shares and times read."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest
import time_machine
from django.utils import timezone, translation
from hypothesis import given
from hypothesis import strategies as st

from wam_portal import formats

NOW = dt.datetime(2026, 11, 24, 14, 2, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (120_000_000, "USD", "USD 1,200,000"),
        (123_456, "EUR", "EUR 1,234.56"),
        (5_000, "JPY", "JPY 5,000"),
        (1_500, "KWD", "KWD 1.500"),
        (0, "USD", "USD 0"),
        (-5_050, "USD", "-USD 50.50"),
    ],
)
def test_money_is_written_with_its_code_and_the_currency_s_own_decimals(minor: int, currency: str, text: str) -> None:
    assert formats.format_money(minor, currency).replace("\xa0", " ") == text


@given(st.integers(-(10**15), 10**15), st.sampled_from(["USD", "JPY", "KWD"]))
def test_no_amount_is_rounded_away(minor: int, currency: str) -> None:
    written = formats.format_money(minor, currency)
    digits = "".join(c for c in written if c.isdigit() or c in ".-")
    assert Decimal(digits) == formats.major_units(minor, currency)


@pytest.mark.parametrize(
    ("minor", "text"), [(13_981_481, "EUR 140,000"), (123_456_789, "EUR 1,230,000"), (1_234, "EUR 12.30"), (0, "EUR 0")]
)
def test_what_is_known_roughly_keeps_three_digits(minor: int, text: str) -> None:
    assert formats.format_about(minor, "EUR").replace("\xa0", " ") == text


def test_places_are_named_in_the_language_of_the_reader_and_own_names_stand() -> None:
    assert (formats.format_place("011", "Western Africa"), formats.format_place("001", "world")) == (
        "Western Africa",
        "World",
    )
    with translation.override("fr"):
        assert formats.format_place("011", "Western Africa") == "Afrique occidentale"
        assert formats.format_place("057", "Micronesian Region") == "Région micronésienne"
        assert formats.format_place("XA", "Aldoria") == "Aldoria"
        assert formats.format_place("DE", "Our name for it") == "Our name for it"


def test_names_stand_in_the_order_of_the_alphabet_whatever_their_accents() -> None:
    assert sorted(["Zambie", "États-Unis", "espagne", "Égypte"], key=formats.alphabetical) == [
        "Égypte",
        "espagne",
        "États-Unis",
        "Zambie",
    ]


def test_money_follows_the_language() -> None:
    with translation.override("fr"):
        text = formats.format_money(123_456, "EUR")
    assert text.split() == ["EUR", "1", "234,56"]


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [(0, 84, "0"), (1, 1000, "1"), (999, 1000, "99"), (84, 84, "100"), (1, 3, "33")],
)
def test_only_everything_reads_a_hundred_and_only_nothing_zero(part: int, whole: int, text: str) -> None:
    assert formats.format_share(part, whole) == f"{text}\N{NO-BREAK SPACE}%"


def test_the_share_of_nothing_is_a_dash() -> None:
    assert formats.format_share(0, 0) == "–"


@pytest.mark.parametrize(("language", "text"), [("en", "1,234.5\u00a0%"), ("fr", "1\u202f234,5\u00a0%")])
def test_no_end_of_a_line_parts_a_percentage_from_its_sign(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.format_percent(1234.5, 1) == text


@pytest.mark.parametrize(("language", "text"), [("en", "Basis: law"), ("fr", "Basis\u00a0: law")])
def test_the_colon_after_a_label_stands_as_the_language_has_it(language: str, text: str) -> None:
    with translation.override(language):
        assert formats.format_labelled("Basis", "law") == text


@pytest.mark.parametrize(
    ("moment", "text"),
    [
        (NOW - dt.timedelta(hours=3), "3 hours ago"),
        (NOW + dt.timedelta(days=2), "in 2 days"),
        (NOW.date(), "today"),
        (NOW.date() + dt.timedelta(days=6), "in 6 days"),
        (NOW.date() - dt.timedelta(days=1), "1 day ago"),
        (NOW.date() + dt.timedelta(days=70), "in 10 weeks"),
    ],
)
def test_distance_is_told_in_the_unit_people_use(moment: dt.date, text: str) -> None:
    with time_machine.travel(NOW, tick=False):
        assert formats.format_distance(moment) == text


def test_time_is_written_in_the_active_time_zone_with_the_day_first() -> None:
    with timezone.override("Africa/Nairobi"):
        assert formats.format_moment(NOW) == "24 Nov 2026 17:02"
        assert formats.format_clock(NOW) == "17:02"


@pytest.mark.parametrize("language", ["en", "fr", "ar", "zh-hans", "ru", "es"])
def test_every_language_of_the_portal_is_known_to_the_formatter(language: str) -> None:
    with translation.override(language):
        assert formats.active_locale().language == language.split("-", maxsplit=1)[0]
