"""Running the matching engine: work everything out without a transaction, then publish what has changed.

A run looks at one request and all published offers of the donors that hold it, or at one offer and all requests
that its donor holds. What a donor was not granted never enters: no row, ledger, why-not or count exists for it.

    plan_for_request, plan_for_offer   read and compute; nothing is written
    publish                            write the difference; the caller's `audited()` is the one transaction
    run_matching_for_...               both in one go, for commands, demonstration data and tests
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from assessments import public
from cooperation import matching
from cooperation.enums import UNDECIDED, MatchStatus, SystemReason
from cooperation.models import Match, MatchEvent, MatchRun, Offer, RateSet
from cooperation.selectors.rates import engine_rates, newest_rate_set
from cooperation.selectors.territories import territory_chains
from cooperation.services.carried_over import carry_over
from cooperation.services.match_inputs import needs_of, offer_value, request_facts
from wam_portal.access import SystemViewer, Viewer
from wam_portal.accounts.models import Party
from wam_portal.audit.services import audited, record
from wam_portal.jobs.models import Job
from wam_portal.jobs.services import enqueue

SYSTEM = SystemViewer("matching")
WEIGHTS = matching.DEFAULT_WEIGHTS
PROGRESS_EVERY = 50
CHUNK = 500
STORED = ("grant_uuid", "eligible", "score_micro", "request", "need", "offered", "rules", "ledger", "why_not")
"""The fields of a match that say what the engine found, and from what."""

Progress = Callable[[int, int], None]


class Outdated(Exception):
    """Grants were made or ended while the run computed; it has to compute again."""


@dataclass(frozen=True, slots=True)
class Found:
    """One pair with all that the engine says about it, not stored yet."""

    offer: Offer
    state: Party
    match: Match
    explanation: matching.Explanation

    @property
    def key(self) -> tuple[UUID, int]:
        """What a pair is known by: need and offer."""
        return self.match.need_uuid, self.offer.pk


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that one run found, and what it was given.

    For a request, `grants` were in force when the run began, and `held` asks for those in force now.
    """

    scope: Q
    as_of: date
    rate_set: RateSet | None
    declined: tuple[matching.DeclinedPair, ...]
    found: tuple[Found, ...]
    held: public.ReleaseSet | None = None
    grants: frozenset[UUID] = frozenset()


@dataclass(frozen=True, slots=True)
class Outcome:
    """How many matches a run suggested anew, replaced, withdrew and left alone."""

    suggested: int = 0
    superseded: int = 0
    withdrawn: int = 0
    unchanged: int = 0


def run_matching_for_request(request_uuid: UUID) -> Outcome:
    """Match one request with the offers of all donors that hold it."""
    plan = plan_for_request(request_uuid)
    with audited():
        return publish(plan)


def run_matching_for_offer(offer_uuid: UUID) -> Outcome:
    """Match one offer with all requests that its donor holds."""
    plan = plan_for_offer(offer_uuid)
    with audited():
        return publish(plan)


def enqueue_for_offer(*, offer: Offer, actor: Viewer | None = None) -> Job:
    """Ask for a run over one offer, within the caller's transaction.

    Version and commitments stand in the key: a job that is already running has read an older state of the offer, so it
    must not answer for this one.
    """
    key = f"{offer.uuid}:{offer.version}:{offer.committed_minor}:{offer.committed_requests}"
    payload = {"offer": str(offer.uuid)}
    return enqueue(kind="cooperation.match_offer", unique_key=key, payload=payload, party=offer.donor, actor=actor)


def plan_for_request(request_uuid: UUID, progress: Progress | None = None) -> Plan:
    """Work out the pairs of one request. Reads only."""
    all_held = public.releases_for(SYSTEM).of_request(request_uuid)
    grants = frozenset(all_held.grant_uuids())
    offers: dict[Party, list[Offer]] = {}
    for offer in _published_offers():
        offers.setdefault(offer.donor, []).append(offer)
    work = []
    for donor, theirs in offers.items():
        held = all_held.granted_to(donor).newest_of_each_request()
        work += [(released, offer) for released in held for offer in theirs]
    plan = _plan(Q(request_uuid=request_uuid), work, progress)
    return replace(plan, held=all_held, grants=grants)


def plan_for_offer(offer_uuid: UUID, progress: Progress | None = None) -> Plan:
    """Work out the pairs of one offer; none where it is not published. Reads only."""
    work = []
    for offer in _published_offers().filter(uuid=offer_uuid):
        held = public.releases_for(SYSTEM).granted_to(offer.donor).newest_of_each_request()
        work += [(released, offer) for released in held]
    return _plan(Q(offer__uuid=offer_uuid), work, progress)


def publish(plan: Plan, *, strict: bool = False) -> Outcome:
    """Store what has changed, within the caller's `audited()`.

    A suggestion that still says the same is left alone; one that changed is superseded by a new one. What people
    have proposed, accepted or declined is never touched, but undecided matches whose grant has ended are withdrawn.
    Pairs whose offer or grant changed while the run computed are left to the run that this change has asked for;
    but whoever changed a grant may have been answered with the very job that is running, so a `strict` caller is told
    by `Outdated` to compute again.
    """
    if strict and plan.held is not None and frozenset(plan.held.grant_uuids()) != plan.grants:
        raise Outdated
    found = list(_still_current(plan.found))
    withdrawn = _withdraw_ungranted(plan.scope)
    live = {(row.need_uuid, row.offer_id): row for row in _live(plan.scope)}
    stale = [row for row in live.values() if row.status == MatchStatus.SUGGESTED]
    fresh, unchanged = [], set()
    for item in found:
        row = live.get(item.key)
        if row is None:
            if not _is_declined(item.explanation):
                fresh.append(item)
        elif row.status == MatchStatus.SUGGESTED and not _says_the_same(row, item.match):
            fresh.append(item)
        else:
            unchanged.add(row.pk)
    dropped = {item.key for item in plan.found} - {item.key for item in found}
    replaced = [row for row in stale if row.pk not in unchanged and (row.need_uuid, row.offer_id) not in dropped]
    superseded = _end(replaced, MatchStatus.SUPERSEDED, SystemReason.RECOMPUTED)
    _store(plan, fresh)
    new = {item.key: item.match for item in fresh}
    pairs = ((row, new.get((row.need_uuid, row.offer_id))) for row in replaced)
    carry_over({row.pk: match for row, match in pairs if match is not None})
    _carry_recommendations(replaced, fresh)
    return Outcome(len(fresh), superseded, withdrawn, len(unchanged))


def _published_offers() -> Any:
    offers = Offer.objects.visible_to(SYSTEM).published()
    return offers.select_related("donor__territory").prefetch_related("included", "excluded").order_by("pk")


def _plan(scope: Q, work: Sequence[tuple[public.ReleasedRequest, Offer]], progress: Progress | None) -> Plan:
    as_of = timezone.localdate()
    rate_set = newest_rate_set()
    rates = engine_rates(rate_set, as_of)
    territories = territory_chains()
    declined = tuple(_declined(sorted({offer.pk for _, offer in work})))
    values = {offer.pk: offer_value(offer, territories) for _, offer in work}
    found: list[Found] = []
    for done, (released, offer) in enumerate(work, start=1):
        if released.state.pk == offer.donor_id:
            continue
        for need in needs_of(released, territories):
            explanation = matching.explain(
                need, values[offer.pk], weights=WEIGHTS, rates=rates, as_of=as_of, declined=declined
            )
            found.append(_found(released, offer, need, values[offer.pk], explanation))
        if progress is not None and done % PROGRESS_EVERY == 0:
            progress(done, len(work))
    return Plan(scope, as_of, rate_set, declined, tuple(found))


def _declined(offer_ids: Sequence[int]) -> Iterator[matching.DeclinedPair]:
    rows = Match.objects.visible_to(SYSTEM).filter(offer__in=offer_ids, status=MatchStatus.DECLINED)
    for need_uuid, offer_uuid, review_on in rows.order_by("pk").values_list("need_uuid", "offer__uuid", "review_on"):
        if review_on is not None:
            yield matching.DeclinedPair(str(need_uuid), str(offer_uuid), review_on)


def _found(
    released: public.ReleasedRequest,
    offer: Offer,
    need: matching.Need,
    offered: matching.Offer,
    explanation: matching.Explanation,
) -> Found:
    match = Match(
        offer=offer,
        donor_id=offer.donor_id,
        state=released.state,
        need_uuid=UUID(need.need_id),
        request_uuid=released.request_uuid,
        grant_uuid=_granted(released),
        eligible=explanation.eligible,
        score_micro=explanation.score_millionths or 0,
        input_hash=explanation.input_hash,
        request=request_facts(released, need.need_id),
        need=matching.to_json(need),
        offered=matching.to_json(offered),
        rules=matching.to_json(explanation.rules),
        ledger=matching.to_json(explanation.ledger),
        why_not=[] if explanation.why_not is None else matching.to_json(explanation.why_not),
    )
    return Found(offer, released.state, match, explanation)


def _granted(released: public.ReleasedRequest) -> UUID:
    if released.grant_uuid is None:
        raise ValueError("only what was granted is matched, never a preview")
    return released.grant_uuid


def _still_current(found: Sequence[Found]) -> Iterator[Found]:
    """Lock the offers, so that two runs over the same offers write one after the other, and drop what has changed."""
    offer_ids = sorted({item.offer.pk for item in found})
    locked = Offer.objects.visible_to(SYSTEM).published().filter(pk__in=offer_ids).order_by("pk").select_for_update()
    versions = dict(locked.values_list("pk", "version"))
    grants = set(public.releases_for(SYSTEM).grant_uuids())
    for item in found:
        if versions.get(item.offer.pk) == item.offer.version and item.match.grant_uuid in grants:
            yield item


def _live(scope: Q) -> Iterable[Match]:
    ended = (MatchStatus.SUPERSEDED, MatchStatus.WITHDRAWN, MatchStatus.DECLINED)
    return Match.objects.visible_to(SYSTEM).filter(scope).exclude(status__in=ended).select_related("run")


def _says_the_same(row: Match, new: Match) -> bool:
    same_engine = row.run.engine_version == matching.ENGINE_VERSION and row.run.weights_version == WEIGHTS.version
    return same_engine and all(getattr(row, name) == getattr(new, name) for name in STORED)


def _is_declined(explanation: matching.Explanation) -> bool:
    return any(rule.rule == "declined" and rule.outcome is matching.Outcome.FAIL for rule in explanation.rules)


def _withdraw_ungranted(scope: Q) -> int:
    undecided = Match.objects.visible_to(SYSTEM).filter(scope, status__in=UNDECIDED)
    gone = undecided.exclude(grant_uuid__in=public.releases_for(SYSTEM).grant_uuids())
    rows = list(gone.select_related("donor", "state"))
    return _end(rows, MatchStatus.WITHDRAWN, SystemReason.GRANT_ENDED)


def _end(rows: Sequence[Match], status: MatchStatus, reason: SystemReason) -> int:
    """Give undecided rows their last status, with an event each; one that somebody decided meanwhile is left alone."""
    now = timezone.now()
    ended: list[Match] = []
    for row in rows:
        same = Match.objects.filter(pk=row.pk, version=row.version, status=row.status)
        if same.update(status=status, version=row.version + 1, updated_at=now):
            ended.append(row)
    MatchEvent.objects.bulk_create(
        [MatchEvent(match=row, at=now, status=status, reason=reason) for row in ended], batch_size=CHUNK
    )
    if status == MatchStatus.WITHDRAWN:
        for row in ended:
            parties = [row.donor, row.state]
            record(verb="match.withdrawn", target=row, actor=SYSTEM, parties=parties, changes={"reason": reason.value})
    return len(ended)


def _store(plan: Plan, fresh: Sequence[Found]) -> None:
    """One run a donor and State, so that no count in anybody's log tells of another party's matches."""
    groups: dict[tuple[int, int], list[Found]] = {}
    for item in fresh:
        groups.setdefault((item.offer.donor_id, item.state.pk), []).append(item)
    for _, items in sorted(groups.items()):
        _store_group(plan, items)


def _carry_recommendations(replaced: Sequence[Match], fresh: Sequence[Found]) -> None:
    """What a coordinator suggested stays with the pair when a newer suggestion takes the place of the old one."""
    now_at = {item.key: item.match for item in fresh if item.match.eligible}
    old = {row.pk: now_at.get((row.need_uuid, row.offer_id)) for row in replaced}
    if not any(old.values()):
        return
    carried = []
    for event in MatchEvent.objects.filter(match__in=old, party__isnull=False).order_by("pk"):
        match = old[event.match_id]
        if match is not None:
            event.pk, event.match = None, match
            carried.append(event)
    MatchEvent.objects.bulk_create(carried, batch_size=CHUNK)


def _store_group(plan: Plan, items: Sequence[Found]) -> None:
    now = timezone.now()
    offers = {str(item.offer.uuid) for item in items}
    run = MatchRun.objects.create(
        engine_version=matching.ENGINE_VERSION,
        weights_version=WEIGHTS.version,
        as_of=plan.as_of,
        rate_set=plan.rate_set,
        input_hash=matching.input_hash(sorted(item.explanation.input_hash for item in items)),
        declined=matching.to_json([pair for pair in plan.declined if pair.offer_id in offers]),
        pairs=len(items),
        eligible=sum(item.match.eligible for item in items),
    )
    for item in items:
        item.match.run = run
        item.match.updated_at = now
    Match.objects.bulk_create([item.match for item in items], batch_size=CHUNK)
    MatchEvent.objects.bulk_create(
        [MatchEvent(match=item.match, at=now, status=MatchStatus.SUGGESTED) for item in items], batch_size=CHUNK
    )
    record(
        verb="match.suggested",
        target=run,
        actor=SYSTEM,
        parties=[items[0].offer.donor, items[0].state],
        changes={"pairs": run.pairs, "eligible": run.eligible},
    )
