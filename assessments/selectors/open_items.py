"""What is open in a baseline and may be put on an agenda, gathered from small sources.

A new source is one function that takes the viewer, the baseline and its framework, and yields `OpenItem`s, and one
entry in `SOURCES`. Each sends one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, Exists, OuterRef, Q
from django.utils.translation import gettext as _

from assessments.enums import AnswerRating, Basis, GapStatus, OpenItemKind
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment, Gap, IndependentRating, IndicatorReturn
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class OpenItem:
    """Something that waits for a decision; `note` says in a few words what is open about the indicator."""

    kind: OpenItemKind
    indicator: IndicatorView
    note: str = ""

    @property
    def source(self) -> str:
        """What tells it apart: the same open item is put on an agenda once."""
        return f"{self.kind.value}:{self.indicator.key}"

    @property
    def title(self) -> str:
        """How the agenda calls it."""
        code = self.indicator.code or self.indicator.key
        return f"{code} {self.indicator.question}"[:400]


Source = Callable[[Viewer, Assessment, FrameworkTree], Iterator[OpenItem]]


def disagreements(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Indicators that independent raters rated differently."""
    rows = (
        IndependentRating.objects.visible_to(viewer)
        .filter(assessment=assessment)
        .order_by()
        .values("indicator")
        .annotate(
            levels=Count("option", distinct=True),
            ratings=Count("rating", distinct=True),
            raters=Count("membership", distinct=True),
        )
        .filter(Q(levels__gt=1) | Q(ratings__gt=1))
    )
    for row in rows:
        note = _("%(count)d raters do not agree") % {"count": row["raters"]}
        yield OpenItem(OpenItemKind.DISAGREEMENT, tree.indicator_of(row["indicator"]), note)


def returned(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Indicators that a reviewer returned and nobody has addressed."""
    rows = IndicatorReturn.objects.visible_to(viewer).open().filter(assessment=assessment)
    for pk, reason in rows.values_list("indicator", "reason"):
        yield OpenItem(OpenItemKind.RETURNED, tree.indicator_of(pk), reason[:200])


def evidence_gaps(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Rated indicators that rest on nothing."""
    rows = Answer.objects.visible_to(viewer).filter(assessment=assessment, rating=AnswerRating.RATED, basis=Basis.NONE)
    for pk in rows.values_list("indicator", flat=True):
        yield OpenItem(OpenItemKind.EVIDENCE_GAP, tree.indicator_of(pk), _("rated without any basis"))


def unknown_answers(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Indicators on which nobody could tell."""
    rows = Answer.objects.visible_to(viewer).filter(assessment=assessment, rating=AnswerRating.UNKNOWN)
    for pk, reason in rows.values_list("indicator", "reason"):
        yield OpenItem(OpenItemKind.UNKNOWN, tree.indicator_of(pk), reason[:200])


def disputed_gaps(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Gaps dismissed although somebody disagrees with the rating, and gaps open again after a dismissal."""
    dissenting = Answer.objects.filter(assessment=OuterRef("assessment"), indicator=OuterRef("indicator")).exclude(
        minority_note=""
    )
    rows = Gap.objects.visible_to(viewer).filter(
        Q(status=GapStatus.DISMISSED) & Exists(dissenting) | Q(status=GapStatus.OPEN) & ~Q(dismissal_reason=""),
        assessment=assessment,
    )
    for pk, reason in rows.values_list("indicator", "dismissal_reason"):
        yield OpenItem(OpenItemKind.DISPUTED_GAP, tree.indicator_of(pk), reason[:200])


SOURCES: Final[tuple[Source, ...]] = (disagreements, returned, evidence_gaps, unknown_answers, disputed_gaps)


def open_items(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> tuple[OpenItem, ...]:
    """All that is open in a baseline, one statement a source, each source in reading order."""
    order = {indicator.key: place for place, indicator in enumerate(tree.indicators)}
    return tuple(
        item
        for source in SOURCES
        for item in sorted(source(viewer, assessment, tree), key=lambda found: order[found.indicator.key])
    )
