"""Fill a fresh database for measuring; prints the cases as JSON. Run as `python -m benchmarks.prepare`."""

from __future__ import annotations

import dataclasses
import json

import django
from django.core.management import call_command
from django.db import connection


def main() -> None:
    """Migrate, fill, and print where to measure."""
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.world import make_world, sign_in  # noqa: PLC0415  (models need the set-up above)

    cases = [{**dataclasses.asdict(case), "session": sign_in(case.slug)} for case in make_world()]
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
