"""What both sides write around a match: declarations, messages; and what one side keeps to itself: reasons, marks."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.enums import MarkKind, Side
from cooperation.models.matches import STATE_READERS, Match
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

SIDE_READERS = (Role.OFFERING_MEMBER, *STATE_READERS)


class BothSides(models.QuerySet[Any]):
    """Rows that both sides of a match read, as far as they may read the match."""

    def visible_to(self, viewer: AnyViewer) -> BothSides:
        return self.filter(match__in=Match.objects.visible_to(viewer).values("pk"))


class OwnSide(models.QuerySet[Any]):
    """Rows that one side of a match keeps to itself."""

    def visible_to(self, viewer: AnyViewer) -> OwnSide:
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*SIDE_READERS):
            return self.none()
        return self.filter(party=viewer.party)


class OverlapAcknowledgement(models.Model):
    """Why one side accepted a match beside other efforts, and which it saw.

    Its own side reads it, the other does not: among the efforts may be some that only this side knows of. `seen`: key
    (identifier and grade), title and giver of each, as it was then.
    """

    match = models.ForeignKey(Match, verbose_name=_("match"), on_delete=models.PROTECT, related_name="acknowledgements")
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, related_name="+")
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("time"))
    reason = models.TextField(_("reason"), max_length=2000)
    seen = models.JSONField(_("overlaps seen"))

    objects = OwnSide.as_manager()

    class Meta:
        verbose_name = _("acknowledged overlap")
        verbose_name_plural = _("acknowledged overlaps")
        ordering = ("match", "at", "pk")
        constraints = (
            models.UniqueConstraint(fields=("match", "party"), name="overlap_acknowledged_once_a_side"),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="overlap_acknowledged_with_reason",
                violation_error_message=_("Say why you accept all the same."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.match} {self.party}"


class ConflictDeclaration(models.Model):
    """What one side declares of conflicts of interest; an empty text declares that there is none."""

    match = models.ForeignKey(Match, verbose_name=_("match"), on_delete=models.PROTECT, related_name="declarations")
    side = models.CharField(_("side"), max_length=5, choices=Side)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("time"))
    text = models.TextField(_("conflict of interest"), max_length=2000, blank=True)

    objects = BothSides.as_manager()

    class Meta:
        verbose_name = _("declaration of interests")
        verbose_name_plural = _("declarations of interests")
        ordering = ("match", "side")
        constraints = (models.UniqueConstraint(fields=("match", "side"), name="conflict_declared_once_a_side"),)

    def __str__(self) -> str:
        return f"{self.match} {self.get_side_display()}"


class MatchMessage(models.Model):
    """A message between the two sides of a match; never changed. `read_at`: when the other side said it had read it."""

    match = models.ForeignKey(Match, verbose_name=_("match"), on_delete=models.PROTECT, related_name="messages")
    side = models.CharField(_("side"), max_length=5, choices=Side)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("time"))
    text = models.TextField(_("message"), max_length=4000)
    read_at = models.DateTimeField(_("read"), null=True, blank=True)

    objects = BothSides.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        ordering = ("match", "at", "pk")
        constraints = (
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="match_message_says_something",
                violation_error_message=_("Write a message."),
            ),
        )
        indexes = (models.Index(fields=("read_at", "side"), name="match_message_unread"),)

    def __str__(self) -> str:
        return f"{self.match} {self.at}"


class MatchMark(models.Model):
    """How one side sorts a match for itself; the other side does not see it."""

    match = models.ForeignKey(Match, verbose_name=_("match"), on_delete=models.PROTECT, related_name="marks")
    party = models.ForeignKey(Party, verbose_name=_("party"), on_delete=models.PROTECT, related_name="+")
    kind = models.CharField(_("mark"), max_length=11, choices=MarkKind)
    until = models.DateField(_("until"), null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    at = models.DateTimeField(_("time"))

    objects = OwnSide.as_manager()

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ("match", "pk")
        constraints = (
            models.UniqueConstraint(fields=("match", "party"), name="match_mark_once_a_side"),
            models.CheckConstraint(
                condition=~models.Q(kind=MarkKind.DEFERRED) | models.Q(until__isnull=False) & ~models.Q(reason=""),
                name="match_mark_deferred_says_until_when_and_why",
                violation_error_message=_("Say until when you put it off, and why."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.match} {self.get_kind_display()}"
