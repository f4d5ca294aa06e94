"""Members and invitations of every party."""

from __future__ import annotations

from typing import Final

from tests.access.canaries import Cage
from tests.access.cast import Cast, member_keepers
from tests.access.records import Records
from tests.personas import make_donor
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee, invite_from_outside
from wam_portal.accounts.models import Membership

# The member of each party whose role others end; somebody is left to look after the rest.
COLLEAGUES: Final = {
    "A": "contributor",
    "B": "other_contributor",
    "D1": "second_donor_member",
    "D2": "two_hats_donor",
    "RC": "second_coordinator",
    "P1": "second_partner",
}
ROLES: Final = {"A": Role.VIEWER, "B": Role.VIEWER, "RC": Role.COORDINATOR, "P1": Role.IMPLEMENTING_MEMBER}


def add_members(cage: Cage, cast: Cast, records: Records) -> None:
    """One member and one open invitation of each party, and a link of a party that is nobody's."""
    for side, name in COLLEAGUES.items():
        person = {**cast.hats, **cast.helpers}[name]
        membership = Membership.objects.active().get(user=person.user, party=cast.parties[side])
        shows = {"person.name": cast.person_names[name]}
        records.add("member", side, {"membership": membership.pk}, shows, membership)
        address = cage.mint(side, "invitation.email", member_keepers(side))
        words = Invitee(f"{address}@example.test", f"Guest {address}", [ROLES.get(side, Role.OFFERING_MEMBER)])
        invitation = invite_from_outside(party=cast.parties[side], invitee=words).invitation
        records.add("invitation", side, {"invitation": invitation.uuid}, {"invitation.email": address}, invitation)
    _link(cage, cast, records)


def _link(cage: Cage, cast: Cast, records: Records) -> None:
    """Whoever holds the link reads who invites, signed in or not."""
    host = cage.mint("host", "invitation.party", frozenset(cast.hats))
    party = make_donor("guest-house", f"Guest House {host}")
    invitee = Invitee("guest@example.test", "Guest", [Role.OFFERING_MEMBER])
    invited = invite_from_outside(party=party, invitee=invitee)
    values = {"token": invited.link.rstrip("/").rsplit("/", 1)[-1]}
    records.add("invitation.link", "A B D1 D2 RC P1", values, {"invitation.party": host}, invited.invitation)
