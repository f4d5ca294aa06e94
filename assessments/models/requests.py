"""Assistance requests, their needs, and the endorsed versions."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import FunctionalArea, GenderMarker, RequestStatus, Technology
from assessments.models.assessments import Assessment
from assessments.models.gaps import Gap
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

DRAFT_READERS = (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)


class RequestQuerySet(models.QuerySet["AssistanceRequest"]):
    def visible_to(self, viewer: AnyViewer) -> RequestQuerySet:
        """Requests of the viewer's own State; contributors see them once they have been endorsed.

        The system makes national dossiers of all of them; who may read those is asked again for each reader.
        """
        if isinstance(viewer, SystemViewer):
            return self if viewer.purpose == "dossier" else self.none()
        own = self.filter(state=viewer.party)
        if viewer.has_role(*DRAFT_READERS):
            return own
        if viewer.has_role(Role.CONTRIBUTOR):
            return own.filter(status=RequestStatus.ENDORSED)
        return self.none()


class AssistanceRequest(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="requests")
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("baseline"), on_delete=models.PROTECT, related_name="requests"
    )
    reference = models.CharField(_("reference"), max_length=30, unique=True, editable=False)
    title = models.CharField(_("title"), max_length=160)
    status = models.CharField(_("status"), max_length=10, choices=RequestStatus, default=RequestStatus.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=1)
    objective = models.TextField(_("objective"), blank=True, max_length=4000)
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    period_start = models.DateField(_("from"), null=True, blank=True)
    period_end = models.DateField(_("until"), null=True, blank=True)
    places = models.CharField(_("places (coarse)"), blank=True, max_length=400)
    beneficiaries = models.TextField(_("who benefits"), blank=True, max_length=2000)
    what_exists = models.TextField(_("what already exists"), blank=True, max_length=4000)
    who_helps = models.TextField(_("who already helps"), blank=True, max_length=4000)
    national_contribution_minor = models.PositiveBigIntegerField(_("national contribution"), null=True, blank=True)
    sustainability = models.TextField(_("sustainability and exit"), blank=True, max_length=4000)
    expected_results = models.TextField(_("expected results"), blank=True, max_length=4000)
    strategies = models.TextField(_("strategies it serves"), blank=True, max_length=2000)
    gender_marker = models.CharField(
        _("gender marker"), max_length=1, choices=GenderMarker, blank=True, default=GenderMarker.NOT_SCREENED
    )
    oda_eligible = models.BooleanField(_("eligible as ODA"), null=True, blank=True)
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    contact = models.CharField(_("point of contact"), blank=True, max_length=200)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drafted by"), on_delete=models.PROTECT, related_name="+"
    )
    last_edited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("last changed by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("drafted"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"))

    objects = RequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("assistance request")
        verbose_name_plural = _("assistance requests")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period_start__isnull=True)
                | models.Q(period_end__isnull=True)
                | models.Q(period_end__gte=models.F("period_start")),
                name="request_period_in_order",
                violation_error_message=_("The end must not be before the start."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"


class NeedQuerySet(models.QuerySet["Need"]):
    def visible_to(self, viewer: AnyViewer) -> NeedQuerySet:
        """Needs of the requests that the viewer may read."""
        return self.filter(request__in=AssistanceRequest.objects.visible_to(viewer))


class Need(models.Model):
    """A line of a request. Its UUID stays the same across versions and releases."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    request = models.ForeignKey(
        AssistanceRequest, verbose_name=_("request"), on_delete=models.PROTECT, related_name="needs"
    )
    position = models.PositiveSmallIntegerField(_("position"), default=1)
    functional_area = models.CharField(_("functional area"), max_length=3, choices=FunctionalArea)
    assistance_types = models.JSONField(_("types of assistance"), default=list)
    technology = models.CharField(_("technology"), max_length=20, choices=Technology, blank=True)
    description = models.TextField(_("what is needed"), blank=True, max_length=4000)
    amount_minor = models.PositiveBigIntegerField(_("amount sought"), null=True, blank=True)
    includes_maintenance = models.BooleanField(_("maintenance is included"), default=False)
    includes_training = models.BooleanField(_("training is included"), default=False)
    gaps = models.ManyToManyField(Gap, verbose_name=_("gaps it answers"), related_name="needs", blank=True)

    objects = NeedQuerySet.as_manager()

    class Meta:
        verbose_name = _("need")
        verbose_name_plural = _("needs")
        ordering = ("request", "position", "pk")

    def __str__(self) -> str:
        return self.get_functional_area_display()


class RequestVersion(models.Model):
    """A request as endorsed. Never updated."""

    request = models.ForeignKey(
        AssistanceRequest, verbose_name=_("request"), on_delete=models.PROTECT, related_name="versions"
    )
    number = models.PositiveIntegerField(_("number"))
    content = models.JSONField(_("content"))
    content_hash = models.CharField(_("content hash"), max_length=64)
    endorsed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("endorsed by"), on_delete=models.PROTECT, related_name="+"
    )
    endorsed_at = models.DateTimeField(_("endorsed"))

    class Meta:
        verbose_name = _("endorsed request")
        verbose_name_plural = _("endorsed requests")
        ordering = ("request", "-number")
        constraints = (models.UniqueConstraint(fields=("request", "number"), name="request_version_once"),)

    def __str__(self) -> str:
        return f"{self.request} v{self.number}"
