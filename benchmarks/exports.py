"""`python -m benchmarks.exports`: what a working copy and the data exports cost, beside their floors.

Measured through the whole view (permission, statements, file, audit entry) in this process, and for the file alone.
Prints what it does and, as its last line, all figures as one JSON object: milliseconds are medians of interleaved
runs on SQLite.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROUNDS = 15
SIZES = (134, 1200)
LIMITS = {"excel_134_ms": 150, "excel_1200_ms": 1000, "csv_134_ms": 50, "csv_1200_ms": 333}


def medians(calls: dict[str, Callable[[], object]], rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Median milliseconds of each call, by the clock and of this process alone.

    The calls take turns, so that a busy moment meets all alike; what the neighbours on the machine do is seen in the
    first figure and not in the second.
    """
    clock: dict[str, list[float]] = {name: [] for name in calls}
    processor: dict[str, list[float]] = {name: [] for name in calls}
    for _round in range(rounds + 1):
        for name, call in calls.items():
            start, worked = time.perf_counter(), time.process_time()
            call()
            processor[name].append((time.process_time() - worked) * 1000)
            clock[name].append((time.perf_counter() - start) * 1000)
    return _medians(clock), _medians(processor)


def _medians(taken: dict[str, list[float]]) -> dict[str, float]:
    # The first of each warms up: templates, imports, the framework's tree.
    return {name: round(statistics.median(times[1:]), 1) for name, times in taken.items()}


def calls_of(case: Any, size: int) -> dict[str, Callable[[], object]]:
    """What is measured of a baseline of that size, by the name of its figure."""
    from django.test import Client  # noqa: PLC0415  (Django is set up by then)
    from django.utils import timezone  # noqa: PLC0415

    from assessments.models import Assessment  # noqa: PLC0415
    from assessments.reports.answers_export import answers_csv  # noqa: PLC0415
    from assessments.reports.working_copy import working_copy_plan  # noqa: PLC0415
    from assessments.selectors.frameworks import framework_tree  # noqa: PLC0415
    from assessments.selectors.working_copies import sections_to_copy, working_rows  # noqa: PLC0415
    from wam_portal.accounts.demo import demo_viewer  # noqa: PLC0415
    from wam_portal.accounts.enums import Role  # noqa: PLC0415
    from wam_portal.spreadsheets import write_workbook  # noqa: PLC0415

    viewer = demo_viewer(case.slug, Role.EDITOR)
    client = Client(SERVER_NAME="localhost")
    client.force_login(viewer.user, backend="allauth.account.auth_backends.AuthenticationBackend")
    assessment = Assessment.objects.select_related("framework_version").get(uuid=case.uuid)
    tree = framework_tree(assessment.framework_version)
    rows = working_rows(viewer, assessment, sections_to_copy(viewer, assessment, tree))
    base = f"/p/{case.slug}/assessments/{case.uuid}/working-copy/"

    def get(path: str) -> None:
        response = client.get(base + path)
        if response.status_code != 200:
            raise RuntimeError(f"{path} answered {response.status_code}")

    def file() -> bytes:
        return write_workbook(working_copy_plan(assessment, tree, rows, section="", made_at=timezone.now()))

    return {
        f"page_{size}_ms": lambda: get(""),
        f"excel_{size}_ms": lambda: get("workbook/"),
        f"csv_{size}_ms": lambda: get("csv/"),
        f"json_{size}_ms": lambda: get("json/"),
        f"excel_file_{size}_ms": file,
        f"csv_file_{size}_ms": lambda: answers_csv(rows),
    }


def measure(rounds: int) -> tuple[dict[str, float], dict[str, float]]:
    """Fill a fresh database and measure: by the clock, and of this process."""
    import django  # noqa: PLC0415  (its settings need the database's address)

    django.setup()
    from django.core.management import call_command  # noqa: PLC0415

    from benchmarks.world import make_case  # noqa: PLC0415
    from wam_portal.accounts.demo import load_parties  # noqa: PLC0415

    call_command("migrate", verbosity=0)
    load_parties()
    calls: dict[str, Callable[[], object]] = {}
    for size, slug in zip(SIZES, ("aldoria", "borvenia"), strict=True):
        calls |= calls_of(make_case(size, 1, slug), size)
    return medians(calls, rounds)


def main() -> None:
    """Measure on a database of its own."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.settings"
        os.environ["DATABASE_URL"] = f"sqlite:///{Path(folder) / 'bench.sqlite3'}"
        print("SQLite ...", flush=True)
        clock, processor = measure(options.rounds)
    ratios = {
        f"csv_to_excel_{size}": round(processor[f"csv_{size}_ms"] / processor[f"excel_{size}_ms"], 2) for size in SIZES
    }
    # By the clock and of this process alone: on a busy machine only the second says something of the program.
    within = {name: [clock[name] <= limit, processor[name] <= limit] for name, limit in LIMITS.items()}
    figures = {"sqlite": clock, "sqlite_processor": processor, "ratios": ratios, "within": within}
    print(json.dumps({"rounds": options.rounds, "cores": os.cpu_count(), "load": os.getloadavg()[0], **figures}))


if __name__ == "__main__":
    main()
