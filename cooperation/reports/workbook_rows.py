"""Objects as rows of a workbook that can be filled in and sent back: what the workbooks of both kinds share."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from wam_portal.formats import major_units
from wam_portal.spreadsheets import Column, SheetPlan, Value, WorkbookPlan

FIRST_ROW: Final = 3
"""Below the hidden names and the headings."""
SPARE_ROWS: Final = 200
YES: Final = "yes"
NO: Final = "no"
LIST_SEPARATOR: Final = ", "


@dataclass(frozen=True, kw_only=True)
class RowShape:
    """How an object stands in a row. `sheet`: the name of its sheet, the same in every language.

    `names` are the columns, of which the first two, hidden, say which object in which version it is. `codes` hold
    several values parted by commas, of which `places` are territories; `words` stand by themselves and are read
    whatever their case; `choices` names a list of the workbook for a column. `written` replaces how a field is written.
    """

    sheet: str
    names: tuple[str, ...]
    texts: frozenset[str]
    codes: frozenset[str]
    places: frozenset[str]
    words: frozenset[str]
    amounts: frozenset[str]
    flags: frozenset[str]
    flags_on: frozenset[str] = frozenset()
    choices: Mapping[str, str] = field(default_factory=dict)
    widths: Mapping[str, int] = field(default_factory=dict)
    written: Mapping[str, Callable[[Any], str]] = field(default_factory=dict)

    @property
    def identity(self) -> tuple[str, ...]:
        """The two hidden columns."""
        return self.names[:2]

    @property
    def said(self) -> tuple[str, ...]:
        """The columns that say something of the object."""
        return self.names[2:]

    def as_text(self, name: str, stored: Any) -> str:
        """One field of an object as a cell holds it."""
        if name in self.written:
            return self.written[name](stored)
        if name in self.places:
            return LIST_SEPARATOR.join(sorted(place.code for place in getattr(stored, name).all()))
        if name in self.codes:
            return LIST_SEPARATOR.join(getattr(stored, name))
        if name in self.amounts:
            minor = getattr(stored, f"{name}_minor")
            return "" if minor is None else f"{major_units(minor, stored.currency):f}"
        value = getattr(stored, name)
        if name in self.flags:
            return YES if value else NO
        return "" if value is None else str(value)

    def said_text(self, name: str, value: Any) -> str:
        """What a row says of a field, written as the cell of an object is."""
        if name in self.codes:
            return LIST_SEPARATOR.join(value)
        if name in self.flags:
            return YES if value else NO
        return str(value)

    def cells_of(self, stored: Any) -> list[Value]:
        """One object as its row says it, in the order of the columns."""
        return [str(stored.uuid), str(stored.version), *(self.as_text(name, stored) for name in self.said)]


def codes_sheet() -> str:
    """The name of the sheet that lists the codes, in the active language."""
    return _("Codes")


def filled_workbook(
    shape: RowShape,
    stored: Iterable[Any],
    *,
    labels: Mapping[str, Any],
    instructions: Sequence[tuple[str, str]],
    codes: Iterable[tuple[str, Sequence[tuple[str, Any]]]],
    lists: Mapping[str, Sequence[str]],
    title: str,
) -> WorkbookPlan:
    """The plan of the workbook: instructions, one row an object with spare rows below, codes. Needs places prefetched.

    `labels`: what the editor calls each field. `codes`: for a column the codes that may stand in it, with meanings.
    """
    columns = [
        Column(
            str(labels.get(name, name)),
            shape.widths.get(name, 18),
            unlocked=name not in shape.identity,
            hidden=name in shape.identity,
            choices=shape.choices.get(name, ""),
        )
        for name in shape.names
    ]
    meanings: list[list[Value]] = [
        [str(labels.get(name, name)), str(code), str(label)] for name, choices in codes for code, label in choices
    ]
    rows = [shape.cells_of(one) for one in stored]
    guide = [Column(_("Where"), 28), Column(_("What to write"), 100)]
    legend = [Column(_("List"), 28), Column(_("Code"), 14), Column(_("Meaning"), 60)]
    return WorkbookPlan(
        sheets=[
            SheetPlan(_("Instructions"), guide, [list(line) for line in instructions]),
            SheetPlan(shape.sheet, columns, rows, names=shape.names, frozen_columns=3, spare_rows=SPARE_ROWS),
            SheetPlan(codes_sheet(), legend, meanings),
        ],
        lists={**lists, "yes_no": [YES, NO]},
        title=title,
    )
