"""Reading dossiers, and what a dossier can be made of."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from assessments import public
from assessments.public import GrantLevel, ReleasedRequest
from cooperation.models import Dossier
from cooperation.models.dossiers import NATIONAL_READERS, DossierQuerySet
from cooperation.permissions import can_request_dossier
from wam_portal.access import Decision, Viewer, refuse
from wam_portal.accounts.enums import Role
from wam_portal.errors import NotVisible
from wam_portal.files import stored_path


@dataclass(frozen=True, slots=True)
class DossierChoice:
    """A grant that the viewer holds, and whether its dossier may be made."""

    released: ReleasedRequest
    decision: Decision

    @property
    def level_label(self) -> str:
        """What the grant discloses, in words."""
        return str(GrantLevel(self.released.level).label)


def require_reader(viewer: Viewer) -> None:
    """Raise `NotVisible` for those who read no dossiers in any case: the pages do not exist for them."""
    national = viewer.party.assesses and viewer.has_role(*NATIONAL_READERS)
    if not national and not viewer.has_role(Role.OFFERING_MEMBER, Role.COORDINATOR):
        raise NotVisible


def dossiers_for(viewer: Viewer) -> DossierQuerySet:
    """The dossiers that the viewer may read, newest first, with what a list shows of them."""
    return Dossier.objects.visible_to(viewer).select_related("state", "for_party", "job")


def get_dossier(viewer: Viewer, dossier_uuid: UUID) -> Dossier:
    """One dossier. Raises `NotVisible` for a foreign one and once its grant has ended."""
    dossier = dossiers_for(viewer).filter(uuid=dossier_uuid).first()
    if dossier is None:
        raise NotVisible
    return dossier


def is_ready(dossier: Dossier) -> bool:
    """Whether the file has been rendered and still lies in the store."""
    if dossier.rendered_at is None:
        return False
    try:
        stored_path(dossier.file_name)
    except NotVisible:
        return False
    return True


def released_to_make(viewer: Viewer, *, request_uuid: UUID | None, grant_uuid: UUID | None) -> ReleasedRequest:
    """What a dossier would be made of: one's own request or a grant. Raises `NotVisible` unless just one is named."""
    if grant_uuid is not None and request_uuid is None:
        return public.releases_for(viewer).get(grant_uuid)
    if request_uuid is not None and grant_uuid is None:
        return public.preview_request(viewer, request_uuid)
    raise NotVisible


def grants_to_export(viewer: Viewer, limit: int = 50) -> list[DossierChoice]:
    """The newest grants that the viewer holds, each with whether its dossier may be made."""
    return [DossierChoice(item, can_request_dossier(viewer, item)) for item in public.releases_for(viewer)[:limit]]


def can_make_here(viewer: Viewer, dossier: Dossier) -> Decision:
    """Whether the viewer may ask for this document again, for example in another language."""
    try:
        released = released_to_make(
            viewer,
            request_uuid=None if dossier.grant_uuid else dossier.request_uuid,
            grant_uuid=dossier.grant_uuid,
        )
    except NotVisible:
        return refuse(_("What this dossier was made of is no longer open to you."))
    return can_request_dossier(viewer, released)
