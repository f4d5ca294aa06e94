"""Reading portfolios: the list, one of them, and whether what it rests on still stands."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.utils import timezone

from assessments import public
from cooperation import matching
from cooperation.enums import Standing
from cooperation.models import Offer, PortfolioRun, RateSet
from cooperation.models.offers import OfferQuerySet
from cooperation.models.portfolios import PortfolioRunQuerySet
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.canonical import content_hash
from wam_portal.errors import NotVisible
from wam_portal.jobs.enums import OPEN_STATES

HEAVY = ("input", "result", "names")
COMPARABLE = 50
"""How many of the newest portfolios a reader can choose from to compare two."""


@dataclass(frozen=True, slots=True)
class Basis:
    """What a portfolio of this reader would rest on now. `held`: all grants in force; `offers`: those open to it."""

    held: frozenset[str]
    offers: frozenset[str]
    digest: str


@dataclass(frozen=True, slots=True)
class Listed:
    """A portfolio in a list."""

    run: PortfolioRun
    standing: Standing

    @property
    def is_shown(self) -> bool:
        """Whether its result may be read."""
        return self.standing in {Standing.CURRENT, Standing.STALE}


def require_coordinator(viewer: Viewer) -> None:
    """Raise `NotVisible` for all but coordinators: the pages do not exist for others."""
    if not viewer.has_role(Role.COORDINATOR):
        raise NotVisible


def portfolios_for(viewer: Viewer) -> PortfolioRunQuerySet:
    """The portfolios of the viewer's party, newest first, without what they hold. Raises `NotVisible`."""
    require_coordinator(viewer)
    return PortfolioRun.objects.visible_to(viewer).select_related("job", "asked_by").defer(*HEAVY)


def portfolio_for(viewer: Viewer, uuid: UUID) -> PortfolioRun:
    """One portfolio with what it holds. Raises `NotVisible`."""
    require_coordinator(viewer)
    seen = PortfolioRun.objects.visible_to(viewer).select_related("job", "asked_by", "party", "rate_set")
    run = seen.filter(uuid=uuid).first()
    if run is None:
        raise NotVisible
    return run


def listed_offers(viewer: Viewer) -> OfferQuerySet:
    """The offers that take part in a coordinator's portfolio: published and shown to coordinators."""
    return Offer.objects.visible_to(viewer).published().filter(listed=True)


def basis_of(viewer: Viewer) -> Basis:
    """What the viewer's portfolios rest on right now, from a few columns: nothing is worked out."""
    releases = public.releases_for(viewer)
    newest = sorted(str(uuid) for uuid in releases.newest_of_each_request().grant_uuids())
    today = timezone.localdate()
    rows = listed_offers(viewer).order_by("uuid")
    offers = [
        [str(uuid), version, minor, requests, until < today]
        for uuid, version, minor, requests, until in rows.values_list(
            "uuid", "version", "committed_minor", "committed_requests", "valid_until"
        )
    ]
    rate_set = RateSet.objects.values_list("pk", flat=True).first()
    digest = content_hash(
        "portfolio-basis",
        {"grants": newest, "offers": offers, "rates": rate_set, "engine": matching.ENGINE_VERSION},
    )
    return Basis(
        held=frozenset(str(uuid) for uuid in releases.grant_uuids()),
        offers=frozenset(str(row[0]) for row in offers),
        digest=digest,
    )


def standing_of(run: PortfolioRun, basis: Basis) -> Standing:
    """Whether the reader of this basis may read the result, and whether it would be the same today."""
    if run.computed_at is None:
        return Standing.WORKING if run.job is not None and run.job.state in OPEN_STATES else Standing.FAILED
    if not has_ground(run.grants, run.offers, basis):
        return Standing.ENDED
    return Standing.CURRENT if run.basis_hash == basis.digest else Standing.STALE


def has_ground(grants: Iterable[str], offers: Iterable[str], basis: Basis) -> bool:
    """Whether all grants and offers that a portfolio rests on are still open to the reader."""
    return basis.held.issuperset(grants) and basis.offers.issuperset(offers)


def with_standing(runs: Iterable[PortfolioRun], basis: Basis) -> list[Listed]:
    """Each portfolio with what the reader of this basis can do with it."""
    return [Listed(run, standing_of(run, basis)) for run in runs]


def comparable_portfolios(viewer: Viewer, basis: Basis) -> list[PortfolioRun]:
    """The newest portfolios of the viewer that can be compared."""
    worked_out = portfolios_for(viewer).filter(computed_at__isnull=False)[:COMPARABLE]
    return [entry.run for entry in with_standing(worked_out, basis) if entry.is_shown]


def policy_of_run(run: PortfolioRun) -> matching.Policy:
    """The policy as the engine takes it."""
    return matching.from_json(matching.Policy, run.policy)


def stored_result(run: PortfolioRun) -> matching.Portfolio:
    """The result of a portfolio that was worked out. Raises `NotVisible` for any other."""
    if run.computed_at is None or run.result is None:
        raise NotVisible
    return matching.from_json(matching.Portfolio, run.result)


def stored_rates(run: PortfolioRun) -> matching.RateSet:
    """The rates of a portfolio that was worked out. Raises `NotVisible` for any other."""
    if run.input is None:
        raise NotVisible
    return matching.from_json(matching.RateSet, run.input["rates"])


def stored_values(run: PortfolioRun) -> tuple[matching.PortfolioInput, matching.Portfolio]:
    """The whole input and the result of a portfolio that was worked out. Raises `NotVisible` for any other."""
    result = stored_result(run)
    given: Any = matching.from_json(matching.PortfolioInput, run.input)
    return given, result
