"""Rows of uploaded working copies follow their indicators when a baseline passes to a newer framework version."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from django.db.models import F
from django.utils import timezone

from assessments.frameworks.succession import another_scale, became_one, not_asked
from assessments.models import Assessment, WorkingCopyUpload
from assessments.selectors.successions import UpgradePlan
from assessments.services.working_copy_reading import CellProblem, FilledRow
from assessments.services.working_copy_rows import row_name
from wam_portal.sentences import Sentence, in_a_row
from wam_portal.sentences import sentence as _


def carry_uploads(assessment: Assessment, plan: UpgradePlan) -> None:
    """Take the rows that wait along the item map, within the caller's transaction; one statement, and one an upload.

    A row goes where the answer to its indicator goes, made from that answer as it stands there: the upgrade itself is
    nobody's change. What has no place becomes a problem with the reason, and with the text that was written.
    """
    waiting = WorkingCopyUpload.objects.filter(assessment=assessment, expires_at__gt=timezone.now())
    # Who decides at this moment goes first; who decides after it finds the version gone, and looks again.
    for upload in waiting.select_for_update(of=("self",), no_key=True).order_by("pk"):
        passage = _RowPassage(plan)
        passage.carry(map(FilledRow.from_json, upload.rows))
        WorkingCopyUpload.objects.filter(pk=upload.pk).update(
            version=F("version") + 1,
            rows=[row.as_json() for row in passage.rows],
            problems=[*upload.problems, *(problem.as_json() for problem in passage.problems)],
        )


@dataclass(slots=True)
class _RowPassage:
    """Where the rows of one upload go."""

    plan: UpgradePlan
    rows: list[FilledRow] = field(default_factory=list)
    problems: list[CellProblem] = field(default_factory=list)
    _taken: dict[str, str] = field(default_factory=dict)
    """Which old indicator has each new one."""

    def carry(self, rows: Iterable[FilledRow]) -> None:
        """Sort the rows into those that pass, in the words of the newer version, and those without a place."""
        self._taken = {one.new: one.old for one in self.plan.passage.carried}
        for row in rows:
            found = self._carried(row)
            if isinstance(found, FilledRow):
                self.rows.append(found)
            else:
                indicator = self.plan.old.find_indicator(row.key)
                self.problems.append(
                    CellProblem("", row_name(row), _with_text(found, row), indicator.code if indicator else "")
                )

    def _carried(self, row: FilledRow) -> FilledRow | Sentence:
        passed = self.plan.carried_from(row.key)
        successors = self.plan.mapping.successors(row.key)
        free = [one for one in successors if one not in self._taken]
        if passed:
            return self._fitted(row, passed[0].new, self._base(row))
        if free:
            found = self._fitted(row, free[0], 0)
            if isinstance(found, FilledRow):
                self._taken[free[0]] = row.key
            return found
        if successors:
            taker = self.plan.old.find_indicator(self._taken[successors[0]])
            return became_one(taker.code or taker.key if taker else "")
        return not_asked(self.plan.mapping.dropped.get(row.key, "–"))

    def _base(self, row: FilledRow) -> int:
        """The version of the answer that the row is made from; the upgrade counts it up by one."""
        stored = self.plan.answers[row.key].version
        return stored + 1 if row.base_version == stored else row.base_version

    def _fitted(self, row: FilledRow, key: str, base_version: int) -> FilledRow | Sentence:
        source, indicator = self.plan.mapping.sources[key], self.plan.new.find_indicator(key)
        levels: dict[str, str] = {}
        for name, said in (("option", row.content.option), ("target", row.content.target)):
            level = source.level(said, indicator) if said and indicator else said
            if level is None:
                return another_scale()
            levels[name] = level
        return replace(row, key=key, base_version=base_version, content=replace(row.content, **levels))


def _with_text(reason: Sentence, row: FilledRow) -> Sentence:
    text = row.content.narrative
    return in_a_row((reason, _("You wrote: “%(text)s”") % {"text": text})) if text else reason
