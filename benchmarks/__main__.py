"""`make bench`: section sheet and saving one answer, through HTTP, beside their floors, on both databases.

Prints what it does and, as its last line, all figures as one JSON object: milliseconds are medians of interleaved
requests, ratios come from the same run.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.http import Caller, medians, number_after, server
from benchmarks.postgres import scratch_database

ROUNDS = 40
VERSION_FIELD = r'name="base_version"[^>]*value="(\d+)"'


def _prepare(database_url: str) -> list[dict[str, Any]]:
    """Migrate and fill the database in a process of its own; answers the cases with a session for each."""
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "benchmarks.settings", "DATABASE_URL": database_url}
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.prepare"], env=environment, check=True, capture_output=True, text=True
    )
    return list(json.loads(done.stdout.splitlines()[-1]))


def _calls(port: int, case: dict[str, Any]) -> dict[str, Callable[[], None]]:
    """What is measured of one case, by the name of its figure."""
    caller = Caller(port, case["session"])
    place = f"{case['slug']}/{case['uuid']}/{case['section']}/"
    sheet = f"/p/{case['slug']}/assessments/{case['uuid']}/sections/{case['section']}/"
    answer = f"/p/{case['slug']}/assessments/{case['uuid']}/answers/{case['indicator']}/"
    version = itertools.count(number_after(VERSION_FIELD, caller.call("GET", answer)[1]))

    def get(path: str, method: str = "GET") -> None:
        status, body = caller.call(method, path)
        if status != 200:
            raise RuntimeError(f"{path} answered {status}: {body[:300]}")

    def save() -> None:
        number = next(version)
        fields = {
            "base_version": str(number),
            "rating": f"level:{1 + number % 5}",
            "narrative": f"Changed {number} times, as somebody writes who is careful.",
            "basis": "document",
            "confidence": "high",
        }
        status, body = caller.call("POST", answer, fields)
        if status != 200:
            raise RuntimeError(f"saving answered {status}: {body[:300]}")

    return {
        "bare_ms": lambda: get("/bench/bare/"),
        "commit_ms": lambda: get("/bench/commit/", "POST"),
        "rows_ms": lambda: get(f"/bench/rows/{place}"),
        "prepared_ms": lambda: get(f"/bench/prepared/{place}"),
        "sheet_ms": lambda: get(sheet),
        "save_ms": save,
    }


def _measure(port: int, cases: list[dict[str, Any]], rounds: int) -> list[dict[str, Any]]:
    """Figures of all cases; their requests take turns, so that a busy moment meets all alike."""
    calls = {(place, name): call for place, case in enumerate(cases) for name, call in _calls(port, case).items()}
    figures = medians(calls, rounds)
    sizes = [{"indicators": case["indicators"], "assessments": case["assessments"]} for case in cases]
    return [
        {**size, **{name: value for (number, name), value in figures.items() if number == place}}
        for place, size in enumerate(sizes)
    ]


def _ratios(cases: list[dict[str, Any]]) -> dict[str, float]:
    reference = cases[0]
    ratios = {
        "sheet_to_prepared": max(case["sheet_ms"] / case["prepared_ms"] for case in cases),
        "save_to_bare_plus_commit": max(case["save_ms"] / (case["bare_ms"] + case["commit_ms"]) for case in cases),
        "save_to_commit_view": max(case["save_ms"] / case["commit_ms"] for case in cases),
        "sheet_1200_to_84_indicators": cases[1]["sheet_ms"] / reference["sheet_ms"],
        "save_1200_to_84_indicators": cases[1]["save_ms"] / reference["save_ms"],
        "sheet_200_to_2_assessments": cases[2]["sheet_ms"] / reference["sheet_ms"],
        "save_200_to_2_assessments": cases[2]["save_ms"] / reference["save_ms"],
    }
    return {name: round(value, 2) for name, value in ratios.items()}


def measure(database_url: str, rounds: int) -> dict[str, Any]:
    """Fill, serve and measure one database."""
    cases = _prepare(database_url)
    with server(database_url) as port:
        figures = _measure(port, cases, rounds)
    return {"cases": figures, "ratios": _ratios(figures)}


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
        else:
            print("PostgreSQL: no server reachable, not measured.", flush=True)
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
