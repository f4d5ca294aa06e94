"""Word differences: nothing of either text is lost, and only what differs is marked."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assessments.text_differences import Run, word_differences

TEXTS = st.text(alphabet="ab é.,\n", max_size=60)


@given(TEXTS, TEXTS)
def test_both_texts_can_be_put_together_again(before: str, after: str) -> None:
    runs = word_differences(before, after)
    assert "".join(run.text for run in runs if run.kind != "new") == before
    assert "".join(run.text for run in runs if run.kind != "gone") == after
    assert all(run.text for run in runs)
    assert (before == after) == all(run.kind == "same" for run in runs)


def test_a_changed_word_is_marked_and_the_rest_is_not() -> None:
    assert word_differences("A decree is in force.", "A law is in force.") == (
        Run("same", "A "),
        Run("gone", "decree"),
        Run("new", "law"),
        Run("same", " is in force."),
    )


def test_very_long_texts_are_shown_whole_instead_of_compared_for_seconds() -> None:
    before, after = "a " * 3000, "b " * 3000
    assert word_differences(before, after) == (Run("gone", before), Run("new", after))


def test_a_rewritten_text_is_shown_whole_before_and_after() -> None:
    before, after = "All agencies keep the register.", "From May the police takes over the records."
    assert word_differences(before, after) == (Run("gone", before), Run("new", after))
