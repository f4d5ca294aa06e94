"""Offers from a workbook: taken along, sent back, looked at, and taken over as the person decides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from cooperation.enums import OfferStatus
from cooperation.forms.offer_import import (
    SHEETS,
    OfferWorkbookForm,
    changed_fields,
    import_rows,
    labels,
    read_offers,
)
from cooperation.models import Offer, OfferUpload
from cooperation.permissions import can_offer
from cooperation.reports.offer_workbook import offer_workbook
from cooperation.selectors.offers import own_offers_by_uuid, waiting_upload
from cooperation.selectors.territories import places_by_code
from cooperation.services.offer_imports import discard_upload, keep_upload, record_download, take_over
from wam_portal.access import Viewer, require
from wam_portal.downloads import download
from wam_portal.errors import Conflict
from wam_portal.party_pages import PartyRequest, party_page
from wam_portal.spreadsheets import write_workbook
from wam_portal.workbooks import CONTENT_TYPE, UnreadableWorkbook, read_workbook

UNPROCESSABLE = 422
MOST_PROBLEMS = 200


@party_page("offers")
@require_http_methods(["GET", "HEAD", "POST"])
def offer_import(request: PartyRequest) -> HttpResponse:
    """What to take along, where to send it, and what the workbook sent last would change."""
    require(can_offer(request.viewer))
    if request.method != "POST":
        return _page(request, OfferWorkbookForm())
    form = OfferWorkbookForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=UNPROCESSABLE)
    try:
        book = read_workbook(form.cleaned_data["file"].read(), sheets=SHEETS)
    except UnreadableWorkbook as unreadable:
        form.add_error("file", unreadable.message)
        return _page(request, form, status=UNPROCESSABLE)
    reading = read_offers(book, own_offers_by_uuid(request.viewer))
    if reading.problems and not reading.problems[0]["row"]:
        form.add_error("file", reading.problems[0]["message"])
        return _page(request, form, status=UNPROCESSABLE)
    keep_upload(rows=reading.rows, problems=reading.problems, unchanged=reading.unchanged, actor=request.viewer)
    return redirect(_url(request.viewer, "offer-import") + "#review")


@party_page("offers")
@require_safe
def offer_import_workbook(request: PartyRequest) -> HttpResponse:
    """The workbook with one's own offers, to fill in."""
    require(can_offer(request.viewer))
    offers = [offer for offer in own_offers_by_uuid(request.viewer).values() if offer.status != OfferStatus.CLOSED]
    content = write_workbook(offer_workbook(offers, places_by_code(), labels()))
    record_download(count=len(offers), actor=request.viewer)
    return download(content, filename=f"{request.viewer.party.slug}-offers.xlsx", content_type=CONTENT_TYPE)


@party_page("offers")
@require_POST
def offer_import_apply(request: PartyRequest) -> HttpResponse:
    """Take over the rows that are ticked."""
    viewer = request.viewer
    require(can_offer(viewer))
    upload = waiting_upload(viewer)
    if upload is None:
        messages.warning(request, _("No workbook waits for your decision."))
        return redirect(_url(viewer, "offer-import"))
    chosen = {int(text) for text in request.POST.getlist("row") if text.isascii() and text.isdigit()}
    rows = import_rows(upload, chosen, own_offers_by_uuid(viewer))
    version = request.POST.get("base_version", "")
    try:
        base_version = int(version) if version.isascii() and version.isdigit() else 0
        result = take_over(upload=upload, base_version=base_version, rows=rows, actor=viewer)
    except Conflict as conflict:
        messages.warning(request, conflict.message)
        return redirect(_url(viewer, "offer-import"))
    created = ngettext("%(count)d draft created", "%(count)d drafts created", result.created)
    updated = ngettext("%(count)d offer changed", "%(count)d offers changed", result.updated)
    messages.success(request, f"{created % {'count': result.created}}, {updated % {'count': result.updated}}.")
    for number, message in result.problems:
        messages.warning(request, _("Row %(row)d: %(message)s") % {"row": number, "message": message})
    return redirect(_url(viewer, "offer-list"))


@party_page("offers")
@require_POST
def offer_import_discard(request: PartyRequest) -> HttpResponse:
    """Throw the workbook that waits away."""
    require(can_offer(request.viewer))
    upload = waiting_upload(request.viewer)
    if upload is not None:
        discard_upload(upload=upload, actor=request.viewer)
        messages.success(request, _("The upload is thrown away. No offer was changed."))
    return redirect(_url(request.viewer, "offer-import"))


def _page(request: PartyRequest, form: OfferWorkbookForm, *, status: int = 200) -> HttpResponse:
    viewer = request.viewer
    upload = waiting_upload(viewer)
    context: dict[str, Any] = {
        "form": form,
        "upload": upload,
        "workbook_url": _url(viewer, "offer-import-workbook"),
        "apply_url": _url(viewer, "offer-import-apply"),
        "discard_url": _url(viewer, "offer-import-discard"),
        "breadcrumbs": [(_("Offers"), _url(viewer, "offer-list")), (_("From Excel"), "")],
    }
    if upload is not None:
        rows = _rows(upload, own_offers_by_uuid(viewer) if any(row["offer"] for row in upload.rows) else {})
        context |= {
            "rows": rows,
            "created": sum(row["new"] for row in rows),
            "updated": sum(not row["new"] for row in rows),
            "faults": upload.problems[:MOST_PROBLEMS],
        }
    return render(request, "cooperation/offer_import.html", context, status=status)


def _rows(upload: OfferUpload, offers: Mapping[UUID, Offer]) -> list[dict[str, Any]]:
    names = labels()
    rows = []
    for row in upload.rows:
        offer = offers.get(UUID(row["offer"])) if row["offer"] else None
        changed = changed_fields(row["data"], offer) if offer else []
        rows.append(
            {
                "number": row["row"],
                "title": row["data"]["title"],
                "new": not row["offer"],
                "changed": [str(names[name]) for name in changed],
            }
        )
    return rows


def _url(viewer: Viewer, name: str) -> str:
    return reverse(f"cooperation:{name}", args=[viewer.party.slug])
