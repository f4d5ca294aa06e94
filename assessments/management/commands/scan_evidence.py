"""After a malware scanner was configured: have it look at the evidence that came before it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from assessments.services.evidence_scans import ask_for_missing_scans


class Command(BaseCommand):
    help = "Ask the worker to scan every stored evidence file that no malware scanner has judged yet."

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.MALWARE_SCANNER:
            raise CommandError("No scanner is configured: set MALWARE_SCANNER first.")
        self.stdout.write(f"{ask_for_missing_scans()} files wait for the scanner. The worker does them one by one.")
