"""Reading a State's no-objection rule and what its people object to a match."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from cooperation.models import Match, MatchObjection, ObjectionRule
from cooperation.models.matches import STATE_READERS
from cooperation.permissions import can_lift_objection, can_object_to_match
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection, and whether the viewer may lift it."""

    row: MatchObjection
    can_lift: bool


@dataclass(frozen=True, slots=True)
class Objections:
    """The clock of a match and what stands against it; the objections are empty for the donor's side."""

    until: date | None
    lines: tuple[ObjectionLine, ...]
    can_object: bool


def objections_of(viewer: Viewer, match: Match) -> Objections:
    """What the viewer may see of the window; no statement where a match never had one."""
    if match.objections_until is None:
        return Objections(None, (), can_object=False)
    found = MatchObjection.objects.visible_to(viewer).filter(match=match).select_related("actor", "lifted_by")
    lines = []
    for row in found:
        row.match = match
        lines.append(ObjectionLine(row, bool(can_lift_objection(viewer, row))))
    return Objections(match.objections_until, tuple(lines), bool(can_object_to_match(viewer, match)))


def objection_for(viewer: Viewer, uuid: UUID) -> MatchObjection:
    """One objection of the viewer's State. Raises `NotVisible`."""
    rows = MatchObjection.objects.visible_to(viewer).select_related("match", "actor")
    found: MatchObjection | None = rows.filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def rule_of(viewer: Viewer) -> ObjectionRule:
    """The rule of the viewer's State; an unsaved one of no days and version 0 where nobody set one.

    Raises `NotVisible` for who does not read the State's whole record.
    """
    rules = ObjectionRule.objects.visible_to(viewer)
    found = rules.select_related("changed_by").first()
    if found is None and not reads_rule(viewer):
        raise NotVisible
    return found or ObjectionRule(state=viewer.party, version=0)


def reads_rule(viewer: Viewer) -> bool:
    """Whether the viewer reads the rule of the own State."""
    return viewer.party.assesses and viewer.has_role(*STATE_READERS)
