"""Reading who may act for which party, and who is invited to."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Invitation, Membership, Party, User
from wam_portal.accounts.models.invitation import InvitationQuerySet, token_hash
from wam_portal.accounts.models.party import MembershipQuerySet
from wam_portal.errors import NotVisible


@dataclass(frozen=True, slots=True)
class HeldParty:
    """A party and the roles that one person holds there now."""

    party: Party
    roles: frozenset[str]

    @property
    def role_labels(self) -> str:
        """The roles in words, in the order of `Role`."""
        return ", ".join(str(role.label) for role in Role if role in self.roles)


def parties_of(user: User) -> list[HeldParty]:
    """The parties for which `user` may act, by name, in one query."""
    roles: dict[int, set[str]] = {}
    parties: dict[int, Party] = {}
    memberships = Membership.objects.active().filter(user=user).select_related("party__territory")
    for membership in memberships.order_by("party__name", "party_id"):
        parties[membership.party_id] = membership.party
        roles.setdefault(membership.party_id, set()).add(membership.role)
    return [HeldParty(party, frozenset(roles[pk])) for pk, party in parties.items()]


def members_of(viewer: Viewer) -> MembershipQuerySet:
    """Who may act for the viewer's party now, by name; none for those who may not see it."""
    members = Membership.objects.visible_to(viewer).active().select_related("user")
    return members.order_by("user__full_name", "user_id", "pk")


def member_for(viewer: Viewer, pk: int) -> Membership:
    """One role of one member. Raises `NotVisible`."""
    found = members_of(viewer).select_related("party").filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


def invitations_of(viewer: Viewer) -> InvitationQuerySet:
    """Invitations of the viewer's party that were neither accepted nor withdrawn, newest first."""
    return Invitation.objects.visible_to(viewer).unanswered().select_related("invited_by")


def invitation_for(viewer: Viewer, uuid: UUID) -> Invitation:
    """One of them. Raises `NotVisible`."""
    found = invitations_of(viewer).select_related("party").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def invitation_behind(token: str) -> Invitation | None:
    """The invitation whose link carries this secret; None when the link does not work (any more)."""
    usable = Invitation.objects.usable().filter(token_hash=token_hash(token))
    found = usable.select_related("party", "invited_by").first()
    account = User.objects.filter(email=found.email).first() if found else None
    return None if account is not None and not account.is_active else found


def has_account(email: str) -> bool:
    """Tell whether an account has this address."""
    return User.objects.filter(email=email).exists()
