"""Documents in a language without words of the portal: English words in the direction of the language asked for."""

from __future__ import annotations

import pytest

from wam_portal.documents import isolated
from wam_portal.languages import document_languages


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("<p>No. 26 Nov 2026.</p>", '<p><span dir="ltr">No. 26 Nov 2026.</span></p>'),
        (
            "<p> 91 % <bdi>of all</bdi></p>",
            '<p><span dir="ltr"><span dir="ltr">91 %</span> <bdi><span dir="ltr">of all</span></bdi></span></p>',
        ),
        (
            "<p>91 % <bdi>تقييم</bdi></p>",
            '<p><span dir="ltr">91 %</span> <bdi>تقييم</bdi></p>',
        ),
        ("<p>تقييم 2026.</p>", "<p>تقييم 2026.</p>"),
        ("<p> \n </p>", "<p> \n </p>"),
        ('<svg direction="ltr"><text>1</text></svg>', '<svg direction="ltr"><text>1</text></svg>'),
    ],
)
def test_what_runs_from_left_to_right_is_kept_in_its_own_order(text: str, expected: str) -> None:
    page = "<head><title>No. 1</title></head><body>{}</body>"
    assert isolated(page.format(text)) == page.format(expected)


def test_choice_says_in_which_languages_the_words_are_english() -> None:
    offered = dict(document_languages())
    assert [code for code, name in offered.items() if "(the portal's words in English)" in name] == [
        code for code in offered if code not in {"en", "fr"}
    ]
