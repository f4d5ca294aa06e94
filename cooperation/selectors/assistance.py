"""Reading the register of running and planned assistance."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from assessments import public
from cooperation.enums import ActivityKind, ActivitySource, ActivityStatus
from cooperation.models import AssistanceActivity
from cooperation.models.assistance import ACTIVITY_READERS, ActivityQuerySet
from cooperation.selectors.wording import LABELS, listed, period_text
from cooperation.validators import ACTIVITY_TEXT_LIMITS
from wam_portal.access import Viewer
from wam_portal.accounts.models import Party, Territory
from wam_portal.errors import NotVisible
from wam_portal.formats import format_day, format_money


def activities_for(viewer: Viewer) -> ActivityQuerySet:
    """The entries that the viewer may see, changed last first. Raises `NotVisible` for roles that see none."""
    if not viewer.has_role(*ACTIVITY_READERS):
        raise NotVisible
    seen = AssistanceActivity.objects.visible_to(viewer).select_related("recorder", "provider")
    return seen.prefetch_related("included").order_by("-updated_at", "-pk")


def activity_for(viewer: Viewer, uuid: UUID) -> AssistanceActivity:
    """One entry with its places. Raises `NotVisible`."""
    activity = activities_for(viewer).filter(uuid=uuid).first()
    if activity is None:
        raise NotVisible
    return activity


def own_activity(viewer: Viewer, uuid: UUID) -> AssistanceActivity:
    """One's own entry, to change it. Raises `NotVisible` for one that one could not even read."""
    activity = activity_for(viewer, uuid)
    if activity.recorder_id != viewer.party.pk:
        raise NotVisible
    return activity


def own_activities_by_uuid(viewer: Viewer) -> dict[UUID, AssistanceActivity]:
    """All entries that one's own party recorded, oldest first, by their identifier."""
    own = activities_for(viewer).filter(recorder=viewer.party)
    return {activity.uuid: activity for activity in own.order_by("created_at", "pk")}


def providers_for(viewer: Viewer) -> QuerySet[Party]:
    """Who may be named as provider: donors and coordinators, whom every member knows, and one's own party."""
    known = Q(offers=True) | Q(coordinates=True) | Q(pk=viewer.party.pk)
    return Party.objects.filter(known).order_by("name", "pk")


def territories_of(activities: ActivityQuerySet) -> QuerySet[Territory]:
    """The countries that these entries reach, by name."""
    reached = AssistanceActivity.reaches.through.objects.filter(assistanceactivity__in=activities.values("pk"))
    return Territory.objects.filter(pk__in=reached.values("territory")).order_by("name", "code")


def prefilled_from_request(viewer: Viewer, request_uuid: UUID) -> dict[str, object]:
    """What an entry may begin with: what exists already, as the State's own request says it.

    Raises `NotVisible` for a request that is not one's own State's.
    """
    content = public.preview_request(viewer, request_uuid).content
    texts = [content.get(name, "").strip() for name in ("what_exists", "who_helps")]
    needs = content["needs"]
    territory = viewer.party.territory
    return {
        "title": content["title"],
        "description": "\n\n".join(text for text in texts if text)[: ACTIVITY_TEXT_LIMITS["description"]],
        "functional_areas": sorted({need["functional_area"] for need in needs}),
        "places": content.get("places", ""),
        "currency": content["currency"],
        "included": [territory.code] if territory else [],
        "status": ActivityStatus.RUNNING,
        "source": ActivitySource.REQUEST,
    }


def facts_of_activity(activity: AssistanceActivity) -> list[tuple[str, str]]:
    """What an entry says: (label, value)."""
    amount = activity.amount_minor
    return [
        (_("Who provides it"), activity.provider_label),
        (_("Recorded by"), str(activity.recorder)),
        (_("Kind"), str(ActivityKind(activity.kind).label)),
        (_("Countries and regions"), listed(place.label for place in activity.included.all())),
        (_("Functional areas"), listed(str(LABELS["areas"].get(code, code)) for code in activity.functional_areas)),
        (_("Types of assistance"), listed(str(LABELS["types"].get(code, code)) for code in activity.assistance_types)),
        (_("Places (coarse)"), activity.places),
        (_("Who benefits"), activity.beneficiaries),
        (_("Period"), period_of(activity)),
        (_("Amount"), "" if amount is None else format_money(amount, activity.currency)),
        (_("Source"), str(ActivitySource(activity.source).label)),
    ]


def period_of(activity: AssistanceActivity) -> str:
    """When, as far as it is known."""
    start, end = activity.period_start, activity.period_end
    if start and end:
        return period_text((start.isoformat(), end.isoformat()))
    if start:
        return _("from %(start)s") % {"start": format_day(start)}
    return _("until %(end)s") % {"end": format_day(end)} if end else ""
