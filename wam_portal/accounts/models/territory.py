"""Countries and regions: ISO 3166 with UN M49, and the fictional ones of the demonstration."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wam_portal.accounts.enums import TerritoryKind, TerritorySource
from wam_portal.formats import format_place


class Territory(models.Model):
    code = models.CharField(_("code"), max_length=8, unique=True)
    source = models.CharField(_("source"), max_length=4, choices=TerritorySource)
    kind = models.CharField(_("kind"), max_length=12, choices=TerritoryKind)
    name = models.CharField(_("name"), max_length=120)
    parent = models.ForeignKey(
        "self", verbose_name=_("part of"), null=True, blank=True, on_delete=models.PROTECT, related_name="children"
    )

    class Meta:
        verbose_name = _("territory")
        verbose_name_plural = _("territories")
        ordering = ("name", "code")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(kind=TerritoryKind.WORLD) ^ models.Q(parent__isnull=False),
                name="territory_only_world_has_no_parent",
                violation_error_message=_("Every territory but the world is part of another."),
            ),
        )

    def __str__(self) -> str:
        return self.label

    @property
    def label(self) -> str:
        """Its name in the language of the reader; `name` is the English one."""
        return format_place(self.code, self.name)
