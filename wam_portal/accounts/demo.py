"""The fictional world of the demonstration: two regions, six States, five donors, two coordinators, their people.

No State, organisation or person here exists.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.contrib.auth.hashers import make_password

from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.enums import PartyKind, Role, TerritoryKind, TerritorySource
from wam_portal.accounts.models import Membership, Party, Territory, User
from wam_portal.accounts.services import WORLD_CODE, add_membership, create_party, ensure_territory

DEMO_PASSWORD: Final = "demo-portal-2026"  # noqa: S105  (opens fictional data only; printed by `make run`)
DEMO: Final = SystemViewer("demo")
PLATFORM_ADMIN: Final = "pat@portal.example"


@dataclass(frozen=True, slots=True)
class DemoParty:
    """A party with its people as (name, role, agency)."""

    slug: str
    name: str
    kind: PartyKind
    capabilities: tuple[str, ...]
    people: tuple[tuple[str, Role, str], ...]
    territory: str = ""


REGIONS: Final = (("XR1", "Eastern Demo Region"), ("XR2", "Western Demo Region"))
COUNTRIES: Final = (
    ("XA", "Aldoria", "XR1"),
    ("XB", "Borvenia", "XR1"),
    ("XC", "Caldessa", "XR1"),
    ("XD", "Dravonia", "XR2"),
    ("XE", "Esmeria", "XR2"),
    ("XF", "Fenwara", "XR2"),
)
COMMISSION: Final = "National Commission on Small Arms"
PARTIES: Final = (
    DemoParty(
        "aldoria",
        "Aldoria",
        PartyKind.STATE,
        ("assesses",),
        (
            ("Amina Tolva", Role.EDITOR, COMMISSION),
            ("Aldo Merin", Role.APPROVER, COMMISSION),
            ("Nadia Orsk", Role.NATIONAL_ADMIN, COMMISSION),
            ("Carl Veld", Role.CONTRIBUTOR, "Customs Service"),
            ("Vera Lund", Role.VIEWER, "Ministry of the Interior"),
        ),
        "XA",
    ),
    DemoParty(
        "borvenia",
        "Borvenia",
        PartyKind.STATE,
        ("assesses",),
        (("Boris Kant", Role.EDITOR, COMMISSION), ("Bela Roth", Role.APPROVER, COMMISSION)),
        "XB",
    ),
    DemoParty(
        "caldessa",
        "Caldessa",
        PartyKind.STATE,
        ("assesses",),
        (
            ("Chiara Nol", Role.EDITOR, COMMISSION),
            ("Cosmo Drey", Role.APPROVER, COMMISSION),
            ("Calla Brisk", Role.APPROVER, "Ministry of Defence"),
            ("Celio Marn", Role.NATIONAL_ADMIN, COMMISSION),
        ),
        "XC",
    ),
    DemoParty(
        "dravonia",
        "Dravonia",
        PartyKind.STATE,
        ("assesses",),
        (("Drita Holm", Role.EDITOR, COMMISSION), ("Dorin Paz", Role.APPROVER, COMMISSION)),
        "XD",
    ),
    DemoParty(
        "esmeria",
        "Esmeria",
        PartyKind.STATE,
        ("assesses",),
        (
            ("Elif Sand", Role.EDITOR, COMMISSION),
            ("Emil Voss", Role.APPROVER, COMMISSION),
            ("Enid Marl", Role.NATIONAL_ADMIN, COMMISSION),
            ("Edda Kroll", Role.CONTRIBUTOR, "Customs Service"),
            ("Egon Pahl", Role.CONTRIBUTOR, "Ministry of Defence"),
            ("Enza Torv", Role.CONTRIBUTOR, "National Police"),
        ),
        "XE",
    ),
    DemoParty(
        "fenwara",
        "Fenwara",
        PartyKind.STATE,
        ("assesses", "offers"),
        (
            ("Faiza Brun", Role.EDITOR, COMMISSION),
            ("Felix Amaro", Role.APPROVER, COMMISSION),
            ("Fern Okall", Role.OFFERING_MEMBER, "Ministry of Foreign Affairs"),
        ),
        "XF",
    ),
    DemoParty(
        "amber-fund",
        "Amber Fund",
        PartyKind.UN_ENTITY,
        ("offers", "implements"),
        (("Dana Fell", Role.OFFERING_MEMBER, ""),),
    ),
    DemoParty("basalt-trust", "Basalt Trust", PartyKind.NGO, ("offers",), (("Dirk Moor", Role.OFFERING_MEMBER, ""),)),
    DemoParty(
        "cobalt-union",
        "Cobalt Union",
        PartyKind.REGIONAL,
        ("offers",),
        (("Dunya Reyl", Role.OFFERING_MEMBER, "Cooperation directorate"),),
    ),
    DemoParty(
        "delta-foundation",
        "Delta Foundation",
        PartyKind.PRIVATE,
        ("offers",),
        (("Dario Quill", Role.OFFERING_MEMBER, ""),),
    ),
    DemoParty(
        "harbour-relief",
        "Harbour Relief",
        PartyKind.NGO,
        ("implements",),
        (("Hana Brook", Role.IMPLEMENTING_MEMBER, "Programmes"),),
    ),
    DemoParty(
        "ivory-institute",
        "Ivory Institute",
        PartyKind.NGO,
        ("implements",),
        (("Ilan Frey", Role.IMPLEMENTING_MEMBER, ""),),
    ),
    DemoParty(
        "eastern-forum", "Eastern Forum", PartyKind.REGIONAL, ("coordinates",), (("Rita Sorel", Role.COORDINATOR, ""),)
    ),
    DemoParty(
        "western-forum", "Western Forum", PartyKind.REGIONAL, ("coordinates",), (("Rune Tabor", Role.COORDINATOR, ""),)
    ),
)


def demo_is_loaded() -> bool:
    """Tell whether the demonstration's parties are there."""
    return Party.objects.filter(is_demo=True).exists()


def _account(name: str, slug: str, hashed: str) -> User:
    first = name.split(maxsplit=1)[0].lower()
    user, new = User.objects.get_or_create(email=f"{first}@{slug}.example", defaults={"full_name": name})
    if new:
        User.objects.filter(pk=user.pk).update(password=hashed)
    return user


def load_parties() -> None:
    """Make territories, parties and people; what exists is left alone."""
    world = ensure_territory(
        code=WORLD_CODE, name="World", kind=TerritoryKind.WORLD, parent=None, source=TerritorySource.ISO
    )
    territories: dict[str, Territory] = {}
    for code, name in REGIONS:
        territories[code] = ensure_territory(code=code, name=name, kind=TerritoryKind.REGION, parent=world)
    for code, name, region in COUNTRIES:
        territories[code] = ensure_territory(
            code=code, name=name, kind=TerritoryKind.COUNTRY, parent=territories[region]
        )
    hashed = make_password(DEMO_PASSWORD)
    for plan in PARTIES:
        party = Party.objects.filter(slug=plan.slug).first() or create_party(
            slug=plan.slug,
            name=plan.name,
            kind=plan.kind,
            territory=territories.get(plan.territory),
            capabilities=plan.capabilities,
            is_demo=True,
            actor=DEMO,
        )
        for name, role, agency in plan.people:
            add_membership(user=_account(name, plan.slug, hashed), party=party, role=role, agency=agency, actor=DEMO)
    admin, new = User.objects.get_or_create(
        email=PLATFORM_ADMIN, defaults={"full_name": "Pat Ilves", "is_platform_admin": True}
    )
    if new:
        User.objects.filter(pk=admin.pk).update(password=hashed)


def demo_viewer(slug: str, role: Role) -> Viewer:
    """The demonstration's person who holds `role` at the party; the first named where several do."""
    held = Membership.objects.select_related("user", "party__territory").filter(party__slug=slug, role=role)
    membership = held.order_by("pk")[0]
    return Viewer(user=membership.user, party=membership.party, roles=frozenset({role}))


def demo_accounts() -> list[tuple[str, str, str]]:
    """(e-mail address, party, role in words) of the demonstration's people, in the order of `PARTIES`; the platform's
    administrator comes last.
    """
    order = {plan.slug: number for number, plan in enumerate(PARTIES)}
    memberships = Membership.objects.active().filter(party__is_demo=True).select_related("user", "party").order_by("pk")
    rows = sorted(memberships, key=lambda membership: order.get(membership.party.slug, len(order)))
    people = [(row.user.email, row.party.name, row.get_role_display()) for row in rows]
    platform = User.objects.filter(email=PLATFORM_ADMIN, is_platform_admin=True)
    return people + [(user.email, "Platform", "Platform administrator") for user in platform if people]
