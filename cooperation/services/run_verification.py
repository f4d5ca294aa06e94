"""Whether stored runs of the engine are what their stored inputs give."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from cooperation import matching
from cooperation.models import Match, MatchRun, PortfolioRun
from cooperation.selectors.matches import recompute
from cooperation.selectors.portfolios import stored_values
from wam_portal.access import SystemViewer
from wam_portal.accounts.models import Party
from wam_portal.audit.services import audited, record
from wam_portal.errors import NotVisible

SYSTEM = SystemViewer("matching")


@dataclass(frozen=True, slots=True)
class Verified:
    """What a computation found: how much was compared, and every difference."""

    what: str
    compared: int
    differences: tuple[matching.Discrepancy, ...]


def verify_run(run_uuid: UUID) -> Verified:
    """Compute a stored run of either kind again and compare; noted in the logs of those whom it concerns.

    Raises `NotVisible` where there is no such run, or a portfolio that was not worked out or was discarded.
    """
    run = MatchRun.objects.select_related("rate_set").filter(uuid=run_uuid).first()
    if run is not None:
        return _verify_matches(run)
    portfolio = PortfolioRun.objects.visible_to(SYSTEM).select_related("party").filter(uuid=run_uuid).first()
    if portfolio is None:
        raise NotVisible
    found = _verify_portfolio(portfolio)
    _note(portfolio, [portfolio.party], found)
    return found


def _verify_portfolio(run: PortfolioRun) -> Verified:
    try:
        given, result = stored_values(run)
    except matching.DecodeError as error:
        return Verified("portfolio", 0, (_unreadable("portfolio", run.engine_version, error),))
    return Verified("portfolio", len(result.allocations), matching.verify_portfolio(given, result))


def _unreadable(about: str, engine_version: str, error: matching.DecodeError) -> matching.Discrepancy:
    """Values that an engine stored in a form which this one does not read."""
    found = f"cannot be read by engine {matching.ENGINE_VERSION}: {error}"
    return matching.Discrepancy(about, f"engine {engine_version}", found)


def _verify_matches(run: MatchRun) -> Verified:
    rows = Match.objects.visible_to(SYSTEM).filter(run=run).select_related("donor", "state", "run__rate_set")
    matches = list(rows.prefetch_related("run__rate_set__rates").order_by("pk"))
    hashes: list[str] = []
    differences = [entry for match in matches for entry in _differences(match, hashes)]
    found_hash = matching.input_hash(sorted(hashes))
    pairs = [
        ("engine_version", run.engine_version, matching.ENGINE_VERSION),
        ("pairs", run.pairs, len(matches)),
        ("eligible", run.eligible, sum(match.eligible for match in matches)),
        ("input_hash", run.input_hash, found_hash),
    ]
    differences[:0] = _unequal(pairs)
    found = Verified("match run", len(matches), tuple(differences))
    parties = {match.donor for match in matches} | {match.state for match in matches}
    _note(run, sorted(parties, key=lambda party: party.pk), found)
    return found


def _differences(match: Match, hashes: list[str]) -> Iterator[matching.Discrepancy]:
    about = f"match {match.uuid}"
    try:
        again = recompute(match)
    except KeyError:
        yield matching.Discrepancy(f"{about}: weights", match.run.weights_version, "unknown to this version")
        return
    except matching.DecodeError as error:
        yield _unreadable(about, match.run.engine_version, error)
        return
    hashes.append(again.input_hash)
    pairs = [
        ("rules", match.rules, matching.to_json(again.rules)),
        ("ledger", match.ledger, matching.to_json(again.ledger)),
        ("why not", match.why_not, [] if again.why_not is None else matching.to_json(again.why_not)),
        ("eligible", match.eligible, again.eligible),
        ("score", match.score_micro, again.score_millionths or 0),
        ("input hash", match.input_hash, again.input_hash),
    ]
    yield from _unequal([(f"{about}: {name}", stored, now) for name, stored, now in pairs])


def _unequal(pairs: list[tuple[str, object, object]]) -> Iterator[matching.Discrepancy]:
    return (matching.Discrepancy(about, str(stored), str(now)) for about, stored, now in pairs if stored != now)


def _note(run: MatchRun | PortfolioRun, parties: list[Party], found: Verified) -> None:
    changes = {"differences": len(found.differences)}
    with audited():
        record(verb="match_run.verified", target=run, actor=SYSTEM, parties=parties, changes=changes)
