"""The legal changes of status of baselines, gaps and requests."""

from __future__ import annotations

from typing import Final

from assessments.enums import OPEN_ASSESSMENTS, AssessmentStatus, GapStatus, MeetingStatus, RequestStatus
from wam_portal.transitions import Transition, target_of

__all__ = ["ASSESSMENT", "GAP", "MEETING", "REQUEST", "Transition", "target_of"]

ASSESSMENT: Final = (
    Transition(
        "consult", frozenset({AssessmentStatus.DRAFT, AssessmentStatus.RETURNED}), AssessmentStatus.IN_CONSULTATION
    ),
    Transition("resume", frozenset({AssessmentStatus.IN_CONSULTATION}), AssessmentStatus.DRAFT),
    Transition("submit", frozenset(OPEN_ASSESSMENTS), AssessmentStatus.IN_REVIEW),
    Transition("return", frozenset({AssessmentStatus.IN_REVIEW}), AssessmentStatus.RETURNED),
    Transition("endorse", frozenset({AssessmentStatus.IN_REVIEW}), AssessmentStatus.ENDORSED),
    Transition("reopen", frozenset({AssessmentStatus.ENDORSED}), AssessmentStatus.DRAFT),
    # Nobody asks for this step: it follows when a newer baseline of the same framework is endorsed.
    Transition("supersede", frozenset({AssessmentStatus.ENDORSED}), AssessmentStatus.SUPERSEDED),
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
MEETING: Final = (Transition("close", frozenset({MeetingStatus.PLANNED}), MeetingStatus.HELD),)
