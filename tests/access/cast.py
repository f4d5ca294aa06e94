"""The principals: who looks at the portal, for whom, and which column of the access table speaks about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from tests.access.canaries import Cage
from tests.personas import make_coordinator, make_donor, make_partner, make_state
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party, Territory, User
from wam_portal.accounts.services import add_membership

PASSWORD: Final = "a long enough passphrase"


@dataclass(frozen=True)
class Hat:
    """A person acting for a party. `side` is the party whose objects count as their own.

    Somebody who acts for nobody (no account, or only the platform's) tries the addresses of State A.
    """

    name: str
    column: str
    side: str
    slug: str
    user: User | None
    party: Party | None = None
    roles: frozenset[str] = frozenset()

    @property
    def viewer(self) -> Viewer:
        """As selectors and services take it."""
        assert self.user is not None
        assert self.party is not None
        return Viewer(self.user, self.party, self.roles)

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class Cast:
    """All parties by side, all hats by name, and the people who only help to build the world."""

    parties: dict[str, Party]
    hats: dict[str, Hat]
    helpers: dict[str, Hat]
    party_names: dict[str, str]
    person_names: dict[str, str]

    def state_hats(self, side: str, *roles: Role) -> frozenset[str]:
        """The hats that hold one of the roles at a State."""
        return frozenset(hat.name for hat in self.hats.values() if hat.side == side and not hat.roles.isdisjoint(roles))

    def members(self, side: str) -> frozenset[str]:
        """The hats that act for a party in any role."""
        return frozenset(hat.name for hat in self.hats.values() if hat.side == side and hat.roles)


SIDES: Final = {
    "A": ("aldoria", "Aldoria"),
    "B": ("borvenia", "Borvenia"),
    "D1": ("amber-fund", "Amber Fund"),
    "D2": ("basalt-fund", "Basalt Fund"),
    "RC": ("eastern-forum", "Eastern Forum"),
    "P1": ("cedar-relief", "Cedar Relief"),
    "P2": ("dahlia-aid", "Dahlia Aid"),
}
# name of the hat, column of the table, side, role; the two hats of one person share the account "two_hats".
MEMBERS: Final = (
    ("viewer", "viewer", "A", Role.VIEWER),
    ("contributor", "contributor", "A", Role.CONTRIBUTOR),
    ("editor", "editor", "A", Role.EDITOR),
    ("approver", "approver", "A", Role.APPROVER),
    ("national_admin", "national_admin", "A", Role.NATIONAL_ADMIN),
    ("invited", "invited", "A", Role.INVITED_CONTRIBUTOR),
    ("other_state", "editor", "B", Role.EDITOR),
    ("other_approver", "approver", "B", Role.APPROVER),
    ("donor", "donor", "D1", Role.OFFERING_MEMBER),
    ("other_donor", "other_donor", "D2", Role.OFFERING_MEMBER),
    ("coordinator", "coordinator", "RC", Role.COORDINATOR),
    ("partner", "partner", "P1", Role.IMPLEMENTING_MEMBER),
    ("two_hats_state", "viewer", "A", Role.VIEWER),
    ("two_hats_donor", "other_donor", "D2", Role.OFFERING_MEMBER),
)
HELPERS: Final = (
    ("other_contributor", "contributor", "B", Role.CONTRIBUTOR),
    ("second_donor_member", "donor", "D1", Role.OFFERING_MEMBER),
    ("second_coordinator", "coordinator", "RC", Role.COORDINATOR),
    ("second_partner", "partner", "P1", Role.IMPLEMENTING_MEMBER),
    ("quiet_partner", "partner", "P2", Role.IMPLEMENTING_MEMBER),
)
EVERY_MEMBER: Final = frozenset(name for name, *_rest in MEMBERS)


def make_cast(cage: Cage, world: dict[str, Territory]) -> Cast:
    """Make parties and people, with canaries for the names of States and of people."""
    names = {side: cage.mint(side, "party.name", _who_knows(side)) for side in SIDES}
    parties = {side: _party(side, f"{label} {names[side]}", world) for side, (_slug, label) in SIDES.items()}
    people: dict[str, User] = {}
    person_names: dict[str, str] = {}
    hats: dict[str, Hat] = {"anonymous": Hat("anonymous", "anonymous", "A", SIDES["A"][0], None)}
    for name, column, side, role in (*MEMBERS, *HELPERS):
        account = _account(name)
        if account not in people:
            people[account], person_names[account] = _person(cage, account)
        add_membership(user=people[account], party=parties[side], role=role, actor=None)
        hats[name] = Hat(name, column, side, SIDES[side][0], people[account], parties[side], frozenset({role}))
        person_names[name] = person_names[account]
    people["platform_admin"], person_names["platform_admin"] = _person(cage, "platform_admin")
    User.objects.filter(pk=people["platform_admin"].pk).update(is_platform_admin=True)
    people["platform_admin"].refresh_from_db()
    hats["platform_admin"] = Hat("platform_admin", "platform_admin", "A", SIDES["A"][0], people["platform_admin"])
    helpers = {name: hats.pop(name) for name, *_rest in HELPERS}
    return Cast(parties, hats, helpers, names, person_names)


def _party(side: str, name: str, world: dict[str, Territory]) -> Party:
    slug = SIDES[side][0]
    if side in {"A", "B"}:
        return make_state(slug, name, world["X" + side])
    if side in {"P1", "P2"}:
        return make_partner(slug, name)
    return make_coordinator(slug, name) if side == "RC" else make_donor(slug, name)


def _who_knows(side: str) -> Iterable[str]:
    """Donors and coordinators are known to every member (row 15); a State to those who hold something of it."""
    if side == "A":
        return _side_hats("A", "D1", "RC") | {"two_hats_donor"}
    if side == "B":
        # What B gives to all donors names B to both of them; the person with two hats sees it acting for the donor.
        return _side_hats("B", "D1", "D2")
    if side == "P2":
        # It has not agreed to be suggested, so nobody else learns that it is there.
        return frozenset()
    return EVERY_MEMBER


def _side_hats(*sides: str) -> frozenset[str]:
    return frozenset(name for name, _column, side, _role in MEMBERS if side in sides)


def _sides_of(account: str) -> frozenset[str]:
    return frozenset(side for name, _column, side, _role in (*MEMBERS, *HELPERS) if _account(name) == account)


def member_keepers(*sides: str) -> frozenset[str]:
    """Who sees the list of members of a party, with addresses: at a State two roles, elsewhere every member (row 4)."""
    state_keepers = frozenset({"approver", "national_admin", "other_approver"})
    return frozenset(
        name
        for name, _column, side, _role in MEMBERS
        if side in sides and (name in state_keepers or side not in {"A", "B"})
    )


def _account(hat: str) -> str:
    return "two_hats" if hat.startswith("two_hats") else hat


def _hats_of(account: str) -> frozenset[str]:
    return frozenset({account} | {name for name, *_rest in MEMBERS if _account(name) == account})


def _person(cage: Cage, account: str) -> tuple[User, str]:
    """An account whose name colleagues may read, and of donors also those who read the State's log (P4).

    Nobody needs the address but its owner and those who look after the members of the same party (row 4).
    """
    sides = _sides_of(account)
    state_logs = frozenset({"approver", "national_admin", "other_approver"})
    log_readers = state_logs if sides & {"D1", "D2", "RC"} else frozenset[str]()
    keepers = member_keepers(*sides)
    name = cage.mint(account, "person.name", _hats_of(account) | _side_hats(*sides) | log_readers)
    address = cage.mint(account, "person.email", _hats_of(account) | keepers)
    return User.objects.create_user(f"{address}@example.test", PASSWORD, full_name=f"Person {name}"), name
