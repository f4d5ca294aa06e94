"""What both sides write around a match: declarations, messages, marks, and why one accepts beside other efforts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, timedelta
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.enums import MarkKind, Side
from cooperation.models import ConflictDeclaration, Match, MatchMark, MatchMessage, OverlapAcknowledgement
from cooperation.models.match_review import BothSides
from cooperation.permissions import can_declare_conflict, can_mark_match, can_write_message, reviewing_side
from cooperation.selectors.overlaps import OverlapLine, grave, overlaps_of_match
from wam_portal.access import Viewer, refuse, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid, Refused

TEXT_MAX: Final = 2000
MESSAGE_MAX: Final = 4000
MARK_REASON_MAX: Final = 400
LATEST_MARK: Final = timedelta(days=2 * 365)


def declare_conflict(*, match: Match, text: str, actor: Viewer) -> ConflictDeclaration:
    """Declare a conflict of interest, or with an empty text that there is none; the other side reads it.

    While the match is undecided it can be declared anew. Raises `Refused` and `Invalid`.
    """
    require(can_declare_conflict(actor, match))
    side = _side(actor, match)
    with audited():
        return declare(match=match, side=side, text=text, actor=actor)


def declare(*, match: Match, side: Side, text: str, actor: Viewer) -> ConflictDeclaration:
    """Keep a side's declaration, within the caller's `audited()`."""
    said = _checked(text, "conflict_text", TEXT_MAX)
    declaration, _created = ConflictDeclaration.objects.update_or_create(
        match=match, side=side, defaults={"text": said, "actor": actor.user, "at": timezone.now()}
    )
    # That there is something to declare is part of the record; what it is stands in the declaration.
    changes = {"side": side.value, "conflict": bool(said)}
    record(
        verb="match.interests_declared", target=match, actor=actor, parties=[match.donor, match.state], changes=changes
    )
    return declaration


def require_declared(*, match: Match, side: Side, conflict: str | None, actor: Viewer) -> None:
    """Before an acceptance, within the caller's `audited()`: the side has declared, now or before.

    `conflict`: what is declared now, None for nothing. Raises `Invalid` ("conflict").
    """
    if conflict is not None:
        declare(match=match, side=side, text=conflict, actor=actor)
    elif not match.declarations.filter(side=side).exists():
        raise Invalid({"conflict": [_("Declare first whether your side has a conflict of interest.")]})


def require_acknowledged(
    *, match: Match, acknowledged: Collection[str], reason: str, actor: Viewer
) -> tuple[OverlapLine, ...]:
    """Before an acceptance, within the caller's `audited()`: every grave overlap has been seen and is explained.

    What overlaps is read here again, so one that appeared since the page was opened is not skipped. `acknowledged`: the
    keys of those that were on the page. Answers the grave overlaps; raises `Invalid` ("acknowledged",
    "overlap_reason").
    """
    found = grave(overlaps_of_match(actor, match))
    errors = acknowledgement_errors(found, acknowledged=acknowledged, reason=reason)
    if errors:
        raise Invalid(errors)
    return found


def acknowledgement_errors(
    found: Sequence[OverlapLine], *, acknowledged: Collection[str], reason: str
) -> dict[str, list[str]]:
    """What is missing, beside these grave overlaps, before one accepts; nothing is written."""
    if not found:
        return {}
    errors: dict[str, list[str]] = {}
    missing = [line for line in found if line.key not in acknowledged]
    if missing:
        errors["acknowledged"] = [_unseen(missing) if acknowledged else _("Look at what overlaps, and say so here.")]
    if not reason.strip():
        errors["overlap_reason"] = [_("Say why you accept all the same.")]
    elif len(reason.strip()) > TEXT_MAX:
        errors["overlap_reason"] = [_("At most %(limit)d characters.") % {"limit": TEXT_MAX}]
    return errors


def keep_acknowledgement(*, match: Match, found: Collection[OverlapLine], reason: str, actor: Viewer) -> None:
    """After the acceptance, in the same transaction: what was seen and why it was accepted all the same, if anything.

    Only after it: of two people who accept at once the second finds out by `Conflict` that it has changed.
    """
    if not found:
        return
    OverlapAcknowledgement.objects.create(
        match=match,
        party=actor.party,
        actor=actor.user,
        at=timezone.now(),
        reason=reason.strip(),
        seen=[_seen(line) for line in found],
    )
    grades = sorted(line.grade for line in found)
    changes = {"grades": {grade: grades.count(grade) for grade in set(grades)}}
    record(verb="match.overlap_acknowledged", target=match, actor=actor, parties=[actor.party], changes=changes)


def send_message(*, match: Match, text: str, actor: Viewer) -> MatchMessage:
    """Write to the other side; what it wrote before counts as read. Raises `Refused` and `Invalid`."""
    require(can_write_message(actor, match))
    said = _checked(text, "text", MESSAGE_MAX)
    if not said:
        raise Invalid({"text": [_("Write a message.")]})
    side = _side(actor, match)
    now = timezone.now()
    with audited():
        _unread(match, side).update(read_at=now)
        message = MatchMessage.objects.create(match=match, side=side, author=actor.user, at=now, text=said)
        parties = [match.donor, match.state]
        record(verb="match.message_sent", target=match, actor=actor, parties=parties, changes={"side": side.value})
    return message


def read_messages(*, match: Match, actor: Viewer) -> int:
    """Take what the other side wrote as read by one's own; how many messages. Raises `Refused`."""
    return _unread(match, _side(actor, match)).update(read_at=timezone.now())


def mark_match(
    *, match: Match, kind: MarkKind, actor: Viewer, until: date | None = None, reason: str = ""
) -> MatchMark:
    """Put a match on one's own side's shortlist, or put it off until a day, with a reason. Replaces an earlier mark.

    Raises `Refused`, and `Invalid` ("until", "reason").
    """
    require(can_mark_match(actor, match))
    said = _checked(reason, "reason", MARK_REASON_MAX)
    errors: dict[str, list[str]] = {}
    if kind == MarkKind.DEFERRED:
        today = timezone.localdate()
        if until is None or not today < until <= today + LATEST_MARK:
            errors["until"] = [_("Give a day from tomorrow on, within two years.")]
        if not said:
            errors["reason"] = [_("Say why you put it off; only your side reads it.")]
    if errors:
        raise Invalid(errors)
    fields = {
        "kind": kind,
        "until": until if kind == MarkKind.DEFERRED else None,
        "reason": said,
        "actor": actor.user,
        "at": timezone.now(),
    }
    with audited():
        mark, _created = MatchMark.objects.update_or_create(match=match, party=actor.party, defaults=fields)
        record(
            verb="match.marked",
            target=match,
            actor=actor,
            parties=[actor.party],
            changes={"mark": MarkKind(kind).value},
        )
    return mark


def unmark_match(*, match: Match, actor: Viewer) -> None:
    """Take one's own side's mark away. Raises `Refused`."""
    require(can_mark_match(actor, match))
    with audited():
        if MatchMark.objects.filter(match=match, party=actor.party).delete()[0]:
            record(verb="match.unmarked", target=match, actor=actor, parties=[actor.party])


def _side(actor: Viewer, match: Match) -> Side:
    side = reviewing_side(actor, match)
    if side is None:
        raise Refused(refuse(_("You may read this match but write nothing about it.")))
    return side


def _checked(text: str, field: str, limit: int) -> str:
    said = text.strip()
    if len(said) > limit:
        raise Invalid({field: [_("At most %(limit)d characters.") % {"limit": limit}]})
    return said


def _unread(match: Match, side: Side) -> BothSides:
    return match.messages.filter(read_at__isnull=True).exclude(side=side)


def _seen(line: OverlapLine) -> dict[str, str]:
    return {"key": line.key, "grade": line.grade, "title": line.title, "by": line.by}


def _unseen(missing: Collection[OverlapLine]) -> str:
    titles = ", ".join(line.title for line in missing)
    text = _("This overlaps too, and was not on the page when you opened it: %(titles)s. Look at it, and say so again.")
    return text % {"titles": titles}


def record_comparison(*, matches: Sequence[Match], actor: Viewer) -> None:
    """Note that a comparison of matches left the portal as a file."""
    with audited():
        changes = {"matches": [str(match.uuid) for match in matches]}
        record(verb="match.comparison_taken", target=actor.party, actor=actor, parties=[actor.party], changes=changes)
