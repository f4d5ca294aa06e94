"""The register of running and planned assistance: recorded, changed and removed by the party that knows of it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from cooperation.enums import ActivitySource
from cooperation.models import AssistanceActivity
from cooperation.permissions import can_change_activity, can_record_activity
from cooperation.selectors.assistance import providers_for
from cooperation.selectors.territories import countries_reached
from cooperation.validators import ACTIVITY_FIELDS, ActivityValues, Errors, activity_errors
from wam_portal.access import Viewer, require
from wam_portal.accounts.models import Territory
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid


def record_activity(
    *, values: ActivityValues, actor: Viewer, source: ActivitySource = ActivitySource.ENTERED
) -> AssistanceActivity:
    """Enter assistance into the register. Raises `Refused`, and `Invalid` with messages by field."""
    require(can_record_activity(actor))
    _refuse(errors_of_activity(values=values, actor=actor))
    reached = _reached(values)
    with audited():
        hold_register(reached)
        activity = AssistanceActivity(
            recorder=actor.party, created_by=actor.user, updated_at=timezone.now(), source=source, **_stored(values)
        )
        activity.save()
        _set_places(activity, values, reached)
        changes = {"shared": activity.shared, "source": activity.source}
        record(verb="activity.recorded", target=activity, actor=actor, parties=[actor.party], changes=changes)
    return activity


def change_activity(
    *, activity: AssistanceActivity, base_version: int, values: ActivityValues, actor: Viewer
) -> AssistanceActivity:
    """Change an entry. Raises `Refused`, `Invalid`, and `Conflict` when it has changed since `base_version`."""
    require(can_change_activity(actor, activity))
    _refuse(errors_of_activity(values=values, actor=actor, current=activity))
    stored = _stored(values)
    changed = [name for name in ACTIVITY_FIELDS if getattr(activity, name) != stored[name]]
    reached = _reached(values)
    with audited():
        hold_register(reached)
        _swap(activity, base_version, stored)
        _set_places(activity, values, reached)
        changes = {"fields": changed, "version": activity.version, "shared": activity.shared}
        record(verb="activity.changed", target=activity, actor=actor, parties=[actor.party], changes=changes)
    return activity


def remove_activity(*, activity: AssistanceActivity, base_version: int, actor: Viewer) -> None:
    """Take an entry out of the register. Raises `Refused` and `Conflict`."""
    require(can_change_activity(actor, activity))
    with audited():
        _swap(activity, base_version, {})
        changes = {"title": activity.title}
        record(verb="activity.removed", target=activity, actor=actor, parties=[actor.party], changes=changes)
        AssistanceActivity.objects.filter(pk=activity.pk).delete()


def errors_of_activity(*, values: ActivityValues, actor: Viewer, current: AssistanceActivity | None = None) -> Errors:
    """What would keep these values from being recorded; nothing is written.

    A provider that an entry names already may stay, whatever has become of the party since.
    """
    providers = set(providers_for(actor).values_list("pk", flat=True))
    if current is not None and current.provider_id is not None:
        providers.add(current.provider_id)
    return activity_errors(values, providers=providers, today=timezone.localdate())


def _stored(values: ActivityValues) -> dict[str, Any]:
    stored = {name: getattr(values, name) for name in ACTIVITY_FIELDS}
    return {name: list(value) if isinstance(value, tuple) else value for name, value in stored.items()}


def hold_register(countries: Collection[int] | None = None) -> None:
    """Within the caller's transaction: until it ends nobody else enters assistance for these countries (None: for any),
    or accepts a match with regard to what is entered for them.

    Whoever writes several entries asks for all at once, so that no two wait for each other.
    """
    rows = Territory.objects.order_by("pk").select_for_update(no_key=True)
    held = rows if countries is None else rows.filter(pk__in=countries)
    list(held.values_list("pk"))


def _reached(values: ActivityValues) -> list[int]:
    return countries_reached([row.code for row in values.included], [])


def _set_places(activity: AssistanceActivity, values: ActivityValues, reached: Collection[int]) -> None:
    activity.included.set(values.included)
    activity.reaches.set(reached)


def _swap(activity: AssistanceActivity, base_version: int, fields: dict[str, Any]) -> None:
    mine = AssistanceActivity.objects.filter(pk=activity.pk, version=base_version)
    swapped = mine.update(version=F("version") + 1, updated_at=timezone.now(), **fields)
    fresh = AssistanceActivity.objects.filter(pk=activity.pk).first()
    if fresh is None or not swapped:
        raise Conflict(_("Somebody changed this entry before you."), current=fresh)
    activity.refresh_from_db()


def _refuse(errors: Errors) -> None:
    if errors:
        raise Invalid(errors)
