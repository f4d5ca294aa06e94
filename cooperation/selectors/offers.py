"""Reading offers."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import Modality, OfferStatus, ValidityQuestion
from cooperation.models import Offer
from cooperation.models.offers import OfferQuerySet
from cooperation.selectors.wording import LABELS, language_name, listed, period_text
from wam_portal.access import Viewer
from wam_portal.accounts.enums import STATE_STAFF, Role
from wam_portal.errors import NotVisible
from wam_portal.formats import format_day, format_money, format_number, format_percent

OFFER_READERS = (Role.OFFERING_MEMBER, Role.COORDINATOR, *(STATE_STAFF - {Role.CONTRIBUTOR}))


def offers_for(viewer: Viewer) -> OfferQuerySet:
    """The offers that the viewer may see, newest first, with `left_minor`, what is left of their capacity.

    Raises `NotVisible` for roles that see no offers at all.
    """
    if not viewer.has_role(*OFFER_READERS):
        raise NotVisible
    offers = Offer.objects.visible_to(viewer).select_related("donor")
    return offers.annotate(left_minor=F("capacity_minor") - F("committed_minor")).order_by("-created_at", "-pk")


def offer_list_of(viewer: Viewer) -> OfferQuerySet:
    """For donors their own offers; for others all that they may see."""
    offers = offers_for(viewer)
    return offers.filter(donor=viewer.party) if viewer.has_role(Role.OFFERING_MEMBER) else offers


def offer_for(viewer: Viewer, uuid: UUID) -> Offer:
    """One offer with its places. Raises `NotVisible`."""
    offer = offers_for(viewer).prefetch_related("included", "excluded", "reaches").filter(uuid=uuid).first()
    if offer is None:
        raise NotVisible
    return offer


def own_offer(viewer: Viewer, uuid: UUID) -> Offer:
    """One's own offer, to change it. Raises `NotVisible` for what others offer, as for what does not exist."""
    offer = offer_for(viewer, uuid)
    if offer.donor_id != viewer.party.pk:
        raise NotVisible
    return offer


def day_start() -> datetime:
    """The moment at which today began."""
    return timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)


def question_of(offer: Offer) -> ValidityQuestion | None:
    """Why its donor is asked whether the offer is still valid; None when nothing is asked."""
    if offer.status != OfferStatus.PUBLISHED or offer.asked_at is None:
        return None
    today = timezone.localdate()
    if offer.valid_until < today:
        return ValidityQuestion.ENDED
    soon = offer.valid_until <= today + timedelta(days=settings.OFFER_ENDS_SOON_DAYS)
    return ValidityQuestion.ENDS_SOON if soon else ValidityQuestion.UNTOUCHED


def own_offers_by_uuid(viewer: Viewer) -> dict[UUID, Offer]:
    """All offers of one's own donor with their places, oldest first, by their identifier."""
    offers = offers_for(viewer).filter(donor=viewer.party).prefetch_related("included", "excluded")
    return {offer.uuid: offer for offer in offers.order_by("created_at", "pk")}


def facts_of_offer(offer: Offer, *, with_left: bool = True) -> list[tuple[str, list[tuple[str, str]]]]:
    """What an offer says, group by group: (heading, (label, value)). Needs the places prefetched.

    `with_left` False leaves out what is left of it, for pages that show its ledger.
    """
    return [
        (_("What is offered"), _help(offer)),
        (_("Where and when"), _where_and_when(offer)),
        (_("How much"), _amounts(offer, with_left=with_left)),
        (_("Conditions"), _conditions(offer)),
        (_("Preferences"), _preferences(offer)),
    ]


def _help(offer: Offer) -> list[tuple[str, str]]:
    return [
        (_("Kind of help"), str(Modality(offer.modality).label)),
        (_("Functional areas"), _codes("areas", offer.functional_areas, _("every area"))),
        (_("Types of assistance"), _codes("types", offer.assistance_types, _("every type"))),
        (_("Technologies"), _codes("technologies", offer.technologies, _("no limit"))),
    ]


def _where_and_when(offer: Offer) -> list[tuple[str, str]]:
    facts = [(_("Countries and regions"), listed(place.label for place in offer.included.all()))]
    excluded = [place.label for place in offer.excluded.all()]
    if excluded:
        facts.append((_("But not in"), listed(excluded)))
    period = period_text((offer.period_start.isoformat(), offer.period_end.isoformat()))
    return [*facts, (_("Help can be given"), period), (_("Open for requests until"), format_day(offer.valid_until))]


def _amounts(offer: Offer, *, with_left: bool) -> list[tuple[str, str]]:
    facts = []
    if offer.capacity_minor is not None:
        facts.append((_("Capacity"), format_money(offer.capacity_minor, offer.currency)))
        left = offer.capacity_minor - offer.committed_minor
        facts += [(_("Left"), format_money(left, offer.currency))] if with_left else []
    limits = ((_("Least for one request"), offer.floor_minor), (_("Most for one request"), offer.ceiling_minor))
    facts += [(label, format_money(minor, offer.currency)) for label, minor in limits if minor is not None]
    if offer.estimated_value_minor is not None:
        facts.append((_("Estimated value"), format_money(offer.estimated_value_minor, offer.currency)))
    if offer.max_requests is not None:
        served = {"served": format_number(offer.committed_requests), "most": format_number(offer.max_requests)}
        facts.append((_("Requests it serves"), _("%(served)s of %(most)s") % served))
    return facts


def _conditions(offer: Offer) -> list[tuple[str, str]]:
    facts = [
        (_("Who may apply"), _codes("applicant_kinds", offer.applicant_kinds, _("everybody"))),
        (_("Working languages"), listed(map(language_name, offer.languages)) if offer.languages else _("any language")),
    ]
    if offer.needs_endorsed_baseline:
        facts.append((_("Baseline"), _("must be endorsed")))
    if offer.oda_only:
        facts.append((_("ODA"), _("only what is eligible")))
    if offer.min_gender_marker is not None:
        label = dict(public.GenderMarker.choices)[str(offer.min_gender_marker)]
        facts.append((_("Least gender marker"), str(label)))
    if offer.min_cofunding_percent is not None:
        facts.append((_("Least national share"), format_percent(offer.min_cofunding_percent)))
    return facts


def _preferences(offer: Offer) -> list[tuple[str, str]]:
    return [
        (_("Priority areas"), _codes("areas", offer.priority_areas, _("none stated"))),
        (_("Lenses"), _codes("lenses", offer.priority_lenses, _("none stated"))),
        (_("Strategies it supports"), offer.strategies or _("none stated")),
    ]


def _codes(kind: str, codes: list[str], none: str) -> str:
    return listed(str(LABELS[kind].get(code, code)) for code in codes) if codes else none
