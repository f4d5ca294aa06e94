"""Reading matches: lists, one match, and what a stored match recomputes to."""

from __future__ import annotations

from uuid import UUID

from cooperation import matching
from cooperation.models import Match
from cooperation.models.matches import MatchQuerySet
from cooperation.selectors.rates import engine_rates
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible

WEIGHTS = {matching.DEFAULT_WEIGHTS.version: matching.DEFAULT_WEIGHTS}
"""Every version of the weights that a stored run may name."""


def matches_for(viewer: Viewer) -> MatchQuerySet:
    """The matches that the viewer may see, best first, without those that a newer one replaced."""
    shown = Match.objects.visible_to(viewer).exclude(status="superseded")
    return shown.select_related("offer", "donor", "state").order_by("-eligible", "-score_micro", "pk")


def match_for(viewer: Viewer, uuid: UUID) -> Match:
    """One match with its run. Raises `NotVisible`; superseded ones can still be read by their address."""
    seen = Match.objects.visible_to(viewer).select_related("offer", "donor", "state", "run__rate_set")
    match = seen.filter(uuid=uuid).first()
    if match is None:
        raise NotVisible
    return match


def matches_of_need(viewer: Viewer, need_uuid: UUID) -> MatchQuerySet:
    """The matches of one need that the viewer may see."""
    return matches_for(viewer).filter(need_uuid=need_uuid)


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
