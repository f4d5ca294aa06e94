"""Names in comments: who is meant, and how the text is cut."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assessments.mentions import handles, mentioned, pieces, unmatched

PEOPLE = [(1, "Amina Oru"), (2, "Aldo Reyes"), (3, "Aldo Mbeki"), (4, "Jean-Luc d'Arc"), (5, "Vera")]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("@Amina please look", [1]),
        ("@amina oru, and @VERA.", [1, 5]),
        ("@Amina\n  Oru", [1]),
        ("@Aldo who of the two?", []),
        ("@Aldo Mbeki and again @aldo mbeki", [3]),
        ("ask @Jean-Luc d'Arc!", [4]),
        ("mail to x@vera.example", []),
        ("@Veranda", []),
        ("@", []),
        ("(@Vera)", [5]),
    ],
)
def test_whole_names_and_first_names_that_only_one_person_has(text: str, wanted: list[int]) -> None:
    assert mentioned(text, handles(PEOPLE)) == wanted


def test_of_two_people_with_one_name_neither_is_meant() -> None:
    assert mentioned("@Aldo Reyes", handles([(1, "Aldo Reyes"), (2, "aldo  reyes")])) == []


def test_the_names_in_a_text_stand_out() -> None:
    found = pieces("So @Vera, look", handles(PEOPLE))
    assert [(piece.text, piece.mention) for piece in found] == [("So ", False), ("@Vera", True), (", look", False)]


@given(st.text(alphabet="@ VeraAldoßıİſK\n.", max_size=60), st.lists(st.text(max_size=12), max_size=5))
def test_cut_text_is_the_text_and_only_known_people_are_named(text: str, names: list[str]) -> None:
    known = handles(enumerate([*names, "Vera", "Aldo ßen", "İpek"]))
    assert "".join(piece.text for piece in pieces(text, known)) == text
    assert set(mentioned(text, known)) <= set(known.values())


def test_words_behind_an_at_that_name_nobody_are_found() -> None:
    known = handles([(1, "Amina Oru"), (2, "Aldo Verne")])
    assert unmatched("@Amina Oru, @Nobody, @aldo; mail a@b.example, @Nobody @Ald", known) == ["Nobody", "Ald"]
    assert unmatched("@Nobody", {}) == ["Nobody"]
