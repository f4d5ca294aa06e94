"""Gaps: kept in step with the answers, and what people decide about them. No re-rating ever deletes one."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments.enums import AnswerRating, Basis, GapStatus, Tier
from assessments.frameworks.tree import IndicatorView, OptionView
from assessments.models import Answer, Gap
from assessments.permissions import can_decide_gap, can_describe_gap
from assessments.severity import Standing, gap_severity, gap_tier, severity_in_micro
from assessments.transitions import GAP, target_of
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid

REASON_MAX = 2000


@dataclass(frozen=True, slots=True)
class _Shortfall:
    """How far an answer lies below its target."""

    level: OptionView
    target: OptionView
    severity_micro: int
    tier: Tier


def sync_gap(*, answer: Answer, indicator: IndicatorView, actor: Viewer) -> Gap | None:
    """Bring the gap of an indicator in step with its answer, within the caller's `audited()`; None where there is none.

    Rated below target opens the gap, or renews level, target, basis, severity and tier of the one that is there. A
    closed gap opens again. A dismissed one stays dismissed as it was, unless it is worse than when it was dismissed:
    then it opens again, because its reason was given for another state of things. A confirmed one stays confirmed.

    Rated at or above target, or not applicable, closes the gap; it keeps the level at which it stood.

    Unknown is no news of the level: the gap stands as it was, but on a basis of "none", so that what rests on it counts
    for at most medium.

    Not rated leaves the gap out of the agreed scope with its indicator: it is no gap of the baseline until another
    answer comes. Then it is met as what it was before.

    Takes two statements: one reads the gap, one writes it. A decision on the gap made at the same moment is met again.
    """
    gap = Gap.objects.filter(assessment=answer.assessment_id, indicator=answer.indicator_id).first()
    if gap is None:
        return _open_gap(answer, indicator, actor)
    while not _renew_gap(gap, answer, indicator, actor):
        gap.refresh_from_db()
    return gap


def confirm_gap(*, gap: Gap, base_version: int, actor: Viewer, root_cause: str = "") -> Gap:
    """Confirm that a gap is one; a request can be endorsed on confirmed gaps only. A root cause may be given with it.

    Raises `Refused`, `Invalid` for an over-long cause, and `Conflict` when the gap has changed since `base_version`.
    """
    fields: dict[str, Any] = {}
    if root_cause.strip():
        fields["root_cause"] = _checked("root_cause", root_cause)
    return _decide(gap, "confirm", base_version, actor, fields)


def dismiss_gap(*, gap: Gap, base_version: int, actor: Viewer, reason: str) -> Gap:
    """Dismiss a gap for a reason; it opens again when the level falls. Raises `Refused`, `Invalid` and `Conflict`."""
    if not reason.strip():
        raise Invalid({"reason": [_("Say why this gap is dismissed.")]})
    return _decide(gap, "dismiss", base_version, actor, {"dismissal_reason": _checked("reason", reason)})


def reopen_gap(*, gap: Gap, base_version: int, actor: Viewer) -> Gap:
    """Take a confirmation or a dismissal back. Raises `Refused` and `Conflict`."""
    return _decide(gap, "reopen", base_version, actor, {})


def describe_root_cause(*, gap: Gap, base_version: int, actor: Viewer, root_cause: str) -> Gap:
    """Note why the gap is there; empty takes the note away. Raises `Refused`, `Invalid` and `Conflict`."""
    require(can_describe_gap(actor, gap))
    with audited():
        _write(gap, base_version, {"root_cause": _checked("root_cause", root_cause)})
        record(verb="gap.described", target=gap, actor=actor, parties=[actor.party], changes={"fields": ["root_cause"]})
    return gap


def _shortfall(answer: Answer, indicator: IndicatorView) -> _Shortfall | None:
    """None where the target is reached, or the answer names no level."""
    if answer.rating != AnswerRating.RATED:
        return None
    options = {option.pk: option for option in indicator.scale.options}
    level = options[answer.option_id or 0]
    target = options[answer.target_id] if answer.target_id else indicator.target
    severity = gap_severity(
        Standing(
            level=level.value,
            target=target.value,
            scale_min=indicator.scale.minimum,
            scale_max=indicator.scale.maximum,
            weight=indicator.weight,
            area_mean_weight=indicator.area_mean_weight,
        )
    )
    tier = gap_tier(severity)
    return None if tier is None else _Shortfall(level, target, severity_in_micro(severity), tier)


def _open_gap(answer: Answer, indicator: IndicatorView, actor: Viewer) -> Gap | None:
    shortfall = _shortfall(answer, indicator)
    if shortfall is None:
        return None
    now = timezone.now()
    gap = Gap.objects.create(
        assessment_id=answer.assessment_id,
        indicator_id=answer.indicator_id,
        level_id=shortfall.level.pk,
        target_id=shortfall.target.pk,
        basis=answer.basis,
        severity_micro=shortfall.severity_micro,
        tier=shortfall.tier,
        answer_version=answer.version,
        opened_at=now,
        updated_at=now,
    )
    _record(gap, "gap.opened", actor, indicator)
    return gap


def _renew_gap(gap: Gap, answer: Answer, indicator: IndicatorView, actor: Viewer) -> bool:
    """Write what the answer makes of the gap; False when somebody decided on it meanwhile."""
    fields = _renewed(gap, answer, indicator)
    before = gap.status
    changed = {name for name, value in fields.items() if getattr(gap, name) != value}
    now = timezone.now()
    write: dict[str, Any] = {**fields, "answer_version": answer.version}
    if changed:
        # Somebody who looks at the gap has to see the change before deciding; a mere edit of words does not count.
        write |= {"version": F("version") + 1, "updated_at": now}
    if before == GapStatus.CLOSED and fields.get("status") == GapStatus.OPEN:
        write["opened_at"] = now
    if not Gap.objects.filter(pk=gap.pk, version=gap.version).update(**write):
        return False
    for name, value in write.items():
        setattr(gap, name, gap.version + 1 if name == "version" else value)
    if changed:
        _record(gap, _verb(before, gap.status), actor, indicator)
    return True


def _left_out(gap: Gap) -> dict[str, Any]:
    """What leaves a gap out of the scope; nothing where the target was reached, or it is outside already."""
    if gap.status in {GapStatus.CLOSED, GapStatus.LEFT_OUT}:
        return {}
    return {"status": GapStatus.LEFT_OUT.value, "status_inside": gap.status, "left_out_at": timezone.now()}


def _renewed(gap: Gap, answer: Answer, indicator: IndicatorView) -> dict[str, Any]:
    if answer.rating == AnswerRating.NOT_RATED:
        return _left_out(gap)
    status = gap.status_inside or gap.status
    inside: dict[str, Any] = {"status": status, "status_inside": "", "left_out_at": None}
    if answer.rating == AnswerRating.UNKNOWN:
        return inside | {"basis": Basis.NONE.value}
    shortfall = _shortfall(answer, indicator)
    if shortfall is None:
        return inside | {"status": GapStatus.CLOSED.value}
    if status == GapStatus.DISMISSED and not _is_worse(gap, shortfall, indicator):
        # It keeps what it was dismissed at, to tell later whether things have become worse.
        return inside
    ended = status in {GapStatus.CLOSED, GapStatus.DISMISSED}
    return inside | {
        "status": GapStatus.OPEN.value if ended else status,
        "level_id": shortfall.level.pk,
        "target_id": shortfall.target.pk,
        "basis": answer.basis,
        "severity_micro": shortfall.severity_micro,
        "tier": shortfall.tier.value,
    }


def _is_worse(gap: Gap, shortfall: _Shortfall, indicator: IndicatorView) -> bool:
    values = {option.pk: option.value for option in indicator.scale.options}
    return shortfall.level.value < values[gap.level_id] or shortfall.severity_micro > gap.severity_micro


def _verb(before: str, after: str) -> str:
    if before == after:
        return "gap.changed"
    if after == GapStatus.LEFT_OUT:
        return "gap.left_out"
    if after == GapStatus.CLOSED:
        return "gap.closed"
    return "gap.put_back" if before == GapStatus.LEFT_OUT else "gap.reopened"


def _decide(gap: Gap, verb: str, base_version: int, actor: Viewer, fields: dict[str, Any]) -> Gap:
    require(can_decide_gap(actor, gap, verb))
    before = gap.status
    status = target_of(GAP, verb, before)
    with audited():
        decided = {"status": status, "decided_by": actor.user, "dismissal_lapsed_at": None}
        _write(gap, base_version, {**fields, **decided})
        record(
            verb={"confirm": "gap.confirmed", "dismiss": "gap.dismissed", "reopen": "gap.reopened"}[verb],
            target=gap,
            actor=actor,
            parties=[actor.party],
            changes={"status": [before, status], "version": gap.version},
        )
    return gap


def _write(gap: Gap, base_version: int, fields: dict[str, Any]) -> None:
    """Compare and swap. The status is compared too: it decided whether the step was legal."""
    write = {**fields, "updated_at": timezone.now()}
    same = Gap.objects.filter(pk=gap.pk, version=base_version, status=gap.status)
    if not same.update(version=F("version") + 1, **write):
        gap.refresh_from_db()
        raise Conflict(_("This gap has changed since you opened it. Look at it again."), current=gap)
    for name, value in write.items():
        setattr(gap, name, value)
    gap.version = base_version + 1


def _checked(field: str, text: str) -> str:
    text = text.strip()
    if len(text) > REASON_MAX:
        message = _("Use at most %(limit)d characters; this has %(count)d.")
        raise Invalid({field: [message % {"limit": REASON_MAX, "count": len(text)}]})
    return text


def _record(gap: Gap, verb: str, actor: Viewer, indicator: IndicatorView) -> None:
    # The acting party is the State whose answer was saved; reading it from the gap would cost a statement.
    record(
        verb=verb,
        target=gap,
        actor=actor,
        parties=[actor.party],
        changes={
            "indicator": indicator.key,
            "status": str(gap.status),
            "tier": str(gap.tier),
            "answer_version": gap.answer_version,
        },
    )
