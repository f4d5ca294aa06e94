"""Background work of the international side."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from cooperation.services import dossiers, match_runs
from wam_portal.jobs.registry import handler
from wam_portal.jobs.runner import JobContext


@handler("cooperation.match_request")
def match_request(context: JobContext, payload: dict[str, Any]) -> None:
    """Match the request `payload["request"]` with the offers of all donors that hold it."""
    _publish(context, match_runs.plan_for_request(UUID(payload["request"]), context.progress))


@handler("cooperation.match_offer")
def match_offer(context: JobContext, payload: dict[str, Any]) -> None:
    """Match the offer `payload["offer"]` with all requests that its donor holds."""
    _publish(context, match_runs.plan_for_offer(UUID(payload["offer"]), context.progress))


@handler(dossiers.JOB_KIND)
def render_dossier(context: JobContext, payload: dict[str, Any]) -> None:
    """Render the dossier `payload["dossier"]` and publish its file."""
    dossiers.run_render_job(context, UUID(payload["dossier"]))


def _publish(context: JobContext, plan: match_runs.Plan) -> None:
    with context.publish():
        match_runs.publish(plan)
