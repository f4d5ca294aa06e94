"""From the input of a dossier to the bytes of its PDF."""

from __future__ import annotations

from collections.abc import Callable

from cooperation.dossiers.context import build_dossier
from cooperation.dossiers.inputs import DossierInput, render_key
from wam_portal.documents import document_source
from wam_portal.languages import speaking
from wam_portal.pdf import Pdf, PdfSource, render_pdf


def dossier_source(source: DossierInput) -> PdfSource:
    """The document in HTML with its style sheets, in the input's language or else in English; always the same."""
    with speaking(source.language):
        dossier = build_dossier(source)
    context = {"dossier": dossier}
    return document_source("dossiers/request.html", context, language=source.language, identifier=render_key(source))


def render_dossier(source: DossierInput, *, tick: Callable[[], None] | None = None) -> Pdf:
    """The PDF. `tick` as in `wam_portal.pdf.render_pdf`, which also says what is raised."""
    return render_pdf(dossier_source(source), tick=tick)
