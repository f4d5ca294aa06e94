"""PDF: whole, only a PDF, and without anything that runs or unpacks when it is opened."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from typing import Final

from django.utils.translation import gettext as _

from wam_portal.uploads.errors import FileRefused

SIGNATURE: Final = re.compile(rb"%PDF-[12]\.\d")
_END_WITHIN: Final = 1024
_ZIP_END_WITHIN: Final = 66_000
_DICTIONARY_WITHIN: Final = 4096
_MOST_UNPACKED: Final = 32 * 1024 * 1024
_MOST_ESCAPES: Final = 20_000
_MOST_STREAMS: Final = 100_000
_ACTIVE: Final = re.compile(rb"/(?:JavaScript|Launch|RichMedia|XFA|GoToE|ImportData|SubmitForm)\b")
_ATTACHED: Final = re.compile(rb"/EmbeddedFiles?\b")
_NAME_ESCAPE: Final = re.compile(rb"#([0-9A-Fa-f]{2})")
_STREAM: Final = re.compile(rb"stream\r?\n")
_FILTER: Final = re.compile(rb"/(\w+Decode)\b")


def check_pdf(content: bytes) -> None:
    """Raise `FileRefused` unless `content` is a whole PDF and nothing else, without scripts, launches or attachments.

    Objects may be packed together: those streams are unpacked to look at them, up to a bound. What hides them
    (encryption, unusual packing, more than the bound) is refused too.
    """
    if b"%%EOF" not in content[-_END_WITHIN:]:
        raise FileRefused(_("The PDF is incomplete. Send it again, or save it anew."))
    if b"PK\x05\x06" in content[-_ZIP_END_WITHIN:] or b"<script" in content[:_END_WITHIN].lower():
        raise FileRefused(_("The file is a PDF and something else at once. Print it to a new PDF."))
    plain = _plain(content)
    if re.search(rb"/Encrypt\b", plain):
        raise FileRefused(_("The PDF is protected, so it cannot be checked. Save it without protection."))
    parts = [plain, *map(_plain, _packed_objects(content))]
    if any(map(_ACTIVE.search, parts)):
        raise FileRefused(_("The PDF holds a script or a form that sends data. Print it to a new PDF."))
    if any(map(_ATTACHED.search, parts)):
        # Ours too: which file made it is not written in it, and what was put inside since could be anything.
        message = _(
            "The PDF has other files inside it, as archived documents with their data (PDF/A-3) have. What is inside "
            "cannot be checked. Print it to a new PDF, without what is attached."
        )
        raise FileRefused(message)


def _plain(content: bytes) -> bytes:
    """Names without escapes: `/J#61vaScript` is `/JavaScript`. Raises `FileRefused` where there are absurdly many."""
    plain, count = _NAME_ESCAPE.subn(lambda found: bytes([int(found[1], 16)]), content, _MOST_ESCAPES)
    if count == _MOST_ESCAPES:
        raise FileRefused(_unusual())
    return plain


def _packed_objects(content: bytes) -> Iterator[bytes]:
    """What the object streams hold."""
    left = _MOST_UNPACKED
    for number, found in enumerate(_STREAM.finditer(content)):
        if number == _MOST_STREAMS:
            raise FileRefused(_unusual())
        before = content[max(0, found.start() - _DICTIONARY_WITHIN) : found.start()]
        dictionary = _plain(before[before.rfind(b"obj") + 3 :])
        if b"/ObjStm" not in dictionary:
            continue
        if b"/DecodeParms" in dictionary or set(_FILTER.findall(dictionary)) - {b"FlateDecode"}:
            raise FileRefused(_unusual())
        unpacked = _unpacked(content, found.end(), left)
        left -= len(unpacked)
        if left <= 0:
            raise FileRefused(_unusual())
        yield unpacked


def _unpacked(content: bytes, start: int, most: int) -> bytes:
    end = content.find(b"endstream", start)
    packed = content[start : end if end >= 0 else len(content)]
    try:
        return zlib.decompressobj().decompress(packed, most)
    except zlib.error:
        return packed


def _unusual() -> str:
    return _("The PDF is packed in an unusual way, so it cannot be checked. Print it to a new PDF.")
