"""What waits for a viewer on the international side; each list in one statement, at most `MOST` entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import F, Q
from django.utils import timezone

from assessments import public
from cooperation.enums import MarkKind, MatchStatus, Side
from cooperation.models import Match, MatchMark, Offer
from cooperation.selectors.match_reviews import unread_threads
from cooperation.selectors.matches import matches_for, other_suggestions, recommended_matches
from wam_portal.access import Viewer

MOST: Final = 20
ANSWERS_STAND: Final = timedelta(days=14)
"""So long the other side's answer to a proposal stands in the work list."""


def matches_waiting_for(viewer: Viewer, side: Side) -> list[Match]:
    """Matches to which the other side has agreed and one's own has not."""
    proposed = matches_for(viewer).filter(status=MatchStatus.PROPOSED)
    proposed = proposed.order_by(F("answer_due").asc(nulls_last=True), *proposed.query.order_by)
    if side == Side.DONOR:
        return list(proposed.filter(donor=viewer.party, donor_agreed_at__isnull=True)[:MOST])
    return list(proposed.filter(state=viewer.party, state_agreed_at__isnull=True)[:MOST])


def answers_to(viewer: Viewer, side: Side) -> list[Match]:
    """What the other side lately accepted or declined of one's own side's proposals, newest first."""
    donor = side == Side.DONOR
    mine, own, other = (
        (Q(donor=viewer.party), "donor_agreed_at", "state_agreed_at")
        if donor
        else (Q(state=viewer.party), "state_agreed_at", "donor_agreed_at")
    )
    agreed = Q(status=MatchStatus.ACCEPTED, **{f"{own}__lt": F(other)})
    refused = Q(
        status=MatchStatus.DECLINED, declined_by=Side.STATE if donor else Side.DONOR, **{f"{own}__isnull": False}
    )
    lately = matches_for(viewer).filter(mine, agreed | refused, updated_at__gt=timezone.now() - ANSWERS_STAND)
    return list(lately.order_by("-updated_at", "-pk")[:MOST])


def unread_messages(viewer: Viewer, side: Side) -> list[Match]:
    """Matches in which the other side wrote what one's own has not read, newest first, with `written_at`."""
    return list(unread_threads(viewer, matches_for(viewer), side)[:MOST])


def best_suggestions(viewer: Viewer, side: Side) -> list[Match]:
    """Eligible suggestions that nobody has decided or put off and no coordinator brought forward, best first."""
    suggested = other_suggestions(viewer)
    mine = suggested.filter(donor=viewer.party) if side == Side.DONOR else suggested.filter(state=viewer.party)
    put_off = MatchMark.objects.visible_to(viewer).filter(kind=MarkKind.DEFERRED, until__gt=timezone.localdate())
    return list(mine.exclude(pk__in=put_off.values("match"))[:MOST])


def recommended_to(viewer: Viewer, side: Side) -> list[Match]:
    """What coordinators suggest to the viewer's side, best first, each with `recommended_by`."""
    suggested = recommended_matches(viewer)
    mine = suggested.filter(donor=viewer.party) if side == Side.DONOR else suggested.filter(state=viewer.party)
    return list(mine[:MOST])


def offers_asked_about(viewer: Viewer) -> list[Offer]:
    """One's own offers about which one was asked whether they are still valid, those that end first at the top."""
    asked = Offer.objects.visible_to(viewer).asked().filter(donor=viewer.party)
    return list(asked.order_by("valid_until", "pk")[:MOST])


def newest_grants(viewer: Viewer) -> list[public.ReleasedRequest]:
    """The requests granted last, one entry a request."""
    return public.releases_for(viewer).newest_of_each_request()[:MOST]
