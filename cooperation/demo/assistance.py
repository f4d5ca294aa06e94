"""A register of fictional assistance, and what both sides of a fictional match write to each other."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from assessments import public
from cooperation.enums import ActivityKind, ActivityStatus, MarkKind, MatchStatus
from cooperation.models import Match
from cooperation.services.assistance import record_activity
from cooperation.services.match_reviews import mark_match, send_message
from cooperation.validators import ActivityValues
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party, Territory
from wam_portal.money import minor_per_unit


@dataclass(frozen=True, slots=True)
class Plan:
    """An entry; the amount in whole US dollars, days counted from today. `provider`: a party's slug, or a name."""

    slug: str
    role: Role
    title: str
    provider: str
    places: tuple[str, ...]
    areas: tuple[str, ...]
    types: tuple[str, ...]
    days: tuple[int, int]
    status: str = ActivityStatus.RUNNING
    kind: str = ActivityKind.PROJECT
    where: str = ""
    people: str = ""
    amount: int | None = None
    shared: bool = True


PLANS: Final = (
    Plan(
        "amber-fund",
        Role.OFFERING_MEMBER,
        "Marking machines for two depots",
        "amber-fund",
        ("XA",),
        ("MAR", "REC"),
        ("EQUIP", "TRAIN"),
        (-200, 400),
        where="Northern Province",
        people="Store keepers",
        amount=240_000,
    ),
    Plan(
        "eastern-forum",
        Role.COORDINATOR,
        "Exchange of tracing officers in the region",
        "Bilateral partner (fictional)",
        ("XR1",),
        ("TRC", "ILL"),
        ("EXCH", "TRAIN"),
        (60, 700),
        status=ActivityStatus.PLANNED,
    ),
    Plan(
        "aldoria",
        Role.EDITOR,
        "New law on transfers, drafted at home",
        "aldoria",
        ("XA",),
        ("LEG", "TRA"),
        ("LEGAL",),
        (-90, 270),
        kind=ActivityKind.ACTION,
        shared=False,
    ),
    Plan(
        "cobalt-union",
        Role.OFFERING_MEMBER,
        "Stores repaired after the floods",
        "cobalt-union",
        ("XR2",),
        ("STO",),
        ("INFRA",),
        (-900, -200),
        status=ActivityStatus.FINISHED,
        amount=410_000,
    ),
)


def load_register(today: date) -> None:
    """Enter the plans, each by its own party."""
    for plan in PLANS:
        record_activity(values=_values(plan, today), actor=demo_viewer(plan.slug, plan.role))


def overlap_with_a_proposal() -> None:
    """A partner already does what a donor has proposed; the State that is to answer knows of it."""
    match = _proposed(donor_agreed=True)
    if match is None:
        return
    today = timezone.localdate()
    record_activity(
        values=ActivityValues(
            title="Courses of a neighbouring State (fictional)",
            included=[match.state.territory] if match.state.territory else [],
            functional_areas=(match.need["area"],),
            assistance_types=tuple(match.need["types"]),
            provider_name="A neighbouring State (fictional)",
            period_start=today - timedelta(days=100),
            period_end=today + timedelta(days=900),
            description="Fictional entry of the demonstration.",
            shared=True,
        ),
        actor=demo_viewer(match.state.slug, Role.EDITOR),
    )


def overlap_for_a_coordinator() -> None:
    """A State shares what it knows of help in the very field of a request that a coordinator holds."""
    held = list(public.releases_for(demo_viewer("eastern-forum", Role.COORDINATOR)))
    if not held:
        return
    released = held[-1]
    need, period = released.needs[0], released.content["period"]
    record_activity(
        values=ActivityValues(
            title="Help of a foundation, to be agreed with others",
            status=ActivityStatus.PLANNED,
            included=[released.state.territory] if released.state.territory else [],
            functional_areas=(need["functional_area"],),
            assistance_types=tuple(need["assistance_types"]),
            provider_name="Foundation for quiet borders (fictional)",
            period_start=date.fromisoformat(period["start"]) if period["start"] else None,
            period_end=date.fromisoformat(period["end"]) if period["end"] else None,
            description="Fictional entry of the demonstration.",
            shared=True,
        ),
        actor=demo_viewer(released.state.slug, Role.EDITOR),
    )


def talk_about_a_match() -> None:
    """The donor that a State has asked writes back, and puts its answer off for a while."""
    match = _proposed(donor_agreed=False)
    if match is None:
        return
    donor = demo_viewer(match.donor.slug, Role.OFFERING_MEMBER)
    send_message(
        match=match, text="Which of the places come first, if not all can begin in the same year?", actor=donor
    )
    send_message(
        match=match,
        text="The capital and the northern province; the coast can wait for the second year.",
        actor=demo_viewer(match.state.slug, Role.APPROVER),
    )
    later = timezone.localdate() + timedelta(days=45)
    mark_match(match=match, kind=MarkKind.DEFERRED, until=later, reason="Our board meets next month.", actor=donor)


def _proposed(*, donor_agreed: bool) -> Match | None:
    waiting = Match.objects.filter(status=MatchStatus.PROPOSED, donor_agreed_at__isnull=not donor_agreed)
    return waiting.select_related("offer", "donor", "state__territory").order_by("pk").first()


def _values(plan: Plan, today: date) -> ActivityValues:
    party = Party.objects.filter(slug=plan.provider).first()
    return ActivityValues(
        title=plan.title,
        kind=plan.kind,
        status=plan.status,
        shared=plan.shared,
        provider=party,
        provider_name="" if party else plan.provider,
        included=list(Territory.objects.filter(code__in=plan.places)),
        functional_areas=plan.areas,
        assistance_types=plan.types,
        places=plan.where,
        beneficiaries=plan.people,
        period_start=today + timedelta(days=plan.days[0]),
        period_end=today + timedelta(days=plan.days[1]),
        amount_minor=None if plan.amount is None else plan.amount * minor_per_unit("USD"),
        description="Fictional entry of the demonstration.",
    )
