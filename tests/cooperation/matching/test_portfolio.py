"""The portfolio: limits, tiers, spread, remainders, reasons, and that it depends on nothing but its input."""

import json
import random
import subprocess
import sys
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

import cooperation.matching
from cooperation.matching import (
    DEFAULT_POLICY,
    DEFAULT_STEPS,
    ENGINE_VERSION,
    NOT_DISCLOSED,
    UNIT,
    Allocation,
    Aside,
    AsideReason,
    Commitment,
    DeclinedPair,
    Hindrance,
    InKindValue,
    Money,
    MoneyBand,
    Need,
    Offer,
    Policy,
    PolicyError,
    Portfolio,
    PortfolioInput,
    Remainder,
    Sentence,
    Step,
    Territory,
    Tier,
    UnmetReason,
    check_plan,
    compute_portfolio,
    find_policy_problems,
    from_json,
    propose_portfolio,
    to_json,
    verify_portfolio,
)
from cooperation.matching.portfolio import propose
from tests.cooperation.matching.builders import AS_OF, RATES, explained, make_need, make_offer
from tests.cooperation.matching.portfolio_cases import drawn_cases

GRAIN = 100_000
"""Minor units of one grain of EUR 1,000."""
OTHER_STATE = Territory("XC", ("X10", "X1"))


def euros(grains: int, cents: int = 0) -> Money:
    return Money(grains * GRAIN + cents, "EUR")


def proposed(needs: list[Need], offers: list[Offer], policy: Policy = DEFAULT_POLICY, **more: Any) -> Portfolio:
    return propose_portfolio(needs, offers, policy, rates=RATES, as_of=AS_OF, **more)


def given_to(needs: list[Need], offers: list[Offer], policy: Policy = DEFAULT_POLICY, **more: Any) -> PortfolioInput:
    return PortfolioInput.of(needs, offers, policy, rates=RATES, as_of=AS_OF, **more)


def money(portfolio: Portfolio) -> dict[tuple[str, str], int]:
    return {(entry.need_id, entry.offer_id): entry.grains for entry in portfolio.allocations}


def reasons(portfolio: Portfolio) -> dict[str, UnmetReason]:
    return {entry.need_id: entry.reason for entry in portfolio.unmet}


def test_a_low_need_is_funded_with_it_where_only_both_reach_the_floor_of_the_critical_one() -> None:
    needs = [
        make_need(need_id="critical", tier=Tier.CRITICAL, amount=euros(30)),
        make_need(need_id="low", tier=Tier.LOW, amount=euros(30)),
    ]
    portfolio = proposed(needs, [make_offer(floor=euros(50), capacity=euros(50))])
    assert money(portfolio) == {("critical", "offer-1"): 30, ("low", "offer-1"): 20}


def test_a_severe_need_comes_before_any_number_of_others() -> None:
    needs = [make_need(need_id=f"high-{i}", request_id=f"r{i}", tier=Tier.HIGH, amount=euros(40)) for i in range(5)]
    worst = make_need(need_id="critical", request_id="r9", tier=Tier.CRITICAL, amount=euros(30))
    portfolio = proposed([*needs, worst], [make_offer(floor=euros(20), capacity=euros(49))])
    # 30 of 49 leave 19, which lies below the floor of the offer: no gain for five others is traded for it
    assert money(portfolio) == {("critical", "offer-1"): 30}
    assert reasons(portfolio) == {f"high-{i}": UnmetReason.BELOW_FLOORS for i in range(5)}


def test_help_spreads_over_states_before_it_piles_up() -> None:
    needs = [
        make_need(need_id="one", request_id="r1", amount=euros(500)),
        make_need(need_id="two", request_id="r2", amount=euros(300), state=OTHER_STATE, requester_id="state-xc"),
    ]
    portfolio = proposed(needs, [make_offer(capacity=euros(500), included=frozenset())])
    assert money(portfolio) == {("one", "offer-1"): 250, ("two", "offer-1"): 250}
    # asking for more earns nothing
    needs[0] = replace(needs[0], amount=euros(50_000))
    assert money(proposed(needs, [make_offer(capacity=euros(500), included=frozenset())])) == money(portfolio)


def test_the_value_is_score_times_gain_of_every_step() -> None:
    need = make_need(amount=euros(600))
    offer = make_offer(capacity=euros(1000))
    score = explained(need, offer).score
    assert score is not None
    portfolio = proposed([need], [offer])
    assert [entry.steps for entry in portfolio.allocations] == [(250, 350, 0)]
    assert portfolio.allocations[0].score == score
    value = round(score * (250 * 10 + 350 * 6) / 10 / UNIT)
    assert portfolio.tiers[0].planned == portfolio.tiers[0].optimum == portfolio.tiers[0].bound == value
    assert portfolio.tiers[0].gap == 0


def test_amounts_are_rounded_to_grains_against_the_asker_and_the_rest_is_told() -> None:
    need = make_need(amount=euros(10, 99))
    offer = make_offer(capacity=euros(20, 50_000), floor=euros(9, 1), ceiling=euros(11, 99_999))
    portfolio = proposed([need], [offer])
    assert money(portfolio) == {("need-1", "offer-1"): 10}
    assert portfolio.need_remainders == (Remainder("need-1", 99),)
    assert portfolio.offer_remainders == (Remainder("offer-1", 50_000),)
    # a floor of ten grains and a cent is one of eleven
    assert money(proposed([need], [replace(offer, floor=euros(10, 1), ceiling=None)])) == {}


def test_other_currencies_are_counted_at_the_rates_of_the_run() -> None:
    portfolio = proposed([make_need(amount=Money(1_250_000, "USD"))], [make_offer(capacity=Money(1_600_000, "JPY"))])
    assert money(portfolio) == {("need-1", "offer-1"): 10}
    assert portfolio.currency == "EUR"
    assert portfolio.grain_minor == GRAIN


def test_what_cannot_be_counted_stands_aside_with_its_reason() -> None:
    needs = [
        make_need(need_id="a", amount=None),
        make_need(need_id="b", amount=Money(10_000_000, "XOF")),
        make_need(need_id="c", amount=euros(0, 99_999)),
    ]
    offers = [
        make_offer(offer_id="a", capacity=None, requests_left=1),
        make_offer(offer_id="b", capacity=Money(10_000_000, "XOF")),
        make_offer(offer_id="c", capacity=euros(0, 99_999)),
    ]
    portfolio = proposed(needs, offers)
    assert portfolio.needs_aside == (
        Aside("a", AsideReason.NO_AMOUNT),
        Aside("b", AsideReason.NO_RATE),
        Aside("c", AsideReason.BELOW_ONE_GRAIN),
    )
    assert portfolio.offers_aside == (
        Aside("a", AsideReason.NO_ESTIMATE),
        Aside("b", AsideReason.NO_RATE),
        Aside("c", AsideReason.BELOW_ONE_GRAIN),
    )
    assert (portfolio.tiers, portfolio.allocations, portfolio.unmet) == ((), (), ())


def test_of_a_band_only_the_lower_end_is_funded() -> None:
    need = make_need(amount=MoneyBand(20 * GRAIN, 90 * GRAIN, "EUR"))
    assert money(proposed([need], [make_offer()])) == {("need-1", "offer-1"): 20}


def test_help_in_kind_reaches_only_who_asks_for_its_type_and_is_totalled_apart() -> None:
    kind = {"capacity": None, "requests_left": 2}
    offers = [
        make_offer(offer_id="open", types=frozenset(), **kind),
        make_offer(offer_id="other", types=frozenset({"EQUIP"}), **kind),
        make_offer(offer_id="training", types=frozenset({"TRAIN"}), **kind),
    ]
    values = [InKindValue(offer.offer_id, euros(30)) for offer in offers]
    portfolio = proposed([make_need(amount=euros(100))], [*offers, make_offer(capacity=euros(20))], in_kind=values)
    assert money(portfolio) == {("need-1", "offer-1"): 20, ("need-1", "training"): 30}
    assert (portfolio.cash, portfolio.in_kind) == (20, 30)
    assert (portfolio.tiers[0].funded_cash, portfolio.tiers[0].funded_in_kind, portfolio.tiers[0].sought) == (
        20,
        30,
        100,
    )


def test_an_offer_serves_no_more_requests_than_it_can() -> None:
    needs = [make_need(need_id=f"n{i}", request_id=f"r{i}", amount=euros(10 + i)) for i in range(3)]
    portfolio = proposed(needs, [make_offer(requests_left=2)])
    assert money(portfolio) == {("n1", "offer-1"): 11, ("n2", "offer-1"): 12}
    assert reasons(portfolio) == {"n0": UnmetReason.CAPACITY_EXHAUSTED}


def test_no_request_gets_more_donors_than_the_policy_allows() -> None:
    offers = [make_offer(offer_id=f"offer-{i}", donor_id=f"donor-{i}", capacity=euros(10 * i)) for i in range(1, 5)]
    needs = [make_need(need_id=f"need-{i}", amount=euros(60)) for i in range(2)]
    portfolio = proposed(needs, offers)
    assert {entry.donor_id for entry in portfolio.allocations} == {"donor-2", "donor-3", "donor-4"}
    assert portfolio.cash == 90
    assert UnmetReason.DONOR_LIMIT in {entry.reason for entry in portfolio.unmet}
    # two offers of one donor are one donor
    offers[0] = replace(offers[0], donor_id="donor-4")
    assert proposed(needs, offers).cash == 100


def test_commitments_lower_what_is_sought_and_keep_their_donors() -> None:
    needs = [make_need(amount=euros(100))]
    offers = [make_offer(offer_id=f"offer-{i}", donor_id=f"donor-{i}", capacity=euros(20)) for i in range(4)]

    def agreed(number: int, grains: int, donor: str = "") -> Commitment:
        return Commitment(
            request_id="request-1",
            need_id="need-1",
            offer_id=f"offer-{number}",
            donor_id=donor or f"donor-{number}",
            amount=euros(grains),
        )

    commitments = [agreed(0, 10), agreed(8, 10, "donor-8")]
    portfolio = proposed(needs, offers, commitments=commitments)
    # one further donor may come, beside the one that is there already
    assert portfolio.tiers[0].sought == 80
    assert len(money(portfolio)) == 2
    assert ("need-1", "offer-0") in money(portfolio)
    full = proposed(needs, offers[1:], commitments=[agreed(8, 5, "donor-8"), agreed(9, 5, "donor-9"), agreed(0, 5)])
    assert money(full) == {}
    assert reasons(full) == {"need-1": UnmetReason.DONOR_LIMIT}
    assert proposed(needs, offers, commitments=[agreed(9, 100)]).needs_aside == (
        Aside("need-1", AsideReason.BELOW_ONE_GRAIN),
    )


def test_what_an_offer_gave_before_counts_against_its_ceiling_and_towards_its_floor() -> None:
    needs = [make_need(amount=euros(100))]
    before = Commitment(
        request_id="request-1", need_id="need-1", offer_id="offer-1", donor_id="donor-1", amount=euros(30)
    )
    offer = make_offer(capacity=euros(15), floor=euros(15), ceiling=euros(40))
    assert money(proposed(needs, [offer], commitments=[before])) == {("need-1", "offer-1"): 10}


def test_a_pair_that_a_hard_rule_refuses_is_never_proposed() -> None:
    declined = [DeclinedPair("need-1", "offer-1", date(2027, 1, 1))]
    portfolio = proposed([make_need()], [make_offer()], declined=declined)
    assert money(portfolio) == {}
    assert portfolio.unmet[0].hindrances == (Hindrance(UnmetReason.NO_ELIGIBLE_OFFER, 0),)


def test_a_ceiling_is_told_as_what_hinders() -> None:
    portfolio = proposed([make_need(amount=euros(50))], [make_offer(ceiling=euros(20))])
    assert money(portfolio) == {("need-1", "offer-1"): 20}
    assert portfolio.unmet[0].hindrances == (Hindrance(UnmetReason.CEILING_REACHED, 1),)


def test_used_up_capacity_is_told_and_has_a_marginal_value() -> None:
    need = make_need(amount=euros(50))
    portfolio = proposed([need], [make_offer(capacity=euros(20))])
    assert reasons(portfolio) == {"need-1": UnmetReason.CAPACITY_EXHAUSTED}
    score = explained(need, make_offer(capacity=euros(20))).score_millionths
    (worth,) = portfolio.marginal_values
    assert (worth.tier, worth.area, worth.region, worth.needs) == (Tier.HIGH, "STO", "X1", 1)
    assert abs(worth.value - (score or 0)) <= 1
    plenty = proposed([need], [make_offer()])
    assert [entry.value for entry in plenty.marginal_values] == [0]


def test_a_tier_that_is_not_disclosed_comes_last() -> None:
    needs = [make_need(need_id="a", tier=NOT_DISCLOSED, amount=euros(9)), make_need(need_id="b", tier=Tier.LOW)]
    portfolio = proposed(needs, [make_offer(capacity=euros(100))])
    assert [entry.tier for entry in portfolio.tiers] == [Tier.LOW, NOT_DISCLOSED]
    assert money(portfolio) == {("b", "offer-1"): 100}


def test_nothing_in_gives_nothing_out() -> None:
    portfolio = proposed([], [])
    assert (portfolio.tiers, portfolio.allocations, portfolio.unmet, portfolio.exact) == ((), (), (), True)
    assert [entry.optimum for entry in proposed([make_need()], []).tiers] == [0]
    with pytest.raises(ValueError, match="stands twice"):
        proposed([make_need(), make_need()], [])
    with pytest.raises(ValueError, match="stands twice"):
        proposed([], [make_offer(), make_offer()])


def test_the_order_of_the_input_changes_nothing() -> None:
    rng = random.Random(7)
    for given in drawn_cases(7, 12):
        shuffled = {
            name: tuple(rng.sample(getattr(given, name), len(getattr(given, name))))
            for name in ("needs", "offers", "commitments", "in_kind")
        }
        assert compute_portfolio(replace(given, **shuffled)) == compute_portfolio(given)


def test_another_offer_never_lowers_what_is_reached_worst_tier_first() -> None:
    improved = 0
    for given in drawn_cases(11, 25):
        fewer = replace(given, offers=given.offers[1:], commitments=())
        more = replace(given, commitments=())
        before = [entry.optimum for entry in compute_portfolio(fewer).tiers]
        after = [entry.optimum for entry in compute_portfolio(more).tiers]
        for old, new in zip(before, after, strict=True):
            if abs(new - old) * UNIT > 10 * max(UNIT, old):
                assert new > old
                improved += 1
                break
    assert improved > 10


def test_a_portfolio_is_stored_and_recomputed_to_the_same() -> None:
    for given in drawn_cases(3, 5):
        stored = json.loads(json.dumps(to_json(given)))
        again = from_json(PortfolioInput, stored)
        assert again == given
        portfolio = compute_portfolio(given)
        assert from_json(Portfolio, json.loads(json.dumps(to_json(portfolio)))) == portfolio
        assert compute_portfolio(again) == portfolio
        assert portfolio.engine_version == ENGINE_VERSION
        assert verify_portfolio(again, portfolio) == ()


def test_a_stored_portfolio_that_was_touched_is_noticed() -> None:
    given = given_to([make_need(amount=euros(50))], [make_offer(ceiling=euros(20))])
    portfolio = compute_portfolio(given)
    (entry,) = portfolio.allocations

    def about(stored: Portfolio, values: PortfolioInput = given) -> set[str]:
        return {found.about for found in verify_portfolio(values, stored)}

    more = replace(entry, grains=21, steps=(21, 0, 0))
    assert about(replace(portfolio, allocations=(more,))) == {"ceiling:request-1:offer-1", "planned:high"}
    better = replace(entry, score=entry.score + UNIT)
    assert about(replace(portfolio, allocations=(better,))) == {"score:need-1:offer-1", "planned:high"}
    assert about(replace(portfolio, engine_version="0")) == {"engine_version"}
    (tier,) = portfolio.tiers
    assert about(replace(portfolio, tiers=(replace(tier, optimum=tier.optimum + 1000),))) == {"optimum:high"}
    unproven = replace(tier, finished=False, optimum=tier.optimum + 1000)
    assert about(replace(portfolio, tiers=(unproven,))) == set()
    changed = replace(given, policy=Policy(version="another"))
    assert about(portfolio, changed) == {"input_hash"}


def allocation(**changes: Any) -> Allocation:
    values: dict[str, Any] = {
        "need_id": "need-1",
        "offer_id": "offer-1",
        "request_id": "request-1",
        "donor_id": "donor-1",
        "grains": 10,
        "steps": (10, 0, 0),
        "score": 1,
        "in_kind": False,
    }
    return Allocation(**{**values, **changes})


BROKEN: list[tuple[str, dict[str, Any], dict[str, Any], dict[str, Any]]] = [
    ("need", {"amount": euros(9)}, {}, {}),
    ("capacity", {}, {"capacity": euros(9, 99_999)}, {}),
    ("ceiling", {}, {"ceiling": euros(9, 99_999)}, {}),
    ("floor", {}, {"floor": euros(10, 1)}, {}),
    ("not_eligible", {}, {"areas": frozenset({"LEG"})}, {}),
    ("not_eligible", {}, {"requests_left": 0}, {}),
    ("requests", {}, {"requests_left": 0}, {}),
    ("unknown", {}, {}, {"offer_id": "offer-9"}),
    ("not_whole", {}, {}, {"steps": (9, 0, 0)}),
    ("not_whole", {}, {}, {"grains": 0, "steps": (0, 0, 0)}),
    ("not_whole", {}, {}, {"steps": (11, -1, 0)}),
    ("wrong_party", {}, {}, {"donor_id": "donor-2"}),
    ("wrong_party", {}, {}, {"in_kind": True}),
]


@pytest.mark.parametrize(("code", "need", "offer", "entry"), BROKEN)
def test_the_checker_finds_every_broken_limit(
    code: str, need: dict[str, Any], offer: dict[str, Any], entry: dict[str, Any]
) -> None:
    given = given_to([make_need(**need)], [make_offer(**offer)])
    assert check_plan(given_to([make_need()], [make_offer()]), [allocation()]) == ()
    assert code in {broken.code for broken in check_plan(given, [allocation(**entry)])}


def test_the_checker_counts_donors_steps_and_entries_over_the_whole_plan() -> None:
    policy = Policy(version="narrow", steps=(Step(15_000, UNIT), Step(None, 1)), max_donors=1)
    offers = [make_offer(offer_id=f"offer-{i}", donor_id=f"donor-{i}") for i in (1, 2)]
    given = given_to([make_need()], offers, policy)
    second = allocation(offer_id="offer-2", donor_id="donor-2")
    assert {broken.code for broken in check_plan(given, [allocation(), second])} == {"donors", "step"}
    assert {broken.code for broken in check_plan(given, [allocation(steps=(10, 0))] * 2)} == {"twice", "step"}
    kind = make_offer(capacity=None, requests_left=1, types=frozenset())
    with_kind = given_to([make_need()], [kind], in_kind=[InKindValue("offer-1", euros(10))])
    assert {broken.code for broken in check_plan(with_kind, [allocation(in_kind=True)])} == {"kind_not_accepted"}


def test_a_plan_that_breaks_a_limit_is_never_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(propose, "spread", lambda problem, grains: ({0: [99, 0, 0]}, [0] * 5))
    with pytest.raises(propose.BrokenPlanError, match="need"):
        proposed([make_need(amount=euros(9))], [make_offer()])


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("no_version", {"version": " "}),
        ("grain", {"grain": 0}),
        ("donors", {"max_donors": 0}),
        ("seconds", {"seconds": 0}),
        ("links", {"exact_links": -1}),
        ("links", {"exact_links": True}),
        ("links", {"exact_links": 10**6 + 1}),
        ("steps", {"steps": ()}),
        ("last_step", {"steps": (Step(250_000, UNIT),)}),
        ("last_step", {"steps": (Step(None, UNIT), Step(None, 1))}),
        ("width", {"steps": (Step(999, UNIT), Step(None, 1))}),
        ("gain", {"steps": (Step(1000, UNIT), Step(None, 0))}),
        ("gains_fall", {"steps": (Step(1000, 5), Step(None, 5))}),
    ],
)
def test_a_policy_tells_its_faults(code: str, changes: dict[str, Any]) -> None:
    with pytest.raises(PolicyError) as caught:
        Policy(**{"version": "v", **changes})
    assert [problem.code for problem in caught.value.problems] == [f"policy.{code}"]


def test_all_faults_of_a_policy_are_told_at_once() -> None:
    problems = find_policy_problems(version="", grain=True, steps=DEFAULT_STEPS, max_donors=1.5, seconds=None)
    assert [problem.code for problem in problems] == [
        "policy.no_version",
        "policy.grain",
        "policy.donors",
        "policy.seconds",
    ]
    assert all(isinstance(problem, Sentence) for problem in problems)


def test_a_fault_of_one_step_says_which() -> None:
    steps = (Step(1000, UNIT), Step(999, 5), Step(1000, 5), Step(None, UNIT + 1))
    problems = find_policy_problems(version="v", grain=1000, steps=steps, max_donors=1, seconds=1)
    assert [(problem.code, dict(problem.params)["step"].value) for problem in problems] == [
        ("policy.width", 2),
        ("policy.gains_fall", 3),
        ("policy.gain", 4),
    ]


ROOT = Path(cooperation.matching.__file__).parents[2]
HEAVY = "[m for m in sys.modules if m.split('.')[0] in {'scipy', 'numpy'}]"


def test_the_web_process_starts_without_scipy_and_numpy() -> None:
    script = (
        "import os, sys, django; os.environ['DJANGO_SETTINGS_MODULE'] = 'wam_portal.settings.test'; django.setup(); "
        f"import wam_portal.urls, cooperation.matching.portfolio.propose; print({HEAVY})"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=ROOT)
    assert done.stdout.strip() == "[]"
