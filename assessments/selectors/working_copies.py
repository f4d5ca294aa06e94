"""Reading for working copies: the rows of an export, and what is open of an upload."""

from __future__ import annotations

from uuid import UUID

from django.utils import timezone

from assessments.frameworks.tree import FrameworkTree, SectionView
from assessments.models import Assessment, WorkingCopyUpload
from assessments.reports.working_copy import WorkingRow
from assessments.selectors.answers import answers_for, readable_tree
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible


def sections_to_copy(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> tuple[SectionView, ...]:
    """The sections with what the viewer reads of them, and so may take along, in reading order."""
    return readable_tree(viewer, assessment, tree).sections


def working_rows(viewer: Viewer, assessment: Assessment, sections: tuple[SectionView, ...]) -> list[WorkingRow]:
    """The indicators of these sections with the answers that the viewer may read, in one statement."""
    found = answers_for(viewer, assessment)
    if len(sections) == 1:
        found = found.filter(indicator__section=sections[0].node.pk)
    answers = {answer.indicator_id: answer for answer in found}
    return [
        WorkingRow(indicator, section.node.title, answers.get(indicator.pk))
        for section in sections
        for indicator in section.indicators
    ]


def upload_of(viewer: Viewer, assessment: Assessment) -> WorkingCopyUpload | None:
    """The viewer's own upload for a baseline that is not decided yet, None where there is none."""
    return WorkingCopyUpload.objects.visible_to(viewer).filter(assessment=assessment).first()


def upload_for(viewer: Viewer, assessment: Assessment, uuid: UUID) -> WorkingCopyUpload:
    """One upload of the viewer. Raises `NotVisible` for another person's, an expired one, or none."""
    found = WorkingCopyUpload.objects.visible_to(viewer).filter(assessment=assessment, uuid=uuid).first()
    if found is None:
        raise NotVisible
    found.assessment = assessment
    return found


def uploads_waiting(assessment: Assessment) -> int:
    """How many working copies of a baseline wait for their owners' decisions; whose they are is nobody's business."""
    found = WorkingCopyUpload.objects.filter(assessment=assessment, expires_at__gt=timezone.now())
    return found.exclude(rows=[]).count()
