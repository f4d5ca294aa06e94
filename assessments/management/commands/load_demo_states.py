"""The national part of the demonstration; `load_demo` calls it."""

from __future__ import annotations

import random
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from assessments.demo import baselines, cycles, meetings, requests
from assessments.models import FrameworkVersion


class Command(BaseCommand):
    help = "Load baselines, gaps and requests of the fictional States (use load_demo)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--seed", type=int, default=7)

    def handle(self, *args: Any, **options: Any) -> None:
        rng = random.Random(options["seed"])  # noqa: S311  (fictional ratings)
        today = timezone.now().date()
        published = FrameworkVersion.objects.published().filter(framework__key="wam-baseline")
        framework = published.order_by("-published_at")[0]
        loaded = {plan.slug: baselines.load_baseline(rng, plan, framework, today) for plan in baselines.PLANS}
        cycles.load_earlier_baseline(options["seed"], loaded[cycles.STATE])
        meetings.load_meeting(loaded["aldoria"], today)
        for plan in requests.PLANS:
            requests.load_request(rng, plan, loaded[plan.slug], today)
        self.stdout.write(f"{len(loaded)} baselines and {len(requests.PLANS)} requests.")
