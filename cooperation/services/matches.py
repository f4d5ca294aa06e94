"""Decisions on matches: either side proposes, the other accepts; both may decline; the proposer may withdraw.

The donor names the amount, in the offer's currency: with its proposal, or when it accepts what the State proposed.
Accepting commits it: one UPDATE takes it from the offer's capacity, one from what the need asks for, or none does.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import Count, F, Q, Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import public
from cooperation import matching
from cooperation.enums import MatchStatus, OfferStatus, RefusalKind, Side
from cooperation.models import Match, MatchEvent, Offer
from cooperation.permissions import (
    can_accept_match,
    can_decline_match,
    can_propose_match,
    can_withdraw_match,
    side_of,
)
from cooperation.selectors.overlaps import OverlapLine
from cooperation.services.assistance import hold_register
from cooperation.services.match_reviews import (
    declare,
    keep_acknowledgement,
    require_acknowledged,
    require_declared,
)
from cooperation.services.match_runs import enqueue_for_offer
from cooperation.services.need_balances import check_asked, commit_to_need
from cooperation.services.objections import objections_until, require_no_objection
from cooperation.transitions import MATCH
from wam_portal.access import SystemViewer, Viewer, refuse, require
from wam_portal.audit.services import audited, record
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid, Problems, Refused
from wam_portal.formats import format_money
from wam_portal.transitions import target_of

REASON_MAX: Final = 2000
REVIEW_AFTER: Final = timedelta(days=180)
"""When a declined pair is looked at again, unless the person who declines says otherwise."""
LATEST_REVIEW: Final = timedelta(days=5 * 365)


def propose_match(
    *,
    match: Match,
    base_version: int,
    actor: Viewer,
    amount_minor: int | None = None,
    reason: str = "",
    conflict: str | None = None,
) -> Match:
    """Agree first. A donor names the amount (none for help in kind); a State names none.

    The other side is given `settings.MATCH_ANSWER_DAYS` to answer. `conflict`: the side's declaration of interests, an
    empty text for "none", None to declare it later.

    Raises `Refused`, `Invalid` with messages by field, and `Conflict` when the match has changed since `base_version`.
    """
    require(can_propose_match(actor, match))
    _require_grant(match)
    side = _side(actor, match)
    amount = _acceptable_amount(match, amount_minor) if side == Side.DONOR else None
    note = _checked_text(reason)
    with audited():
        due = timezone.localdate() + timedelta(days=settings.MATCH_ANSWER_DAYS)
        fields = {f"{side}_agreed_at": timezone.now(), "amount_minor": amount, "answer_due": due}
        fields["objections_until"] = objections_until(match)
        _step(match, "propose", base_version, fields)
        if conflict is not None:
            declare(match=match, side=side, text=conflict, actor=actor)
        _note(match, actor, side, "match.proposed", note)
    return match


def accept_match(
    *,
    match: Match,
    base_version: int,
    actor: Viewer,
    amount_minor: int | None = None,
    reason: str = "",
    conflict: str | None = None,
    acknowledged: Collection[str] = (),
    overlap_reason: str = "",
) -> Match:
    """Agree second: what both sides saw is kept as signed, and the amount is committed in the offer.

    `conflict`: the side's declaration of interests, an empty text for "none"; None where it has declared before.
    `acknowledged`: the keys of the grave overlaps that were looked at, with the reason to accept all the same.

    Raises `Refused`, `Conflict`, and `Invalid` when the amount lies outside the offer's limits or is no longer there,
    when the side has declared nothing, and when something overlaps that is not acknowledged.
    """
    require(can_accept_match(actor, match))
    _require_grant(match)
    side = _side(actor, match)
    amount, problems = match.amount_minor, Problems()
    if side == Side.DONOR:
        with problems.noted():
            amount = _acceptable_amount(match, amount_minor)
    note = _checked_text(reason)
    beside: Collection[OverlapLine] = ()
    with audited():
        if not problems.errors:
            with problems.noted():
                _commit(match, amount, side)
        require_no_objection(match)
        if match.state.territory_id:
            hold_register([match.state.territory_id])
        with problems.noted():
            require_declared(match=match, side=side, conflict=conflict, actor=actor)
        with problems.noted():
            beside = require_acknowledged(match=match, acknowledged=acknowledged, reason=overlap_reason, actor=actor)
        problems.tell()
        now = timezone.now()
        setattr(match, f"{side}_agreed_at", now)
        signed = _signed(match, amount)
        fields = {f"{side}_agreed_at": now, "amount_minor": amount, "signed": signed}
        _step(match, "accept", base_version, fields)
        _note(match, actor, side, "match.accepted", note, {"signed": signed["hash"]})
        keep_acknowledgement(match=match, found=beside, reason=overlap_reason, actor=actor)
        enqueue_for_offer(offer=match.offer)  # what is left of it has changed
    return match


def decline_match(
    *,
    match: Match,
    base_version: int,
    actor: Viewer,
    reason: str,
    kind: str = RefusalKind.OTHER,
    review_on: date | None = None,
) -> Match:
    """Decline with a reason that both sides read; the pair comes back on its review date, by default in half a year.

    `kind`: a value of `RefusalKind`, for the statistics.

    Raises `Refused`, `Conflict`, and `Invalid` for a missing reason, an unknown kind or a review date out of bounds.
    """
    require(can_decline_match(actor, match))
    side = _side(actor, match)
    errors = refusal_errors(reason=reason, kind=kind, review_on=review_on)
    if errors:
        raise Invalid(errors)
    again = review_on or timezone.localdate() + REVIEW_AFTER
    note = _checked_text(reason)
    with audited():
        _step(
            match,
            "decline",
            base_version,
            {"declined_by": side, "decline_kind": kind, "decline_reason": note, "review_on": again},
        )
        _note(match, actor, side, "match.declined", note)
    return match


def refusal_errors(*, reason: str, kind: str, review_on: date | None) -> dict[str, list[str]]:
    """What is wrong with declining like this; nothing is written."""
    errors: dict[str, list[str]] = {}
    today = timezone.localdate()
    if not reason.strip():
        errors["reason"] = [_("Say why you decline; the other side reads it.")]
    if kind not in RefusalKind.values:
        errors["kind"] = [_("Choose one of the reasons.")]
    if review_on is not None and not today < review_on <= today + LATEST_REVIEW:
        errors["review_on"] = [_("Give a day from tomorrow on, within five years.")]
    return errors


def amount_errors(*, match: Match, amount_minor: int | None) -> dict[str, list[str]]:
    """What would keep a donor from naming this amount as things stand; nothing is written."""
    problems = Problems()
    with problems.noted():
        _acceptable_amount(match, amount_minor)
    return problems.errors


def withdraw_match(*, match: Match, base_version: int, actor: Viewer, reason: str) -> Match:
    """Take one's own proposal back while the other side has not agreed; the next run may suggest the pair again.

    Raises `Refused`, `Invalid` for a missing reason, and `Conflict`.
    """
    require(can_withdraw_match(actor, match))
    if not reason.strip():
        raise Invalid({"reason": [_("Say why you withdraw; the other side reads it.")]})
    side = _side(actor, match)
    note = _checked_text(reason)
    with audited():
        _step(match, "withdraw", base_version, {})
        _note(match, actor, side, "match.withdrawn", note)
        enqueue_for_offer(offer=match.offer)
    return match


def reserve_capacity(offer: Offer, amount: int) -> bool:
    """Take `amount` minor units from an offer, within the caller's transaction; False when it is not there.

    One UPDATE both looks and takes, so two acceptances at the same moment never commit more than the offer holds.
    """
    room = Q(capacity_minor__isnull=True) | Q(capacity_minor__gte=F("committed_minor") + amount)
    return bool(
        Offer.objects.published().filter(room, pk=offer.pk).update(committed_minor=F("committed_minor") + amount)
    )


def _side(actor: Viewer, match: Match) -> Side:
    side = side_of(actor, match)
    if side is None:
        raise Refused(refuse(_("You may read this match but not decide on it.")))
    return side


def _checked_text(reason: str) -> str:
    text = reason.strip()
    if len(text) > REASON_MAX:
        raise Invalid({"reason": [_("At most %(limit)d characters.") % {"limit": REASON_MAX}]})
    return text


def _require_grant(match: Match) -> None:
    held = public.releases_for(SystemViewer("matching")).grant_uuids()
    if not held.filter(uuid=match.grant_uuid).exists():
        raise Refused(
            refuse(
                _("The grant that this match rests on was revoked or has expired."),
                _("The State can grant the request again."),
            )
        )


def _named_amount(offer: Offer, amount_minor: int | None) -> int | None:
    """The amount that a donor names, checked against what the offer gives to one request."""
    if offer.capacity_minor is None:
        if amount_minor is not None:
            raise Invalid({"amount": [_("This offer is help in kind and holds no money.")]})
        return None
    if amount_minor is None:
        raise Invalid({"amount": [_("Say how much you give.")]})
    if amount_minor <= 0:
        raise Invalid({"amount": [_("The amount must be above zero.")]})
    if offer.ceiling_minor is not None and amount_minor > offer.ceiling_minor:
        raise Invalid({"amount": [_above_ceiling(offer)]})
    if amount_minor > offer.capacity_minor - offer.committed_minor:
        raise Invalid({"amount": [_not_left(offer)]})
    return amount_minor


def _acceptable_amount(match: Match, amount_minor: int | None) -> int | None:
    """The amount that a donor names, where it could be accepted: a proposal must leave nobody in a dead end."""
    amount = _named_amount(match.offer, amount_minor)
    if amount is not None:
        check_asked(match=match, amount_minor=amount)
        _check_limits(match, match.offer, amount, _agreed_before(match)["minor"] or 0)
    return amount


def _above_ceiling(offer: Offer, before: int = 0) -> str:
    most = format_money(offer.ceiling_minor or 0, offer.currency)
    if not before:
        return _("The offer gives at most %(most)s to one request.") % {"most": most}
    agreed = format_money(before, offer.currency)
    text = _("The offer gives at most %(most)s to one request, and %(agreed)s are agreed for its other needs.")
    return text % {"most": most, "agreed": agreed}


def _not_left(offer: Offer) -> str:
    left = format_money((offer.capacity_minor or 0) - offer.committed_minor, offer.currency)
    return _("The offer holds only %(left)s any more.") % {"left": left}


def _commit(match: Match, amount: int | None, side: Side) -> None:
    """Take the amount from the offer and from what the need asks for, and one of the requests that the offer can serve.

    The first UPDATE holds the offer's row until the transaction ends, so that all reads after it are settled.
    """
    taken = reserve_capacity(match.offer, amount or 0)
    offer = Offer.objects.get(pk=match.offer_id)
    match.offer = offer
    if offer.status != OfferStatus.PUBLISHED:
        raise Refused(refuse(_("This offer is closed.")))
    if not taken:
        raise Invalid({"amount": [_not_left(offer)]})
    before = _agreed_before(match)
    if not before["count"]:
        room = Q(max_requests__isnull=True) | Q(max_requests__gt=F("committed_requests"))
        serving = Offer.objects.filter(room, pk=offer.pk).update(committed_requests=F("committed_requests") + 1)
        if not serving:
            raise Invalid({"": [_("The offer cannot serve another request.")]})
    if amount is not None:
        _check_limits(match, offer, amount, before["minor"] or 0)
        commit_to_need(match=match, amount_minor=amount, side=side)


def _agreed_before(match: Match) -> dict[str, int | None]:
    """How many needs of the request the offer serves already (`count`), and with how much together (`minor`)."""
    agreed = match.offer.matches.filter(request_uuid=match.request_uuid, status=MatchStatus.ACCEPTED)
    return agreed.aggregate(count=Count("pk"), minor=Sum("amount_minor"))


def _check_limits(match: Match, offer: Offer, amount: int, before: int) -> None:
    """Ceiling and floor count for all that one request gets from the offer."""
    if offer.ceiling_minor is not None and before + amount > offer.ceiling_minor:
        raise Invalid({"amount": [_above_ceiling(offer, before)]})
    if offer.floor_minor is not None and before + amount + _still_possible(match, offer) < offer.floor_minor:
        least = format_money(offer.floor_minor, offer.currency)
        raise Invalid({"amount": [_("The offer gives at least %(least)s to one request.") % {"least": least}]})


def _still_possible(match: Match, offer: Offer) -> int:
    """What the request's other undecided, eligible needs may add, in the offer's currency: the floor is for all."""
    others = offer.matches.filter(
        request_uuid=match.request_uuid,
        eligible=True,
        status__in=[MatchStatus.SUGGESTED, MatchStatus.PROPOSED],
    ).exclude(pk=match.pk)
    most = 0
    for other in others:
        sought = matching.from_json(matching.Need, other.need).amount
        if other.amount_minor is not None:
            most += other.amount_minor
        elif sought is not None:
            # In another currency it cannot be compared here, so it does not stand in the way.
            most += sought.high if sought.currency == offer.currency else offer.floor_minor or 0
    return most


def _signed(match: Match, amount: int | None) -> dict[str, Any]:
    """What both sides saw when they agreed; kept whatever becomes of the grant."""
    agreed = {side.value: getattr(match, f"{side.value}_agreed_at").isoformat() for side in Side}
    content = {
        "match": str(match.uuid),
        "request": match.request,
        "need": match.need,
        "offer": match.offered,
        "offer_title": match.offer.title,
        "score_micro": match.score_micro,
        "amount": None if amount is None else {"minor": amount, "currency": match.offer.currency},
        "agreed": agreed,
    }
    return {**content, "hash": content_hash("match", content)}


def _step(match: Match, verb: str, base_version: int, fields: dict[str, Any]) -> None:
    """Write one legal step, if nobody wrote before. Raises `Conflict`."""
    status = target_of(MATCH, verb, match.status)
    mine = Match.objects.filter(pk=match.pk, version=base_version, status=match.status)
    swapped = bool(status) and mine.update(status=status, version=F("version") + 1, updated_at=timezone.now(), **fields)
    if not swapped:
        fresh = Match.objects.select_related("offer", "donor", "state").get(pk=match.pk)
        raise Conflict(_("This match has changed since you opened it."), current=fresh)
    match.refresh_from_db()


def _note(
    match: Match, actor: Viewer, side: Side, verb: str, reason: str, changes: dict[str, Any] | None = None
) -> None:
    """The step in both sides' timeline and in both sides' log."""
    MatchEvent.objects.create(
        match=match, at=match.updated_at, side=side, actor=actor.user, status=match.status, reason=reason
    )
    record(
        verb=verb,
        target=match,
        actor=actor,
        parties=[match.donor, match.state],
        changes={"status": match.status, "version": match.version, **(changes or {})},
    )
