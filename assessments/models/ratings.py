"""What agencies and invited people rate apart from each other and from the answer of the State."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import INDEPENDENT_RATINGS, AnswerRating, Basis, Confidence
from assessments.models.answers import NARRATIVE_MAX, REASON_MAX, RECORD_READERS
from assessments.models.assessments import Assessment
from assessments.models.frameworks import Node, ScaleOption
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.models import Membership, User


class ReconciliationQuerySet(models.QuerySet["Reconciliation"]):
    def visible_to(self, viewer: AnyViewer) -> ReconciliationQuerySet:
        """Reconciliations of one's own State, for those who read its whole record."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*RECORD_READERS):
            return self.none()
        return self.filter(assessment__state=viewer.party)


class Reconciliation(models.Model):
    """What was chosen from the ratings of the agencies, by whom and why. Never updated (a trigger refuses it).

    `answer_version` is the version of the State's answer that holds the choice; `ratings` lists the ratings that were
    on the table, each with rater, version and outcome.
    """

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="reconciliations"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    answer_version = models.PositiveIntegerField(_("version of the answer"))
    reason = models.TextField(_("reason"), max_length=REASON_MAX)
    ratings = models.JSONField(_("ratings"))
    reconciled_by = models.ForeignKey(User, verbose_name=_("reconciled by"), on_delete=models.PROTECT, related_name="+")
    reconciled_at = models.DateTimeField(_("reconciled"))

    objects = ReconciliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("reconciliation")
        verbose_name_plural = _("reconciliations")
        ordering = ("assessment", "indicator", "-number")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "indicator", "number"), name="reconciliation_once"),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="reconciliation_has_reason",
                violation_error_message=_("Say why you chose this."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} #{self.number}"


class IndependentRatingQuerySet(models.QuerySet["IndependentRating"]):
    def visible_to(self, viewer: AnyViewer) -> IndependentRatingQuerySet:
        """Ratings of one's own State for those who read its whole record; a rater reads only their own."""
        if isinstance(viewer, SystemViewer):
            return self.none()
        own = self.filter(assessment__state=viewer.party)
        if viewer.has_role(*RECORD_READERS):
            return own
        return own.filter(membership__user=viewer.user, membership__ended_at__isnull=True)


class IndependentRating(models.Model):
    """One person's rating of one indicator; the agency is that of the membership.

    `version` is the compare-and-swap number; 0 stands for a rating not yet given, which has no row.
    """

    # The State's answer has these two; a rating is read in the same way and has neither.
    minority_note: ClassVar[str] = ""
    target_id: ClassVar[None] = None

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="independent_ratings"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        Membership, verbose_name=_("rater"), on_delete=models.PROTECT, related_name="independent_ratings"
    )
    version = models.PositiveIntegerField(_("version"), default=1)
    rating = models.CharField(_("rating"), max_length=14, choices=AnswerRating)
    option = models.ForeignKey(
        ScaleOption, verbose_name=_("level"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True, max_length=REASON_MAX)
    narrative = models.TextField(_("narrative"), blank=True, max_length=NARRATIVE_MAX)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis, default=Basis.NONE)
    confidence = models.CharField(_("confidence"), max_length=6, choices=Confidence, blank=True)
    updated_at = models.DateTimeField(_("saved"))
    reconciliation = models.ForeignKey(
        Reconciliation,
        verbose_name=_("reconciliation"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="settled",
        help_text=_("The last one that took this rating into account; none after the rater changed it."),
    )

    objects = IndependentRatingQuerySet.as_manager()

    class Meta:
        verbose_name = _("independent rating")
        verbose_name_plural = _("independent ratings")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "indicator", "membership"), name="independent_rating_once_a_rater"
            ),
            models.CheckConstraint(
                condition=models.Q(rating__in=INDEPENDENT_RATINGS),
                name="independent_rating_is_a_view",
                violation_error_message=_("Choose a level, or say why there is none."),
            ),
            models.CheckConstraint(
                condition=models.Q(rating=AnswerRating.RATED, option__isnull=False)
                | (~models.Q(rating=AnswerRating.RATED) & models.Q(option__isnull=True)),
                name="independent_rating_level_when_rated",
                violation_error_message=_("Choose a level, or say why there is none."),
            ),
            models.CheckConstraint(
                condition=~models.Q(rating=AnswerRating.NOT_APPLICABLE) | ~models.Q(reason=""),
                name="independent_rating_na_has_reason",
                violation_error_message=_("Say why this does not apply to your State."),
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="independent_rating_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} · {self.membership_id} v{self.version}"

    @property
    def updated_by(self) -> User:
        """Who saved it: only the rater ever does."""
        return self.membership.user
