"""The register of running and planned assistance: who does, or means to do, what, where, for whom and when.

Who reads an entry, in three sentences:

- the party that recorded it, of whatever kind (operational partners read their own entries only);
- every State that it reaches, by name or as part of a region that it names;
- when it is shared: besides, the donors and coordinators to whom one of these States has granted a request, for as
  long as the grant holds.

So nobody learns from it that a State has asked for anything: whoever reads a shared entry holds a request of that
State already. And what a party does not share, no other donor or coordinator reads.
"""

from __future__ import annotations

import uuid
from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import LIVE_ACTIVITIES, ActivityKind, ActivitySource, ActivityStatus
from cooperation.models.matches import STATE_READERS
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party, Territory

RECIPIENTS = (Role.OFFERING_MEMBER, Role.COORDINATOR)
ACTIVITY_RECORDERS = (
    Role.OFFERING_MEMBER,
    Role.IMPLEMENTING_MEMBER,
    Role.COORDINATOR,
    Role.EDITOR,
    Role.APPROVER,
    Role.NATIONAL_ADMIN,
)
ACTIVITY_READERS = (*RECIPIENTS, *STATE_READERS, Role.IMPLEMENTING_MEMBER)


class ActivityQuerySet(models.QuerySet["AssistanceActivity"]):
    def visible_to(self, viewer: AnyViewer) -> ActivityQuerySet:
        """One's own; those that reach one's State; shared ones that reach a State whose request one holds."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*ACTIVITY_READERS):
            return self.none()
        seen = models.Q(recorder=viewer.party)
        if viewer.party.assesses and viewer.has_role(*STATE_READERS):
            seen |= models.Q(pk__in=_reaching(territory=viewer.party.territory_id))
        if viewer.has_role(*RECIPIENTS):
            held = public.releases_for(viewer).territory_ids()
            seen |= models.Q(shared=True, pk__in=_reaching(territory__in=held))
        return self.filter(seen)

    def reaching(self, territory_id: int | None) -> ActivityQuerySet:
        """Those that reach a country, by name or in a region."""
        return self.filter(pk__in=_reaching(territory=territory_id))

    def live(self) -> ActivityQuerySet:
        """Planned and running ones."""
        return self.filter(status__in=LIVE_ACTIVITIES)


def _reaching(**territory: Any) -> Any:
    return AssistanceActivity.reaches.through.objects.filter(**territory).values("assistanceactivity")


class AssistanceActivity(models.Model):
    """An entry. `provider` is a party of the portal or, where it is none, `provider_name` in words.

    `places` and `beneficiaries` are short names parted by commas, as coarse as in requests. An amount is in minor units
    of `currency`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    recorder = models.ForeignKey(
        Party, verbose_name=_("recorded by"), on_delete=models.PROTECT, related_name="activities_recorded"
    )
    title = models.CharField(_("title"), max_length=160)
    kind = models.CharField(_("kind"), max_length=10, choices=ActivityKind, default=ActivityKind.PROJECT)
    status = models.CharField(_("status"), max_length=10, choices=ActivityStatus, default=ActivityStatus.RUNNING)
    source = models.CharField(_("source"), max_length=10, choices=ActivitySource, default=ActivitySource.ENTERED)
    version = models.PositiveIntegerField(_("version"), default=1)
    shared = models.BooleanField(_("shared"), default=False)
    provider = models.ForeignKey(
        Party, verbose_name=_("provider"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    provider_name = models.CharField(_("provider in words"), max_length=160, blank=True)
    included = models.ManyToManyField(Territory, verbose_name=_("where"), related_name="+")
    reaches = models.ManyToManyField(
        Territory, verbose_name=_("countries reached"), related_name="+", blank=True, editable=False
    )
    functional_areas = models.JSONField(_("functional areas"), default=list)
    assistance_types = models.JSONField(_("types of assistance"), default=list, blank=True)
    places = models.CharField(_("places (coarse)"), max_length=400, blank=True)
    beneficiaries = models.CharField(_("who benefits"), max_length=400, blank=True)
    period_start = models.DateField(_("from"), null=True, blank=True)
    period_end = models.DateField(_("until"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    amount_minor = models.PositiveBigIntegerField(_("amount"), null=True, blank=True)
    description = models.TextField(_("description"), max_length=4000, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("entered by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("entered"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"))

    objects = ActivityQuerySet.as_manager()

    class Meta:
        verbose_name = _("assistance activity")
        verbose_name_plural = _("assistance activities")
        ordering = ("-updated_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period_start__isnull=True)
                | models.Q(period_end__isnull=True)
                | models.Q(period_end__gte=models.F("period_start")),
                name="activity_period_in_order",
                violation_error_message=_("The end must not be before the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(provider__isnull=False, provider_name="")
                | models.Q(provider__isnull=True) & ~models.Q(provider_name=""),
                name="activity_has_one_provider",
                violation_error_message=_("Choose who provides it, or write the name; not both."),
            ),
        )
        indexes = (models.Index(fields=("recorder", "status"), name="activity_recorder_status"),)

    def __str__(self) -> str:
        return self.title

    @property
    def provider_label(self) -> str:
        """Who provides it, by name."""
        return self.provider_name or str(self.provider)
