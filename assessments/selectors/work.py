"""What waits for a viewer on the national side; each list in one statement, at most `MOST` entries."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Case, Count, Exists, F, Min, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.enums import (
    OPEN_ASSESSMENTS,
    AnswerRating,
    AssessmentStatus,
    AssignmentMode,
    MeetingStatus,
    NodeKind,
    RequestStatus,
)
from assessments.models import (
    Answer,
    Assessment,
    Assignment,
    AssistanceRequest,
    EndorsementSignature,
    FrameworkVersion,
    Grant,
    IndependentRating,
    IndicatorReturn,
    Meeting,
    Node,
)
from assessments.models.answers import AnswerQuerySet
from assessments.models.ratings import IndependentRatingQuerySet
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.request_completeness import is_complete
from wam_portal.access import Viewer

MOST: Final = 20
EXPIRES_SOON: Final = timedelta(days=14)


def assessments_in(viewer: Viewer, *statuses: AssessmentStatus) -> list[Assessment]:
    """One's State's baselines in one of the statuses, the one that is due first at the top."""
    return list(Assessment.objects.visible_to(viewer).filter(status__in=statuses).order_by("due_on", "pk")[:MOST])


def assessments_to_review(viewer: Viewer) -> list[Assessment]:
    """Baselines in review that the viewer has not signed: those that they have wait for others."""
    signed = EndorsementSignature.objects.visible_to(viewer).standing()
    signed = signed.filter(assessment=OuterRef("pk"), signed_by=viewer.user)
    waiting = Assessment.objects.visible_to(viewer).filter(~Exists(signed), status=AssessmentStatus.IN_REVIEW)
    return list(waiting.order_by("due_on", "pk")[:MOST])


@dataclass(frozen=True, slots=True)
class Task:
    """What one person rates of a section of an open baseline, all of it or single indicators; due when the first is."""

    assessment: UUID
    assessment_title: str
    section: str
    section_title: str
    mode: str
    whole: bool
    indicators: int
    due_on: date | None
    done: int
    asked: int

    @property
    def finished(self) -> bool:
        """Whether nothing is left to rate."""
        return self.done >= self.asked


def tasks_of(viewer: Viewer) -> list[Task]:
    """What the viewer is to rate in open baselines, by section, also where they know nothing else of the baseline.

    What is finished comes last. What was left out of the scope is asked of nobody.
    """
    section = Coalesce("node__section", "node")
    single = Q(node__kind=NodeKind.INDICATOR)
    mine = Assignment.objects.held_by(viewer).filter(
        assessment=OuterRef(OuterRef("assessment")), mode=OuterRef(OuterRef("mode"))
    )
    outside = Answer.objects.filter(
        assessment=OuterRef(OuterRef("assessment")), indicator=OuterRef("pk"), rating=AnswerRating.NOT_RATED
    )
    asked = Node.objects.filter(
        Exists(mine.covering(OuterRef("pk"), OuterRef("section"))),
        ~Exists(outside),
        kind=NodeKind.INDICATOR,
        section=OuterRef("place"),
    )
    ratings = IndependentRating.objects.visible_to(viewer).filter(membership__user=viewer.user)
    rows = (
        Assignment.objects.held_by(viewer)
        .filter(assessment__state=viewer.party, assessment__status__in=OPEN_ASSESSMENTS)
        .values(
            "assessment__uuid",
            "assessment__title",
            "mode",
            place=section,
            asked_with=F("assessment__framework_version"),
            translated=F("assessment__framework_version__translated_at"),
        )
        .annotate(
            whole=Count("pk", filter=~single),
            indicators=Count("pk", filter=single),
            due=Min("due_on"),
            order=Min("node__position"),
            section_key=Subquery(Node.objects.filter(pk=OuterRef("place")).values("key")[:1]),
            section_title=Subquery(Node.objects.filter(pk=OuterRef("place")).values("title")[:1]),
            asked=_counted(asked),
            done=Case(
                When(mode=AssignmentMode.INDEPENDENT, then=_counted(asked.filter(_given(ratings)))),
                default=_counted(asked.filter(_given(Answer.objects.visible_to(viewer)))),
            ),
            is_finished=Case(When(done__lt=F("asked"), then=Value(0)), default=Value(1)),
        )
        .order_by("is_finished", "due", "order")[:MOST]
    )
    titles = _titles_in_language({row["asked_with"] for row in rows if row["translated"]})
    return [
        Task(
            assessment=row["assessment__uuid"],
            assessment_title=row["assessment__title"],
            section=row["section_key"],
            section_title=titles.get(row["place"], row["section_title"]),
            mode=row["mode"],
            whole=bool(row["whole"]),
            indicators=row["indicators"],
            due_on=row["due"],
            done=row["done"],
            asked=row["asked"],
        )
        for row in rows
        if row["asked"]
    ]


def _given(rows: AnswerQuerySet | IndependentRatingQuerySet) -> Exists:
    """Whether one of these was given on the indicator in the baseline of the assignment."""
    return Exists(rows.filter(assessment=OuterRef(OuterRef("assessment")), indicator=OuterRef("pk")))


def _counted(nodes: QuerySet[Node]) -> Coalesce:
    counts = nodes.order_by().values("section").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counts), 0)


def _titles_in_language(versions: set[int]) -> dict[int, str]:
    """The sections of translated frameworks in the reader's language, by row; no statement where there is none."""
    found = FrameworkVersion.objects.filter(pk__in=versions) if versions else ()
    return {section.node.pk: section.node.title for version in found for section in framework_tree(version).sections}


def returned_indicators(viewer: Viewer) -> list[IndicatorReturn]:
    """Indicators of open baselines that wait to be addressed: all for a focal point, one's own for a contributor."""
    mine = IndicatorReturn.objects.visible_to(viewer).open().filter(assessment__status__in=OPEN_ASSESSMENTS)
    rows = mine.select_related("assessment", "indicator").order_by("assessment__due_on", "indicator__position")
    return list(rows[:MOST])


def requests_in(viewer: Viewer, status: RequestStatus) -> list[AssistanceRequest]:
    """One's State's requests in a status, the last changed first."""
    return list(AssistanceRequest.objects.visible_to(viewer).filter(status=status).order_by("-updated_at")[:MOST])


def requests_to_endorse(viewer: Viewer) -> list[AssistanceRequest]:
    """Drafts that somebody else changed last and in which nothing blocks the endorsement; three statements."""
    drafts = AssistanceRequest.objects.visible_to(viewer).filter(status=RequestStatus.DRAFT)
    others = drafts.exclude(last_edited_by=viewer.user).prefetch_related("needs__gaps").order_by("-updated_at")
    return [row for row in others if is_complete(row)][:MOST]


def requests_not_shared(viewer: Viewer) -> list[AssistanceRequest]:
    """Endorsed requests that nobody may see yet, or no longer."""
    shared = Grant.objects.active().filter(release__request_version__request=OuterRef("pk"))
    endorsed = AssistanceRequest.objects.visible_to(viewer).filter(~Exists(shared), status=RequestStatus.ENDORSED)
    return list(endorsed.order_by("-updated_at")[:MOST])


def grants_ending(viewer: Viewer) -> list[Grant]:
    """Grants of one's State that expire within two weeks."""
    soon = (
        Grant.objects.visible_to(viewer)
        .active()
        .filter(release__state=viewer.party, expires_at__lt=timezone.now() + EXPIRES_SOON)
    )
    return list(soon.select_related("release__request_version__request", "recipient").order_by("expires_at")[:MOST])


def meetings_to_hold(viewer: Viewer) -> list[Meeting]:
    """Meetings of one's State whose minutes are not closed, the next (or the longest past) first."""
    return list(
        Meeting.objects.visible_to(viewer).filter(status=MeetingStatus.PLANNED).order_by("starts_at", "pk")[:MOST]
    )
