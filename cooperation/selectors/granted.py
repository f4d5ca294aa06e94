"""What donors and coordinators read of requests: only what was granted to their party."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Count, Q

from assessments import public
from cooperation.enums import UNDECIDED, MatchStatus
from cooperation.models import Match
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible

RECIPIENTS = (Role.OFFERING_MEMBER, Role.COORDINATOR)


def granted_to(viewer: Viewer, text: str = "") -> public.ReleaseSet:
    """The newest grant of each request that the viewer's party holds; optionally those that hold `text`.

    Raises `NotVisible` for those who receive no grants.
    """
    if not viewer.has_role(*RECIPIENTS):
        raise NotVisible
    return public.releases_for(viewer).newest_of_each_request().containing(text.strip())


def open_granted(viewer: Viewer, grant_uuid: UUID) -> public.ReleasedRequest:
    """One granted request; the State's log notes the view. Raises `NotVisible`, also once the grant has ended."""
    if not viewer.has_role(*RECIPIENTS):
        raise NotVisible
    return public.open_release(viewer, grant_uuid)


def match_counts(viewer: Viewer, requests: Iterable[UUID]) -> dict[UUID, dict[str, int]]:
    """For each request: how many eligible matches with the viewer's own offers are undecided, and how many agreed."""
    if not viewer.has_role(Role.OFFERING_MEMBER):
        return {}
    rows = (
        Match.objects.visible_to(viewer)
        .filter(request_uuid__in=list(requests), donor=viewer.party)
        .order_by()
        .values("request_uuid")
        .annotate(
            undecided=Count("pk", filter=Q(status__in=UNDECIDED, eligible=True)),
            accepted=Count("pk", filter=Q(status=MatchStatus.ACCEPTED)),
        )
    )
    return {row["request_uuid"]: {"undecided": row["undecided"], "accepted": row["accepted"]} for row in rows}
