"""The capacity ledger of an offer: pledged, proposed, committed, left, with the match behind every line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, F, Q, Sum, Value, When

from cooperation.enums import MatchStatus
from cooperation.models import Match, Offer
from cooperation.selectors.matches import matches_for
from wam_portal.access import Viewer

MOST_LINES: Final = 50
COUNTED: Final = (MatchStatus.ACCEPTED, MatchStatus.PROPOSED)
UNREAD: Final = ("rules", "ledger", "why_not", "offered", "signed")


@dataclass(frozen=True, slots=True)
class CapacityLine:
    """A match that takes from the offer, or would. `amount_minor` is None for help in kind, and while none is named."""

    match: UUID
    reference: str
    title: str
    state: str
    area: str
    status: str
    status_label: str
    amount_minor: int | None


@dataclass(frozen=True, slots=True)
class CapacityLedger:
    """Amounts in minor units of `currency`, None for help in kind; requests None where their number is not limited.

    `proposed`: one side has agreed and the other has not decided. `unnamed`: how many of those name no amount yet.
    `left` is pledged less committed: what is proposed may still come to nothing. `lines_in_all` counts all lines.
    """

    currency: str
    pledged_minor: int | None
    proposed_minor: int | None
    committed_minor: int | None
    left_minor: int | None
    requests_pledged: int | None
    requests_proposed: int
    requests_committed: int
    requests_left: int | None
    unnamed: int
    lines: tuple[CapacityLine, ...]
    lines_in_all: int


def capacity_of(viewer: Viewer, offer: Offer) -> CapacityLedger:
    """What of one's own offer is proposed, committed and left; two statements, however many matches it has."""
    matches = matches_for(viewer).filter(offer=offer, donor=viewer.party, status__in=COUNTED)
    proposed = Q(status=MatchStatus.PROPOSED)
    served = matches.filter(status=MatchStatus.ACCEPTED).values("request_uuid")
    sums = matches.order_by().aggregate(
        lines=Count("pk"),
        minor=Sum("amount_minor", filter=proposed),
        unnamed=Count("pk", filter=proposed & Q(amount_minor__isnull=True)),
        requests=Count("request_uuid", filter=proposed & ~Q(request_uuid__in=served), distinct=True),
    )
    committed_first = Case(When(proposed, then=Value(1)), default=Value(0))
    rows = matches.defer(*UNREAD).order_by(committed_first, F("amount_minor").desc(nulls_last=True), "pk")
    money = offer.capacity_minor is not None
    capacity = offer.capacity_minor or 0
    return CapacityLedger(
        currency=offer.currency,
        pledged_minor=offer.capacity_minor,
        proposed_minor=(sums["minor"] or 0) if money else None,
        committed_minor=offer.committed_minor if money else None,
        left_minor=capacity - offer.committed_minor if money else None,
        requests_pledged=offer.max_requests,
        requests_proposed=sums["requests"],
        requests_committed=offer.committed_requests,
        requests_left=None if offer.max_requests is None else offer.max_requests - offer.committed_requests,
        unnamed=sums["unnamed"] if money else 0,
        lines=tuple(_line(match) for match in rows[:MOST_LINES]),
        lines_in_all=sums["lines"],
    )


def _line(match: Match) -> CapacityLine:
    return CapacityLine(
        match=match.uuid,
        reference=match.request["reference"],
        title=match.request["title"],
        state=match.state.name,
        area=match.need["area"],
        status=match.status,
        status_label=str(MatchStatus(match.status).label),
        amount_minor=match.amount_minor,
    )
