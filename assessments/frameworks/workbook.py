"""A framework from a workbook: one sheet of indicators, a small one of scales, one of what the whole is called.

The rows become the same plain values as a YAML file gives and go through the same reader; what it finds wrong is told
with the sheet and the cell.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Final

from django.utils.text import slugify
from django.utils.translation import gettext as _

from assessments.enums import NodeKind
from assessments.frameworks.errors import FrameworkError, FrameworkErrors, Path
from assessments.frameworks.fields import shortened
from assessments.frameworks.parser import Check, framework_from
from assessments.frameworks.schema import KEY_LENGTH, Framework
from assessments.frameworks.strict_yaml import Document, Plain
from wam_portal.spreadsheets import SheetLimits, number_text
from wam_portal.workbooks import Cell, Sheet, UnreadableWorkbook, WorkbookContent, read_workbook

FRAMEWORK: Final = "Framework"
SCALES: Final = "Scales"
INDICATORS: Final = "Indicators"
DROPPED: Final = "Dropped"
REPLACES: Final = "replaces"
SETTINGS: Final = ("key", "version", "title", "notice", "language", "default_scale", REPLACES)
SCALE_COLUMNS: Final = ("scale", "scale_title", "key", "value", "label", "meaning", "target")
PLACE_COLUMNS: Final = ("area_code", "area_title", "functional_area", "headings")
TEXT_COLUMNS: Final = ("key", "code", "question", "guidance", "scale", "target", "weight", "stage")
LINE_COLUMNS: Final = ("evidence", "references")
WORD_COLUMNS: Final = ("lenses", "technologies", "assistance_types")
BESIDE_COLUMNS: Final = ("groups", REPLACES)
INDICATOR_COLUMNS: Final = (*PLACE_COLUMNS, *TEXT_COLUMNS, *LINE_COLUMNS, *WORD_COLUMNS, *BESIDE_COLUMNS)
DROPPED_COLUMNS: Final = ("key", "reason")
LEVEL: Final = "level "
HEADING_SIGN: Final = ">"
_NEEDED: Final = {
    SCALES: ("scale", "key", "value", "label"),
    INDICATORS: ("area_code", "code", "question"),
    DROPPED: DROPPED_COLUMNS,
}
_SHEET_OF: Final = {"scales": SCALES, "nodes": INDICATORS, "groups": INDICATORS}
_SHEETS: Final = SheetLimits(rows=4000, columns=64)
_WORDS: Final = re.compile(r"[,;\n]")

Place = tuple[str, int, int]
"""Sheet, row, column."""


def read_framework_workbook(content: bytes, check: Check | None = None) -> Framework:
    """Read a framework from an .xlsx file made from the template.

    Raises `FrameworkErrors` with every problem found, those of `check` among them; the path of each is its sheet and
    cell, the line its row.
    """
    try:
        book = read_workbook(content, sheets=_SHEETS)
    except UnreadableWorkbook as unreadable:
        raise FrameworkErrors([FrameworkError(0, "", unreadable.message)]) from None
    return framework_of(book, check)


def framework_of(book: WorkbookContent, check: Check | None = None) -> Framework:
    """The framework that these cells describe. Raises `FrameworkErrors`."""
    source = _Source()
    missing = [title for title in (FRAMEWORK, SCALES, INDICATORS) if book.find(title) is None]
    if missing:
        text = _("The sheet “%(sheet)s” is missing. Begin with the template.")
        raise FrameworkErrors([FrameworkError(0, title, text % {"sheet": title}) for title in missing])
    for title, read in (
        (FRAMEWORK, _read_settings),
        (SCALES, _read_scales),
        (INDICATORS, _read_indicators),
        (DROPPED, _read_dropped),
    ):
        sheet = book.find(title)
        if sheet is not None:
            read(source, sheet)
    return source.framework(check)


@dataclass
class _Source:
    """The plain values gathered so far, the cell of each, and what is wrong with the cells themselves."""

    value: dict[str, Plain] = field(default_factory=dict)
    places: dict[Path, Place] = field(default_factory=dict)
    errors: list[FrameworkError] = field(default_factory=list)
    derived: dict[Path, Path] = field(default_factory=dict)
    """Values that were made from another where their own cell is empty, and that other."""

    def note(self, place: Place, message: str) -> None:
        """Note a problem of a cell."""
        self.errors.append(FrameworkError(place[1], _name(place), message))

    def text(self, cell: Cell | None) -> str:
        """The text of a cell, empty where there is none or it cannot be used, which is noted."""
        if cell is None:
            return ""
        if cell.problem:
            self.note((cell.sheet, cell.row, cell.column), cell.problem)
            return ""
        return number_text(cell.value).strip()

    def replaces(self) -> dict[str, Plain]:
        """What is said of the version that this one replaces; saying anything of it makes it."""
        found = self.value.setdefault(REPLACES, {})
        assert isinstance(found, dict)  # noqa: S101  # nosec B101 (made one line above)
        return found

    def framework(self, check: Check | None) -> Framework:
        """The framework. Raises `FrameworkErrors` in the order of the sheets."""
        lines = {path: row for path, (_sheet, row, _column) in self.places.items()}
        found = list(self.errors)
        try:
            framework = framework_from(Document(dict(self.value), lines, is_whole=not found), check)
        except FrameworkErrors as errors:
            # A cell that could not be used is told once, and not also as what is missing because of it.
            told = {error.path for error in found}
            wrong = {error.steps for error in errors.errors}
            read = [error for error in errors.errors if self.derived.get(error.steps) not in wrong]
            found += [error for error in map(self._placed, read) if error.path not in told]
            raise FrameworkErrors(sorted(found, key=_order)) from None
        if found:
            raise FrameworkErrors(sorted(found, key=_order))
        return framework

    def _placed(self, error: FrameworkError) -> FrameworkError:
        """A problem of the reader with the cell that its value came from, or the nearest above it."""
        for length in range(len(error.steps), 0, -1):
            place = self.places.get(error.steps[:length])
            if place is not None:
                # What an indicator comes from stands by its key in a map, and in the column of that name in the sheet.
                name = REPLACES if error.steps[:2] == (REPLACES, "items") else error.steps[length - 1]
                return replace(error, line=place[1], path=_name(place), column=name if isinstance(name, str) else "")
        sheet = _SHEET_OF.get(str(error.steps[0]) if error.steps else "", FRAMEWORK)
        return replace(error, line=0, path=sheet)


def _order(error: FrameworkError) -> tuple[int, int, str]:
    title = error.path.partition("!")[0]
    sheets = (FRAMEWORK, SCALES, INDICATORS, DROPPED)
    return sheets.index(title) if title in sheets else 0, error.line, error.path


def _name(place: Place) -> str:
    sheet, row, column = place
    return f"{sheet}!{Cell(sheet, row, column, '').address}"


def _read_settings(source: _Source, sheet: Sheet) -> None:
    for number, row in sorted(sheet.rows.items()):
        name = _column_name(source.text(row.get(1)))
        if name == REPLACES:
            version = source.text(row.get(2))
            if version:
                source.replaces()["version"] = version
                source.places |= dict.fromkeys([(REPLACES,), (REPLACES, "version")], (sheet.title, number, 2))
        elif name in SETTINGS:
            source.places[name,] = (sheet.title, number, 2)
            source.value[name] = source.text(row.get(2)) or None
        elif name and number > 1:
            source.note((sheet.title, number, 1), _unknown(name))


def _read_scales(source: _Source, sheet: Sheet) -> None:
    scales: list[dict[str, Plain]] = []
    for number, cells, columns in _rows(source, sheet, SCALE_COLUMNS):
        texts = {name: source.text(cells.get(column)) for name, column in columns.items()}
        index = next((place for place, one in enumerate(scales) if one["key"] == texts["scale"]), len(scales))
        path: Path = ("scales", index)
        if index == len(scales):
            scales.append({"key": texts["scale"], "title": texts.get("scale_title") or None, "options": []})
            source.places |= {path: (sheet.title, number, 1), (*path, "key"): (sheet.title, number, columns["scale"])}
        options = scales[index]["options"]
        assert isinstance(options, list)  # noqa: S101  # nosec B101 (made three lines above)
        place = (*path, "options", len(options))
        option: dict[str, Plain] = {name: texts.get(name) or None for name in ("key", "value", "label", "meaning")}
        source.places |= {place: (sheet.title, number, 1)}
        source.places |= {(*place, name): (sheet.title, number, columns[name]) for name in option if name in columns}
        options.append(option)
        if texts.get("target"):
            scales[index]["target"] = option["key"]
            source.places[*path, "target"] = (sheet.title, number, columns["target"])
    source.value["scales"] = list[Plain](scales)


def _read_indicators(source: _Source, sheet: Sheet) -> None:
    groups = _Groups(source, sheet.title)
    for number, cells, columns in _rows(source, sheet, INDICATOR_COLUMNS):

        def place(name: str, row: int = number, where: dict[str, int] = columns) -> Place:
            return sheet.title, row, where.get(name, 1)

        texts = {name: source.text(cells.get(column)) for name, column in columns.items()}
        nodes, path = groups.under(texts, place)
        path = (*path, len(nodes))
        indicator = _indicator(texts)
        nodes.append(indicator)
        _note_beside(source, str(indicator["key"] or ""), texts, place)
        source.places[path] = place("code")
        for name in columns:
            steps = ("levels", name.removeprefix(LEVEL)) if name.startswith(LEVEL) else (name,)
            source.places[*path, *steps] = place(name)
        if not texts.get("key"):
            # What is wrong with a key made from the code is to be put right at the code.
            source.places[*path, "key"] = place("code")
            source.derived[*path, "key"] = (*path, "code")
    source.value["nodes"] = groups.nodes


def _note_beside(source: _Source, key: str, texts: dict[str, str], place: Callable[[str], Place]) -> None:
    """Note in which groups an indicator stands, and from which items of the version before it comes."""
    groups = source.value.setdefault("groups", []) if texts.get("groups") else []
    assert isinstance(groups, list)  # noqa: S101  # nosec B101 (made one line above)
    for title in _words(texts.get("groups", "")):
        found = next((one for one in groups if isinstance(one, dict) and one["title"] == title), None)
        if found is None:
            found = {"key": slugify(title)[:KEY_LENGTH] or f"g{len(groups) + 1}", "title": title, "indicators": []}
            source.places["groups", len(groups)] = place("groups")
            groups.append(found)
        members = found["indicators"]
        assert isinstance(members, list)  # noqa: S101  # nosec B101 (made with the group)
        members.append(key)
    sources = _words(texts.get(REPLACES, ""))
    if sources:
        items = source.replaces().setdefault("items", {})
        assert isinstance(items, dict)  # noqa: S101  # nosec B101 (made one line above)
        items[key] = list[Plain](sources)
        source.places[REPLACES, "items", key] = place(REPLACES)


def _read_dropped(source: _Source, sheet: Sheet) -> None:
    dropped: list[Plain] = []
    for number, cells, columns in _rows(source, sheet, DROPPED_COLUMNS):
        path: Path = (REPLACES, "dropped", len(dropped))
        source.places |= {(*path, name): (sheet.title, number, column) for name, column in columns.items()}
        dropped.append({name: source.text(cells.get(column)) or None for name, column in columns.items()})
    if dropped:
        source.replaces()["dropped"] = dropped


def _indicator(texts: dict[str, str]) -> dict[str, Plain]:
    """An indicator as its YAML would say it; without a key it gets one made from its code."""
    lists = {name: _lines(texts.get(name, "")) for name in LINE_COLUMNS}
    lists |= {name: _words(texts.get(name, "")) for name in WORD_COLUMNS}
    levels: dict[str, Plain] = {
        name.removeprefix(LEVEL): text for name, text in texts.items() if name.startswith(LEVEL) and text
    }
    fields: dict[str, Plain] = {name: texts.get(name) or None for name in TEXT_COLUMNS}
    fields["kind"] = NodeKind.INDICATOR.value
    fields["key"] = fields["key"] or slugify(texts.get("code", ""))[:KEY_LENGTH] or None
    fields["levels"] = levels or None
    return fields | {name: list[Plain](values) for name, values in lists.items() if values}


class _Groups:
    """The areas and headings that the rows name, in the order in which they first appear."""

    def __init__(self, source: _Source, sheet: str) -> None:
        self.nodes: list[Plain] = []
        self._source = source
        self._sheet = sheet
        self._known: dict[tuple[str, ...], tuple[dict[str, Plain], Path]] = {}

    def under(self, texts: dict[str, str], place: Callable[[str], Place]) -> tuple[list[Plain], Path]:
        """The list into which the indicator of a row goes, and its path."""
        code = texts.get("area_code", "")
        area, path = self._group((code,), self.nodes, ("nodes",), NodeKind.AREA, place("area_code"))
        area["code"] = code or None
        for name, target in (("area_title", "title"), ("functional_area", "functional_area")):
            self._agree(area, path, target, texts.get(name, ""), place(name))
        names = [code]
        for title in filter(None, map(str.strip, texts.get("headings", "").split(HEADING_SIGN))):
            names.append(title)
            node, deeper = self._group(
                tuple(names), _below(area), (*path, "nodes"), NodeKind.HEADING, place("headings")
            )
            node["title"] = title
            area, path = node, deeper
        return _below(area), (*path, "nodes")

    def _group(
        self, names: tuple[str, ...], nodes: list[Plain], path: Path, kind: NodeKind, place: Place
    ) -> tuple[dict[str, Plain], Path]:
        if names not in self._known:
            key = "-".join(slugify(name) or f"h{len(nodes) + 1}" for name in names)[:KEY_LENGTH].strip("-")
            node: dict[str, Plain] = {"kind": kind.value, "key": key, "nodes": []}
            self._known[names] = node, (*path, len(nodes))
            self._source.places[*path, len(nodes)] = place
            nodes.append(node)
        return self._known[names]

    def _agree(self, area: dict[str, Plain], path: Path, name: str, text: str, place: Place) -> None:
        """Take what a row says about its area; the first row that says something holds."""
        said = area.get(name)
        if text and said and text != said:
            message = _("Another row says “%(said)s” for this area. Keep one.") % {"said": shortened(str(said))}
            self._source.note(place, message)
        elif text:
            area[name] = text
        self._source.places.setdefault((*path, name), place)


def _below(node: dict[str, Plain]) -> list[Plain]:
    nodes = node["nodes"]
    assert isinstance(nodes, list)  # noqa: S101  # nosec B101 (made with the node)
    return nodes


def _rows(
    source: _Source, sheet: Sheet, known: tuple[str, ...]
) -> Iterator[tuple[int, dict[int, Cell], dict[str, int]]]:
    """The filled rows below the headings, with the column of each heading; wrong headings are noted."""
    columns: dict[str, int] = {}
    for column, cell in sheet.rows.get(1, {}).items():
        name = _column_name(source.text(cell))
        if name in columns:
            source.note((sheet.title, 1, column), _("“%(name)s” is given twice.") % {"name": shortened(name)})
        elif name in known or (sheet.title == INDICATORS and name.startswith(LEVEL)):
            columns[name] = column
        elif name:
            source.note((sheet.title, 1, column), _unknown(name))
    lacking = [name for name in _NEEDED[sheet.title] if name not in columns]
    for name in lacking:
        source.note((sheet.title, 1, 1), _("The column “%(name)s” is missing.") % {"name": name})
    if lacking:
        return
    for number, cells in sorted(sheet.rows.items()):
        if number > 1 and any(str(cell.value).strip() or cell.problem for cell in cells.values()):
            yield number, cells, columns


def _column_name(text: str) -> str:
    """A heading as it is compared: "Area code" is area_code; of a level the option's key stays as it is."""
    text = " ".join(text.split())
    if text.lower().startswith(LEVEL):
        return LEVEL + text[len(LEVEL) :]
    return text.lower().replace(" ", "_")


def _unknown(name: str) -> str:
    return _("“%(name)s” is not a field known here.") % {"name": shortened(name)}


def _lines(text: str) -> list[str]:
    return [line.strip() for line in text.split("\n") if line.strip()]


def _words(text: str) -> list[str]:
    return [word.strip() for word in _WORDS.split(text) if word.strip()]
