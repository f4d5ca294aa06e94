"""Recompute the audit chains and say whether they hold."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from wam_portal.audit.verify import anchor, verify_chains


class Command(BaseCommand):
    help = "Verify the audit log. With --write-anchor, store the heads; with --anchor, check against stored heads."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchor", type=Path, help="file with heads stored earlier")
        parser.add_argument("--write-anchor", type=Path, help="write the present heads to this file")

    def handle(self, *args: Any, **options: Any) -> None:
        anchors = json.loads(options["anchor"].read_text()) if options["anchor"] else None
        count, faults = verify_chains(anchors)
        for fault in faults:
            self.stderr.write(f"{fault.chain} #{fault.seq}: {fault.message}")
        if faults:
            raise CommandError(f"{len(faults)} of {count} chains do not verify.")
        if options["write_anchor"]:
            options["write_anchor"].write_text(json.dumps(anchor(), indent=1, sort_keys=True))
        self.stdout.write(f"{count} chains verify.")
        if anchors is None:
            self.stdout.write("Without --anchor, events cut off the end of a chain cannot be seen.")
