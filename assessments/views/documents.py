"""Reports of a baseline: what can be made, what was made, how far one is, and the file."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from assessments.enums import DocumentKind
from assessments.forms.documents import DocumentForm, InsightForm, ReportForm
from assessments.models import Assessment, Document
from assessments.permissions import can_make_insight, can_make_report, can_see_reports
from assessments.reports.baseline import CURRENT
from assessments.selectors.assessments import assessment_for, latest_version
from assessments.selectors.documents import document_for, documents_for, is_ready
from assessments.services.documents import record_download, request_document
from assessments.views.assessments import address, list_crumb
from assessments.views.pages import UNPROCESSABLE, page_url
from wam_portal.access import require
from wam_portal.downloads import attachment
from wam_portal.errors import Invalid, NotVisible
from wam_portal.files import stored_path
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PER_PAGE = 25
_FORMS: dict[str, type[DocumentForm]] = {form.kind: form for form in (ReportForm, InsightForm)}


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def report_list(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The reports of a baseline, and the two forms to ask for one."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_see_reports(request.viewer))
    if request.method != "POST":
        return _list(request, assessment, None)
    require(can_make_report(request.viewer, assessment))
    kind = request.POST.get("kind", "")
    if kind not in _FORMS:
        raise NotVisible
    form: DocumentForm = _FORMS[kind](request.POST)
    if form.is_valid():
        try:
            document = request_document(
                kind=kind,
                subject=assessment.uuid,
                language=form.cleaned_data["language"],
                options=form.options(),
                actor=request.viewer,
            )
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            if is_ready(document):
                messages.info(request, _("This document was made before with the same content; here it is."))
            return redirect(page_url(request, "document-detail", document.uuid))
    return _list(request, assessment, form)


@party_page("assesses")
@require_safe
def document_detail(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """One document: how far it is, what it holds, the file when it is ready."""
    document = document_for(request.viewer, uuid)
    return render(request, "assessments/document_detail.html", _progress(request, document))


@party_page("assesses")
@require_safe
def document_progress_panel(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """How far a document is; polled while it is being made."""
    document = document_for(request.viewer, uuid)
    return render(request, "assessments/document_progress-panel.html", _progress(request, document))


@party_page("assesses")
@require_safe
def document_file(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The file, as a download; the log says who took it."""
    document = document_for(request.viewer, uuid)
    if document.rendered_at is None:
        raise NotVisible
    path = stored_path(document.file_name)
    if request.method == "GET":
        record_download(document=document, actor=request.viewer)
    name = f"{slugify(document.title) or 'document'}-{document.kind.replace('_', '-')}-{document.language}.pdf"
    return attachment(path, filename=name, content_type="application/pdf")


def _list(request: PartyRequest, assessment: Assessment, sent: DocumentForm | None) -> HttpResponse:
    viewer = request.viewer
    version = latest_version(assessment)
    blank = ReportForm() if version else ReportForm(initial={"source": CURRENT})
    page = Paginator(documents_for(viewer, assessment.uuid), PER_PAGE).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment,
        "version": version,
        "form": sent,
        "report_form": sent if isinstance(sent, ReportForm) else blank,
        "insight_form": sent if isinstance(sent, InsightForm) else InsightForm(),
        "report_decision": can_make_report(viewer, assessment),
        "insight_decision": can_make_insight(viewer, assessment),
        "here": page_url(request, "report-list", assessment.uuid),
        "page_obj": page,
        "breadcrumbs": [*list_crumb(viewer), (assessment.title, address(viewer, "assessment-detail", assessment))],
    }
    return render(request, "assessments/report_list.html", context, status=UNPROCESSABLE if sent else 200)


def _progress(request: PartyRequest, document: Document) -> dict[str, Any]:
    return {
        "document": document,
        "ready": is_ready(document),
        "job": document.job,
        "poll_url": page_url(request, "document-progress-panel", document.uuid),
        "page_url": page_url(request, "document-detail", document.uuid),
        "file_url": page_url(request, "document-file", document.uuid),
        **_way_back(request, document),
    }


def _way_back(request: PartyRequest, document: Document) -> dict[str, Any]:
    """Where the document was asked for, and how its hash is called there."""
    if document.kind == DocumentKind.MINUTES:
        meeting = page_url(request, "meeting-detail", document.subject)
        return {
            "list_url": meeting,
            "hash_label": _("Hash of the minutes (SHA-256)"),
            "breadcrumbs": [(_("Meetings"), page_url(request, "meeting-list")), (document.title, meeting)],
        }
    reports = page_url(request, "report-list", document.subject)
    return {
        "list_url": reports,
        "hash_label": _("Hash of the endorsed version (SHA-256)"),
        "breadcrumbs": [
            *list_crumb(request.viewer),
            (document.title, page_url(request, "assessment-detail", document.subject)),
            (_("Reports"), reports),
        ],
    }
