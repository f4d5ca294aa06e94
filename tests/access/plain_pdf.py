"""A PDF of bare lines, so that a world with dossiers is built without waiting for the real renderer."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable
from typing import Any

from cooperation.dossiers.inputs import DossierInput
from wam_portal.pdf import Pdf, PdfSource


def plain_pdf(lines: Iterable[str]) -> bytes:
    """One page as long as these lines; brackets and backslashes are left out, they mean something in PDF."""
    shown = [line.translate({ord(char): " " for char in "()\\"}) for line in lines]
    height = max(842, 24 + 7 * len(shown))
    text = f"BT /F1 6 Tf 20 {height - 12} Td " + " ".join(f"({line}) Tj 0 -7 Td" for line in shown) + " ET"
    stream = text.encode("latin-1", "replace")
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 %d]/Resources<</Font<</F1 4 0 R>>>>/Contents 5 0 R>>" % height,
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    out, places = bytearray(b"%PDF-1.4\n"), []
    for number, body in enumerate(objects, start=1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    start = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, table)
    out += b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, start)
    return bytes(out)


def render_plainly(source: DossierInput, **_options: Callable[..., Any]) -> Pdf:
    """Stands in for the renderer: everything that the reader may see, in plain lines."""
    content = json.dumps(source.released.content, indent=0, default=str)
    return Pdf(plain_pdf(line for line in content.splitlines() if line.strip("{}[], ")), pages=1)


def render_source_plainly(source: PdfSource, **_options: Callable[..., Any]) -> Pdf:
    """Stands in for the renderer of reports: the words of the document, in plain lines."""
    words = re.sub(r"<[^>]+>", "\n", source.html)
    return Pdf(plain_pdf(line.strip() for line in words.splitlines() if line.strip()), pages=1)
