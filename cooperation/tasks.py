"""Background work of the international side."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone

from cooperation.services import dossiers, full_runs, match_runs, offer_reminders, portfolios, workbook_uploads
from wam_portal.jobs.periodic import periodic
from wam_portal.jobs.registry import handler
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.tidying import tidier

ATTEMPTS = 5
"""How often a run computes anew because grants change under it; the last result is published whatever happens."""


@handler("cooperation.match_request")
def match_request(context: JobContext, payload: dict[str, Any]) -> None:
    """Match the request `payload["request"]` with the offers of all donors that hold it."""
    _publish(context, lambda: match_runs.plan_for_request(UUID(payload["request"]), context.progress))


@handler("cooperation.match_offer")
def match_offer(context: JobContext, payload: dict[str, Any]) -> None:
    """Match the offer `payload["offer"]` with all requests that its donor holds."""
    _publish(context, lambda: match_runs.plan_for_offer(UUID(payload["offer"]), context.progress))


@handler(dossiers.JOB_KIND)
def render_dossier(context: JobContext, payload: dict[str, Any]) -> None:
    """Render the dossier `payload["dossier"]` and publish its file."""
    dossiers.run_render_job(context, UUID(payload["dossier"]))


@handler(portfolios.JOB_KIND)
def propose_portfolio(context: JobContext, payload: dict[str, Any]) -> None:
    """Work out the portfolio `payload["portfolio"]` and publish it."""
    portfolios.run_portfolio_job(context, UUID(payload["portfolio"]))


@periodic("cooperation.match_all")
def match_all(context: JobContext, payload: dict[str, Any]) -> None:
    """Once a day: ask for a run over every published offer."""
    with context.publish():
        full_runs.enqueue_full_run()


@handler(full_runs.JOB_KIND)
def match_portion(context: JobContext, payload: dict[str, Any]) -> None:
    """Match the next offers after `payload["after"]`, and ask for those behind them."""
    full_runs.run_portion(context, run=str(payload["run"]), after=int(payload["after"]))


@periodic("cooperation.ask_still_valid")
def ask_still_valid(context: JobContext, payload: dict[str, Any]) -> None:
    """Once a day: ask donors whether their offers are still valid, and match those that are over no more."""
    with context.publish():
        offer_reminders.ask_whether_valid()
        offer_reminders.rematch_ended_offers(today=timezone.localdate())


def _publish(context: JobContext, make_plan: Callable[[], match_runs.Plan]) -> None:
    """Compute and publish; again where grants changed meanwhile, as that change may have met this very job."""
    for attempt in range(1, ATTEMPTS + 1):
        plan = make_plan()
        try:
            with context.publish():
                match_runs.publish(plan, strict=attempt < ATTEMPTS)
        except match_runs.Outdated:
            continue
        return


tidier("dossiers without a row")(dossiers.discard_orphans)
tidier("workbooks that nobody decided")(workbook_uploads.discard_expired_uploads)
