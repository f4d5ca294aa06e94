"""The hard rules: a pair is eligible when none of them fails.

Each rule is one small function `check` that answers a `Verdict` from a closed list, and one function `facts` that
says which two values were compared. `check` alone runs for every pair; `facts` only for the pairs somebody looks at.
What a donor was not granted never reaches this module. Conditions are in `conditions.py`, the floor in `floor.py`.
"""

from datetime import date
from typing import Final

from cooperation.matching import shown
from cooperation.matching.conditions import CONDITION_RULES
from cooperation.matching.results import Shown
from cooperation.matching.values import GeoLevel, Need, NotDisclosed, Offer, Territory
from cooperation.matching.verdicts import Context, Facts, Rule, Verdict, asks, fails, passes

# The donor is not the requesting State itself.
DONOR_IS_OTHER: Final = passes("donor_is_other")
DONOR_IS_REQUESTER: Final = fails("donor_is_requester")


def check_donor(need: Need, offer: Offer, context: Context) -> Verdict:
    """A State does not help itself."""
    same = offer.donor_id == need.requester_id or offer.donor_territory == need.state.code
    return DONOR_IS_REQUESTER if same else DONOR_IS_OTHER


def facts_donor(need: Need, offer: Offer, context: Context) -> Facts:
    """The two parties."""
    return Facts(shown.one("party", need.requester_id), shown.one("party", offer.donor_id))


# The offer stands on the day of the run.
OFFER_VALID: Final = passes("offer_valid")
OFFER_NOT_YET_VALID: Final = fails("offer_not_yet_valid")
OFFER_EXPIRED: Final = fails("offer_expired")


def validity(offer: Offer, as_of: date) -> Verdict:
    """Whether the offer stands on `as_of`, its first and last day included."""
    if offer.valid_from is not None and as_of < offer.valid_from:
        return OFFER_NOT_YET_VALID
    if offer.valid_until is not None and as_of > offer.valid_until:
        return OFFER_EXPIRED
    return OFFER_VALID


def check_validity(need: Need, offer: Offer, context: Context) -> Verdict:
    """The offer stands on the day of the run."""
    return validity(offer, context.as_of)


def facts_validity(need: Need, offer: Offer, context: Context) -> Facts:
    """The day of the run and the days of the offer."""
    return Facts(shown.day(context.as_of), shown.open_period(offer.valid_from, offer.valid_until))


# Nobody declined the pair lately.
NOT_DECLINED: Final = passes("not_declined")
REVIEW_DUE: Final = passes("review_due")
DECLINED: Final = fails("declined")


def check_declined(need: Need, offer: Offer, context: Context) -> Verdict:
    """A declined pair comes back on its review date, not before."""
    if not context.declined:
        return NOT_DECLINED
    review_on = context.declined.get((need.need_id, offer.offer_id))
    if review_on is None:
        return NOT_DECLINED
    return DECLINED if context.as_of < review_on else REVIEW_DUE


def facts_declined(need: Need, offer: Offer, context: Context) -> Facts:
    """The day of the run and the review date."""
    review_on = context.declined.get((need.need_id, offer.offer_id))
    return Facts(shown.day(context.as_of), shown.NONE if review_on is None else shown.day(review_on))


# The offer reaches the State.
GEOGRAPHY_REACHED: Final = {level: passes(f"geography_{level}") for level in GeoLevel}
GEOGRAPHY_EXCLUDED: Final = fails("geography_excluded")
GEOGRAPHY_NOT_INCLUDED: Final = fails("geography_not_included")


def reach(state: Territory, included: frozenset[str], excluded: frozenset[str]) -> Verdict:
    """The most specific territory named decides; where one is both included and excluded, exclusion wins.

    An offer that includes nothing by name is open to the world, less what it excludes.
    """
    for code, level in state.chain:
        if code in excluded:
            return GEOGRAPHY_EXCLUDED
        if code in included:
            return GEOGRAPHY_REACHED[level]
    return GEOGRAPHY_NOT_INCLUDED if included else GEOGRAPHY_REACHED[GeoLevel.GLOBAL]


def check_geography(need: Need, offer: Offer, context: Context) -> Verdict:
    """The offer reaches the State."""
    return reach(need.state, offer.included, offer.excluded)


def facts_geography(need: Need, offer: Offer, context: Context) -> Facts:
    """The State, and the territories that the offer names."""
    named = Shown("territories", (tuple(sorted(offer.included)), tuple(sorted(offer.excluded))))
    by = next((code for code, _ in need.state.chain if code in offer.excluded or code in offer.included), None)
    return Facts(
        shown.one("territory", need.state.code),
        named if offer.included or offer.excluded else shown.NO_LIMIT,
        (("by", shown.NO_LIMIT if by is None else shown.one("territory", by)),),
    )


# The offer covers the functional area.
AREA_NAMED: Final = passes("area_named")
AREA_OPEN: Final = passes("area_open")
AREA_NOT_COVERED: Final = fails("area_not_covered")


def check_area(need: Need, offer: Offer, context: Context) -> Verdict:
    """The need's functional area is among the offer's."""
    if not offer.areas:
        return AREA_OPEN
    return AREA_NAMED if need.area in offer.areas else AREA_NOT_COVERED


def facts_area(need: Need, offer: Offer, context: Context) -> Facts:
    """The need's area and the offer's areas."""
    return Facts(shown.one("area", need.area), shown.limit("areas", offer.areas))


# The offer gives a type of assistance that the need asks for.
TYPE_SHARED: Final = passes("type_shared")
TYPE_OPEN: Final = passes("type_open")
TYPE_NOT_OFFERED: Final = fails("type_not_offered")


def check_type(need: Need, offer: Offer, context: Context) -> Verdict:
    """At least one type of assistance is both asked for and offered."""
    if not offer.types:
        return TYPE_OPEN
    return TYPE_NOT_OFFERED if need.types.isdisjoint(offer.types) else TYPE_SHARED


def facts_type(need: Need, offer: Offer, context: Context) -> Facts:
    """The types asked for and the types offered."""
    return Facts(shown.codes("types", need.types), shown.limit("types", offer.types))


# The periods meet.
PERIOD_OVERLAPS: Final = passes("period_overlaps")
PERIOD_APART: Final = fails("period_apart")


def check_period(need: Need, offer: Offer, context: Context) -> Verdict:
    """The two periods share at least one day."""
    apart = need.period.end < offer.period.start or offer.period.end < need.period.start
    return PERIOD_APART if apart else PERIOD_OVERLAPS


def facts_period(need: Need, offer: Offer, context: Context) -> Facts:
    """The two periods and the days they share."""
    shared = Shown("days", need.period.overlap_days(offer.period))
    return Facts(shown.period(need.period), shown.period(offer.period), (("shared", shared),))


# The requester is of a kind that may apply.
APPLICANT_ACCEPTED: Final = passes("applicant_accepted")
APPLICANT_OPEN: Final = passes("applicant_open")
APPLICANT_NOT_ACCEPTED: Final = fails("applicant_not_accepted")


def check_applicant(need: Need, offer: Offer, context: Context) -> Verdict:
    """The offer is open to this kind of applicant."""
    if not offer.applicant_kinds:
        return APPLICANT_OPEN
    return APPLICANT_ACCEPTED if need.applicant_kind in offer.applicant_kinds else APPLICANT_NOT_ACCEPTED


def facts_applicant(need: Need, offer: Offer, context: Context) -> Facts:
    """The applicant's kind and the kinds accepted."""
    return Facts(
        shown.one("applicant_kind", need.applicant_kind), shown.limit("applicant_kinds", offer.applicant_kinds)
    )


# Both sides can work in one language.
LANGUAGE_SHARED: Final = passes("language_shared")
LANGUAGE_OPEN: Final = passes("language_open")
LANGUAGE_NOT_DISCLOSED: Final = asks("language_not_disclosed")
LANGUAGE_NOT_SHARED: Final = fails("language_not_shared")


def check_language(need: Need, offer: Offer, context: Context) -> Verdict:
    """At least one working language is common."""
    if not offer.languages:
        return LANGUAGE_OPEN
    languages = need.languages
    if isinstance(languages, NotDisclosed):
        return LANGUAGE_NOT_DISCLOSED
    return LANGUAGE_NOT_SHARED if offer.languages.isdisjoint(languages) else LANGUAGE_SHARED


def facts_language(need: Need, offer: Offer, context: Context) -> Facts:
    """The languages of both sides, the requester's in its order of preference."""
    languages = need.languages
    wanted = shown.UNKNOWN if isinstance(languages, NotDisclosed) else Shown("languages", languages)
    return Facts(wanted, shown.limit("languages", offer.languages))


# Money on both sides can be compared.
RATE_NOT_NEEDED: Final = passes("rate_not_needed")
RATE_FOUND: Final = passes("rate_found")
NO_RATE: Final = fails("no_rate")


def check_rate(need: Need, offer: Offer, context: Context) -> Verdict:
    """Where the amount sought and the offer are in different currencies, the rate set holds both."""
    amount, capacity = need.amount, offer.capacity
    if amount is None or capacity is None or amount.currency == capacity.currency:
        return RATE_NOT_NEEDED
    return NO_RATE if context.converter.ratio(amount.currency, capacity.currency) is None else RATE_FOUND


def facts_rate(need: Need, offer: Offer, context: Context) -> Facts:
    """The amount sought, what the offer has left, and the day of the rates."""
    return Facts(shown.amount(need.amount), shown.amount(offer.capacity), (("rates_of", shown.day(context.rates.on)),))


RULES_BEFORE_AMOUNT: Final = (
    Rule("donor", check_donor, facts_donor),
    Rule("validity", check_validity, facts_validity),
    Rule("declined", check_declined, facts_declined),
    Rule("geography", check_geography, facts_geography),
    Rule("area", check_area, facts_area),
    Rule("type", check_type, facts_type),
    Rule("period", check_period, facts_period),
    Rule("applicant", check_applicant, facts_applicant),
    Rule("language", check_language, facts_language),
    *CONDITION_RULES,
    Rule("rate", check_rate, facts_rate),
)
"""Every rule but the one on the floor, which asks for the needs that pass all of these."""
