"""What an upgrade to a newer version of the framework could not carry over: kept to be read, with the reason."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import RECORD_READERS, Answer
from assessments.models.assessments import Assessment
from wam_portal.access import AnyViewer, SystemViewer


class LeftBehindQuerySet(models.QuerySet["LeftBehind"]):
    def visible_to(self, viewer: AnyViewer) -> LeftBehindQuerySet:
        """Those of one's own State, for those who read its whole record."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*RECORD_READERS):
            return self.none()
        return self.filter(assessment__state=viewer.party)


class LeftBehind(models.Model):
    """An answer that stays with the version in which it was given. Its row and revisions stand untouched."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="left_behind"
    )
    answer = models.OneToOneField(
        Answer, verbose_name=_("answer"), on_delete=models.PROTECT, related_name="left_behind"
    )
    reason = models.TextField(_("why it was not carried over"))
    said = models.JSONField(
        _("what the reason was made of"),
        null=True,
        blank=True,
        help_text=_("From which it is said in the reader's language; nothing in rows from before."),
    )
    left_at = models.DateTimeField(_("left behind"))
    left_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("upgraded by"), on_delete=models.PROTECT, related_name="+"
    )

    objects = LeftBehindQuerySet.as_manager()

    class Meta:
        verbose_name = _("answer not carried over")
        verbose_name_plural = _("answers not carried over")
        ordering = ("assessment", "pk")

    def __str__(self) -> str:
        return f"{self.answer_id}: {self.reason}"
