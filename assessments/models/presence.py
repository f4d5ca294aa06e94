"""Who has a section open."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.models.assessments import Assessment
from assessments.models.frameworks import Node
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import STATE_STAFF


class PresenceQuerySet(models.QuerySet["Presence"]):
    def visible_to(self, viewer: AnyViewer) -> PresenceQuerySet:
        """Colleagues of one's own State; the invited do not see who else works there."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*STATE_STAFF):
            return self.none()
        return self.filter(assessment__state=viewer.party)


class Presence(models.Model):
    """One row a person and section, overwritten: when they opened the sheet last, and when it was last seen open."""

    assessment = models.ForeignKey(Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="+")
    section = models.ForeignKey(Node, verbose_name=_("section"), on_delete=models.PROTECT, related_name="+")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), on_delete=models.PROTECT, related_name="+"
    )
    opened_at = models.DateTimeField(_("opened"))
    seen_at = models.DateTimeField(_("seen"))

    objects = PresenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("presence")
        verbose_name_plural = _("presences")
        constraints = (models.UniqueConstraint(fields=("assessment", "section", "user"), name="presence_once"),)

    def __str__(self) -> str:
        return f"{self.section_id} · {self.user_id}"
