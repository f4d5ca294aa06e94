"""From the cells of a workbook to objects, or to what is wrong with them, cell by cell. Nothing is saved here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any, Final
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from cooperation.models import WorkbookUpload
from cooperation.reports.workbook_rows import FIRST_ROW, NO, YES, RowShape, codes_sheet
from cooperation.services.workbook_uploads import ImportRow
from cooperation.validators import Errors
from wam_portal.spreadsheets import SheetLimits, as_read_back, number_text
from wam_portal.workbook_check import MAX_BYTES
from wam_portal.workbooks import Cell, Sheet, UnreadableWorkbook, WorkbookContent

SHEETS: Final = SheetLimits(sheets=6, rows=800, columns=40, cells=40_000)
MOST_ROWS: Final = 500
TRUE_WORDS: Final = frozenset({YES, "true", "1"})
FALSE_WORDS: Final = frozenset({NO, "false", "0"})
_WORDS: Final = re.compile(r"[,;\n]")
Data = dict[str, Any]


class WorkbookForm(forms.Form):
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

    def note(self, cell: str, row: int, title: str, message: str, name: str = "") -> None:
        """Note what is wrong with a cell, or with a whole row; of a cell the first fault, as others follow from it."""
        if cell and any(problem["cell"] == cell for problem in self.problems):
            return
        self.problems.append({"cell": cell, "row": row, "name": name, "title": title[:80], "message": message})

    def sort(self) -> None:
        """By row and column, as one goes through the sheet. Columns of two letters stand after those of one."""
        self.problems.sort(key=lambda problem: (problem["row"], len(problem["cell"]), problem["cell"]))


@dataclass(frozen=True, slots=True, kw_only=True)
class RowReader:
    """How rows become objects of one kind. `stored`: those of one's own party, by their identifier.

    `form` is the editor's form on the data of a row; `errors` what else keeps its values from being saved in place of
    an object (None: a new one); `ended` says why an object is changed no more, or nothing. `beside` names, for fields
    of the form that have no column, the column at which their faults are told.
    """

    shape: RowShape
    form_class: type[forms.Form]
    form: Callable[[Data], Any]
    errors: Callable[[Any, Any], Errors]
    stored: Mapping[UUID, Any]
    ended: Callable[[Any], str] = lambda stored: ""
    beside: Mapping[str, str] = field(default_factory=dict)

    def read(self, book: WorkbookContent) -> Reading:
        """Every row of the workbook against one's own objects by their identifier; every fault at once."""
        reading = Reading()
        sheet = book.find(self.shape.sheet)
        columns = self._columns(sheet) if sheet is not None else {}
        if sheet is None or not columns.keys() >= {*self.shape.identity, "title"}:
            text = _("The sheet “%(sheet)s” of our workbook is not in this file. Begin with the one to download here.")
            reading.note("", 0, "", text % {"sheet": self.shape.sheet})
            return reading
        rows = list(_filled_rows(sheet, columns))
        if len(rows) > MOST_ROWS:
            reading.note("", 0, "", _("At most %(most)d rows are read at once.") % {"most": MOST_ROWS})
            return reading
        seen: dict[UUID, int] = {}
        for number, cells in rows:
            _Row(self, reading, sheet, number, cells, columns).read(seen)
        reading.sort()
        return reading

    def changed_fields(self, data: Data, stored: Any) -> list[str]:
        """The fields that a row says otherwise than the object does."""
        return [name for name in self.shape.said if not self._same(name, data.get(name, ""), stored)]

    def changes(self, data: Data, stored: Any) -> list[tuple[str, str, str]]:
        """What a row says otherwise than the object does: the field, the object's text, the row's."""
        return [
            (name, as_read_back(self.shape.as_text(name, stored)), self.shape.said_text(name, data.get(name, "")))
            for name in self.changed_fields(data, stored)
        ]

    def chosen_rows(self, upload: WorkbookUpload, chosen: Iterable[int]) -> list[ImportRow]:
        """The chosen rows of an upload as the service takes them; what cannot be read any more is left out."""
        wanted, found = set(chosen), []
        for row in upload.rows:
            form = self.form(row["data"])
            stored = self.stored.get(UUID(row["stored"])) if row["stored"] else None
            if row["row"] in wanted and form.is_valid() and (stored is not None or not row["stored"]):
                found.append(ImportRow(row["row"], form.values(), stored, row["version"]))
        return found

    def known(self, name: str, word: str) -> str:
        """A code as it is spelt here, whatever the case in which it was typed."""
        places = name in self.shape.places
        choices = () if places else getattr(self.form_class.base_fields[name], "choices", ())
        return next((code for code, _label in choices if code.casefold() == word.casefold()), word.upper())

    def _columns(self, sheet: Sheet) -> dict[str, int]:
        """Columns by the names in the hidden first row."""
        names = self.shape.names
        return {str(cell.value): number for number, cell in sheet.rows.get(1, {}).items() if str(cell.value) in names}

    def _same(self, name: str, value: Any, stored: Any) -> bool:
        text = self.shape.as_text(name, stored)
        if name in self.shape.codes:
            return {word.casefold() for word in value} == {word.casefold() for word in _split(text)}
        if name in self.shape.flags:
            return bool(value) == (text == YES)
        if name in self.shape.texts:
            return bool(value.strip() == as_read_back(text))
        return bool(value == text or _number(value) == _number(text) is not None)


@dataclass
class _Row:
    """One filled row."""

    reader: RowReader
    reading: Reading
    sheet: Sheet
    number: int
    cells: dict[int, Cell]
    columns: dict[str, int]

    def read(self, seen: dict[UUID, int]) -> None:
        """Judge the row, and put it where it belongs."""
        before = len(self.reading.problems)
        data = self._data()
        stored, named = self._stored(seen)
        if named and stored is None:
            return
        sound = len(self.reading.problems) == before
        if stored is not None and sound and not self.reader.changed_fields(data, stored):
            self.reading.unchanged += 1
            return
        if stored is not None and self._text("version") != str(stored.version):
            self._note("title", _("Somebody changed this since the workbook was made. Download it again."))
            return
        self._judge(data, stored)
        if len(self.reading.problems) == before:
            self.reading.rows.append(
                {
                    "row": self.number,
                    "stored": str(stored.uuid) if stored else "",
                    "version": stored.version if stored else 0,
                    "data": data,
                }
            )

    def _judge(self, data: Data, stored: Any) -> None:
        form = self.reader.form(data)
        errors: Mapping[str, Sequence[Any]] = {} if form.is_valid() else self._form_errors(form)
        if not errors:
            errors = self.reader.errors(form.values(), stored)
        for name, messages in errors.items():
            column = self.reader.beside.get(name, name)
            for message in messages:
                self._note(column if column in self.columns else "title", str(message))

    def _form_errors(self, form: forms.BaseForm) -> dict[str, list[str]]:
        """What the form says, and for a code that is not known where the known ones stand."""
        listed = self.reader.shape.codes | self.reader.shape.words
        where = _("The sheet “%(sheet)s” names them all.") % {"sheet": codes_sheet()}
        told: dict[str, list[str]] = {}
        for name, faults in form.errors.as_data().items():
            for fault in faults:
                more = [where] if name in listed and fault.code == "invalid_choice" else []
                told.setdefault(name, []).append(" ".join([*map(str, fault.messages), *more]))
        return told

    def _stored(self, seen: dict[UUID, int]) -> tuple[Any, bool]:
        """The object that the row names, and whether it names one."""
        text = self._text(self.reader.shape.identity[0])
        if not text:
            return None, False
        try:
            uuid = UUID(text)
        except ValueError:
            uuid = UUID(int=0)
        stored = self.reader.stored.get(uuid)
        problem = ""
        if stored is None:
            problem = _("There is none such of yours. Write what is new into empty rows.")
        elif ended := self.reader.ended(stored):
            problem = ended
        elif uuid in seen:
            text = _("This stands in row %(row)d already. Keep one of the two rows.")
            problem = text % {"row": seen[uuid]}
        if problem:
            self._note("title", problem)
            return None, True
        seen[uuid] = self.number
        return stored, True

    def _data(self) -> Data:
        """The cells as the editor's form takes them."""
        shape = self.reader.shape
        data: Data = {}
        for name in shape.said:
            text = self._text(name)
            if name in shape.codes:
                data[name] = [self.reader.known(name, word) for word in _split(text)]
            elif name in shape.flags:
                data[name] = self._flag(name, text)
            else:
                data[name] = text.casefold() if name in shape.words else text
        return data

    def _flag(self, name: str, text: str) -> str:
        word = text.casefold()
        if word in TRUE_WORDS or (not word and name in self.reader.shape.flags_on):
            return "on"
        if word and word not in FALSE_WORDS:
            self._note(name, _("Write %(yes)s or %(no)s.") % {"yes": YES, "no": NO})
        return ""

    def _text(self, name: str) -> str:
        cell = self.cells.get(self.columns.get(name, 0))
        if cell is None:
            return ""
        if cell.problem:
            self.reading.note(cell.address, self.number, "", cell.problem, name)
            return ""
        return number_text(cell.value).strip()

    def _note(self, name: str, message: str) -> None:
        place = Cell(self.sheet.title, self.number, self.columns[name], "").address
        title = self.cells.get(self.columns["title"])
        self.reading.note(place, self.number, str(title.value) if title else "", message, name)


def labels_of(form_class: type[forms.Form]) -> dict[str, Any]:
    """What the editor calls each field."""
    return {name: bound.label for name, bound in form_class.base_fields.items()}


def _filled_rows(sheet: Sheet, columns: Mapping[str, int]) -> Iterator[tuple[int, dict[int, Cell]]]:
    known = set(columns.values())
    for number, cells in sorted(sheet.rows.items()):
        filled = any(str(cell.value).strip() or cell.problem for place, cell in cells.items() if place in known)
        if number >= FIRST_ROW and filled:
            yield number, cells


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(text)
    except InvalidOperation:
        return None


def _split(text: str) -> list[str]:
    return [word.strip() for word in _WORDS.split(text) if word.strip()]
