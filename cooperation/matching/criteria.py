"""The criteria of the score: each measures one pair by itself, from 0 to `UNIT`.

`measure` answers (degree in millionths, reason code); `facts` says which two values were compared. Divisions round half
to even, once. A criterion on a field that is not disclosed scores a fixed half with the reason `not_disclosed`; so
does, with its own reason, one on which the donor or the request states nothing to compare: saying nothing neither
helps nor harms. The choice of steps (quarters by tier, ages of a baseline, full marks from a quarter of
co-funding) is ours.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeAlias

from cooperation.matching import shown
from cooperation.matching.floor import converted, facts_amount, within_reach
from cooperation.matching.money import round_half_even
from cooperation.matching.results import LedgerRow, Plain
from cooperation.matching.rules import (
    AREA_NAMED,
    AREA_OPEN,
    GEOGRAPHY_REACHED,
    check_area,
    check_geography,
    facts_area,
    facts_geography,
    facts_language,
    facts_period,
)
from cooperation.matching.values import (
    NOT_DISCLOSED,
    UNIT,
    GeoLevel,
    Need,
    NotDisclosed,
    Offer,
    StrategyLevel,
    Tier,
    TierCap,
)
from cooperation.matching.verdicts import Context, Facts

HALF: Final = UNIT // 2

Measure: TypeAlias = tuple[int, str]
"""(degree in millionths, reason code)"""

UNDISCLOSED: Final[Measure] = (HALF, "not_disclosed")


@dataclass(frozen=True, slots=True)
class Criterion:
    """One criterion under its stable code."""

    code: str
    measure: Callable[[Need, Offer, Context], Measure]
    facts: Callable[[Need, Offer, Context], Facts]
    of_need: bool = False
    """Whether the offer has no say, so that one measure holds for all offers."""

    def row(self, need: Need, offer: Offer, context: Context, weight: int) -> LedgerRow:
        """The ledger row: both values, degree, weight, points and reason."""
        degree, reason = self.measure(need, offer, context)
        facts = self.facts(need, offer, context)
        return LedgerRow(
            self.code, facts.need, facts.offer, degree, weight, degree * weight, facts.sentence(f"{self.code}.{reason}")
        )


def share(part: int, whole: int) -> int:
    """`part / whole` in millionths, at most `UNIT`."""
    return UNIT if part >= whole else round_half_even(part * UNIT, whole)


def measure_area(need: Need, offer: Offer, context: Context) -> Measure:
    """Full marks where the offer names the area, half where it is open to all areas."""
    verdict = check_area(need, offer, context)
    if verdict is AREA_NAMED:
        return UNIT, "named"
    return (HALF, "open") if verdict is AREA_OPEN else (0, "not_covered")


def measure_type(need: Need, offer: Offer, context: Context) -> Measure:
    """The share of the types asked for that the offer gives.

    Where the need names technologies and the offer is limited to some, the mean with the same share of technologies.
    """
    types = share(len(need.types & offer.types), len(need.types)) if offer.types else UNIT
    wanted = need.technologies
    if not offer.technologies or (not isinstance(wanted, NotDisclosed) and not wanted):
        return types, "types"
    if isinstance(wanted, NotDisclosed):
        return round_half_even(types + HALF, 2), "technology_not_disclosed"
    technologies = share(len(wanted & offer.technologies), len(wanted))
    return round_half_even(types + technologies, 2), "types_and_technologies"


def facts_type(need: Need, offer: Offer, context: Context) -> Facts:
    """Types on both sides, and technologies on both sides."""
    technologies = (
        ("wanted", shown.codes("technologies", need.technologies)),
        ("given", shown.limit("technologies", offer.technologies)),
    )
    return Facts(shown.codes("types", need.types), shown.limit("types", offer.types), technologies)


GEOGRAPHY: Final[dict[str, Measure]] = {
    GEOGRAPHY_REACHED[GeoLevel.COUNTRY].code: (UNIT, "country"),
    GEOGRAPHY_REACHED[GeoLevel.SUBREGION].code: (UNIT * 3 // 4, "subregion"),
    GEOGRAPHY_REACHED[GeoLevel.REGION].code: (HALF, "region"),
    GEOGRAPHY_REACHED[GeoLevel.GLOBAL].code: (UNIT // 4, "global"),
}


def measure_geography(need: Need, offer: Offer, context: Context) -> Measure:
    """The closer the offer names the State, the more: country, subregion, region, the world."""
    return GEOGRAPHY.get(check_geography(need, offer, context).code, (0, "not_reached"))


def measure_budget(need: Need, offer: Offer, context: Context) -> Measure:
    """The share of the amount sought that the offer can carry: ceiling or what is left, whichever is less.

    A band counts with its upper end, so that nothing is promised. Half where there is no money on either side.
    """
    reach = within_reach(offer)
    if reach is None:
        return HALF, "in_kind"
    if need.amount is None or need.amount.high == 0:
        return HALF, "no_amount"
    asked = converted(need, offer, context)
    if asked is None:
        return 0, "no_rate"
    return share(reach, asked[1]), "whole" if reach >= asked[1] else "part"


def measure_period(need: Need, offer: Offer, context: Context) -> Measure:
    """The share of the need's days on which the offer runs."""
    days, shared = need.period.days, need.period.overlap_days(offer.period)
    return share(shared, days), "whole" if shared == days else "part" if shared else "apart"


TIERS: Final[dict[Tier, int]] = {
    Tier.CRITICAL: UNIT,
    Tier.HIGH: UNIT * 3 // 4,
    Tier.MEDIUM: HALF,
    Tier.LOW: UNIT // 4,
}
CAPS: Final[dict[TierCap, str]] = {
    TierCap.NO_BASIS: "capped_no_basis",
    TierCap.BASELINE_NOT_ENDORSED: "capped_not_endorsed",
}


def measure_severity(need: Need, offer: Offer, context: Context) -> Measure:
    """By tier, in quarters; the reason tells when the tier was held at medium."""
    tier = need.tier
    if isinstance(tier, NotDisclosed):
        return UNDISCLOSED
    return TIERS[tier], "tier" if need.tier_cap is None else CAPS[need.tier_cap]


def facts_severity(need: Need, offer: Offer, context: Context) -> Facts:
    """The tier, with the indicator's level and target; the offer has no say."""
    levels = (("level", shown.one("level", need.level)), ("target", shown.one("level", need.target)))
    return Facts(shown.one("tier", need.tier), shown.NONE, levels)


FRESH_DAYS: Final = 365
STALE_DAYS: Final = 5 * 365
FULL_CO_FUNDING: Final = UNIT // 4


def _baseline_degree(need: Need, context: Context) -> int | NotDisclosed:
    readiness = need.readiness
    if isinstance(readiness.endorsed_baseline, NotDisclosed):
        return NOT_DISCLOSED
    if not readiness.endorsed_baseline:
        return 0
    endorsed_on = readiness.baseline_endorsed_on
    if isinstance(endorsed_on, NotDisclosed) or endorsed_on is None:
        return NOT_DISCLOSED
    age = (context.as_of - endorsed_on).days
    return share(max(0, STALE_DAYS - max(age, FRESH_DAYS)), STALE_DAYS - FRESH_DAYS)


def readiness_parts(need: Need, context: Context) -> tuple[tuple[str, int | NotDisclosed], ...]:
    """The parts of readiness, each in millionths or not disclosed.

    baseline: endorsed, full marks up to a year old, falling evenly to none at five years. completeness: as given.
    co_funding: full marks from a quarter of the cost. sustainment: maintenance and training included (left out where
    no equipment is asked for).
    """
    readiness = need.readiness
    co_funding = readiness.co_funding_share
    parts: list[tuple[str, int | NotDisclosed]] = [
        ("baseline", _baseline_degree(need, context)),
        ("completeness", readiness.completeness),
        ("co_funding", NOT_DISCLOSED if isinstance(co_funding, NotDisclosed) else share(co_funding, FULL_CO_FUNDING)),
    ]
    sustainment = readiness.sustainment
    if sustainment is not None:
        parts.append(("sustainment", sustainment if isinstance(sustainment, NotDisclosed) else UNIT * sustainment))
    return tuple(parts)


def measure_readiness(need: Need, offer: Offer, context: Context) -> Measure:
    """The plain mean of the parts; a part that is not disclosed counts half, and the reason says so."""
    values = [value for _, value in readiness_parts(need, context)]
    degree = round_half_even(sum(HALF if isinstance(v, NotDisclosed) else v for v in values), len(values))
    hidden = sum(isinstance(value, NotDisclosed) for value in values)
    if hidden == len(values):
        return UNDISCLOSED
    return degree, "partly_disclosed" if hidden else "parts"


def facts_readiness(need: Need, offer: Offer, context: Context) -> Facts:
    """The parts with their degrees; the offer has no say."""
    parts: list[tuple[str, Plain]] = [
        (name, ("not_disclosed",) if isinstance(value, NotDisclosed) else value)
        for name, value in readiness_parts(need, context)
    ]
    return Facts(shown.pairs("readiness", parts), shown.NONE)


def _kinds(need: Need, offer: Offer) -> list[tuple[str, frozenset[str], frozenset[str] | NotDisclosed]]:
    """(kind, what the donor prefers, what the need has) for the kinds that the donor states."""
    stated = offer.priorities
    kinds: list[tuple[str, frozenset[str], frozenset[str] | NotDisclosed]] = []
    if stated.areas:
        kinds.append(("areas", stated.areas, frozenset((need.area,))))
    if stated.types:
        kinds.append(("types", stated.types, need.types))
    if stated.technologies:
        kinds.append(("technologies", stated.technologies, need.technologies))
    if stated.lenses:
        kinds.append(("lenses", stated.lenses, need.lenses))
    if stated.territories:
        kinds.append(("territories", stated.territories, frozenset(code for code, _ in need.state.chain)))
    return kinds


def measure_priorities(need: Need, offer: Offer, context: Context) -> Measure:
    """The share of the kinds of priority stated by the donor that the need meets; half for an undisclosed one."""
    kinds = _kinds(need, offer)
    if not kinds:
        return HALF, "none_stated"
    met, hidden = 0, 0
    for _, preferred, has in kinds:
        if isinstance(has, NotDisclosed):
            hidden += 1
        elif not preferred.isdisjoint(has):
            met += 1
    if hidden == len(kinds):
        return UNDISCLOSED
    return share(2 * met + hidden, 2 * len(kinds)), "partly_disclosed" if hidden else "met" if met else "none_met"


def facts_priorities(need: Need, offer: Offer, context: Context) -> Facts:
    """What the donor prefers, and what the need has of it, kind by kind."""
    kinds = _kinds(need, offer)
    if not kinds:
        return Facts(shown.NONE, shown.NONE)
    met: list[tuple[str, Plain]] = [
        (kind, ("not_disclosed",) if isinstance(has, NotDisclosed) else tuple(sorted(preferred & has)))
        for kind, preferred, has in kinds
    ]
    stated: list[tuple[str, Plain]] = [(kind, tuple(sorted(preferred))) for kind, preferred, _ in kinds]
    return Facts(shown.pairs("priorities", met), shown.pairs("priorities", stated))


def measure_strategy(need: Need, offer: Offer, context: Context) -> Measure:
    """Where the donor names strategies: whether the need serves one of them. Else half for serving a national
    strategy and half for serving a regional one."""
    serves = need.strategies
    if isinstance(serves, NotDisclosed):
        return UNDISCLOSED
    if offer.strategies:
        named = {name.casefold() for name in offer.strategies}
        shared = any(strategy.code.casefold() in named for strategy in serves)
        return (UNIT, "shared") if shared else (0, "not_shared")
    levels = {strategy.level for strategy in serves}
    if len(levels) == len(StrategyLevel):
        return UNIT, "national_and_regional"
    if not levels:
        return 0, "none"
    return HALF, "national_only" if StrategyLevel.NATIONAL in levels else "regional_only"


def facts_strategy(need: Need, offer: Offer, context: Context) -> Facts:
    """The strategies served, and those the donor names."""
    serves = need.strategies
    named = serves if isinstance(serves, NotDisclosed) else {strategy.code for strategy in serves}
    return Facts(shown.codes("strategies", named), shown.limit("strategies", offer.strategies))


def measure_lenses(need: Need, offer: Offer, context: Context) -> Measure:
    """The share of the lenses that the donor asks for which the need carries."""
    if not offer.lenses:
        return HALF, "none_asked"
    if isinstance(need.lenses, NotDisclosed):
        return UNDISCLOSED
    carried = len(offer.lenses & need.lenses)
    return share(carried, len(offer.lenses)), "carried" if carried else "none_carried"


def facts_lenses(need: Need, offer: Offer, context: Context) -> Facts:
    """The lenses of the need, and those the donor asks for."""
    return Facts(shown.codes("lenses", need.lenses), shown.limit("lenses", offer.lenses))


def measure_language(need: Need, offer: Offer, context: Context) -> Measure:
    """Full marks where the requester's preferred language is served, half where another of its languages is."""
    if not offer.languages:
        return UNIT, "open"
    languages = need.languages
    if isinstance(languages, NotDisclosed):
        return UNDISCLOSED
    if offer.languages.isdisjoint(languages):
        return 0, "not_shared"
    return (UNIT, "preferred") if languages[0] in offer.languages else (HALF, "other_shared")


CRITERIA: Final = (
    Criterion("area", measure_area, facts_area),
    Criterion("type", measure_type, facts_type),
    Criterion("geography", measure_geography, facts_geography),
    Criterion("budget", measure_budget, facts_amount),
    Criterion("period", measure_period, facts_period),
    Criterion("severity", measure_severity, facts_severity, of_need=True),
    Criterion("readiness", measure_readiness, facts_readiness, of_need=True),
    Criterion("priorities", measure_priorities, facts_priorities),
    Criterion("strategy", measure_strategy, facts_strategy),
    Criterion("lenses", measure_lenses, facts_lenses),
    Criterion("language", measure_language, facts_language),
)
"""All criteria, in the order in which they are shown."""
