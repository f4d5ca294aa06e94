"""The library of evidence of a State: the list, uploading, one piece with its versions, and its files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import CLASSIFICATION_MEANINGS, OPEN_ASSESSMENTS, Classification
from assessments.evidence_strength import expiry_of
from assessments.filters import EVIDENCE_ORDERS, EvidenceFilter, order_fields
from assessments.forms.assessments import ReasonForm
from assessments.forms.evidence import DetailsForm, UploadForm, VersionUploadForm
from assessments.models import Evidence, EvidenceLink
from assessments.permissions import (
    can_edit_evidence,
    can_read_evidence,
    can_upload_evidence,
    can_withdraw_evidence,
)
from assessments.selectors.evidence import (
    endorsed_hashes,
    evidence_file,
    evidence_for,
    evidence_item,
    links_of,
    today,
    versions_of,
)
from assessments.selectors.frameworks import framework_tree
from assessments.services.evidence import (
    MEGABYTE,
    UploadResult,
    add_evidence_version,
    edit_evidence,
    record_evidence_download,
    upload_evidence,
    withdraw_evidence,
)
from assessments.views.pages import CONFLICT, UNPROCESSABLE, base_version, is_fragment, page_url
from wam_portal.access import require
from wam_portal.downloads import attachment
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.files import stored_path
from wam_portal.forms import add_conflict, add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 25


@party_page("assesses")
@require_safe
def evidence_list(request: PartyRequest) -> HttpResponse:
    """All evidence of the State that the viewer may read."""
    if not can_read_evidence(request.viewer):
        raise NotVisible
    filterset = EvidenceFilter(request.GET, queryset=evidence_for(request.viewer))
    wanted = order_fields(request.GET.get("ordering", ""), EVIDENCE_ORDERS) or ["-created_at"]
    page = Paginator(filterset.qs.order_by(*wanted, "pk"), PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "page_obj": page,
        "rows": [{"evidence": row, "expiry": expiry_of(row.expires_on, today())} for row in page],
        "filter": filterset,
        "upload_url": page_url(request, "evidence-upload"),
        "upload_decision": can_upload_evidence(request.viewer),
    }
    return render(request, "assessments/evidence_list.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_upload(request: PartyRequest) -> HttpResponse:
    """Send files; what became of each is said beside its name."""
    require(can_upload_evidence(request.viewer))
    if request.method != "POST":
        return _upload_page(request, UploadForm(), ())
    form = UploadForm(request.POST, request.FILES)
    results: tuple[UploadResult, ...] = ()
    if form.is_valid():
        try:
            results = upload_evidence(
                files=form.cleaned_data["documents"], details=form.details(), actor=request.viewer
            )
        except Invalid as invalid:
            add_errors(form, invalid)
    return _upload_page(request, form, results)


def _upload_page(request: PartyRequest, form: UploadForm, results: tuple[UploadResult, ...]) -> HttpResponse:
    context = {
        "form": form,
        **results_context(request, results),
        **upload_limits(),
        "breadcrumbs": _crumbs(request, (_("Upload"), "")),
    }
    failed = bool(form.errors) or any(result.reason for result in results)
    template = "assessments/evidence_results-panel.html" if is_fragment(request) else "assessments/evidence_upload.html"
    return render(request, template, context, status=UNPROCESSABLE if failed else 200)


def upload_limits() -> dict[str, int]:
    """What a page with a file field says about its limits."""
    return {"max_files": settings.UPLOAD_MAX_FILES, "max_megabytes": settings.UPLOAD_MAX_BYTES // MEGABYTE}


def results_context(request: PartyRequest, results: tuple[UploadResult, ...]) -> dict[str, Any]:
    """What became of each file, for `evidence_results-panel.html`."""
    kept = sum(result.evidence is not None for result in results)
    refused = sum(bool(result.reason) for result in results)
    summary = ngettext("%(count)d file is kept.", "%(count)d files are kept.", kept) % {"count": kept}
    if refused:
        text = ngettext("%(count)d file is refused.", "%(count)d files are refused.", refused)
        summary += " " + text % {"count": refused}
    return {"results": results, "summary": summary if results else ""}


@party_page("assesses")
@require_safe
def evidence_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """One evidence: what is said about it, its versions, and the answers that rest on it."""
    return _detail(request, evidence_item(request.viewer, uuid))


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_edit(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Change what is said about an evidence."""
    evidence = evidence_item(request.viewer, uuid)
    require(can_edit_evidence(request.viewer, evidence))
    form = DetailsForm(request.POST) if request.method == "POST" else DetailsForm.of(evidence)
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            edit_evidence(
                evidence=evidence, base_version=base_version(request), details=form.details(), actor=request.viewer
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict as conflict:
            evidence, status = conflict.current, CONFLICT
            add_conflict(form, DetailsForm.of(evidence), conflict.message)
        else:
            messages.success(request, _("Saved."))
            return _to(request, evidence)
    context = {
        "form": form,
        "heading": _("Change the evidence"),
        "confirm_label": _("Save"),
        "cancel_url": page_url(request, "evidence-detail", uuid),
        "version": evidence.version if status == CONFLICT else request.POST.get("base_version", evidence.version),
        "breadcrumbs": _crumbs(request, (evidence.title, page_url(request, "evidence-detail", uuid))),
    }
    status = UNPROCESSABLE if form.errors and status == 200 else status  # noqa: PLR2004 (all is well)
    return render(request, "assessments/assessment_form.html", context, status=status)


@party_page("assesses")
@require_POST
def evidence_version_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Add a newer version of the document."""
    evidence = evidence_item(request.viewer, uuid)
    require(can_edit_evidence(request.viewer, evidence))
    form = VersionUploadForm(request.POST, request.FILES)
    status = UNPROCESSABLE
    if form.is_valid():
        try:
            added = add_evidence_version(
                evidence=evidence,
                base_version=base_version(request),
                file=form.cleaned_data["file"],
                days=form.days(),
                actor=request.viewer,
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        except Conflict:
            form.add_error(None, _("Somebody changed this evidence meanwhile. Look, then send the file again."))
            evidence, status = evidence_item(request.viewer, uuid), CONFLICT
        else:
            messages.success(request, _("Version %(number)d is stored.") % {"number": added.number})
            return _to(request, evidence)
    return _detail(request, evidence, form=form, status=status)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_withdraw(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Withdraw an evidence, once it is clear what will happen."""
    evidence = evidence_item(request.viewer, uuid)
    require(can_withdraw_evidence(request.viewer, evidence))
    form: forms.Form = ReasonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            withdraw_evidence(
                evidence=evidence,
                base_version=base_version(request),
                reason=form.cleaned_data["reason"],
                actor=request.viewer,
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            messages.success(request, _("The evidence is withdrawn."))
            return _to(request, evidence)
    context = {
        "form": form,
        "heading": _("Withdraw “%(title)s”") % {"title": evidence.title},
        "effects": _effects(request, evidence),
        "confirm_label": _("Withdraw"),
        "cancel_url": page_url(request, "evidence-detail", uuid),
        "danger": True,
        "version": request.POST.get("base_version", evidence.version),
        "breadcrumbs": _crumbs(request, (evidence.title, page_url(request, "evidence-detail", uuid))),
    }
    return render(request, "components/confirm.html", context, status=UNPROCESSABLE if form.errors else 200)


@party_page("assesses")
@require_safe
def evidence_download(request: PartyRequest, uuid: UUID, number: int) -> HttpResponse:
    """One version as a download; the State reads in its log who took it."""
    file = evidence_file(request.viewer, uuid, number)
    path = stored_path(file.stored_name)
    if request.method == "GET":
        record_evidence_download(file=file, actor=request.viewer)
    return attachment(path, filename=file.display_name, content_type=file.content_type)


def _effects(request: PartyRequest, evidence: Evidence) -> list[str]:
    count = links_of(request.viewer, evidence).count()
    signed = endorsed_hashes(request.viewer.party)
    effects = [
        ngettext("%(count)d answer no longer rests on it.", "%(count)d answers no longer rest on it.", count)
        % {"count": count},
        _("Its title, hashes and links stay on record, with your reason."),
    ]
    if any(file.sha256 in signed for file in versions_of(evidence)):
        effects.append(_("An endorsed baseline was signed with it: that file is kept, and stays as it was signed."))
    else:
        effects.append(_("Its files are deleted. This cannot be undone."))
    return effects


def _detail(
    request: PartyRequest, evidence: Evidence, *, form: VersionUploadForm | None = None, status: int = 200
) -> HttpResponse:
    viewer = request.viewer
    context = {
        "evidence": evidence,
        "meaning": CLASSIFICATION_MEANINGS[Classification(evidence.classification)],
        "expiry": expiry_of(evidence.expires_on, today()),
        "versions": versions_of(evidence),
        "links": [{"link": link, "question": _question(link)} for link in links_of(viewer, evidence)],
        "open_statuses": OPEN_ASSESSMENTS,
        "form": form,
        "version_form": form or VersionUploadForm.of(evidence),
        "edit_decision": can_edit_evidence(viewer, evidence),
        "withdraw_decision": can_withdraw_evidence(viewer, evidence),
        **upload_limits(),
        "breadcrumbs": _crumbs(request, (evidence.title, "")),
    }
    return render(request, "assessments/evidence_detail.html", context, status=status)


def _question(link: EvidenceLink) -> str:
    """What the indicator asks, in the reader's language."""
    indicator = framework_tree(link.assessment.framework_version).find_indicator(link.indicator.key)
    return indicator.question if indicator else link.indicator.title


def _to(request: PartyRequest, evidence: Evidence) -> HttpResponse:
    return redirect("assessments:evidence-detail", request.viewer.party.slug, evidence.uuid)


def _crumbs(request: PartyRequest, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Evidence"), page_url(request, "evidence-list")), *more]
