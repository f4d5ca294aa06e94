"""What the overview of a baseline shows: areas with score and coverage, what changed, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView
from assessments.models import Assessment, AssessmentVersion, SectionAssignment
from assessments.scoring import Coverage, Rating, Score, coverage_of, scores_by_area
from assessments.selectors.answers import answers_for, readable_sections
from assessments.selectors.assessment_content import answer_entries, changes_since, rating_of
from assessments.selectors.assessments import assignments_of, latest_version
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A section with its score; `readable` is False where a contributor may not see the answers, then all is empty."""

    section: SectionView
    score: Score
    readable: bool
    assignments: tuple[SectionAssignment, ...]


@dataclass(frozen=True, slots=True)
class Overview:
    """A baseline as the viewer may see it.

    `missing` are the indicators without any answer. `coverage` counts what the viewer may read and is the only figure
    for the whole. `changed` are keys of indicators that differ from the newest endorsed version.
    """

    areas: tuple[AreaRow, ...]
    coverage: Coverage
    missing: tuple[IndicatorView, ...]
    version: AssessmentVersion | None
    changed: tuple[str, ...]

    @property
    def whole(self) -> bool:
        """Whether the viewer reads the whole record and not only some sections of it."""
        return all(area.readable for area in self.areas)


def assessment_overview(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Overview:
    """Read the overview in five statements at most, whatever the number of indicators and sections."""
    readable = readable_sections(viewer, assessment, tree)
    version = latest_version(assessment)
    # The whole answers are needed only to be compared with what was signed.
    answers = list(answers_for(viewer, assessment)) if version else []
    if version:
        given = {answer.indicator_id: (answer.rating, answer.option_id) for answer in answers}
    else:
        rows = answers_for(viewer, assessment).values_list("indicator_id", "rating", "option_id")
        given = {indicator: (rating, option) for indicator, rating, option in rows}
    ratings = [rating_of(indicator, given.get(indicator.pk)) for indicator in _seen(tree, readable)]
    return Overview(
        areas=_areas(tree, readable, ratings, assignments_of(viewer, assessment)),
        coverage=coverage_of(ratings),
        missing=tuple(indicator for indicator in _seen(tree, readable) if indicator.pk not in given),
        version=version,
        changed=_changed(version, [*answer_entries(answers, tree)], tree, readable) if version else (),
    )


def _seen(tree: FrameworkTree, readable: frozenset[str]) -> tuple[IndicatorView, ...]:
    return tuple(indicator for indicator in tree.indicators if indicator.section in readable)


def _areas(
    tree: FrameworkTree, readable: frozenset[str], ratings: Iterable[Rating], assignments: Iterable[SectionAssignment]
) -> tuple[AreaRow, ...]:
    scores = scores_by_area(ratings)
    by_section: dict[int, list[SectionAssignment]] = {}
    for assignment in assignments:
        by_section.setdefault(assignment.section_id, []).append(assignment)
    return tuple(
        AreaRow(
            section=section,
            score=scores.get(section.key, Score(None, Coverage())),
            readable=section.key in readable,
            assignments=tuple(by_section.get(section.node.pk, ())),
        )
        for section in tree.sections
    )


def _changed(
    version: AssessmentVersion, entries: list[dict[str, object]], tree: FrameworkTree, readable: frozenset[str]
) -> tuple[str, ...]:
    seen = {indicator.key for indicator in _seen(tree, readable)}
    return tuple(key for key in changes_since(version, entries) if key in seen)
