"""What a document is made from, and the key of the result: the seam between what is printed and how."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from assessments.enums import DocumentKind
from wam_portal.access import Viewer
from wam_portal.canonical import content_hash
from wam_portal.documents import document_source, software_digest
from wam_portal.languages import speaking
from wam_portal.pdf import PdfSource


@dataclass(frozen=True, slots=True)
class DocumentPlan:
    """A document that can be made.

    `inputs` are all values that the bytes depend on besides the software, as canonical JSON takes them. `build` gives
    the template's context from them, in the active language. `template` lies in `folder` of the templates.
    """

    kind: DocumentKind
    subject: UUID
    title: str
    language: str
    inputs: Mapping[str, Any]
    folder: str
    template: str
    build: Callable[[], Mapping[str, Any]]
    options: Mapping[str, str] = field(default_factory=dict)
    content_hash: str = ""

    @property
    def key(self) -> str:
        """SHA-256 (64 hex digits) of everything that the file's bytes depend on: one file for each key."""
        software = software_digest(self.language, self.folder)
        values = {"kind": self.kind.value, "language": self.language, "inputs": dict(self.inputs), **software}
        return content_hash("wam-document", values)

    def source(self) -> PdfSource:
        """The document as the renderer takes it."""
        with speaking(self.language):
            context = self.build()
        return document_source(f"{self.folder}/{self.template}", context, language=self.language, identifier=self.key)


Planner = Callable[[Viewer, UUID, str, Mapping[str, str]], DocumentPlan]
"""Takes viewer, subject, language and choices; raises `NotVisible`, `Refused` and `Invalid`."""
