"""Signatures under a baseline, the version that the last of them makes, and the State's rule for signing."""

from __future__ import annotations

from datetime import date

from django.db import IntegrityError
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import EndorsingAuthority
from assessments.models import Assessment, AssessmentVersion, EndorsementPolicy, EndorsementSignature
from assessments.models.assessments import REFERENCE_MAX
from assessments.models.endorsement import MOST_SIGNERS, policy_of
from assessments.permissions import can_change_endorsement_policy
from assessments.selectors.assessment_content import CONTENT_TAG, assessment_content
from assessments.selectors.frameworks import source_tree
from wam_portal.access import Viewer, require
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.audit.services import audited, record
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid

REASON_MAX = 2000


def change_endorsement_policy(
    *, base_number: int, quorum: int, four_eyes: bool, reason: str, actor: Viewer
) -> EndorsementPolicy:
    """Change by which rule the actor's State endorses, for a reason that everybody at the State can read.

    Signatures under baselines in review are cancelled: they were given under another rule. Raises `Refused`,
    `Invalid` without a reason, for a quorum that the State's approvers cannot reach or a rule that is the same, and
    `Conflict` when somebody changed the rule since `base_number`.
    """
    require(can_change_endorsement_policy(actor))
    current = policy_of(actor.party.pk)
    if current.number != base_number:
        raise Conflict(_("Somebody changed this rule since you opened the page. Look at it again."), current=current)
    _check_policy(current, quorum=quorum, four_eyes=four_eyes, reason=reason.strip(), actor=actor)
    try:
        with audited():
            policy = EndorsementPolicy.objects.create(
                state=actor.party,
                number=base_number + 1,
                quorum=quorum,
                four_eyes=four_eyes,
                reason=reason.strip(),
                changed_by=actor.user,
                changed_at=timezone.now(),
            )
            standing = EndorsementSignature.objects.standing().filter(assessment__state=actor.party)
            cancelled = standing.update(cancelled_at=timezone.now())
            changes = {
                "quorum": [current.quorum, quorum],
                "four_eyes": [current.four_eyes, four_eyes],
                "signatures_cancelled": cancelled,
            }
            record(
                verb="endorsement_policy.changed", target=policy, actor=actor, parties=[actor.party], changes=changes
            )
    except IntegrityError as error:
        message = _("Somebody changed this rule since you opened the page. Look at it again.")
        raise Conflict(message, current=policy_of(actor.party.pk)) from error
    return policy


def sign(
    *, assessment: Assessment, authority: str, decided_on: date | None, reference: str, actor: Viewer
) -> EndorsementSignature:
    """Put the actor's signature under what is answered now, within the caller's `audited()`.

    Signatures under another content are cancelled first. Raises `Invalid`.
    """
    today = timezone.localdate()
    decided_on, reference = decided_on or today, reference.strip()
    errors: dict[str, list[str]] = {}
    if authority not in EndorsingAuthority.values:
        errors["authority"] = [_("Say which authority endorses.")]
    if decided_on > today:
        errors["decided_on"] = [_("The decision cannot lie in the future.")]
    if len(reference) > REFERENCE_MAX:
        errors["reference"] = [_("Use at most %(limit)d characters.") % {"limit": REFERENCE_MAX}]
    if errors:
        raise Invalid(errors)
    signed = content_hash(CONTENT_TAG, assessment_content(assessment, source_tree(assessment.framework_version)))
    cancel_signatures(assessment=assessment, but_for=signed)
    signature = EndorsementSignature.objects.create(
        assessment=assessment,
        content_hash=signed,
        authority=authority,
        decided_on=decided_on,
        reference=reference,
        signed_by=actor.user,
        signed_at=timezone.now(),
    )
    changes = {"content_hash": signed, "authority": authority}
    record(verb="assessment.signed", target=assessment, actor=actor, parties=[actor.party], changes=changes)
    return signature


def signed_version(
    *, signature: EndorsementSignature, assessment: Assessment, actor: Viewer
) -> AssessmentVersion | None:
    """The version that a signature completes, within the caller's `audited()`; None while the quorum is not reached."""
    standing = EndorsementSignature.objects.standing().filter(
        assessment=assessment, content_hash=signature.content_hash
    )
    if standing.count() < policy_of(assessment.state_id).quorum:
        return None
    last = assessment.versions.aggregate(last=Max("number"))["last"] or 0
    version = AssessmentVersion.objects.create(
        assessment=assessment,
        number=last + 1,
        content=assessment_content(assessment, source_tree(assessment.framework_version)),
        content_hash=signature.content_hash,
        authority=signature.authority,
        endorsed_by=actor.user,
        endorsed_at=signature.signed_at,
        decided_on=signature.decided_on,
        reference=signature.reference,
    )
    standing.update(version=version)
    return version


def cancel_signatures(*, assessment: Assessment, but_for: str = "") -> int:
    """Cancel the signatures that stand, but for those under the content with that hash; how many they were."""
    standing = EndorsementSignature.objects.standing().filter(assessment=assessment).exclude(content_hash=but_for)
    return standing.update(cancelled_at=timezone.now())


def _check_policy(current: EndorsementPolicy, *, quorum: int, four_eyes: bool, reason: str, actor: Viewer) -> None:
    errors: dict[str, list[str]] = {}
    approvers = Membership.objects.active().filter(party=actor.party, role=Role.APPROVER)
    signers = approvers.values("user").distinct().count()
    if not 1 <= quorum <= MOST_SIGNERS:
        errors["quorum"] = [_("Between one and nine approvers sign.")]
    elif quorum > max(1, signers):
        message = ngettext(
            "Your State has %(count)d approver. Add others before you ask for more signatures.",
            "Your State has %(count)d approvers. Add others before you ask for more signatures.",
            signers,
        )
        errors["quorum"] = [message % {"count": signers}]
    if not reason:
        errors["reason"] = [_("Give a reason.")]
    elif len(reason) > REASON_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        errors["reason"] = [message % {"limit": REASON_MAX, "count": len(reason)}]
    if (quorum, four_eyes) == (current.quorum, current.four_eyes):
        errors[""] = [_("This is the rule already; there is nothing to change.")]
    if errors:
        raise Invalid(errors)
