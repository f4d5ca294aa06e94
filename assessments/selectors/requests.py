"""Reading requests: the list, and one request with everything that its page shows."""

from __future__ import annotations

from uuid import UUID

from django.db.models import BigIntegerField, Count, IntegerField, OuterRef, Prefetch, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from assessments.models import Assessment, AssistanceRequest, Gap, Grant, Need
from assessments.models.gaps import GapQuerySet
from assessments.models.requests import RequestQuerySet
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible


def requests_for(viewer: Viewer) -> RequestQuerySet:
    """Requests that the viewer may read, newest first, in one statement however many there are.

    Annotated with `need_count`, `amount_total` (minor units of the request's own currency; None where no need has an
    amount) and `grant_count` (grants in force; 0 for those who may not see grants).
    """
    needs = Need.objects.filter(request=OuterRef("pk")).order_by().values("request")
    grants = Grant.objects.visible_to(viewer).active().filter(release__request_version__request=OuterRef("pk"))
    by_request = grants.order_by().values("release__request_version__request")
    counted = needs.annotate(number=Count("pk")).values("number")
    summed = needs.annotate(total=Sum("amount_minor")).values("total")
    granted = by_request.annotate(number=Count("pk")).values("number")
    return AssistanceRequest.objects.visible_to(viewer).annotate(
        need_count=Coalesce(Subquery(counted, output_field=IntegerField()), 0),
        amount_total=Subquery(summed, output_field=BigIntegerField()),
        grant_count=Coalesce(Subquery(granted, output_field=IntegerField()), 0),
    )


def request_for(viewer: Viewer, uuid: UUID) -> AssistanceRequest:
    """One request with its baseline, its needs and their gaps, in three statements. Raises `NotVisible`."""
    gaps = Gap.objects.select_related("indicator", "level", "target").order_by("indicator__position")
    found = AssistanceRequest.objects.visible_to(viewer).select_related(
        "assessment__framework_version", "created_by", "last_edited_by"
    )
    request = found.prefetch_related("needs", Prefetch("needs__gaps", queryset=gaps)).filter(uuid=uuid).first()
    if request is None:
        raise NotVisible
    # The acting party is the State: nothing has to be read to know it.
    request.state = viewer.party
    return request


def need_for(viewer: Viewer, request: AssistanceRequest, uuid: UUID) -> Need:
    """One need of that very request. Raises `NotVisible`, also for a need of another one."""
    need = (
        Need.objects.visible_to(viewer).filter(request=request, uuid=uuid).prefetch_related("gaps__indicator").first()
    )
    if need is None:
        raise NotVisible
    need.request = request
    return need


def linkable_gaps(viewer: Viewer, request: AssistanceRequest, need: Need | None = None) -> GapQuerySet:
    """Gaps that a need may rest on: open and confirmed ones of the baseline, and those linked to it already."""
    own = Gap.objects.visible_to(viewer).filter(assessment=request.assessment_id)
    live = own.live()
    linked = own.filter(needs=need) if need is not None else own.none()
    both = own.filter(pk__in=live.values("pk")) | own.filter(pk__in=linked.values("pk"))
    return both.select_related("indicator").order_by("indicator__position")


def baselines_with_gaps(viewer: Viewer) -> QuerySet[Assessment]:
    """Baselines from whose gaps a request can be drafted, newest first."""
    live = Gap.objects.visible_to(viewer).live()
    return Assessment.objects.visible_to(viewer).filter(pk__in=live.values("assessment"))
