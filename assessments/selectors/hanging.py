"""Whatever a baseline keeps by indicator or section besides its answers, and what becomes of it in an upgrade.

All kinds are read in one statement. A row goes where its indicator went; one whose node or level has no successor, or
whose place is taken, stays with the version in which it was made, and is listed.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.db.models import (
    CharField,
    Expression,
    F,
    IntegerField,
    Model,
    OuterRef,
    Q,
    QuerySet,
    Subquery,
    TextField,
    Value,
)
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from assessments.enums import GapStatus
from assessments.frameworks.tree import FrameworkTree
from assessments.models import Assessment, FindingDismissal, FrameworkVersion, Gap, Node
from assessments.models.answers import RECORD_READERS
from assessments.quality import WHOLE
from assessments.selectors.frameworks import framework_tree
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
    text: str | Expression = ""
    label: str | Promise = ""


DISMISSALS: Final = Hanging(FindingDismissal, "", text="reason", label=gettext_lazy("Dismissed findings"))
"""These name what they are about by its key, and hold for one state of the answers: none moves."""
LAPSED: Final = Hanging(
    FindingDismissal, "", text="reason", label=gettext_lazy("Dismissals of findings that no longer hold")
)
LAPSED_OF_GAPS: Final = Hanging(
    Gap, "indicator", text="dismissal_reason", label=gettext_lazy("Dismissals of gaps that no longer hold")
)
"""Their indicators were carried over; what was dismissed about them stands otherwise in the newer version."""


@dataclass(frozen=True, slots=True)
class HangingRow:
    """One row, whatever its kind, with the code and the text of its node, and the number of the version it is of."""

    kind: Hanging
    pk: int
    node: int
    option: int | None
    alone: str | None
    code: str
    question: str
    framework_version: int | None
    version: str
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


@dataclass(frozen=True, slots=True)
class KindRows:
    """All rows of one kind, to be told with their number."""

    label: str | Promise
    rows: list[HangingRow]


def by_kind(rows: Sequence[HangingRow]) -> list[KindRows]:
    """Rows in groups of a kind, in the order in which the kinds come, in the reader's language: one statement."""
    groups: dict[int, KindRows] = {}
    words = _words({row.framework_version for row in rows if row.framework_version})
    for row in rows:
        told = replace(row, question=words.get(row.node, row.question))
        groups.setdefault(id(row.kind), KindRows(row.kind.label, [])).rows.append(told)
    return list(groups.values())


def _words(versions: set[int]) -> dict[int, str]:
    words: dict[int, str] = {}
    for version in FrameworkVersion.objects.filter(pk__in=versions) if versions else ():
        tree = framework_tree(version)
        words |= {section.node.pk: section.node.title for section in tree.sections}
        words |= {indicator.pk: indicator.question for indicator in tree.indicators}
    return words


def hanging_rows(assessment: Assessment, kinds: Sequence[Hanging]) -> list[HangingRow]:
    """All rows of all kinds of one baseline, in one statement, kind by kind in the order of their nodes."""
    return _read(kinds, (_columns(number, kind, assessment) for number, kind in enumerate(kinds)))


def rows_left_behind(viewer: Viewer, assessment: Assessment, kinds: Sequence[Hanging]) -> list[HangingRow]:
    """What stayed with an earlier version of the framework, for those who read the State's whole record."""
    if not viewer.has_role(*RECORD_READERS) or assessment.state_id != viewer.party.pk:
        return []
    told = [kind for kind in kinds if kind.label]
    now = assessment.framework_version_id
    return _read(told, (_columns(number, kind, assessment, _stays(kind, now)) for number, kind in enumerate(told)))


def _stays(kind: Hanging, now: int) -> Q:
    if kind is LAPSED_OF_GAPS:
        # One that was decided on again since then is no news any more.
        return Q(status=GapStatus.OPEN, dismissal_lapsed_at__isnull=False)
    return ~Q(**{f"{kind.node}__framework_version": now})


def dismissals_without_subject(assessment: Assessment, tree: FrameworkTree) -> list[HangingRow]:
    """Dismissed findings of what a version does not ask: one statement."""
    return _dismissals(assessment, tree, ~Q(subject__in=[WHOLE, *tree.keys]))


def ended_dismissals(assessment: Assessment, tree: FrameworkTree) -> list[HangingRow]:
    """Those, and after them the ones that an upgrade ended although what they are about is still asked; as before."""
    rows = _dismissals(assessment, tree, ~Q(subject__in=[WHOLE, *tree.keys]) | Q(lapsed_at__isnull=False))
    return sorted(rows, key=lambda row: row.kind is LAPSED)


def _dismissals(assessment: Assessment, tree: FrameworkTree, which: Q) -> list[HangingRow]:
    """What they were about is told in the words of the newest version that asked it."""
    framework = assessment.framework_version.framework_id
    asked = Node.objects.filter(
        framework_version__framework=framework, framework_version__published_at__isnull=False, key=OuterRef("subject")
    ).order_by("-framework_version__published_at")
    columns = ("pk", "code", "title", "framework_version_id", "framework_version__version")
    rows = (
        FindingDismissal.objects.standing()
        .filter(which, assessment=assessment)
        .order_by("subject", "pk")
        .values_list("pk", "subject", "reason", *(Subquery(asked.values(name)[:1]) for name in columns))
    )
    still = {WHOLE, *tree.keys}
    whole = {WHOLE: ("", _("The whole baseline"))}
    found = []
    for pk, subject, reason, node, code, title, family, version in rows:
        kind = LAPSED if subject in still else DISMISSALS
        shown, words = whole.get(subject, (code or subject, title or ""))
        found.append(HangingRow(kind, pk, node or 0, None, None, shown, words, family, version or "", reason))
    return found


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


def _columns(number: int, kind: Hanging, assessment: Assessment, which: Q | None = None) -> Any:
    # A plain query set reads also what an upgrade has left behind.
    rows: QuerySet[Any] = QuerySet(kind.model).filter(which or Q(), **{kind.assessment: assessment}).order_by()
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
        f"{node}__framework_version_id",
        f"{node}__framework_version__version",
        Cast(kind.text or Value(""), TextField()),
    )


def _read(kinds: Sequence[Hanging], parts: Iterator[Any]) -> list[HangingRow]:
    first, *rest = parts
    found = sorted(first.union(*rest, all=True), key=lambda row: (row[0], row[5], row[1]))
    return [
        HangingRow(kinds[number], pk, node, option, alone, code or key, title, framework, version, text or "")
        for number, pk, node, option, alone, _position, code, key, title, framework, version, text in found
    ]
