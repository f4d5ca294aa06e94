"""Load the countries and regions of ISO 3166 and UN M49."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from wam_portal.accounts.services import load_iso_territories


class Command(BaseCommand):
    help = "Load countries and regions; rows that exist are left alone."

    def handle(self, *args: Any, **options: Any) -> None:
        self.stdout.write(f"{load_iso_territories()} territories added.")
