"""The engine's values in words: every kind, in every direction of writing, for whatever the engine says."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.translation import override
from hypothesis import HealthCheck, given, settings

from cooperation import matching
from cooperation.matching import KINDS, Shown
from cooperation.selectors.wording import OPEN_ENDED_FROM, Presenter, listed
from tests.cooperation.matching.builders import AS_OF, RATES
from tests.cooperation.matching.strategies import needs, offers

EXAMPLES: dict[str, tuple[Any, str]] = {
    "none": (None, "–"),
    "not_disclosed": (None, "not disclosed"),
    "no_limit": (None, "no limit"),
    "yes_no": (True, "yes"),
    "count": (1200, "1,200"),
    "days": (1, "1 day"),
    "level": (2, "level 2"),
    "gender_marker": (None, "not screened"),
    "share": (125_000, "12.5\u00a0%"),
    "date": ("2026-06-01", "1 Jun 2026"),
    "period": (("2026-06-01", "2026-07-01"), "1 Jun 2026 to 1 Jul 2026"),
    "open_period": ((None, "2026-07-01"), "until 1 Jul 2026"),
    "money": ((12_345_50, "USD"), "USD 12,345.50"),
    "money_band": ((5_000_000, 20_000_000, "USD"), "USD 50,000 to USD 200,000"),
    "limits": ((None, (100, "USD"), (900, "USD")), "USD 9 left and at most USD 1 a request"),
    "in_kind": (3, "3 requests"),
    "party": ("p-1", "Amber Fund"),
    "territory": ("XA", "Aldoria"),
    "territories": ((("XA",), ("XB",)), "Aldoria, but not XB"),
    "area": ("STO", "Stockpile management"),
    "language": ("fr", "French"),
    "applicant_kind": ("state", "States"),
    "areas": (("MAR", "STO"), "Marking and Stockpile management"),
    "types": (("TRAIN",), "Training and mentoring"),
    "technologies": (("marking",), "Marking"),
    "lenses": ((), "–"),
    "languages": (("en", "zh-hans"), "English and Chinese"),
    "strategies": (("a plan",), "a plan"),
    "applicant_kinds": (("ngo",), "Non-governmental organisations"),
    "tier": ("critical", "critical"),
    "rules": (("area", "type"), "Functional area and Type of assistance"),
    "criterion": ("budget", "Budget"),
    "text": ("as given", "as given"),
    "texts": (("coast", "north"), "coast and north"),
    "readiness": ((("baseline", 500_000), ("co_funding", ("not_disclosed",))), "endorsed baseline: 50\u00a0% and"),
    "priorities": ((("areas", ("STO",)), ("lenses", ("not_disclosed",))), "Stockpile management and not disclosed"),
}
PRESENTER = Presenter({"p-1": "Amber Fund", "XA": "Aldoria"})


def test_there_is_an_example_of_every_kind() -> None:
    assert set(EXAMPLES) == KINDS


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_every_kind_is_written(kind: str) -> None:
    value, words = EXAMPLES[kind]
    assert words in PRESENTER.show(Shown(kind, value))


@pytest.mark.parametrize("kind", sorted(EXAMPLES))
def test_every_kind_is_written_from_right_to_left_too(kind: str) -> None:
    with override("ar"):
        assert PRESENTER.show(Shown(kind, EXAMPLES[kind][0]))


def test_the_last_band_of_amounts_has_no_end() -> None:
    band = Shown("money_band", (500_000_000, OPEN_ENDED_FROM, "USD"))
    assert PRESENTER.show(band) == "USD 5,000,000 or more"


def test_the_parts_of_a_list_keep_their_direction() -> None:
    with override("ar"):
        assert listed(["one", "two"]).count("\u2068") == 2
    assert listed(["one", "two"]) == "one and two"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(need=needs(), offer=offers())
def test_whatever_the_engine_says_can_be_written(need: matching.Need, offer: matching.Offer) -> None:
    explanation = matching.explain(need, offer, weights=matching.DEFAULT_WEIGHTS, rates=RATES, as_of=AS_OF)
    sentences = [rule.sentence for rule in explanation.rules] + [row.reason for row in explanation.ledger]
    if explanation.why_not:
        sentences.append(explanation.why_not.summary)
        sentences += [change.sentence for way in explanation.why_not.ways for change in way]
    for sentence in sentences:
        text = PRESENTER.sentence(sentence)
        assert text
        assert "%(" not in text
    for rule in explanation.rules:
        assert PRESENTER.show(rule.need_value)
        assert PRESENTER.show(rule.offer_value)
