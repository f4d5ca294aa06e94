"""From the cells of a workbook to offers, or to what is wrong with them, cell by cell. Nothing is saved here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.enums import OfferStatus
from cooperation.forms.offers import OfferForm
from cooperation.models import Offer, OfferUpload
from cooperation.reports.offer_workbook import (
    CODES,
    FIRST_ROW,
    FLAGS,
    IDENTITY,
    NAMES,
    NO,
    OFFERS,
    TEXTS,
    YES,
    as_text,
)
from cooperation.services.offer_imports import ImportRow
from cooperation.services.offers import errors_of_change
from wam_portal.spreadsheets import SheetLimits, as_read_back, number_text
from wam_portal.workbook_check import MAX_BYTES
from wam_portal.workbooks import Cell, Sheet, UnreadableWorkbook, WorkbookContent

SHEETS: Final = SheetLimits(sheets=6, rows=800, columns=40, cells=40_000)
MOST_OFFERS: Final = 500
TRUE_WORDS: Final = frozenset({YES, "true", "1"})
FALSE_WORDS: Final = frozenset({NO, "false", "0"})
_WORDS: Final = re.compile(r"[,;\n]")
Data = dict[str, Any]


class OfferWorkbookForm(forms.Form):
    """The filled workbook; whether it is one is found when it is read."""

    file = forms.FileField(
        label=gettext_lazy("Filled workbook"),
        help_text=gettext_lazy("The .xlsx file that you downloaded here. You see what would change first."),
        widget=forms.ClearableFileInput(attrs={"accept": ".xlsx"}),
        error_messages={
            "required": gettext_lazy("Choose the filled workbook."),
            "empty": gettext_lazy("The file is empty. Choose the filled workbook."),
        },
    )

    def clean_file(self) -> Any:
        """Too large a file is refused by its size: it is not even read."""
        file = self.cleaned_data["file"]
        if (file.size or 0) > MAX_BYTES:
            raise ValidationError(UnreadableWorkbook("large").message)
        return file


@dataclass
class Reading:
    """What a workbook says: rows that would create or change something, what is wrong, how many say nothing new."""

    rows: list[dict[str, Any]] = field(default_factory=list)
    problems: list[dict[str, Any]] = field(default_factory=list)
    unchanged: int = 0

    def note(self, cell: str, row: int, title: str, message: str) -> None:
        """Note what is wrong with a cell, or with a whole row; of a cell the first fault, as others follow from it."""
        if cell and any(problem["cell"] == cell for problem in self.problems):
            return
        self.problems.append({"cell": cell, "row": row, "title": title[:80], "message": message})


def labels() -> dict[str, Any]:
    """What the editor calls each field."""
    return {name: bound.label for name, bound in OfferForm.base_fields.items()}


def read_offers(book: WorkbookContent, offers: Mapping[UUID, Offer]) -> Reading:
    """Every row of the workbook against the donor's own offers by their identifier; every fault at once."""
    reading = Reading()
    sheet = book.find(OFFERS)
    columns = _columns(sheet) if sheet is not None else {}
    if sheet is None or not columns.keys() >= {*IDENTITY, "title"}:
        text = _("The sheet “%(sheet)s” of our workbook is not in this file. Begin with the one to download here.")
        reading.note("", 0, "", text % {"sheet": OFFERS})
        return reading
    seen: dict[UUID, int] = {}
    rows = list(_filled_rows(sheet, columns))
    if len(rows) > MOST_OFFERS:
        reading.note("", 0, "", _("At most %(most)d offers are read at once.") % {"most": MOST_OFFERS})
        return reading
    for number, cells in rows:
        _Row(reading, sheet, number, cells, columns).read(offers, seen)
    return reading


def changed_fields(data: Data, offer: Offer) -> list[str]:
    """The fields that a row says otherwise than the offer does."""
    return [name for name in NAMES if name not in IDENTITY and not _same(name, data.get(name, ""), offer)]


def _same(name: str, value: Any, offer: Offer) -> bool:
    stored = as_text(name, offer)
    if name in CODES:
        return {word.casefold() for word in value} == {word.casefold() for word in _split(stored)}
    if name in FLAGS:
        return bool(value) == (stored == YES)
    if name in TEXTS:
        return bool(value.strip() == as_read_back(stored))
    return bool(value == stored or _number(value) == _number(stored) is not None)


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def import_rows(upload: OfferUpload, chosen: Iterable[int], offers: Mapping[UUID, Offer]) -> list[ImportRow]:
    """The chosen rows of an upload as the service takes them; what cannot be read any more is left out."""
    wanted, found = set(chosen), []
    for row in upload.rows:
        form = OfferForm(row["data"])
        offer = offers.get(UUID(row["offer"])) if row["offer"] else None
        if row["row"] in wanted and form.is_valid() and (offer is not None or not row["offer"]):
            found.append(ImportRow(row["row"], form.values(), offer, row["version"]))
    return found


@dataclass
class _Row:
    """One filled row."""

    reading: Reading
    sheet: Sheet
    number: int
    cells: dict[int, Cell]
    columns: dict[str, int]

    def read(self, offers: Mapping[UUID, Offer], seen: dict[UUID, int]) -> None:
        """Judge the row, and put it where it belongs."""
        before = len(self.reading.problems)
        data = self._data()
        offer, named = self._offer(offers, seen)
        if named and offer is None:
            return
        if offer is not None and not changed_fields(data, offer) and len(self.reading.problems) == before:
            self.reading.unchanged += 1
            return
        version = self._text("version")
        if offer is not None and version != str(offer.version):
            text = _("Somebody changed this offer since the workbook was made. Download it again.")
            self._note("title", text)
            return
        form = OfferForm(data)
        errors: Mapping[str, Sequence[Any]] = {} if form.is_valid() else form.errors
        if not errors:
            errors = errors_of_change(values=form.values(), offer=offer)
        for name, messages in errors.items():
            for message in messages:
                self._note(name if name in self.columns else "title", str(message))
        if len(self.reading.problems) == before:
            self.reading.rows.append(
                {
                    "row": self.number,
                    "offer": str(offer.uuid) if offer else "",
                    "version": offer.version if offer else 0,
                    "data": data,
                }
            )

    def _offer(self, offers: Mapping[UUID, Offer], seen: dict[UUID, int]) -> tuple[Offer | None, bool]:
        """The offer that the row names, and whether it names one."""
        text = self._text("offer")
        if not text:
            return None, False
        try:
            uuid = UUID(text)
        except ValueError:
            uuid = UUID(int=0)
        offer = offers.get(uuid)
        if offer is None:
            self._note("title", _("There is no such offer of yours. Write new offers into empty rows."))
        elif offer.status == OfferStatus.CLOSED:
            self._note("title", _("This offer is closed."))
            return None, True
        elif uuid in seen:
            text = _("This offer stands in row %(row)d already. Keep one of the two rows.")
            self._note("title", text % {"row": seen[uuid]})
            return None, True
        else:
            seen[uuid] = self.number
        return offer, True

    def _data(self) -> Data:
        """The cells as the editor's form takes them."""
        data: Data = {}
        for name in NAMES:
            if name in IDENTITY:
                continue
            text = self._text(name)
            if name in CODES:
                data[name] = [_known(name, word) for word in _split(text)]
            elif name in FLAGS:
                data[name] = self._flag(name, text)
            else:
                data[name] = text.casefold() if name == "modality" else text
        return data

    def _flag(self, name: str, text: str) -> str:
        word = text.casefold()
        if word in TRUE_WORDS or (not word and name == "listed"):
            return "on"
        if word and word not in FALSE_WORDS:
            self._note(name, _("Write %(yes)s or %(no)s.") % {"yes": YES, "no": NO})
        return ""

    def _text(self, name: str) -> str:
        cell = self.cells.get(self.columns.get(name, 0))
        if cell is None:
            return ""
        if cell.problem:
            self.reading.note(cell.address, self.number, "", cell.problem)
            return ""
        return number_text(cell.value).strip()

    def _note(self, name: str, message: str) -> None:
        place = Cell(self.sheet.title, self.number, self.columns[name], "").address
        title = self.cells.get(self.columns["title"])
        self.reading.note(place, self.number, str(title.value) if title else "", message)


def _columns(sheet: Sheet) -> dict[str, int]:
    """Columns by the names in the hidden first row."""
    return {str(cell.value): number for number, cell in sheet.rows.get(1, {}).items() if str(cell.value) in NAMES}


def _filled_rows(sheet: Sheet, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[int, Cell]]]:
    known = set(columns.values())
    for number, cells in sorted(sheet.rows.items()):
        filled = any(str(cell.value).strip() or cell.problem for place, cell in cells.items() if place in known)
        if number >= FIRST_ROW and filled:
            yield number, cells


def _split(text: str) -> list[str]:
    return [word.strip() for word in _WORDS.split(text) if word.strip()]


def _known(name: str, word: str) -> str:
    """A code as it is spelt here, whatever the case in which it was typed."""
    choices = getattr(OfferForm.base_fields[name], "choices", ()) if name not in ("included", "excluded") else ()
    return next((code for code, _label in choices if code.casefold() == word.casefold()), word.upper())
