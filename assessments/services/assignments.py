"""Saying who rates what, for the State or independently."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from django.db import IntegrityError
from django.db.models import F
from django.utils.translation import gettext as _

from assessments.enums import AssignmentMode
from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment, Assignment
from assessments.models.answers import RECORD_READERS
from assessments.permissions import can_edit_assessment
from assessments.selectors.assignments import ASSIGNABLE_ROLES, named_nodes
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer, require
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid


def assign(
    *,
    assessment: Assessment,
    nodes: Sequence[str],
    membership: Membership,
    actor: Viewer,
    mode: str = AssignmentMode.FOR_STATE,
    due_on: date | None = None,
) -> list[Assignment]:
    """Give sections and single indicators, by their keys, to a person who then answers for the State or rates apart.

    All or nothing. Whoever rates independently sees neither the State's answer nor other ratings; so nobody does both
    on one indicator, nobody who reads the whole record rates independently, and the invited do nothing else.
    Raises `Refused` and `Invalid` with messages by field.
    """
    require(can_edit_assessment(actor, assessment))
    tree = framework_tree(assessment.framework_version)
    errors = _errors(assessment, tree, nodes, membership, mode, due_on)
    if errors:
        raise Invalid(errors)
    try:
        with audited():
            locked = Assessment.objects.select_for_update(no_key=True).get(pk=assessment.pk)
            require(can_edit_assessment(actor, locked))
            _refuse_overlap(assessment, tree, nodes, membership, mode)
            return [_assign_one(assessment, tree, key, membership, actor, mode, due_on) for key in dict.fromkeys(nodes)]
    except IntegrityError as error:
        raise Invalid({"membership": [_("This person already rates this.")]}) from error


def change_due_date(*, assignment: Assignment, base_version: int, due_on: date | None, actor: Viewer) -> Assignment:
    """Set until when somebody rates, over the version that the person had before them.

    Raises `Refused`, `Invalid`, and `Conflict` with the stored assignment, None where it was taken back.
    """
    require(can_edit_assessment(actor, assignment.assessment))
    if due_on is not None and due_on < assignment.assessment.started_on:
        raise Invalid({"due_on": [_("The due date must not be before the start of the baseline.")]})
    with audited():
        same = Assignment.objects.filter(pk=assignment.pk, version=base_version)
        if not same.update(due_on=due_on, version=F("version") + 1):
            current = Assignment.objects.filter(pk=assignment.pk).first()
            raise Conflict(_("Somebody changed this assignment before you."), current=current)
        _note("assessment.assignment_changed", assignment, actor)
    assignment.due_on, assignment.version = due_on, base_version + 1
    return assignment


def take_back(*, assignment: Assignment, actor: Viewer) -> None:
    """Take a task back; what was rated stays. Taking back what is gone already does nothing. Raises `Refused`."""
    require(can_edit_assessment(actor, assignment.assessment))
    with audited():
        deleted, _rows = Assignment.objects.filter(pk=assignment.pk).delete()
        if deleted:
            _note("assessment.assignment_taken_back", assignment, actor)


def _assign_one(
    assessment: Assessment,
    tree: FrameworkTree,
    key: str,
    membership: Membership,
    actor: Viewer,
    mode: str,
    due_on: date | None,
) -> Assignment:
    assignment = Assignment.objects.create(
        assessment=assessment, node_id=_place(tree, key)[0], membership=membership, mode=mode, due_on=due_on
    )
    record(
        verb="assessment.assigned",
        target=assessment,
        actor=actor,
        parties=[actor.party],
        changes={"node": key, "mode": str(mode), "member": str(membership.user.uuid)},
    )
    return assignment


def _note(verb: str, assignment: Assignment, actor: Viewer) -> None:
    record(
        verb=verb,
        target=assignment.assessment,
        actor=actor,
        parties=[actor.party],
        changes={"node": assignment.node.key, "member": str(assignment.membership.user.uuid)},
    )


def _errors(
    assessment: Assessment,
    tree: FrameworkTree,
    nodes: Sequence[str],
    membership: Membership,
    mode: str,
    due_on: date | None,
) -> dict[str, list[str]]:
    errors: dict[str, list[str]] = {}
    if not nodes:
        errors["nodes"] = [_("Choose at least one section or indicator.")]
    elif not set(nodes) <= named_nodes(tree).keys():
        errors["nodes"] = [_("The framework has no such section or indicator.")]
    if not _can_be_assigned(membership, assessment):
        errors["membership"] = [_("Only contributors of your State can be given something to rate.")]
    elif mode not in AssignmentMode.values:
        errors["mode"] = [_("Choose one of the tasks offered.")]
    elif mode == AssignmentMode.FOR_STATE and membership.role == Role.INVITED_CONTRIBUTOR:
        errors["mode"] = [_("Invited contributors rate independently; they do not answer for the State.")]
    elif mode == AssignmentMode.INDEPENDENT and _reads_everything(membership):
        errors["membership"] = [_("This person reads the whole record, so cannot rate independently.")]
    if due_on is not None and due_on < assessment.started_on:
        errors["due_on"] = [_("The due date must not be before the start of the baseline.")]
    return errors


def _can_be_assigned(membership: Membership, assessment: Assessment) -> bool:
    return (
        membership.party_id == assessment.state_id
        and membership.role in ASSIGNABLE_ROLES
        and membership.ended_at is None
    )


def _reads_everything(membership: Membership) -> bool:
    held = Membership.objects.filter(user=membership.user_id, party=membership.party_id, ended_at__isnull=True)
    return held.filter(role__in=RECORD_READERS).exists()


def _refuse_overlap(
    assessment: Assessment, tree: FrameworkTree, nodes: Iterable[str], membership: Membership, mode: str
) -> None:
    """Raise `Invalid` for what the person rates already, or rates in the other way."""
    places = {pk: (pk, section) for key in named_nodes(tree) for pk, section in (_place(tree, key),)}
    held = Assignment.objects.filter(assessment=assessment, membership__user=membership.user_id)
    wanted = {key: _place(tree, key) for key in nodes}
    twice: list[str] = []
    both: list[str] = []
    for node, other_mode, member in held.values_list("node_id", "mode", "membership_id"):
        for key, place in wanted.items():
            if node == place[0] and member == membership.pk:
                twice.append(key)
            elif other_mode != mode and _overlap(place, places[node]):
                both.append(key)
    names = named_nodes(tree)
    if twice:
        text = _("This person already rates this: %(names)s.")
        raise Invalid({"membership": [text % {"names": ", ".join(names[key] for key in dict.fromkeys(twice))}]})
    if both:
        text = _("Nobody can answer for the State and rate independently on the same indicator: %(names)s.")
        raise Invalid({"mode": [text % {"names": ", ".join(names[key] for key in dict.fromkeys(both))}]})


def _place(tree: FrameworkTree, key: str) -> tuple[int, int]:
    """The row of a section or indicator and that of its section; the same row for a section."""
    section = tree.find_section(key)
    if section is not None:
        return section.node.pk, section.node.pk
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise KeyError(key)
    return indicator.pk, tree.section_of(indicator).node.pk


def _overlap(one: tuple[int, int], other: tuple[int, int]) -> bool:
    """Whether two places have an indicator in common: the same, or one the section of the other."""
    return one[0] in other or other[0] in one
