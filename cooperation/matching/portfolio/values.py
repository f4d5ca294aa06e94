"""What a portfolio is made from, beside needs and offers, and the whole of it as one value that can be stored."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date

from cooperation.matching.money import Money, RateSet
from cooperation.matching.portfolio.policy import Policy
from cooperation.matching.ranking import check_unique
from cooperation.matching.values import DeclinedPair, Need, Offer


@dataclass(frozen=True, slots=True, kw_only=True)
class Commitment:
    """Money (or the value of help in kind) that both sides have already agreed on.

    `need_id` may be a line that is not among the needs of the run: its donor still counts on the request.
    An offer's capacity and `requests_left` are given as what is left, so that they are net of its commitments.
    """

    request_id: str
    need_id: str
    offer_id: str
    donor_id: str
    amount: Money


@dataclass(frozen=True, slots=True)
class InKindValue:
    """What an offer in kind is estimated to be worth in all, for what it has left."""

    offer_id: str
    value: Money


@dataclass(frozen=True, slots=True, kw_only=True)
class PortfolioInput:
    """Everything that a portfolio depends on. Sorted by identifier on the way in, so that order never matters.

    Siblings of the needs are dropped: a run looks at the lines that it is given, and no others.
    Raises ValueError when an identifier stands twice.
    """

    needs: tuple[Need, ...]
    offers: tuple[Offer, ...]
    policy: Policy
    rates: RateSet
    as_of: date
    declined: tuple[DeclinedPair, ...] = ()
    commitments: tuple[Commitment, ...] = ()
    in_kind: tuple[InKindValue, ...] = ()

    def __post_init__(self) -> None:
        check_unique([need.need_id for need in self.needs])
        check_unique([offer.offer_id for offer in self.offers])
        check_unique([value.offer_id for value in self.in_kind])
        ordered = {
            "needs": (replace(n, siblings=()) for n in sorted(self.needs, key=lambda need: need.need_id)),
            "offers": sorted(self.offers, key=lambda offer: offer.offer_id),
            "declined": sorted(set(self.declined), key=lambda pair: (pair.need_id, pair.offer_id, pair.review_on)),
            "commitments": sorted(self.commitments, key=_of_commitment),
            "in_kind": sorted(self.in_kind, key=lambda value: value.offer_id),
        }
        for name, values in ordered.items():
            object.__setattr__(self, name, tuple(values))

    @classmethod
    def of(
        cls,
        needs: Iterable[Need],
        offers: Iterable[Offer],
        policy: Policy,
        *,
        rates: RateSet,
        as_of: date,
        declined: Iterable[DeclinedPair] = (),
        commitments: Iterable[Commitment] = (),
        in_kind: Iterable[InKindValue] = (),
    ) -> "PortfolioInput":
        """The input from any iterables."""
        return cls(
            needs=tuple(needs),
            offers=tuple(offers),
            policy=policy,
            rates=rates,
            as_of=as_of,
            declined=tuple(declined),
            commitments=tuple(commitments),
            in_kind=tuple(in_kind),
        )


def _of_commitment(entry: Commitment) -> tuple[str, str, str, str, int, str]:
    return (
        entry.request_id,
        entry.need_id,
        entry.offer_id,
        entry.donor_id,
        entry.amount.minor,
        entry.amount.currency,
    )
