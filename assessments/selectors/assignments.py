"""Who rates what: for the State, or independently of its answer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import QuerySet
from django.db.models.functions import Coalesce

from assessments.enums import AssignmentMode
from assessments.frameworks.tree import FrameworkTree, SectionView
from assessments.models import Assessment, Assignment
from assessments.models.answers import RECORD_READERS
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.errors import NotVisible

ASSIGNABLE_ROLES = (Role.CONTRIBUTOR, Role.INVITED_CONTRIBUTOR)
"""Roles that see nothing but what is assigned to them."""


@dataclass(frozen=True, slots=True)
class Raters:
    """Who rates something of a section: `answering` for the State by name, and how many rate independently."""

    answering: tuple[str, ...] = ()
    independent: int = 0


def assignments_of(viewer: Viewer, assessment: Assessment) -> QuerySet[Assignment]:
    """Who rates what, in the order of the framework. A contributor reads only their own."""
    found = Assignment.objects.filter(assessment=assessment, assessment__in=Assessment.objects.visible_to(viewer))
    if not viewer.has_role(*RECORD_READERS):
        found = found.filter(membership__user=viewer.user)
    return found.select_related("membership__user", "node").order_by(
        "node__position", "membership__user__full_name", "pk"
    )


def assignment_for(viewer: Viewer, assessment: Assessment, pk: int) -> Assignment:
    """One assignment of the assessment. Raises `NotVisible`."""
    found = assignments_of(viewer, assessment).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    found.assessment = assessment
    return found


def contributors_of(viewer: Viewer) -> QuerySet[Membership]:
    """The present contributors of the viewer's State, staff and invited, by name."""
    members = Membership.objects.active().filter(party=viewer.party, role__in=ASSIGNABLE_ROLES)
    return members.select_related("user").order_by("user__full_name", "pk")


def raters_by_section(viewer: Viewer, assessment: Assessment) -> dict[int, Raters]:
    """Who rates something of each section, by the section's row, in one statement of bare values."""
    rows = assignments_of(viewer, assessment).values_list(
        Coalesce("node__section", "node"), "mode", "membership", "membership__user__full_name"
    )
    answering: dict[int, dict[int, str]] = {}
    independent: dict[int, set[int]] = {}
    for section, mode, member, name in rows:
        if mode == AssignmentMode.FOR_STATE:
            answering.setdefault(section, {})[member] = name
        else:
            independent.setdefault(section, set()).add(member)
    return {
        section: Raters(tuple(sorted(set(answering.get(section, {}).values()))), len(independent.get(section, ())))
        for section in answering.keys() | independent.keys()
    }


def in_language(assignments: Iterable[Assignment], tree: FrameworkTree) -> None:
    """Let the assignments name what is assigned as the tree does, for display: in the reader's language."""
    titles = {section.node.pk: section.node.title for section in tree.sections}
    titles |= {indicator.pk: indicator.question for indicator in tree.indicators}
    for assignment in assignments:
        assignment.node.title = titles.get(assignment.node_id, assignment.node.title)


def named_nodes(tree: FrameworkTree) -> dict[str, str]:
    """What can be assigned: every section and indicator by its key, in words."""
    return {key: title for section in tree.sections for key, title in _names(section)}


def _names(section: SectionView) -> Iterable[tuple[str, str]]:
    yield section.key, section.node.title
    for indicator in section.indicators:
        yield indicator.key, f"{indicator.code or indicator.key} {indicator.question}"
