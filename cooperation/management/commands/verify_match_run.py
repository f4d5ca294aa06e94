"""Compute a stored run of the matching engine again and compare."""

from __future__ import annotations

import sys
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from cooperation.services.run_verification import verify_run
from wam_portal.errors import NotVisible


class Command(BaseCommand):
    help = (
        "Compute the run ID, of matches or a portfolio, from what is stored with it, and compare. "
        "Ends with 1 and every difference, or with 0 and one sentence. Noted in the logs of those whom it concerns."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("run", type=UUID, metavar="ID", help="as its page prints it")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            found = verify_run(options["run"])
        except NotVisible:
            raise CommandError(f"There is no run {options['run']} that could be computed.") from None
        if not found.differences:
            self.stdout.write(f"The {found.what} agrees with its input: {found.compared} pairs compared.")
            return
        for entry in found.differences:
            self.stdout.write(f"{entry.about}: stored {entry.stored}, found {entry.found}")
        self.stderr.write(f"The {found.what} differs in {len(found.differences)} places.")
        sys.exit(1)
