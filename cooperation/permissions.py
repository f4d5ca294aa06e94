"""Who may do what on the international side. Every refusal carries its reason and who could."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from cooperation.enums import UNDECIDED, OfferStatus, Side
from cooperation.models import Match, Offer
from wam_portal.access import ALLOWED, Decision, Viewer, refuse
from wam_portal.accounts.enums import Role

OFFERING_CAN = _("An offering member of the donor can.")
APPROVER_CAN = _("An approver of the State can.")


def can_offer(viewer: Viewer) -> Decision:
    """Offering members of a party with the capability draft offers."""
    if viewer.party.offers and viewer.has_role(Role.OFFERING_MEMBER):
        return ALLOWED
    return refuse(_("Only offering members of a donor make offers."), OFFERING_CAN)


def can_edit_offer(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members change an offer until it is closed."""
    if offer.donor_id != viewer.party.pk or not can_offer(viewer):
        return refuse(_("Only the donor changes this offer."), OFFERING_CAN)
    if offer.status == OfferStatus.CLOSED:
        return refuse(_("This offer is closed."))
    return ALLOWED


def can_publish_offer(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members publish a draft."""
    decision = can_edit_offer(viewer, offer)
    if decision and offer.status != OfferStatus.DRAFT:
        return refuse(_("This offer is already published."))
    return decision


def can_close_offer(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members close an offer; agreed matches stand."""
    return can_edit_offer(viewer, offer)


def side_of(viewer: Viewer, match: Match) -> Side | None:
    """The side of a match on which the viewer may decide."""
    if viewer.party.pk == match.donor_id and viewer.has_role(Role.OFFERING_MEMBER):
        return Side.DONOR
    if viewer.party.pk == match.state_id and viewer.has_role(Role.APPROVER, Role.NATIONAL_ADMIN):
        return Side.STATE
    return None


def can_decide_match(viewer: Viewer, match: Match) -> Decision:
    """The State's approvers and the donor's offering members decide while the match is undecided."""
    if side_of(viewer, match) is None:
        who = APPROVER_CAN if viewer.party.pk == match.state_id else OFFERING_CAN
        return refuse(_("You may read this match but not decide on it."), who)
    if match.status not in UNDECIDED:
        return refuse(_("This match is “%(status)s” and stands.") % {"status": match.get_status_display()})
    return ALLOWED


def can_propose_match(viewer: Viewer, match: Match) -> Decision:
    """Either side agrees first; only an eligible pair can be proposed."""
    decision = can_decide_match(viewer, match)
    if decision and not match.eligible:
        return refuse(
            _("This pair fails a rule, so it cannot be proposed."), _("Changing what fails makes it possible.")
        )
    side = side_of(viewer, match)
    agreed = match.state_agreed_at if side == Side.STATE else match.donor_agreed_at
    if decision and agreed is not None:
        return refuse(_("Your side has agreed already; the other side decides now."))
    return decision
