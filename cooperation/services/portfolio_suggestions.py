"""Pairs of a portfolio that a coordinator suggests to both sides. Nothing is agreed by it, and nothing committed."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _

from assessments import public
from cooperation import matching
from cooperation.enums import UNDECIDED, OfferStatus, Standing
from cooperation.models import Match, MatchEvent, PortfolioRun
from cooperation.permissions import can_suggest_pairs
from cooperation.selectors.portfolios import basis_of, standing_of, stored_rates, stored_result
from wam_portal.access import SystemViewer, Viewer, refuse, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid, Refused

SYSTEM = SystemViewer("matching")
Pair = tuple[str, str]
"""Need and offer, by their UUIDs."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What became of chosen pairs: sent now, sent before, or not open any more."""

    sent: tuple[Pair, ...]
    before: tuple[Pair, ...]
    closed: tuple[Pair, ...]


def suggest_pairs(*, run: PortfolioRun, pairs: Iterable[Pair], actor: Viewer) -> Sent:
    """Mark the matches of these pairs as suggested by the coordinator, for both sides to read.

    A pair is open while both sides see it as an eligible match that nobody has decided. Why one is not open is not
    told: a coordinator reads neither decisions nor what was granted to others.
    Raises `Refused`, and `Invalid` when nothing is chosen or a pair is not of this portfolio.
    """
    require(can_suggest_pairs(actor, run))
    if standing_of(run, basis_of(actor)) not in {Standing.CURRENT, Standing.STALE}:
        raise Refused(refuse(_("What this portfolio rests on has ended. Make it anew.")))
    chosen = _chosen(run, pairs)
    with audited():
        open_matches = _open_matches(chosen)
        # Also from another portfolio: both sides have read it already.
        told = MatchEvent.objects.filter(party=actor.party, match__in=open_matches.values())
        known = set(told.values_list("match", flat=True))
        fresh = {pair: match for pair, match in open_matches.items() if match.pk not in known}
        for pair, match in fresh.items():
            _suggest(run, match, chosen[pair], actor)
    return Sent(
        sent=tuple(fresh),
        before=tuple(pair for pair in open_matches if pair not in fresh),
        closed=tuple(pair for pair in chosen if pair not in open_matches),
    )


def _chosen(run: PortfolioRun, pairs: Iterable[Pair]) -> dict[Pair, int | None]:
    """The amounts, in the offers' currencies, of pairs that stand in the proposal; None for help in kind."""
    result = stored_result(run)
    wanted = set(pairs)
    converter = matching.Converter(stored_rates(run))
    found = {
        (entry.need_id, entry.offer_id): _amount(
            result, entry, converter, run.names["offers"][entry.offer_id]["currency"]
        )
        for entry in result.allocations
        if (entry.need_id, entry.offer_id) in wanted
    }
    if not found:
        raise Invalid({"pairs": [_("Choose at least one line of the proposal.")]})
    if wanted - found.keys():
        raise Invalid({"pairs": [_("Choose only lines of this proposal.")]})
    return found


def _amount(
    result: matching.Portfolio, entry: matching.Allocation, converter: matching.Converter, currency: str
) -> int | None:
    if entry.in_kind:
        return None
    ratio = converter.ratio(result.currency, currency)
    # rounded down: a proposal never reaches beyond what the plan holds
    return None if ratio is None else entry.grains * result.grain_minor * ratio[0] // ratio[1]


def _open_matches(chosen: Iterable[Pair]) -> dict[Pair, Match]:
    """The matches of these pairs that both sides can still decide on, held until the transaction ends."""
    wanted = set(chosen)
    granted = public.releases_for(SYSTEM).grant_uuids()
    rows = (
        Match.objects.visible_to(SYSTEM)
        .filter(
            need_uuid__in={UUID(need) for need, _offer in wanted},
            offer__uuid__in={UUID(offer) for _need, offer in wanted},
            offer__status=OfferStatus.PUBLISHED,
            offer__valid_until__gte=timezone.localdate(),
            status__in=UNDECIDED,
            eligible=True,
            grant_uuid__in=granted,
        )
        .select_related("offer", "donor", "state")
        .order_by("pk")
        .select_for_update(of=("self",))
    )
    found = {(str(row.need_uuid), str(row.offer.uuid)): row for row in rows}
    return {pair: match for pair, match in found.items() if pair in wanted}


def _suggest(run: PortfolioRun, match: Match, amount_minor: int | None, actor: Viewer) -> None:
    MatchEvent.objects.create(
        match=match,
        at=timezone.now(),
        actor=actor.user,
        status=match.status,
        party=actor.party,
        portfolio=run,
        amount_minor=amount_minor,
    )
    record(
        verb="match.recommended",
        target=match,
        actor=actor,
        parties=[match.donor, match.state, actor.party],
        changes={"status": match.status, "version": match.version},
    )
