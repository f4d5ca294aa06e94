"""What lies inside and outside the agreed scope of a baseline."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from assessments.enums import AnswerRating
from assessments.frameworks.tree import FrameworkTree, IndicatorView, SectionView
from assessments.models import Assessment
from assessments.selectors.answers import answers_for
from wam_portal.access import Viewer


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An indicator outside the scope, and why."""

    indicator: IndicatorView
    reason: str


@dataclass(frozen=True, slots=True)
class SectionScope:
    """A section with what of it is in and out of the scope, as far as the viewer reads the answers."""

    section: SectionView
    inside: tuple[IndicatorView, ...]
    outside: tuple[LeftOut, ...]


def indicators_chosen(tree: FrameworkTree, keys: Collection[str]) -> list[IndicatorView]:
    """The indicators that the keys of sections, headings and indicators mean."""
    return [
        one
        for one in tree.indicators
        if one.key in keys or one.section in keys or any(heading.key in keys for heading in one.headings)
    ]


def count_answered(viewer: Viewer, assessment: Assessment, indicators: Iterable[IndicatorView]) -> int:
    """How many of the indicators have an answer that leaving them out would set aside."""
    found = answers_for(viewer, assessment).filter(indicator__in=[one.pk for one in indicators])
    return found.exclude(rating=AnswerRating.NOT_RATED).count()


def scope_of(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> tuple[SectionScope, ...]:
    """The scope section by section, in one statement."""
    found = answers_for(viewer, assessment).filter(rating=AnswerRating.NOT_RATED)
    reasons = dict(found.values_list("indicator_id", "reason"))
    return tuple(
        SectionScope(
            section,
            tuple(one for one in section.indicators if one.pk not in reasons),
            tuple(LeftOut(one, reasons[one.pk]) for one in section.indicators if one.pk in reasons),
        )
        for section in tree.sections
    )
