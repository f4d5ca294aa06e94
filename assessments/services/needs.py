"""The needs of a request. Every change raises the version of the request they belong to."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, Unpack
from uuid import UUID

from django.db.models import Max
from django.utils.translation import gettext as _

from assessments.models import AssistanceRequest, Gap, Need
from assessments.permissions import can_edit_request
from assessments.services.request_fields import NeedFields, checked_need
from assessments.services.requests import save_request
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Invalid


def add_need(
    *,
    request: AssistanceRequest,
    base_version: int,
    actor: Viewer,
    gap_uuids: Collection[UUID] = (),
    **fields: Unpack[NeedFields],
) -> Need:
    """Add a need at the end of a draft. `base_version` is the request's.

    Raises `Refused`, `Invalid` with every problem (a gap of another baseline among them), and `Conflict`.
    """
    require(can_edit_request(actor, request))
    cleaned = checked_need({"functional_area": "", **fields})
    gaps = _linkable_gaps(request, gap_uuids, actor)
    with audited():
        save_request(request=request, base_version=base_version, actor=actor)
        last = request.needs.aggregate(last=Max("position"))["last"] or 0
        need = Need.objects.create(request=request, position=last + 1, **cleaned)
        need.gaps.set(gaps)
        _record("request.need_added", need, actor, sorted(cleaned))
    return need


def update_need(
    *,
    need: Need,
    base_version: int,
    actor: Viewer,
    gap_uuids: Collection[UUID] | None = None,
    **fields: Unpack[NeedFields],
) -> Need:
    """Write the fields given; `gap_uuids` None leaves the linked gaps. `base_version` is the request's.

    A gap that is linked already may stay linked when it has been closed or dismissed since. Raises as `add_need` does.
    """
    require(can_edit_request(actor, need.request))
    cleaned = checked_need(fields)
    kept = set(need.gaps.values_list("uuid", flat=True))
    gaps = None if gap_uuids is None else _linkable_gaps(need.request, gap_uuids, actor, kept)
    changed: dict[str, Any] = {name: value for name, value in cleaned.items() if getattr(need, name) != value}
    relinked = gaps is not None and {gap.uuid for gap in gaps} != kept
    if not changed and not relinked and need.request.version == base_version:
        return need
    with audited():
        save_request(request=need.request, base_version=base_version, actor=actor)
        for name, value in changed.items():
            setattr(need, name, value)
        if changed:
            need.save(update_fields=list(changed))
        if gaps is not None and relinked:
            need.gaps.set(gaps)
        _record("request.need_changed", need, actor, sorted([*changed, *(["gaps"] if relinked else [])]))
    return need


def delete_need(*, need: Need, base_version: int, actor: Viewer) -> None:
    """Take a need out of a draft; endorsed versions and releases keep it. Raises `Refused` and `Conflict`."""
    require(can_edit_request(actor, need.request))
    with audited():
        save_request(request=need.request, base_version=base_version, actor=actor)
        _record("request.need_removed", need, actor, [])
        need.delete()


def _linkable_gaps(
    request: AssistanceRequest, gap_uuids: Collection[UUID], actor: Viewer, kept: Collection[UUID] = ()
) -> list[Gap]:
    wanted = set(gap_uuids)
    own = Gap.objects.visible_to(actor).filter(assessment=request.assessment_id)
    gaps = list(own.live().filter(uuid__in=wanted) | own.filter(uuid__in=wanted & set(kept)))
    if len(gaps) < len(wanted):
        raise Invalid({"gaps": [_("Choose gaps from those shown: open ones of this baseline.")]})
    return gaps


def _record(verb: str, need: Need, actor: Viewer, fields: list[str]) -> None:
    record(
        verb=verb,
        target=need.request,
        actor=actor,
        parties=[actor.party],
        changes={"need": str(need.uuid), "fields": fields, "version": need.request.version},
    )
