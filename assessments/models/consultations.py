"""Consultations: rounds, who took part, what they said, and whom a State invites to rate from outside."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import ParticipantKind, RoundStatus
from assessments.models.answers import RECORD_READERS
from assessments.models.assessments import Assessment
from assessments.models.frameworks import Node
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.models import Invitation

SAID_MAX = 4000
CHANGED_MAX = 2000


class ConsultationRoundQuerySet(models.QuerySet["ConsultationRound"]):
    def visible_to(self, viewer: AnyViewer) -> ConsultationRoundQuerySet:
        """Rounds of one's own State, for those who read its whole record."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*RECORD_READERS):
            return self.none()
        return self.filter(assessment__state=viewer.party)


class ConsultationRound(models.Model):
    """People who were asked; `version` is the compare-and-swap number."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="consultations"
    )
    title = models.CharField(_("title"), max_length=160)
    purpose = models.TextField(_("purpose"), blank=True, max_length=2000)
    starts_on = models.DateField(_("starts"))
    ends_on = models.DateField(_("ends"), null=True, blank=True)
    places = models.CharField(_("places"), max_length=240, blank=True)
    status = models.CharField(_("status"), max_length=6, choices=RoundStatus, default=RoundStatus.OPEN)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("begun by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("begun"), auto_now_add=True)

    objects = ConsultationRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("consultation round")
        verbose_name_plural = _("consultation rounds")
        ordering = ("-starts_on", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(ends_on__isnull=True) | models.Q(ends_on__gte=models.F("starts_on")),
                name="consultation_ends_after_start",
                violation_error_message=_("The end must not be before the start."),
            ),
        )

    def __str__(self) -> str:
        return self.title


class ParticipantCount(models.Model):
    """How many people of one kind took part, by sex as they gave it. No names are kept."""

    round = models.ForeignKey(
        ConsultationRound, verbose_name=_("round"), on_delete=models.PROTECT, related_name="participants"
    )
    kind = models.CharField(_("kind"), max_length=20, choices=ParticipantKind)
    women = models.PositiveIntegerField(_("women"), default=0)
    men = models.PositiveIntegerField(_("men"), default=0)
    unrecorded = models.PositiveIntegerField(_("not recorded"), default=0)

    class Meta:
        verbose_name = _("participants")
        verbose_name_plural = _("participants")
        constraints = (
            models.UniqueConstraint(fields=("round", "kind"), name="participants_once_a_kind"),
            models.CheckConstraint(
                condition=models.Q(women__gt=0) | models.Q(men__gt=0) | models.Q(unrecorded__gt=0),
                name="participants_somebody",
                violation_error_message=_("A kind is counted when somebody of it took part."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.round_id} {self.kind}"

    @property
    def total(self) -> int:
        """All people of the kind."""
        return self.women + self.men + self.unrecorded


class ConsultationSummary(models.Model):
    """What people said on some indicators, and what changed because of it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(
        ConsultationRound, verbose_name=_("round"), on_delete=models.PROTECT, related_name="summaries"
    )
    indicators = models.ManyToManyField(Node, verbose_name=_("indicators"), related_name="+")
    said = models.TextField(_("what was said"), max_length=SAID_MAX)
    changed = models.TextField(_("what changed because of it"), blank=True, max_length=CHANGED_MAX)
    version = models.PositiveIntegerField(_("version"), default=1)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("saved by"), on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("consultation summary")
        verbose_name_plural = _("consultation summaries")
        ordering = ("round", "pk")

    def __str__(self) -> str:
        return f"{self.round_id} {self.said[:40]}"


class ContributorInvitation(models.Model):
    """What somebody invited from outside is asked to rate, once they have accepted."""

    invitation = models.OneToOneField(
        Invitation, verbose_name=_("invitation"), on_delete=models.PROTECT, related_name="contributor"
    )
    round = models.ForeignKey(
        ConsultationRound, verbose_name=_("round"), on_delete=models.PROTECT, related_name="contributors"
    )
    indicators = models.ManyToManyField(Node, verbose_name=_("indicators"), related_name="+")
    due_on = models.DateField(_("due"), null=True, blank=True)

    class Meta:
        verbose_name = _("invitation to contribute")
        verbose_name_plural = _("invitations to contribute")
        ordering = ("round", "pk")

    def __str__(self) -> str:
        return str(self.invitation)
