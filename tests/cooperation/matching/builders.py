"""A need and an offer that fit in every respect, to be bent by keyword in each test."""

from datetime import date
from typing import Any

from cooperation.matching import (
    DEFAULT_WEIGHTS,
    Explanation,
    LedgerRow,
    Money,
    Need,
    Offer,
    Period,
    RateSet,
    Readiness,
    RuleResult,
    Strategy,
    StrategyLevel,
    Territory,
    Tier,
    explain,
)

AS_OF = date(2026, 6, 1)
RATES = RateSet.build(
    rate_set_id="rates-1", on=date(2026, 5, 29), base="EUR", per_base={"USD": "1.25", "JPY": "160", "KWD": "0.32"}
)
STATE = Territory("XA", ("X10", "X1", "001"))
READY = Readiness(
    endorsed_baseline=True,
    baseline_endorsed_on=date(2026, 1, 1),
    completeness=800_000,
    co_funding_share=100_000,
    sustainment=True,
)


def make_need(**changes: Any) -> Need:
    """A need of State XA: 100,000.00 EUR for training in storage."""
    values: dict[str, Any] = {
        "need_id": "need-1",
        "request_id": "request-1",
        "requester_id": "state-xa",
        "state": STATE,
        "area": "STO",
        "types": frozenset({"TRAIN"}),
        "period": Period(date(2026, 7, 1), date(2026, 12, 31)),
        "amount": Money(10_000_000, "EUR"),
        "applicant_kind": "state",
        "requested_on": date(2026, 5, 1),
        "technologies": frozenset(),
        "languages": ("fr", "en"),
        "tier": Tier.HIGH,
        "level": 2,
        "target": 4,
        "lenses": frozenset({"gender"}),
        "strategies": frozenset({Strategy("NDP", StrategyLevel.NATIONAL)}),
        "gender_marker": 1,
        "oda_eligible": True,
        "readiness": READY,
    }
    return Need(**{**values, **changes})


def make_offer(**changes: Any) -> Offer:
    """An offer of donor-1 that suits the need above: up to 500,000.00 EUR left."""
    values: dict[str, Any] = {
        "offer_id": "offer-1",
        "donor_id": "donor-1",
        "areas": frozenset({"STO", "MAR"}),
        "types": frozenset({"TRAIN", "EQUIP"}),
        "included": frozenset({"X1"}),
        "capacity": Money(50_000_000, "EUR"),
        "period": Period(date(2026, 1, 1), date(2027, 12, 31)),
        "languages": frozenset({"fr"}),
        "applicant_kinds": frozenset({"state"}),
    }
    return Offer(**{**values, **changes})


def explained(need: Need, offer: Offer, **changes: Any) -> Explanation:
    """The explanation of the pair under the usual weights, rates and date."""
    values: dict[str, Any] = {"weights": DEFAULT_WEIGHTS, "rates": RATES, "as_of": AS_OF}
    return explain(need, offer, **{**values, **changes})


def rule_of(explanation: Explanation, code: str) -> RuleResult:
    """The result of one rule."""
    return next(result for result in explanation.rules if result.rule == code)


def row_of(explanation: Explanation, code: str) -> LedgerRow:
    """The ledger row of one criterion."""
    return next(row for row in explanation.ledger if row.criterion == code)
