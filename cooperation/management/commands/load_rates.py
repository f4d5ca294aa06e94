"""Load the exchange rates of one day from a CSV file."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from cooperation.services.rates import load_rates
from wam_portal.errors import Invalid


def _day(text: str) -> date:
    return date.fromisoformat(text)


class Command(BaseCommand):
    help = "Load exchange rates: a CSV file with the columns currency and usd_per_unit."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument("--date", type=_day, required=True, help="the day of the rates, as YYYY-MM-DD")
        parser.add_argument("--source", required=True, help="who published them")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            with options["file"].open(encoding="utf-8-sig", newline="") as lines:
                row = load_rates(lines=lines, dated=options["date"], source=options["source"], actor=None)
        except OSError as error:
            raise CommandError(f"{options['file']}: {error.strerror}") from error
        except Invalid as invalid:
            raise CommandError("\n".join(invalid.errors[""])) from invalid
        self.stdout.write(f"Loaded {row.rates.count()} rates of {row.dated} ({row.source}).")
