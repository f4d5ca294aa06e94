"""The score of one pair: the exact sum of degree x weight over the criteria."""

from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeAlias

from cooperation.matching.criteria import CRITERIA, Measure
from cooperation.matching.results import LedgerRow
from cooperation.matching.values import Need, NotDisclosed, Offer, Tier
from cooperation.matching.verdicts import Context
from cooperation.matching.weights import Weights

Weighing: TypeAlias = tuple[tuple[Callable[[Need, Offer, Context], Measure], int], ...]


def weighing(weights: Weights) -> Weighing:
    """(measure, weight) of the criteria that carry weight, made once per run."""
    given = dict(weights.shares)
    return tuple((criterion.measure, given[criterion.code]) for criterion in CRITERIA if given[criterion.code])


def score(need: Need, offer: Offer, context: Context, weighed: Weighing) -> int:
    """The exact score, from 0 to `UNIT` x `UNIT`. Says nothing about eligibility."""
    return sum(measure(need, offer, context)[0] * weight for measure, weight in weighed)


def scores(need: Need, offers: Iterable[Offer], context: Context, weights: Weights) -> Iterator[int]:
    """The exact score of the need with each offer; what depends on the need alone is measured once."""
    given = dict(weights.shares)
    paired = [(c.measure, given[c.code]) for c in CRITERIA if given[c.code] and not c.of_need]
    alone = [(c.measure, given[c.code]) for c in CRITERIA if given[c.code] and c.of_need]
    fixed: int | None = None
    for offer in offers:
        if fixed is None:
            fixed = sum(measure(need, offer, context)[0] * weight for measure, weight in alone)
        yield fixed + sum(measure(need, offer, context)[0] * weight for measure, weight in paired)


def ledger(need: Need, offer: Offer, context: Context, weights: Weights) -> tuple[LedgerRow, ...]:
    """One row per criterion, those without weight too; the points add up to `score`."""
    given = dict(weights.shares)
    return tuple(criterion.row(need, offer, context, given[criterion.code]) for criterion in CRITERIA)


_TIER_ORDER: Final[dict[Tier | NotDisclosed, int]] = {
    Tier.CRITICAL: 0,
    Tier.HIGH: 1,
    Tier.MEDIUM: 2,
    Tier.LOW: 3,
    NotDisclosed.NOT_DISCLOSED: 4,
}


def order_key(need: Need, offer: Offer, points: int) -> tuple[int, int, int, str, str]:
    """Best first: score, then the severer tier (undisclosed last), then the older request, then the identifiers."""
    return -points, _TIER_ORDER[need.tier], need.requested_on.toordinal(), need.need_id, offer.offer_id
