"""Load the demonstration: fictional parties, baselines, requests, offers and matches, made through the services."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from cooperation.demo.assistance import (
    load_register,
    overlap_for_a_coordinator,
    overlap_with_a_proposal,
    talk_about_a_match,
)
from cooperation.demo.decisions import load_decisions
from cooperation.demo.offers import ask_about_offers, change_an_offer, close_an_offer, load_offers
from cooperation.demo.partners import load_partners
from cooperation.demo.portfolios import ask_for_portfolios
from cooperation.services.match_runs import run_matching_for_offer
from wam_portal.accounts.demo import demo_is_loaded, load_parties
from wam_portal.audit.services import audited


class Command(BaseCommand):
    help = "Load fictional data to look around in. Does nothing when it is there already."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=7, help="same seed, same ratings, amounts and choices")

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO_ALLOWED:
            raise CommandError("These settings do not allow demonstration accounts, whose password is public.")
        if demo_is_loaded():
            self.stdout.write("The demonstration is loaded already.")
            return
        with audited():
            load_parties()
            # By name: this side knows the national one through its public door only.
            call_command("load_demo_states", seed=options["seed"], stdout=self.stdout)
            offers = load_offers(timezone.now().date())
            for offer in offers:
                run_matching_for_offer(offer.uuid)
            load_partners(timezone.now().date())
            load_decisions()
            load_register(timezone.now().date())
            overlap_with_a_proposal()
            overlap_for_a_coordinator()
            talk_about_a_match()
            close_an_offer(timezone.now().date())
            ask_about_offers()
            change_an_offer(offers[1])
            run_matching_for_offer(offers[1].uuid)
            ask_for_portfolios()
        self.stdout.write("The demonstration is loaded.")
