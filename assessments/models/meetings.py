"""Meetings of the commission: the agenda, what was decided, who disagreed, and the minutes once they are closed."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import MeetingKind, MeetingStatus, OpenItemKind
from assessments.models.assessments import Assessment
from assessments.models.frameworks import Node
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

MEETING_READERS = (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)
TEXT_MAX = 4000
TITLE_MAX = 400


class MeetingQuerySet(models.QuerySet["Meeting"]):
    def visible_to(self, viewer: AnyViewer) -> MeetingQuerySet:
        """Meetings of one's own State, for those who read its whole record."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*MEETING_READERS):
            return self.none()
        return self.filter(state=viewer.party)


class Meeting(models.Model):
    """`content` and its hash are the minutes, kept when the meeting is closed; `participants` are {name, agency}."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="meetings")
    assessment = models.ForeignKey(
        Assessment,
        verbose_name=_("baseline"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="meetings",
    )
    kind = models.CharField(_("kind"), max_length=14, choices=MeetingKind, default=MeetingKind.COMMISSION)
    status = models.CharField(_("status"), max_length=8, choices=MeetingStatus, default=MeetingStatus.PLANNED)
    version = models.PositiveIntegerField(_("version"), default=1)
    title = models.CharField(_("title"), max_length=160)
    starts_at = models.DateTimeField(_("begins"))
    place = models.CharField(_("place"), max_length=160, blank=True)
    participants = models.JSONField(_("participants"), default=list, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("planned by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("planned"), auto_now_add=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("closed by"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    content = models.JSONField(_("minutes"), null=True, blank=True)
    content_hash = models.CharField(_("hash of the minutes"), max_length=64, blank=True)

    objects = MeetingQuerySet.as_manager()

    class Meta:
        verbose_name = _("meeting")
        verbose_name_plural = _("meetings")
        ordering = ("-starts_at", "-pk")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(
                    status=MeetingStatus.PLANNED, closed_at__isnull=True, content__isnull=True, content_hash=""
                )
                | (
                    models.Q(status=MeetingStatus.HELD, closed_at__isnull=False, content__isnull=False)
                    & ~models.Q(content_hash="")
                ),
                name="meeting_held_has_minutes",
            ),
        )

    def __str__(self) -> str:
        return self.title


class AgendaItem(models.Model):
    """One thing to talk about, with what was decided on it. `source` names the open item that it came from."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    meeting = models.ForeignKey(Meeting, verbose_name=_("meeting"), on_delete=models.PROTECT, related_name="items")
    position = models.PositiveIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=14, choices=OpenItemKind, default=OpenItemKind.FREE)
    source = models.CharField(_("open item"), max_length=120, blank=True)
    indicator = models.ForeignKey(
        Node, verbose_name=_("indicator"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    title = models.CharField(_("title"), max_length=TITLE_MAX)
    decision = models.TextField(_("decision"), blank=True, max_length=TEXT_MAX)
    responsible = models.CharField(_("who is responsible"), max_length=160, blank=True)
    due_on = models.DateField(_("until"), null=True, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True)

    class Meta:
        verbose_name = _("agenda item")
        verbose_name_plural = _("agenda items")
        ordering = ("meeting", "position", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("meeting", "source"),
                condition=~models.Q(source=""),
                name="agenda_item_source_once",
                violation_error_message=_("This is on the agenda already."),
            ),
            models.CheckConstraint(
                condition=models.Q(decision="", decided_at__isnull=True)
                | (~models.Q(decision="") & models.Q(decided_at__isnull=False)),
                name="agenda_item_decided_with_words",
            ),
        )

    def __str__(self) -> str:
        return self.title


class Dissent(models.Model):
    """Who did not agree with a decision, and why."""

    item = models.ForeignKey(
        AgendaItem, verbose_name=_("agenda item"), on_delete=models.PROTECT, related_name="dissents"
    )
    who = models.CharField(_("who disagrees"), max_length=160)
    why = models.TextField(_("why"), max_length=TEXT_MAX)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("recorded by"), on_delete=models.PROTECT, related_name="+"
    )
    recorded_at = models.DateTimeField(_("recorded"))

    class Meta:
        verbose_name = _("dissent")
        verbose_name_plural = _("dissents")
        ordering = ("item", "pk")

    def __str__(self) -> str:
        return self.who
