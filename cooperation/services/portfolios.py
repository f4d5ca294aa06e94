"""Portfolios: asked for by a coordinator, worked out by a job, discarded when they are no longer wanted."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import Final
from uuid import UUID

from django.db import IntegrityError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from assessments import public
from cooperation import matching
from cooperation.models import PortfolioRun
from cooperation.permissions import can_discard_portfolio, can_request_portfolio
from cooperation.selectors.portfolios import basis_of, has_ground, policy_of_run
from cooperation.selectors.rates import newest_rate_set
from cooperation.services.portfolio_inputs import PolicyValues, checked_name, checked_policy, gather_input
from wam_portal.access import SystemViewer, Viewer, require
from wam_portal.accounts.selectors import parties_of
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid, PortalError
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import JobContext
from wam_portal.jobs.services import cancel_job, enqueue

JOB_KIND: Final = "cooperation.propose_portfolio"
MOST_OPEN: Final = 3
"""How many portfolios of one party may wait or be worked out at once: each may take some minutes of a worker."""
TOLD_EVERY: Final = 2
"""Seconds between two reports of progress."""
READ: Final = 5
SEARCHED: Final = 90
"""Hundredths of the work: reading what it rests on, and searching."""
SYSTEM = SystemViewer("matching")


class PortfolioGone(PortalError):
    """What a portfolio was to be made from has ended since it was asked for."""


def request_portfolio(*, name: str, values: PolicyValues, form_key: UUID, actor: Viewer) -> PortfolioRun:
    """Ask for a portfolio under a policy. The same form sent twice asks once.

    Raises `Refused` with the reason, `Invalid` with messages by field.
    """
    require(can_request_portfolio(actor))
    errors: dict[str, list[str]] = {}
    policy = None
    try:
        title = checked_name(name)
    except Invalid as invalid:
        errors |= invalid.errors
    try:
        policy = checked_policy(values)
    except Invalid as invalid:
        errors |= invalid.errors
    if errors or policy is None:
        raise Invalid(errors)
    sent_before = PortfolioRun.objects.filter(party=actor.party, form_key=form_key, discarded_at__isnull=True).first()
    if sent_before is not None:
        return sent_before
    if Job.objects.open().filter(kind=JOB_KIND, party=actor.party).count() >= MOST_OPEN:
        raise Invalid({"": [_("Several portfolios are being worked out already. Wait until one of them is ready.")]})
    try:
        with audited():
            return _ask(title, policy, form_key, actor)
    except IntegrityError:
        return PortfolioRun.objects.get(party=actor.party, form_key=form_key)


def _ask(name: str, policy: matching.Policy, form_key: UUID, actor: Viewer) -> PortfolioRun:
    run = PortfolioRun.objects.create(
        party=actor.party,
        asked_by=actor.user,
        form_key=form_key,
        name=name,
        policy=matching.to_json(policy),
        policy_version=policy.version,
        weights_version=policy.weights.version,
    )
    run.job = enqueue(
        kind=JOB_KIND,
        unique_key=str(run.uuid),
        payload={"portfolio": str(run.uuid)},
        party=actor.party,
        actor=actor,
    )
    run.save(update_fields=["job"])
    changes = {"policy": policy.version, "weights": policy.weights.version}
    record(verb="portfolio.requested", target=run, actor=actor, parties=[actor.party], changes=changes)
    return run


def run_portfolio_job(context: JobContext, portfolio_uuid: UUID) -> None:
    """Work a portfolio out and publish it, if the person who asked may still read all that it rests on.

    What may be read is asked for when the work begins and again in the transaction that publishes. In between no
    transaction is open. Raises `PortfolioGone`, `LostLease`, `JobCancelled`.
    """
    asked_by = context.job.requested_by
    with translation.override(asked_by.language if asked_by else None):
        _work_out(context, portfolio_uuid)


def _work_out(context: JobContext, portfolio_uuid: UUID) -> None:
    run = PortfolioRun.objects.visible_to(SYSTEM).filter(uuid=portfolio_uuid).first()
    if run is None:
        raise PortfolioGone(_("The portfolio was discarded."))
    context.progress(READ, 100, _("Reading requests and offers"))
    policy, rate_set, as_of = policy_of_run(run), newest_rate_set(), timezone.localdate()
    viewer = _requester(context.job)
    basis = basis_of(viewer)
    gathered = gather_input(viewer, policy, rate_set=rate_set, as_of=as_of)
    result = matching.compute_portfolio(gathered.given, _listener(context))
    context.progress(95, 100, _("Storing the proposal"))
    fields = {
        "engine_version": result.engine_version,
        "input_hash": result.input_hash,
        "basis_hash": basis.digest,
        "rate_set": rate_set,
        "as_of": as_of,
        "grants": list(gathered.grants),
        "offers": list(gathered.offers),
        "names": gathered.names,
        "input": matching.to_json(gathered.given),
        "result": matching.to_json(result),
    }
    with context.publish(portfolio=str(run.uuid)):
        viewer = _requester(context.job)
        if not has_ground(gathered.grants, gathered.offers, basis_of(viewer)):
            raise PortfolioGone(_("A grant or an offer ended while the portfolio was worked out. Make it anew."))
        waiting = PortfolioRun.objects.visible_to(SYSTEM).filter(pk=run.pk, computed_at__isnull=True)
        if not waiting.update(computed_at=timezone.now(), **fields):
            raise PortfolioGone(_("The portfolio was discarded."))
        record(verb="portfolio.computed", target=run, actor=viewer, parties=[viewer.party])
        public.note_use(viewer, [UUID(grant) for grant in gathered.grants])


def _listener(context: JobContext) -> Callable[[int], None]:
    """Tells the job how far the search is, and so renews the lease: it may last longer than one."""
    told = -math.inf

    def report(done: int) -> None:
        nonlocal told
        if time.monotonic() - told >= TOLD_EVERY:
            told = time.monotonic()
            context.progress(READ + done * SEARCHED // 100, 100, _("Looking for the best proposal"))

    return report


def _requester(job: Job) -> Viewer:
    """Who asked, with the roles held right now, provided that they still coordinate for that party."""
    user, party = job.requested_by, job.party
    held = parties_of(user) if user is not None and user.is_active and party is not None else []
    here = next((item for item in held if party is not None and item.party.pk == party.pk), None)
    if user is not None and here is not None:
        viewer = Viewer(user=user, party=here.party, roles=here.roles)
        if can_request_portfolio(viewer):
            return viewer
    raise PortfolioGone(_("The person who asked for this portfolio no longer coordinates for that party."))


def discard_portfolio(*, run: PortfolioRun, actor: Viewer) -> None:
    """Take a portfolio away with all that it holds; what was sent to both sides stays with them.

    One that is still being worked out is stopped. A second call changes nothing. Raises `Refused`.
    """
    require(can_discard_portfolio(actor, run))
    with audited():
        kept = PortfolioRun.objects.filter(pk=run.pk, discarded_at__isnull=True)
        if not kept.update(discarded_at=timezone.now(), input=None, result=None, names={}):
            return
        record(verb="portfolio.discarded", target=run, actor=actor, parties=[run.party])
    if run.job is not None:
        with transaction.atomic():
            cancel_job(job=run.job)
