"""Dismissing findings of the quality check, each for a reason and only for the answers as they were; and undoing it."""

from __future__ import annotations

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, FindingDismissal
from assessments.models.quality import DISMISSAL_REASON_MAX
from assessments.permissions import can_dismiss_finding
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.quality import finding_for
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid


def dismiss_finding(
    *, assessment: Assessment, rule: str, subject: str, fingerprint: str, reason: str, actor: Viewer
) -> FindingDismissal:
    """Leave a finding as it is, for a reason. It is asked again as soon as an answer it rests on changes.

    `fingerprint` is that of the finding which the person looked at. Raises `Refused`, `NotVisible` where there is no
    such finding, `Invalid` without a reason or where the rule stops the submission, and `Conflict` when the answers
    have changed or somebody else has dismissed it meanwhile.
    """
    require(can_dismiss_finding(actor, assessment))
    view = finding_for(actor, assessment, framework_tree(assessment.framework_version), rule, subject)
    if view.finding.fingerprint != fingerprint or view.dismissal is not None:
        raise Conflict(_("This finding has changed since you opened it. Look at it again."), current=assessment)
    if view.finding.rule.blocks:
        raise Invalid({"": [_("This finding stops the submission: change the answer, it cannot be dismissed.")]})
    try:
        with audited():
            dismissal = FindingDismissal.objects.create(
                assessment=assessment,
                rule=rule,
                subject=subject,
                fingerprint=fingerprint,
                reason=_checked(reason),
                dismissed_by=actor.user,
                dismissed_at=timezone.now(),
            )
            record(
                verb="finding.dismissed",
                target=assessment,
                actor=actor,
                parties=[actor.party],
                changes={"rule": rule, "subject": subject},
            )
    except IntegrityError:
        # Somebody dismissed the same finding between the look and the insert.
        raise Conflict(_("Somebody has dismissed this finding meanwhile."), current=assessment) from None
    return dismissal


def undo_dismissal(*, assessment: Assessment, rule: str, subject: str, fingerprint: str, actor: Viewer) -> None:
    """Ask a dismissed finding again; the dismissal and its reason stay as a record.

    Raises `Refused`, `NotVisible` where there is no such finding, and `Conflict` when the answers have changed since
    `fingerprint`, or somebody else has undone it meanwhile.
    """
    require(can_dismiss_finding(actor, assessment))
    view = finding_for(actor, assessment, framework_tree(assessment.framework_version), rule, subject)
    dismissal = view.dismissal
    if dismissal is None or view.finding.fingerprint != fingerprint:
        raise Conflict(_("This finding has changed since you opened it. Look at it again."), current=assessment)
    with audited():
        same = FindingDismissal.objects.standing().filter(pk=dismissal.pk)
        if not same.update(undone_at=timezone.now(), undone_by=actor.user):
            raise Conflict(_("Somebody has undone this dismissal meanwhile."), current=assessment)
        record(
            verb="finding.dismissal_undone",
            target=assessment,
            actor=actor,
            parties=[actor.party],
            changes={"rule": rule, "subject": subject},
        )


def _checked(text: str) -> str:
    text = text.replace("\r\n", "\n").strip()
    if not text:
        raise Invalid({"reason": [_("Say why this stays as it is.")]})
    if len(text) > DISMISSAL_REASON_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        raise Invalid({"reason": [message % {"limit": DISMISSAL_REASON_MAX, "count": len(text)}]})
    return text
