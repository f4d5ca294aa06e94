"""From the input of a dossier to the bytes of its PDF."""

from __future__ import annotations

from collections.abc import Callable

from django.template.loader import render_to_string
from django.utils import translation

from cooperation.dossiers.context import build_dossier
from cooperation.dossiers.inputs import DossierInput, render_key
from wam_portal.pdf import Pdf, PdfSource, render_pdf


def dossier_source(source: DossierInput) -> PdfSource:
    """The document in HTML with its style sheets, in the input's language; pure, and always the same."""
    with translation.override(source.language):
        dossier = build_dossier(source)
        html = render_to_string("dossiers/request.html", {"dossier": dossier})
    styles = {name: render_to_string(f"dossiers/{name}") for name in ("dossier.css", f"page-{dossier.direction}.css")}
    return PdfSource(html=html, identifier=render_key(source), assets=styles)


def render_dossier(source: DossierInput, *, tick: Callable[[], None] | None = None) -> Pdf:
    """The PDF. `tick` as in `wam_portal.pdf.render_pdf`, which also says what is raised."""
    return render_pdf(dossier_source(source), tick=tick)
