"""The conditions a donor may set, each a hard rule of its own.

A fact that is not disclosed to the donor neither meets nor misses a condition: the donor has to ask.
"""

from typing import Final

from cooperation.matching import shown
from cooperation.matching.values import NOT_DISCLOSED, Need, NotDisclosed, Offer
from cooperation.matching.verdicts import Context, Facts, Rule, Verdict, asks, fails, passes

# Condition: an endorsed baseline.
BASELINE_NOT_REQUIRED: Final = passes("baseline_not_required")
BASELINE_ENDORSED: Final = passes("baseline_endorsed")
BASELINE_NOT_DISCLOSED: Final = asks("baseline_not_disclosed")
BASELINE_NOT_ENDORSED: Final = fails("baseline_not_endorsed")


def check_baseline(need: Need, offer: Offer, context: Context) -> Verdict:
    """Where the donor asks for an endorsed baseline, the State has one."""
    if not offer.conditions.endorsed_baseline:
        return BASELINE_NOT_REQUIRED
    endorsed = need.readiness.endorsed_baseline
    if endorsed is NOT_DISCLOSED:
        return BASELINE_NOT_DISCLOSED
    return BASELINE_ENDORSED if endorsed else BASELINE_NOT_ENDORSED


def facts_baseline(need: Need, offer: Offer, context: Context) -> Facts:
    """Whether a baseline is endorsed, and whether the donor asks for it."""
    return Facts(
        shown.one("yes_no", need.readiness.endorsed_baseline),
        shown.one("yes_no", offer.conditions.endorsed_baseline),
    )


# Condition: a minimum gender marker.
GENDER_NOT_REQUIRED: Final = passes("gender_not_required")
GENDER_REACHED: Final = passes("gender_reached")
GENDER_NOT_DISCLOSED: Final = asks("gender_not_disclosed")
GENDER_NOT_SCREENED: Final = fails("gender_not_screened")
GENDER_BELOW: Final = fails("gender_below")


def check_gender(need: Need, offer: Offer, context: Context) -> Verdict:
    """The gender marker reaches the donor's minimum; "not screened" is not the same as 0 and does not."""
    minimum = offer.conditions.min_gender_marker
    if minimum is None:
        return GENDER_NOT_REQUIRED
    marker = need.gender_marker
    if isinstance(marker, NotDisclosed):
        return GENDER_NOT_DISCLOSED
    if marker is None:
        return GENDER_NOT_SCREENED
    return GENDER_REACHED if marker >= minimum else GENDER_BELOW


def facts_gender(need: Need, offer: Offer, context: Context) -> Facts:
    """The request's marker and the donor's minimum."""
    minimum = offer.conditions.min_gender_marker
    return Facts(
        shown.one("gender_marker", need.gender_marker),
        shown.NO_LIMIT if minimum is None else shown.one("gender_marker", minimum),
    )


# Condition: official development assistance only.
ODA_NOT_REQUIRED: Final = passes("oda_not_required")
ODA_ELIGIBLE: Final = passes("oda_eligible")
ODA_NOT_DISCLOSED: Final = asks("oda_not_disclosed")
ODA_NOT_ELIGIBLE: Final = fails("oda_not_eligible")


def check_oda(need: Need, offer: Offer, context: Context) -> Verdict:
    """Where the donor may spend only official development assistance, the need can receive it."""
    if not offer.conditions.oda_only:
        return ODA_NOT_REQUIRED
    if need.oda_eligible is NOT_DISCLOSED:
        return ODA_NOT_DISCLOSED
    return ODA_ELIGIBLE if need.oda_eligible else ODA_NOT_ELIGIBLE


def facts_oda(need: Need, offer: Offer, context: Context) -> Facts:
    """Whether the need can receive ODA, and whether the donor gives nothing else."""
    return Facts(shown.one("yes_no", need.oda_eligible), shown.one("yes_no", offer.conditions.oda_only))


# Condition: the State carries a part of the cost.
CO_FUNDING_NOT_REQUIRED: Final = passes("co_funding_not_required")
CO_FUNDING_REACHED: Final = passes("co_funding_reached")
CO_FUNDING_NOT_DISCLOSED: Final = asks("co_funding_not_disclosed")
CO_FUNDING_BELOW: Final = fails("co_funding_below")


def check_co_funding(need: Need, offer: Offer, context: Context) -> Verdict:
    """The State's own share reaches the donor's minimum."""
    minimum = offer.conditions.min_co_funding
    if minimum is None:
        return CO_FUNDING_NOT_REQUIRED
    share = need.readiness.co_funding_share
    if isinstance(share, NotDisclosed):
        return CO_FUNDING_NOT_DISCLOSED
    return CO_FUNDING_REACHED if share >= minimum else CO_FUNDING_BELOW


def facts_co_funding(need: Need, offer: Offer, context: Context) -> Facts:
    """The State's share and the donor's minimum."""
    minimum = offer.conditions.min_co_funding
    return Facts(
        shown.one("share", need.readiness.co_funding_share),
        shown.NO_LIMIT if minimum is None else shown.one("share", minimum),
    )


CONDITION_RULES: Final = (
    Rule("endorsed_baseline", check_baseline, facts_baseline),
    Rule("gender_marker", check_gender, facts_gender),
    Rule("oda_only", check_oda, facts_oda),
    Rule("co_funding", check_co_funding, facts_co_funding),
)
