"""What an uploaded workbook must be before any parser sees it: a small, plain ZIP of plain XML.

The directory of the archive is looked at first, then each part as bytes. Nothing here unpacks to the disk, follows a
name or believes a size that it has not bounded. Knows no framework: the reading child imports it too.
"""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
from typing import Final

MAX_BYTES: Final = 8 * 1024 * 1024
MAX_ENTRIES: Final = 1000
MAX_DIRECTORY: Final = 512 * 1024
MAX_TOTAL: Final = 100 * 1024 * 1024
MAX_RATIO: Final = 100
SMALL_PART: Final = 64 * 1024
"""Below this a ratio says nothing: a part of blanks packs well and harms nobody."""

_ZIP: Final = b"PK\x03\x04"
_COMPOUND: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_END: Final = b"PK\x05\x06"
_END64: Final = b"PK\x06\x07"
_END_FIELDS: Final = struct.Struct("<4s4H2LH")
_END64_SIZE: Final = 20
_MAX_COMMENT: Final = 65_535
_ENCRYPTED: Final = 0x1
_MAIN: Final = frozenset({"[Content_Types].xml", "xl/workbook.xml"})
_MACROS: Final = re.compile(r"vba|xl/(macrosheets|dialogsheets|activex|ctrlprops)/|\.(bin|xlm|exe|dll)$", re.IGNORECASE)
_HARMLESS_BINARY: Final = re.compile(r"xl/printersettings/[^/]+\.bin$", re.IGNORECASE)
_OUTSIDE: Final = re.compile(
    r"xl/(externallinks|embeddings|querytables|connections|customdata|model|richdata/.*webimage)", re.IGNORECASE
)
_MACRO_TYPE: Final = re.compile(rb"macroenabled|vbaproject|ms-office\.activex", re.IGNORECASE)
_DECLARATION: Final = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)
_ENCODING: Final = re.compile(rb"^<\?xml[^>]*\bencoding\s*=\s*[\"']([^\"']*)[\"']", re.IGNORECASE)
_RELATION: Final = re.compile(rb"<[^<>]*\bTargetMode\s*=\s*[\"']\s*External\s*[\"'][^<>]*>", re.IGNORECASE)
_HYPERLINK: Final = re.compile(rb"\bType\s*=\s*[\"'][^\"']*/hyperlink[\"']")
_PLAIN_ENCODINGS: Final = frozenset({b"", b"utf-8", b"us-ascii", b"ascii"})
_CHUNK: Final = 1024 * 1024
_OVERLAP: Final = 64


class WorkbookRefused(ValueError):
    """The file is not read; `code` says why (see `wam_portal.workbooks.REFUSALS`)."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def check_directory(content: bytes) -> None:
    """Judge the archive by its directory alone; nothing is unpacked. Raises `WorkbookRefused`."""
    if len(content) > MAX_BYTES:
        raise WorkbookRefused("large")
    if content.startswith(_COMPOUND):
        raise WorkbookRefused("encrypted")
    if not content.startswith(_ZIP):
        raise WorkbookRefused("type")
    _check_end(content)
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            entries = archive.infolist()
    except Exception:  # noqa: BLE001 (whatever a broken directory makes the module raise, the answer is the same)
        raise WorkbookRefused("damaged") from None
    _check_entries(entries)


def _check_end(content: bytes) -> None:
    """Bound the directory before anything reads it: its own figures may lie, its size in bytes cannot."""
    place = content.rfind(_END, max(0, len(content) - _MAX_COMMENT - _END_FIELDS.size))
    if place < 0 or place + _END_FIELDS.size > len(content):
        raise WorkbookRefused("damaged")
    if content[max(0, place - _END64_SIZE) : place].startswith(_END64):
        raise WorkbookRefused("damaged")
    _mark, _disk, _disks, _here, entries, size, _offset, _comment = _END_FIELDS.unpack_from(content, place)
    if entries > MAX_ENTRIES or size > MAX_DIRECTORY:
        raise WorkbookRefused("entries")


def _check_entries(entries: list[zipfile.ZipInfo]) -> None:
    if len(entries) > MAX_ENTRIES:
        raise WorkbookRefused("entries")
    names = [entry.filename for entry in entries]
    if len({name.lower() for name in names}) != len(names):
        raise WorkbookRefused("damaged")
    for entry in entries:
        _check_entry(entry)
    if sum(entry.file_size for entry in entries) > MAX_TOTAL:
        raise WorkbookRefused("bomb")
    if not set(names) >= _MAIN:
        raise WorkbookRefused("type")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    name = entry.filename
    if _is_outside_name(entry.orig_filename) or stat.S_ISLNK(entry.external_attr >> 16):
        raise WorkbookRefused("names")
    if entry.flag_bits & _ENCRYPTED:
        raise WorkbookRefused("encrypted")
    if entry.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise WorkbookRefused("damaged")
    if entry.file_size > max(SMALL_PART, entry.compress_size * MAX_RATIO):
        raise WorkbookRefused("bomb")
    if _MACROS.search(name) and not _HARMLESS_BINARY.fullmatch(name):
        raise WorkbookRefused("macros")
    if _OUTSIDE.match(name):
        raise WorkbookRefused("links")


def _is_outside_name(name: str) -> bool:
    """Whether a name leads out of the archive, or means different things to different readers."""
    parts = name.replace("\\", "/").split("/")
    odd = "\\" in name or "\0" in name or ":" in name or name.startswith("/")
    return odd or not name or any(part in {"..", "."} for part in parts)


def check_parts(archive: zipfile.ZipFile) -> None:
    """Judge every XML part as bytes: no document type, no entity, no odd encoding, no macro, no outside source.

    Raises `WorkbookRefused`, and what `zipfile` raises for damaged data.
    """
    for entry in archive.infolist():
        name = entry.filename.lower()
        if not name.endswith((".png", ".jpg", ".jpeg", ".gif", ".emf", ".wmf", ".bin")):
            _check_part(archive, entry, types=name == "[content_types].xml", relations=name.endswith(".rels"))


def _check_part(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, *, types: bool, relations: bool) -> None:
    with archive.open(entry) as part:
        head = chunk = part.read(_CHUNK)
        _check_encoding(head)
        kept = b""
        while chunk:
            window = kept + chunk
            if _DECLARATION.search(window):
                raise WorkbookRefused("entities")
            kept = window[-_OVERLAP:]
            chunk = part.read(_CHUNK)
    if types and _MACRO_TYPE.search(head):
        raise WorkbookRefused("macros")
    if relations and any(not _HYPERLINK.search(found) for found in _RELATION.findall(head)):
        raise WorkbookRefused("links")


def _check_encoding(head: bytes) -> None:
    """Only what the search above can read: UTF-8 and its subset."""
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    declared = _ENCODING.match(text[:400])
    if b"\0" in head[:_CHUNK] or (declared and declared[1].lower() not in _PLAIN_ENCODINGS):
        raise WorkbookRefused("entities")
