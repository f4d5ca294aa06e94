"""The process that renders: an order as JSON on standard input; a line with the number of pages and the PDF out.

Run as ``python -m wam_portal.pdf_child`` by `wam_portal.pdf.render_pdf`; it knows neither settings nor database.
"""

from __future__ import annotations

import json
import resource
import sys
from typing import Any

from wam_portal.pdf import Limits, PdfSource, render_here

OUTPUT_FILE_BYTES = 64 * 1024 * 1024
OPEN_FILES = 256


def confine(limits: Limits) -> None:
    """Take away from this process what a rendering does not need: memory, time, files, connections, children."""
    for kind, most in (
        (resource.RLIMIT_AS, limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, OUTPUT_FILE_BYTES),
        (resource.RLIMIT_NOFILE, OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        _soft, hard = resource.getrlimit(kind)
        ceiling = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(kind, (ceiling, ceiling))
    sys.addaudithook(refuse_outside)


def refuse_outside(event: str, _details: Any) -> None:
    """A second lock behind the fetcher: no connection, no name look-up, no other program."""
    if event in {"socket.connect", "socket.getaddrinfo", "socket.bind", "subprocess.Popen", "os.system", "os.exec"}:
        raise PermissionError(event)


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
