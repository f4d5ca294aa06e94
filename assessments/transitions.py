"""The legal changes of status, as data: services, buttons, documentation and tests all read these tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from assessments.enums import AssessmentStatus, GapStatus, RequestStatus


@dataclass(frozen=True, slots=True)
class Transition:
    """`verb` leads from any of `sources` to `target`."""

    verb: str
    sources: frozenset[str]
    target: str


ASSESSMENT: Final = (
    Transition("submit", frozenset({AssessmentStatus.DRAFT}), AssessmentStatus.IN_REVIEW),
    Transition("return", frozenset({AssessmentStatus.IN_REVIEW}), AssessmentStatus.DRAFT),
    Transition("endorse", frozenset({AssessmentStatus.IN_REVIEW}), AssessmentStatus.ENDORSED),
    Transition("reopen", frozenset({AssessmentStatus.ENDORSED}), AssessmentStatus.DRAFT),
)
GAP: Final = (
    Transition("confirm", frozenset({GapStatus.OPEN, GapStatus.DISMISSED}), GapStatus.CONFIRMED),
    Transition("dismiss", frozenset({GapStatus.OPEN, GapStatus.CONFIRMED}), GapStatus.DISMISSED),
    Transition("reopen", frozenset({GapStatus.CONFIRMED, GapStatus.DISMISSED}), GapStatus.OPEN),
)
REQUEST: Final = (
    Transition("endorse", frozenset({RequestStatus.DRAFT}), RequestStatus.ENDORSED),
    Transition("reopen", frozenset({RequestStatus.ENDORSED}), RequestStatus.DRAFT),
    Transition("withdraw", frozenset({RequestStatus.DRAFT, RequestStatus.ENDORSED}), RequestStatus.WITHDRAWN),
)


def target_of(table: tuple[Transition, ...], verb: str, source: str) -> str | None:
    """The status that `verb` leads to from `source`, or None where it is not a legal step."""
    return next((step.target for step in table if step.verb == verb and source in step.sources), None)
