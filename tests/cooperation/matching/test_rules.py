"""Every hard rule, by worked examples: what is bent, and the reason that must come out."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from cooperation.matching import (
    NOT_DISCLOSED,
    RULES,
    Conditions,
    DeclinedPair,
    Money,
    MoneyBand,
    Need,
    Offer,
    Outcome,
    Period,
    Readiness,
    Shown,
    Territory,
)
from tests.cooperation.matching.builders import AS_OF, READY, explained, make_need, make_offer, rule_of

PASS, FAIL, ASK = Outcome.PASS, Outcome.FAIL, Outcome.UNDISCLOSED
NO_BASELINE = replace(READY, endorsed_baseline=False, baseline_endorsed_on=None)
HIDDEN = Readiness()

EXAMPLES: list[tuple[str, dict[str, Any], dict[str, Any], Outcome, str]] = [
    ("donor", {}, {}, PASS, "donor_is_other"),
    ("donor", {"requester_id": "donor-1"}, {}, FAIL, "donor_is_requester"),
    ("donor", {}, {"donor_territory": "XA"}, FAIL, "donor_is_requester"),
    ("donor", {}, {"donor_territory": "XB"}, PASS, "donor_is_other"),
    ("validity", {}, {"valid_from": AS_OF, "valid_until": AS_OF}, PASS, "offer_valid"),
    ("validity", {}, {"valid_from": date(2026, 6, 2)}, FAIL, "offer_not_yet_valid"),
    ("validity", {}, {"valid_until": date(2026, 5, 31)}, FAIL, "offer_expired"),
    ("geography", {}, {"included": frozenset({"XA"})}, PASS, "geography_country"),
    ("geography", {}, {"included": frozenset({"X10"})}, PASS, "geography_subregion"),
    ("geography", {}, {"included": frozenset({"X1"})}, PASS, "geography_region"),
    ("geography", {}, {"included": frozenset({"001"})}, PASS, "geography_global"),
    ("geography", {}, {"included": frozenset()}, PASS, "geography_global"),
    ("geography", {}, {"included": frozenset({"XB", "X2"})}, FAIL, "geography_not_included"),
    ("geography", {}, {"included": frozenset({"X1"}), "excluded": frozenset({"X10"})}, FAIL, "geography_excluded"),
    ("geography", {}, {"included": frozenset({"XA"}), "excluded": frozenset({"X1"})}, PASS, "geography_country"),
    ("geography", {}, {"included": frozenset({"XA"}), "excluded": frozenset({"XA"})}, FAIL, "geography_excluded"),
    ("geography", {}, {"included": frozenset(), "excluded": frozenset({"X1"})}, FAIL, "geography_excluded"),
    ("geography", {}, {"included": frozenset(), "excluded": frozenset({"X2"})}, PASS, "geography_global"),
    ("geography", {"state": Territory("XQ")}, {"included": frozenset({"001"})}, PASS, "geography_global"),
    ("geography", {"state": Territory("XQ", ("X9",))}, {"included": frozenset({"X9"})}, PASS, "geography_region"),
    ("area", {}, {}, PASS, "area_named"),
    ("area", {}, {"areas": frozenset()}, PASS, "area_open"),
    ("area", {"area": "LEG"}, {}, FAIL, "area_not_covered"),
    ("type", {"types": frozenset({"TRAIN", "LEGAL"})}, {}, PASS, "type_shared"),
    ("type", {}, {"types": frozenset()}, PASS, "type_open"),
    ("type", {"types": frozenset({"LEGAL"})}, {}, FAIL, "type_not_offered"),
    ("period", {}, {"period": Period(date(2026, 12, 31), date(2027, 6, 30))}, PASS, "period_overlaps"),
    ("period", {}, {"period": Period(date(2025, 1, 1), date(2026, 7, 1))}, PASS, "period_overlaps"),
    ("period", {}, {"period": Period(date(2027, 1, 1), date(2027, 6, 30))}, FAIL, "period_apart"),
    ("period", {}, {"period": Period(date(2025, 1, 1), date(2026, 6, 30))}, FAIL, "period_apart"),
    ("applicant", {}, {}, PASS, "applicant_accepted"),
    ("applicant", {}, {"applicant_kinds": frozenset()}, PASS, "applicant_open"),
    ("applicant", {"applicant_kind": "regional"}, {}, FAIL, "applicant_not_accepted"),
    ("language", {"languages": ("en", "fr")}, {}, PASS, "language_shared"),
    ("language", {"languages": ("en",)}, {"languages": frozenset()}, PASS, "language_open"),
    ("language", {"languages": ("en",)}, {}, FAIL, "language_not_shared"),
    ("language", {"languages": NOT_DISCLOSED}, {}, ASK, "language_not_disclosed"),
    ("language", {"languages": NOT_DISCLOSED}, {"languages": frozenset()}, PASS, "language_open"),
    ("endorsed_baseline", {"readiness": NO_BASELINE}, {}, PASS, "baseline_not_required"),
    ("endorsed_baseline", {}, {"conditions": Conditions(endorsed_baseline=True)}, PASS, "baseline_endorsed"),
    (
        "endorsed_baseline",
        {"readiness": NO_BASELINE},
        {"conditions": Conditions(endorsed_baseline=True)},
        FAIL,
        "baseline_not_endorsed",
    ),
    (
        "endorsed_baseline",
        {"readiness": HIDDEN},
        {"conditions": Conditions(endorsed_baseline=True)},
        ASK,
        "baseline_not_disclosed",
    ),
    ("gender_marker", {"gender_marker": None}, {}, PASS, "gender_not_required"),
    ("gender_marker", {}, {"conditions": Conditions(min_gender_marker=1)}, PASS, "gender_reached"),
    ("gender_marker", {}, {"conditions": Conditions(min_gender_marker=2)}, FAIL, "gender_below"),
    (
        "gender_marker",
        {"gender_marker": None},
        {"conditions": Conditions(min_gender_marker=0)},
        FAIL,
        "gender_not_screened",
    ),
    (
        "gender_marker",
        {"gender_marker": NOT_DISCLOSED},
        {"conditions": Conditions(min_gender_marker=0)},
        ASK,
        "gender_not_disclosed",
    ),
    ("oda_only", {"oda_eligible": False}, {}, PASS, "oda_not_required"),
    ("oda_only", {}, {"conditions": Conditions(oda_only=True)}, PASS, "oda_eligible"),
    ("oda_only", {"oda_eligible": False}, {"conditions": Conditions(oda_only=True)}, FAIL, "oda_not_eligible"),
    ("oda_only", {"oda_eligible": NOT_DISCLOSED}, {"conditions": Conditions(oda_only=True)}, ASK, "oda_not_disclosed"),
    ("co_funding", {"readiness": HIDDEN}, {}, PASS, "co_funding_not_required"),
    ("co_funding", {}, {"conditions": Conditions(min_co_funding=100_000)}, PASS, "co_funding_reached"),
    ("co_funding", {}, {"conditions": Conditions(min_co_funding=100_001)}, FAIL, "co_funding_below"),
    (
        "co_funding",
        {"readiness": HIDDEN},
        {"conditions": Conditions(min_co_funding=1)},
        ASK,
        "co_funding_not_disclosed",
    ),
    ("rate", {}, {}, PASS, "rate_not_needed"),
    ("rate", {"amount": None}, {"capacity": Money(1, "XOF")}, PASS, "rate_not_needed"),
    ("rate", {"amount": Money(1, "USD")}, {"capacity": None, "requests_left": 1}, PASS, "rate_not_needed"),
    ("rate", {"amount": Money(1, "USD")}, {}, PASS, "rate_found"),
    ("rate", {"amount": Money(1, "XOF")}, {}, FAIL, "no_rate"),
    ("rate", {"amount": Money(1, "XOF")}, {"capacity": Money(9, "XOF")}, PASS, "rate_not_needed"),
    ("amount", {}, {}, PASS, "no_floor"),
    ("amount", {}, {"floor": Money(0, "EUR")}, PASS, "no_floor"),
    ("amount", {}, {"capacity": None, "requests_left": 1}, PASS, "in_kind"),
    ("amount", {}, {"capacity": None, "requests_left": 0}, FAIL, "capacity_used_up"),
    ("amount", {}, {"requests_left": 0}, FAIL, "capacity_used_up"),
    ("amount", {}, {"capacity": Money(0, "EUR")}, FAIL, "capacity_used_up"),
    ("amount", {}, {"floor": Money(60_000_000, "EUR")}, FAIL, "offer_below_its_floor"),
    ("amount", {}, {"floor": Money(10_000_000, "EUR")}, PASS, "floor_reached"),
    ("amount", {}, {"floor": Money(10_000_001, "EUR")}, FAIL, "below_floor"),
    ("amount", {"amount": None}, {"floor": Money(1, "EUR")}, FAIL, "below_floor"),
    ("amount", {"amount": Money(12_500_000, "USD")}, {"floor": Money(10_000_000, "EUR")}, PASS, "floor_reached"),
    ("amount", {"amount": Money(12_499_999, "USD")}, {"floor": Money(10_000_000, "EUR")}, FAIL, "below_floor"),
    ("amount", {"amount": Money(1, "XOF")}, {"floor": Money(1, "EUR")}, Outcome.SKIPPED, "amount_not_compared"),
    ("amount", {"amount": MoneyBand(100, 900, "EUR")}, {"floor": Money(100, "EUR")}, PASS, "floor_reached"),
    ("amount", {"amount": MoneyBand(100, 900, "EUR")}, {"floor": Money(101, "EUR")}, ASK, "floor_within_band"),
    ("amount", {"amount": MoneyBand(100, 900, "EUR")}, {"floor": Money(900, "EUR")}, ASK, "floor_within_band"),
    ("amount", {"amount": MoneyBand(100, 900, "EUR")}, {"floor": Money(901, "EUR")}, FAIL, "below_floor"),
]


@pytest.mark.parametrize(("rule", "need", "offer", "outcome", "code"), EXAMPLES)
def test_rule_gives_its_reason(
    rule: str, need: dict[str, Any], offer: dict[str, Any], outcome: Outcome, code: str
) -> None:
    explanation = explained(make_need(**need), make_offer(**offer))
    result = rule_of(explanation, rule)
    assert (result.outcome, result.sentence.code) == (outcome, code)
    if outcome is FAIL:
        assert not explanation.eligible


def test_the_examples_reach_every_rule() -> None:
    assert {example[0] for example in EXAMPLES} | {"declined"} == {rule.code for rule in RULES}


def test_a_fitting_pair_is_eligible_and_passes_every_rule() -> None:
    explanation = explained(make_need(), make_offer())
    assert explanation.eligible
    assert {result.outcome for result in explanation.rules} == {PASS}


def test_what_is_not_disclosed_leaves_the_pair_eligible_and_says_ask() -> None:
    need = make_need(languages=NOT_DISCLOSED, readiness=HIDDEN, gender_marker=NOT_DISCLOSED, oda_eligible=NOT_DISCLOSED)
    demands = Conditions(endorsed_baseline=True, min_gender_marker=2, oda_only=True, min_co_funding=500_000)
    explanation = explained(need, make_offer(conditions=demands))
    asked = {result.rule for result in explanation.rules if result.outcome is ASK}
    assert explanation.eligible
    assert asked == {"language", "endorsed_baseline", "gender_marker", "oda_only", "co_funding"}
    assert all(result.need_value == Shown("not_disclosed") for result in explanation.rules if result.rule in asked)


@pytest.mark.parametrize(
    ("review_days", "outcome", "code"),
    [
        ([date(2026, 6, 2)], FAIL, "declined"),
        ([AS_OF], PASS, "review_due"),
        ([date(2026, 1, 1)], PASS, "review_due"),
        ([date(2026, 1, 1), date(2026, 9, 1)], FAIL, "declined"),
        ([], PASS, "not_declined"),
    ],
)
def test_a_declined_pair_rests_until_its_latest_review_date(
    review_days: list[date], outcome: Outcome, code: str
) -> None:
    declined = [DeclinedPair("need-1", "offer-1", day) for day in review_days]
    declined += [
        DeclinedPair("need-9", "offer-1", date(2030, 1, 1)),
        DeclinedPair("need-1", "offer-9", date(2030, 1, 1)),
    ]
    result = rule_of(explained(make_need(), make_offer(), declined=declined), "declined")
    assert (result.outcome, result.sentence.code) == (outcome, code)


def test_both_values_compared_are_told() -> None:
    result = rule_of(explained(make_need(area="LEG"), make_offer()), "area")
    assert result.need_value == Shown("area", "LEG")
    assert result.offer_value == Shown("areas", ("MAR", "STO"))


def in_request(need: Need, *others: Need) -> Need:
    return replace(need, siblings=others)


FLOOR = make_offer(floor=Money(15_000_000, "EUR"))
SECOND = make_need(need_id="need-2", amount=Money(5_000_000, "EUR"))


@pytest.mark.parametrize(
    ("sibling", "offer", "outcome"),
    [
        (SECOND, FLOOR, PASS),
        (replace(SECOND, amount=Money(4_999_999, "EUR")), FLOOR, FAIL),
        (replace(SECOND, amount=Money(6_250_000, "USD")), FLOOR, PASS),
        (replace(SECOND, area="LEG"), FLOOR, FAIL),
        (replace(SECOND, types=frozenset({"LEGAL"})), FLOOR, FAIL),
        (replace(SECOND, period=Period(date(2030, 1, 1), date(2030, 2, 1))), FLOOR, FAIL),
        (replace(SECOND, amount=Money(90_000_000, "XOF")), FLOOR, FAIL),
        (replace(SECOND, amount=MoneyBand(1, 5_000_000, "EUR")), FLOOR, ASK),
        (replace(SECOND, languages=NOT_DISCLOSED), FLOOR, ASK),
        (replace(SECOND, amount=None), FLOOR, FAIL),
    ],
)
def test_the_floor_counts_the_needs_of_the_request_that_pass_all_other_rules(
    sibling: Need, offer: Offer, outcome: Outcome
) -> None:
    assert rule_of(explained(in_request(make_need(), sibling), offer), "amount").outcome is outcome


def test_a_declined_sibling_does_not_count_towards_the_floor() -> None:
    declined = [DeclinedPair("need-2", "offer-1", date(2027, 1, 1))]
    explanation = explained(in_request(make_need(), SECOND), FLOOR, declined=declined)
    assert rule_of(explanation, "amount").sentence.code == "below_floor"


def test_the_amount_rule_does_not_fail_merely_because_another_rule_does() -> None:
    explanation = explained(make_need(languages=("ar",)), make_offer(floor=Money(10_000_000, "EUR")))
    failing = [result.rule for result in explanation.rules if result.outcome is FAIL]
    assert failing == ["language"]


def test_the_sum_told_is_what_the_whole_request_can_take() -> None:
    result = rule_of(explained(in_request(make_need(), SECOND), FLOOR), "amount")
    assert dict(result.sentence.params)["together"] == Shown("money", (15_000_000, "EUR"))
