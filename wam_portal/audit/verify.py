"""Checking the audit chains."""

from __future__ import annotations

import hmac
from collections.abc import Mapping
from dataclasses import dataclass

from wam_portal.audit.models import GENESIS, Chain, Event
from wam_portal.audit.services import event_link


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a chain: the chain's name, the number where it shows, and a sentence."""

    chain: str
    seq: int
    message: str


def chain_name(chain: Chain) -> str:
    """Name a chain in anchors and reports: the party's slug, or "platform"."""
    return chain.party.slug if chain.party else "platform"


def anchor() -> dict[str, dict[str, int | str]]:
    """The heads of all chains as they stand; kept elsewhere, it lets a later check see a cut-off tail."""
    return {
        chain_name(chain): {"seq": chain.seq, "link": chain.link} for chain in Chain.objects.select_related("party")
    }


def _chain_faults(chain: Chain, expected: Mapping[str, int | str] | None) -> list[Fault]:
    name, link, last = chain_name(chain), GENESIS, 0
    anchored = expected is None
    for event in Event.objects.filter(chain=chain).order_by("seq").iterator(chunk_size=2000):
        if event.seq != last + 1:
            return [Fault(name, last + 1, "an event is missing")]
        link = event_link(previous=link, event=event)
        if not hmac.compare_digest(link, event.link):
            return [Fault(name, event.seq, "the event or one before it was changed")]
        last = event.seq
        if expected is not None and last == expected["seq"]:
            if link != expected["link"]:
                return [Fault(name, last, "the chain differs from the anchor")]
            anchored = True
    if (chain.seq, chain.link) != (last, link):
        return [Fault(name, last + 1, "the head does not belong to the last event")]
    if not anchored and expected is not None and expected["seq"]:
        return [Fault(name, last + 1, "the tail that the anchor knows is missing")]
    return []


def verify_chains(anchors: Mapping[str, Mapping[str, int | str]] | None = None) -> tuple[int, list[Fault]]:
    """Recompute every chain; answers how many were checked and the first fault of each broken one."""
    chains = list(Chain.objects.select_related("party").order_by("pk"))
    faults = [fault for chain in chains for fault in _chain_faults(chain, (anchors or {}).get(chain_name(chain)))]
    gone = sorted(set(anchors or {}) - {chain_name(chain) for chain in chains})
    faults.extend(Fault(name, 0, "the chain that the anchor knows is gone") for name in gone)
    return len(chains), faults
