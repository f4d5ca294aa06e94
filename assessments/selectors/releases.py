"""Reading releases on the State's own side: grants given, who looked at them, and who could receive one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from assessments.models import AssistanceRequest, Grant, RequestVersion
from assessments.models.releases import GrantQuerySet
from wam_portal.access import Viewer
from wam_portal.accounts.models import Party
from wam_portal.audit.selectors import events_for
from wam_portal.errors import NotVisible

LOG_ROWS = 50


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody looked at what was granted."""

    at: datetime
    verb: str
    who: str
    party: str
    level: str

    @property
    def what(self) -> str:
        """What they did, in words."""
        return str(_VERBS.get(self.verb, self.verb))


_VERBS = {
    "release.viewed": _("Opened it"),
    "dossier.requested": _("Asked for the dossier"),
    "dossier.downloaded": _("Downloaded the dossier"),
    "release.used_in_portfolio": _("Used it in a portfolio"),
}


def grants_of(viewer: Viewer, request: AssistanceRequest) -> GrantQuerySet:
    """Every grant of a request, newest first, for those of its State who may see grants."""
    own = Grant.objects.visible_to(viewer).filter(release__state=viewer.party)
    return (
        own.filter(release__request_version__request=request)
        .select_related("recipient", "granted_by", "revoked_by", "release__request_version")
        .order_by("-granted_at", "-pk")
    )


def grant_for(viewer: Viewer, request: AssistanceRequest, uuid: UUID) -> Grant:
    """One grant of that very request. Raises `NotVisible`, also for a grant of another one."""
    grant = grants_of(viewer, request).filter(uuid=uuid).first()
    if grant is None:
        raise NotVisible
    grant.release.state = viewer.party
    grant.release.request_version.request = request
    return grant


def versions_of(request: AssistanceRequest) -> QuerySet[RequestVersion]:
    """Endorsed versions of a request that the viewer has been given, newest first."""
    return request.versions.select_related("endorsed_by").order_by("-number")


def access_log(viewer: Viewer, grants: list[Grant]) -> list[Access]:
    """The newest views of these grants, for approvers and national administrators; others get an empty list."""
    targets = [str(grant.uuid) for grant in grants]
    events = events_for(viewer).filter(target_type="Grant", target_id__in=targets)
    # What the State did itself stands with the grants already.
    seen = events.exclude(actor_party=viewer.party)
    return [
        Access(
            at=event.at,
            verb=event.verb,
            who=event.actor.full_name or event.actor.email if event.actor else "",
            party=event.actor_party.name if event.actor_party else "",
            level=str(event.changes.get("level", "")),
        )
        for event in seen[:LOG_ROWS]
    ]


def possible_recipients(viewer: Viewer) -> QuerySet[Party]:
    """Parties to which a State can grant something: who offers or coordinates, but for itself; by name."""
    return Party.objects.filter(Q(offers=True) | Q(coordinates=True)).exclude(pk=viewer.party.pk).order_by("name")
