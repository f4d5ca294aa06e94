"""The kinds of file that the portal keeps, and how each looks from outside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True, slots=True)
class FileKind:
    """A kind of file: `suffix` is what we save it under, `suffixes` are those a sent name may have."""

    content_type: str
    suffix: str
    suffixes: frozenset[str]
    label: str | Promise


_IMAGES: Final = frozenset({".png", ".jpg", ".jpeg", ".jpe", ".jfif"})

PDF: Final = FileKind("application/pdf", ".pdf", frozenset({".pdf"}), _("PDF"))
PNG: Final = FileKind("image/png", ".png", _IMAGES, _("PNG image"))
JPEG: Final = FileKind("image/jpeg", ".jpg", _IMAGES, _("JPEG image"))
TEXT: Final = FileKind("text/plain", ".txt", frozenset({".txt", ".text", ".log", ".md"}), _("Plain text"))
CSV: Final = FileKind("text/csv", ".csv", frozenset({".csv"}), _("CSV table"))
DOCX: Final = FileKind(
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    ".docx",
    frozenset({".docx"}),
    _("Word document"),
)
XLSX: Final = FileKind(
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".xlsx",
    frozenset({".xlsx"}),
    _("Excel workbook"),
)
ODT: Final = FileKind("application/vnd.oasis.opendocument.text", ".odt", frozenset({".odt"}), _("OpenDocument text"))
ODS: Final = FileKind(
    "application/vnd.oasis.opendocument.spreadsheet", ".ods", frozenset({".ods"}), _("OpenDocument spreadsheet")
)

KINDS: Final = (PDF, PNG, JPEG, TEXT, CSV, DOCX, XLSX, ODT, ODS)
BY_CONTENT_TYPE: Final = {kind.content_type: kind for kind in KINDS}
ACCEPT: Final = ",".join(sorted({suffix for kind in KINDS for suffix in kind.suffixes}))
"""For the `accept` attribute of a file field: a help for the person, no protection."""


def kind_label(content_type: str) -> str:
    """The word for a content type that we gave."""
    kind = BY_CONTENT_TYPE.get(content_type)
    return str(kind.label) if kind else content_type
