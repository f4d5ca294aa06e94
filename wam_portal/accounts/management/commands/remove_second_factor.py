"""`remove_second_factor EMAIL`: for somebody who has lost both phone and recovery codes, at their State's request."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wam_portal.accounts.members import remove_second_factor
from wam_portal.accounts.models import User


class Command(BaseCommand):
    help = "Remove the second factor of a person who can no longer use it; the log of their parties says so."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *_args: Any, **options: Any) -> None:
        user = User.objects.filter(email=options["email"].strip().lower()).first()
        if user is None:
            raise CommandError(f"There is no account {options['email']!r}.")
        if not remove_second_factor(user=user):
            raise CommandError(f"{user.email} has no second factor.")
        self.stdout.write(f"{user.email} signs in with the password alone until a second factor is set up again.")
