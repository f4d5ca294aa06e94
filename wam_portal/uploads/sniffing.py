"""From the bytes that somebody sent to the bytes that we keep, or to a reason why not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import puremagic
from django.utils.translation import gettext as _

from wam_portal.uploads import images, kinds, office, pdfs, texts
from wam_portal.uploads.errors import FileRefused, UnknownKind
from wam_portal.uploads.kinds import FileKind
from wam_portal.uploads.names import safe_stem, suffix_of

_HEAD: Final = 4096
_SURE: Final = 0.6


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file that may be kept: `content` is what is stored, which for an image is not what was sent."""

    content: bytes
    kind: FileKind
    display_name: str


def check_file(content: bytes, name: str) -> CheckedFile:
    """Tell the kind by the content, check what that kind may hold, and give the file a safe name.

    Raises `FileRefused` with the reason: empty, unknown, dangerous, damaged, or not what its name says.
    """
    if not content:
        raise FileRefused(_("The file is empty."))
    suffix = suffix_of(name)
    try:
        kind, kept = _checked(content, name)
    except UnknownKind as unknown:
        said = next((kind.label for kind in kinds.KINDS if suffix in kind.suffixes), None)
        if said is None:
            raise
        message = _("The name says %(kind)s, but the content is something else, which is not accepted.")
        raise FileRefused(message % {"kind": said}) from unknown
    if suffix and suffix not in kind.suffixes:
        message = _("The name ends in “%(suffix)s”, but the content is: %(kind)s. Rename it if that is right.")
        raise FileRefused(message % {"suffix": suffix[:12], "kind": kind.label})
    return CheckedFile(kept, kind, f"{safe_stem(name)}{kind.suffix}")


def _checked(content: bytes, name: str) -> tuple[FileKind, bytes]:
    if pdfs.SIGNATURE.match(content):
        pdfs.check_pdf(content)
        return kinds.PDF, content
    if content.startswith(images.PNG_SIGNATURE):
        return kinds.PNG, images.repainted(content, "PNG")
    if content.startswith(images.JPEG_SIGNATURE):
        return kinds.JPEG, images.repainted(content, "JPEG")
    if content.startswith(office.SIGNATURE):
        return office.check_office(content), content
    _refuse_known(content)
    texts.checked_text(content)
    return (kinds.CSV if suffix_of(name) == ".csv" else kinds.TEXT), content


def _refuse_known(content: bytes) -> None:
    """Refuse what is certainly another kind, by its name; a doubtful likeness is left to the check of the text."""
    try:
        likeness = puremagic.magic_string(content[:_HEAD])
    except (puremagic.PureError, ValueError):
        return
    best = max(likeness, key=lambda found: found.confidence, default=None)
    if best is not None and best.confidence >= _SURE and not best.mime_type.startswith("text/plain"):
        raise UnknownKind(texts.unknown_kind())
