"""Documents to PDF: the one adapter to the renderer.

The renderer reads what a State wrote, so it is kept on a short chain. It runs in a child process with limits on
memory, processor time and wall clock, without the portal's secrets in its environment, and it may fetch nothing but
the named assets handed to it and small embedded pictures: no file, no address, no redirect.
"""

from __future__ import annotations

import base64
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from wam_portal.confinement import Limits, TooSlow, run_confined
from wam_portal.errors import PortalError

log = logging.getLogger(__name__)

ASSET_SCHEME: Final = "asset:"
MAX_SOURCE_BYTES: Final = 8 * 1024 * 1024
MAX_PICTURE_CHARS: Final = 400_000
PICTURE_SIGNATURES: Final = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
VARIANT: Final = "pdf/ua-1"


class RenderError(PortalError):
    """The document could not be made; the message says so without any of its content."""


class FetchRefused(ValueError):
    """The document asked for something that is not one of its assets."""


@dataclass(frozen=True, slots=True)
class PdfSource:
    """A complete HTML document and what it may use.

    `assets` are texts (style sheets) that the document names as "asset:<name>". `identifier` becomes the file's
    identifier: with the same source the bytes come out the same.
    """

    html: str
    identifier: str
    assets: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Pdf:
    """A rendered file and how many pages it has."""

    content: bytes
    pages: int


LIMITS: Final = Limits()


def render_pdf(source: PdfSource, *, limits: Limits = LIMITS, tick: Callable[[], None] | None = None) -> Pdf:
    """Render a tagged PDF/UA-1 file in a child process.

    `tick` is called about every two seconds while the child works; whatever it raises stops the child and goes on.
    Raises `RenderError` when the source is too large, a limit is met, or the renderer fails.
    """
    order = json.dumps({"source": asdict(source), "limits": asdict(limits)}).encode()
    if len(order) > MAX_SOURCE_BYTES:
        raise RenderError(_("The document is too long to be made into a PDF."))
    try:
        ending = run_confined("wam_portal.pdf_child", order, wall=limits.wall, tick=tick)
    except TooSlow:
        raise RenderError(_("The PDF could not be made in %(count)d seconds.") % {"count": limits.wall}) from None
    pages, _line, content = ending.output.partition(b"\n")
    if ending.code != 0 or not content.startswith(b"%PDF-"):
        log.warning("rendering ended with %s: %s", ending.code, ending.complaint.decode(errors="replace")[-200:])
        raise RenderError(_("The PDF could not be made: the document is too large or too complex for the renderer."))
    return Pdf(content, int(pages))


def render_here(source: PdfSource) -> Pdf:
    """Render in this process, without limits; the child calls it, and tests of what a document may fetch."""
    import weasyprint  # noqa: PLC0415 (takes seconds to import, and only the child needs it)

    options = {"pdf_variant": VARIANT, "pdf_identifier": source.identifier.encode()}
    html = weasyprint.HTML(string=source.html, url_fetcher=closed_fetcher(source.assets), media_type="print")
    document = html.render(**options)
    return Pdf(bytes(document.write_pdf(**options)), len(document.pages))


def closed_fetcher(assets: Mapping[str, str]) -> Any:
    """A fetcher that knows the named assets and small embedded PNG and JPEG pictures, and refuses all else."""
    from weasyprint.urls import URLFetcher, URLFetcherResponse  # noqa: PLC0415 (as above)

    class ClosedFetcher(URLFetcher):  # type: ignore[misc]  # the package has no types
        def fetch(self, url: str, headers: object = None) -> Any:
            kind, body = resolve(url, assets)
            return URLFetcherResponse(url, body, {"Content-Type": kind})

        def open(self, url: object, data: object = None, timeout: object = None) -> Any:
            # The base class would open what urllib can open; every way in goes through `fetch`.
            raise FetchRefused("nothing is opened")

    return ClosedFetcher(allowed_protocols=(), allow_redirects=False)


def resolve(url: str, assets: Mapping[str, str]) -> tuple[str, bytes]:
    """Media type and bytes of what a document may use. Raises `FetchRefused` for everything else."""
    if url.startswith(ASSET_SCHEME) and url.removeprefix(ASSET_SCHEME) in assets:
        return "text/css; charset=utf-8", assets[url.removeprefix(ASSET_SCHEME)].encode()
    for kind, signature in PICTURE_SIGNATURES.items():
        start = f"data:{kind};base64,"
        if url.startswith(start) and len(url) <= MAX_PICTURE_CHARS:
            body = _decoded(url.removeprefix(start))
            if body.startswith(signature):
                return kind, body
    raise FetchRefused("not an asset of this document")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except ValueError:
        raise FetchRefused("not base64") from None
