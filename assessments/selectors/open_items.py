"""What is open in a baseline and may be put on an agenda, gathered from small sources.

A new source is one function that takes the viewer, the baseline and its framework, and yields `OpenItem`s, and one
entry in `SOURCES`. Each sends one statement.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import AnswerRating, Basis, GapStatus, OpenItemKind
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Answer, Assessment, Gap, IndicatorReturn
from assessments.models.answers import RECORD_READERS
from assessments.selectors.answers import answers_for, rests_on_evidence
from assessments.selectors.marks import standings
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
    """Indicators that wait to be reconciled: a disagreement of which some rating was never taken into account."""
    found = standings(viewer, assessment) if viewer.has_role(*RECORD_READERS) else {}
    for indicator in tree.indicators:
        standing = found.get(indicator.pk)
        if standing is not None and standing.waits:
            count = standing.raters
            note = ngettext("%(count)d rater, and the answer differs", "%(count)d raters do not agree", count)
            yield OpenItem(OpenItemKind.DISAGREEMENT, indicator, note % {"count": count})


def returned(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Indicators that a reviewer returned and nobody has addressed."""
    rows = IndicatorReturn.objects.visible_to(viewer).open().filter(assessment=assessment)
    # One that an upgrade left behind hangs on an indicator that is asked no more.
    rows = rows.filter(indicator__framework_version=tree.version.pk)
    for pk, reason in rows.values_list("indicator", "reason"):
        yield OpenItem(OpenItemKind.RETURNED, tree.indicator_of(pk), reason[:200])


def evidence_gaps(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Iterator[OpenItem]:
    """Rated indicators to which no evidence in use is linked, as the tab of evidence counts them."""
    rows = answers_for(viewer, assessment).filter(~rests_on_evidence(), rating=AnswerRating.RATED)
    notes = {True: _("rated without any basis"), False: _("no evidence is linked")}
    for pk, basis in rows.values_list("indicator", "basis"):
        yield OpenItem(OpenItemKind.EVIDENCE_GAP, tree.indicator_of(pk), notes[basis == Basis.NONE])


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


SOURCES: Final[dict[OpenItemKind, Source]] = {
    OpenItemKind.DISAGREEMENT: disagreements,
    OpenItemKind.RETURNED: returned,
    OpenItemKind.EVIDENCE_GAP: evidence_gaps,
    OpenItemKind.UNKNOWN: unknown_answers,
    OpenItemKind.DISPUTED_GAP: disputed_gaps,
}


def open_items(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> tuple[OpenItem, ...]:
    """All that is open in a baseline, one statement a source, each source in reading order."""
    order = {indicator.key: place for place, indicator in enumerate(tree.indicators)}
    return tuple(
        item
        for source in SOURCES.values()
        for item in sorted(source(viewer, assessment, tree), key=lambda found: order[found.indicator.key])
    )


def still_open(
    viewer: Viewer, assessment: Assessment, tree: FrameworkTree, kind: OpenItemKind, indicator: IndicatorView
) -> OpenItem | None:
    """An item as it stands now, in one statement; None where it was settled, or is of a kind that nothing settles."""
    source = SOURCES.get(kind)
    found = source(viewer, assessment, tree) if source else iter(())
    return next((item for item in found if item.indicator.key == indicator.key), None)
