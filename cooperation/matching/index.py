"""Offers indexed so that a need meets only those that can fit: what makes ten thousand against ten thousand possible.

A set of offers is one whole number with a bit for each offer. What an offer says about areas, types, territories,
languages, applicants, conditions and validity becomes such sets once; a need then combines a handful of them. The sets
say exactly what the rules say (a test compares them pair by pair); periods, declined pairs, rates and amounts are left
to the rules themselves.
"""

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from typing import Final

from cooperation.matching.floor import AMOUNT_RULE
from cooperation.matching.ranking import check_unique
from cooperation.matching.results import Ranked
from cooperation.matching.rules import check_declined, check_period, check_rate, validity
from cooperation.matching.score import order_key, scores
from cooperation.matching.values import GENDER_MARKERS, Need, NotDisclosed, Offer, Territory
from cooperation.matching.verdicts import Context
from cooperation.matching.weights import Weights

REMAINING_CHECKS: Final = (check_period, check_declined, check_rate, AMOUNT_RULE.check)
"""The rules that are not sets of offers, cheapest first."""


class OfferIndex:
    """Offers under one context (date, rates, declined pairs), ready to be asked for those open to a need.

    Raises ValueError when an offer stands twice. The order of the offers never matters.
    """

    def __init__(self, offers: Iterable[Offer], context: Context) -> None:
        self.offers = tuple(sorted(offers, key=lambda offer: offer.offer_id))
        check_unique([offer.offer_id for offer in self.offers])
        self.context = context
        self._areas = _Named(self.offers, lambda offer: offer.areas)
        self._types = _Named(self.offers, lambda offer: offer.types)
        self._languages = _Named(self.offers, lambda offer: offer.languages)
        self._applicants = _Named(self.offers, lambda offer: offer.applicant_kinds)
        self._included = _Named(self.offers, lambda offer: offer.included)
        self._excluded = _Named(self.offers, lambda offer: offer.excluded)
        self._donors = _Named(self.offers, lambda offer: frozenset((offer.donor_id,)))
        self._donor_states = _Named(self.offers, lambda offer: frozenset(filter(None, (offer.donor_territory,))))
        self._valid = self._set(lambda offer: not validity(offer, context.as_of).failed)
        self._wants_baseline = self._set(lambda offer: offer.conditions.endorsed_baseline)
        self._oda_only = self._set(lambda offer: offer.conditions.oda_only)
        self._wants_gender = [(least, self._set(partial(_wants_gender, least))) for least in GENDER_MARKERS]
        shares = {offer.conditions.min_co_funding for offer in self.offers}
        self._wants_share = [(least, self._set(partial(_wants_share, least))) for least in shares if least is not None]
        self._reached: dict[Territory, int] = {}

    def _set(self, holds: Callable[[Offer], bool]) -> int:
        return _as_set(place for place, offer in enumerate(self.offers) if holds(offer))

    def open_to(self, need: Need) -> list[int]:
        """Places (in `offers`) of the offers that no hard rule keeps from the need."""
        context, offers = self.context, self.offers
        return [
            place
            for place in _members(self._fitting(need))
            if not any(check(need, offers[place], context).failed for check in REMAINING_CHECKS)
        ]

    def _fitting(self, need: Need) -> int:
        found = self._valid & self._reaching(need.state) & self._areas.any_of((need.area,))
        found &= self._types.any_of(need.types) & self._applicants.any_of((need.applicant_kind,))
        if not isinstance(need.languages, NotDisclosed):
            found &= self._languages.any_of(need.languages)
        found &= ~self._donors.naming(need.requester_id) & ~self._donor_states.naming(need.state.code)
        return found & ~self._missing_conditions(need)

    def _missing_conditions(self, need: Need) -> int:
        missed = 0
        if need.readiness.endorsed_baseline is False:
            missed |= self._wants_baseline
        if need.oda_eligible is False:
            missed |= self._oda_only
        marker, share = need.gender_marker, need.readiness.co_funding_share
        if not isinstance(marker, NotDisclosed):
            for least, offers in self._wants_gender:
                missed |= offers if marker is None or marker < least else 0
        if not isinstance(share, NotDisclosed):
            for least, offers in self._wants_share:
                missed |= offers if share < least else 0
        return missed

    def _reaching(self, state: Territory) -> int:
        found = self._reached.get(state)
        if found is None:
            # as in `rules.reach`: the most specific territory named decides, and exclusion wins over inclusion
            found, undecided = 0, self._included.everyone
            for code, _ in state.chain:
                included, excluded = self._included.naming(code), self._excluded.naming(code)
                found |= undecided & included & ~excluded
                undecided &= ~(included | excluded)
            found |= undecided & self._included.silent
            self._reached[state] = found
        return found


def rank_open(need: Need, index: OfferIndex, *, weights: Weights) -> tuple[Ranked, ...]:
    """The offers open to the need, best first: the eligible part of `rank`, without a look at all the others."""
    offers = [index.offers[place] for place in index.open_to(need)]
    points_of = scores(need, offers, index.context, weights)
    scored = [
        (order_key(need, offer, points), points, offer.offer_id)
        for offer, points in zip(offers, points_of, strict=True)
    ]
    scored.sort()
    return tuple(Ranked(place, need.need_id, offer, points) for place, (_, points, offer) in enumerate(scored, start=1))


def scored_pairs(needs: Iterable[Need], index: OfferIndex, weights: Weights) -> Iterator[tuple[int, int, int]]:
    """(place of the need, place of the offer, exact score) of every eligible pair, need by need."""
    for number, need in enumerate(needs):
        places = index.open_to(need)
        offers = (index.offers[place] for place in places)
        for place, points in zip(places, scores(need, offers, index.context, weights), strict=True):
            yield number, place, points


def _wants_gender(least: int, offer: Offer) -> bool:
    return offer.conditions.min_gender_marker == least


def _wants_share(least: int, offer: Offer) -> bool:
    return offer.conditions.min_co_funding == least


class _Named:
    """Code -> the offers that name it; and the offers that name none, which set no limit."""

    def __init__(self, offers: tuple[Offer, ...], names: Callable[[Offer], frozenset[str]]) -> None:
        self.everyone = (1 << len(offers)) - 1
        places: dict[str, list[int]] = {}
        for place, offer in enumerate(offers):
            for code in names(offer):
                places.setdefault(code, []).append(place)
        self._sets = {code: _as_set(members) for code, members in places.items()}
        self.silent = _as_set(place for place, offer in enumerate(offers) if not names(offer))

    def naming(self, code: str) -> int:
        return self._sets.get(code, 0)

    def any_of(self, codes: Iterable[str]) -> int:
        found = self.silent
        for code in codes:
            found |= self._sets.get(code, 0)
        return found


def _as_set(places: Iterable[int]) -> int:
    members = list(places)
    if not members:
        return 0
    octets = bytearray(max(members) // 8 + 1)
    for place in members:
        octets[place >> 3] |= 1 << (place & 7)
    return int.from_bytes(octets, "little")


_BITS: Final = tuple(tuple(bit for bit in range(8) if octet >> bit & 1) for octet in range(256))


def _members(found: int) -> Iterator[int]:
    octets = found.to_bytes((found.bit_length() + 7) // 8, "little")
    for place, octet in enumerate(octets):
        if octet:
            for bit in _BITS[octet]:
                yield place * 8 + bit
