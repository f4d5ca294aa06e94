"""Plain text and CSV: words only, nothing that a browser or a shell would run."""

from __future__ import annotations

import re
from typing import Final

from django.utils.translation import gettext as _

from wam_portal.uploads.errors import FileRefused, UnknownKind

_CONTROL: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f\x7f]")
_MARKUP: Final = re.compile(
    r"<\s*(?:!doctype|!entity|\?xml|\?php|%|/?\s*(?:html|head|body|svg|script|iframe|object|embed|style|img|link|meta|"
    r"form|base|template|math|video|audio|foreignobject)\b)|javascript\s*:|mime-version\s*:",
    re.IGNORECASE,
)
_OTHER_FORMATS: Final = ("%pdf", "{\\rtf", "#!", "@echo", "%!ps")
_BOMS: Final = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


def checked_text(content: bytes) -> str:
    """The text in `content` (UTF-8, UTF-16 with its mark, or Windows-1252).

    Raises `FileRefused` for what is no text, and for text that is really a page, a drawing or a program.
    """
    text = _decoded(content)
    if not text.strip():
        raise FileRefused(_("The file holds no text."))
    start = text.lstrip("\ufeff \t\r\n").lower()
    if start.startswith("<") or _MARKUP.search(text):
        raise FileRefused(
            _("The file is a web page, a drawing or XML. Save it as PDF, or as plain text without markup.")
        )
    if start.startswith(_OTHER_FORMATS):
        raise FileRefused(_("The content is not plain text. Save it as PDF, or as plain text."))
    return text


def _decoded(content: bytes) -> str:
    encoding = next((name for mark, name in _BOMS if content.startswith(mark)), "")
    if encoding != "utf-16" and _CONTROL.search(content):
        raise UnknownKind(unknown_kind())
    try:
        text = content.decode(encoding or "utf-8")
    except UnicodeDecodeError:
        text = _legacy(content, encoding)
    if _CONTROL.search(text.encode("utf-8", "replace")):
        raise UnknownKind(unknown_kind())
    return text


def _legacy(content: bytes, encoding: str) -> str:
    if encoding:
        raise FileRefused(_("The text is damaged and cannot be read. Save it again as UTF-8."))
    try:
        return content.decode("cp1252")
    except UnicodeDecodeError:
        raise FileRefused(_("The text is damaged and cannot be read. Save it again as UTF-8.")) from None


def unknown_kind() -> str:
    """What to say of a content that is none of the kinds we keep."""
    return _(
        "This kind of file is not accepted. Send PDF, PNG, JPEG, plain text, CSV, Word or Excel (docx, xlsx), "
        "or OpenDocument (odt, ods)."
    )
