"""Needs and offers in any number, drawn from one seed: fictional States, sparse enough to be like the real thing.

About one pair in two hundred is eligible; all offers together hold less than all needs seek.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from cooperation.matching import (
    NOT_DISCLOSED,
    Conditions,
    Money,
    Need,
    Offer,
    Period,
    Priorities,
    RateSet,
    Readiness,
    Strategy,
    StrategyLevel,
    Territory,
    Tier,
    with_siblings,
)

AS_OF = date(2026, 6, 1)
RATES = RateSet.build(
    rate_set_id="bench", on=date(2026, 5, 29), base="USD", per_base={"EUR": "0.8", "JPY": "150", "NOK": "10.5"}
)
AREAS = ("COO", "LEG", "TRA", "STO", "MAR", "REC", "TRC", "ILL", "COL", "DIS")
TYPES = ("LEGAL", "POLICY", "EXPERT", "TRAIN", "EXCH", "EQUIP", "INFRA", "SOFTW", "DATA", "DESTR", "FINANCE")
TECHNOLOGIES = ("storage", "tracing", "transport", "marking", "records", "identification", "ballistics", "border")
LANGUAGES = ("en", "fr", "ar", "es", "ru", "zh")
LENSES = ("gender", "risk", "community")
REGIONS = tuple(f"R{i}" for i in range(5))
SUBREGIONS = tuple((f"S{i:02}", REGIONS[i % 5]) for i in range(22))
STATES = tuple(Territory(f"X{i:04}", SUBREGIONS[i % 22]) for i in range(190))
TIERS = (Tier.CRITICAL, Tier.HIGH, Tier.MEDIUM, Tier.LOW, NOT_DISCLOSED)
SHARES = (15, 25, 30, 20, 10)
RATIO = {"USD": 100, "EUR": 80, "JPY": 150, "NOK": 1050}
"""Minor units of a currency for one dollar."""


def amount(rng: random.Random, thousands: float) -> Money:
    """About so many thousand dollars, in some currency."""
    currency = rng.choices(list(RATIO), (60, 25, 5, 10))[0]
    return Money(int(thousands * 1000) * RATIO[currency], currency)


def few(rng: random.Random, codes: tuple[str, ...], least: int, most: int) -> frozenset[str]:
    return frozenset(rng.sample(codes, rng.randint(least, most)))


def period(rng: random.Random, longest: int) -> Period:
    start = AS_OF + timedelta(rng.randint(0, 700))
    return Period(start, start + timedelta(rng.randint(180, longest)))


def make_needs(rng: random.Random, count: int) -> tuple[Need, ...]:
    """Needs in requests of one to four lines, with their siblings."""
    needs: list[Need] = []
    while len(needs) < count:
        state = rng.choice(STATES)
        shared: dict[str, Any] = {
            "request_id": f"request-{len(needs):05}",
            "requester_id": f"party-{state.code}",
            "state": state,
            "period": period(rng, 1000),
            "applicant_kind": "state",
            "requested_on": AS_OF - timedelta(rng.randint(1, 400)),
            "languages": rng.choice([NOT_DISCLOSED, *(tuple(rng.sample(LANGUAGES, k)) for k in (1, 2, 2))]),
            "strategies": frozenset({Strategy(f"plan-{rng.randint(1, 30)}", rng.choice(list(StrategyLevel)))}),
            "gender_marker": rng.choice([None, 0, 1, 1, 2]),
            "oda_eligible": rng.random() < 0.9,
            "readiness": Readiness(
                endorsed_baseline=True,
                baseline_endorsed_on=AS_OF - timedelta(rng.randint(1, 1500)),
                completeness=rng.randint(300_000, 1_000_000),
                co_funding_share=rng.randint(0, 400_000),
                sustainment=rng.random() < 0.7,
            ),
        }
        lines = min(rng.randint(1, 4), count - len(needs))
        needs += [
            Need(
                need_id=f"need-{len(needs) + line:05}",
                area=rng.choice(AREAS),
                types=few(rng, TYPES, 1, 2),
                amount=amount(rng, min(900, rng.lognormvariate(4.6, 0.8))),
                technologies=few(rng, TECHNOLOGIES, 0, 2),
                tier=rng.choices(TIERS, SHARES)[0],
                level=rng.randint(1, 4),
                target=4,
                lenses=few(rng, LENSES, 0, 2),
                **shared,
            )
            for line in range(lines)
        ]
    return with_siblings(needs)


def make_offers(rng: random.Random, count: int) -> tuple[Offer, ...]:
    """Offers of a twentieth as many donors."""
    offers = []
    for number in range(count):
        left = min(2000.0, rng.lognormvariate(4.3, 0.9))
        capacity = amount(rng, left)
        floor = Money(int(capacity.minor * rng.uniform(0.05, 0.4)), capacity.currency)
        ceiling = Money(int(capacity.minor * rng.uniform(0.4, 1)), capacity.currency)
        where = rng.choices(("states", "subregions", "regions", "world"), (40, 35, 20, 5))[0]
        included = {
            "states": frozenset(state.code for state in rng.sample(STATES, rng.randint(1, 4))),
            "subregions": few(rng, tuple(code for code, _ in SUBREGIONS), 1, 2),
            "regions": few(rng, REGIONS, 1, 1),
            "world": frozenset(),
        }[where]
        offers.append(
            Offer(
                offer_id=f"offer-{number:05}",
                donor_id=f"donor-{rng.randrange(max(5, count // 20)):04}",
                period=period(rng, 1500),
                areas=frozenset() if rng.random() < 0.1 else few(rng, AREAS, 1, 3),
                types=frozenset() if rng.random() < 0.1 else few(rng, TYPES, 2, 4),
                technologies=few(rng, TECHNOLOGIES, 0, 3),
                included=included,
                excluded=frozenset({rng.choice(STATES).code}) if rng.random() < 0.1 else frozenset(),
                capacity=capacity,
                requests_left=rng.choice([None, None, None, 1, 2, 4]),
                floor=floor if rng.random() < 0.6 else None,
                ceiling=ceiling if rng.random() < 0.5 else None,
                languages=frozenset() if rng.random() < 0.3 else few(rng, LANGUAGES, 1, 3),
                applicant_kinds=frozenset({"state"}),
                conditions=Conditions(
                    min_gender_marker=1 if rng.random() < 0.15 else None,
                    oda_only=rng.random() < 0.5,
                    min_co_funding=50_000 if rng.random() < 0.15 else None,
                ),
                priorities=Priorities(areas=few(rng, AREAS, 0, 2), lenses=few(rng, LENSES, 0, 1)),
                strategies=few(rng, tuple(f"plan-{i}" for i in range(1, 31)), 0, 2),
                lenses=few(rng, LENSES, 0, 1),
                valid_until=AS_OF + timedelta(rng.randint(1, 400)),
            )
        )
    return tuple(offers)
