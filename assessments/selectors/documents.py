"""Reading the documents of a State."""

from __future__ import annotations

from uuid import UUID

from assessments.models import Document
from assessments.models.documents import DocumentQuerySet
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible
from wam_portal.files import stored_path


def documents_for(viewer: Viewer, subject: UUID) -> DocumentQuerySet:
    """The documents about one object that the viewer may read, newest first."""
    return Document.objects.visible_to(viewer).filter(subject=subject).select_related("job")


def document_for(viewer: Viewer, uuid: UUID) -> Document:
    """One document. Raises `NotVisible` where it is missing or another State's."""
    found = Document.objects.visible_to(viewer).select_related("job").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def is_ready(document: Document) -> bool:
    """Whether the file has been rendered and still lies in the store."""
    if document.rendered_at is None:
        return False
    try:
        stored_path(document.file_name)
    except NotVisible:
        return False
    return True
