"""Small whole files for the demonstration, drawn here so that no binary lies in the repository."""

from __future__ import annotations

import random
import struct
import zlib
from collections.abc import Sequence

WIDTH, HEIGHT = 240, 160
WALL, GROUND, ROAD = 70, 225, 250
"""Shades of grey of the plan."""
TOP, LEADING = 760, 22
"""Where the heading stands and how far lines lie apart, in points."""


def pdf(title: str, lines: Sequence[str]) -> bytes:
    """A PDF of one page: a heading and lines of text in Latin letters."""
    shown = [f"BT /F1 16 Tf 72 {TOP} Td ({_escaped(title)}) Tj ET"]
    for number, line in enumerate(lines, start=2):
        shown.append(f"BT /F1 11 Tf 72 {TOP - LEADING * number} Td ({_escaped(line)}) Tj ET")
    stream = "\n".join(shown).encode("latin-1", "replace")
    font = b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>"
    objects = (
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 " + font + b" >> >> >>",
        b"<< /Length %d >>\nstream\n" % len(stream) + stream + b"\nendstream",
    )
    out = b"%PDF-1.4\n"
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    count = len(objects) + 1
    trailer = b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (count, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % count + table + trailer


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)")


def plan_png(rng: random.Random) -> bytes:
    """A plan of stores along a road, as grey rectangles; no real place looks like it."""
    rows = [bytearray([GROUND]) * WIDTH for _line in range(HEIGHT)]
    _paint(rows, (0, 72, WIDTH, 88), ROAD)
    for column in range(4):
        for top in (14, 104):
            left = 16 + column * 56 + rng.randint(0, 8)
            width, height = rng.randint(24, 40), rng.randint(24, 40)
            _paint(rows, (left, top, left + width, top + height), WALL)
            _paint(rows, (left + 3, top + 3, left + width - 3, top + height - 3), GROUND - 40)
    packed = zlib.compress(b"".join(b"\0" + bytes(row) for row in rows))
    header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, 8, 0, 0, 0, 0)
    chunks = (_chunk(b"IHDR", header), _chunk(b"IDAT", packed), _chunk(b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def _paint(rows: list[bytearray], box: tuple[int, int, int, int], shade: int) -> None:
    left, top, right, bottom = box
    for row in rows[top:bottom]:
        row[left:right] = bytes([shade]) * (right - left)


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def csv_register(rng: random.Random, places: Sequence[str], lines: int = 24) -> bytes:
    """A list of checks of stores, with a heading row."""
    rows = ["store,checked on,items counted,items listed,remark"]
    for number in range(lines):
        listed = rng.randint(40, 900)
        missing = rng.choice((0, 0, 0, 1, 3))
        remark = "recount asked for" if missing else ""
        day = f"2026-{rng.randint(1, 9):02}-{rng.randint(1, 28):02}"
        rows.append(f"{places[number % len(places)]},{day},{listed - missing},{listed},{remark}")
    return ("\r\n".join(rows) + "\r\n").encode()
