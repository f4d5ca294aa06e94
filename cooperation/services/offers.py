"""Offers: drafted, changed, published, closed by the donor's offering members."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.enums import UNDECIDED, MatchStatus, OfferStatus, SystemReason
from cooperation.models import Match, MatchEvent, Offer
from cooperation.permissions import (
    can_close_offer,
    can_copy_offer,
    can_edit_offer,
    can_offer,
    can_publish_offer,
    can_reopen_offer,
    can_run_matching,
)
from cooperation.selectors.territories import countries_reached
from cooperation.services.match_runs import enqueue_for_offer
from cooperation.transitions import OFFER
from cooperation.validators import (
    STORED_FIELDS,
    TEXT_LIMITS,
    Errors,
    OfferValues,
    closing_errors,
    commitment_errors,
    draft_errors,
    publication_errors,
    values_of,
)
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid
from wam_portal.jobs.models import Job
from wam_portal.transitions import target_of


def draft_offer(*, values: OfferValues, actor: Viewer, publish: bool = False) -> Offer:
    """Keep a new draft, and `publish` it at once if told so. Raises `Refused`, and `Invalid` with messages by field."""
    require(can_offer(actor))
    errors = draft_errors(values)
    _refuse(_joined(errors, _publication_errors(values)) if publish else errors)
    with audited():
        now = timezone.now()
        offer = Offer(donor=actor.party, created_by=actor.user, updated_at=now, **_stored(values))
        offer.save()
        _set_places(offer, values)
        record(verb="offer.drafted", target=offer, actor=actor, parties=[actor.party])
        if publish:
            _publish(offer, offer.version, actor)
    return offer


def copy_offer(*, offer: Offer, actor: Viewer) -> Offer:
    """Draft an offer that says the same as another of one's own, with nothing of it committed. Raises `Refused`."""
    require(can_copy_offer(actor, offer))
    values = values_of(offer)
    title = _("%(title)s (copy)") % {"title": values.title}
    return draft_offer(values=replace(values, title=title[: TEXT_LIMITS["title"]]), actor=actor)


def edit_offer(*, offer: Offer, base_version: int, values: OfferValues, actor: Viewer, publish: bool = False) -> Offer:
    """Change an offer; a published one stays publishable, and its matches are worked out again.

    `publish` publishes a draft in the same step: all of it happens or nothing. Raises `Refused`, `Invalid` with
    messages by field, and `Conflict` when it has changed since `base_version`.
    """
    require(can_edit_offer(actor, offer))
    publish = publish and offer.status == OfferStatus.DRAFT
    errors = draft_errors(values)
    if publish or offer.status == OfferStatus.PUBLISHED:
        errors = _joined(errors, _publication_errors(values))
    try:
        with audited():
            _change(offer, base_version, values, errors, actor)
            if publish:
                _publish(offer, offer.version, actor)
    except Invalid:
        offer.refresh_from_db()
        raise
    return offer


def publish_offer(*, offer: Offer, base_version: int, actor: Viewer) -> Offer:
    """Publish a draft, and match it with what its donor holds. Raises `Refused`, `Invalid` and `Conflict`."""
    require(can_publish_offer(actor, offer))
    values = values_of(offer)
    _refuse(_joined(draft_errors(values), _publication_errors(values)))
    with audited():
        _publish(offer, base_version, actor)
    return offer


def close_offer(*, offer: Offer, base_version: int, actor: Viewer, reason: str = "") -> Offer:
    """Close an offer: its undecided matches end, agreed ones stand. A published one is closed with a reason.

    Raises `Refused`, `Invalid` ("reason") and `Conflict`.
    """
    require(can_close_offer(actor, offer))
    _refuse(closing_errors(reason, published=offer.status == OfferStatus.PUBLISHED))
    status = target_of(OFFER, "close", offer.status)
    with audited():
        fields = {"status": status, "closed_at": timezone.now(), "close_reason": reason.strip()}
        _save(offer, base_version, fields)
        changes = {"status": status, "version": offer.version}
        record(verb="offer.closed", target=offer, actor=actor, parties=[actor.party], changes=changes)
        _withdraw_undecided(offer, actor)
    return offer


def reopen_offer(*, offer: Offer, base_version: int, actor: Viewer) -> Offer:
    """Take a closed offer up again as a draft, to be looked through and published. Raises `Refused` and `Conflict`.

    What is committed stays so. Matches that ended with the closing do not come back; publishing suggests them anew.
    """
    require(can_reopen_offer(actor, offer))
    status = target_of(OFFER, "reopen", offer.status)
    with audited():
        _save(offer, base_version, {"status": status, "closed_at": None, "close_reason": ""})
        changes = {"status": status, "version": offer.version}
        record(verb="offer.reopened", target=offer, actor=actor, parties=[actor.party], changes=changes)
    return offer


def errors_of_change(*, values: OfferValues, offer: Offer | None, publishes: bool = False) -> Errors:
    """What would keep these values from being drafted, or from being said by `offer`; nothing is written.

    `publishes`: whether the offer is to be published with them.
    """
    errors = draft_errors(values)
    if publishes or (offer is not None and offer.status == OfferStatus.PUBLISHED):
        errors = _joined(errors, _publication_errors(values))
    return errors if offer is None else _joined(errors, _commitment_errors(offer, values))


def ask_for_matches(*, offer: Offer, actor: Viewer) -> Job:
    """Have the matches of a published offer worked out again, by a job. Raises `Refused`."""
    require(can_run_matching(actor, offer))
    with audited():
        job = enqueue_for_offer(offer=offer, actor=actor)
        record(verb="offer.matching_asked", target=offer, actor=actor, parties=[actor.party])
    return job


def _publish(offer: Offer, base_version: int, actor: Viewer) -> None:
    status = target_of(OFFER, "publish", offer.status)
    now = timezone.now()
    _save(offer, base_version, {"status": status, "published_at": now, "confirmed_at": now, "asked_at": None})
    changes = {"status": status, "version": offer.version}
    record(verb="offer.published", target=offer, actor=actor, parties=[actor.party], changes=changes)
    enqueue_for_offer(offer=offer, actor=actor)


def _change(offer: Offer, base_version: int, values: OfferValues, errors: Errors, actor: Viewer) -> None:
    # The row is written first: it is held until the end, so nothing is committed between the check and the change.
    _save(offer, base_version, {"confirmed_at": timezone.now(), "asked_at": None})
    _refuse(_joined(errors, _commitment_errors(offer, values)))
    stored = _stored(values)
    changed = [name for name in STORED_FIELDS if getattr(offer, name) != stored[name]]
    Offer.objects.filter(pk=offer.pk).update(**stored)
    _set_places(offer, values)
    offer.refresh_from_db()
    changes = {"fields": changed, "version": offer.version}
    record(verb="offer.changed", target=offer, actor=actor, parties=[actor.party], changes=changes)
    if offer.status == OfferStatus.PUBLISHED:
        enqueue_for_offer(offer=offer, actor=actor)


def _commitment_errors(offer: Offer, values: OfferValues) -> Errors:
    return commitment_errors(
        values,
        currency=offer.currency,
        committed_minor=offer.committed_minor,
        committed_requests=offer.committed_requests,
    )


def _withdraw_undecided(offer: Offer, actor: Viewer) -> None:
    now = timezone.now()
    undecided = list(offer.matches.filter(status__in=UNDECIDED).select_related("state").order_by("pk"))
    Match.objects.filter(pk__in=[match.pk for match in undecided], status__in=UNDECIDED).update(
        status=MatchStatus.WITHDRAWN, version=F("version") + 1, updated_at=now
    )
    reason = SystemReason.OFFER_CLOSED
    MatchEvent.objects.bulk_create(
        MatchEvent(match=match, at=now, status=MatchStatus.WITHDRAWN, reason=reason) for match in undecided
    )
    for match in undecided:
        parties = [actor.party, match.state]
        record(verb="match.withdrawn", target=match, actor=actor, parties=parties, changes={"reason": reason.value})


def _stored(values: OfferValues) -> dict[str, Any]:
    stored = {name: getattr(values, name) for name in STORED_FIELDS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in stored.items()}


def _set_places(offer: Offer, values: OfferValues) -> None:
    offer.included.set(values.included)
    offer.excluded.set(values.excluded)
    offer.reaches.set(_reached(values))


def _reached(values: OfferValues) -> list[int]:
    """An offer that names no place yet reaches nobody; the engine would read it as open to the world."""
    if not values.included:
        return []
    return countries_reached([row.code for row in values.included], [row.code for row in values.excluded])


def _publication_errors(values: OfferValues) -> Errors:
    return publication_errors(values, reached=_reached(values), today=timezone.localdate())


def _save(offer: Offer, base_version: int, fields: dict[str, Any]) -> None:
    mine = Offer.objects.filter(pk=offer.pk, version=base_version, status=offer.status)
    swapped = mine.update(version=F("version") + 1, updated_at=timezone.now(), **fields)
    offer.refresh_from_db()
    if not swapped:
        raise Conflict(_("Somebody changed this offer before you."), current=offer)


def _refuse(errors: Errors) -> None:
    if errors:
        raise Invalid(errors)


def _joined(first: Errors, second: Errors) -> Errors:
    return {field: [*first.get(field, []), *second.get(field, [])] for field in {**first, **second}}
