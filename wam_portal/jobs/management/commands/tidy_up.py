"""What the worker clears away once an hour, done at once: for an operator, or where no worker runs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from wam_portal.jobs.tidying import tidy_up


class Command(BaseCommand):
    help = "Remove what has expired: sessions, uploads that nobody decided, files without a row, old invitations."

    def handle(self, *args: Any, **options: Any) -> None:
        for name, count in tidy_up().items():
            self.stdout.write(f"{name}: {count}")
