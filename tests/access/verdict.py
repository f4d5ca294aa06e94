"""What a run of the access proof says for itself."""

from __future__ import annotations

import json
import os
from typing import Final

from tests.access.matrix import Matrix
from tests.access.routes import all_routes

SEED: Final = int(os.environ.get("ACCESS_SEED", "20261124"))
SHOWN: Final = 60


def summary(matrix: Matrix, seed: int) -> str:
    """One line of JSON: how much was tried, how much of it could have failed, and how much did."""
    report = matrix.report
    return json.dumps(
        {
            "proof": "access",
            "routes": len(all_routes()),
            "rows": len(matrix.rows),
            "cells": len(report.cells),
            "hats": len(matrix.realm.hats),
            "canaries": len(matrix.realm.cage),
            "attempts": report.attempts,
            "effective": report.effective,
            "failures": len(report.problems),
            "seed": seed,
        }
    )


def verdict(matrix: Matrix, seed: int) -> str:
    """The summary with the first problems, for a test that failed."""
    problems = matrix.report.problems
    more = [f"... and {len(problems) - SHOWN} more"] if len(problems) > SHOWN else []
    return "\n".join(["", summary(matrix, seed), *problems[:SHOWN], *more])
