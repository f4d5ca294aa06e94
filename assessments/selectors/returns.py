"""Reading returned indicators: those still to be addressed, and what stands beside an indicator."""

from __future__ import annotations

from assessments.frameworks.tree import IndicatorView
from assessments.models import Assessment, IndicatorReturn
from assessments.models.returns import ReturnQuerySet
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible


def returns_for(viewer: Viewer, assessment: Assessment) -> ReturnQuerySet:
    """The returned indicators of a baseline that the viewer may read, in reading order, the newest return first."""
    found = IndicatorReturn.objects.visible_to(viewer).filter(assessment=assessment)
    return found.select_related("indicator", "returned_by", "addressed_by").order_by(
        "indicator__position", "-returned_at", "-pk"
    )


def latest_returns(viewer: Viewer, assessment: Assessment) -> dict[int, IndicatorReturn]:
    """The newest return of each indicator by the indicator's id, in one statement; none before a first submission."""
    if assessment.submitted_by_id is None:
        return {}
    found: dict[int, IndicatorReturn] = {}
    for row in returns_for(viewer, assessment):
        found.setdefault(row.indicator_id, row)
    return found


def open_return_for(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> IndicatorReturn:
    """The return of an indicator that is still to be addressed. Raises `NotVisible` where there is none."""
    found = returns_for(viewer, assessment).open().filter(indicator=indicator.pk).first()
    if found is None:
        raise NotVisible
    found.assessment = assessment
    return found
