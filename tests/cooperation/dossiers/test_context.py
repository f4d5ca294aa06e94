"""The document holds what the keys allow and nothing else; what it says is ready to print."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from django.utils import translation

from assessments.public import ALL_KEYS, GrantLevel
from assessments.release_keys import ALWAYS, LEVEL_KEYS
from cooperation.dossiers.context import build_dossier
from cooperation.dossiers.inputs import dossier_input
from cooperation.dossiers.parts import Dossier
from cooperation.dossiers.rendering import dossier_source
from cooperation.dossiers.wording import band_text, period_text
from tests.cooperation.dossiers.samples import HASH, content, gap, need, released
from wam_portal.charts import FILLS
from wam_portal.documents import direction_of, scale_steps

CANARIES = {
    "objective": "Canary objective",
    "languages": "French",
    "gender_marker": "a significant aim",
    "oda_eligible": "Eligible as ODA",
    "authority": "Canary authority",
    "strategies": "Canary strategies",
    "baseline": "Canary framework",
    "needs.amount": "345,678",
    "needs.description": "Canary description 1",
    "needs.tier": 'class="tier tier-low"',
    "needs.includes": "maintenance, training",
    "needs.gaps": "Are armouries surveyed",
    "national_contribution": "87,654",
    "places": "Canary places",
    "beneficiaries": "Canary beneficiaries",
    "what_exists": "Canary what_exists",
    "who_helps": "Canary who_helps",
    "sustainability": "Canary sustainability",
    "expected_results": "Canary expected_results",
    "contact": "Canary contact",
    "profile": "Transfer controls",
    "needs.gap_causes": "Canary cause STO-7",
}
"""A text for each key that is not in every level; it stands in the document exactly when the key is allowed."""


def document(keys: frozenset[str], **changes: object) -> str:
    """The sample's document in HTML, as a grant with `keys` gets it."""
    source = dossier_input(released(keys=keys, **changes), for_party="Amber Fund", language="en")
    return html.unescape(dossier_source(source).html)


def built(language: str = "en", **changes: object) -> Dossier:
    """The parts of the sample's document."""
    with translation.override(language):
        return build_dossier(dossier_input(released(**changes), for_party="Amber Fund", language=language))


def shown(text: str) -> set[str]:
    """The keys whose canary stands in the text."""
    return {key for key, canary in CANARIES.items() if canary in text}


def test_there_is_a_canary_for_every_key_that_can_be_withheld() -> None:
    assert CANARIES.keys() == ALL_KEYS - ALWAYS


@pytest.mark.parametrize("level", [GrantLevel.SUMMARY, GrantLevel.GAPS, GrantLevel.DOSSIER])
def test_a_level_shows_exactly_its_keys(level: GrantLevel) -> None:
    keys = LEVEL_KEYS[level]
    assert shown(document(keys, level=level)) == keys - ALWAYS


@pytest.mark.parametrize("key", sorted(CANARIES))
def test_a_key_that_is_withheld_takes_its_text_and_no_other_away(key: str) -> None:
    # Causes name their indicator, so they are shown on their own where the gaps are withheld.
    assert shown(document(ALL_KEYS - {key}, level="custom")) == CANARIES.keys() - {key}


@pytest.mark.parametrize("key", sorted(CANARIES))
def test_a_key_that_is_granted_alone_brings_its_text_and_no_other(key: str) -> None:
    assert shown(document(ALWAYS | {key}, level="custom")) == {key}


def test_the_least_document_holds_state_area_type_period_band_and_no_empty_section() -> None:
    text = document(ALWAYS, level="custom")
    for words in ("Republic of Aravia", "Stockpile management", "Training and mentoring", "1 Jan 2027", "200,000"):
        assert words in text
    assert re.findall(r"<section id=\"([a-z]+)\"", text) == ["summary", "needs", "budget", "trace"]


def test_contents_name_the_sections_that_are_there_and_no_others() -> None:
    for keys in (ALL_KEYS, ALWAYS, ALL_KEYS - {"contact"}):
        text = document(keys)
        sections = re.findall(r"<section id=\"([a-z]+)\"", text)
        assert re.findall(r"<th scope=\"row\"><a href=\"#([a-z]+)\"", text) == sections


def test_the_copy_of_a_grant_names_recipient_grant_and_last_day() -> None:
    parts = built()
    text = " ".join(parts.confidentiality)
    assert "Amber Fund" in text
    assert "7d6b1f7e-3c1e-4d0a-9a4c-0f5a3c9e1b22" in text
    assert "1 Sept 2026" in text
    assert parts.head_mark == "Made for Amber Fund"


def test_a_grant_that_ends_at_midnight_is_said_to_hold_until_the_day_before() -> None:
    midnight = replace(released(), expires_at=datetime(2026, 9, 1, tzinfo=UTC))
    assert dossier_input(midnight, for_party="X", language="en").mark.expires_on == "2026-08-31"


def test_a_draft_says_so_everywhere_and_binds_no_hash() -> None:
    draft = released(grant=False, draft=True)
    text = dossier_source(dossier_input(draft, for_party="Aravia", language="en")).html
    assert 'class="watermark"' in text
    assert "Draft, not endorsed" in text
    assert "SHA-256" not in re.sub(r"Hash of the baseline \(SHA-256\)", "", text)


def test_an_endorsed_national_copy_carries_no_watermark_and_its_hash() -> None:
    own = released(grant=False)
    text = dossier_source(dossier_input(own, for_party="Aravia", language="en")).html
    assert "watermark" not in text
    assert HASH in text


def test_dates_come_from_the_content() -> None:
    assert built().created == "2026-06-01T00:00:00Z"
    assert built(grant=False).created == "2026-05-20T00:00:00Z"
    assert built(grant=False, draft=True).created == ""


def test_text_of_the_state_is_escaped() -> None:
    evil = '<img src="http://evil.example/x.png"><link rel="attachment" href="file:///etc/passwd">'
    source = dossier_input(released(objective=evil, title=evil), for_party=evil, language="en")
    text = dossier_source(source).html
    assert "<img" not in text
    assert 'rel="attachment"' not in text
    assert "&lt;img" in text


def test_an_empty_text_that_may_be_shown_is_said_to_be_missing() -> None:
    parts = built(who_helps="")
    helps = next(text for text in parts.context if text.anchor == "who-helps")
    assert helps.paragraphs == ("The State has not stated this.",)


def test_sums_add_up_to_the_last_unit() -> None:
    budget = built().budget
    assert budget.total == "USD 558,023"
    assert budget.national == "USD 87,654"
    assert budget.together == "USD 645,677"
    assert [line.share for line in budget.lines] == ["62\u00a0%", "38\u00a0%"]


def test_a_need_without_a_sum_leaves_only_bands_to_be_added() -> None:
    one, two = need(1, "STO", 100, []), need(2, "REC", None, [], amount_band=None)
    budget = built(needs=[one, two]).budget
    assert not budget.exact
    assert budget.total == "USD 200,000 or more"
    assert [line.share for line in budget.lines] == ["", ""]


@pytest.mark.parametrize(
    ("band", "text"),
    [
        (None, "not stated"),
        ({"low": 0, "high": 5_000_000}, "under USD 50,000"),
        ({"low": 5_000_000, "high": 20_000_000}, "USD 50,000 – USD 200,000"),
        ({"low": 500_000_000, "high": None}, "USD 5,000,000 or more"),
    ],
)
def test_bands_read_as_sums(band: dict[str, int | None] | None, text: str) -> None:
    assert band_text(band, "USD") == text


def test_a_period_that_is_not_stated_is_said_to_be_missing() -> None:
    assert period_text({"start": None, "end": None}) == "not stated"
    assert period_text({"start": "2027-01-01", "end": None}) == "from 1 Jan 2027"
    assert period_text({"start": None, "end": "2027-01-01"}) == "until 1 Jan 2027"


@pytest.mark.parametrize(
    ("text", "direction"), [("Stores", "ltr"), ("مخازن", "rtl"), ("12 مخزن A", "rtl"), ("123 !", "ltr"), ("", "ltr")]
)
def test_a_text_is_set_in_the_direction_of_its_first_letter(text: str, direction: str) -> None:
    assert direction_of(text) == direction


def test_arabic_documents_run_from_right_to_left_with_english_text_from_left_to_right() -> None:
    parts = built("ar")
    assert parts.direction == "rtl"
    assert parts.objective is not None
    assert parts.objective.direction == "ltr"


def test_the_scale_shades_what_is_reached_and_frames_the_target() -> None:
    steps = scale_steps(2, 4)
    assert [step.reached for step in steps] == [True, True, False, False]
    assert [step.target for step in steps] == [False, False, False, True]
    assert [step.fill for step in steps][2:] == ["#ffffff", "#ffffff"]
    assert steps[0].fill == FILLS["level-1"]


def test_the_boxes_bear_the_numbers_of_a_scale_that_does_not_start_at_one() -> None:
    steps = scale_steps(1, 3, options=4, numbers=(0, 1, 2, 3))
    assert [(step.number, step.reached, step.target) for step in steps] == [
        ("0", True, False),
        ("1", False, False),
        ("2", False, True),
        ("3", False, False),
    ]


def test_the_mirrored_scale_begins_on_the_right() -> None:
    assert [step.x for step in scale_steps(1, 3, mirrored=True)] == [step.x for step in scale_steps(1, 3)][::-1]


@pytest.mark.parametrize(("level", "target"), [(0, 1), (1, 1), (0, 0), (5, 5), (1, 7)])
def test_scales_of_any_length_can_be_drawn(level: int, target: int) -> None:
    assert len(scale_steps(level, target)) == max(1, target)


def test_a_scale_of_great_numbers_is_told_and_not_drawn() -> None:
    assert len(scale_steps(3, 12)) == 12
    assert scale_steps(10, 30) == ()


def test_a_gap_linked_to_two_needs_counts_once() -> None:
    shared = gap("STO-2", "Question?", 1, 4, "critical", 900_000)
    parts = built(needs=[need(1, "STO", 100, [shared]), need(2, "REC", 100, [shared])])
    facts = {fact.label: fact.value for fact in parts.summary}
    assert facts["Gaps answered"] == "1"


def test_a_profile_of_two_areas_is_drawn_as_bars_only() -> None:
    parts = built(profile=content()["profile"][:2])
    assert parts.evidence is not None
    assert parts.evidence.profile is None
    assert parts.evidence.profile_bars is not None


def test_a_gap_that_weighs_more_than_its_area_can_go_beyond_a_hundred() -> None:
    heavy = gap("STO-3", "Question?", 1, 4, "critical", 1_125_000)
    parts = built(needs=[need(1, "STO", 100, [heavy])])
    assert parts.evidence is not None
    assert parts.evidence.severity is not None
    assert [str(cell) for cell in parts.evidence.severity.figures.rows[0][:2]] == ["STO-3", "112"]


def test_only_the_most_severe_of_many_gaps_are_drawn_and_all_are_listed() -> None:
    gaps = [gap(f"STO-{number:02d}", "Question?", 1, 4, "high", number * 10_000) for number in range(1, 31)]
    parts = built(needs=[need(1, "STO", 100, gaps)])
    assert parts.evidence is not None
    assert parts.evidence.severity is not None
    assert [bar.name for bar in parts.evidence.severity.bars] == [f"STO-{n:02d}" for n in range(30, 10, -1)]
    assert "the first 20 of 30" in parts.evidence.severity.title
    assert len(parts.needs[0].gaps or ()) == 30


def test_the_arrow_from_level_to_target_points_in_the_direction_of_reading() -> None:
    def arrows(language: str, question: str) -> set[str]:
        gaps = [gap("STO-01", question, 1, 4, "high", 10_000)]
        content = released(needs=[need(1, "STO", 100, gaps)])
        source = dossier_input(content, for_party="Amber Fund", language=language)
        return set(re.findall("[←→]", dossier_source(source).html))

    # English words in an Arabic document stand in their own order, and so does what lies between them.
    assert (arrows("en", "Is it so?"), arrows("ar", "Is it so?")) == ({"→"}, {"→"})
    assert arrows("ar", "هل الأمر كذلك؟") == {"←"}
