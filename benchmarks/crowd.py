"""`python -m benchmarks.crowd`: the pages of a baseline on which ten agencies work, beside a view that does nothing.

Measured through HTTP with 84 indicators, 10 agencies' ratings, 400 evidence links and 1,000 comments, and again with
300 indicators and 10 cycles. Prints what it does and, as its last line, all figures as one JSON object: milliseconds
are medians of interleaved requests, `bytes` the size of the HTML. `exponent` says how time grows with the number of
indicators: 0 is flat, 1 is in step with them.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.http import Caller, medians, server
from benchmarks.postgres import scratch_database

ROUNDS = 20


def _prepare(database_url: str) -> list[dict[str, Any]]:
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": database_url}
    command = [sys.executable, "-m", "benchmarks.prepare_crowd"]
    done = subprocess.run(command, env=environment, check=True, capture_output=True, text=True)
    return list(json.loads(done.stdout.splitlines()[-1]))


def _paths(case: dict[str, Any]) -> dict[str, str]:
    baseline = f"/p/{case['slug']}/assessments/{case['uuid']}/"
    return {
        "overview": baseline,
        "sheet": f"{baseline}sections/{case['section']}/",
        "reconcile": f"{baseline}reconcile/",
        "work_list": f"/p/{case['slug']}/",
    }


def measure(database_url: str, rounds: int) -> dict[str, Any]:
    """Fill, serve and measure one database."""
    cases = _prepare(database_url)
    sizes: dict[str, int] = {}
    with server(database_url) as port:
        calls: dict[str, Callable[[], None]] = {}
        for case in cases:
            caller = Caller(port, case["session"])
            for name, path in {"bare": "/bench/bare/", **_paths(case)}.items():
                label = f"{name}_{case['indicators']}"

                def get(path: str = path, label: str = label, caller: Caller = caller) -> None:
                    status, body = caller.call("GET", path)
                    if status != 200:
                        raise RuntimeError(f"{path} answered {status}: {body[:300]}")
                    sizes[label] = len(body.encode())

                calls[label] = get
        figures = medians(calls, rounds)
    small, large = cases[0]["indicators"], cases[1]["indicators"]
    pages = list(_paths(cases[0]))
    growth = {name: round(figures[f"{name}_{large}"] / figures[f"{name}_{small}"], 2) for name in pages}
    over_bare = {name: round(figures[f"{name}_{small}"] / figures[f"bare_{small}"], 1) for name in pages}
    exponent = {name: round(math.log(ratio) / math.log(large / small), 2) for name, ratio in growth.items()}
    return {
        "ms": figures,
        "bytes": sizes,
        "growth_300_to_84": growth,
        "exponent": exponent,
        "over_bare_84": over_bare,
    }


def main() -> None:
    """Measure SQLite, and PostgreSQL where the server that the tests use can be reached."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    figures: dict[str, Any] = {"rounds": options.rounds, "cores": os.cpu_count()}
    with tempfile.TemporaryDirectory() as folder:
        print("SQLite ...", flush=True)
        figures["sqlite"] = measure(f"sqlite:///{Path(folder) / 'bench.sqlite3'}", options.rounds)
    with scratch_database() as url:
        if url:
            print("PostgreSQL ...", flush=True)
            figures["postgresql"] = measure(url, options.rounds)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
