"""Answers that carry a private file to the person who asked, to be saved and never shown inside a page."""

from __future__ import annotations

from pathlib import Path

from django.http import FileResponse  # noqa: TID251 (only views call this)

SANDBOX = "sandbox; default-src 'none'; frame-ancestors 'none'"


def attachment(path: Path, *, filename: str, content_type: str) -> FileResponse:
    """Send the file at `path` as a download called `filename`, with a type that browsers do not second-guess."""
    response = FileResponse(path.open("rb"), as_attachment=True, filename=filename, content_type=content_type)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["Content-Security-Policy"] = SANDBOX
    response.headers["Cache-Control"] = "no-store"
    return response
