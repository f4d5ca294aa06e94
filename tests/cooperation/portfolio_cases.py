"""Portfolios for tests: a small policy, a coordinator to whom a request was granted, and the job done at once."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid4

from cooperation import matching
from cooperation.models import PortfolioRun
from cooperation.services.portfolio_inputs import PolicyValues
from cooperation.services.portfolios import request_portfolio
from tests.personas import Persona
from wam_portal.jobs import runner

WEIGHTS = {code: share // 10_000 for code, share in matching.DEFAULT_WEIGHTS.shares}


def policy_values(**fields: Any) -> PolicyValues:
    """The default policy, but for a search of at most five seconds."""
    values: dict[str, Any] = {
        "weights": WEIGHTS,
        "grain": 1000,
        "steps": [(250_000, 100), (750_000, 60), (None, 30)],
        "max_donors": 3,
        "seconds": 5,
    }
    return PolicyValues(**{**values, **fields})


def asked(coordinator: Persona, name: str = "Spring", form_key: UUID | None = None, **fields: Any) -> PortfolioRun:
    """A portfolio that waits for its job."""
    return request_portfolio(
        name=name, values=policy_values(**fields), form_key=form_key or uuid4(), actor=coordinator.viewer
    )


def worked_out(coordinator: Persona, name: str = "Spring", **fields: Any) -> PortfolioRun:
    """A portfolio whose job was done."""
    return finish(asked(coordinator, name, **fields))


def finish(run: PortfolioRun) -> PortfolioRun:
    """Do the job of a portfolio; answers it as it stands then."""
    assert run.job is not None
    runner.run(str(run.job.uuid))
    return PortfolioRun.objects.select_related("job", "party", "asked_by").get(pk=run.pk)
