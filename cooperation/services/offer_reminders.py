"""Asking donors whether their published offers are still valid, and what they answer."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from cooperation.enums import MatchStatus, OfferStatus
from cooperation.models import Match, Offer
from cooperation.permissions import can_confirm_offer
from cooperation.selectors.offers import day_start
from cooperation.services.match_runs import enqueue_for_offer
from wam_portal.access import SystemViewer, Viewer, require
from wam_portal.audit.services import audited, record

SYSTEM = SystemViewer("matching")


def offers_to_ask(*, now: datetime) -> Sequence[Offer]:
    """Published offers whose donor has to be asked, and was not: over, over soon, or untouched for long.

    Each question is asked once: who has confirmed since it arose is not asked again.
    """
    today = timezone.localdate(now)
    soon = timedelta(days=settings.OFFER_ENDS_SOON_DAYS)
    untouched = now - timedelta(days=settings.OFFER_UNTOUCHED_DAYS)
    offers = Offer.objects.visible_to(SYSTEM).published().filter(asked_at__isnull=True)
    near = offers.confirmed_before(now).filter(valid_until__lte=today + soon).select_related("donor")
    due = [offer for offer in near if _not_confirmed_since(offer, _question_day(offer, today, soon))]
    due += offers.confirmed_before(untouched).filter(valid_until__gt=today + soon).select_related("donor")
    return sorted(due, key=lambda offer: offer.pk)


def ask_whether_valid(*, now: datetime | None = None) -> list[Offer]:
    """Ask the donors of all offers that are due; the caller's transaction holds it. Answers the offers."""
    moment = now or timezone.now()
    asked = []
    for offer in offers_to_ask(now=moment):
        same = Offer.objects.filter(pk=offer.pk, status=OfferStatus.PUBLISHED, asked_at__isnull=True)
        if same.update(asked_at=moment):
            record(verb="offer.asked_still_valid", target=offer, actor=SYSTEM, parties=[offer.donor])
            asked.append(offer)
    return asked


def rematch_ended_offers(*, today: date) -> list[Offer]:
    """Have the suggestions of offers that are over worked out again: they fail the rule on validity from now on.

    What somebody has proposed or agreed already stands.
    """
    suggested = Match.objects.filter(offer=OuterRef("pk"), status=MatchStatus.SUGGESTED, eligible=True)
    published = Offer.objects.visible_to(SYSTEM).published()
    ended = list(published.filter(Exists(suggested), valid_until__lt=today).order_by("pk"))
    for offer in ended:
        enqueue_for_offer(offer=offer)
    return ended


def confirm_offer(*, offer: Offer, actor: Viewer) -> Offer:
    """Say that a published offer is still valid as it stands; saying it twice says it once. Raises `Refused`."""
    require(can_confirm_offer(actor, offer))
    with audited():
        asked = Offer.objects.filter(pk=offer.pk, status=OfferStatus.PUBLISHED).filter(
            Q(asked_at__isnull=False) | Q(confirmed_at__isnull=True) | Q(confirmed_at__lt=day_start())
        )
        if asked.update(confirmed_at=timezone.now(), asked_at=None):
            record(verb="offer.confirmed", target=offer, actor=actor, parties=[actor.party])
    offer.refresh_from_db()
    return offer


def _question_day(offer: Offer, today: date, soon: timedelta) -> date:
    """The first day on which the question as it stands today could be asked."""
    return offer.valid_until + timedelta(days=1) if offer.valid_until < today else offer.valid_until - soon


def _not_confirmed_since(offer: Offer, day: date) -> bool:
    return timezone.localdate(offer.confirmed_at or offer.updated_at) < day
