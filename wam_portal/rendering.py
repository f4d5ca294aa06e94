"""The last steps of every job that makes a document: set the pages, keep the file, publish it behind the fence."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from django.utils.translation import gettext as _

from wam_portal.errors import PortalError
from wam_portal.files import StoredFile, discard_file, store_file
from wam_portal.jobs.runner import JobContext
from wam_portal.pdf import Pdf

Tick = Callable[[], None]
_SETTING: Final = 50


class DocumentGone(PortalError):
    """What the document was to be made of has ended or changed since it was asked for."""


def render_and_publish(
    context: JobContext,
    *,
    room: str,
    produce: Callable[[Tick], Pdf],
    publish: Callable[[StoredFile, int], None],
    **result: str,
) -> None:
    """Make the PDF, store it in `room`, and call `publish` with the file and its number of pages in one transaction.

    `publish` asks for permission once more; whatever it raises, or a lost lease, leaves no file and no row. `result`
    becomes the job's. Raises what `wam_portal.pdf.render_pdf` and `JobContext` do.
    """
    context.progress(20, 100, _("Setting the pages"))
    pdf = produce(lambda: context.progress(_SETTING, 100, _("Setting the pages")))
    context.progress(90, 100, _("Storing the file"))
    stored = store_file(pdf.content, room=room, suffix=".pdf")
    try:
        with context.publish(**result):
            publish(stored, pdf.pages)
    except BaseException:
        discard_file(stored.name)
        raise
