"""What both sides of the fictional matches decide, so that there is a match in every status."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from cooperation.enums import MatchStatus, RefusalKind
from cooperation.models import Match
from cooperation.services.matches import accept_match, decline_match, propose_match, withdraw_match
from wam_portal.access import Viewer
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role


def _donor(match: Match) -> Viewer:
    return demo_viewer(match.donor.slug, Role.OFFERING_MEMBER)


def _state(match: Match) -> Viewer:
    return demo_viewer(match.state.slug, Role.APPROVER)


def _amount(match: Match) -> int | None:
    """What a careful donor gives first: half the ceiling, but no more than is sought where that is known."""
    offer = match.offer
    if offer.capacity_minor is None:
        return None
    sought = match.need["amount"]
    known = sought.get("minor") if sought.get("currency") == offer.currency else None
    half = (offer.ceiling_minor or offer.capacity_minor) // 2
    return max(offer.floor_minor or 0, half if known is None else min(half, known))


def _proposed_by_donor(match: Match) -> Match:
    return propose_match(
        match=match,
        base_version=match.version,
        actor=_donor(match),
        amount_minor=_amount(match),
        reason="Fits our programme; we could begin next quarter.",
        conflict="",
    )


def load_decisions() -> None:
    """Accept, decline, propose and withdraw some of the eligible suggestions, best first, one of a request at most."""
    suggested = Match.objects.filter(status=MatchStatus.SUGGESTED, eligible=True).select_related(
        "offer", "donor", "state"
    )
    seen: set[object] = set()
    chosen: list[Match] = []
    for match in suggested.order_by("-score_micro", "need_uuid", "offer__title"):
        if match.request_uuid not in seen:
            seen.add(match.request_uuid)
            chosen.append(match)
    accepted, waiting, declined, asked, withdrawn = chosen[:5]
    first = _proposed_by_donor(accepted)
    accept_match(
        match=first,
        base_version=first.version,
        actor=_state(first),
        reason="Agreed in the commission.",
        conflict="A cousin of the deputy director works for a supplier; she takes no part in the purchase.",
    )
    _proposed_by_donor(waiting)
    decline_match(
        match=declined,
        base_version=declined.version,
        actor=_state(declined),
        kind=RefusalKind.DUPLICATE,
        reason="A bilateral partner has begun work on this; we look again when it ends.",
        review_on=timezone.localdate() + timedelta(days=180),
    )
    propose_match(
        match=asked,
        base_version=asked.version,
        actor=_state(asked),
        reason="This is our first priority.",
        conflict="",
    )
    second = _proposed_by_donor(withdrawn)
    withdraw_match(
        match=second,
        base_version=second.version,
        actor=_donor(second),
        reason="The budget of this year is closed; we come back in the next one.",
    )
