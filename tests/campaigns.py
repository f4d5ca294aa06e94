"""How the long campaigns tell what they did: one JSON line each."""

from __future__ import annotations

import json


def report(campaign: str, *, seed: int, attempts: int, effective: int, failures: int, **more: object) -> None:
    """Print the figures of a campaign. `effective` counts the trials that could have failed."""
    figures = {"seed": seed, "attempts": attempts, "effective": effective, "failures": failures, **more}
    print(json.dumps({"campaign": campaign, **figures}))  # noqa: T201 (what the campaign is run for)
