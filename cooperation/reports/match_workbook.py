"""A comparison of matches as a workbook: the matches, the rules, and every criterion with both values."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from cooperation.selectors.comparisons import Comparison
from cooperation.selectors.wording import area_label, status_label
from wam_portal.spreadsheets import Column, SheetPlan, Value, WorkbookPlan

DIGITS: Final = 1


def comparison_workbook(comparison: Comparison) -> WorkbookPlan:
    """The plan of the workbook; one row a match, then one a rule and match, one a criterion and match."""
    return WorkbookPlan(sheets=[_matches(comparison), _rules(comparison), _points(comparison)], title=_("Comparison"))


def _matches(comparison: Comparison) -> SheetPlan:
    columns = [
        Column(_("No."), 6),
        Column(_("Request"), 40),
        Column(_("Need"), 28),
        Column(_("State"), 24),
        Column(_("Donor"), 24),
        Column(_("Offer"), 40),
        Column(_("Status"), 20),
        Column(_("Points"), 10),
        Column(_("Engine"), 12),
    ]
    rows: list[list[Value]] = [
        [
            number,
            f"{match.request['reference']} {match.request['title']}",
            area_label(match.need["area"]),
            match.state.name,
            match.donor.name,
            match.offer.title,
            status_label(match),
            round(total, DIGITS),
            match.run.engine_version,
        ]
        for number, (match, total) in enumerate(zip(comparison.matches, comparison.totals, strict=True), start=1)
    ]
    return SheetPlan(_("Matches"), columns, rows)


def _rules(comparison: Comparison) -> SheetPlan:
    columns = [Column(_("Rule"), 36), Column(_("No."), 6), Column(_("Outcome"), 20), Column(_("Reason"), 80)]
    rows: list[list[Value]] = [
        [row.label, number, cell.outcome, cell.reason]
        for row in comparison.rules
        for number, cell in enumerate(row.cells, start=1)
        if cell is not None
    ]
    return SheetPlan(_("Rules"), columns, rows)


def _points(comparison: Comparison) -> SheetPlan:
    columns = [
        Column(_("Criterion"), 28),
        Column(_("No."), 6),
        Column(_("Request"), 36),
        Column(_("Offer"), 36),
        Column(_("Weight"), 10),
        Column(_("Points"), 10),
        Column(_("Reason"), 80),
    ]
    rows: list[list[Value]] = [
        [
            row.label,
            number,
            cell.ours if cell.disclosed else _("not disclosed"),
            cell.theirs,
            round(cell.maximum, DIGITS),
            round(cell.points, DIGITS),
            cell.reason,
        ]
        for row in comparison.criteria
        for number, cell in enumerate(row.cells, start=1)
        if cell is not None
    ]
    return SheetPlan(_("Points"), columns, rows)
