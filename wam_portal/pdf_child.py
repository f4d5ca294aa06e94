"""The process that renders: an order as JSON on standard input; a line with the number of pages and the PDF out.

Run as ``python -m wam_portal.pdf_child`` by `wam_portal.pdf.render_pdf`; it knows neither settings nor database.
"""

from __future__ import annotations

import json
import sys

from wam_portal.confinement import Limits, confine
from wam_portal.pdf import PdfSource, render_here


def main() -> int:
    """Render one document; 0 on success. Says the kind of a failure and nothing of the content."""
    order = json.load(sys.stdin)
    confine(Limits(**order["limits"]))
    try:
        pdf = render_here(PdfSource(**order["source"]))
    except Exception as error:  # noqa: BLE001 (whatever the renderer raises, the parent needs one word and a code)
        print(type(error).__name__, file=sys.stderr)  # noqa: T201 (this program's way to answer)
        return 1
    sys.stdout.buffer.write(b"%d\n" % pdf.pages + pdf.content)
    sys.stdout.buffer.flush()
    return 0


if __name__ == "__main__":
    sys.exit(main())
