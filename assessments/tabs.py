"""The pages of one baseline, as the tabs under its title; what a person may not open is left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from assessments.models import Assessment
from assessments.permissions import (
    can_compare_baselines,
    can_read_consultations,
    can_read_evidence,
    can_read_gaps,
    can_read_meetings,
    can_read_ratings,
    can_read_scope,
    can_read_versions,
    can_see_reports,
)
from wam_portal.access import ALLOWED, Decision, Viewer


def always(_assessment: Assessment) -> bool:
    """For pages that every baseline has."""
    return True


def has_other_cycles(assessment: Assessment) -> bool:
    """Whether the State has another baseline to compare with, as `assessment_for` found out on its way."""
    return bool(getattr(assessment, "has_other_cycles", False))


@dataclass(frozen=True, slots=True)
class Tab:
    """One page of a baseline; `route` is its URL name, which takes the party and the baseline.

    `can` asks who looks, `applies` which baseline it is; `rare` ones stand behind "More": one line holds the others.
    """

    key: str
    label: Promise
    route: str
    can: Callable[[Viewer], Decision]
    applies: Callable[[Assessment], bool] = always
    rare: bool = False


def everybody(_viewer: Viewer) -> Decision:
    """For pages that all staff of the State open, each seeing their part."""
    return ALLOWED


TABS: Final = (
    Tab("overview", _("Overview"), "assessment-detail", everybody),
    Tab("assignments", _("Assignments"), "assignment-list", everybody),
    Tab("profile", _("Profile"), "assessment-profile", everybody),
    Tab("evidence", _("Evidence"), "assessment-evidence", can_read_evidence),
    Tab("reconcile", _("Reconcile"), "reconcile-list", can_read_ratings),
    Tab("consultation", _("Consultation"), "consultation-list", can_read_consultations),
    Tab("quality", _("Quality"), "assessment-quality", everybody),
    Tab("gaps", _("Gaps"), "gap-list", can_read_gaps),
    Tab("meetings", _("Meetings"), "assessment-meetings", can_read_meetings),
    Tab("reports", _("Reports"), "report-list", can_see_reports),
    Tab("scope", _("Scope"), "assessment-scope", can_read_scope, rare=True),
    Tab("compare", _("Compare"), "assessment-compare", can_compare_baselines, has_other_cycles, rare=True),
    Tab("versions", _("Versions"), "version-list", can_read_versions, rare=True),
    Tab("working-copy", _("Working copy"), "working-copy", everybody, rare=True),
)


def tabs_of(viewer: Viewer, assessment: Assessment, current: str) -> list[dict[str, object]]:
    """The tabs that the viewer may open, as `components/tabs.html` takes them; no statement is sent."""
    return [
        {
            "label": tab.label,
            "url": reverse(f"assessments:{tab.route}", args=[viewer.party.slug, assessment.uuid]),
            "current": tab.key == current,
            "rare": tab.rare,
        }
        for tab in TABS
        if tab.can(viewer) and tab.applies(assessment)
    ]
