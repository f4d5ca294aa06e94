"""The no-objection window: a State's rule, objections of colleagues, and what they mean for an acceptance."""

from __future__ import annotations

from datetime import date
from typing import Final

from django.db import IntegrityError
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.enums import MatchStatus, SystemReason, Weekend
from cooperation.models import Match, MatchEvent, MatchObjection, ObjectionRule
from cooperation.models.objections import MOST_DAYS
from cooperation.permissions import can_change_objection_rule, can_lift_objection, can_object_to_match
from cooperation.working_days import working_days_after
from wam_portal.access import Viewer, refuse, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid, Refused

REASON_MAX: Final = 2000


def change_objection_rule(*, base_version: int, days: int, weekend: str, actor: Viewer) -> ObjectionRule:
    """Set in how many working days colleagues may object to a match; none switches the window off.

    It holds for proposals from now on. `base_version` is 0 the first time. Raises `Refused`, `Invalid` and `Conflict`.
    """
    require(can_change_objection_rule(actor))
    errors: dict[str, list[str]] = {}
    if not 0 <= days <= MOST_DAYS:
        errors["days"] = [_("Give a number from 0 to %(most)d.") % {"most": MOST_DAYS}]
    if weekend not in Weekend.values:
        errors["weekend"] = [_("Choose the days on which your offices are closed.")]
    if errors:
        raise Invalid(errors)
    fields = {"days": days, "weekend": weekend, "changed_by": actor.user, "changed_at": timezone.now()}
    with audited():
        held = ObjectionRule.objects.visible_to(actor)
        rule: ObjectionRule
        if held.exists():
            swapped = bool(held.filter(version=base_version).update(version=F("version") + 1, **fields))
            rule = held.get()
        else:
            rule, swapped = ObjectionRule.objects.get_or_create(state=actor.party, defaults=fields)
        if not swapped:
            raise Conflict(_("Somebody changed this rule since you opened the page. Look at it again."), current=rule)
        changes = {"days": days, "weekend": weekend}
        record(verb="objection_rule.changed", target=rule, actor=actor, parties=[actor.party], changes=changes)
    return rule


def objections_until(match: Match) -> date | None:
    """The last day on which colleagues at the State may object to a match proposed today; None without a window."""
    rule = ObjectionRule.objects.filter(state=match.state_id, days__gt=0).first()
    return working_days_after(timezone.localdate(), rule.days, rule.weekend) if rule else None


def object_to_match(*, match: Match, base_version: int, reason: str, actor: Viewer) -> MatchObjection:
    """Object, with a reason that only the State reads; until it is lifted nobody accepts the match.

    It changes the match's version, so an acceptance on its way meets `Conflict`.

    Raises `Refused`, `Invalid` and `Conflict`.
    """
    require(can_object_to_match(actor, match))
    said = _checked(reason, _("Say why you object; your State reads it."))
    try:
        with audited():
            _swap(match, base_version)
            objection = MatchObjection.objects.create(match=match, actor=actor.user, at=timezone.now(), reason=said)
            record(verb="match.objected", target=match, actor=actor, parties=[match.state])
    except IntegrityError as error:
        raise Invalid({"reason": [_("Your objection stands already.")]}) from error
    match.refresh_from_db()
    return objection


def lift_objection(*, objection: MatchObjection, reason: str, actor: Viewer) -> MatchObjection:
    """Take an objection back, or overrule a colleague's as national administrator, with a reason that is kept.

    Raises `Refused`, `Invalid`, and `Conflict` when it was lifted before.
    """
    require(can_lift_objection(actor, objection))
    said = _checked(reason, _("Say why it is lifted; your State reads it."))
    with audited():
        fields = {"lifted_at": timezone.now(), "lifted_by": actor.user, "lift_reason": said}
        if not MatchObjection.objects.standing().filter(pk=objection.pk).update(**fields):
            raise Conflict(_("This objection was lifted before."), current=objection)
        changes = {"own": objection.actor_id == actor.user.pk}
        match = objection.match
        record(verb="match.objection_lifted", target=match, actor=actor, parties=[match.state], changes=changes)
    objection.refresh_from_db()
    return objection


def require_no_objection(match: Match) -> None:
    """Before an acceptance, within the caller's transaction: the window is over and no objection stands.

    That nobody objected is noted in the timeline of both sides. Raises `Refused`.
    """
    if match.objections_until is None:
        return
    if MatchObjection.objects.standing().filter(match=match).exists():
        raise Refused(refuse(_("Somebody at the State objects, so nobody accepts this match for now.")))
    if not MatchObjection.objects.filter(match=match).exists():
        MatchEvent.objects.create(
            match=match, at=timezone.now(), status=MatchStatus.PROPOSED, reason=SystemReason.NO_OBJECTION
        )


def _swap(match: Match, base_version: int) -> None:
    mine = Match.objects.filter(pk=match.pk, version=base_version, status=MatchStatus.PROPOSED)
    if not mine.update(version=F("version") + 1, updated_at=timezone.now()):
        fresh = Match.objects.select_related("offer", "donor", "state").get(pk=match.pk)
        raise Conflict(_("This match has changed since you opened it."), current=fresh)


def _checked(reason: str, missing: str) -> str:
    said = reason.strip()
    if not said:
        raise Invalid({"reason": [missing]})
    if len(said) > REASON_MAX:
        raise Invalid({"reason": [_("At most %(limit)d characters.") % {"limit": REASON_MAX}]})
    return said
