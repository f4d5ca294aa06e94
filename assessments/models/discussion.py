"""What people say about an indicator while they work on it: comments with mentions, and flags."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.answers import readable_rows
from assessments.models.assessments import Assessment
from assessments.models.frameworks import Node
from wam_portal.access import AnyViewer

COMMENT_MAX = 4000
NOTE_MAX = 500


class CommentQuerySet(models.QuerySet["Comment"]):
    def visible_to(self, viewer: AnyViewer) -> CommentQuerySet:
        """Comments on what one reads of one's own State; never those of somebody who rates independently."""
        return readable_rows(self, viewer)


class Comment(models.Model):
    """A comment, or a reply to one; only what begins a thread is resolved."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="comments"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    parent = models.ForeignKey(
        "self", verbose_name=_("reply to"), null=True, blank=True, on_delete=models.PROTECT, related_name="replies"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("author"), on_delete=models.PROTECT, related_name="+"
    )
    body = models.TextField(_("comment"), max_length=COMMENT_MAX)
    created_at = models.DateTimeField(_("written"))
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("resolved by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    resolved_at = models.DateTimeField(_("resolved"), null=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        verbose_name = _("comment")
        verbose_name_plural = _("comments")
        ordering = ("created_at", "pk")
        indexes = (models.Index(fields=("assessment", "indicator", "created_at"), name="comment_by_indicator"),)
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(body=""),
                name="comment_says_something",
                violation_error_message=_("Write a comment first."),
            ),
            models.CheckConstraint(
                condition=models.Q(parent__isnull=True) | models.Q(resolved_at__isnull=True),
                name="comment_reply_is_not_resolved",
                violation_error_message=_("Only a whole thread is resolved."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} · {self.author_id}"


class Mention(models.Model):
    """Somebody named in a comment; it waits in their work list until they answer or say that they read it."""

    comment = models.ForeignKey(Comment, verbose_name=_("comment"), on_delete=models.PROTECT, related_name="mentions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="mentions"
    )
    done_at = models.DateTimeField(_("read"), null=True)

    class Meta:
        verbose_name = _("mention")
        verbose_name_plural = _("mentions")
        constraints = (models.UniqueConstraint(fields=("comment", "user"), name="mention_once_a_comment"),)

    def __str__(self) -> str:
        return f"{self.comment_id} · {self.user_id}"


class FlagQuerySet(models.QuerySet["Flag"]):
    def visible_to(self, viewer: AnyViewer) -> FlagQuerySet:
        """Flags on what one reads of one's own State."""
        return readable_rows(self, viewer)

    def up(self) -> FlagQuerySet:
        """Those not taken down."""
        return self.filter(cleared_at__isnull=True)


class Flag(models.Model):
    """An indicator to come back to, with a note why; at most one is up at a time."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="flags"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    note = models.CharField(_("note"), max_length=NOTE_MAX)
    flagged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("flagged by"), on_delete=models.PROTECT, related_name="+"
    )
    flagged_at = models.DateTimeField(_("flagged"))
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("taken down by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    cleared_at = models.DateTimeField(_("taken down"), null=True)

    objects = FlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flag")
        verbose_name_plural = _("flags")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "indicator"),
                condition=models.Q(cleared_at__isnull=True),
                name="flag_once_an_indicator",
                violation_error_message=_("This indicator is flagged already."),
            ),
            models.CheckConstraint(
                condition=~models.Q(note=""), name="flag_has_note", violation_error_message=_("Say why you flag this.")
            ),
        )

    def __str__(self) -> str:
        return f"{self.indicator_id} · {self.note[:40]}"
