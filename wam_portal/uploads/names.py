"""Names that people gave their files, made safe to show and to save under."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

DISPLAY_MAX: Final = 100
_RESERVED: Final = re.compile(r'[\\/:*?"<>|%$`~#;]+')
_INVISIBLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
_QUOTED: Final = {"%22": '"', "%0D": "\r", "%0A": "\n"}
"""How browsers write what may not stand between the quotes of a multipart header; nothing decodes it on the way."""
_DEVICES: Final = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)", re.IGNORECASE)


def as_named(name: str) -> str:
    """A name as the person gave it, with the quotes that the browser wrote otherwise."""
    for written, meant in _QUOTED.items():
        name = name.replace(written, meant)
    return name


def safe_stem(name: str) -> str:
    """The readable part of a file's name without folders, suffix, and characters that turn text round or hide.

    Never empty: "file" stands where nothing readable is left. At most `DISPLAY_MAX` characters.
    """
    last = re.split(r"[\\/]", as_named(name).replace("\0", ""))[-1]
    stem = last.rpartition(".")[0] or last
    text = "".join(" " if unicodedata.category(char) in _INVISIBLE else char for char in stem)
    text = " ".join(_RESERVED.sub(" ", unicodedata.normalize("NFC", text)).split()).strip(" .-")
    if _DEVICES.fullmatch(text):
        text = f"file {text}"
    return text[:DISPLAY_MAX].rstrip(" .-") or "file"


def suffix_of(name: str) -> str:
    """The suffix of a name in small letters with its dot; "" for none."""
    last = re.split(r"[\\/]", as_named(name).replace("\0", ""))[-1]
    stem, dot, suffix = last.rpartition(".")
    shown = "".join(char for char in suffix if unicodedata.category(char) not in _INVISIBLE)
    return f".{shown.strip().lower()}" if dot and stem else ""


def kept_name(name: str, limit: int) -> str:
    """A name as it was sent, without what a database refuses, shortened to `limit` characters."""
    clean = "".join("�" if unicodedata.category(char) in {"Cc", "Cs"} else char for char in as_named(name))
    return clean[:limit] or "file"
