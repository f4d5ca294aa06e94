"""JSON and the input hash: what is stored can be recomputed, bit for bit."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cooperation.matching import (
    DEFAULT_WEIGHTS,
    NOT_DISCLOSED,
    DeclinedPair,
    DecodeError,
    Explanation,
    Money,
    Need,
    Offer,
    Ranking,
    RateSet,
    Territory,
    Weights,
    WeightsError,
    from_json,
    input_hash,
    rank,
    to_json,
)
from tests.cooperation.matching import strategies
from tests.cooperation.matching.builders import AS_OF, RATES, explained, make_need, make_offer


def plain(data: Any) -> bool:
    if isinstance(data, dict):
        return all(isinstance(key, str) and plain(value) for key, value in data.items())
    if isinstance(data, list):
        return all(map(plain, data))
    return data is None or type(data) in {str, int, bool}


@settings(deadline=None, max_examples=30)
@given(
    need=strategies.needs(),
    offer=strategies.offers(),
    rates=strategies.rate_sets(),
    as_of=strategies.as_of_dates,
    weights=strategies.weights(),
    declined=st.lists(strategies.declined_pairs, max_size=2),
)
def test_a_stored_run_recomputes_to_the_same_explanation(
    need: Need, offer: Offer, rates: RateSet, as_of: date, weights: Weights, declined: list[DeclinedPair]
) -> None:
    first = explained(need, offer, rates=rates, as_of=as_of, weights=weights, declined=declined)
    stored = [to_json(value) for value in (need, offer, rates, weights, first)]
    assert plain(stored)
    kinds = (Need, Offer, RateSet, Weights, Explanation)
    values: list[Any] = [from_json(kind, data) for kind, data in zip(kinds, stored, strict=True)]
    assert values == [need, offer, rates, weights, first]
    again = explained(values[0], values[1], rates=values[2], as_of=as_of, weights=values[3], declined=declined)
    assert again == first


def test_a_ranking_round_trips() -> None:
    ranking = rank(
        make_need(),
        [make_offer(), make_offer(offer_id="other", areas=frozenset({"LEG"}))],
        weights=DEFAULT_WEIGHTS,
        rates=RATES,
        as_of=AS_OF,
    )
    assert from_json(Ranking, to_json(ranking)) == ranking


def test_an_undisclosed_field_cannot_be_taken_for_a_value() -> None:
    data = to_json(make_need(languages=NOT_DISCLOSED))
    assert data["languages"] == {"not_disclosed": True}
    assert from_json(Need, data).languages is NOT_DISCLOSED


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"area": 5}, "Need.area"),
        ({"types": "TRAIN"}, "Need.types"),
        ({"types": ["TRAIN", 3]}, r"Need.types\[1\]"),
        ({"period": {"start": "2026-01-01"}}, "Need.period"),
        ({"period": {"start": "2026-01-01", "end": "soon"}}, "Need.period.end"),
        ({"tier": "dreadful"}, "Need.tier"),
        ({"gender_marker": True}, "Need.gender_marker"),
        ({"amount": {"minor": 1.5, "currency": "EUR"}}, "Need.amount"),
        ({"surplus": 1}, "surplus"),
    ],
)
def test_a_wrong_form_is_refused_with_its_place(change: dict[str, Any], place: str) -> None:
    with pytest.raises(DecodeError, match=place):
        from_json(Need, {**to_json(make_need()), **change})


def test_a_value_out_of_bounds_is_refused_as_it_would_be_when_built() -> None:
    data = to_json(make_need())
    with pytest.raises(ValueError, match="0, 1 or 2"):
        from_json(Need, {**data, "gender_marker": 7})
    with pytest.raises(WeightsError):
        from_json(Weights, {"version": "2", "shares": []})


def test_the_hash_of_known_inputs_never_changes() -> None:
    # a change of this value means that stored runs no longer recompute: raise ENGINE_VERSION with it
    assert input_hash({"b": [1, None], "a": Territory("XA", ("X1",))}) == (
        "3a33fa57372744eea55c82eff5427aec3caa571c7c41cfd80b68c7a1573caa1c"
    )


def test_the_hash_does_not_depend_on_the_order_of_sets_siblings_or_declined_pairs() -> None:
    siblings = tuple(make_need(need_id=f"need-{i}") for i in (2, 3))
    declined = [DeclinedPair("need-1", "offer-1", date(2025, 1, day)) for day in (1, 2)]
    one = explained(replace(make_need(), siblings=siblings), make_offer(), declined=declined)
    two = explained(replace(make_need(), siblings=siblings[::-1]), make_offer(), declined=declined[::-1])
    assert one.input_hash == two.input_hash


@pytest.mark.parametrize(
    ("need", "offer", "run"),
    [
        ({"amount": Money(10_000_001, "EUR")}, {}, {}),
        ({"languages": NOT_DISCLOSED}, {}, {}),
        ({}, {"offer_id": "offer-2"}, {}),
        ({}, {}, {"as_of": date(2026, 6, 2)}),
        ({}, {}, {"declined": [DeclinedPair("need-1", "offer-1", date(2025, 1, 1))]}),
        ({}, {}, {"rates": RateSet.build(rate_set_id="rates-2", on=RATES.on, base="EUR", per_base={})}),
        ({}, {}, {"weights": Weights("2026.2", DEFAULT_WEIGHTS.shares)}),
    ],
)
def test_any_other_input_gives_another_hash(need: dict[str, Any], offer: dict[str, Any], run: dict[str, Any]) -> None:
    usual = explained(make_need(), make_offer())
    assert explained(make_need(**need), make_offer(**offer), **run).input_hash != usual.input_hash


def test_what_has_no_bearing_on_a_pair_is_not_in_its_hash() -> None:
    elsewhere = [DeclinedPair("need-1", "offer-9", date(2030, 1, 1)), DeclinedPair("need-9", "offer-1", AS_OF)]
    assert explained(make_need(), make_offer(), declined=elsewhere) == explained(make_need(), make_offer())


def test_what_was_stored_before_a_field_was_there_is_still_read() -> None:
    """Matches are shown years later: a field that came since stands at its default, one that went is not guessed at."""
    need = make_need()
    stored = to_json(need)
    assert need.siblings == ()
    older = {name: value for name, value in stored.items() if name != "siblings"}
    assert from_json(Need, older) == need
    with pytest.raises(DecodeError, match="need_id"):
        from_json(Need, {name: value for name, value in stored.items() if name != "need_id"})
    with pytest.raises(DecodeError, match="colour"):
        from_json(Need, {**stored, "colour": "blue"})
