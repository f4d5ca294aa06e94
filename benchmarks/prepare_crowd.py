"""Fill a fresh database with two crowded baselines and print them as JSON: `python -m benchmarks.prepare_crowd`."""

from __future__ import annotations

import json

import django
from django.core.management import call_command
from django.db import connection


def main() -> None:
    """Migrate, fill, and print where to measure."""
    django.setup()
    call_command("migrate", verbosity=0)
    from benchmarks.crowd_world import Crowd, make_crowd  # noqa: PLC0415  (models need the set-up above)
    from benchmarks.world import sign_in  # noqa: PLC0415
    from wam_portal.accounts.demo import demo_viewer, load_parties  # noqa: PLC0415
    from wam_portal.accounts.enums import Role  # noqa: PLC0415

    load_parties()
    cases = []
    for slug, crowd in (("aldoria", Crowd(84)), ("borvenia", Crowd(300, cycles=10))):
        assessment, node = make_crowd(crowd, demo_viewer(slug, Role.EDITOR))
        section = node.section.key if node.section else ""
        place = {"indicators": crowd.indicators, "slug": slug, "uuid": str(assessment.uuid), "section": section}
        cases.append({**place, "session": sign_in(slug)})
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("ANALYZE")
    print(json.dumps(cases))


if __name__ == "__main__":
    main()
