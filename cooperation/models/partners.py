"""Operational partners: what an organisation that implements can do, what it has done, and where it must stand back."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.models.matches import STATE_READERS
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party, Territory

PARTNER_READERS = (Role.OFFERING_MEMBER, Role.COORDINATOR, *STATE_READERS)
"""Who reads the profiles of partners that agreed to be suggested."""


class PartnerProfileQuerySet(models.QuerySet["PartnerProfile"]):
    def visible_to(self, viewer: AnyViewer) -> PartnerProfileQuerySet:
        """One's own; those that agreed to be suggested for States, donors and coordinators. The engine's job: all."""
        if isinstance(viewer, SystemViewer):
            return self if viewer.purpose == "matching" else self.none()
        seen = models.Q(pk__in=[])
        if viewer.has_role(Role.IMPLEMENTING_MEMBER):
            seen |= models.Q(party=viewer.party)
        if viewer.has_role(*PARTNER_READERS):
            seen |= models.Q(consents=True)
        return self.filter(seen)


class PartnerProfile(models.Model):
    """One a party. Without its consent nobody but its own members reads it, and it is never suggested."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    party = models.OneToOneField(
        Party, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="partner_profile"
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    summary = models.TextField(_("what it does"), blank=True, max_length=4000)
    functional_areas = models.JSONField(_("functional areas"), default=list)
    assistance_types = models.JSONField(_("types of assistance"), default=list)
    technologies = models.JSONField(_("technologies"), default=list, blank=True)
    presence = models.ManyToManyField(Territory, verbose_name=_("where it works"), related_name="+", blank=True)
    languages = models.JSONField(_("working languages"), default=list)
    projects_left = models.PositiveIntegerField(_("further projects it can take on"), null=True, blank=True)
    contact = models.TextField(_("whom to ask"), blank=True, max_length=400)
    consents = models.BooleanField(_("agrees to be suggested"), default=False)
    consented_at = models.DateTimeField(_("agreed"), null=True, blank=True)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("last changed by"), on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(_("last changed"))

    objects = PartnerProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("partner profile")
        verbose_name_plural = _("partner profiles")
        ordering = ("party__name",)
        constraints = (
            models.CheckConstraint(
                condition=models.Q(consents=False) | models.Q(consented_at__isnull=False),
                name="partner_consent_has_time",
                violation_error_message=_("A consent has its time."),
            ),
        )

    def __str__(self) -> str:
        return str(self.party)


class FinishedProject(models.Model):
    """A project that a partner has finished; what counts is where, in which areas, and when it ended."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(
        PartnerProfile, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="projects"
    )
    title = models.CharField(_("title"), max_length=160)
    functional_areas = models.JSONField(_("functional areas"), default=list)
    places = models.ManyToManyField(Territory, verbose_name=_("where"), related_name="+")
    ended_on = models.DateField(_("ended"))

    class Meta:
        verbose_name = _("finished project")
        verbose_name_plural = _("finished projects")
        ordering = ("-ended_on", "pk")

    def __str__(self) -> str:
        return self.title


class PartnerConflict(models.Model):
    """A conflict of interest that a partner declares: with a country's State, or with a donor. Never both in one."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    profile = models.ForeignKey(
        PartnerProfile, verbose_name=_("partner"), on_delete=models.PROTECT, related_name="conflicts"
    )
    country = models.ForeignKey(
        Territory, verbose_name=_("State"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    donor = models.ForeignKey(
        Party, verbose_name=_("donor"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("why"), max_length=1000)
    declared_at = models.DateTimeField(_("declared"))

    class Meta:
        verbose_name = _("conflict of interest")
        verbose_name_plural = _("conflicts of interest")
        ordering = ("-declared_at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(country__isnull=True, donor__isnull=False)
                | models.Q(country__isnull=False, donor__isnull=True),
                name="partner_conflict_with_one",
                violation_error_message=_("Name a State or a donor, one of the two."),
            ),
            models.UniqueConstraint(
                fields=("profile", "country"),
                condition=models.Q(country__isnull=False),
                name="partner_conflict_state_once",
                violation_error_message=_("This conflict is declared already."),
            ),
            models.UniqueConstraint(
                fields=("profile", "donor"),
                condition=models.Q(donor__isnull=False),
                name="partner_conflict_donor_once",
                violation_error_message=_("This conflict is declared already."),
            ),
        )

    def __str__(self) -> str:
        return str(self.country or self.donor)

    @property
    def kept_name(self) -> str:
        """With whom, by the name kept here, whatever the language of the reader."""
        return self.country.name if self.country else str(self.donor)
