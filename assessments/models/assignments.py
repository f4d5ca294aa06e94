"""Who answers for the State, and who rates independently: a section or a single indicator, given to a person."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import AssignmentMode
from assessments.models.assessments import Assessment
from assessments.models.frameworks import Node
from wam_portal.access import Viewer
from wam_portal.accounts.models import Membership


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def held_by(self, viewer: Viewer) -> AssignmentQuerySet:
        """What is assigned to the viewer where they act, through roles that they still hold."""
        return self.filter(
            membership__user=viewer.user, membership__party=viewer.party, membership__in=Membership.objects.active()
        )

    def for_state(self) -> AssignmentQuerySet:
        """Where the answer of the State is given."""
        return self.filter(mode=AssignmentMode.FOR_STATE)

    def independent(self) -> AssignmentQuerySet:
        """Where somebody rates apart from the State's answer."""
        return self.filter(mode=AssignmentMode.INDEPENDENT)

    def covering(self, indicator: int | models.OuterRef, section: int | models.OuterRef | None) -> AssignmentQuerySet:
        """Those that take in an indicator: by itself, or with its whole section."""
        return self.filter(models.Q(node=indicator) | models.Q(node=section))


class Assignment(models.Model):
    """`node` is a section or one indicator of it; `version` is the compare-and-swap number."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="assignments"
    )
    node = models.ForeignKey(Node, verbose_name=_("section or indicator"), on_delete=models.PROTECT, related_name="+")
    membership = models.ForeignKey(
        Membership, verbose_name=_("person"), on_delete=models.PROTECT, related_name="assignments"
    )
    mode = models.CharField(_("task"), max_length=12, choices=AssignmentMode, default=AssignmentMode.FOR_STATE)
    due_on = models.DateField(_("due"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "node", "membership"),
                name="assignment_once",
                violation_error_message=_("This person already rates this."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.node} · {self.membership}"
