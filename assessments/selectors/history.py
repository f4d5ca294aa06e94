"""The saved states of an answer, newest first, with the reconciliations that made some of them."""

from __future__ import annotations

from dataclasses import dataclass

from assessments.models import Answer, AnswerRevision, Reconciliation
from wam_portal.access import Viewer

REVISIONS_SHOWN = 10


@dataclass(frozen=True, slots=True)
class SavedState:
    """One revision with the one before it (None for the first), and what was decided on the ratings.

    A decision may have left the answer as it was, so a state can rest on several; the newest comes first.
    """

    revision: AnswerRevision
    before: AnswerRevision | None
    reconciliations: tuple[Reconciliation, ...]


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """A page of saved states; numbers count from 1."""

    states: tuple[SavedState, ...]
    number: int
    count: int


def history_of(viewer: Viewer, answer: Answer | None, number: int = 1) -> HistoryPage:
    """A page of what an answer said, in two statements whatever their number. Versions have no gap, so none counts."""
    if answer is None:
        return HistoryPage((), 1, 1)
    count = -(-answer.version // REVISIONS_SHOWN)
    number = min(max(number, 1), count)
    newest = answer.version - (number - 1) * REVISIONS_SHOWN
    # One more than is shown: the oldest shown needs the one before it.
    found = AnswerRevision.objects.filter(
        answer=answer, version__lte=newest, version__gte=newest - REVISIONS_SHOWN
    ).select_related("saved_by")
    revisions = {revision.version: revision for revision in found}
    chosen = Reconciliation.objects.visible_to(viewer).filter(
        assessment=answer.assessment_id, indicator=answer.indicator_id, answer_version__in=list(revisions)
    )
    reasons: dict[int, list[Reconciliation]] = {}
    for row in chosen.select_related("reconciled_by").order_by("-number"):
        reasons.setdefault(row.answer_version, []).append(row)
    shown = [version for version in sorted(revisions, reverse=True) if version > newest - REVISIONS_SHOWN]
    states = tuple(
        SavedState(revisions[version], revisions.get(version - 1), tuple(reasons.get(version, ()))) for version in shown
    )
    return HistoryPage(states, number, count)
