"""From values to a problem in whole grains: who can give how much to whom, and what it would count.

A *line* is a need with money left to fund, a *source* an offer with something left, a *link* a (request, offer) pair,
a *pair* a (line, source), a *group* the lines of one State in one tier. All lists are sorted by identifier, and all
refers to them by place.
"""

from array import array
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final, TypeAlias

from cooperation.matching.index import OfferIndex, scored_pairs
from cooperation.matching.money import Amount, Converter, Money, round_half_even
from cooperation.matching.portfolio.results import Aside, AsideReason, Remainder
from cooperation.matching.portfolio.values import PortfolioInput
from cooperation.matching.rules import TYPE_OPEN, check_type
from cooperation.matching.values import (
    NOT_DISCLOSED,
    WORLD,
    GeoLevel,
    Maybe,
    Need,
    Offer,
    Territory,
    Tier,
    with_siblings,
)
from cooperation.matching.verdicts import Context

Report: TypeAlias = Callable[[int], None]
"""Hears every few seconds how many hundredths of the work are done; may raise to end it."""
HEARD_EVERY: Final = 100
"""Needs scored between two reports."""


def unheard(_done: int) -> None:
    """A report that nobody reads."""


TIERS: Final[tuple[Maybe[Tier], ...]] = (Tier.CRITICAL, Tier.HIGH, Tier.MEDIUM, Tier.LOW, NOT_DISCLOSED)
"""Worst first; needs whose tier is not disclosed come after all others, as in every ranking."""


@dataclass(frozen=True, slots=True)
class Line:
    """A need with `grains` still to fund."""

    need: Need
    request: int
    group: int
    tier: int
    grains: int


@dataclass(frozen=True, slots=True)
class Source:
    """An offer with `capacity` grains left. `ceiling` per request: at most the capacity. requests_left: None: any."""

    offer: Offer
    donor: int
    capacity: int
    floor: int
    ceiling: int
    requests_left: int | None
    in_kind: bool


@dataclass(frozen=True, slots=True)
class Link:
    """What one request can take from one offer: nothing, or from `least` to `most` grains.

    new_donor: the donor is not yet committed to the request, so it counts against the limit. new_request: the request
    counts against the number that the offer can still serve.
    """

    request: int
    source: int
    donor: int
    least: int
    most: int
    new_donor: bool
    new_request: bool


@dataclass(frozen=True, slots=True)
class Group:
    """Lines of one State in one tier, with the widths in grains of the steps that their money can reach.

    The last width is that of a step without limit: all that the group seeks.
    """

    state: str
    tier: int
    widths: tuple[int, ...]


@dataclass(slots=True)
class Problem:
    """The whole problem. pair_*: parallel arrays, sorted by line and source; scores are exact."""

    base: str
    grain_minor: int
    gains: tuple[int, ...]
    lines: list[Line] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)
    donors_left: list[int] = field(default_factory=list)
    groups: list[Group] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    pair_line: "array[int]" = field(default_factory=lambda: array("l"))
    pair_source: "array[int]" = field(default_factory=lambda: array("l"))
    pair_link: "array[int]" = field(default_factory=lambda: array("l"))
    pair_score: "array[int]" = field(default_factory=lambda: array("q"))
    eligible: dict[int, list[int]] = field(default_factory=dict)
    """Line -> sources that pass the hard rules, those without a link (too little left for their floor) included."""
    needs_aside: list[Aside] = field(default_factory=list)
    offers_aside: list[Aside] = field(default_factory=list)
    need_remainders: list[Remainder] = field(default_factory=list)
    offer_remainders: list[Remainder] = field(default_factory=list)


class Grains:
    """Whole grains of the base currency, from money in any currency that has a rate. Exact; rounded once."""

    def __init__(self, given: PortfolioInput) -> None:
        self._converter = Converter(given.rates)
        self.base = given.rates.base
        exponent = next(rate.exponent for rate in given.rates.rates if rate.currency == self.base)
        self.minor = given.policy.grain * 10**exponent

    def exact(self, minor: int, currency: str) -> Fraction | None:
        """Minor units of the base, not rounded; None without a rate."""
        ratio = self._converter.ratio(currency, self.base)
        return None if ratio is None else Fraction(minor * ratio[0], ratio[1])

    def down(self, exact: Fraction) -> tuple[int, int]:
        """(whole grains rounded down, minor units left over, rounded half to even)."""
        grains = int(exact // self.minor)
        rest = exact - grains * self.minor
        return grains, round_half_even(rest.numerator, rest.denominator)

    def up(self, exact: Fraction) -> int:
        """Whole grains, rounded up."""
        return int(-(-exact // self.minor))

    def money(self, value: Money | None) -> Fraction | None:
        """Money in minor units of the base, not rounded."""
        return None if value is None else self.exact(value.minor, value.currency)


class _Committed:
    """What is committed already: exact minor units of the base, per need and per (request, offer), and the donors."""

    def __init__(self, given: PortfolioInput, grains: Grains) -> None:
        self.donors: dict[str, set[str]] = defaultdict(set)
        self.of_need: dict[str, Fraction] = defaultdict(Fraction)
        self.of_link: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.unknown: set[str] = set()
        for entry in given.commitments:
            amount = grains.money(entry.amount)
            self.donors[entry.request_id].add(entry.donor_id)
            if amount is None:
                self.unknown.add(entry.need_id)
            else:
                self.of_need[entry.need_id] += amount
            self.of_link[entry.request_id, entry.offer_id] += amount or 0


def build_problem(given: PortfolioInput, report: Report = unheard) -> Problem:
    """The problem of the input. Only eligible pairs enter it; `report` hears what part of the needs is scored."""
    grains = Grains(given)
    committed = _Committed(given, grains)
    problem = Problem(grains.base, grains.minor, tuple(step.gain for step in given.policy.steps))
    needs = with_siblings(given.needs)
    _add_lines(problem, needs, given, grains, committed)
    _add_sources(problem, given, grains)
    _add_pairs(problem, given, grains, committed, report)
    return problem


def least_amount(amount: Amount) -> tuple[int, str]:
    """What is sought for certain: of a band its lower end, so that a need is never funded beyond what it seeks."""
    return amount.low, amount.currency


def _add_lines(
    problem: Problem, needs: Iterable[Need], given: PortfolioInput, grains: Grains, committed: _Committed
) -> None:
    found: list[tuple[Need, int]] = []
    for need in needs:
        exact = None if need.amount is None else grains.exact(*least_amount(need.amount))
        reason = None
        if need.amount is None:
            reason = AsideReason.NO_AMOUNT
        elif exact is None or need.need_id in committed.unknown:
            reason = AsideReason.NO_RATE
        else:
            whole, rest = grains.down(max(Fraction(0), exact - committed.of_need[need.need_id]))
            if rest:
                problem.need_remainders.append(Remainder(need.need_id, rest))
            if whole:
                found.append((need, whole))
            else:
                reason = AsideReason.BELOW_ONE_GRAIN
        if reason:
            problem.needs_aside.append(Aside(need.need_id, reason))
    _add_requests_and_groups(problem, found, given, committed)


def _add_requests_and_groups(
    problem: Problem, found: list[tuple[Need, int]], given: PortfolioInput, committed: _Committed
) -> None:
    problem.requests = sorted({need.request_id for need, _ in found})
    request_of = {request: place for place, request in enumerate(problem.requests)}
    problem.donors_left = [
        max(0, given.policy.max_donors - len(committed.donors[request])) for request in problem.requests
    ]
    sought: dict[tuple[str, int], int] = defaultdict(int)
    for need, whole in found:
        sought[need.state.code, TIERS.index(need.tier)] += whole
    keys = sorted(sought)
    widths = [None if step.width is None else step.width // given.policy.grain for step in given.policy.steps]
    problem.groups = [Group(state, tier, _reached(widths, sought[state, tier])) for state, tier in keys]
    group_of = {key: place for place, key in enumerate(keys)}
    for need, whole in found:
        tier = TIERS.index(need.tier)
        group = group_of[need.state.code, tier]
        problem.lines.append(Line(need, request_of[need.request_id], group, tier, whole))


def _reached(widths: Iterable[int | None], sought: int) -> tuple[int, ...]:
    """The steps that `sought` grains can reach; further ones would stay empty, so they are left out."""
    reached: list[int] = []
    for width in widths:
        if sought <= 0:
            break
        reached.append(sought if width is None else min(width, sought))
        sought -= reached[-1]
    return tuple(reached)


def _add_sources(problem: Problem, given: PortfolioInput, grains: Grains) -> None:
    estimates = {value.offer_id: value.value for value in given.in_kind}
    donors = {donor: place for place, donor in enumerate(sorted({offer.donor_id for offer in given.offers}))}
    for offer in given.offers:
        in_kind = offer.capacity is None
        money = estimates.get(offer.offer_id) if in_kind else offer.capacity
        exact = grains.money(money)
        reason = None
        if money is None:
            reason = AsideReason.NO_ESTIMATE
        elif exact is None:
            reason = AsideReason.NO_RATE
        else:
            capacity, rest = grains.down(exact)
            if rest:
                problem.offer_remainders.append(Remainder(offer.offer_id, rest))
            if capacity:
                floor = grains.up(grains.money(offer.floor) or Fraction(0))
                ceiling = grains.money(offer.ceiling)
                most = capacity if ceiling is None else min(capacity, grains.down(ceiling)[0])
                problem.sources.append(
                    Source(offer, donors[offer.donor_id], capacity, floor, most, offer.requests_left, in_kind)
                )
            else:
                reason = AsideReason.BELOW_ONE_GRAIN
        if reason:
            problem.offers_aside.append(Aside(offer.offer_id, reason))


def _add_pairs(problem: Problem, given: PortfolioInput, grains: Grains, committed: _Committed, report: Report) -> None:
    context = Context(as_of=given.as_of, rates=given.rates, declined=given.declined)
    index = OfferIndex([source.offer for source in problem.sources], context)
    needs = [line.need for line in problem.lines]
    request_of, sought = [line.request for line in problem.lines], [line.grains for line in problem.lines]
    in_kind = [source.in_kind for source in problem.sources]
    lines, sources, scores = array("l"), array("l"), array("q")
    asked: dict[tuple[int, int], int] = defaultdict(int)
    for line, source, score in scored_pairs(_heard(needs, report), index, given.policy.weights):
        if in_kind[source] and not accepts_kind(needs[line], index.offers[source], context):
            continue
        problem.eligible.setdefault(line, []).append(source)
        lines.append(line)
        sources.append(source)
        scores.append(score)
        asked[request_of[line], source] += sought[line]
    link_of = _add_links(problem, asked, grains, committed)
    for line, source, score in zip(lines, sources, scores, strict=True):
        link = link_of.get((request_of[line], source))
        if link is not None:
            problem.pair_line.append(line)
            problem.pair_source.append(source)
            problem.pair_link.append(link)
            problem.pair_score.append(score)


def _heard(needs: list[Need], report: Report) -> Iterator[Need]:
    for number, need in enumerate(needs):
        if number % HEARD_EVERY == 0:
            report(100 * number // len(needs))
        yield need


def accepts_kind(need: Need, offer: Offer, context: Context) -> bool:
    """Whether help in kind is of a type that the need asks for: an offer that names no type reaches none."""
    return check_type(need, offer, context) is not TYPE_OPEN


def _add_links(
    problem: Problem, asked: dict[tuple[int, int], int], grains: Grains, committed: _Committed
) -> dict[tuple[int, int], int]:
    link_of = {}
    for request, source in sorted(asked):
        giver, request_id = problem.sources[source], problem.requests[request]
        offer = giver.offer
        given_before = committed.of_link.get((request_id, offer.offer_id))
        least, most = giver.floor, giver.ceiling
        if given_before:
            # what the offer has given to the request already counts against its ceiling, and towards its floor
            least = grains.up(max(Fraction(0), (grains.money(offer.floor) or Fraction(0)) - given_before))
            limit = grains.money(offer.ceiling)
            left = giver.capacity if limit is None else grains.down(max(Fraction(0), limit - given_before))[0]
            most = min(giver.capacity, left)
        most = min(most, asked[request, source])
        new_donor = offer.donor_id not in committed.donors[request_id]
        new_request = giver.requests_left is not None and given_before is None
        blocked = (new_donor and not problem.donors_left[request]) or (new_request and not giver.requests_left)
        if most and most >= least and not blocked:
            link_of[request, source] = len(problem.links)
            problem.links.append(Link(request, source, giver.donor, least, most, new_donor, new_request))
    return link_of


def region_of(need: Need) -> str:
    """The region of the need's State, or the world where it has none."""
    return region_of_state(need.state)


def region_of_state(state: Territory) -> str:
    """The region of a State, or the world where it has none."""
    regions = [code for code, level in state.chain if level is GeoLevel.REGION]
    return regions[0] if regions else WORLD
