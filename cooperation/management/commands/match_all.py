"""Ask for a run of the matching engine over every published offer."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.db import transaction

from cooperation.services.full_runs import enqueue_full_run


class Command(BaseCommand):
    help = "Have the workers match every published offer anew, in portions. The portal does so once a day by itself."

    def handle(self, *args: Any, **options: Any) -> None:
        with transaction.atomic():
            job = enqueue_full_run()
        self.stdout.write(f"Asked for: job {job.uuid}. The workers take it up.")
