"""Starting baselines and taking them from rating through review to endorsement."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from typing import Any

from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.db import IntegrityError
from django.db.models import F, ProtectedError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import OPEN_ASSESSMENTS, AnswerRating, AssessmentStatus, FrameworkStatus
from assessments.models import Answer, Assessment, AssessmentVersion, FrameworkVersion, Presence
from assessments.permissions import (
    baseline_is_empty,
    can_consult_on_assessment,
    can_discard_assessment,
    can_edit_assessment,
    can_endorse_assessment,
    can_reopen_assessment,
    can_return_assessment,
    can_start_assessment,
    can_submit_assessment,
)
from assessments.selectors.answers import missing_indicators
from assessments.selectors.assessments import what_rests_on
from assessments.selectors.frameworks import framework_tree, source_tree
from assessments.selectors.quality import blocking_findings
from assessments.services.endorsement import cancel_signatures, sign, signed_version
from assessments.services.returns import return_indicators
from assessments.transitions import ASSESSMENT, target_of
from wam_portal.access import Decision, Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid
from wam_portal.formats import format_labelled

REASON_MAX = 2000
_TYPED = {"cycle", "title", "purpose", "started_on", "due_on"}


def start_assessment(
    *,
    framework_version: FrameworkVersion,
    cycle: str,
    title: str,
    started_on: date,
    actor: Viewer,
    due_on: date | None = None,
    purpose: str = "",
) -> Assessment:
    """Start a baseline of the actor's State with a published framework. Raises `Refused` and `Invalid`."""
    require(can_start_assessment(actor))
    if framework_version.status != FrameworkStatus.PUBLISHED:
        raise Invalid({"framework_version": [_("A baseline needs a published framework.")]})
    assessment = Assessment(
        state=actor.party,
        framework_version=framework_version,
        cycle=cycle.strip(),
        title=title.strip(),
        purpose=purpose.strip(),
        started_on=started_on,
        due_on=due_on,
        created_by=actor.user,
        status_changed_at=timezone.now(),
    )
    _validate(assessment)
    try:
        with audited():
            assessment.save(force_insert=True)
            record(
                verb="assessment.started",
                target=assessment,
                actor=actor,
                parties=[actor.party],
                changes={
                    "framework_version": framework_version.version,
                    "content_hash": framework_version.content_hash,
                },
            )
    except IntegrityError:
        # Somebody of the same State started the same cycle between the check and the insert.
        _validate(assessment)
        raise
    return assessment


def discard_assessment(*, assessment: Assessment, base_version: int, actor: Viewer) -> None:
    """Throw away a draft in which nothing was done yet, so that its cycle can be started anew.

    A baseline that holds anything is never deleted: what was written stays, and the database refuses it as well. The
    log of the State keeps that there was one, and who discarded it. Raises `Refused`, also with what it holds, and
    `Conflict`.
    """
    require(can_discard_assessment(actor, assessment))
    try:
        with audited():
            same = Assessment.objects.filter(pk=assessment.pk, version=base_version, status=AssessmentStatus.DRAFT)
            if not same.update(version=F("version") + 1):
                raise _conflict(assessment)
            require(baseline_is_empty(what_rests_on(assessment)))
            record(
                verb="assessment.discarded",
                target=assessment,
                actor=actor,
                parties=[actor.party],
                changes={"version": base_version, "framework_version": assessment.framework_version_id},
            )
            Presence.objects.filter(assessment=assessment).delete()
            Assessment.objects.filter(pk=assessment.pk).delete()
    except (ProtectedError, IntegrityError):
        # Somebody wrote something into it between the look and the deletion.
        message = _("Somebody has begun to work in this baseline, so it is not discarded.")
        raise Conflict(message, current=assessment) from None


def edit_assessment(
    *,
    assessment: Assessment,
    base_version: int,
    title: str,
    started_on: date,
    actor: Viewer,
    due_on: date | None = None,
    purpose: str = "",
) -> Assessment:
    """Change title, purpose and dates while the baseline is rated. Raises `Refused`, `Invalid` and `Conflict`."""
    require(can_edit_assessment(actor, assessment))
    fields = {"title": title.strip(), "purpose": purpose.strip(), "started_on": started_on, "due_on": due_on}
    changed = sorted(name for name, value in fields.items() if getattr(assessment, name) != value)
    draft = Assessment.objects.get(pk=assessment.pk)
    for name, value in fields.items():
        setattr(draft, name, value)
    _validate(draft)
    with audited():
        same = Assessment.objects.filter(pk=assessment.pk, version=base_version, status__in=OPEN_ASSESSMENTS)
        if not same.update(version=F("version") + 1, **fields):
            raise _conflict(assessment)
        assessment.refresh_from_db()
        record(
            verb="assessment.edited",
            target=assessment,
            actor=actor,
            parties=[actor.party],
            changes={"fields": changed, "version": assessment.version},
        )
    return assessment


def open_consultation(*, assessment: Assessment, base_version: int, actor: Viewer) -> Assessment:
    """Say that the baseline is being consulted on; answers can still change. Raises `Refused` and `Conflict`."""
    with audited():
        locked = _locked(assessment, actor, can_consult_on_assessment)
        since = locked.consultation_opened_at or timezone.now()
        return _change_status(locked, "consult", base_version, actor, consultation_opened_at=since)


def end_consultation(*, assessment: Assessment, base_version: int, actor: Viewer) -> Assessment:
    """Take a baseline out of consultation and go on rating. Raises `Refused` and `Conflict`."""
    with audited():
        locked = _locked(assessment, actor, partial(can_consult_on_assessment, verb="resume"))
        return _change_status(locked, "resume", base_version, actor)


def submit_assessment(*, assessment: Assessment, base_version: int, actor: Viewer) -> Assessment:
    """Hand a completely answered baseline to the approvers.

    Raises `Refused`, `Conflict`, and `Invalid` (for the whole form) while indicators are without any answer or were
    returned and not addressed (which ones, `selectors.answers.missing_indicators` and `selectors.returns` tell), or
    while a rule of the framework stops it.
    """
    with audited():
        locked = _locked(assessment, actor, can_submit_assessment)
        _check_complete(locked)
        return _change_status(locked, "submit", base_version, actor, submitted_by=actor.user, return_reason="")


def _check_complete(assessment: Assessment) -> None:
    missing = len(missing_indicators(assessment, source_tree(assessment.framework_version)))
    returned = assessment.returns.open().count()
    errors = []
    if missing:
        message = ngettext(
            "%(count)d indicator has no answer yet.", "%(count)d indicators have no answer yet.", missing
        )
        errors.append(message % {"count": missing})
    if returned:
        message = ngettext(
            "%(count)d returned indicator is not marked as addressed.",
            "%(count)d returned indicators are not marked as addressed.",
            returned,
        )
        errors.append(message % {"count": returned})
    if not Answer.objects.filter(assessment=assessment).exclude(rating=AnswerRating.NOT_RATED).exists():
        errors.append(_("Everything is left out of the scope. Put back what this baseline is to ask."))
    errors += _blocked(assessment)
    if errors:
        raise Invalid({"": errors})


def _blocked(assessment: Assessment) -> list[str]:
    """What the framework itself does not let pass, each with the indicators it is about."""
    tree = framework_tree(assessment.framework_version)
    codes = {indicator.key: indicator.code or indicator.key for indicator in tree.indicators}
    return [
        format_labelled(", ".join(codes[key] for key in finding.indicators), finding.rule.message)
        for finding in blocking_findings(assessment, tree)
    ]


def return_assessment(
    *,
    assessment: Assessment,
    base_version: int,
    reason: str,
    actor: Viewer,
    indicators: Mapping[str, str] | None = None,
) -> Assessment:
    """Give a submitted baseline back for changes, with a reason for the whole and for the indicators chosen.

    `indicators` maps permanent keys to reasons. Signatures given so far are cancelled: something is to change. Raises
    `Refused`, `Conflict`, and `Invalid` without a reason ("reason", or "indicator-<key>").
    """
    with audited():
        locked = _locked(assessment, actor, can_return_assessment)
        text = _reason(reason)
        returned = return_indicators(assessment=locked, reasons=indicators or {}, actor=actor)
        cancelled = cancel_signatures(assessment=locked)
        noted = {"indicators": returned, "signatures_cancelled": cancelled}
        return _change_status(locked, "return", base_version, actor, noted=noted, return_reason=text)


def endorse_assessment(
    *,
    assessment: Assessment,
    base_version: int,
    authority: str,
    actor: Viewer,
    decided_on: date | None = None,
    reference: str = "",
) -> AssessmentVersion | None:
    """Sign a baseline in review; the last signature that the State's rule asks for endorses it.

    Then its content is kept for good with its hash, as the next numbered version, and older endorsed baselines of the
    same framework are superseded. None while further approvers must sign. `decided_on` is today unless given.

    Raises `Refused` (also for a second signature, and under four eyes for the person who submitted it), `Invalid` for
    an unknown authority or a date to come, and `Conflict`.
    """
    with audited():
        locked = _locked(assessment, actor, can_endorse_assessment)
        signature = sign(
            assessment=locked, authority=authority, decided_on=decided_on, reference=reference, actor=actor
        )
        version = signed_version(signature=signature, assessment=locked, actor=actor)
        if version is None:
            _raise_version(locked, base_version)
            return None
        noted = {"number": version.number, "content_hash": version.content_hash, "authority": version.authority}
        _change_status(locked, "endorse", base_version, actor, noted=noted)
        _supersede_older(locked, actor)
    return version


def reopen_assessment(*, assessment: Assessment, base_version: int, reason: str, actor: Viewer) -> Assessment:
    """Open an endorsed baseline for changes; what was endorsed stays as signed.

    The reason is shown to those who rate. Raises `Refused`, `Invalid` without a reason, and `Conflict`.
    """
    with audited():
        locked = _locked(assessment, actor, can_reopen_assessment)
        return _change_status(locked, "reopen", base_version, actor, return_reason=_reason(reason))


def _locked(assessment: Assessment, actor: Viewer, predicate: Callable[[Viewer, Assessment], Decision]) -> Assessment:
    """The row as it stands now, locked against answers on their way, once the actor may take the step."""
    rows = Assessment.objects.select_related("framework_version", "state__territory")
    locked = rows.select_for_update(of=("self",), no_key=True).get(pk=assessment.pk)
    require(predicate(actor, locked))
    return locked


def _change_status(
    assessment: Assessment,
    verb: str,
    base_version: int,
    actor: Viewer,
    *,
    noted: dict[str, Any] | None = None,
    **fields: Any,
) -> Assessment:
    """The only place where an assessment's status changes: compare, swap and record."""
    before = assessment.status
    target = target_of(ASSESSMENT, verb, before)
    same = Assessment.objects.filter(pk=assessment.pk, version=base_version, status=before)
    write = {**fields, "status": target, "status_changed_at": timezone.now()}
    if target is None or not same.update(version=F("version") + 1, **write):
        raise _conflict(assessment)
    for name, value in write.items():
        setattr(assessment, name, value)
    assessment.version = base_version + 1
    record(
        verb=f"assessment.{_PAST[verb]}",
        target=assessment,
        actor=actor,
        parties=[actor.party],
        changes={"status": [before, target], "version": assessment.version, **(noted or {})},
    )
    return assessment


_PAST = {
    "consult": "consultation_opened",
    "resume": "consultation_ended",
    "submit": "submitted",
    "return": "returned",
    "endorse": "endorsed",
    "reopen": "reopened",
    "supersede": "superseded",
}


def _raise_version(assessment: Assessment, base_version: int) -> None:
    """Let nobody decide on a page that does not show the new signature yet."""
    same = Assessment.objects.filter(pk=assessment.pk, version=base_version, status=assessment.status)
    if not same.update(version=F("version") + 1):
        raise _conflict(assessment)


def _supersede_older(endorsed: Assessment, actor: Viewer) -> None:
    """Of the State's endorsed baselines with one framework only the one that began last stays in force."""
    rows = Assessment.objects.filter(
        state=endorsed.state_id,
        framework_version__framework=endorsed.framework_version.framework_id,
        status=AssessmentStatus.ENDORSED,
    )
    for older in rows.order_by("-started_on", "-created_at", "-pk")[1:]:
        _change_status(older, "supersede", older.version, actor)


def _conflict(assessment: Assessment) -> Conflict:
    fresh = Assessment.objects.get(pk=assessment.pk)
    return Conflict(_("This baseline has changed since you opened the page. Look at it again."), current=fresh)


def _reason(text: str) -> str:
    text = text.strip()
    if not text:
        raise Invalid({"reason": [_("Give a reason.")]})
    if len(text) > REASON_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        raise Invalid({"reason": [message % {"limit": REASON_MAX, "count": len(text)}]})
    return text


def _validate(assessment: Assessment) -> None:
    """Let the model's own rules speak, each beside its field."""
    places = {"assessment_cycle_once": "cycle", "assessment_due_after_start": "due_on"}
    errors: dict[str, list[str]] = {}
    try:
        assessment.clean_fields(exclude={field.name for field in Assessment._meta.fields} - _TYPED)
    except ValidationError as problem:
        errors = {name: list(texts) for name, texts in problem.message_dict.items()}
    for constraint in Assessment._meta.constraints:
        try:
            constraint.validate(Assessment, assessment)
        except ValidationError as problem:
            errors.setdefault(places.get(constraint.name, NON_FIELD_ERRORS), []).extend(problem.messages)
    if errors:
        raise Invalid({"" if name == NON_FIELD_ERRORS else name: texts for name, texts in errors.items()})
