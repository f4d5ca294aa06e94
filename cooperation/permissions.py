"""Who may do what on the international side. Every refusal carries its reason and who could."""

from __future__ import annotations

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from assessments.public import GAP_KEYS, GrantLevel, ReleasedRequest
from cooperation.enums import UNDECIDED, MatchStatus, OfferStatus, Side
from cooperation.models import AssistanceActivity, Match, MatchObjection, Offer, PortfolioRun
from cooperation.models.assistance import ACTIVITY_RECORDERS
from cooperation.models.dossiers import NATIONAL_READERS
from wam_portal.access import ALLOWED, Decision, Viewer, refuse
from wam_portal.accounts.enums import Role
from wam_portal.formats import format_day

OFFERING_CAN = _("An offering member of the donor can.")
OFFERING_CAN_EXTEND = _("An offering member of the donor can give it a later last day.")
APPROVER_CAN = _("An approver of the State can.")
COORDINATOR_CAN = _("A coordinator of that party can.")
ENDED = {
    MatchStatus.ACCEPTED: _("This match is agreed. It can no longer be changed."),
    MatchStatus.DECLINED: _("This match was declined. It can no longer be changed."),
    MatchStatus.WITHDRAWN: _("This match was withdrawn. It can no longer be changed."),
    MatchStatus.SUPERSEDED: _("A newer suggestion took the place of this match."),
}
"""Why nothing more is decided on a match."""


def can_offer(viewer: Viewer) -> Decision:
    """Offering members of a party with the capability draft offers."""
    if viewer.party.offers and viewer.has_role(Role.OFFERING_MEMBER):
        return ALLOWED
    return refuse(_("Only offering members of a donor make offers."), OFFERING_CAN)


def can_describe_partner(viewer: Viewer) -> Decision:
    """Implementing members of a party with the capability say what it can do."""
    if viewer.party.implements and viewer.has_role(Role.IMPLEMENTING_MEMBER):
        return ALLOWED
    return refuse(_("Only implementing members of a partner describe it."), _("An implementing member can."))


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


def can_reopen_offer(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members take a closed offer up again, as a draft."""
    if offer.donor_id != viewer.party.pk or not can_offer(viewer):
        return refuse(_("Only the donor changes this offer."), OFFERING_CAN)
    if offer.status != OfferStatus.CLOSED:
        return refuse(_("Only a closed offer is opened again."))
    return ALLOWED


def can_confirm_offer(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members say that a published offer stands as it is; one that is over needs a later day."""
    decision = can_edit_offer(viewer, offer)
    if decision and offer.status != OfferStatus.PUBLISHED:
        return refuse(_("Only a published offer is confirmed."))
    if decision and offer.valid_until < timezone.localdate():
        return refuse(_("Its last day has passed. Give a later one, or close the offer."))
    return decision


def can_copy_offer(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members draft another offer from one of their own, in whatever status."""
    if offer.donor_id != viewer.party.pk:
        return refuse(_("Only the donor copies this offer."), OFFERING_CAN)
    return can_offer(viewer)


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
        return refuse(ENDED[MatchStatus(match.status)])
    return ALLOWED


def can_propose_match(viewer: Viewer, match: Match) -> Decision:
    """Either side agrees first; only an eligible pair can be proposed."""
    decision = can_decide_match(viewer, match)
    if decision and match.offer.valid_until < timezone.localdate():
        return refuse(_("This offer is open for requests no more."), OFFERING_CAN_EXTEND)
    if decision and not match.eligible:
        return refuse(
            _("This pair fails a rule, so it cannot be proposed."), _("Changing what fails makes it possible.")
        )
    side = side_of(viewer, match)
    agreed = match.state_agreed_at if side == Side.STATE else match.donor_agreed_at
    if decision and agreed is not None:
        return refuse(_("Your side has agreed already; the other side decides now."))
    return decision


def _agreed_by(match: Match, side: Side | None) -> bool:
    if side is None:
        return False
    return (match.state_agreed_at if side == Side.STATE else match.donor_agreed_at) is not None


def can_change_objection_rule(viewer: Viewer) -> Decision:
    """National administrators say how long colleagues may object."""
    if viewer.party.assesses and viewer.has_role(Role.NATIONAL_ADMIN):
        return ALLOWED
    return refuse(_("Only national administrators change this rule."), _("A national administrator of the State can."))


def can_object_to_match(viewer: Viewer, match: Match) -> Decision:
    """Who looks into a match for the State objects while the window of a proposal is open."""
    if viewer.party.pk != match.state_id or reviewing_side(viewer, match) is None:
        return refuse(_("Only focal points and approvers of the State object."), _("A focal point or an approver can."))
    if match.status != MatchStatus.PROPOSED or match.objections_until is None:
        return refuse(_("There is nothing that one could object to."))
    if match.objections_until < timezone.localdate():
        return refuse(_("The days in which one could object are over."))
    if match.objections.filter(actor=viewer.user, lifted_at__isnull=True).exists():
        return refuse(_("Your objection stands already."))
    return ALLOWED


def can_lift_objection(viewer: Viewer, objection: MatchObjection) -> Decision:
    """Who objected takes it back; a national administrator lifts any."""
    if viewer.party.pk != objection.match.state_id or objection.lifted_at is not None:
        return refuse(_("This objection was lifted before."))
    if objection.actor_id == viewer.user.pk or viewer.has_role(Role.NATIONAL_ADMIN):
        return ALLOWED
    return refuse(_("Somebody else objected."), _("Who objected or a national administrator can."))


def can_accept_match(viewer: Viewer, match: Match) -> Decision:
    """The side that has not agreed yet accepts what the other proposed."""
    decision = can_decide_match(viewer, match)
    if not decision:
        return decision
    if match.status != MatchStatus.PROPOSED:
        return refuse(_("Nobody has proposed this match yet."), _("Either side can propose it."))
    if _agreed_by(match, side_of(viewer, match)):
        who = OFFERING_CAN if side_of(viewer, match) == Side.STATE else APPROVER_CAN
        return refuse(_("Your side has agreed already; the other side decides now."), who)
    if match.objections_until is not None and match.objections_until >= timezone.localdate():
        day = format_day(match.objections_until)
        return refuse(_("Colleagues at the State may object until %(day)s; it can be accepted after.") % {"day": day})
    return decision


def can_decline_match(viewer: Viewer, match: Match) -> Decision:
    """Either side declines what is undecided; a pair that fails a rule needs no declining."""
    decision = can_decide_match(viewer, match)
    if decision and not match.eligible:
        return refuse(_("This pair fails a rule, so there is nothing to decline."))
    if decision and _agreed_by(match, side_of(viewer, match)):
        return refuse(_("Your side has proposed this match. Withdraw the proposal instead."))
    return decision


def can_withdraw_match(viewer: Viewer, match: Match) -> Decision:
    """The side that proposed takes its proposal back while the other has not agreed."""
    decision = can_decide_match(viewer, match)
    if decision and not _agreed_by(match, side_of(viewer, match)):
        return refuse(_("Your side has proposed nothing that it could withdraw."))
    return decision


def reviewing_side(viewer: Viewer, match: Match) -> Side | None:
    """The side for which the viewer looks into a match: as `side_of`, and for the State its focal points too."""
    if viewer.party.pk == match.state_id and viewer.has_role(Role.EDITOR):
        return Side.STATE
    return side_of(viewer, match)


def can_mark_match(viewer: Viewer, match: Match) -> Decision:
    """Who looks into an undecided match puts it on the side's own shortlist, or puts it off."""
    if reviewing_side(viewer, match) is None:
        return refuse(_("You may read this match but write nothing about it."), _("A focal point or an approver can."))
    if match.status not in UNDECIDED:
        return refuse(ENDED[MatchStatus(match.status)])
    return ALLOWED


def can_write_message(viewer: Viewer, match: Match) -> Decision:
    """Both sides write to each other about an eligible pair while it is undecided, and once it is agreed."""
    if reviewing_side(viewer, match) is None:
        return refuse(_("You may read this match but write nothing about it."), _("A focal point or an approver can."))
    if match.status not in (*UNDECIDED, MatchStatus.ACCEPTED):
        return refuse(ENDED[MatchStatus(match.status)])
    if not match.eligible:
        return refuse(_("This pair fails a rule, so there is nothing to agree on."))
    return ALLOWED


def can_declare_conflict(viewer: Viewer, match: Match) -> Decision:
    """Who decides for a side declares for it, while the match is undecided."""
    decision = can_decide_match(viewer, match)
    if decision and not match.eligible:
        return refuse(_("This pair fails a rule, so there is nothing to agree on."))
    return decision


def can_run_matching(viewer: Viewer, offer: Offer) -> Decision:
    """The donor's offering members ask for the matches of a published offer to be worked out again."""
    decision = can_edit_offer(viewer, offer)
    if decision and offer.status != OfferStatus.PUBLISHED:
        return refuse(_("Only a published offer is matched."))
    return decision


def can_record_activity(viewer: Viewer) -> Decision:
    """Donors, operational partners, coordinators, and a State's focal points and approvers record assistance."""
    if viewer.has_role(*ACTIVITY_RECORDERS):
        return ALLOWED
    return refuse(_("Your role reads the register but does not write in it."), _("A focal point or an approver can."))


def can_change_activity(viewer: Viewer, activity: AssistanceActivity) -> Decision:
    """Who recorded an entry changes and removes it."""
    if activity.recorder_id != viewer.party.pk:
        return refuse(_("Only the party that recorded this entry changes it."))
    return can_record_activity(viewer)


def can_request_dossier(viewer: Viewer, released: ReleasedRequest) -> Decision:
    """A State's editors and approvers make its national dossier; a recipient the dossier of a grant at that level.

    A grant chosen key by key counts when the State put anything beyond the gap headlines into it. The document then
    holds those keys and no others.
    """
    if released.grant_uuid is None:
        if viewer.party.pk == released.state.pk and viewer.has_role(*NATIONAL_READERS):
            return ALLOWED
        return refuse(_("Your role does not read the State's dossiers."), _("Its focal points and approvers can."))
    if released.level == GrantLevel.DOSSIER or (released.level == GrantLevel.CUSTOM and released.keys - GAP_KEYS):
        return ALLOWED
    return refuse(_("This grant does not include the dossier."), _("The State can grant it."))


def can_request_portfolio(viewer: Viewer) -> Decision:
    """Coordinators have portfolios made from what they may see."""
    if viewer.has_role(Role.COORDINATOR):
        return ALLOWED
    return refuse(_("Only coordinators make portfolios."), COORDINATOR_CAN)


def can_discard_portfolio(viewer: Viewer, run: PortfolioRun) -> Decision:
    """The coordinators of the party that it was made for discard a portfolio."""
    if run.party_id != viewer.party.pk:
        return refuse(_("This portfolio was made for another party."), COORDINATOR_CAN)
    return can_request_portfolio(viewer)


def can_suggest_pairs(viewer: Viewer, run: PortfolioRun) -> Decision:
    """The coordinators of that party suggest pairs of a portfolio that was worked out to both sides."""
    decision = can_discard_portfolio(viewer, run)
    if decision and run.computed_at is None:
        return refuse(_("This portfolio is not worked out yet."))
    return decision
