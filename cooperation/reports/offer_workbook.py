"""One's own offers as a workbook that can be filled in and sent back, and the words that may be used in it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import ApplicantKind, Modality
from cooperation.models import Offer
from cooperation.reports.workbook_rows import RowShape, filled_workbook
from wam_portal.accounts.models import Territory
from wam_portal.spreadsheets import WorkbookPlan

NAMES: Final = (
    "offer",
    "version",
    "title",
    "summary",
    "modality",
    "functional_areas",
    "assistance_types",
    "technologies",
    "included",
    "excluded",
    "currency",
    "capacity",
    "floor",
    "ceiling",
    "max_requests",
    "estimated_value",
    "period_start",
    "period_end",
    "valid_until",
    "applicant_kinds",
    "languages",
    "needs_endorsed_baseline",
    "oda_only",
    "min_gender_marker",
    "min_cofunding_percent",
    "priority_areas",
    "priority_lenses",
    "strategies",
    "listed",
)
FLAGS: Final = frozenset({"needs_endorsed_baseline", "oda_only", "listed"})
PLACES: Final = frozenset({"included", "excluded"})
OFFERS: Final = RowShape(
    sheet="Offers",
    names=NAMES,
    texts=frozenset({"title", "summary", "strategies"}),
    codes=PLACES
    | {
        "functional_areas",
        "assistance_types",
        "technologies",
        "languages",
        "applicant_kinds",
        "priority_areas",
        "priority_lenses",
    },
    places=PLACES,
    words=frozenset({"modality"}),
    amounts=frozenset({"capacity", "floor", "ceiling", "estimated_value"}),
    flags=FLAGS,
    flags_on=frozenset({"listed"}),
    choices={"modality": "modality", **dict.fromkeys(FLAGS, "yes_no")},
    widths={"title": 36, "summary": 48, "strategies": 36},
)


def offer_workbook(
    offers: Iterable[Offer], territories: Iterable[Territory], labels: Mapping[str, Any]
) -> WorkbookPlan:
    """The plan of the workbook. Needs places prefetched. `labels`: what the editor calls each field."""
    return filled_workbook(
        OFFERS,
        offers,
        labels=labels,
        instructions=[
            (OFFERS.sheet, _("One row an offer. Change the rows that are there, and write new offers below them.")),
            (_("Codes"), _("Lists are codes parted by commas; the sheet of codes names them all.")),
            (_("Amounts"), _("Digits in whole units of the currency, with a point before cents: 80000.50")),
            (_("Days"), _("As 2027-01-31, or as a date of Excel.")),
            (_("Sending it back"), _("You see what would change before anything is saved. New offers become drafts.")),
            (_("Not in it"), _("Closed offers. A row that you delete changes nothing.")),
        ],
        codes=[
            ("modality", Modality.choices),
            ("functional_areas", public.FunctionalArea.choices),
            ("assistance_types", public.AssistanceType.choices),
            ("technologies", public.Technology.choices),
            ("applicant_kinds", ApplicantKind.choices),
            ("languages", settings.LANGUAGES),
            ("min_gender_marker", [choice for choice in public.GenderMarker.choices if choice[0]]),
            ("priority_lenses", public.Lens.choices),
            ("included", [(place.code, place.label) for place in territories]),
        ],
        lists={"modality": list(Modality.values)},
        title=_("Offers"),
    )
