"""Two partners: one that agreed to be suggested, and one that nobody else may know of."""

from __future__ import annotations

import datetime as dt
from typing import Final

from cooperation.services.partners import PartnerValues, add_project, declare_conflict, save_profile
from tests.access.canaries import Cage
from tests.access.cast import Cast, Hat
from tests.access.records import Records
from wam_portal.accounts.models import Territory

READERS: Final = frozenset(
    {
        *("viewer", "editor", "approver", "national_admin", "other_state", "other_approver"),
        *("donor", "other_donor", "coordinator", "two_hats_state", "two_hats_donor"),
    }
)
"""States' readers of the whole record, donors and coordinators (row 15: the profile of an organisation)."""


def add_partners(cage: Cage, cast: Cast, records: Records, world: dict[str, Territory]) -> None:
    """The profiles with a project and a declared conflict each; the project's title stands in the profile."""
    _partner(cage, cast, records, world, "P1", cast.hats["partner"], consents=True)
    _partner(cage, cast, records, world, "P2", cast.helpers["quiet_partner"], consents=False)


def _partner(
    cage: Cage, cast: Cast, records: Records, world: dict[str, Territory], side: str, hat: Hat, *, consents: bool
) -> None:
    own = frozenset({"partner"}) if side == "P1" else frozenset[str]()
    shown = own | READERS if consents else own
    words = {name: cage.mint(side, f"partner.{name}", shown) for name in ("summary", "project", "contact")}
    reason = cage.mint(side, "partner.conflict", own)
    values = PartnerValues(
        summary=f"Summary {words['summary']}",
        contact=f"Contact {words['contact']}",
        functional_areas=("COO",),
        assistance_types=("EXPERT",),
        languages=("en",),
        presence=[world["XR1"]],
        consents=consents,
    )
    profile = save_profile(base_version=0, values=values, actor=hat.viewer)
    project = add_project(
        title=f"Project {words['project']}",
        functional_areas=["COO"],
        places=[world["XA"]],
        ended_on=dt.date(2025, 1, 31),
        actor=hat.viewer,
    )
    conflict = declare_conflict(reason=f"Because {reason}", country=world["XC"], actor=hat.viewer)
    cage.watch(str(profile.uuid), side, "partner.uuid", shown)
    shows = {**{f"partner.{name}": word for name, word in words.items()}, "party.name": cast.party_names[side]}
    values_of = {"partner": profile.uuid, "project": project.uuid, "conflict": conflict.uuid}
    records.add("partner.own", side, values_of, {**shows, "partner.conflict": reason}, profile)
    if consents:
        records.add("partner.suggested", f"A B D1 D2 RC {side}", values_of, shows, profile)
    else:
        records.add("partner.suggested", side, values_of, shows, profile)
