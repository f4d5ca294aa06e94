"""One's own entries of the register of assistance as a workbook that can be filled in and sent back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import ActivityKind, ActivityStatus
from cooperation.models import AssistanceActivity
from cooperation.reports.workbook_rows import RowShape, filled_workbook
from wam_portal.accounts.models import Party, Territory
from wam_portal.spreadsheets import WorkbookPlan

NAMES: Final = (
    "entry",
    "version",
    "title",
    "kind",
    "status",
    "provider_name",
    "included",
    "functional_areas",
    "assistance_types",
    "places",
    "beneficiaries",
    "period_start",
    "period_end",
    "currency",
    "amount",
    "description",
    "shared",
)
ASSISTANCE: Final = RowShape(
    sheet="Assistance",
    names=NAMES,
    texts=frozenset({"title", "provider_name", "places", "beneficiaries", "description"}),
    codes=frozenset({"included", "functional_areas", "assistance_types"}),
    places=frozenset({"included"}),
    words=frozenset({"kind", "status"}),
    amounts=frozenset({"amount"}),
    flags=frozenset({"shared"}),
    choices={"kind": "kind", "status": "status", "shared": "yes_no"},
    widths={"title": 36, "provider_name": 30, "places": 30, "beneficiaries": 30, "description": 48},
    written={"provider_name": lambda activity: str(activity.provider_label)},
)


def assistance_workbook(
    activities: Iterable[AssistanceActivity],
    territories: Iterable[Territory],
    providers: Iterable[Party],
    labels: Mapping[str, Any],
) -> WorkbookPlan:
    """The plan of the workbook. Needs places and providers. `labels`: what the editor calls each field."""
    return filled_workbook(
        ASSISTANCE,
        activities,
        labels={**labels, "provider_name": _("Who provides it")},
        instructions=[
            (ASSISTANCE.sheet, _("One row an entry. Change the rows that are there, and write new ones below them.")),
            (_("Who provides it"), _("A name. Written as in the sheet of codes it means that party of the portal.")),
            (_("Codes"), _("Lists are codes parted by commas; the sheet of codes names them all.")),
            (_("Amounts"), _("Digits in whole units of the currency, with a point before cents: 80000.50")),
            (_("Days"), _("As 2027-01-31, or as a date of Excel.")),
            (_("Sending it back"), _("You see what would change before anything is saved.")),
            (_("Not in it"), _("What others recorded. A row that you delete changes nothing.")),
        ],
        codes=[
            ("kind", ActivityKind.choices),
            ("status", ActivityStatus.choices),
            ("functional_areas", public.FunctionalArea.choices),
            ("assistance_types", public.AssistanceType.choices),
            ("provider_name", [(party.name, "") for party in providers]),
            ("included", [(place.code, place.label) for place in territories]),
        ],
        lists={"kind": list(ActivityKind.values), "status": list(ActivityStatus.values)},
        title=_("Assistance"),
    )
