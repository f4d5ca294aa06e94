"""Every limit of a portfolio, checked a second time in whole numbers and from the values themselves.

Nothing here comes from the modules that make the plan but the values and the hard rules: amounts are taken from needs,
offers, policy and commitments anew. `propose_portfolio` answers no plan in which this finds anything.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from cooperation.matching.floor import RULES
from cooperation.matching.money import Money
from cooperation.matching.portfolio.results import Allocation
from cooperation.matching.portfolio.values import PortfolioInput
from cooperation.matching.values import Need, Offer, with_siblings
from cooperation.matching.verdicts import Context


@dataclass(frozen=True, slots=True)
class Violation:
    """A limit that a plan breaks. subjects: whom it concerns; found, limit: grains, requests or donors."""

    code: str
    subjects: tuple[str, ...]
    found: int
    limit: int


def check_plan(given: PortfolioInput, allocations: Iterable[Allocation]) -> tuple[Violation, ...]:
    """Everything in which these allocations break a limit of the input; nothing for a sound plan.

    Never over a need, a capacity, a ceiling, the limit on donors, the number of requests or the width of a step; never
    under a floor; no pair that a hard rule refuses; no help in kind of a type that was not asked for.
    """
    return tuple(_Check(given, tuple(allocations)).violations())


class _Check:
    def __init__(self, given: PortfolioInput, allocations: tuple[Allocation, ...]) -> None:
        self.given, self.allocations = given, allocations
        self.needs = {need.need_id: need for need in with_siblings(given.needs)}
        self.offers = {offer.offer_id: offer for offer in given.offers}
        self.estimates = {value.offer_id: value.value for value in given.in_kind}
        rates = {rate.currency: rate for rate in given.rates.rates}
        # worth of one minor unit of a currency, in grains
        self.worth = {
            code: Fraction(10) ** -rate.exponent / rate.per_base / given.policy.grain for code, rate in rates.items()
        }
        self.before: dict[tuple[str, str], Fraction] = defaultdict(Fraction)
        self.donors_before: dict[str, set[str]] = defaultdict(set)
        for entry in given.commitments:
            self.donors_before[entry.request_id].add(entry.donor_id)
            self.before[entry.request_id, entry.offer_id] += self._grains(entry.amount)

    def _grains(self, money: Money | None) -> Fraction:
        return Fraction(0) if money is None else money.minor * self.worth.get(money.currency, Fraction(0))

    def violations(self) -> Iterable[Violation]:
        unknown = [
            Violation("unknown", (entry.need_id, entry.offer_id), entry.grains, 0)
            for entry in self.allocations
            if entry.need_id not in self.needs or entry.offer_id not in self.offers
        ]
        if unknown:
            return unknown
        found = [*self._entries(), *self._pairs(), *self._needs(), *self._offers(), *self._links(), *self._donors()]
        return [*found, *self._steps()]

    def _entries(self) -> Iterable[Violation]:
        seen = Counter((entry.need_id, entry.offer_id) for entry in self.allocations)
        for entry in self.allocations:
            need, offer = self.needs[entry.need_id], self.offers[entry.offer_id]
            subjects = (entry.need_id, entry.offer_id)
            if seen[subjects] > 1:
                yield Violation("twice", subjects, seen[subjects], 1)
            if entry.grains <= 0 or sum(entry.steps) != entry.grains or min(entry.steps) < 0:
                yield Violation("not_whole", subjects, entry.grains, sum(entry.steps))
            if (entry.request_id, entry.donor_id, entry.in_kind) != (
                need.request_id,
                offer.donor_id,
                offer.capacity is None,
            ):
                yield Violation("wrong_party", subjects, 0, 0)

    def _pairs(self) -> Iterable[Violation]:
        context = Context(as_of=self.given.as_of, rates=self.given.rates, declined=self.given.declined)
        for entry in self.allocations:
            need, offer = self.needs[entry.need_id], self.offers[entry.offer_id]
            failing = sum(rule.check(need, offer, context).failed for rule in RULES)
            if failing:
                yield Violation("not_eligible", (entry.need_id, entry.offer_id), failing, 0)
            if offer.capacity is None and not need.types & offer.types:
                yield Violation("kind_not_accepted", (entry.need_id, entry.offer_id), 1, 0)

    def _needs(self) -> Iterable[Violation]:
        funded: Counter[str] = Counter()
        for entry in self.allocations:
            funded[entry.need_id] += entry.grains
        for need_id, grains in funded.items():
            limit = int(max(Fraction(0), self._sought(self.needs[need_id])))
            if grains > limit:
                yield Violation("need", (need_id,), grains, limit)

    def _sought(self, need: Need) -> Fraction:
        if need.amount is None:
            return Fraction(0)
        done = sum((self._grains(e.amount) for e in self.given.commitments if e.need_id == need.need_id), Fraction(0))
        return need.amount.low * self.worth.get(need.amount.currency, Fraction(0)) - done

    def _offers(self) -> Iterable[Violation]:
        used: Counter[str] = Counter()
        served: dict[str, set[str]] = defaultdict(set)
        for entry in self.allocations:
            used[entry.offer_id] += entry.grains
            if (entry.request_id, entry.offer_id) not in self.before:
                served[entry.offer_id].add(entry.request_id)
        for offer_id, grains in used.items():
            offer = self.offers[offer_id]
            limit = int(self._grains(self.estimates.get(offer_id) if offer.capacity is None else offer.capacity))
            if grains > limit:
                yield Violation("capacity", (offer_id,), grains, limit)
            if offer.requests_left is not None and len(served[offer_id]) > offer.requests_left:
                yield Violation("requests", (offer_id,), len(served[offer_id]), offer.requests_left)

    def _links(self) -> Iterable[Violation]:
        given: Counter[tuple[str, str]] = Counter()
        for entry in self.allocations:
            given[entry.request_id, entry.offer_id] += entry.grains
        for link, grains in given.items():
            offer, before = self.offers[link[1]], self.before.get(link, Fraction(0))
            yield from _limits(link, grains, offer, (self._grains(offer.floor), self._grains(offer.ceiling)), before)

    def _donors(self) -> Iterable[Violation]:
        donors: dict[str, set[str]] = defaultdict(set)
        for entry in self.allocations:
            if entry.donor_id not in self.donors_before[entry.request_id]:
                donors[entry.request_id].add(entry.donor_id)
        for request_id, new in donors.items():
            limit = max(0, self.given.policy.max_donors - len(self.donors_before[request_id]))
            if len(new) > limit:
                yield Violation("donors", (request_id, *sorted(new)), len(new), limit)

    def _steps(self) -> Iterable[Violation]:
        policy = self.given.policy
        filled: Counter[tuple[str, str, int]] = Counter()
        for entry in self.allocations:
            need = self.needs[entry.need_id]
            for step, grains in enumerate(entry.steps):
                filled[need.state.code, need.tier.value, step] += grains
        for (state, tier, step), grains in filled.items():
            width = policy.steps[step].width if step < len(policy.steps) else 0
            if width is not None and grains > width // policy.grain:
                yield Violation("step", (state, tier, str(step)), grains, width // policy.grain)


def _limits(
    link: tuple[str, str], grains: int, offer: Offer, limits: tuple[Fraction, Fraction], before: Fraction
) -> Iterable[Violation]:
    floor, ceiling = limits
    if grains < floor - before:
        yield Violation("floor", link, grains, int(-(-(floor - before) // 1)))
    if offer.ceiling is not None and grains > max(Fraction(0), ceiling - before):
        yield Violation("ceiling", link, grains, int(max(Fraction(0), ceiling - before)))
