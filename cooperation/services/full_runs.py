"""A run over every published offer, in portions: each is a job of its own, so that people's own work comes between."""

from __future__ import annotations

from typing import Final

from django.utils import timezone

from cooperation.models import Offer
from cooperation.services.match_runs import run_matching_for_offer
from wam_portal.access import SystemViewer
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import enqueue

JOB_KIND: Final = "cooperation.match_portion"
PORTION: Final = 20
"""Offers in one job."""
SYSTEM = SystemViewer("matching")


def enqueue_full_run() -> Job:
    """Ask for the run of today from its first offer on, within the caller's transaction; one at a time is under way."""
    return _enqueue(run=timezone.localdate().isoformat(), after=0)


def run_portion(context: JobContext, *, run: str, after: int) -> None:
    """Match the next offers, and ask for the portion behind them.

    Each offer is published for itself: a worker that dies leaves finished work behind, and who takes over finds that
    nothing has changed there. Raises `LostLease`, `JobCancelled`.
    """
    rows = Offer.objects.visible_to(SYSTEM).published().filter(pk__gt=after).order_by("pk")
    offers = list(rows.values_list("pk", "uuid")[:PORTION])
    for done, (_pk, uuid) in enumerate(offers):
        context.progress(done, len(offers))
        run_matching_for_offer(uuid)
    with context.publish():
        if len(offers) == PORTION:
            _enqueue(run=run, after=offers[-1][0])


def _enqueue(*, run: str, after: int) -> Job:
    payload = {"run": run, "after": after}
    return enqueue(kind=JOB_KIND, unique_key=f"{run}:{after}", payload=payload, in_background=True)
