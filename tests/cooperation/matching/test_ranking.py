"""Rankings: what is in, what is out, in which order, and that the order of input never matters."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.matching import (
    DEFAULT_WEIGHTS,
    ENGINE_VERSION,
    NOT_DISCLOSED,
    UNIT,
    DeclinedPair,
    GeoLevel,
    Money,
    Need,
    Offer,
    Outcome,
    RateSet,
    Tier,
    Weights,
    rank,
    rank_needs,
    with_siblings,
)
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import AS_OF, RATES, explained, make_need, make_offer

COMMON: dict[str, Any] = {"weights": DEFAULT_WEIGHTS, "rates": RATES, "as_of": AS_OF}


@st.composite
def several_offers(draw: st.DrawFn) -> list[Offer]:
    return [draw(strategies.offers(offer_id=f"offer-{i}")) for i in range(1, 1 + draw(st.integers(0, 5)))]


@st.composite
def several_needs(draw: st.DrawFn) -> list[Need]:
    count = draw(st.integers(0, 5))
    lines = [
        draw(strategies.lone_needs(need_id=f"need-{i}", request_id=f"request-{draw(st.integers(1, 2))}"))
        for i in range(count)
    ]
    return list(with_siblings(lines))


def test_offers_stand_best_first_and_the_refused_apart_with_their_reasons() -> None:
    near = make_offer(offer_id="near", included=frozenset({"XA"}))
    far = make_offer(offer_id="far", included=frozenset({"001"}))
    wrong = make_offer(offer_id="wrong", areas=frozenset({"LEG"}), languages=frozenset({"ar"}))
    ranking = rank(make_need(), [wrong, far, near], **COMMON)
    assert [(entry.place, entry.offer_id) for entry in ranking.eligible] == [(1, "near"), (2, "far")]
    assert [(entry.offer_id, entry.codes) for entry in ranking.ineligible] == [
        ("wrong", ("area_not_covered", "language_not_shared"))
    ]
    assert (ranking.engine_version, ranking.rate_set_id, ranking.weights_version) == (
        ENGINE_VERSION,
        "rates-1",
        "2026.1",
    )


def test_needs_are_ranked_for_a_donor_with_the_floor_of_their_requests() -> None:
    lines = [
        make_need(need_id="a", amount=Money(6_000_000, "EUR")),
        make_need(need_id="b", amount=Money(6_000_000, "EUR"), tier=Tier.CRITICAL),
        make_need(need_id="c", amount=Money(6_000_000, "EUR"), request_id="request-2"),
    ]
    ranking = rank_needs(make_offer(floor=Money(12_000_000, "EUR")), with_siblings(lines), **COMMON)
    assert [entry.need_id for entry in ranking.eligible] == ["b", "a"]
    assert [(entry.need_id, entry.codes) for entry in ranking.ineligible] == [("c", ("below_floor",))]


def test_a_declined_pair_is_left_out_of_both_rankings() -> None:
    declined = [DeclinedPair("need-1", "offer-1", date(2027, 1, 1))]
    assert rank(make_need(), [make_offer()], **COMMON, declined=declined).ineligible[0].codes == ("declined",)
    assert rank_needs(make_offer(), [make_need()], **COMMON, declined=declined).ineligible[0].codes == ("declined",)


def test_of_two_refusals_of_a_pair_the_later_review_date_holds_in_either_order() -> None:
    declined = [DeclinedPair("need-1", "offer-1", day) for day in (date(2027, 1, 1), date(2026, 1, 1))]
    for entries in (declined, declined[::-1]):
        assert rank(make_need(), [make_offer()], **COMMON, declined=entries).eligible == ()


# Only the area counts, so that every need below has the same score.
TIED = Weights.of("tied", {**{code: 0 for code, _ in DEFAULT_WEIGHTS.shares}, "area": UNIT})


def test_ties_break_by_severity_then_age_of_the_request_then_identifier() -> None:
    lines = [
        make_need(need_id="e", tier=NOT_DISCLOSED, requested_on=date(2020, 1, 1)),
        make_need(need_id="d", tier=Tier.LOW, requested_on=date(2020, 1, 1)),
        make_need(need_id="c", tier=Tier.CRITICAL, requested_on=date(2026, 2, 1)),
        make_need(need_id="b", tier=Tier.CRITICAL, requested_on=date(2026, 1, 1)),
        make_need(need_id="a", tier=Tier.CRITICAL, requested_on=date(2026, 2, 1)),
    ]
    ranking = rank_needs(make_offer(), lines, **{**COMMON, "weights": TIED})
    assert [entry.need_id for entry in ranking.eligible] == ["b", "a", "c", "d", "e"]


def test_equal_offers_stand_by_identifier() -> None:
    ranking = rank(make_need(), [make_offer(offer_id=code) for code in "cab"], **COMMON)
    assert [entry.offer_id for entry in ranking.eligible] == ["a", "b", "c"]


def test_an_identifier_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        rank(make_need(), [make_offer(), make_offer()], **COMMON)
    with pytest.raises(ValueError, match="stands twice"):
        rank_needs(make_offer(), [make_need(), make_need()], **COMMON)


def test_nothing_in_gives_nothing_out() -> None:
    ranking = rank(make_need(), [], **COMMON)
    assert (ranking.eligible, ranking.ineligible) == ((), ())


@settings(deadline=None, max_examples=30)
@given(
    need=strategies.needs(),
    offers=several_offers(),
    rates=strategies.rate_sets(),
    as_of=strategies.as_of_dates,
    weights=strategies.weights(),
    declined=st.lists(strategies.declined_pairs, max_size=3),
    data=st.data(),
)
def test_a_ranking_is_exact_whatever_the_order_of_input(
    need: Need,
    offers: list[Offer],
    rates: RateSet,
    as_of: date,
    weights: Weights,
    declined: list[DeclinedPair],
    data: st.DataObject,
) -> None:
    given_to: dict[str, Any] = {"weights": weights, "rates": rates, "as_of": as_of, "declined": declined}
    ranking = rank(need, offers, **given_to)
    shuffled = replace(need, siblings=tuple(data.draw(st.permutations(need.siblings))))
    again = {**given_to, "declined": data.draw(st.permutations(declined))}
    assert rank(shuffled, data.draw(st.permutations(offers)), **again) == ranking

    by_id = {offer.offer_id: offer for offer in offers}
    told = {offer_id: explained(need, offer, **given_to) for offer_id, offer in by_id.items()}
    assert {entry.offer_id: entry.score for entry in ranking.eligible} == {
        offer_id: explanation.score for offer_id, explanation in told.items() if explanation.eligible
    }
    assert {entry.offer_id: entry.codes for entry in ranking.ineligible} == {
        offer_id: tuple(r.sentence.code for r in explanation.rules if r.outcome is Outcome.FAIL)
        for offer_id, explanation in told.items()
        if not explanation.eligible
    }
    scores = [entry.score for entry in ranking.eligible]
    assert scores == sorted(scores, reverse=True)


@settings(deadline=None, max_examples=30)
@given(lines=several_needs(), offer=strategies.offers(), rates=strategies.rate_sets(), data=st.data())
def test_both_sides_see_the_same_pair_alike(
    lines: list[Need], offer: Offer, rates: RateSet, data: st.DataObject
) -> None:
    common: dict[str, Any] = {**COMMON, "rates": rates}
    ranking = rank_needs(offer, lines, **common)
    assert rank_needs(offer, data.draw(st.permutations(lines)), **common) == ranking
    for need in lines:
        alone = rank(need, [offer], **common)
        entry = next((entry for entry in ranking.eligible if entry.need_id == need.need_id), None)
        assert [one.score for one in alone.eligible] == ([entry.score] if entry else [])


@settings(deadline=None, max_examples=40)
@given(
    need=strategies.needs(),
    offer=strategies.offers(),
    rates=strategies.rate_sets(),
    as_of=strategies.as_of_dates,
    weights=strategies.weights(),
)
def test_points_add_up_to_the_score_exactly(
    need: Need, offer: Offer, rates: RateSet, as_of: date, weights: Weights
) -> None:
    explanation = explained(need, offer, rates=rates, as_of=as_of, weights=weights)
    if not explanation.eligible:
        assert (explanation.score, explanation.ledger, explanation.score_millionths) == (None, (), None)
        return
    assert explanation.score == sum(row.points for row in explanation.ledger)
    assert all(row.points == row.degree * row.weight for row in explanation.ledger)
    assert explanation.score_millionths is not None
    assert 0 <= explanation.score_millionths <= UNIT
    assert abs(explanation.score_millionths * UNIT - (explanation.score or 0)) * 2 <= UNIT


def violations(need: Need, offer: Offer, as_of: date) -> list[str]:
    """Plainly written a second time: what can make a pair impossible, for what is disclosed."""
    regions = [code for code, _ in need.state.chain]
    named = [code for code in regions if code in offer.included or code in offer.excluded]
    checks = {
        "donor": offer.donor_id == need.requester_id or offer.donor_territory == need.state.code,
        "validity": not (offer.valid_from or as_of) <= as_of <= (offer.valid_until or as_of),
        "area": bool(offer.areas) and need.area not in offer.areas,
        "type": bool(offer.types) and not (need.types & offer.types),
        "period": not set(range(need.period.start.toordinal(), need.period.end.toordinal() + 1))
        & set(range(offer.period.start.toordinal(), offer.period.end.toordinal() + 1)),
        "applicant": bool(offer.applicant_kinds) and need.applicant_kind not in offer.applicant_kinds,
        "geography": named[0] in offer.excluded if named else bool(offer.included),
        "language": bool(offer.languages)
        and isinstance(need.languages, tuple)
        and not set(need.languages) & offer.languages,
        "endorsed_baseline": offer.conditions.endorsed_baseline and need.readiness.endorsed_baseline is False,
        "oda_only": offer.conditions.oda_only and need.oda_eligible is False,
    }
    return [rule for rule, broken in checks.items() if broken]


@settings(deadline=None, max_examples=150)
@given(need=strategies.lone_needs(), offer=strategies.offers(), as_of=strategies.as_of_dates)
def test_hard_rules_are_never_violated(need: Need, offer: Offer, as_of: date) -> None:
    explanation = explained(need, offer, as_of=as_of)
    broken = violations(need, offer, as_of)
    failing = [result.rule for result in explanation.rules if result.outcome is Outcome.FAIL]
    assert sorted(broken) == sorted(set(failing) - {"gender_marker", "co_funding", "rate", "amount"})
    assert explanation.eligible is not bool(failing)


@settings(deadline=None, max_examples=40)
@given(need=strategies.lone_needs(), offer=strategies.offers(), level=st.sampled_from(GeoLevel))
def test_exclusion_wins_wherever_nothing_closer_is_included(need: Need, offer: Offer, level: GeoLevel) -> None:
    chain = need.state.chain
    code = next((code for code, found in chain if found is level), chain[0][0])
    closer = {nearer for nearer, _ in chain[: [c for c, _ in chain].index(code)]}
    bent = replace(offer, excluded=offer.excluded | {code}, included=offer.included - closer)
    assert "geography_excluded" in rank(need, [bent], **COMMON).ineligible[0].codes


@settings(deadline=None, max_examples=30)
@given(need=strategies.needs(), offers=several_offers(), more=strategies.offers(offer_id="offer-9"))
def test_another_offer_changes_no_score(need: Need, offers: list[Offer], more: Offer) -> None:
    before = {entry.offer_id: entry.score for entry in rank(need, offers, **COMMON).eligible}
    after = {entry.offer_id: entry.score for entry in rank(need, [*offers, more], **COMMON).eligible}
    assert before == {offer_id: points for offer_id, points in after.items() if offer_id != "offer-9"}
