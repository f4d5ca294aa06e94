"""Eight offers of five fictional donors, and rates that are made up too."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from django.utils import timezone

from cooperation.enums import ApplicantKind, Modality
from cooperation.models import Offer
from cooperation.services.offer_reminders import ask_whether_valid
from cooperation.services.offers import close_offer, draft_offer, edit_offer, publish_offer
from cooperation.services.rates import load_rates
from cooperation.validators import OfferValues, values_of
from wam_portal.accounts.demo import DEMO, demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Territory
from wam_portal.money import minor_per_unit

RATES: Final = ("currency,usd_per_unit", "USD,1", "EUR,1.08", "GBP,1.27", "CHF,1.12", "JPY,0.0067")


@dataclass(frozen=True, slots=True)
class Plan:
    """An offer; amounts in whole units. `published` False leaves a draft."""

    slug: str
    title: str
    areas: tuple[str, ...]
    types: tuple[str, ...]
    places: tuple[str, ...]
    capacity: int | None = None
    floor: int | None = None
    ceiling: int | None = None
    currency: str = "USD"
    not_in: tuple[str, ...] = ()
    modality: str = Modality.GRANT
    max_requests: int | None = None
    languages: tuple[str, ...] = ("en", "fr")
    endorsed: bool = False
    marker: int | None = None
    oda_only: bool = False
    cofunding: int | None = None
    priorities: tuple[str, ...] = ()
    lenses: tuple[str, ...] = ()
    published: bool = True
    open_days: int = 300
    estimated: int | None = None


PLANS: Final = (
    Plan(
        "amber-fund",
        "Safer stockpiles and destruction",
        ("STO", "DIS"),
        ("EXPERT", "TRAIN", "EQUIP", "INFRA", "DESTR"),
        ("XR1",),
        1_500_000,
        100_000,
        600_000,
        endorsed=True,
        priorities=("STO",),
        lenses=("risk",),
    ),
    Plan(
        "amber-fund",
        "Marking and records programme",
        ("MAR", "REC", "TRC"),
        ("EQUIP", "SOFTW", "TRAIN", "EXPERT"),
        ("001",),
        900_000,
        50_000,
        400_000,
        marker=1,
        priorities=("REC",),
        lenses=("technology",),
    ),
    Plan(
        "basalt-trust",
        "Law and coordination advice",
        ("LEG", "COO", "TRA"),
        ("LEGAL", "POLICY", "EXPERT", "TRAIN"),
        ("001",),
        300_000,
        20_000,
        150_000,
        "EUR",
        oda_only=True,
        lenses=("gender", "community"),
    ),
    Plan(
        "cobalt-union",
        "Regional facility for tracing and transfers",
        ("TRC", "TRA", "REC", "MAR"),
        ("EQUIP", "SOFTW", "TRAIN", "EXCH", "EXPERT"),
        ("XR1", "XR2"),
        2_000_000,
        150_000,
        750_000,
        "EUR",
        not_in=("XE",),
        endorsed=True,
        cofunding=10,
    ),
    Plan(
        "cobalt-union",
        "Border detection equipment",
        ("ILL",),
        ("EQUIP", "TRAIN", "EXCH"),
        ("XR1",),
        500_000,
        50_000,
        250_000,
        "EUR",
        languages=("fr",),
    ),
    Plan(
        "delta-foundation",
        "Communities without weapons",
        ("COL", "COO"),
        ("POLICY", "FINANCE", "DATA", "TRAIN"),
        ("001",),
        250_000,
        10_000,
        80_000,
        "USD",
        marker=1,
        priorities=("COL",),
        lenses=("community", "gender", "children"),
        open_days=20,
    ),
    Plan(
        "fenwara",
        "Exchange with Fenwara's tracing laboratory",
        ("TRC", "ILL"),
        ("EXCH", "TRAIN"),
        ("XR1", "XR2"),
        None,
        modality=Modality.IN_KIND,
        max_requests=3,
        estimated=60_000,
    ),
    Plan(
        "delta-foundation",
        "Destruction days with public witness",
        ("DIS",),
        ("DESTR", "FINANCE"),
        ("XR2",),
        120_000,
        10_000,
        60_000,
        published=False,
    ),
)


def _whole(units: int, currency: str) -> int:
    return units * minor_per_unit(currency)


def _minor(units: int | None, currency: str) -> int | None:
    return None if units is None else _whole(units, currency)


def _values(plan: Plan, today: date) -> OfferValues:
    territories = {row.code: row for row in Territory.objects.filter(code__in=[*plan.places, *plan.not_in])}
    return OfferValues(
        title=plan.title,
        summary="Fictional offer of the demonstration.",
        modality=plan.modality,
        functional_areas=plan.areas,
        assistance_types=plan.types,
        included=[territories[code] for code in plan.places],
        excluded=[territories[code] for code in plan.not_in],
        currency=plan.currency,
        capacity_minor=_minor(plan.capacity, plan.currency),
        max_requests=plan.max_requests,
        floor_minor=_minor(plan.floor, plan.currency),
        ceiling_minor=_minor(plan.ceiling, plan.currency),
        estimated_value_minor=_minor(plan.estimated, plan.currency),
        period_start=today + timedelta(days=30),
        period_end=today + timedelta(days=1100),
        valid_until=today + timedelta(days=plan.open_days),
        languages=plan.languages,
        applicant_kinds=(ApplicantKind.STATE, ApplicantKind.UN_ENTITY, ApplicantKind.NGO),
        needs_endorsed_baseline=plan.endorsed,
        min_gender_marker=plan.marker,
        oda_only=plan.oda_only,
        min_cofunding_percent=plan.cofunding,
        priority_areas=plan.priorities,
        priority_lenses=plan.lenses,
        strategies="Regional plan of the Eastern and Western Forums on small arms.",
    )


def load_offers(today: date) -> list[Offer]:
    """Load rates, draft the offers and publish all but the last; answers those published."""
    load_rates(lines=RATES, dated=today, source="Made up for the demonstration", actor=DEMO)
    published = []
    for plan in PLANS:
        actor = demo_viewer(plan.slug, Role.OFFERING_MEMBER)
        offer = draft_offer(values=_values(plan, today), actor=actor)
        if plan.published:
            published.append(publish_offer(offer=offer, base_version=offer.version, actor=actor))
    return published


def ask_about_offers() -> None:
    """Ask about the offer that ends soon, as the daily job will: some weeks have gone by since it was published."""
    month_ago = timezone.now() - timedelta(days=40)
    ending = Offer.objects.filter(title="Communities without weapons")
    ending.update(updated_at=month_ago, confirmed_at=month_ago)
    ask_whether_valid()


def close_an_offer(today: date) -> None:
    """An offer of an earlier year, closed with its reason."""
    actor = demo_viewer("delta-foundation", Role.OFFERING_MEMBER)
    values = replace(_values(PLANS[-1], today), title="Pilot of community weapons registers")
    offer = draft_offer(values=values, actor=actor, publish=True)
    close_offer(
        offer=offer, base_version=offer.version, actor=actor, reason="The pilot has ended; its budget is spent."
    )


def change_an_offer(offer: Offer) -> None:
    """Raise what an offer gives to one request, so that older suggestions of it are superseded by the next run."""
    offer.refresh_from_db()
    values = values_of(offer)
    ceiling = (values.ceiling_minor or 0) + _whole(50_000, offer.currency)
    actor = demo_viewer(offer.donor.slug, Role.OFFERING_MEMBER)
    edit_offer(offer=offer, base_version=offer.version, values=replace(values, ceiling_minor=ceiling), actor=actor)
