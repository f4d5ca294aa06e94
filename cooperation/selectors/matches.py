"""Reading matches: lists, one match, and what a stored match recomputes to."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import public
from cooperation import matching
from cooperation.enums import UNDECIDED, MatchStatus, RefusalKind, Side, SystemReason
from cooperation.models import Match, MatchEvent, Offer, OverlapAcknowledgement
from cooperation.models.matches import STATE_READERS, MatchQuerySet
from cooperation.selectors.rates import engine_rates
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible
from wam_portal.formats import format_day, format_money
from wam_portal.jobs.models import Job

MATCH_READERS = (Role.OFFERING_MEMBER, *STATE_READERS)
WEIGHTS = {matching.DEFAULT_WEIGHTS.version: matching.DEFAULT_WEIGHTS}
"""Every version of the weights that a stored run may name."""


def matches_for(viewer: Viewer) -> MatchQuerySet:
    """The matches that the viewer may see, best first, without those that a newer one replaced.

    Raises `NotVisible` for roles that see no matches at all.
    """
    if not viewer.has_role(*MATCH_READERS):
        raise NotVisible
    shown = Match.objects.visible_to(viewer).exclude(status=MatchStatus.SUPERSEDED)
    return shown.select_related("offer", "donor", "state").order_by("-eligible", "-score_micro", "pk")


def match_for(viewer: Viewer, uuid: UUID) -> Match:
    """One match with its run. Raises `NotVisible`; superseded ones can still be read by their address."""
    seen = Match.objects.visible_to(viewer).select_related("offer", "donor", "state", "run__rate_set")
    events = MatchEvent.objects.select_related("actor", "party")
    match = seen.prefetch_related(Prefetch("events", queryset=events)).filter(uuid=uuid).first()
    if match is None:
        raise NotVisible
    return match


def matches_of_need(viewer: Viewer, need_uuid: UUID) -> MatchQuerySet:
    """The matches of one need of one's own State. Raises `NotVisible` for another State's need."""
    matches = matches_for(viewer).filter(need_uuid=need_uuid, state=viewer.party)
    public.check_own_need(viewer, need_uuid)
    return matches


def newer_match(viewer: Viewer, match: Match) -> Match | None:
    """The match that took the place of a superseded or withdrawn one, where there is one."""
    if match.status not in (MatchStatus.SUPERSEDED, MatchStatus.WITHDRAWN):
        return None
    return matches_for(viewer).filter(need_uuid=match.need_uuid, offer=match.offer_id, pk__gt=match.pk).first()


def older_match(viewer: Viewer, match: Match) -> Match | None:
    """The match that this one took the place of, where there is one."""
    earlier = Match.objects.visible_to(viewer).filter(need_uuid=match.need_uuid, offer=match.offer_id, pk__lt=match.pk)
    found = earlier.order_by("-pk").only("uuid", "status").first()
    return found if found is not None and found.status == MatchStatus.SUPERSEDED else None


def offer_changed_since(match: Match) -> bool:
    """Whether the figures of a match that people have taken up are older than what its offer says now.

    Those that nobody has taken up are compared anew instead.
    """
    kept = match.status in (MatchStatus.PROPOSED, MatchStatus.ACCEPTED)
    return kept and match.offer.updated_at > match.created_at


def recompute(match: Match) -> matching.Explanation:
    """What the engine says today about the values that the match was made from.

    The same as what is stored, as long as the engine's version is the same. Raises `KeyError` for weights that this
    version of the portal does not know.
    """
    run = match.run
    return matching.explain(
        matching.from_json(matching.Need, match.need),
        matching.from_json(matching.Offer, match.offered),
        weights=WEIGHTS[run.weights_version],
        rates=engine_rates(run.rate_set, run.as_of),
        as_of=run.as_of,
        declined=[matching.from_json(matching.DeclinedPair, pair) for pair in run.declined],
    )


def matches_of_request(viewer: Viewer, request_uuid: UUID) -> MatchQuerySet:
    """The matches of one granted request with the viewer's own offers; none for those who make no offers."""
    if not viewer.has_role(Role.OFFERING_MEMBER):
        return Match.objects.none()
    return matches_for(viewer).filter(request_uuid=request_uuid, donor=viewer.party)


def match_totals(viewer: Viewer, offer: Offer) -> dict[str, int]:
    """How many matches of an offer the viewer may see, and how many of them wait for a decision or are accepted."""
    return (
        matches_for(viewer)
        .filter(offer=offer)
        .order_by()
        .aggregate(
            total=Count("pk"),
            undecided=Count("pk", filter=Q(eligible=True, status__in=UNDECIDED)),
            accepted=Count("pk", filter=Q(status=MatchStatus.ACCEPTED)),
        )
    )


def counts_by_offer(viewer: Viewer, offers: Iterable[Offer]) -> dict[int, dict[str, int]]:
    """For each of the viewer's offers: how many visible matches are undecided and eligible, and how many agreed."""
    rows = (
        matches_for(viewer)
        .filter(offer__in=[offer.pk for offer in offers], donor=viewer.party)
        .order_by()
        .values("offer")
        .annotate(
            undecided=Count("pk", filter=Q(eligible=True, status__in=UNDECIDED)),
            accepted=Count("pk", filter=Q(status=MatchStatus.ACCEPTED)),
        )
    )
    return {row["offer"]: {"undecided": row["undecided"], "accepted": row["accepted"]} for row in rows}


def running_job(viewer: Viewer, offer: Offer) -> Job | None:
    """The job that works out the matches of an offer right now, if the viewer asked for it."""
    jobs = Job.objects.visible_to(viewer).open().filter(kind="cooperation.match_offer")
    return jobs.filter(payload__offer=str(offer.uuid)).order_by("-created_at").first()


def is_being_recomputed(viewer: Viewer, match: Match) -> bool:
    """Whether a run that waits or works may replace what an undecided match says.

    A run over the offer is told to both sides. One over the request follows every grant that the State makes or ends,
    to whomever, so only the State is told of it.
    """
    if match.status not in UNDECIDED:
        return False
    runs = Q(kind="cooperation.match_offer", payload__offer=str(match.offer.uuid))
    if viewer.party.pk == match.state_id:
        runs |= Q(kind="cooperation.match_request", payload__request=str(match.request_uuid))
    return Job.objects.open().filter(runs).exists()


@dataclass(frozen=True, slots=True)
class TimelineStep:
    """One step as a page shows it. Persons are named to their own side only."""

    what: str
    who: str
    note: str = ""
    at: datetime | None = None
    pending: bool = False


def timeline_of(viewer: Viewer, match: Match) -> list[TimelineStep]:
    """What both sides did, oldest first, and for whom the match waits until when.

    Why one's own side accepted beside other efforts stands there too; the other side does not read it. Needs
    prefetched events with their actors.
    """
    steps = [
        TimelineStep(
            what=_what(match, event),
            who=_who(viewer, match, event),
            note=_note(viewer, match, event),
            at=event.at,
        )
        for event in match.events.all()
    ]
    kept = OverlapAcknowledgement.objects.visible_to(viewer).filter(match=match).select_related("actor")
    steps += [
        TimelineStep(
            what=_("Accepted beside other efforts"),
            who=f"{row.actor} · {viewer.party.name}",
            note=row.reason,
            at=row.at,
        )
        for row in kept
    ]
    steps.sort(key=lambda step: step.at or match.updated_at)
    if match.status == MatchStatus.PROPOSED:
        other = match.donor if match.donor_agreed_at is None else match.state
        what, note = _("Waiting for a decision"), _answer_due(match)
        steps.append(TimelineStep(what=what, who=other.name, note=note, pending=True))
    return steps


def _what(match: Match, event: MatchEvent) -> str:
    if event.party is not None:
        return _("Suggested by a coordinator")
    if event.status == MatchStatus.SUGGESTED and not match.eligible:
        return _("Compared: not eligible")
    return str(MatchStatus(event.status).label)


def _answer_due(match: Match) -> str:
    if match.answer_due is None:
        return ""
    overdue = match.answer_due < timezone.localdate()
    text = _("The answer was due on %(day)s.") if overdue else _("The answer is due on %(day)s.")
    return text % {"day": format_day(match.answer_due)}


def _note(viewer: Viewer, match: Match, event: MatchEvent) -> str:
    if event.status == MatchStatus.DECLINED and event.party is None and match.decline_kind:
        return _refusal(match, event.reason)
    if event.party is None or event.amount_minor is None:
        said = str(SystemReason(event.reason).label) if event.reason in SystemReason.values else event.reason
        return "\n".join(text for text in (_amount_named(match, event), said) if text)
    if not reads_recommended_amount(viewer, match):
        return ""
    return _("Proposed: %(amount)s") % {"amount": format_money(event.amount_minor, match.offer.currency)}


def _amount_named(match: Match, event: MatchEvent) -> str:
    """The donor names the amount once, with its proposal or when it accepts; the State accepts it as it is."""
    named = event.status == MatchStatus.ACCEPTED or (event.status == MatchStatus.PROPOSED and event.side == Side.DONOR)
    if not named or match.amount_minor is None:
        return ""
    amount = {"amount": format_money(match.amount_minor, match.offer.currency)}
    if event.status == MatchStatus.ACCEPTED:
        return _("Agreed: %(amount)s") % amount
    return _("Proposed: %(amount)s") % amount


def _refusal(match: Match, reason: str) -> str:
    """The kind of reason, the words, and until when the pair is left alone."""
    said = f"{RefusalKind(match.decline_kind).label}. {reason}"
    if match.review_on is None:
        return said
    again = _("To be looked at again on %(day)s.") % {"day": format_day(match.review_on)}
    return f"{said}\n{again}"


def reads_recommended_amount(viewer: Viewer, match: Match) -> bool:
    """Whether the viewer may read an amount that a coordinator proposed.

    It may rest on an exact amount that the coordinator was granted: a donor to whom only the band of amounts is
    disclosed could read the rest from it.
    """
    if viewer.party.pk == match.state_id:
        return True
    amount = matching.from_json(matching.Need, {**match.need, "siblings": []}).amount
    return isinstance(amount, matching.Money)


def recommended_matches(viewer: Viewer) -> MatchQuerySet:
    """Suggestions of the viewer that a coordinator brought forward and nobody has decided, best first.

    Each with `recommended_by` and `recommended_at`, the coordinator that did so last and when, and `recommended_minor`,
    the amount it proposed, which is told only where `reads_recommended_amount`.
    """
    last = _recommendations().order_by("-at", "-pk")
    return (
        _open_suggestions(viewer)
        .filter(Exists(_recommendations()))
        .annotate(
            recommended_by=Subquery(last.values("party__name")[:1]),
            recommended_at=Subquery(last.values("at")[:1]),
            recommended_minor=Subquery(last.values("amount_minor")[:1]),
        )
    )


def other_suggestions(viewer: Viewer) -> MatchQuerySet:
    """Suggestions of the viewer that nobody has decided and no coordinator brought forward, best first."""
    return _open_suggestions(viewer).exclude(Exists(_recommendations()))


def _open_suggestions(viewer: Viewer) -> MatchQuerySet:
    return matches_for(viewer).filter(status=MatchStatus.SUGGESTED, eligible=True)


def _recommendations() -> QuerySet[MatchEvent]:
    return MatchEvent.objects.filter(match=OuterRef("pk"), party__isnull=False)


def _who(viewer: Viewer, match: Match, event: MatchEvent) -> str:
    if event.party is not None:
        return event.party.name
    if not event.side:
        return ""
    party = match.donor if event.side == Side.DONOR else match.state
    if event.actor is not None and party.pk == viewer.party.pk:
        return f"{event.actor} · {party.name}"
    return party.name
