"""Saying who rates which section."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError
from django.utils.translation import gettext as _

from assessments.models import Assessment, SectionAssignment
from assessments.permissions import can_edit_assessment
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer, require
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid


def assign_section(
    *, assessment: Assessment, section: str, membership: Membership, actor: Viewer, due_on: date | None = None
) -> SectionAssignment:
    """Give the section of that key to a contributor of the State. Raises `Refused` and `Invalid`."""
    require(can_edit_assessment(actor, assessment))
    view = framework_tree(assessment.framework_version).find_section(section)
    errors: dict[str, list[str]] = {}
    if view is None:
        errors["section"] = [_("The framework has no such section.")]
    if not _is_contributor(membership, assessment):
        errors["membership"] = [_("Only contributors of your State can be given a section.")]
    if due_on is not None and due_on < assessment.started_on:
        errors["due_on"] = [_("The due date must not be before the start of the baseline.")]
    if errors or view is None:
        raise Invalid(errors)
    try:
        with audited():
            assignment = SectionAssignment.objects.create(
                assessment=assessment, section_id=view.node.pk, membership=membership, due_on=due_on
            )
            record(
                verb="assessment.section_assigned",
                target=assessment,
                actor=actor,
                parties=[actor.party],
                changes={"section": section, "member": str(membership.user.uuid)},
            )
    except IntegrityError as error:
        raise Invalid({"membership": [_("This person already rates this section.")]}) from error
    return assignment


def unassign_section(*, assignment: SectionAssignment, actor: Viewer) -> None:
    """Take a section back; what was answered stays. Taking back what is gone already does nothing. Raises `Refused`."""
    require(can_edit_assessment(actor, assignment.assessment))
    with audited():
        deleted, _rows = SectionAssignment.objects.filter(pk=assignment.pk).delete()
        if deleted:
            record(
                verb="assessment.section_unassigned",
                target=assignment.assessment,
                actor=actor,
                parties=[actor.party],
                changes={"section": assignment.section.key, "member": str(assignment.membership.user.uuid)},
            )


def _is_contributor(membership: Membership, assessment: Assessment) -> bool:
    return (
        membership.party_id == assessment.state_id
        and membership.role == Role.CONTRIBUTOR
        and membership.ended_at is None
    )
