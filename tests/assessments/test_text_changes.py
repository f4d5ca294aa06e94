"""What changed between two texts, for people to read."""

from __future__ import annotations

import time
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from assessments.text_changes import Change, word_changes

WORDS = st.lists(st.sampled_from(["depot", "law", "is", "not", "guarded", "\n", "  "]), max_size=30).map(" ".join)


def test_single_words_are_shown_as_changed_and_not_the_whole_text() -> None:
    runs = word_changes("The depot is guarded by two people.", "The depot is not guarded by two officers.")
    assert [(run.change.value, run.text) for run in runs] == [
        ("same", "The depot is "),
        ("added", "not "),
        ("same", "guarded by two "),
        ("removed", "people."),
        ("added", "officers."),
    ]


def test_a_rewritten_text_is_shown_old_and_new_and_not_mixed() -> None:
    old = "All agencies keep the register of the depot."
    new = "First the police will take over the records, then the ministry signs."
    assert [(run.change.value, run.text) for run in word_changes(old, new)] == [("removed", old), ("added", new)]


def test_a_text_that_only_grew_keeps_what_was_there() -> None:
    old = "The depot is guarded."
    runs = word_changes(old, f"{old} Two officers are there at night, and a third one at weekends and holidays.")
    assert (runs[0].change.value, runs[0].text, len(runs)) == ("same", old, 2)


@given(WORDS | st.text(max_size=80), WORDS | st.text(max_size=80))
def test_both_texts_can_be_read_from_the_changes(old: str, new: str) -> None:
    runs = word_changes(old, new)
    assert "".join(run.text for run in runs if run.change is not Change.ADDED) == old
    assert "".join(run.text for run in runs if run.change is not Change.REMOVED) == new
    assert all(run.text for run in runs)
    assert all(one.change is not two.change for one, two in pairwise(runs))


def test_long_texts_without_likeness_are_compared_in_no_time() -> None:
    old, new = ("a b " * 2000, "b c a " * 1300)
    started = time.perf_counter()
    runs = word_changes(old, new)
    assert time.perf_counter() - started < 1
    assert "".join(run.text for run in runs if run.change is not Change.ADDED) == old
