"""Assistance requests: drafted from gaps, changed, endorsed, reopened and withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any, Unpack
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import F
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessments.enums import LIVE_GAPS, AssistanceType, FunctionalArea, RequestStatus
from assessments.frameworks.tree import IndicatorView
from assessments.models import Assessment, AssistanceRequest, Gap, Need, RequestVersion
from assessments.permissions import (
    can_draft_request,
    can_edit_request,
    can_endorse_request,
    can_reopen_request,
    can_withdraw_request,
)
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.release_content import request_content
from assessments.selectors.request_completeness import Finding, completeness
from assessments.services.releases import revoke_all_grants
from assessments.services.request_fields import RequestFields, checked_request
from assessments.transitions import REQUEST, target_of
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.formats import format_labelled
from wam_portal.money import minor_per_unit

HASH_TAG = "request"
_REFERENCE_TRIES = 20
_TITLE_AREAS = 2


def draft_request(
    *, assessment: Assessment, gap_uuids: Collection[UUID], actor: Viewer, title: str = ""
) -> AssistanceRequest:
    """Draft a request from gaps of one baseline: a need for each functional area, with the types typical for its gaps.

    Raises `Refused`; `NotVisible` for a foreign baseline; `Invalid` when no gap is chosen, or one of them is foreign,
    of another baseline, dismissed or closed: then nothing is drafted.
    """
    require(can_draft_request(actor))
    if assessment.state_id != actor.party.pk:
        raise NotVisible
    gaps = _chosen_gaps(assessment, gap_uuids, actor)
    indicators = {gap.pk: framework_tree(assessment.framework_version).indicator_of(gap.indicator_id) for gap in gaps}
    areas = _by_area(gaps, indicators)
    with audited():
        request = _create(assessment, actor, title.strip() or _suggested_title(areas))
        for position, (area, members) in enumerate(areas.items(), start=1):
            _draft_need(request, position, area, members, indicators)
        record(
            verb="request.drafted",
            target=request,
            actor=actor,
            parties=[actor.party],
            changes={"reference": request.reference, "gaps": len(gaps), "needs": len(areas)},
        )
    return request


def update_request(
    *, request: AssistanceRequest, base_version: int, actor: Viewer, **fields: Unpack[RequestFields]
) -> AssistanceRequest:
    """Write the fields given; what is not named stays. A new currency keeps the amounts as they read.

    Raises `Refused`, `Invalid` with every problem, and `Conflict` when the request changed since `base_version`.
    """
    require(can_edit_request(actor, request))
    cleaned = checked_request(request, fields)
    changed = {name: value for name, value in cleaned.items() if getattr(request, name) != value}
    if not changed and request.version == base_version:
        return request
    with audited():
        old_currency = request.currency
        save_request(request=request, base_version=base_version, actor=actor, fields=changed)
        if request.currency != old_currency:
            contribution = "national_contribution_minor" in cleaned
            _carry_amounts_over(request, old_currency, contribution_given=contribution)
        record(
            verb="request.changed",
            target=request,
            actor=actor,
            parties=[actor.party],
            changes={"fields": sorted(changed), "version": request.version},
        )
    return request


def endorse_request(*, request: AssistanceRequest, base_version: int, actor: Viewer) -> RequestVersion:
    """Endorse a request as it stands: an immutable version with its content and hash. Four eyes, no hard fault.

    Raises `Refused`, `Invalid` naming every fault that blocks (under ""), and `Conflict`.
    """
    require(can_endorse_request(actor, request))
    try:
        return _endorse(request, base_version, actor)
    except Invalid:
        request.refresh_from_db()
        raise


def _endorse(request: AssistanceRequest, base_version: int, actor: Viewer) -> RequestVersion:
    with audited():
        # The version is taken first: from here on nobody else changes the request, and what is checked is what is kept.
        save_status(request=request, base_version=base_version, verb="endorse")
        request.refresh_from_db()
        blocking = completeness(request).faults
        if blocking:
            raise Invalid({"": [_fault_line(fault) for fault in blocking]})
        number = request.versions.count() + 1
        content = request_content(request, number=number, minor_per_unit=minor_per_unit(request.currency))
        version = RequestVersion.objects.create(
            request=request,
            number=number,
            content=content,
            content_hash=content_hash(HASH_TAG, content),
            endorsed_by=actor.user,
            endorsed_at=timezone.now(),
        )
        record(
            verb="request.endorsed",
            target=request,
            actor=actor,
            parties=[actor.party],
            changes={"number": number, "content_hash": version.content_hash, "version": request.version},
        )
    return version


def reopen_request(*, request: AssistanceRequest, base_version: int, actor: Viewer) -> AssistanceRequest:
    """Make an endorsed request a draft again. What was endorsed and released stays as signed, and grants stand.

    Raises `Refused` and `Conflict`.
    """
    require(can_reopen_request(actor, request))
    with audited():
        save_status(request=request, base_version=base_version, verb="reopen")
        record(
            verb="request.reopened",
            target=request,
            actor=actor,
            parties=[actor.party],
            changes={"version": request.version},
        )
    return request


def withdraw_request(*, request: AssistanceRequest, base_version: int, actor: Viewer) -> AssistanceRequest:
    """Withdraw a request for good and revoke all its grants at once. Raises `Refused` and `Conflict`."""
    require(can_withdraw_request(actor, request))
    with audited():
        save_status(request=request, base_version=base_version, verb="withdraw")
        revoked = revoke_all_grants(request=request, actor=actor)
        record(
            verb="request.withdrawn",
            target=request,
            actor=actor,
            parties=[actor.party],
            changes={"version": request.version, "grants_revoked": revoked},
        )
    return request


def _fault_line(fault: Finding) -> str:
    line = f"{fault.what} {fault.why}"
    return format_labelled(fault.need, line) if fault.need else line


def save_request(
    *, request: AssistanceRequest, base_version: int, actor: Viewer, fields: dict[str, Any] | None = None
) -> None:
    """Write fields of a draft and raise its version, within the caller's `audited()`; changing a need does it too.

    Raises `Conflict` when the request changed since `base_version`, with the stored one as `current`.
    """
    write = {**(fields or {}), "last_edited_by": actor.user, "updated_at": timezone.now()}
    _swap(request, base_version, RequestStatus.DRAFT, write)


def save_status(*, request: AssistanceRequest, base_version: int, verb: str) -> None:
    """Take a legal step to another status, within the caller's `audited()`. Raises `Conflict`.

    The author of the last change stays: a step is no change of content.
    """
    target = target_of(REQUEST, verb, request.status)
    _swap(request, base_version, request.status, {"status": target, "updated_at": timezone.now()})


def _swap(request: AssistanceRequest, base_version: int, status: str, write: dict[str, Any]) -> None:
    same = AssistanceRequest.objects.filter(pk=request.pk, version=base_version, status=status)
    if not same.update(version=F("version") + 1, **write):
        current = AssistanceRequest.objects.select_related("last_edited_by", "state").get(pk=request.pk)
        raise Conflict(_("This request has changed since you opened it."), current=current)
    for name, value in write.items():
        setattr(request, name, value)
    request.version = base_version + 1


def _chosen_gaps(assessment: Assessment, gap_uuids: Collection[UUID], actor: Viewer) -> list[Gap]:
    wanted = set(gap_uuids)
    if not wanted:
        raise Invalid({"gaps": [_("Choose at least one gap.")]})
    found = Gap.objects.visible_to(actor).filter(assessment=assessment, uuid__in=wanted, status__in=LIVE_GAPS)
    gaps = list(found.order_by("indicator__position"))
    if len(gaps) < len(wanted):
        raise Invalid({"gaps": [_("Some of the gaps chosen are not open in this baseline any more. Choose again.")]})
    return gaps


def _by_area(gaps: Iterable[Gap], indicators: dict[int, IndicatorView]) -> dict[str, list[Gap]]:
    """The gaps by functional area, in the order of the areas; "" where the framework names none, to be chosen later."""
    grouped: dict[str, list[Gap]] = {area: [] for area in (*FunctionalArea.values, "")}
    for gap in gaps:
        grouped[indicators[gap.pk].functional_area].append(gap)
    return {area: members for area, members in grouped.items() if members}


def _suggested_title(areas: Collection[str]) -> str:
    labels = [str(FunctionalArea(area).label) for area in areas if area]
    if 0 < len(labels) <= _TITLE_AREAS:
        return _("Assistance with %(areas)s") % {"areas": ", ".join(labels).lower()}
    counted = ngettext(
        "Assistance in %(count)d functional area", "Assistance in %(count)d functional areas", len(areas)
    )
    return counted % {"count": len(areas)}


def _create(assessment: Assessment, actor: Viewer, title: str) -> AssistanceRequest:
    """Create the request under the next free reference: of two who take one number the database lets one through."""
    territory = actor.party.territory
    prefix = f"{territory.code if territory else actor.party.slug[:8].upper()}-{timezone.now().year}-"
    fields = checked_request(AssistanceRequest(), {"title": title, "languages": [actor.user.language]})
    for _attempt in range(_REFERENCE_TRIES):
        try:
            with transaction.atomic():
                return AssistanceRequest.objects.create(
                    state=actor.party,
                    assessment=assessment,
                    reference=prefix + f"{_last_number(prefix) + 1:03d}",
                    created_by=actor.user,
                    last_edited_by=actor.user,
                    updated_at=timezone.now(),
                    **fields,
                )
        except IntegrityError:
            continue
    raise Conflict(_("Many requests are being drafted at this moment. Try again."), current=None)


def _last_number(prefix: str) -> int:
    taken = AssistanceRequest.objects.filter(reference__startswith=prefix)
    last = taken.order_by(Length("reference").desc(), "-reference").values_list("reference", flat=True).first()
    return int(last.removeprefix(prefix)) if last else 0


def _draft_need(
    request: AssistanceRequest, position: int, area: str, gaps: list[Gap], indicators: dict[int, IndicatorView]
) -> None:
    views = [indicators[gap.pk] for gap in gaps]
    typical = {kind for view in views for kind in view.assistance_types}
    technologies = {technology for view in views for technology in view.technologies}
    need = Need.objects.create(
        request=request,
        position=position,
        functional_area=area,
        assistance_types=[kind.value for kind in AssistanceType if kind in typical],
        # Only where the gaps agree: a guess between several would look like a choice.
        technology=technologies.pop() if len(technologies) == 1 else "",
    )
    need.gaps.set(gaps)


def _carry_amounts_over(request: AssistanceRequest, old_currency: str, *, contribution_given: bool) -> None:
    """Rewrite minor units so that the amounts read the same: 100.00 USD becomes 100 JPY, no conversion."""
    old, new = minor_per_unit(old_currency), minor_per_unit(request.currency)
    if old == new:
        return
    for need in request.needs.filter(amount_minor__isnull=False):
        need.amount_minor = _rescaled(need.amount_minor or 0, old, new)
        need.save(update_fields=["amount_minor"])
    if not contribution_given and request.national_contribution_minor is not None:
        request.national_contribution_minor = _rescaled(request.national_contribution_minor, old, new)
        request.save(update_fields=["national_contribution_minor"])


def _rescaled(minor: int, old: int, new: int) -> int:
    whole, rest = divmod(minor * new, old)
    if rest:
        raise Invalid({"currency": [_("This currency has no such small parts as some amounts of this request.")]})
    return whole
