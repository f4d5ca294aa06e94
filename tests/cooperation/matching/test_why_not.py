"""Why not: every failing rule, and the fewest changes on the requester's side that would open the offer."""

from dataclasses import fields, replace
from datetime import date
from itertools import combinations
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, seed, settings

from cooperation.matching import (
    DEFAULT_WEIGHTS,
    ChangeKind,
    Conditions,
    Explanation,
    Money,
    MoneyBand,
    Need,
    Offer,
    Outcome,
    Period,
    RateSet,
    Sentence,
    Shown,
    WhyNot,
    explain,
    rank,
)
from cooperation.matching.changes import apply_changes
from cooperation.matching.verdicts import Context
from tests.campaigns import report
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import AS_OF, RATES, READY, explained, make_need, make_offer

K = ChangeKind
SEED = 20261124
NO_BASELINE = replace(READY, endorsed_baseline=False, baseline_endorsed_on=None)


def why_not(explanation: Explanation) -> WhyNot:
    assert explanation.why_not is not None
    return explanation.why_not


def kinds(reasons: WhyNot) -> list[tuple[ChangeKind, ...]]:
    return [tuple(change.kind for change in way) for way in reasons.ways]


def to(sentence: Sentence) -> Shown:
    return dict(sentence.params)["to"]


ONE_CHANGE: list[tuple[dict[str, Any], dict[str, Any], ChangeKind, Shown]] = [
    (
        {},
        {"period": Period(date(2027, 2, 1), date(2027, 9, 1))},
        K.PERIOD,
        Shown("period", ("2026-07-01", "2027-02-01")),
    ),
    (
        {},
        {"period": Period(date(2025, 2, 1), date(2026, 6, 1))},
        K.PERIOD,
        Shown("period", ("2026-06-01", "2026-12-31")),
    ),
    ({"types": frozenset({"LEGAL"})}, {}, K.LINES, Shown("types", ("EQUIP",))),
    ({"languages": ("ar",)}, {"languages": frozenset({"fr", "en"})}, K.LANGUAGE, Shown("language", "en")),
    (
        {"readiness": NO_BASELINE},
        {"conditions": Conditions(endorsed_baseline=True)},
        K.ENDORSED_BASELINE,
        Shown("yes_no", True),
    ),
    (
        {"gender_marker": None},
        {"conditions": Conditions(min_gender_marker=2)},
        K.GENDER_MARKER,
        Shown("gender_marker", 2),
    ),
    ({}, {"conditions": Conditions(min_co_funding=200_000)}, K.CO_FUNDING, Shown("share", 200_000)),
    ({}, {"floor": Money(20_000_000, "EUR")}, K.AMOUNT, Shown("money", (20_000_000, "EUR"))),
    (
        {"amount": Money(1, "USD")},
        {"floor": Money(20_000_000, "EUR")},
        K.AMOUNT,
        Shown("money", (25_000_000, "USD")),
    ),
    ({"amount": None}, {"floor": Money(20_000_000, "EUR")}, K.AMOUNT, Shown("money", (20_000_000, "EUR"))),
    (
        {"amount": MoneyBand(1, 2, "EUR")},
        {"floor": Money(20_000_000, "EUR")},
        K.AMOUNT,
        Shown("money", (20_000_000, "EUR")),
    ),
]


@pytest.mark.parametrize(("need", "offer", "kind", "value"), ONE_CHANGE)
def test_one_failing_rule_needs_one_change(
    need: dict[str, Any], offer: dict[str, Any], kind: ChangeKind, value: Shown
) -> None:
    reasons = why_not(explained(make_need(**need), make_offer(**offer)))
    assert kinds(reasons) == [(kind,)]
    assert to(reasons.ways[0][0].sentence) == value
    assert reasons.summary.code == "why_not.ways"


@pytest.mark.parametrize(
    ("need", "offer", "rule"),
    [
        ({"area": "LEG"}, {}, "area"),
        ({}, {"included": frozenset({"XB"})}, "geography"),
        ({}, {"excluded": frozenset({"XA"})}, "geography"),
        ({"requester_id": "donor-1"}, {}, "donor"),
        ({"applicant_kind": "regional"}, {}, "applicant"),
        ({"oda_eligible": False}, {"conditions": Conditions(oda_only=True)}, "oda_only"),
        ({}, {"valid_until": date(2026, 1, 1)}, "validity"),
        ({"amount": Money(1, "XOF")}, {}, "rate"),
        ({}, {"capacity": Money(0, "EUR")}, "amount"),
        ({}, {"floor": Money(60_000_000, "EUR")}, "amount"),
    ],
)
def test_no_change_is_proposed_where_none_of_the_list_helps(
    need: dict[str, Any], offer: dict[str, Any], rule: str
) -> None:
    # a language that could be changed fails as well: alone it would not help, so it is not proposed
    reasons = why_not(explained(make_need(languages=("ar",), **need), make_offer(**offer)))
    assert reasons.ways == ()
    assert {result.rule for result in reasons.failing} == {rule, "language"}
    assert reasons.summary == Sentence("why_not.no_change_helps", (("rules", Shown("rules", (rule,))),))


def test_every_failing_rule_is_listed_and_all_changes_are_told() -> None:
    need = make_need(languages=("ar",), types=frozenset({"LEGAL"}), gender_marker=0)
    reasons = why_not(explained(need, make_offer(conditions=Conditions(min_gender_marker=1))))
    assert [result.rule for result in reasons.failing] == ["type", "language", "gender_marker"]
    assert kinds(reasons) == [(K.LINES, K.LANGUAGE, K.GENDER_MARKER)]


def test_a_sibling_brought_in_by_its_lines_is_an_equal_way_to_the_floor() -> None:
    legal = make_need(need_id="need-2", types=frozenset({"LEGAL"}), amount=Money(90_000_000, "EUR"))
    need = replace(make_need(), siblings=(legal,))
    reasons = why_not(explained(need, make_offer(floor=Money(40_000_000, "EUR"))))
    assert kinds(reasons) == [(K.LINES,), (K.AMOUNT,)]


def test_one_change_of_the_whole_request_can_mend_two_rules() -> None:
    sibling = make_need(need_id="need-2", languages=("ar",), amount=Money(90_000_000, "EUR"))
    need = replace(make_need(languages=("ar",)), siblings=(sibling,))
    reasons = why_not(explained(need, make_offer(floor=Money(40_000_000, "EUR"))))
    assert [result.rule for result in reasons.failing] == ["language", "amount"]
    assert kinds(reasons) == [(K.LANGUAGE,)]


def test_the_amount_told_counts_what_the_rest_of_the_request_brings() -> None:
    sibling = make_need(need_id="need-2", amount=Money(15_000_000, "EUR"))
    reasons = why_not(explained(replace(make_need(), siblings=(sibling,)), make_offer(floor=Money(40_000_000, "EUR"))))
    assert kinds(reasons) == [(K.AMOUNT,)]
    assert to(reasons.ways[0][0].sentence) == Shown("money", (25_000_000, "EUR"))


def test_an_eligible_pair_has_no_why_not() -> None:
    assert explained(make_need(), make_offer()).why_not is None


def is_eligible(need: Need, offer: Offer, rates: RateSet, as_of: date) -> bool:
    return bool(rank(need, [offer], weights=DEFAULT_WEIGHTS, rates=rates, as_of=as_of).eligible)


def check_the_changes_are_the_smallest(need: Need, offer: Offer, rates: RateSet, as_of: date) -> int | None:
    """Try every set of changes: those told are exactly the smallest that help. Answers their size; None: eligible."""
    explanation = explained(need, offer, rates=rates, as_of=as_of)
    if explanation.eligible:
        return None
    context = Context(as_of=as_of, rates=rates)
    helping = [
        chosen
        for size in range(len(ChangeKind) + 1)
        for chosen in combinations(ChangeKind, size)
        if is_eligible(apply_changes(need, offer, context, chosen)[0], offer, rates, as_of)
    ]
    least = min(map(len, helping), default=0)
    assert kinds(why_not(explanation)) == [chosen for chosen in helping if len(chosen) == least]
    return least


PAIRS = {
    "need": strategies.needs(),
    "offer": strategies.offers(open_to_all=True),
    "rates": strategies.rate_sets(),
    "as_of": strategies.as_of_dates,
}


@settings(deadline=None, max_examples=50, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(**PAIRS)
def test_the_changes_told_are_exactly_the_smallest_sets_that_help(
    need: Need, offer: Offer, rates: RateSet, as_of: date
) -> None:
    least = check_the_changes_are_the_smallest(need, offer, rates, as_of)
    assume(least is not None)
    event(f"fewest changes: {least}")


@pytest.mark.long
def test_the_changes_told_are_the_smallest_in_thousands_of_cases() -> None:
    tried: list[int | None] = []

    @seed(SEED)
    @settings(deadline=None, max_examples=3000, database=None, suppress_health_check=list(HealthCheck))
    @given(**{**PAIRS, "offer": strategies.offers() | strategies.offers(open_to_all=True)})
    def campaign(need: Need, offer: Offer, rates: RateSet, as_of: date) -> None:
        tried.append(check_the_changes_are_the_smallest(need, offer, rates, as_of))

    campaign()
    effective = sum(least is not None for least in tried)
    report("why not", seed=SEED, attempts=len(tried), effective=effective, failures=0, helped=sum(map(bool, tried)))


def test_a_change_that_is_kept_back_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The control of the campaign."""
    need, offer = make_need(amount=Money(1_000_000, "EUR")), make_offer(floor=Money(40_000_000, "EUR"))

    def silent(*arguments: Any, **options: Any) -> Explanation:
        honest = explain(need, offer, weights=DEFAULT_WEIGHTS, rates=RATES, as_of=AS_OF)
        assert honest.why_not is not None
        assert honest.why_not.ways
        return replace(honest, why_not=replace(honest.why_not, ways=()))

    monkeypatch.setitem(globals(), "explained", silent)
    with pytest.raises(AssertionError, match=r"assert \[\] == \["):
        check_the_changes_are_the_smallest(need, offer, RATES, AS_OF)


@settings(deadline=None, max_examples=50)
@given(need=strategies.needs(), offer=strategies.offers(), rates=strategies.rate_sets())
def test_no_change_touches_state_area_severity_or_what_is_not_disclosed(
    need: Need, offer: Offer, rates: RateSet
) -> None:
    changed, made = apply_changes(need, offer, Context(as_of=AS_OF, rates=rates), ChangeKind)
    may_change = {"period", "types", "languages", "readiness", "gender_marker", "amount"}
    for before, after in zip((need, *need.siblings), (changed, *changed.siblings), strict=True):
        differing = {f.name for f in fields(Need) if getattr(before, f.name) != getattr(after, f.name)} - {"siblings"}
        assert differing <= may_change
        assert (before.languages is after.languages) or isinstance(before.languages, tuple)
    assert (changed == need) is (made == ())


@settings(deadline=None, max_examples=50)
@given(need=strategies.needs(), offer=strategies.offers())
def test_when_only_changeable_rules_fail_there_is_always_a_way(need: Need, offer: Offer) -> None:
    explanation = explained(need, offer)
    assume(not explanation.eligible)
    fixed = {"donor", "validity", "declined", "geography", "area", "applicant", "oda_only", "rate"}
    reasons = why_not(explanation)
    codes = {result.sentence.code for result in reasons.failing}
    hopeless = {result.rule for result in reasons.failing} & fixed or codes & {
        "capacity_used_up",
        "offer_below_its_floor",
    }
    assert bool(reasons.ways) is not bool(hopeless)
    assert all(result.outcome is Outcome.FAIL for result in reasons.failing)


def test_a_floor_beyond_what_can_be_written_leaves_no_way_and_says_which_rule() -> None:
    huge = 2**53 - 1
    offer = make_offer(capacity=Money(huge, "JPY"), floor=Money(huge, "JPY"))
    reasons = why_not(explained(make_need(amount=Money(1, "KWD")), offer, rates=RATES))
    assert reasons.ways == ()
    assert reasons.summary.params == (("rules", Shown("rules", ("amount",))),)
