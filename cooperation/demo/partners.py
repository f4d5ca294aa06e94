"""Two fictional partners: one at home in the eastern region, one that works everywhere and stands back once."""

from __future__ import annotations

from datetime import date, timedelta

from cooperation.services.partners import PartnerValues, add_project, declare_conflict, save_profile
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Territory


def load_partners(today: date) -> None:
    """Both describe themselves, name what they have finished, and agree to be suggested."""
    places = {row.code: row for row in Territory.objects.filter(code__in=["001", "XR1", "XA", "XB", "XC", "XE"])}
    harbour = demo_viewer("harbour-relief", Role.IMPLEMENTING_MEMBER)
    values = PartnerValues(
        summary="Engineers and trainers for depots and records. Fictional.",
        functional_areas=("STO", "MAR", "REC", "DIS"),
        assistance_types=("EXPERT", "TRAIN", "EQUIP", "INFRA", "DESTR"),
        technologies=("marking", "record_keeping"),
        presence=[places["XA"], places["XB"]],
        languages=("en", "fr"),
        projects_left=2,
        contact="Programme office, office@harbour-relief.example",
        consents=True,
    )
    save_profile(base_version=0, values=values, actor=harbour)
    for title, areas, where, years in (
        ("Two depots made safe", ("STO",), "XB", 1),
        ("One register for four services", ("REC", "MAR"), "XA", 2),
        ("Destruction of surplus rifles", ("DIS",), "XE", 3),
    ):
        ended = today - timedelta(days=365 * years)
        add_project(title=title, functional_areas=areas, places=[places[where]], ended_on=ended, actor=harbour)
    ivory = demo_viewer("ivory-institute", Role.IMPLEMENTING_MEMBER)
    values = PartnerValues(
        summary="Lawyers and analysts who advise commissions. Fictional.",
        functional_areas=("COO", "LEG", "TRA", "TRC", "REC"),
        assistance_types=("EXPERT", "TRAIN", "LEGAL", "DATA"),
        presence=[places["001"]],
        languages=("en", "es"),
        contact="desk@ivory-institute.example",
        consents=True,
    )
    save_profile(base_version=0, values=values, actor=ivory)
    declare_conflict(
        country=places["XC"], reason="Two of our board members advise its commission. Fictional.", actor=ivory
    )
