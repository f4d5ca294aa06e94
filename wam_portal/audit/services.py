"""Writing the audit log.

Every service works inside `audited()`. `record()` only notes what happened; the outermost `audited()` writes the
links as the last statements of the transaction, chain heads in id order. So a chain's row lock is held for the
shortest time and never while another row is waited for, which would let two services block each other for ever.
"""

from __future__ import annotations

import contextlib
import hmac
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone

from wam_portal.access import PlatformActor, PlatformViewer, Viewer
from wam_portal.accounts.models import Party
from wam_portal.audit.models import GENESIS, Chain, Event
from wam_portal.canonical import canonical_json


class HasPk(Protocol):
    pk: Any


@dataclass(frozen=True, slots=True)
class _Entry:
    party_id: int | None
    verb: str
    target_type: str
    target_id: str
    actor_id: int | None
    actor_party_id: int | None
    changes: Mapping[str, Any]
    at: datetime


_pending: ContextVar[list[_Entry] | None] = ContextVar("audit_pending", default=None)


@contextlib.contextmanager
def audited() -> Iterator[None]:
    """Open a transaction whose recorded events are written as its last statements; inner calls join the outer."""
    if _pending.get() is not None:
        with transaction.atomic():
            yield
        return
    entries: list[_Entry] = []
    token = _pending.set(entries)
    try:
        with transaction.atomic():
            yield
            _write(entries)
    finally:
        _pending.reset(token)


def record(
    *,
    verb: str,
    target: HasPk,
    actor: PlatformActor | None,
    parties: Sequence[Party] = (),
    changes: Mapping[str, Any] | None = None,
) -> None:
    """Note an event for the chains of `parties` (none: the platform's own chain).

    `changes` holds field names, states, versions and counts, never what a State wrote. Raises `RuntimeError`
    outside `audited()`: an event that is not part of its transaction would be a lie waiting to happen.
    """
    entries = _pending.get()
    if entries is None:
        raise RuntimeError("record() needs audited() around it")
    acting = actor if isinstance(actor, Viewer) else None
    person = actor.user if isinstance(actor, Viewer | PlatformViewer) else None
    purpose = {} if person or actor is None else {"system": getattr(actor, "purpose", "")}
    chains: list[int | None] = [*sorted({party.pk for party in parties})] or [None]
    for party_id in chains:
        entries.append(
            _Entry(
                party_id=party_id,
                verb=verb,
                target_type=type(target).__name__,
                target_id=str(getattr(target, "uuid", None) or target.pk),
                actor_id=person.pk if person else None,
                actor_party_id=acting.party.pk if acting else None,
                changes={**(changes or {}), **purpose},
                at=timezone.now(),
            )
        )


def event_link(*, previous: str, event: Event) -> str:
    """HMAC-SHA-256 (hex) over the previous link and everything the event says, with a key kept outside the database."""
    body = canonical_json(
        {
            "seq": event.seq,
            "at": event.at.isoformat(),
            "verb": event.verb,
            "actor": event.actor_id,
            "actor_party": event.actor_party_id,
            "target_type": event.target_type,
            "target_id": event.target_id,
            "changes": event.changes,
        }
    )
    return hmac.new(settings.AUDIT_KEY.encode(), previous.encode() + b"\n" + body, "sha256").hexdigest()


def _advance(party_id: int | None, count: int) -> tuple[int, int, str]:
    """Take the head row, moving it `count` numbers on; answers (chain id, number before, link before)."""
    where, params = ("party_id IS NULL", []) if party_id is None else ("party_id = %s", [party_id])
    sql = f"UPDATE audit_chain SET seq = seq + %s WHERE {where} RETURNING id, seq, link"  # noqa: S608 (two literals)
    with connection.cursor() as cursor:
        cursor.execute(sql, [count, *params])
        row = cursor.fetchone()
    if row is None:
        # First event of this party. Two first writers race to this insert; the constraint lets one through and
        # ON CONFLICT makes the other wait for it.
        Chain.objects.bulk_create([Chain(party_id=party_id, seq=0, link=GENESIS)], ignore_conflicts=True)
        return _advance(party_id, count)
    return row[0], row[1] - count, row[2]


def _write(entries: Sequence[_Entry]) -> None:
    by_chain: dict[int | None, list[_Entry]] = {}
    for entry in entries:
        by_chain.setdefault(entry.party_id, []).append(entry)
    events: list[Event] = []
    heads: list[tuple[int, str]] = []
    for party_id in sorted(by_chain, key=lambda key: (key is not None, key or 0)):
        chain_id, seq, link = _advance(party_id, len(by_chain[party_id]))
        for entry in by_chain[party_id]:
            seq += 1
            event = Event(
                chain_id=chain_id,
                seq=seq,
                at=entry.at,
                verb=entry.verb,
                actor_id=entry.actor_id,
                actor_party_id=entry.actor_party_id,
                target_type=entry.target_type,
                target_id=entry.target_id,
                changes=dict(entry.changes),
            )
            event.link = link = event_link(previous=link, event=event)
            events.append(event)
        heads.append((chain_id, link))
    Event.objects.bulk_create(events)
    for chain_id, link in heads:
        Chain.objects.filter(pk=chain_id).update(link=link)
