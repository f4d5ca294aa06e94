"""CSV files for spreadsheet programs: UTF-8 with a mark, and no cell that such a program would run."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

CONTENT_TYPE: Final = "text/csv; charset=utf-8"
# Full-width forms too: programs for East Asian writing take them for the same signs.
_LIVE: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def csv_file(rows: Iterable[Sequence[str | int | float]]) -> bytes:
    """Rows as one file; numbers stay numbers, text is never a formula."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\r\n")
    writer.writerows([inert(value) if isinstance(value, str) else value for value in row] for row in rows)
    return b"\xef\xbb\xbf" + target.getvalue().encode("utf-8", "replace")


def inert(text: str) -> str:
    """Text that a spreadsheet program shows as text: with an apostrophe before anything it would calculate."""
    return f"'{text}" if text.lstrip(" ").startswith(_LIVE) else text
