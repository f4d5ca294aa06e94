"""From the cells of a working copy to answers, or to what is wrong with them, cell by cell. Nothing is saved here."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from assessments.enums import AnswerRating, Basis
from assessments.frameworks.tree import FrameworkTree, IndicatorView, ScaleView
from assessments.models import Assessment
from assessments.reports.working_copy import FILLED_IN, NAMES, OTHER_LEVELS, SCHEMA
from assessments.services.answers import AnswerContent, checked
from wam_portal.errors import Invalid
from wam_portal.sentences import Sentence, say_again
from wam_portal.sentences import sentence as _
from wam_portal.spreadsheets import number_text
from wam_portal.workbooks import Cell, Sheet, WorkbookContent

FIRST_ROW: Final = 3
"""Above it stand the hidden names and the headings."""

_COLUMN_OF: Final = {"rating": "level"}
_TEXTS: Final = ("reason", "narrative", "minority_note")
_VERSION_DIGITS: Final = 9


@dataclass(frozen=True, slots=True)
class FilledRow:
    """A row that says something: the answer in it, and the version of the answer that it was made from."""

    key: str
    row: int
    base_version: int
    content: AnswerContent

    def as_json(self) -> dict[str, Any]:
        """Plain values to be kept until the owner decides."""
        return asdict(self)

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> FilledRow:
        """Read back what `as_json` wrote."""
        return cls(value["key"], value["row"], value["base_version"], AnswerContent(**value["content"]))


@dataclass(frozen=True, slots=True)
class CellProblem:
    """What is wrong with a cell, and what to do about it; `code` is the indicator's where it is known."""

    sheet: str
    cell: str
    message: str
    code: str = ""

    def as_json(self) -> dict[str, Any]:
        """Plain values to be kept; sentences are kept so that they can be said in another language too."""
        texts = {name: str(value) for name, value in (("cell", self.cell), ("message", self.message))}
        said = {name: text.as_json() for name, text in texts.items() if isinstance(text, Sentence)}
        return {"sheet": self.sheet, **texts, "code": self.code, "said": said}

    @classmethod
    def from_json(cls, value: dict[str, Any]) -> CellProblem:
        """Read back what `as_json` wrote, in the active language; what was kept as a mere text stays as it is."""
        said = {name: say_again(stored) for name, stored in value.get("said", {}).items()}
        texts = {name: said.get(name) or value[name] for name in ("cell", "message")}
        return cls(value["sheet"], texts["cell"], texts["message"], value["code"])


class _RowProblem(Exception):
    def __init__(self, *problems: CellProblem) -> None:
        super().__init__()
        self.problems = problems


def read_rows(
    book: WorkbookContent, assessment: Assessment, tree: FrameworkTree
) -> tuple[list[FilledRow], list[CellProblem], int]:
    """Every row that says something, every problem, and how many rows of indicators are empty.

    Raises `Invalid` ("file") for a workbook that is no working copy, of another baseline or of another framework.
    """
    _check_origin(book, assessment, tree)
    sheet = next((sheet for sheet in book.sheets if _names_row(sheet).get("key") == 1), None)
    if sheet is None or not set(_names_row(sheet)) >= set(NAMES):
        raise Invalid({"file": [_("The hidden first row of the answers is missing. Download a new working copy.")]})
    reader = _Reader(sheet, tree)
    rows: list[FilledRow] = []
    problems: list[CellProblem] = []
    for number in sorted(number for number in sheet.rows if number >= FIRST_ROW):
        try:
            rows += reader.read(number)
        except _RowProblem as problem:
            problems += problem.problems
    return rows, problems, reader.empty


def _check_origin(book: WorkbookContent, assessment: Assessment, tree: FrameworkTree) -> None:
    about = next((found for found in map(_about, book.sheets) if "schema" in found), {})
    if about.get("schema") != SCHEMA:
        raise Invalid({"file": [_("This is not a working copy. Download one on this page, fill it in and send it.")]})
    if about.get("assessment") != str(assessment.uuid):
        raise Invalid(
            {"file": [_("This working copy was made from another baseline. Send it on the page of that baseline.")]}
        )
    if about.get("framework_hash") != tree.version.content_hash:
        message = _(
            "This working copy was made with another version of the framework (%(version)s). Download a new one."
        )
        raise Invalid({"file": [message % {"version": about.get("framework_version", "?")[:20]}]})


def _about(sheet: Sheet) -> dict[str, str]:
    pairs = ((row.get(1), row.get(3)) for row in sheet.rows.values())
    return {str(name.value): str(value.value) for name, value in pairs if name and value}


def _names_row(sheet: Sheet) -> dict[str, int]:
    return {str(cell.value): column for column, cell in sheet.rows.get(1, {}).items()}


class _Reader:
    """Reads the rows of the answers' sheet; remembers which keys it has seen, and counts the empty ones."""

    def __init__(self, sheet: Sheet, tree: FrameworkTree) -> None:
        self._sheet = sheet
        self._tree = tree
        self._columns = _names_row(sheet)
        self._seen: dict[str, int] = {}
        self.empty = 0

    def read(self, number: int) -> Iterator[FilledRow]:
        """The row where it says something, nothing where it is empty. Raises `_RowProblem`."""
        cells = {name: cell for name, column in self._columns.items() if (cell := self._sheet.rows[number].get(column))}
        filled = {name: cell for name, cell in cells.items() if name in FILLED_IN and str(cell.value).strip()}
        broken = [cell for name, cell in cells.items() if cell.problem and name in (*FILLED_IN, "key", "base_version")]
        if not filled and not broken:
            self.empty += "key" in cells and self._tree.find_indicator(str(cells["key"].value).strip()) is not None
            return
        indicator = self._indicator(number, cells)
        if broken:
            raise _RowProblem(*(self._problem(cell.address, cell.problem, indicator) for cell in broken))
        version = self._version(number, cells, indicator)
        content = self._content(number, filled, indicator)
        yield FilledRow(indicator.key, number, version, content)

    def _indicator(self, number: int, cells: dict[str, Cell]) -> IndicatorView:
        key = str(cells["key"].value).strip() if "key" in cells else ""
        indicator = self._tree.find_indicator(key)
        if indicator is None:
            message = _("This row belongs to no indicator. Do not add rows or change the hidden columns.")
            raise _RowProblem(self._problem(self._address("key", number), message))
        first = self._seen.setdefault(key, number)
        if first != number:
            message = _("This indicator stands in row %(row)d already. Keep one of the two rows.") % {"row": first}
            raise _RowProblem(self._problem(self._address("code", number), message, indicator))
        return indicator

    def _version(self, number: int, cells: dict[str, Cell], indicator: IndicatorView) -> int:
        text = number_text(cells["base_version"].value) if "base_version" in cells else "0"
        if text.isascii() and text.isdigit() and len(text) <= _VERSION_DIGITS:
            return int(text)
        message = _("The hidden version of this row was changed. Copy what you wrote into a new working copy.")
        raise _RowProblem(self._problem(self._address("base_version", number), message, indicator))

    def _content(self, number: int, filled: dict[str, Cell], indicator: IndicatorView) -> AnswerContent:
        words = {name: number_text(cell.value).strip() for name, cell in filled.items()}
        rating, option = _level(words.get("level", ""), indicator.scale)
        content = AnswerContent(
            rating=rating,
            option=option,
            basis=_key(words.get("basis", "")) or Basis.NONE.value,
            confidence=_key(words.get("confidence", "")),
            target=_key(words.get("target", "")),
            **{name: words.get(name, "") for name in _TEXTS},
        )
        try:
            return checked(content, indicator)
        except Invalid as invalid:
            raise _RowProblem(
                *(
                    self._problem(self._address(_COLUMN_OF.get(name, name), number), text, indicator)
                    for name, texts in invalid.errors.items()
                    for text in texts
                )
            ) from None

    def _address(self, name: str, number: int) -> str:
        return Cell(self._sheet.title, number, self._columns.get(name, 1), "").address

    def _problem(self, address: str, message: str, indicator: IndicatorView | None = None) -> CellProblem:
        return CellProblem(self._sheet.title, address, message, indicator.code if indicator else "")


def _key(text: str) -> str:
    """The key of a choice: what stands before the first space."""
    return text.split(maxsplit=1)[0] if text else ""


def _level(text: str, scale: ScaleView) -> tuple[str, str]:
    """Rating and option of what was chosen as level; a word that is neither comes back as an option to be refused."""
    key = _key(text)
    if not key:
        return "", ""
    if scale.find_option(key) is None and key.upper() in OTHER_LEVELS:
        return OTHER_LEVELS[key.upper()].value, ""
    return AnswerRating.RATED.value, key
