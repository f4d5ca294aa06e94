"""Office documents are zip archives: only the archives that a word processor or spreadsheet writes, without macros."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from typing import IO, Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import ElementTree
from defusedxml.common import DefusedXmlException
from django.utils.translation import gettext as _

from wam_portal.uploads import kinds
from wam_portal.uploads.errors import FileRefused
from wam_portal.uploads.kinds import FileKind

SIGNATURE: Final = b"PK\x03\x04"
MOST_ENTRIES: Final = 2_000
MOST_UNPACKED: Final = 200 * 1024 * 1024
MOST_RATIO: Final = 200
_SMALL: Final = 1024 * 1024
_MOST_SMALL_PART: Final = 4 * 1024 * 1024
_CHUNK: Final = 256 * 1024
_END: Final = b"PK\x05\x06"
_END_SIZE: Final = 22
_SYMLINK: Final = 0o120000

_ACTIVE_PART: Final = re.compile(
    r"(?:^|/)(?:vba\w*\.(?:bin|xml)|activex/.*|oleobject[^/]*|macrosheets/.*|customui/.*|basic/.*|scripts/.*|"
    r"dialogs/.*)$|\.(?:exe|dll|scr|com|bat|cmd|ps1|vbs|js|jse|wsf|hta|jar|msi|lnk|sh|py|html?|xhtml|svgz?|swf|zip|rar|"
    r"7z|gz|bz2|xz|cab|iso|tar|docm|xlsm|pptm|dotm|xltm|xlam)$",
    re.IGNORECASE,
)
_MAIN: Final = {
    b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml": kinds.DOCX,
    b"application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml": kinds.XLSX,
}
_ODF: Final = {kind.content_type.encode(): kind for kind in (kinds.ODT, kinds.ODS)}
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    OSError,
    ValueError,
    NotImplementedError,
    RuntimeError,
    KeyError,
    IndexError,
    ParseError,
    DefusedXmlException,
)


def check_office(content: bytes) -> FileKind:
    """The kind of the document in `content`.

    Every part is unpacked once in pieces, so that sizes are counted and not believed. Raises `FileRefused` for other
    archives, bombs, macros, embedded programs, document type declarations and links that load something from outside.
    """
    if content[-_END_SIZE : -_END_SIZE + 4] != _END or content[-2:] != b"\0\0":
        raise FileRefused(_("The document is incomplete, or has something else attached to it. Save it again."))
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            _check_directory(archive, len(content))
            kind = _kind_of(archive)
            _check_parts(archive)
    except _BROKEN as problem:
        raise FileRefused(_("The document is damaged and cannot be read.")) from problem
    return kind


def _check_directory(archive: zipfile.ZipFile, size: int) -> None:
    """What the table of contents alone tells: number, names, declared sizes."""
    entries = archive.infolist()
    names = [entry.filename for entry in entries]
    declared = sum(entry.file_size for entry in entries)
    if len(entries) > MOST_ENTRIES or len(set(names)) < len(names):
        raise FileRefused(_not_a_document())
    if declared > MOST_UNPACKED or (declared > _SMALL and declared > MOST_RATIO * size):
        raise FileRefused(_bomb())
    for entry in entries:
        if _is_outside(entry.filename) or entry.flag_bits & 0x1 or (entry.external_attr >> 16) & 0o170000 == _SYMLINK:
            raise FileRefused(_not_a_document())
        if _ACTIVE_PART.search(entry.filename):
            raise FileRefused(
                _("The document holds macros, programs or files inside it. Save it without them, or print it to PDF.")
            )


def _is_outside(name: str) -> bool:
    parts = name.replace("\\", "/").split("/")
    return name.startswith(("/", "\\")) or ".." in parts or ":" in parts[0] or "\0" in name


def _kind_of(archive: zipfile.ZipFile) -> FileKind:
    names = archive.namelist()
    if names and names[0] == "mimetype":
        found = _ODF.get(_small_part(archive, "mimetype").strip())
        if found and "content.xml" in names:
            return found
    elif "[Content_Types].xml" in names:
        types = _content_types(_small_part(archive, "[Content_Types].xml"))
        if any(b"macro" in value.lower() for value in types):
            raise FileRefused(_("The document may hold macros. Save it as a plain document or workbook."))
        main = [_MAIN[value] for value in types if value in _MAIN]
        if len(main) == 1:
            return main[0]
    raise FileRefused(_not_a_document())


def _content_types(part: bytes) -> set[bytes]:
    root: Element = ElementTree.fromstring(part, forbid_dtd=True)
    return {str(element.get("ContentType", "")).encode() for element in root.iter()}


def _small_part(archive: zipfile.ZipFile, name: str) -> bytes:
    with archive.open(name) as part:
        content = part.read(_MOST_SMALL_PART + 1)
    if len(content) > _MOST_SMALL_PART:
        raise FileRefused(_bomb())
    return content


def _check_parts(archive: zipfile.ZipFile) -> None:
    left = MOST_UNPACKED
    for entry in archive.infolist():
        with archive.open(entry) as part:
            left -= _check_part(part, entry.filename, left)
        if entry.filename.lower().endswith(".rels"):
            _check_links(_small_part(archive, entry.filename))


def _check_part(part: IO[bytes], name: str, left: int) -> int:
    """Unpack one part in pieces; its size."""
    total, tail = 0, b""
    is_xml = name.lower().endswith((".xml", ".rels", ".rdf", ".vml"))
    while chunk := part.read(_CHUNK):
        total += len(chunk)
        if total > left:
            raise FileRefused(_bomb())
        if not tail and chunk.startswith((b"PK\x03\x04", b"MZ", b"\x7fELF", b"Rar!", b"7z\xbc\xaf")):
            raise FileRefused(
                _("The document holds macros, programs or files inside it. Save it without them, or print it to PDF.")
            )
        # Without the zero bytes, UTF-16 reads like ASCII.
        text = (tail + chunk).replace(b"\0", b"").upper() if is_xml else b""
        if b"<!DOCTYPE" in text or b"<!ENTITY" in text:
            raise FileRefused(_("The document declares XML entities, which no word processor writes. Save it again."))
        tail = chunk[-40:]
    return total


def _check_links(part: bytes) -> None:
    root: Element = ElementTree.fromstring(part, forbid_dtd=True)
    for link in root.iter():
        outside = link.get("TargetMode", "").lower() == "external"
        if outside and not link.get("Type", "").lower().endswith("/hyperlink"):
            raise FileRefused(
                _("The document loads something from another file or address. Break its links, or print it to PDF.")
            )


def _not_a_document() -> str:
    return _("The archive is no Word, Excel or OpenDocument file. Send the documents in it one by one.")


def _bomb() -> str:
    return _("The document unpacks to far more than is accepted. Save a smaller one.")
