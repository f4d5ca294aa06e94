"""`manage.py import_framework FILE [--dry-run] [--publish]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.frameworks import FrameworkErrors
from assessments.frameworks.strict_yaml import MAX_BYTES
from assessments.services.frameworks import ImportOutcome, ImportResult, import_framework
from wam_portal.access import SystemViewer


class Command(BaseCommand):
    help = "Import a framework file (YAML). Prints every problem with its place; exit code 1 if there is any."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the framework file, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="check and compare only; change nothing")
        parser.add_argument(
            "--publish", action="store_true", help="publish the version; it can never change after that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        document = _read(options["file"])
        try:
            result = import_framework(
                document=document,
                actor=SystemViewer("framework"),
                dry_run=options["dry_run"],
                publish=options["publish"],
            )
        except FrameworkErrors as error:
            for problem in error.errors:
                self.stderr.write(str(problem))
            raise CommandError(f"{options['file']}: {len(error.errors)} problem(s), nothing was imported.") from None
        self.stdout.write(_summary(result, dry_run=options["dry_run"]))


def _read(file: Path) -> bytes:
    # One byte more than allowed is enough to see that a file is too large.
    try:
        if str(file) == "-":
            return sys.stdin.buffer.read(MAX_BYTES + 1)
        with file.open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error


def _summary(result: ImportResult, *, dry_run: bool) -> str:
    document = result.document
    what = f"{document.key} {document.version} ({len(document.indicators())} indicators)"
    done = {
        ImportOutcome.CREATED: "would be created" if dry_run else "created",
        ImportOutcome.REPLACED: "would replace the draft" if dry_run else "replaced the draft",
        ImportOutcome.UNCHANGED: "is unchanged",
    }[result.outcome]
    status = f", {result.version.get_status_display().lower()}" if result.version and not dry_run else ""
    return f"{what}: {done}{status}. Content {result.content_hash}"
