"""Who looks after the members of a party, and which roles they may give."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.translation import gettext_lazy as _

from wam_portal.access import ALLOWED, Decision, Viewer, refuse
from wam_portal.accounts.enums import ROLES_BY_CAPABILITY, PartyKind, Role
from wam_portal.accounts.models import Membership, Party
from wam_portal.accounts.models.party import member_readers

ADMIN_CAN = _("A national administrator of your State can.")


def roles_of_party(party: Party) -> tuple[Role, ...]:
    """The roles that a party's capabilities allow, weakest first."""
    return tuple(role for name, roles in ROLES_BY_CAPABILITY.items() if getattr(party, name) for role in roles)


def roles_to_give(viewer: Viewer) -> tuple[Role, ...]:
    """The roles that the viewer may give at the acting party and end there: none above their own.

    At a State, national administrators give all of its roles, and nobody else gives any. Elsewhere members give the
    role that they hold.
    """
    possible = roles_of_party(viewer.party)
    if viewer.party.kind == PartyKind.STATE:
        return possible if viewer.has_role(Role.NATIONAL_ADMIN) else ()
    return tuple(role for role in possible if viewer.has_role(role))


def can_read_members(viewer: Viewer) -> Decision:
    """Approvers and national administrators see the members of their State; elsewhere every member does."""
    if viewer.has_role(*member_readers(viewer.party)):
        return ALLOWED
    return refuse(_("The list of members is read by approvers and national administrators."), ADMIN_CAN)


def can_manage_members(viewer: Viewer) -> Decision:
    """Whoever may give some role invites members and looks after them."""
    if roles_to_give(viewer):
        return ALLOWED
    return refuse(_("Only national administrators look after the members of a State."), ADMIN_CAN)


def can_give_roles(viewer: Viewer, roles: Iterable[str]) -> Decision:
    """Give roles by invitation. Focal points and national administrators also invite contributors from outside."""
    allowed = {*roles_to_give(viewer)}
    if viewer.party.assesses and viewer.has_role(Role.EDITOR, Role.NATIONAL_ADMIN):
        allowed.add(Role.INVITED_CONTRIBUTOR)
    if allowed and set(roles) <= allowed:
        return ALLOWED
    return refuse(_("You cannot give a role that is above your own or that your party does not have."), ADMIN_CAN)


def can_change_membership(viewer: Viewer, membership: Membership) -> Decision:
    """End a role or change its agency: for those who could have given it."""
    if membership.party_id == viewer.party.pk and can_give_roles(viewer, [membership.role]):
        return ALLOWED
    return refuse(_("You cannot change a role that you could not give."), ADMIN_CAN)
