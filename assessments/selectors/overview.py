"""What the overview of a baseline shows: areas with score and coverage, what changed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.enums import Lens
from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView
from assessments.models import Assessment, AssessmentVersion
from assessments.scoring import Coverage, Rating, Score, coverage_of, scores_by_area, scores_by_lens
from assessments.selectors.assessment_content import answer_entries, changes_since, rating_of
from assessments.selectors.assessments import latest_version
from assessments.selectors.assignments import Raters, raters_by_section
from assessments.selectors.evidence import evidence_hashes, hashes_of
from assessments.selectors.record import Record, read_record
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A section with its score; `readable` is False where a contributor may not see the answers, then all is empty.

    The score counts what the viewer may read of the section, which is all of it or single indicators.
    """

    section: SectionView
    score: Score
    readable: bool
    raters: Raters


@dataclass(frozen=True, slots=True)
class Overview:
    """A baseline as the viewer may see it.

    `record` is what all of it was worked out from. `missing` are the indicators without any answer. `coverage` counts
    what the viewer may read and is the only figure for the whole. `changed` are keys of indicators that differ from the
    newest endorsed version. `gender` is the score of the indicators with the gender lens; None where the framework has
    none.
    """

    record: Record
    areas: tuple[AreaRow, ...]
    coverage: Coverage
    missing: tuple[IndicatorView, ...]
    version: AssessmentVersion | None
    changed: tuple[str, ...]
    gender: Score | None

    @property
    def whole(self) -> bool:
        """Whether the viewer reads the whole record and not only a part of it."""
        return all(area.readable for area in self.areas)


def assessment_overview(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Overview:
    """Read the overview in four statements, whatever the number of indicators and sections; six for a contributor."""
    version = latest_version(assessment)
    # The texts are needed only to be compared with what was signed.
    record = read_record(viewer, assessment, tree, texts=version is not None)
    mine = record.shown
    given = {pk: (answer.rating, answer.option) for pk, answer in record.given.items()}
    ratings = [rating_of(indicator, given.get(indicator.pk)) for indicator in mine.indicators]
    return Overview(
        record=record,
        areas=_areas(tree, mine, ratings, raters_by_section(viewer, assessment)),
        coverage=coverage_of(ratings),
        missing=tuple(indicator for indicator in mine.indicators if indicator.pk not in given),
        version=version,
        changed=_changed(version, assessment, record) if version else (),
        gender=scores_by_lens(ratings).get(Lens.GENDER),
    )


def _areas(
    tree: FrameworkTree, mine: FrameworkTree, ratings: Iterable[Rating], raters: dict[int, Raters]
) -> tuple[AreaRow, ...]:
    scores = scores_by_area(ratings)
    return tuple(
        AreaRow(
            section=section,
            score=scores.get(section.key, Score(None, Coverage())),
            readable=mine.find_section(section.key) is not None,
            raters=raters.get(section.node.pk, Raters()),
        )
        for section in tree.sections
    )


def _changed(version: AssessmentVersion, assessment: Assessment, record: Record) -> tuple[str, ...]:
    # What one does not read counts too: otherwise it would look as if it had been taken away.
    hashes = hashes_of(record.linked) if record.is_whole else evidence_hashes(assessment)
    entries = answer_entries(record.answers, record.tree, hashes)
    return tuple(key for key in changes_since(version, entries) if record.shown.find_indicator(key))
