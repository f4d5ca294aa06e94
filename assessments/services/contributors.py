"""Contributors from outside: invited in a consultation round, given their indicators when they accept."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AssignmentMode
from assessments.models import Assignment, ConsultationRound, ContributorInvitation, Node
from assessments.models.answers import RECORD_READERS
from assessments.permissions import can_invite_contributors
from assessments.selectors.frameworks import framework_tree
from assessments.services.assignments import assign
from wam_portal.access import Viewer, require
from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invited, Invitee, invite_member, resend_invitation, revoke_invitation
from wam_portal.accounts.models import Invitation, Membership
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid

GRACE: Final = timedelta(days=14)
WITHOUT_DATE: Final = timedelta(days=60)


@dataclass(frozen=True, slots=True)
class Contributor:
    """Whom to ask, for which organisation, on which indicators (keys), until when."""

    email: str
    full_name: str
    organisation: str
    indicators: Sequence[str]
    language: str = "en"
    due_on: date | None = None


def invite_contributor(*, consultation: ConsultationRound, contributor: Contributor, actor: Viewer) -> Invited | None:
    """Ask somebody from outside to rate indicators independently.

    Answers the invitation with its link; None where the person takes part already: then the indicators are assigned
    at once. Raises `Refused`, and `Invalid` with messages by field.
    """
    require(can_invite_contributors(actor, consultation))
    nodes = _nodes(consultation, contributor)
    until = access_ends(consultation, contributor.due_on)
    present = _membership(consultation, contributor.email)
    if present is not None:
        _assign_more(consultation, contributor, present, until, actor)
        return None
    invitee = Invitee(
        email=contributor.email,
        full_name=contributor.full_name,
        roles=[Role.INVITED_CONTRIBUTOR],
        agency=contributor.organisation,
        language=contributor.language,
        membership_until=until,
    )
    with audited():
        invited = invite_member(invitee=invitee, actor=actor)
        asked = ContributorInvitation.objects.create(
            invitation=invited.invitation, round=consultation, due_on=contributor.due_on
        )
        asked.indicators.set(nodes)
        changes = {"indicators": len(nodes), "invitation": str(invited.invitation.uuid)}
        record(verb="contributor.invited", target=consultation, actor=actor, parties=[actor.party], changes=changes)
    return invited


def resend_to_contributor(*, asked: ContributorInvitation, actor: Viewer) -> Invited:
    """Send the invitation again with a new link. Raises `Refused` and `Conflict`."""
    require(can_invite_contributors(actor, asked.round))
    return resend_invitation(invitation=asked.invitation, actor=actor)


def withdraw_from_contributor(*, asked: ContributorInvitation, actor: Viewer) -> None:
    """Withdraw the invitation. Raises `Refused` and `Conflict`."""
    require(can_invite_contributors(actor, asked.round))
    revoke_invitation(invitation=asked.invitation, actor=actor)


def bring_indicators(*, invitation: Invitation, memberships: Sequence[Membership]) -> None:
    """Assign to somebody who has just accepted what they were invited for; called within the acceptance.

    The focal point's right to ask was checked when they invited. What the person answers for the State, or rates
    already, is left out; somebody who has come to read the whole record meanwhile rates nothing apart from it.
    """
    asked = ContributorInvitation.objects.select_related("round__assessment").filter(invitation=invitation).first()
    if asked is None:
        return
    membership = next(row for row in memberships if row.role == Role.INVITED_CONTRIBUTOR)
    own = Membership.objects.active().filter(user=membership.user_id, party=membership.party_id)
    if own.filter(role__in=RECORD_READERS).exists():
        return
    assessment = asked.round.assessment
    nodes = Node.objects.filter(pk__in=asked.indicators.values("pk"))
    held = Assignment.objects.filter(assessment=assessment, membership__user=membership.user_id)
    taken = {*held.values_list("node_id", flat=True)}
    for node in nodes:
        if node.pk not in taken and node.section_id not in taken:
            Assignment.objects.create(
                assessment=assessment,
                node=node,
                membership=membership,
                mode=AssignmentMode.INDEPENDENT,
                due_on=asked.due_on,
            )


def access_ends(consultation: ConsultationRound, due_on: date | None) -> datetime:
    """When the account of an invited contributor counts no more: some time after the work is due."""
    last = due_on or consultation.ends_on or consultation.assessment.due_on
    day = last or timezone.localdate() + WITHOUT_DATE
    return timezone.make_aware(datetime.combine(day + GRACE, time.max))


def _nodes(consultation: ConsultationRound, contributor: Contributor) -> list[int]:
    """The rows of the indicators. Raises `Invalid` for what cannot be asked."""
    tree = framework_tree(consultation.assessment.framework_version)
    found = {key: tree.find_indicator(key) for key in contributor.indicators}
    nodes = [indicator.pk for indicator in found.values() if indicator is not None]
    errors: dict[str, list[str]] = {}
    if not nodes:
        errors["indicators"] = [_("Choose the indicators that this person is to rate.")]
    elif len(nodes) < len(found):
        errors["indicators"] = [_("The framework has no such indicator.")]
    if contributor.due_on is not None and contributor.due_on < timezone.localdate():
        errors["due_on"] = [_("The date is over.")]
    if not contributor.organisation.strip():
        errors["organisation"] = [_("Say for which organisation, community or agency this person speaks.")]
    if errors:
        raise Invalid(errors)
    return nodes


def _membership(consultation: ConsultationRound, email: str) -> Membership | None:
    """The present role of somebody who was invited before. Raises `Invalid` for the State's own staff."""
    members = Membership.objects.active().filter(
        party=consultation.assessment.state_id, user__email=email.strip().lower()
    )
    roles = {row.role: row for row in members.select_related("user")}
    if roles.keys() - {Role.INVITED_CONTRIBUTOR}:
        text = _("This person is a member of your State. Assign indicators to them on the page “Assignments”.")
        raise Invalid({"email": [text]})
    return roles.get(Role.INVITED_CONTRIBUTOR)


def _assign_more(
    consultation: ConsultationRound, contributor: Contributor, membership: Membership, until: datetime, actor: Viewer
) -> None:
    try:
        with audited():
            later = Membership.objects.filter(pk=membership.pk, expires_at__lt=until)
            later.update(expires_at=until)
            assign(
                assessment=consultation.assessment,
                nodes=contributor.indicators,
                membership=membership,
                actor=actor,
                mode=AssignmentMode.INDEPENDENT,
                due_on=contributor.due_on,
            )
    except Invalid as invalid:
        raise Invalid({"indicators": [invalid.message]}) from invalid
