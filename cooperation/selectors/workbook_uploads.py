"""Reading workbooks that wait for a decision."""

from __future__ import annotations

from cooperation.enums import UploadKind
from cooperation.models import WorkbookUpload
from wam_portal.access import Viewer


def waiting_upload(viewer: Viewer, kind: UploadKind) -> WorkbookUpload | None:
    """The workbook of that kind that one has sent and not decided yet."""
    return WorkbookUpload.objects.visible_to(viewer).filter(kind=kind).first()
