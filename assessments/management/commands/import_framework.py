"""`manage.py import_framework FILE|FOLDER [--dry-run] [--publish]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from assessments.frameworks import FrameworkErrors, framework_files, read_framework_file
from assessments.frameworks.files import LARGEST, FrameworkFile
from assessments.frameworks.texts import completeness_percent
from assessments.services.frameworks import ImportOutcome, ImportResult, import_framework
from wam_portal.access import SystemViewer
from wam_portal.formats import format_percent


class Command(BaseCommand):
    help = "Import a framework file (YAML or Excel). Prints every problem with its place; exit code 1 if there is any."

    def add_arguments(self, parser: argparse.ArgumentParser) -> None:
        parser.add_argument("file", type=Path, help="the framework file, a folder of them, or - for standard input")
        parser.add_argument("--dry-run", action="store_true", help="check and compare only; change nothing")
        parser.add_argument(
            "--publish", action="store_true", help="publish the version; it can never change after that"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        file: Path = options["file"]
        for one in framework_files(file) if file.is_dir() else [file]:
            self._import(one, dry_run=options["dry_run"], publish=options["publish"])

    def _import(self, file: Path, *, dry_run: bool, publish: bool) -> None:
        read = _read(file)
        try:
            result = import_framework(
                document=read.document,
                beside=read.beside,
                actor=SystemViewer("framework"),
                dry_run=dry_run,
                publish=publish,
            )
        except FrameworkErrors as error:
            for problem in error.errors:
                self.stderr.write(str(problem))
            raise CommandError(f"{file}: {len(error.errors)} problem(s), nothing was imported.") from None
        self.stdout.write(_summary(result, dry_run=dry_run))


def _read(file: Path) -> FrameworkFile:
    try:
        if str(file) == "-":
            return FrameworkFile(sys.stdin.buffer.read(LARGEST + 1))
        return read_framework_file(file)
    except OSError as error:
        raise CommandError(f"{file}: {error.strerror}") from error


def _summary(result: ImportResult, *, dry_run: bool) -> str:
    document = result.document
    what = f"{document.key} {document.version} ({len(document.indicators())} indicators)"
    done = {
        ImportOutcome.CREATED: "would be created" if dry_run else "created",
        ImportOutcome.REPLACED: "would replace the draft" if dry_run else "replaced the draft",
        ImportOutcome.TRANSLATED: "would be translated anew" if dry_run else "translated anew",
        ImportOutcome.UNCHANGED: "is unchanged",
    }[result.outcome]
    status = f", {result.version.get_status_display().lower()}" if result.version and not dry_run else ""
    languages = "".join(
        f" {one.language} {format_percent(completeness_percent(document, one))}" for one in document.translations
    )
    translated = f" Translations:{languages}." if languages else ""
    return f"{what}: {done}{status}. Content {result.content_hash}.{translated}"
