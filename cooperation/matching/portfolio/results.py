"""What a portfolio answers: frozen values that a page can show and a run can store.

Money is in whole grains of the base currency (`Portfolio.grain_minor` minor units each). Values of the objective are in
millionths of one grain at full score and full gain: from exact sums, rounded half to even, where the plan is meant;
from the solver's numbers where its optimum or its bound is meant. Nothing here is a float.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from cooperation.matching.values import Maybe, Tier


class BoundBasis(StrEnum):
    """What a tier's bound was proven by."""

    SOLVER = "solver"
    """The integer solver, over the whole problem."""
    RELAXATION = "relaxation"
    """The relaxation over every pair, all priced: omitted pairs are paid for in the bound, so it holds for all."""
    TIER_ALONE = "tier_alone"
    """The relaxation of this tier without regard to those above: it holds, but may be far too high."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TierOutcome:
    """One tier, worst first. tier: not disclosed stands last.

    optimum: the best value found while money could be divided at will; planned: the value of the plan in
    whole grains; bound: no plan can be worth more, given the optima of the tiers above. gap: from `planned` to
    `bound`, in millionths of the bound (of one grain where the bound is less). finished: the search for the
    best plan ended with proof.
    """

    tier: Maybe[Tier]
    optimum: int
    planned: int
    bound: int
    gap: int
    basis: BoundBasis
    finished: bool
    sought: int
    funded_cash: int
    funded_in_kind: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Allocation:
    """Grains proposed from one offer to one need, by step of the policy. A proposal: nothing is committed by it."""

    need_id: str
    offer_id: str
    request_id: str
    donor_id: str
    grains: int
    steps: tuple[int, ...]
    score: int
    in_kind: bool


class UnmetReason(StrEnum):
    """Why a need stays without a part of its money."""

    NO_ELIGIBLE_OFFER = "no_eligible_offer"
    DONOR_LIMIT = "donor_limit"
    BELOW_FLOORS = "below_floors"
    CEILING_REACHED = "ceiling_reached"
    CAPACITY_EXHAUSTED = "capacity_exhausted"
    LEFT_OPEN = "left_open"
    """An offer could still give; the search was cut short or a grain could not be divided further."""


@dataclass(frozen=True, slots=True)
class Hindrance:
    """A reason, and how many of the offers that pass the hard rules it keeps from the need."""

    reason: UnmetReason
    offers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """A need that is not fully funded. hindrances: the one to look at first comes first; never empty."""

    need_id: str
    sought: int
    funded: int
    hindrances: tuple[Hindrance, ...]

    @property
    def reason(self) -> UnmetReason:
        """The reason to look at first."""
        return self.hindrances[0].reason


class AsideReason(StrEnum):
    """Why a need or an offer takes no part in a portfolio."""

    NO_AMOUNT = "no_amount"
    """The need asks for no money."""
    BELOW_ONE_GRAIN = "below_one_grain"
    """What is left to fund or to give is less than one grain."""
    NO_RATE = "no_rate"
    """There is no rate to the base currency."""
    NO_ESTIMATE = "no_estimate"
    """The offer is in kind and nobody has estimated its value."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A need or an offer that takes no part."""

    identifier: str
    reason: AsideReason


@dataclass(frozen=True, slots=True)
class Remainder:
    """Minor units of the base currency that whole grains leave over, of a need or of an offer's capacity."""

    identifier: str
    minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class MarginalValue:
    """What one further grain for needs of this area and region would add to the tier, at most; indicative.

    From the duals of the relaxation: it holds for a small change only. needs: of this cell, with an eligible offer.
    """

    tier: Maybe[Tier]
    area: str
    region: str
    value: int
    needs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portfolio:
    """A proposal under a policy, with everything needed to judge it. Nothing is committed by it."""

    engine_version: str
    input_hash: str
    policy_version: str
    weights_version: str
    rate_set_id: str
    as_of: date
    currency: str
    grain_minor: int
    exact: bool
    tiers: tuple[TierOutcome, ...]
    allocations: tuple[Allocation, ...]
    unmet: tuple[Unmet, ...]
    marginal_values: tuple[MarginalValue, ...]
    needs_aside: tuple[Aside, ...]
    offers_aside: tuple[Aside, ...]
    need_remainders: tuple[Remainder, ...]
    offer_remainders: tuple[Remainder, ...]

    @property
    def cash(self) -> int:
        """Grains of money proposed."""
        return sum(entry.grains for entry in self.allocations if not entry.in_kind)

    @property
    def in_kind(self) -> int:
        """Grains' worth of help in kind proposed; never to be added to the money."""
        return sum(entry.grains for entry in self.allocations if entry.in_kind)
