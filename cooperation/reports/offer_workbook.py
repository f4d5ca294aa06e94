"""One's own offers as a workbook that can be filled in and sent back, and the words that may be used in it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, Final

from django.conf import settings
from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import ApplicantKind, Modality
from cooperation.models import Offer
from wam_portal.accounts.models import Territory
from wam_portal.formats import major_units
from wam_portal.spreadsheets import Column, SheetPlan, Value, WorkbookPlan

OFFERS: Final = "Offers"
FIRST_ROW: Final = 3
"""Below the hidden names and the headings."""
SPARE_ROWS: Final = 200
YES: Final = "yes"
NO: Final = "no"
LIST_SEPARATOR: Final = ", "
IDENTITY: Final = ("offer", "version")
TEXTS: Final = ("title", "summary", "strategies")
CODES: Final = (
    "functional_areas",
    "assistance_types",
    "technologies",
    "included",
    "excluded",
    "languages",
    "applicant_kinds",
    "priority_areas",
    "priority_lenses",
)
AMOUNTS: Final = ("capacity", "floor", "ceiling", "estimated_value")
FLAGS: Final = ("needs_endorsed_baseline", "oda_only", "listed")
DATES: Final = ("period_start", "period_end", "valid_until")
NAMES: Final = (
    *IDENTITY,
    "title",
    "summary",
    "modality",
    "functional_areas",
    "assistance_types",
    "technologies",
    "included",
    "excluded",
    "currency",
    *AMOUNTS[:3],
    "max_requests",
    "estimated_value",
    *DATES,
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
_WIDE: Final = {"title": 36, "summary": 48, "strategies": 36}
_CHOICES: Final = {"modality": "modality", **dict.fromkeys(FLAGS, "yes_no")}


def offer_workbook(offers: Iterable[Offer], territories: Iterable[Territory], labels: dict[str, Any]) -> WorkbookPlan:
    """The plan of the workbook: instructions, one row an offer with spare rows below, codes. Needs places prefetched.

    `labels`: what the editor calls each field.
    """
    columns = [
        Column(
            _column_heading(name, labels),
            _WIDE.get(name, 18),
            unlocked=name not in IDENTITY,
            hidden=name in IDENTITY,
            choices=_CHOICES.get(name, ""),
        )
        for name in NAMES
    ]
    return WorkbookPlan(
        sheets=[
            _instructions(),
            SheetPlan(
                OFFERS,
                columns,
                [cells_of(offer) for offer in offers],
                names=NAMES,
                frozen_columns=3,
                spare_rows=SPARE_ROWS,
            ),
            _codes(territories, labels),
        ],
        lists={"modality": list(Modality.values), "yes_no": [YES, NO]},
        title=_("Offers"),
    )


def cells_of(offer: Offer) -> list[Value]:
    """One offer as its row says it, in the order of the columns."""
    texts = {name: as_text(name, offer) for name in NAMES if name not in IDENTITY}
    return [str(offer.uuid), str(offer.version), *texts.values()]


def as_text(name: str, offer: Offer) -> str:
    """One field of an offer as a cell holds it."""
    if name in ("included", "excluded"):
        return LIST_SEPARATOR.join(sorted(place.code for place in getattr(offer, name).all()))
    if name in CODES:
        return LIST_SEPARATOR.join(getattr(offer, name))
    if name in AMOUNTS:
        minor = getattr(offer, f"{name}_minor")
        return "" if minor is None else f"{major_units(minor, offer.currency):f}"
    value = getattr(offer, name)
    if name in FLAGS:
        return YES if value else NO
    return "" if value is None else str(value)


def _column_heading(name: str, labels: dict[str, Any]) -> str:
    return str(labels.get(name, name))


def _instructions() -> SheetPlan:
    return SheetPlan(
        _("Instructions"),
        [Column(_("Where"), 28), Column(_("What to write"), 100)],
        [
            [OFFERS, _("One row an offer. Change the rows that are there, and write new offers below them.")],
            [_("Codes"), _("Lists are codes parted by commas; the sheet of codes names them all.")],
            [_("Amounts"), _("Digits in whole units of the currency, with a point before cents: 80000.50")],
            [_("Days"), _("As 2027-01-31, or as a date of Excel.")],
            [_("Sending it back"), _("You see what would change before anything is saved. New offers become drafts.")],
            [_("Not in it"), _("Closed offers. A row that you delete changes nothing.")],
        ],
    )


def _codes(territories: Iterable[Territory], labels: dict[str, Any]) -> SheetPlan:
    groups: list[tuple[str, Sequence[tuple[str, Any]]]] = [
        ("modality", Modality.choices),
        ("functional_areas", public.FunctionalArea.choices),
        ("assistance_types", public.AssistanceType.choices),
        ("technologies", public.Technology.choices),
        ("applicant_kinds", ApplicantKind.choices),
        ("languages", settings.LANGUAGES),
        ("min_gender_marker", [choice for choice in public.GenderMarker.choices if choice[0]]),
        ("priority_lenses", public.Lens.choices),
        ("included", [(place.code, place.name) for place in territories]),
    ]
    rows: list[list[Value]] = [
        [_column_heading(name, labels), str(code), str(label)] for name, choices in groups for code, label in choices
    ]
    return SheetPlan(_("Codes"), [Column(_("List"), 28), Column(_("Code"), 14), Column(_("Meaning"), 60)], rows)
