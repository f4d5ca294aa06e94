"""Random portfolios of at most eight (request, offer) pairs, with every kind of limit in play."""

import random
from collections.abc import Iterator
from typing import Any

from cooperation.matching import (
    NOT_DISCLOSED,
    UNIT,
    Commitment,
    InKindValue,
    Money,
    MoneyBand,
    Need,
    Offer,
    Policy,
    PortfolioInput,
    Step,
    Territory,
    Tier,
    rank,
    with_siblings,
)
from tests.cooperation.matching.builders import AS_OF, RATES, make_need, make_offer

GRAIN = 1000
LINKS = 8
STATES = [Territory("XA", ("X10", "X1")), Territory("XB", ("X2",)), Territory("XC", ("X10", "X1"))]
TIERS = [*Tier, NOT_DISCLOSED]


def grains(rng: random.Random, least: int, most: int) -> Money:
    """Money of about so many grains, seldom a whole number of them, in one of two currencies."""
    minor = rng.randint(least, most) * GRAIN * 100 + rng.choice([0, 0, rng.randint(1, GRAIN * 100 - 1)])
    return Money(minor, "EUR") if rng.random() < 0.7 else Money(minor * 5 // 4, "USD")


def drawn_needs(rng: random.Random) -> list[Need]:
    """Up to four requests of up to three lines."""
    needs = []
    for request in range(rng.randint(1, 4)):
        shared: dict[str, Any] = {"request_id": f"request-{request}", "state": rng.choice(STATES)}
        for line in range(rng.choice([1, 1, 2, 2, 3])):
            amount: Any = grains(rng, 3, 60)
            if rng.random() < 0.1:
                amount = rng.choice([None, MoneyBand(amount.minor, 2 * amount.minor, amount.currency)])
            needs.append(
                make_need(
                    need_id=f"need-{request}{line}",
                    area=rng.choice(["STO", "STO", "MAR", "LEG"]),
                    types=frozenset(rng.sample(["TRAIN", "EQUIP"], rng.randint(1, 2))),
                    tier=rng.choice(TIERS),
                    amount=amount,
                    technologies=frozenset(rng.sample(["marking", "tracing"], rng.randint(0, 2))),
                    languages=tuple(rng.sample(["fr", "en"], rng.randint(1, 2))),
                    **shared,
                )
            )
    return needs


def drawn_offers(rng: random.Random) -> tuple[list[Offer], list[InKindValue]]:
    """Up to four offers of up to three donors, some in kind."""
    offers, values = [], []
    for number in range(rng.randint(1, 4)):
        money: dict[str, Any] = {"capacity": grains(rng, 5, 120)}
        currency = money["capacity"].currency
        if rng.random() < 0.15:
            money = {"capacity": None, "requests_left": rng.randint(1, 2)}
            if rng.random() < 0.9:
                values.append(InKindValue(f"offer-{number}", grains(rng, 5, 60)))
        else:
            floor, ceiling = sorted((rng.randint(0, 50), rng.randint(5, 70)))
            scale = GRAIN * 100
            money["floor"] = Money(floor * scale + 7, currency) if rng.random() < 0.6 else None
            money["ceiling"] = Money(ceiling * scale + 9, currency) if rng.random() < 0.4 else None
            money["requests_left"] = rng.choice([None, None, 1, 2])
        offers.append(
            make_offer(
                offer_id=f"offer-{number}",
                donor_id=f"donor-{rng.randint(1, 3)}",
                areas=frozenset(rng.choice([[], ["STO"], ["STO", "MAR"], ["LEG", "MAR"]])),
                types=frozenset(rng.choice([[], ["TRAIN"], ["TRAIN", "EQUIP"]])),
                technologies=frozenset(rng.choice([[], ["marking"]])),
                included=frozenset(rng.choice([[], ["X1"], ["X1", "X2"], ["XA", "XB"]])),
                languages=frozenset(rng.choice([[], ["fr"], ["fr", "en"]])),
                **money,
            )
        )
    return offers, values


def drawn_policy(rng: random.Random) -> Policy:
    """Narrow steps and few donors, so that both are felt."""
    gains = sorted(rng.sample(range(1, 11), 3), reverse=True)
    widths = [rng.randint(5, 30) * GRAIN, rng.randint(5, 60) * GRAIN, None]
    return Policy(
        version="drawn",
        grain=GRAIN,
        steps=tuple(Step(width, gain * UNIT // 10) for width, gain in zip(widths, gains, strict=True)),
        max_donors=rng.choice([1, 1, 2, 3]),
    )


def drawn_commitments(rng: random.Random, needs: list[Need], offers: list[Offer]) -> list[Commitment]:
    """Now and then something agreed already, by an offer at hand or by one that is used up."""
    made = []
    for _time in range(rng.choice([0, 0, 0, 1, 2])):
        need, offer = rng.choice(needs), rng.choice(offers)
        known = rng.random() < 0.6
        made.append(
            Commitment(
                request_id=need.request_id,
                need_id=need.need_id,
                offer_id=offer.offer_id if known else "offer-used-up",
                donor_id=offer.donor_id if known else "donor-9",
                amount=grains(rng, 1, 15),
            )
        )
    return made


def links_of(given: PortfolioInput) -> set[tuple[str, str]]:
    """The (request, offer) pairs in which a line is eligible."""
    return {
        (need.request_id, entry.offer_id)
        for need in with_siblings(given.needs)
        for entry in rank(
            need, given.offers, weights=given.policy.weights, rates=given.rates, as_of=given.as_of
        ).eligible
    }


def drawn_case(rng: random.Random) -> PortfolioInput:
    """A case with two to eight links."""
    while True:
        needs = drawn_needs(rng)
        offers, values = drawn_offers(rng)
        given = PortfolioInput.of(
            needs,
            offers,
            drawn_policy(rng),
            rates=RATES,
            as_of=AS_OF,
            commitments=drawn_commitments(rng, needs, offers),
            in_kind=values,
        )
        if 2 <= len(links_of(given)) <= LINKS:
            return given


def drawn_cases(seed: int, count: int) -> Iterator[PortfolioInput]:
    """The same cases for the same seed."""
    rng = random.Random(seed)
    for _case in range(count):
        yield drawn_case(rng)
