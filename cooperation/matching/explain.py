"""Everything there is to say about one pair: every rule, the ledger, and why not."""

from collections.abc import Iterable
from datetime import date

from cooperation.matching.changes import CHANGEABLE, smallest_changes
from cooperation.matching.codec import input_hash
from cooperation.matching.floor import RULES
from cooperation.matching.money import RateSet
from cooperation.matching.results import Explanation, Outcome, RuleResult, Sentence, Shown, WhyNot
from cooperation.matching.score import ledger
from cooperation.matching.values import DeclinedPair, Need, Offer
from cooperation.matching.verdicts import Context
from cooperation.matching.version import ENGINE_VERSION
from cooperation.matching.weights import Weights


def explain(
    need: Need,
    offer: Offer,
    *,
    weights: Weights,
    rates: RateSet,
    as_of: date,
    declined: Iterable[DeclinedPair] = (),
) -> Explanation:
    """Explain one pair. The score is the same as in a ranking of the same values.

    The input hash covers the need with its siblings, the offer, weights, rates, date, and the declined entries of this
    pair and of the siblings with this offer; nothing else has a bearing.
    """
    ours = {need.need_id, *(sibling.need_id for sibling in need.siblings)}
    bearing = sorted(
        {pair for pair in declined if pair.offer_id == offer.offer_id and pair.need_id in ours},
        key=lambda pair: (pair.need_id, pair.review_on),
    )
    context = Context(as_of=as_of, rates=rates, declined=bearing)
    rules = tuple(rule.result(need, offer, context) for rule in RULES)
    failing = tuple(result for result in rules if result.outcome is Outcome.FAIL)
    rows = () if failing else ledger(need, offer, context, weights)
    return Explanation(
        engine_version=ENGINE_VERSION,
        input_hash=input_hash(
            {"need": need, "offer": offer, "weights": weights, "rates": rates, "as_of": as_of, "declined": bearing}
        ),
        need_id=need.need_id,
        offer_id=offer.offer_id,
        as_of=as_of,
        rate_set_id=rates.rate_set_id,
        weights_version=weights.version,
        eligible=not failing,
        rules=rules,
        score=None if failing else sum(row.points for row in rows),
        ledger=rows,
        why_not=_why_not(failing, need, offer, context) if failing else None,
    )


def _why_not(failing: tuple[RuleResult, ...], need: Need, offer: Offer, context: Context) -> WhyNot:
    ways = smallest_changes(need, offer, context)
    if ways:
        return WhyNot(failing, ways, Sentence("why_not.ways", (("changes", Shown("count", len(ways[0]))),)))
    obstacles = tuple(result.rule for result in failing if result.sentence.code not in CHANGEABLE)
    # nothing changeable is left out but in one case: a floor beyond the largest amount that can be written
    named = obstacles or tuple(result.rule for result in failing)
    return WhyNot(failing, (), Sentence("why_not.no_change_helps", (("rules", Shown("rules", named)),)))
