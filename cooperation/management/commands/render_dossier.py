"""Render a request's dossier into a file, without a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from cooperation.services.dossiers import render_to_file
from wam_portal.errors import NotVisible, PortalError


class Command(BaseCommand):
    help = "Render the PDF dossier of the request REFERENCE into a file. Noted in the State's log."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("reference", metavar="REFERENCE", help="the request's reference, as printed on it")
        audience = parser.add_mutually_exclusive_group(required=True)
        audience.add_argument("--national", action="store_true", help="the State's own copy")
        audience.add_argument("--grant", type=UUID, metavar="ID", help="the copy of a grant: its keys and no others")
        parser.add_argument("-o", "--output", required=True, type=Path, metavar="FILE")
        parser.add_argument("--language", default="en", choices=[code for code, _name in settings.LANGUAGES])

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = options["output"]
        if not target.parent.is_dir():
            raise CommandError(f"There is no folder {target.parent}.")
        try:
            pdf = render_to_file(
                reference=options["reference"],
                grant_uuid=options["grant"],
                language=options["language"],
                target=target,
            )
        except NotVisible:
            what = f"an active grant {options['grant']} of" if options["grant"] else "a request"
            raise CommandError(f"There is not {what} {options['reference']}.") from None
        except PortalError as error:
            raise CommandError(error.message) from None
        self.stdout.write(f"{target}: {pdf.pages} pages, {len(pdf.content)} bytes")
