"""Hypothesis strategies over small vocabularies, so that pairs often fit and often fail by one rule only."""

from dataclasses import replace
from datetime import date, timedelta
from typing import TypeVar

from hypothesis import strategies as st

from cooperation.matching import (
    CRITERION_CODES,
    NOT_DISCLOSED,
    UNIT,
    Conditions,
    DeclinedPair,
    Money,
    MoneyBand,
    Need,
    NotDisclosed,
    Offer,
    Period,
    Priorities,
    RateSet,
    Readiness,
    Strategy,
    StrategyLevel,
    Territory,
    Tier,
    TierCap,
    Weights,
)

T = TypeVar("T")
AREAS, TYPES, LANGUAGES = ["STO", "MAR"], ["TRAIN", "EQUIP", "LEGAL"], ["en", "fr", "ar"]
TECHNOLOGIES, LENSES, CODES = ["marking", "tracing"], ["gender", "risk"], ["XA", "XB", "X10", "X1", "X2", "001"]
STATES = [Territory("XA", ("X10", "X1")), Territory("XB", ("X2", "001"))]
CURRENCIES = ["EUR", "USD", "JPY", "XOF"]

dates = st.dates(date(2025, 1, 1), date(2027, 12, 31))
as_of_dates = st.dates(date(2026, 1, 1), date(2026, 12, 31))
shares = st.integers(0, UNIT)


def maybe(values: st.SearchStrategy[T]) -> st.SearchStrategy[T | NotDisclosed]:
    return st.one_of(values, st.just(NOT_DISCLOSED))


def some(values: list[str], least: int = 0) -> st.SearchStrategy[frozenset[str]]:
    return st.frozensets(st.sampled_from(values), min_size=least)


@st.composite
def periods(draw: st.DrawFn) -> Period:
    start = draw(dates)
    return Period(start, start + timedelta(draw(st.integers(0, 900))))


@st.composite
def rate_sets(draw: st.DrawFn) -> RateSet:
    rates = draw(
        st.dictionaries(st.sampled_from(CURRENCIES[1:]), st.fractions("1/100", 1000, max_denominator=997), max_size=3)
    )
    return RateSet.build(rate_set_id="rates-1", on=date(2026, 1, 1), base="EUR", per_base=rates)


@st.composite
def amounts(draw: st.DrawFn) -> Money | MoneyBand | None:
    currency = draw(st.sampled_from(CURRENCIES))
    low, high = sorted((draw(st.integers(0, 10_000)), draw(st.integers(0, 10_000))))
    return draw(st.sampled_from([None, Money(low, currency), Money(high, currency), MoneyBand(low, high, currency)]))


@st.composite
def readinesses(draw: st.DrawFn) -> Readiness:
    endorsed = draw(maybe(st.booleans()))
    on = maybe(dates) if endorsed is True else maybe(st.one_of(st.none(), dates))
    return Readiness(
        endorsed_baseline=endorsed,
        baseline_endorsed_on=draw(on),
        completeness=draw(maybe(shares)),
        co_funding_share=draw(maybe(shares)),
        sustainment=draw(maybe(st.one_of(st.none(), st.booleans()))),
    )


@st.composite
def lone_needs(draw: st.DrawFn, need_id: str = "need-1", request_id: str = "request-1") -> Need:
    served = st.builds(Strategy, st.sampled_from(["NDP", "AU"]), st.sampled_from(StrategyLevel))
    return Need(
        need_id=need_id,
        request_id=request_id,
        requester_id="state-1",
        state=draw(st.sampled_from(STATES)),
        area=draw(st.sampled_from(AREAS)),
        types=draw(some(TYPES, 1)),
        period=draw(periods()),
        amount=draw(amounts()),
        applicant_kind=draw(st.sampled_from(["state", "region"])),
        requested_on=draw(dates),
        technologies=draw(maybe(some(TECHNOLOGIES))),
        languages=draw(maybe(st.lists(st.sampled_from(LANGUAGES), unique=True).map(tuple))),
        tier=draw(maybe(st.sampled_from(Tier))),
        tier_cap=draw(st.one_of(st.none(), st.sampled_from(TierCap))),
        level=draw(maybe(st.one_of(st.none(), st.integers(1, 5)))),
        target=draw(maybe(st.one_of(st.none(), st.integers(1, 5)))),
        lenses=draw(maybe(some(LENSES))),
        strategies=draw(maybe(st.frozensets(served, max_size=3))),
        gender_marker=draw(maybe(st.one_of(st.none(), st.integers(0, 2)))),
        oda_eligible=draw(maybe(st.booleans())),
        readiness=draw(readinesses()),
    )


@st.composite
def needs(draw: st.DrawFn) -> Need:
    """A need with up to two siblings."""
    siblings = [draw(lone_needs(need_id=f"need-{i}")) for i in range(2, 2 + draw(st.integers(0, 2)))]
    return replace(draw(lone_needs()), siblings=tuple(siblings))


@st.composite
def offers(draw: st.DrawFn, offer_id: str = "offer-1", *, open_to_all: bool = False) -> Offer:
    """An offer; one that is open to all fails by no rule but those on which a requester can change something."""
    in_kind = draw(st.integers(0, 4)) == 0
    currency = draw(st.sampled_from(CURRENCIES))
    floor, ceiling = sorted((draw(st.integers(0, 20_000)), draw(st.integers(0, 40_000))))
    start, end = sorted((draw(dates), draw(dates)))
    offer = Offer(
        offer_id=offer_id,
        donor_id=draw(st.sampled_from(["donor-1", "donor-2", "state-1"])),
        donor_territory=draw(st.sampled_from([None, None, None, "XB"])),
        period=draw(periods()),
        areas=draw(some(AREAS)),
        types=draw(some(TYPES)),
        technologies=draw(some(TECHNOLOGIES)),
        included=draw(some(CODES)),
        excluded=draw(st.one_of(st.just(frozenset[str]()), some(CODES))),
        capacity=None if in_kind else Money(draw(st.integers(0, 40_000)), currency),
        requests_left=draw(st.integers(0, 3)) if in_kind else draw(st.sampled_from([None, None, 0, 2])),
        floor=None if in_kind else draw(st.sampled_from([None, Money(floor, currency)])),
        ceiling=None if in_kind else draw(st.sampled_from([None, Money(ceiling, currency)])),
        languages=draw(some(LANGUAGES)),
        applicant_kinds=draw(st.sampled_from([frozenset[str](), frozenset({"state"}), frozenset({"state", "region"})])),
        conditions=Conditions(
            endorsed_baseline=draw(st.booleans()),
            min_gender_marker=draw(st.sampled_from([None, 0, 1, 2])),
            oda_only=draw(st.sampled_from([False, False, True])),
            min_co_funding=draw(st.one_of(st.none(), st.integers(0, 300_000))),
        ),
        priorities=Priorities(
            areas=draw(some(AREAS)),
            types=draw(some(TYPES)),
            technologies=draw(some(TECHNOLOGIES)),
            lenses=draw(some(LENSES)),
            territories=draw(some(CODES)),
        ),
        strategies=draw(some(["NDP", "AU"])),
        lenses=draw(some(LENSES)),
        valid_from=draw(st.sampled_from([None, None, start])),
        valid_until=draw(st.sampled_from([None, None, end])),
    )
    return _opened(offer) if open_to_all else offer


def _opened(offer: Offer) -> Offer:
    nothing: frozenset[str] = frozenset()
    return replace(
        offer,
        donor_id="donor-1",
        donor_territory=None,
        areas=nothing,
        included=nothing,
        excluded=nothing,
        applicant_kinds=nothing,
        conditions=replace(offer.conditions, oda_only=False),
        valid_from=None,
        valid_until=None,
    )


declined_pairs = st.builds(
    DeclinedPair,
    st.sampled_from(["need-1", "need-2"]),
    st.sampled_from(["offer-1", "offer-2"]),
    dates,
)


@st.composite
def weights(draw: st.DrawFn) -> Weights:
    cuts = sorted(draw(st.lists(shares, min_size=len(CRITERION_CODES) - 1, max_size=len(CRITERION_CODES) - 1)))
    parts = [end - start for start, end in zip([0, *cuts], [*cuts, UNIT], strict=True)]
    return Weights.of("drawn", dict(zip(CRITERION_CODES, parts, strict=True)))
