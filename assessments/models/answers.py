"""Answers: one row an indicator of an assessment, each saved state kept as a revision."""

from __future__ import annotations

from typing import Any, TypeVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import AnswerRating, Basis, Confidence
from assessments.models.assessments import Assessment
from assessments.models.assignments import Assignment
from assessments.models.current import CurrentManager
from assessments.models.frameworks import Node, ScaleOption
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role

NARRATIVE_MAX = 8000
REASON_MAX = 2000


RECORD_READERS = (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)

_Rows = TypeVar("_Rows", bound=models.QuerySet[Any])


def readable_rows(rows: _Rows, viewer: AnyViewer) -> _Rows:
    """Rows about an indicator of an assessment that the viewer reads: those of their State, or their part of them.

    A contributor reads what belongs to the indicators that they answer for the State.
    """
    if isinstance(viewer, SystemViewer):
        return rows.none()
    own = rows.filter(assessment__state=viewer.party)
    if viewer.has_role(*RECORD_READERS):
        return own
    if viewer.has_role(Role.CONTRIBUTOR):
        mine = Assignment.objects.held_by(viewer).for_state().filter(assessment=models.OuterRef("assessment"))
        covering = mine.covering(models.OuterRef("indicator"), models.OuterRef("indicator__section"))
        return own.filter(models.Exists(covering))
    return rows.none()


class AnswerQuerySet(models.QuerySet["Answer"]):
    def visible_to(self, viewer: AnyViewer) -> AnswerQuerySet:
        """Answers of one's own State; a contributor reads those that they give for it."""
        return readable_rows(self, viewer)


AnswerManager = CurrentManager.from_queryset(AnswerQuerySet)


class Answer(models.Model):
    """`version` is the compare-and-swap number; 0 stands for an answer not yet given, which has no row."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="answers"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    version = models.PositiveIntegerField(_("version"), default=1)
    rating = models.CharField(_("rating"), max_length=14, choices=AnswerRating)
    option = models.ForeignKey(
        ScaleOption, verbose_name=_("level"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    target = models.ForeignKey(
        ScaleOption, verbose_name=_("own target"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    reason = models.TextField(_("reason"), blank=True, max_length=REASON_MAX)
    narrative = models.TextField(_("narrative"), blank=True, max_length=NARRATIVE_MAX)
    basis = models.CharField(_("basis"), max_length=12, choices=Basis, default=Basis.NONE)
    confidence = models.CharField(_("confidence"), max_length=6, choices=Confidence, blank=True)
    minority_note = models.TextField(_("who disagrees, and why"), blank=True, max_length=REASON_MAX)
    updated_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("saved by"), on_delete=models.PROTECT, related_name="+"
    )
    updated_at = models.DateTimeField(_("saved"))

    left_behind_at = models.DateTimeField(_("left behind by an upgrade"), null=True, blank=True, editable=False)

    objects = AnswerManager()

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        constraints = (
            models.UniqueConstraint(fields=("assessment", "indicator"), name="answer_once_an_indicator"),
            models.CheckConstraint(
                condition=models.Q(rating=AnswerRating.RATED, option__isnull=False)
                | (~models.Q(rating=AnswerRating.RATED) & models.Q(option__isnull=True)),
                name="answer_level_exactly_when_rated",
                violation_error_message=_("Choose a level, or say why there is none."),
            ),
            models.CheckConstraint(
                condition=~models.Q(rating=AnswerRating.NOT_APPLICABLE) | ~models.Q(reason=""),
                name="answer_not_applicable_has_reason",
                violation_error_message=_("Say why this does not apply to your State."),
            ),
            models.CheckConstraint(condition=models.Q(version__gte=1), name="answer_version_from_one"),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} v{self.version}"


class AnswerRevision(models.Model):
    """An answer as it was saved; nothing is overwritten without a trace. Never updated."""

    answer = models.ForeignKey(Answer, verbose_name=_("answer"), on_delete=models.PROTECT, related_name="revisions")
    version = models.PositiveIntegerField(_("version"))
    content = models.JSONField(_("content"))
    saved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("saved by"), on_delete=models.PROTECT, related_name="+"
    )
    saved_at = models.DateTimeField(_("saved"))

    class Meta:
        verbose_name = _("answer revision")
        verbose_name_plural = _("answer revisions")
        ordering = ("answer", "-version")
        constraints = (models.UniqueConstraint(fields=("answer", "version"), name="answer_revision_once"),)

    def __str__(self) -> str:
        return f"{self.answer_id} v{self.version}"
