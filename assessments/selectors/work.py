"""What waits for a viewer on the national side; each list in one statement, at most `MOST` entries."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from django.db.models import Exists, OuterRef
from django.utils import timezone

from assessments.enums import AssessmentStatus, RequestStatus
from assessments.models import Assessment, AssistanceRequest, Grant, SectionAssignment
from wam_portal.access import Viewer

MOST: Final = 20
EXPIRES_SOON: Final = timedelta(days=14)


def assessments_in(viewer: Viewer, status: AssessmentStatus) -> list[Assessment]:
    """One's State's baselines in a status, the one that is due first at the top."""
    return list(Assessment.objects.visible_to(viewer).filter(status=status).order_by("due_on", "pk")[:MOST])


def assigned_sections(viewer: Viewer) -> list[SectionAssignment]:
    """Sections of open baselines that the viewer rates."""
    mine = SectionAssignment.objects.filter(
        assessment__in=Assessment.objects.visible_to(viewer).filter(status=AssessmentStatus.DRAFT),
        membership__user=viewer.user,
        membership__ended_at__isnull=True,
    )
    return list(mine.select_related("assessment", "section").order_by("due_on", "section__position")[:MOST])


def requests_in(viewer: Viewer, status: RequestStatus) -> list[AssistanceRequest]:
    """One's State's requests in a status, the last changed first."""
    return list(AssistanceRequest.objects.visible_to(viewer).filter(status=status).order_by("-updated_at")[:MOST])


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
