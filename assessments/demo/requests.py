"""Draft, endorse and share the twelve requests of the fictional States."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from assessments.demo import texts
from assessments.demo.baselines import confirmed_gaps
from assessments.enums import AssistanceType, GrantLevel
from assessments.models import Assessment, AssistanceRequest
from assessments.services.needs import update_need
from assessments.services.releases import release_request
from assessments.services.requests import draft_request, endorse_request, update_request
from wam_portal.access import Viewer
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.audit.services import audited
from wam_portal.money import minor_per_unit

SUSTAINED: Final = {AssistanceType.EQUIP, AssistanceType.SOFTW}


@dataclass(frozen=True, slots=True)
class Plan:
    """`shares` are (recipient slug, or "*" for all donors, and level); none: endorsed or drafted but kept at home."""

    slug: str
    areas: tuple[str, ...]
    currency: str
    outcome: str = "endorsed"
    shares: tuple[tuple[str, GrantLevel], ...] = ()
    technology: str = ""


PLANS: Final = (
    Plan(
        "aldoria",
        ("STO", "DIS"),
        "USD",
        shares=(
            ("amber-fund", GrantLevel.DOSSIER),
            ("*", GrantLevel.SUMMARY),
            ("eastern-forum", GrantLevel.DOSSIER),
        ),
        technology="storage_security",
    ),
    Plan(
        "aldoria",
        ("MAR", "REC"),
        "USD",
        shares=(
            ("amber-fund", GrantLevel.GAPS),
            ("cobalt-union", GrantLevel.DOSSIER),
            ("eastern-forum", GrantLevel.GAPS),
        ),
        technology="marking",
    ),
    Plan(
        "aldoria",
        ("TRC", "ILL"),
        "EUR",
        shares=(("*", GrantLevel.GAPS), ("eastern-forum", GrantLevel.GAPS)),
        technology="ballistics",
    ),
    Plan("aldoria", ("COL",), "USD", outcome="draft"),
    Plan(
        "borvenia",
        ("LEG", "COO"),
        "EUR",
        shares=(
            ("amber-fund", GrantLevel.DOSSIER),
            ("basalt-trust", GrantLevel.DOSSIER),
            ("eastern-forum", GrantLevel.DOSSIER),
        ),
    ),
    Plan(
        "borvenia",
        ("ILL",),
        "USD",
        shares=(("*", GrantLevel.SUMMARY), ("eastern-forum", GrantLevel.SUMMARY)),
        technology="border_control",
    ),
    Plan("borvenia", ("COL",), "EUR", shares=(("delta-foundation", GrantLevel.GAPS),)),
    Plan("caldessa", ("STO",), "USD", outcome="draft", technology="storage_security"),
    Plan(
        "dravonia",
        ("REC", "TRC"),
        "USD",
        shares=(("*", GrantLevel.GAPS), ("eastern-forum", GrantLevel.GAPS)),
        technology="record_keeping",
    ),
    Plan("dravonia", ("DIS",), "EUR", shares=(("western-forum", GrantLevel.SUMMARY),)),
    Plan("esmeria", ("COO",), "USD", outcome="draft"),
    Plan("fenwara", ("TRA",), "EUR", shares=(("cobalt-union", GrantLevel.GAPS), ("western-forum", GrantLevel.DOSSIER))),
)
MOST_GAPS: Final = 3


def _amount(rng: random.Random, currency: str) -> int:
    return rng.randrange(60, 480, 5) * 1000 * minor_per_unit(currency)


def _write(rng: random.Random, request: AssistanceRequest, plan: Plan, editor: Viewer, today: date) -> None:
    start = today + timedelta(days=rng.randrange(90, 180))
    update_request(
        request=request,
        base_version=request.version,
        actor=editor,
        title=texts.TITLES[plan.areas[0]],
        objective=f"{texts.TITLES[plan.areas[0]]}, so that the gaps found in the baseline are closed within two years.",
        currency=plan.currency,
        period_start=start,
        period_end=start + timedelta(days=730),
        places="Capital region and the four border provinces",
        beneficiaries=texts.BENEFICIARIES,
        what_exists=texts.EXISTS,
        who_helps=texts.HELPERS,
        national_contribution_minor=_amount(rng, plan.currency) // 5,
        sustainability=texts.SUSTAINABILITY,
        expected_results=texts.RESULTS,
        strategies=texts.STRATEGIES,
        gender_marker=rng.choice(["1", "1", "2", "0"]),
        oda_eligible=plan.areas[0] not in {"DIS", "STO"},
        languages=["en", "fr"],
        contact=f"{editor.user.full_name}, {editor.user.email}",
    )
    for need in request.needs.order_by("position"):
        types = set(need.assistance_types)
        update_need(
            need=need,
            base_version=request.version,
            actor=editor,
            description=texts.NEEDS[need.functional_area],
            amount_minor=_amount(rng, plan.currency),
            technology=plan.technology if types & SUSTAINED else "",
            includes_maintenance=bool(types & SUSTAINED),
            includes_training=bool(types & SUSTAINED),
        )
        request.refresh_from_db()


def _share(request: AssistanceRequest, plan: Plan, approver: Viewer, today: date) -> None:
    for slug, level in plan.shares:
        release_request(
            request=request,
            actor=approver,
            level=level,
            purpose="To see whether an offer fits. Fictional.",
            recipients=[] if slug == "*" else [Party.objects.get(slug=slug)],
            all_donors=slug == "*",
            expires_on=today + timedelta(days=180),
        )


def load_request(rng: random.Random, plan: Plan, assessment: Assessment, today: date) -> AssistanceRequest:
    """Make one request as its plan says, in one transaction."""
    editor, approver = demo_viewer(plan.slug, Role.EDITOR), demo_viewer(plan.slug, Role.APPROVER)
    gaps = confirmed_gaps(assessment, plan.areas, MOST_GAPS)
    with audited():
        request = draft_request(assessment=assessment, gap_uuids=[gap.uuid for gap in gaps], actor=editor)
        _write(rng, request, plan, editor, today)
        if plan.outcome == "endorsed":
            request = AssistanceRequest.objects.get(pk=request.pk)
            endorse_request(request=request, base_version=request.version, actor=approver)
            request = AssistanceRequest.objects.get(pk=request.pk)
            _share(request, plan, approver, today)
    return request
