"""Setting up territories, parties and memberships."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from babel import Locale
from django.utils import timezone

from wam_portal.access import AnyViewer
from wam_portal.accounts.enums import PartyKind, Role, TerritoryKind, TerritorySource
from wam_portal.accounts.models import Membership, Party, Territory, User
from wam_portal.audit.services import audited, record

M49_FILE = Path(__file__).parent / "data" / "m49.csv"
WORLD_CODE = "001"
_M49_COLUMNS = (
    ("region", TerritoryKind.REGION),
    ("subregion", TerritoryKind.SUBREGION),
    ("intermediate", TerritoryKind.INTERMEDIATE),
)


def ensure_territory(
    *,
    code: str,
    name: str,
    kind: TerritoryKind,
    parent: Territory | None,
    source: TerritorySource = TerritorySource.DEMO,
) -> Territory:
    """Find the territory with this code or make it."""
    found, _ = Territory.objects.get_or_create(
        code=code, defaults={"name": name, "kind": kind, "parent": parent, "source": source}
    )
    return found


def load_iso_territories(path: Path = M49_FILE) -> int:
    """Load the regions of UN M49 and the countries of ISO 3166 with their English names; answers how many are new.

    A country without a region (Antarctica) hangs below the world. Existing rows are left alone.
    """
    names = Locale("en").territories
    before = Territory.objects.count()
    known = {row.code: row for row in Territory.objects.all()}

    def ensure(code: str, kind: TerritoryKind, parent: Territory | None) -> Territory:
        if code not in known:
            known[code] = ensure_territory(
                code=code, name=names.get(code, code), kind=kind, parent=parent, source=TerritorySource.ISO
            )
        return known[code]

    with audited(), path.open(encoding="utf-8", newline="") as lines:
        world = ensure(WORLD_CODE, TerritoryKind.WORLD, None)
        for row in csv.DictReader(lines):
            parent = world
            for column, kind in _M49_COLUMNS:
                if row[column]:
                    parent = ensure(row[column], kind, parent)
            ensure(row["alpha2"], TerritoryKind.COUNTRY, parent)
    return Territory.objects.count() - before


def create_party(
    *,
    slug: str,
    name: str,
    kind: PartyKind,
    actor: AnyViewer | None,
    territory: Territory | None = None,
    capabilities: Iterable[str] = (),
    is_demo: bool = False,
) -> Party:
    """Make a party with some of the capabilities "assesses", "offers", "implements", "coordinates"."""
    flags: dict[str, Any] = dict.fromkeys(capabilities, True)
    party = Party(slug=slug, name=name, kind=kind, territory=territory, is_demo=is_demo, **flags)
    party.full_clean()
    with audited():
        party.save()
        record(verb="party.created", target=party, actor=actor, parties=[party])
    return party


def add_membership(*, user: User, party: Party, role: Role, actor: AnyViewer | None, agency: str = "") -> Membership:
    """Give a person a role at a party; answers the role already held where there is one."""
    with audited():
        membership, new = Membership.objects.get_or_create(
            user=user, party=party, role=role, ended_at=None, defaults={"agency": agency}
        )
        if new:
            record(verb="membership.added", target=membership, actor=actor, parties=[party], changes={"role": role})
    return membership


def end_membership(*, membership: Membership, actor: AnyViewer | None) -> None:
    """End a role; it counts no more from the next request on."""
    with audited():
        ended = Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=timezone.now())
        if ended:
            record(
                verb="membership.ended",
                target=membership,
                actor=actor,
                parties=[membership.party],
                changes={"role": membership.role},
            )
