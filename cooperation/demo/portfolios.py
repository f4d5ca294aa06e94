"""Two portfolios of the fictional coordinator, asked for; the worker of the demonstration works them out."""

from __future__ import annotations

from typing import Final
from uuid import uuid5

from cooperation import matching
from cooperation.services.portfolio_inputs import PER_CENT, PolicyValues
from cooperation.services.portfolios import request_portfolio
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role

COORDINATOR: Final = "eastern-forum"
SECONDS: Final = 20
PLANS: Final[tuple[tuple[str, dict[str, int], tuple[tuple[int | None, int], ...]], ...]] = (
    ("Severity first", {}, ((250_000, 100), (750_000, 60), (None, 30))),
    ("Spread wide, priorities of donors first", {"severity": 5, "priorities": 25}, ((100_000, 100), (None, 20))),
)
"""Name, weights that differ from the usual ones (in percent), steps."""


def ask_for_portfolios() -> None:
    """Ask for both as the coordinator does."""
    coordinator = demo_viewer(COORDINATOR, Role.COORDINATOR)
    usual = {code: share // PER_CENT for code, share in matching.DEFAULT_WEIGHTS.shares}
    for name, weights, steps in PLANS:
        values = PolicyValues(weights=usual | weights, grain=1000, steps=steps, max_donors=3, seconds=SECONDS)
        key = uuid5(coordinator.party.uuid, name)
        request_portfolio(name=name, values=values, form_key=key, actor=coordinator)
