"""Sentences that are stored in one language and read in another."""

from __future__ import annotations

import copy
import json

from django.utils import translation
from django.utils.translation import gettext_lazy

from wam_portal.errors import Invalid
from wam_portal.sentences import in_a_row, say_again, sentence, sentence_of


def test_a_stored_sentence_is_said_in_the_language_of_its_reader() -> None:
    made = sentence("Use at most %(limit)d characters; this has %(count)d.") % {"limit": 10, "count": 12}
    assert made == "Use at most 10 characters; this has 12."
    stored = json.loads(json.dumps(made.as_json()))
    with translation.override("fr"):
        said = say_again(stored)
    assert said != made
    assert ("10" in said, "12" in said) == (True, True)
    with translation.override("en"):
        assert say_again(said.as_json()) == made


def test_a_message_that_passes_through_an_error_or_is_copied_remembers_what_it_was_made_of() -> None:
    [passed] = Invalid({"why": [sentence("Say why you chose this.")]}).errors["why"]
    for one in (passed, copy.deepcopy(passed)):
        assert sentence_of(one).as_json() == {"source": "Say why you chose this.", "values": {}}


def test_sentences_in_a_row_and_texts_translated_late_are_said_again() -> None:
    row = in_a_row([gettext_lazy("Say why you chose this."), sentence("Choose a file.")])
    assert row == "Say why you chose this. Choose a file."
    with translation.override("fr"):
        assert say_again(row.as_json()) == f"{sentence('Say why you chose this.')} {sentence('Choose a file.')}"
