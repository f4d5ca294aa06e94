"""What somebody reads of a baseline, read once for everything that a page says of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from assessments.frameworks.tree import FrameworkTree
from assessments.models import Answer, Assessment
from assessments.selectors.answers import Given, answers_for, given_answers, readable_tree
from assessments.selectors.evidence import LinkedEvidence, evidence_by_indicator
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class Record:
    """The answers of a baseline, and what they rest on, as far as one viewer reads them.

    `shown` is the part of the framework `tree` whose answers the viewer reads. `given` and `linked` are by the row of
    the indicator. `answers` are the same answers with their texts; empty where they were not asked for.
    """

    tree: FrameworkTree
    shown: FrameworkTree
    given: Mapping[int, Given]
    linked: Mapping[int, Sequence[LinkedEvidence]]
    answers: tuple[Answer, ...] = ()

    @property
    def is_whole(self) -> bool:
        """Whether the viewer reads every answer."""
        return self.shown is self.tree

    @property
    def covered_until(self) -> dict[int, date]:
        """The end of the newest period that the linked evidence covers; without what names no period."""
        ends = {pk: [item.period_to for item in items] for pk, items in self.linked.items()}
        known = {pk: [end for end in found if end is not None] for pk, found in ends.items()}
        return {pk: max(found) for pk, found in known.items() if found}


def read_record(viewer: Viewer, assessment: Assessment, tree: FrameworkTree, *, texts: bool = False) -> Record:
    """Read the record in two statements, three for a contributor; the texts of the answers only where asked for."""
    shown = readable_tree(viewer, assessment, tree)
    answers = tuple(answers_for(viewer, assessment)) if texts else ()
    given = {answer.indicator_id: Given.of(answer) for answer in answers} if texts else None
    return Record(
        tree=tree,
        shown=shown,
        given=given_answers(answers_for(viewer, assessment)) if given is None else given,
        linked=evidence_by_indicator(viewer, assessment),
        answers=answers,
    )
