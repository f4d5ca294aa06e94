"""Offers of assistance."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from cooperation.enums import Modality, OfferStatus
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import STATE_STAFF, Role
from wam_portal.accounts.models import Party, Territory


class OfferQuerySet(models.QuerySet["Offer"]):
    def visible_to(self, viewer: AnyViewer) -> OfferQuerySet:
        """One's own offers; for a State those published that reach it; for coordinators those published and listed."""
        if isinstance(viewer, SystemViewer):
            return self if viewer.purpose == "matching" else self.none()
        seen = models.Q(pk__in=[])
        if viewer.has_role(Role.OFFERING_MEMBER):
            seen |= models.Q(donor=viewer.party)
        if viewer.party.assesses and viewer.has_role(*STATE_STAFF - {Role.CONTRIBUTOR}):
            reaches = Offer.reaches.through.objects.filter(territory=viewer.party.territory_id)
            seen |= models.Q(status=OfferStatus.PUBLISHED, pk__in=reaches.values("offer"))
        if viewer.has_role(Role.COORDINATOR):
            seen |= models.Q(status=OfferStatus.PUBLISHED, listed=True)
        return self.filter(seen)

    def published(self) -> OfferQuerySet:
        return self.filter(status=OfferStatus.PUBLISHED)

    def asked(self) -> OfferQuerySet:
        """Published ones whose donor was asked whether they are still valid, and has not answered."""
        return self.published().filter(asked_at__isnull=False)

    def confirmed_before(self, moment: datetime) -> OfferQuerySet:
        """Those that nobody has confirmed, published or changed since."""
        return self.annotate(touched_at=Coalesce("confirmed_at", "updated_at")).filter(touched_at__lt=moment)


class Offer(models.Model):
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    donor = models.ForeignKey(Party, verbose_name=_("donor"), on_delete=models.PROTECT, related_name="offers_made")
    title = models.CharField(_("title"), max_length=160)
    summary = models.TextField(_("summary"), blank=True, max_length=4000)
    status = models.CharField(_("status"), max_length=10, choices=OfferStatus, default=OfferStatus.DRAFT)
    version = models.PositiveIntegerField(_("version"), default=1)
    listed = models.BooleanField(_("shown to coordinators"), default=True)
    modality = models.CharField(_("modality"), max_length=10, choices=Modality, default=Modality.GRANT)
    functional_areas = models.JSONField(_("functional areas"), default=list)
    assistance_types = models.JSONField(_("types of assistance"), default=list)
    technologies = models.JSONField(_("technologies"), default=list, blank=True)
    included = models.ManyToManyField(Territory, verbose_name=_("where"), related_name="+")
    excluded = models.ManyToManyField(Territory, verbose_name=_("but not in"), related_name="+", blank=True)
    reaches = models.ManyToManyField(
        Territory,
        verbose_name=_("countries reached"),
        related_name="reached_by",
        blank=True,
        editable=False,
        help_text=_("Worked out from the two fields above when the offer is saved."),
    )
    currency = models.CharField(_("currency"), max_length=3, default="USD")
    capacity_minor = models.PositiveBigIntegerField(_("capacity"), null=True, blank=True)
    committed_minor = models.PositiveBigIntegerField(_("committed"), default=0, editable=False)
    max_requests = models.PositiveIntegerField(_("requests it can serve"), null=True, blank=True)
    committed_requests = models.PositiveIntegerField(_("requests it serves"), default=0, editable=False)
    floor_minor = models.PositiveBigIntegerField(_("least per request"), null=True, blank=True)
    ceiling_minor = models.PositiveBigIntegerField(_("most per request"), null=True, blank=True)
    estimated_value_minor = models.PositiveBigIntegerField(_("estimated value"), null=True, blank=True)
    period_start = models.DateField(_("from"))
    period_end = models.DateField(_("until"))
    valid_until = models.DateField(_("open for requests until"))
    languages = models.JSONField(_("working languages"), default=list, blank=True)
    applicant_kinds = models.JSONField(_("who may apply"), default=list)
    needs_endorsed_baseline = models.BooleanField(_("an endorsed baseline is required"), default=False)
    min_gender_marker = models.PositiveSmallIntegerField(_("least gender marker"), null=True, blank=True)
    oda_only = models.BooleanField(_("only what is eligible as ODA"), default=False)
    min_cofunding_percent = models.PositiveSmallIntegerField(
        _("least national share in percent"), null=True, blank=True
    )
    priority_areas = models.JSONField(_("priority areas"), default=list, blank=True)
    priority_lenses = models.JSONField(_("priority lenses"), default=list, blank=True)
    strategies = models.TextField(_("strategies it supports"), blank=True, max_length=2000)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("drafted by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("drafted"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"))
    published_at = models.DateTimeField(_("published"), null=True, blank=True)
    confirmed_at = models.DateTimeField(_("last confirmed"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked whether still valid"), null=True, blank=True)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_reason = models.TextField(_("why it was closed"), blank=True, max_length=2000)

    objects = OfferQuerySet.as_manager()

    class Meta:
        verbose_name = _("offer")
        verbose_name_plural = _("offers")
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period_end__gte=models.F("period_start")),
                name="offer_period_in_order",
                violation_error_message=_("The end must not be before the start."),
            ),
            models.CheckConstraint(
                condition=models.Q(floor_minor__isnull=True)
                | models.Q(ceiling_minor__isnull=True)
                | models.Q(ceiling_minor__gte=models.F("floor_minor")),
                name="offer_floor_under_ceiling",
                violation_error_message=_("The least per request must not be above the most."),
            ),
            models.CheckConstraint(
                condition=models.Q(capacity_minor__isnull=False)
                | models.Q(modality=Modality.IN_KIND, max_requests__isnull=False),
                name="offer_has_capacity",
                violation_error_message=_("Give a capacity, or for help in kind the number of requests it can serve."),
            ),
            models.CheckConstraint(
                condition=models.Q(capacity_minor__isnull=True)
                | models.Q(committed_minor__lte=models.F("capacity_minor")),
                name="offer_not_overcommitted",
                violation_error_message=_("The offer does not hold that much any more."),
            ),
            models.CheckConstraint(
                condition=models.Q(max_requests__isnull=True)
                | models.Q(committed_requests__lte=models.F("max_requests")),
                name="offer_serves_no_more_requests",
                violation_error_message=_("The offer cannot serve another request."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status=OfferStatus.PUBLISHED) | models.Q(published_at__isnull=False),
                name="offer_published_has_time",
            ),
            models.CheckConstraint(
                condition=models.Q(estimated_value_minor__isnull=True) | models.Q(modality=Modality.IN_KIND),
                name="offer_value_estimated_in_kind_only",
                violation_error_message=_("Only help in kind has an estimated value."),
            ),
        )

    def __str__(self) -> str:
        return self.title
