"""The rule on the amount: an offer's floor against what the whole request could take from it.

The floor is compared with the sum of the request's needs that pass all other rules. The need under test
always counts, so that this rule does not fail merely because another one does; for an eligible pair the two readings
are the same. Where a need shows only a band, its lower end must reach the floor to pass, its upper end
must stay below to fail, and in between the donor has to ask; a need with an undisclosed fact counts likewise
with nothing at the lower end.
"""

from typing import Final

from cooperation.matching import shown
from cooperation.matching.results import Outcome, Shown
from cooperation.matching.rules import RULES_BEFORE_AMOUNT
from cooperation.matching.values import Need, Offer
from cooperation.matching.verdicts import Context, Facts, Rule, Verdict, asks, fails, passes

IN_KIND: Final = passes("in_kind")
NO_FLOOR: Final = passes("no_floor")
FLOOR_REACHED: Final = passes("floor_reached")
FLOOR_WITHIN_BAND: Final = asks("floor_within_band")
AMOUNT_NOT_COMPARED: Final = Verdict("amount_not_compared", Outcome.SKIPPED)
CAPACITY_USED_UP: Final = fails("capacity_used_up")
OFFER_BELOW_ITS_FLOOR: Final = fails("offer_below_its_floor")
BELOW_FLOOR: Final = fails("below_floor")


def within_reach(offer: Offer) -> int | None:
    """The most that one request can get, in minor units of the offer: ceiling or what is left; None in kind."""
    if offer.capacity is None:
        return None
    left = offer.capacity.minor
    return left if offer.ceiling is None else min(left, offer.ceiling.minor)


def converted(need: Need, offer: Offer, context: Context) -> tuple[int, int] | None:
    """Least and most that the need asks for, in minor units of the offer; None without a rate or a common measure."""
    amount = need.amount
    if amount is None:
        return (0, 0)
    if offer.capacity is None:
        return None
    target = offer.capacity.currency
    low = context.convert(amount.low, amount.currency, target)
    if amount.low == amount.high:
        return None if low is None else (low, low)
    high = context.convert(amount.high, amount.currency, target)
    return None if low is None or high is None else (low, high)


def from_siblings(need: Need, offer: Offer, context: Context) -> tuple[int, int]:
    """Least and most that the other needs of the request add, in minor units of the offer.

    A sibling that fails another rule adds nothing; one that waits for an undisclosed fact may add all or nothing.
    """
    least = most = 0
    for sibling in need.siblings:
        verdicts = [rule.check(sibling, offer, context) for rule in RULES_BEFORE_AMOUNT]
        asked = converted(sibling, offer, context)
        if asked is None or any(verdict.failed for verdict in verdicts):
            continue
        most += asked[1]
        if all(verdict.outcome is Outcome.PASS for verdict in verdicts):
            least += asked[0]
    return least, most


def check_amount(need: Need, offer: Offer, context: Context) -> Verdict:  # noqa: PLR0911 - a short list of cases
    """The offer has something left, and the request is large enough for its floor."""
    if offer.requests_left == 0:
        return CAPACITY_USED_UP
    reach = within_reach(offer)
    if reach is None:
        return IN_KIND
    if reach == 0:
        return CAPACITY_USED_UP
    floor = 0 if offer.floor is None else offer.floor.minor
    if floor == 0:
        return NO_FLOOR
    if reach < floor:
        return OFFER_BELOW_ITS_FLOOR
    own = converted(need, offer, context)
    if own is None:
        return AMOUNT_NOT_COMPARED
    return _against_floor(floor, own, need, offer, context)


def _against_floor(floor: int, own: tuple[int, int], need: Need, offer: Offer, context: Context) -> Verdict:
    if own[0] >= floor:  # the usual case; saves the look at the siblings
        return FLOOR_REACHED
    least, most = from_siblings(need, offer, context)
    if own[0] + least >= floor:
        return FLOOR_REACHED
    return FLOOR_WITHIN_BAND if own[1] + most >= floor else BELOW_FLOOR


def facts_amount(need: Need, offer: Offer, context: Context) -> Facts:
    """The amount sought, the offer's limits, and what the whole request could take from the offer."""
    together = shown.NONE
    own = converted(need, offer, context)
    if own is not None and offer.capacity is not None:
        least, most = from_siblings(need, offer, context)
        together = shown.band(own[0] + least, own[1] + most, offer.capacity.currency)
    floor: Shown = shown.NO_LIMIT if offer.floor is None else shown.amount(offer.floor)
    return Facts(shown.amount(need.amount), shown.limits(offer), (("together", together), ("floor", floor)))


AMOUNT_RULE: Final = Rule("amount", check_amount, facts_amount)
RULES: Final = (*RULES_BEFORE_AMOUNT, AMOUNT_RULE)
"""All hard rules, in the order in which they are shown."""
