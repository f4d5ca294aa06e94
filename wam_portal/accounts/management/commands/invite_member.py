"""`invite_member PARTY EMAIL ROLE`: the first people of a party; they invite the others in the portal."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from wam_portal.accounts.enums import Role
from wam_portal.accounts.invitations import Invitee, invite_from_outside, mail_invitation
from wam_portal.accounts.models import Party
from wam_portal.errors import Invalid


class Command(BaseCommand):
    help = "Invite somebody to a party, mail the link and print it."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("party", help="the party's name in addresses")
        parser.add_argument("email")
        parser.add_argument("role", choices=[role.value for role in Role])
        parser.add_argument("--name", default="", help="the person's name, as it appears in the mail")
        parser.add_argument("--language", default="en")

    def handle(self, *_args: Any, **options: Any) -> None:
        party = Party.objects.filter(slug=options["party"]).first()
        if party is None:
            raise CommandError(f"There is no party {options['party']!r}.")
        invitee = Invitee(options["email"], options["name"], [Role(options["role"])], language=options["language"])
        try:
            invited = invite_from_outside(party=party, invitee=invitee)
        except Invalid as invalid:
            raise CommandError(invalid.message) from invalid
        sent = "mailed" if mail_invitation(invited) else "NOT mailed: pass the link on"
        self.stdout.write(f"{invited.invitation.email} is invited ({sent}).\n{invited.link}")
