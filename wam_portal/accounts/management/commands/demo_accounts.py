"""Print whom one can sign in as in the demonstration."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from wam_portal.accounts.demo import DEMO_PASSWORD, demo_accounts


class Command(BaseCommand):
    help = "List the accounts of the demonstration and their password."

    def handle(self, *args: Any, **options: Any) -> None:
        accounts = demo_accounts()
        if not accounts:
            self.stdout.write("The demonstration is not loaded (manage.py load_demo).")
            return
        width = max(len(email) for email, _party, _role in accounts)
        self.stdout.write(f"Demonstration accounts, all fictional. Password for each: {DEMO_PASSWORD}")
        for email, party, role in accounts:
            self.stdout.write(f"  {email:<{width}}  {party}: {role}")
