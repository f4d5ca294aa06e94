"""Whatever a baseline keeps by indicator or section besides its answers, and what becomes of it in an upgrade.

All kinds are read in one statement. A row goes where its indicator went; one whose node or level has no successor, or
whose place is taken, stays with the version in which it was made, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, F, IntegerField, Model, TextField, Value
from django.db.models.functions import Cast
from django.utils.functional import Promise

from assessments.models import Assessment
from assessments.models.answers import RECORD_READERS
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class Hanging:
    """Rows that hang on the nodes of a framework and move with them in an upgrade.

    `node` names the foreign key, `assessment` the way to the baseline, `option` the foreign key to a level, and
    `alone` what may stand only once on a node; `text` names what a person recognises a row by, and `label` the kind.
    Without a label a kind is not worth telling of: nothing is lost when it stays.
    """

    model: type[Model]
    node: str
    assessment: str = "assessment"
    option: str = ""
    alone: str = ""
    text: str = ""
    label: str | Promise = ""


@dataclass(frozen=True, slots=True)
class HangingRow:
    """One row, whatever its kind; `language` is that of the framework whose words `code` and `question` are."""

    kind: Hanging
    pk: int
    node: int
    option: int | None
    alone: str | None
    code: str
    question: str
    version: str
    language: str
    text: str

    @property
    def place(self) -> tuple[object, ...]:
        """What no second row of the kind may have in common with this one, but for the node."""
        return (self.alone,) if self.kind.alone else ("row", self.pk)


@dataclass(frozen=True, slots=True)
class Move:
    """Where a row goes."""

    row: HangingRow
    node: int
    option: int | None


@dataclass(frozen=True, slots=True)
class Moves:
    """What moves, and what stays behind."""

    moved: tuple[Move, ...]
    stayed: tuple[HangingRow, ...]

    @property
    def worth_telling(self) -> list[HangingRow]:
        """What stays of the kinds that people miss."""
        return [row for row in self.stayed if row.kind.label]


def hanging_rows(assessment: Assessment, kinds: Sequence[Hanging]) -> list[HangingRow]:
    """All rows of all kinds of one baseline, in one statement, kind by kind in the order of their nodes."""
    return _read(kinds, (_columns(number, kind, assessment) for number, kind in enumerate(kinds)))


def rows_left_behind(viewer: Viewer, assessment: Assessment, kinds: Sequence[Hanging]) -> list[HangingRow]:
    """What stayed with an earlier version of the framework, for those who read the State's whole record."""
    if not viewer.has_role(*RECORD_READERS) or assessment.state_id != viewer.party.pk:
        return []
    told = [kind for kind in kinds if kind.label]
    now = assessment.framework_version_id
    return _read(told, (_columns(number, kind, assessment, older_than=now) for number, kind in enumerate(told)))


def moves(rows: Iterable[HangingRow], nodes: Mapping[int, int], levels: Mapping[int, Mapping[int, int]]) -> Moves:
    """Decide for every row where it goes: `nodes` and, for each old node, `levels` lead from old rows to new ones."""
    moved: list[Move] = []
    stayed: list[HangingRow] = []
    taken: set[tuple[object, ...]] = set()
    for row in rows:
        node = nodes.get(row.node)
        option = None if row.option is None else levels.get(row.node, {}).get(row.option)
        place = (id(row.kind), node, *row.place)
        if node is None or place in taken or (option is None) != (row.option is None):
            stayed.append(row)
        else:
            taken.add(place)
            moved.append(Move(row, node, option))
    return Moves(tuple(moved), tuple(stayed))


def _columns(number: int, kind: Hanging, assessment: Assessment, *, older_than: int | None = None) -> Any:
    rows = kind.model._default_manager.filter(**{kind.assessment: assessment}).order_by()
    if older_than is not None:
        rows = rows.exclude(**{f"{kind.node}__framework_version": older_than})
    node = kind.node
    return rows.values_list(
        Value(number, output_field=IntegerField()),
        "pk",
        f"{node}_id",
        F(f"{kind.option}_id") if kind.option else Cast(Value(None), IntegerField()),
        Cast(kind.alone or Value(""), CharField()),
        f"{node}__position",
        f"{node}__code",
        f"{node}__key",
        Cast(f"{node}__title", TextField()),
        f"{node}__framework_version__version",
        f"{node}__framework_version__language",
        Cast(kind.text or Value(""), TextField()),
    )


def _read(kinds: Sequence[Hanging], parts: Iterator[Any]) -> list[HangingRow]:
    first, *rest = parts
    found = sorted(first.union(*rest, all=True), key=lambda row: (row[0], row[5], row[1]))
    return [
        HangingRow(kinds[number], pk, node, option, alone, code or key, title, version, language, text or "")
        for number, pk, node, option, alone, _position, code, key, title, version, language, text in found
    ]
