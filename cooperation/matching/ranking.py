"""Many pairs at once: one need against offers, or one offer against needs.

Order of input never matters. Only verdicts and scores are worked out here; what is said about a pair is
made by `explain` for the pairs that somebody looks at.
"""

from collections.abc import Iterable, Sequence
from datetime import date

from cooperation.matching.floor import RULES
from cooperation.matching.money import RateSet
from cooperation.matching.results import Ranked, Ranking, Refused
from cooperation.matching.score import order_key, score, weighing
from cooperation.matching.values import DeclinedPair, Need, Offer
from cooperation.matching.verdicts import Context
from cooperation.matching.version import ENGINE_VERSION
from cooperation.matching.weights import Weights


def rank(
    need: Need,
    offers: Iterable[Offer],
    *,
    weights: Weights,
    rates: RateSet,
    as_of: date,
    declined: Iterable[DeclinedPair] = (),
) -> Ranking:
    """Rank the offers for one need (the requester's side). Raises ValueError when an offer stands twice."""
    given = list(offers)
    check_unique([offer.offer_id for offer in given])
    context = Context(as_of=as_of, rates=rates, declined=declined)
    return _rank([(need, offer) for offer in given], context, weights)


def rank_needs(
    offer: Offer,
    needs: Iterable[Need],
    *,
    weights: Weights,
    rates: RateSet,
    as_of: date,
    declined: Iterable[DeclinedPair] = (),
) -> Ranking:
    """Rank the needs for one offer (the donor's side). Raises ValueError when a need stands twice.

    The needs must carry their siblings (`with_siblings`) where the offer has a floor.
    """
    given = list(needs)
    check_unique([need.need_id for need in given])
    context = Context(as_of=as_of, rates=rates, declined=declined)
    return _rank([(need, offer) for need in given], context, weights)


def check_unique(identifiers: Sequence[str]) -> None:
    """Raises ValueError when an identifier stands twice."""
    if len(set(identifiers)) != len(identifiers):
        raise ValueError("an identifier stands twice in the input of a ranking")


def _rank(pairs: Sequence[tuple[Need, Offer]], context: Context, weights: Weights) -> Ranking:
    checks = tuple(rule.check for rule in RULES)
    weighed = weighing(weights)
    scored: list[tuple[tuple[int, int, int, str, str], int, Need, Offer]] = []
    refused: list[Refused] = []
    for need, offer in pairs:
        codes = [verdict.code for check in checks if (verdict := check(need, offer, context)).failed]
        if codes:
            refused.append(Refused(need.need_id, offer.offer_id, tuple(codes)))
        else:
            points = score(need, offer, context, weighed)
            scored.append((order_key(need, offer, points), points, need, offer))
    scored.sort(key=lambda entry: entry[0])
    refused.sort(key=lambda entry: (entry.need_id, entry.offer_id))
    return Ranking(
        engine_version=ENGINE_VERSION,
        as_of=context.as_of,
        rate_set_id=context.rates.rate_set_id,
        weights_version=weights.version,
        eligible=tuple(
            Ranked(place, need.need_id, offer.offer_id, points)
            for place, (_, points, need, offer) in enumerate(scored, start=1)
        ),
        ineligible=tuple(refused),
    )
