"""Looking after the members of a party: ending a role, changing the agency."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from django.db.models import F
from django.utils.translation import gettext as _

from wam_portal.access import Viewer, require
from wam_portal.accounts.enums import PartyKind, Role
from wam_portal.accounts.models import Membership, Party, User
from wam_portal.accounts.permissions import can_change_membership
from wam_portal.accounts.second_factor_notices import FactorEvent, note_second_factor
from wam_portal.accounts.services import end_membership
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid

AGENCY_MAX = 160


def end_role(*, membership: Membership, actor: Viewer) -> None:
    """End a member's role; it counts no more from the next request on.

    Raises `Refused`, and `Invalid` when nobody would be left to look after the members of the party.
    """
    require(can_change_membership(actor, membership))
    with audited():
        # Two administrators who end each other's role at the same moment: the second waits here, and then sees that
        # nobody would be left.
        Party.objects.filter(pk=membership.party_id).update(name=F("name"))
        if reasons := hinders_ending(membership):
            raise Invalid({"": reasons})
        end_membership(membership=membership, actor=actor)


def remove_second_factor(*, user: User) -> bool:
    """Take the second factor from somebody who can no longer use it, by the operator; answers whether there was one.

    The person signs in with the password alone until a new one is set up. The logs of their parties say so, and a mail.
    """
    with audited():
        removed, _rows = Authenticator.objects.filter(user=user).delete()
        if removed:
            note_second_factor(user=user, event=FactorEvent.REMOVED, by_operator=True)
    return bool(removed)


def hinders_ending(membership: Membership) -> list[str]:
    """Why a role cannot be ended now, in words; empty when it can."""
    if is_last_keeper(membership):
        return [_("Nobody would be left to look after the members. Give somebody else the role first.")]
    return []


def is_last_keeper(membership: Membership) -> bool:
    """Tell whether nobody else could look after the members of the party once this role has ended."""
    keepers = keeper_roles(membership.party)
    if membership.role not in keepers:
        return False
    others = Membership.objects.active().filter(party=membership.party, role__in=keepers).exclude(pk=membership.pk)
    return not others.exists()


def keeper_roles(party: Party) -> frozenset[Role]:
    """The roles that look after the members: one of them always stays."""
    if party.kind == PartyKind.STATE:
        return frozenset({Role.NATIONAL_ADMIN})
    return frozenset({Role.OFFERING_MEMBER, Role.COORDINATOR})


def change_agency(*, membership: Membership, agency: str, actor: Viewer) -> Membership:
    """Say for which ministry or agency a member works. Raises `Refused` and `Invalid`."""
    require(can_change_membership(actor, membership))
    agency = agency.strip()
    if len(agency) > AGENCY_MAX:
        raise Invalid({"agency": [_("Write at most %(max)s characters.") % {"max": AGENCY_MAX}]})
    with audited():
        changed = Membership.objects.filter(pk=membership.pk, ended_at=None).exclude(agency=agency)
        if changed.update(agency=agency):
            changes = {"fields": ["agency"]}
            record(
                verb="membership.changed", target=membership, actor=actor, parties=[membership.party], changes=changes
            )
    membership.agency = agency
    return membership
