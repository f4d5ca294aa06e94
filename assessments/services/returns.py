"""Indicators given back with a reason, and marking them as addressed."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.models import Assessment, IndicatorReturn
from assessments.models.answers import REASON_MAX
from assessments.permissions import can_edit_answer
from assessments.selectors.frameworks import framework_tree
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid


def return_indicators(*, assessment: Assessment, reasons: Mapping[str, str], actor: Viewer) -> int:
    """Give indicators back by permanent key, each for its reason, within the caller's `audited()`; how many.

    An empty reason returns nothing. Raises `Invalid` ("indicator-<key>") for an unknown key or an over-long reason.
    """
    tree, errors, now = framework_tree(assessment.framework_version), {}, timezone.now()
    rows: list[IndicatorReturn] = []
    for key, text in reasons.items():
        reason, indicator = text.strip(), tree.find_indicator(key)
        if not reason:
            continue
        if indicator is None:
            errors[f"indicator-{key}"] = [_("The framework has no such indicator.")]
            continue
        if problem := _too_long(reason):
            errors[f"indicator-{key}"] = [problem]
        rows.append(
            IndicatorReturn(
                assessment=assessment,
                indicator_id=indicator.pk,
                reason=reason,
                returned_by=actor.user,
                returned_at=now,
            )
        )
    if errors:
        raise Invalid(errors)
    IndicatorReturn.objects.bulk_create(rows)
    return len(rows)


def address_return(*, returned: IndicatorReturn, actor: Viewer, note: str = "") -> IndicatorReturn:
    """Say that a returned indicator has been looked at again; the reviewer reads the note.

    Whoever may rate the indicator may say so. Raises `Refused`, `Invalid` for an over-long note, and `Conflict` when
    somebody said so before.
    """
    require(can_edit_answer(actor, returned.assessment, returned.indicator))
    note = note.strip()
    if problem := _too_long(note):
        raise Invalid({"note": [problem]})
    with audited():
        fields = {"note": note, "addressed_by": actor.user, "addressed_at": timezone.now()}
        if not IndicatorReturn.objects.open().filter(pk=returned.pk).update(**fields):
            returned.refresh_from_db()
            raise Conflict(_("Somebody has marked this indicator as addressed before you."), current=returned)
        for name, value in fields.items():
            setattr(returned, name, value)
        record(
            verb="assessment.return_addressed",
            target=returned.assessment,
            actor=actor,
            parties=[actor.party],
            changes={"indicator": returned.indicator.key},
        )
    return returned


def _too_long(text: str) -> str:
    if len(text) <= REASON_MAX:
        return ""
    return _("Use at most %(limit)d characters; this has %(count)d.") % {"limit": REASON_MAX, "count": len(text)}
