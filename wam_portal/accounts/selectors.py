"""Reading who may act for which party."""

from __future__ import annotations

from dataclasses import dataclass

from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership, Party, User


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
