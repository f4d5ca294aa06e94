"""The index of offers says exactly what the hard rules say, and ranks as the ranking does."""

import random
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, event, given, settings
from hypothesis import strategies as st

from cooperation.matching import DEFAULT_WEIGHTS, DeclinedPair, Need, Offer, OfferIndex, RateSet, rank, rank_open
from cooperation.matching.verdicts import Context
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import AS_OF, RATES, make_need, make_offer


@st.composite
def several_offers(draw: st.DrawFn) -> list[Offer]:
    return [
        draw(strategies.offers(offer_id=f"offer-{i}") | strategies.offers(offer_id=f"offer-{i}", open_to_all=True))
        for i in range(draw(st.integers(0, 8)))
    ]


@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(
    need=strategies.needs(),
    offers=several_offers(),
    rates=strategies.rate_sets(),
    as_of=strategies.as_of_dates,
    declined=st.lists(strategies.declined_pairs, max_size=3),
)
def test_the_index_ranks_exactly_what_the_rules_leave(
    need: Need, offers: list[Offer], rates: RateSet, as_of: date, declined: list[DeclinedPair]
) -> None:
    index = OfferIndex(offers, Context(as_of=as_of, rates=rates, declined=declined))
    common: dict[str, Any] = {"weights": DEFAULT_WEIGHTS, "rates": rates, "as_of": as_of, "declined": declined}
    expected = rank(need, offers, **common).eligible
    event(f"eligible: {len(expected)}")
    assert rank_open(need, index, weights=DEFAULT_WEIGHTS) == expected


def test_offers_are_found_by_their_place_whatever_their_number() -> None:
    rng = random.Random(1)
    offers = [make_offer(offer_id=f"{i:04}", areas=frozenset({rng.choice(["STO", "LEG"])})) for i in range(300)]
    index = OfferIndex(rng.sample(offers, 300), Context(as_of=AS_OF, rates=RATES))
    fitting = [place for place, offer in enumerate(offers) if "STO" in offer.areas]
    assert 100 < len(fitting) < 200
    assert index.open_to(make_need()) == fitting
    assert OfferIndex([], index.context).open_to(make_need()) == []


def test_an_offer_given_twice_is_refused() -> None:
    with pytest.raises(ValueError, match="stands twice"):
        OfferIndex([make_offer(), make_offer()], Context(as_of=AS_OF, rates=RATES))
