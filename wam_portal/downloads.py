"""Answers that carry a private file to the person who asked, to be saved and never shown inside a page."""

from __future__ import annotations

from pathlib import Path

from django.http import HttpResponse  # noqa: TID251 (only views call this)
from django.utils.http import content_disposition_header

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def attachment(path: Path, *, filename: str, content_type: str) -> HttpResponse:
    """Send the file at `path` as a download called `filename`, with a type that browsers do not second-guess.

    The file is read whole: what the portal makes is a few megabytes at most.
    """
    return download(path.read_bytes(), filename=filename, content_type=content_type)


def download(content: bytes, *, filename: str, content_type: str) -> HttpResponse:
    """Send what was made just now as a download, in the same way."""
    response = HttpResponse(content, content_type=content_type)
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=filename) or ""
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    return response
