"""What rests on which evidence: the tab of a baseline, the block of one indicator, and linking from both sides."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.enums import OPEN_ASSESSMENTS
from assessments.forms.evidence import AttachForm, LinkForm, QuickUploadForm
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import Assessment, Evidence
from assessments.permissions import can_edit_evidence, can_read_evidence, can_upload_evidence, not_assigned
from assessments.selectors.answers import answer_decision, readable_tree
from assessments.selectors.assessments import assessment_for, assessments_for
from assessments.selectors.evidence import (
    evidence_by_indicator,
    evidence_item,
    evidence_link,
    linkable_evidence,
    links_of,
)
from assessments.selectors.evidence_matrix import MatrixFilter, evidence_matrix
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.record import Record, read_record
from assessments.services.evidence import UploadResult, upload_evidence
from assessments.services.evidence_links import link_evidence, unlink_evidence
from assessments.views.evidence import results_context, upload_limits
from assessments.views.pages import UNPROCESSABLE, is_fragment, page_url
from wam_portal.access import Decision, require
from wam_portal.errors import Conflict, Invalid, NotVisible, Refused
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page

PAGE_LENGTH = 50


@party_page("assesses")
@require_safe
def assessment_evidence(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What the answers of a baseline rest on, and which rest on nothing."""
    assessment, tree = _assessment(request, uuid)
    wanted = request.GET.get("show", "")
    shown = MatrixFilter(wanted) if wanted in set(MatrixFilter) else MatrixFilter.ALL
    matrix = evidence_matrix(read_record(request.viewer, assessment, tree))
    page = Paginator(matrix.fitting(shown), PAGE_LENGTH).get_page(request.GET.get("page"))
    here = page_url(request, "assessment-evidence", assessment.uuid)
    labels = {
        MatrixFilter.ALL: _("All"),
        MatrixFilter.NONE: _("No evidence"),
        MatrixFilter.EXPIRED: _("Expired"),
        MatrixFilter.SOON: _("Expires soon"),
        MatrixFilter.UNKNOWN: _("Unknown"),
    }
    toggles = [
        {
            "label": label,
            "count": len(matrix.fitting(kind)),
            "current": kind is shown,
            "url": f"{here}?show={kind.value}" if kind else here,
        }
        for kind, label in labels.items()
    ]
    context = {
        "assessment": assessment,
        "page_obj": page,
        "toggles": toggles,
        "shown": shown,
        "library_url": page_url(request, "evidence-list"),
        "breadcrumbs": _crumbs(request, assessment),
    }
    return render(request, "assessments/assessment_evidence.html", context)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def answer_evidence(request: PartyRequest, uuid: UUID, key: str) -> HttpResponse:
    """What one answer rests on: attach what there is, or send something new; a page, or a part of one."""
    assessment, tree = _assessment(request, uuid)
    indicator = tree.find_indicator(key)
    if indicator is None:
        raise NotVisible
    if readable_tree(request.viewer, assessment, tree).find_indicator(key) is None:
        raise Refused(not_assigned())
    block = _Block(request, assessment, tree, indicator)
    if request.method != "POST":
        return block.page()
    require(block.decision)
    return block.upload() if "upload" in request.POST else block.attach()


class _Block:
    """The block of evidence of one indicator, for one request."""

    def __init__(
        self, request: PartyRequest, assessment: Assessment, tree: FrameworkTree, indicator: IndicatorView
    ) -> None:
        self.request, self.assessment, self.indicator = request, assessment, indicator
        self.decision: Decision = answer_decision(request.viewer, assessment, tree.section_of(indicator), indicator)
        self.done = ""

    def attach(self) -> HttpResponse:
        """Link evidence of the library."""
        form = AttachForm(self.request.POST, choices=self._choices())
        if form.is_valid():
            try:
                self._link(form.cleaned_data["evidence"], form.cleaned_data["reference"])
            except Invalid as invalid:
                add_errors(form, invalid)
            except Conflict as conflict:
                form.add_error("evidence", conflict.message)
            else:
                self.done = _("Linked.")
                return self._finished()
        return self.page(attach_form=form, status=UNPROCESSABLE)

    def upload(self) -> HttpResponse:
        """Keep the files sent and link each; what the State holds already is linked as it is."""
        require(can_upload_evidence(self.request.viewer))
        form = QuickUploadForm(self.request.POST, self.request.FILES)
        if not form.is_valid():
            return self.page(upload_form=form, status=UNPROCESSABLE)
        try:
            results = upload_evidence(
                files=form.cleaned_data["documents"], details=form.details(), actor=self.request.viewer
            )
        except Invalid as invalid:
            add_errors(form, invalid)
            return self.page(upload_form=form, status=UNPROCESSABLE)
        for result in results:
            kept = result.evidence or result.duplicate
            if kept is not None:
                self._link(kept, "")
        failed = any(result.reason for result in results)
        return self.page(results=results, status=UNPROCESSABLE if failed else 200)

    def page(
        self,
        *,
        attach_form: AttachForm | None = None,
        upload_form: QuickUploadForm | None = None,
        results: tuple[UploadResult, ...] = (),
        status: int = 200,
    ) -> HttpResponse:
        """The block, alone or on a page of its own."""
        context = answer_block(self.request, self.assessment, self.indicator, self.decision)
        context |= {
            **results_context(self.request, results),
            "attach_form": attach_form or context["attach_form"],
            "upload_form": upload_form or context["upload_form"],
            "form": attach_form or upload_form,
            "done": self.done,
            "place": page_url(self.request, "answer-edit", self.assessment.uuid, self.indicator.key),
            "breadcrumbs": _crumbs(self.request, self.assessment),
        }
        name = "answer_evidence-panel.html" if is_fragment(self.request) else "answer_evidence.html"
        return render(self.request, f"assessments/{name}", context, status=status)

    def _choices(self) -> Any:
        return linkable_evidence(self.request.viewer, self.assessment, self.indicator)

    def _link(self, evidence: Evidence, reference: str) -> None:
        link_evidence(
            evidence=evidence,
            assessment=self.assessment,
            indicators=[self.indicator.key],
            reference=reference,
            actor=self.request.viewer,
        )

    def _finished(self) -> HttpResponse:
        if is_fragment(self.request):
            return self.page()
        messages.success(self.request, self.done)
        return redirect(
            "assessments:answer-evidence", self.request.viewer.party.slug, self.assessment.uuid, self.indicator.key
        )


def answer_block(
    request: PartyRequest, assessment: Assessment, indicator: IndicatorView, decision: Decision
) -> dict[str, Any]:
    """What `answer_evidence-panel.html` shows of one indicator."""
    linked = evidence_by_indicator(request.viewer, assessment, [indicator]).get(indicator.pk, [])
    choices = linkable_evidence(request.viewer, assessment, indicator)
    return {
        "assessment": assessment,
        "indicator": indicator,
        "linked": linked,
        "decision": decision,
        "upload_decision": decision and can_upload_evidence(request.viewer),
        "attach_form": AttachForm(choices=choices, auto_id=f"id_{indicator.key}_%s"),
        "upload_form": QuickUploadForm(auto_id=f"id_{indicator.key}_%s"),
        "block_url": page_url(request, "answer-evidence", assessment.uuid, indicator.key),
        **upload_limits(),
    }


def overview_block(record: Record, areas: Mapping[str, str]) -> dict[str, Any]:
    """What the ratings rest on, for `overview/evidence.html`; `areas` are those to tell of by key, with their pages."""
    matrix = evidence_matrix(record)
    strength = matrix.strength_of(areas)
    sections = [section for key in areas if (section := record.tree.find_section(key))]
    return {
        "expired": len(matrix.fitting(MatrixFilter.EXPIRED)),
        "soon": len(matrix.fitting(MatrixFilter.SOON)),
        "gaps": len(matrix.fitting(MatrixFilter.NONE)),
        "areas": [
            {"title": section.node.title, "url": areas[section.key], "strength": strength[section.key]}
            for section in sections
            if section.key in strength
        ],
    }


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def evidence_link_add(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Link an evidence to many indicators of a baseline at once."""
    evidence = evidence_item(request.viewer, uuid)
    if evidence.withdrawn_at is not None:
        require(can_edit_evidence(request.viewer, evidence))
    require(can_upload_evidence(request.viewer))
    baselines = list(assessments_for(request.viewer).filter(status__in=OPEN_ASSESSMENTS))
    wanted = request.POST.get("assessment") or request.GET.get("assessment", "")
    assessment = next((row for row in baselines if str(row.uuid) == wanted), baselines[0] if baselines else None)
    if wanted and (assessment is None or str(assessment.uuid) != wanted):
        raise NotVisible
    form = _link_form(request, evidence, assessment) if assessment else None
    if request.method == "POST" and assessment and form and form.is_valid():
        try:
            made = link_evidence(evidence=evidence, assessment=assessment, actor=request.viewer, **form.cleaned_data)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            text = ngettext("%(count)d answer rests on it now.", "%(count)d more answers rest on it now.", len(made))
            messages.success(request, text % {"count": len(made)})
            return redirect("assessments:evidence-detail", request.viewer.party.slug, evidence.uuid)
    context = {
        "evidence": evidence,
        "assessment": assessment,
        "baselines": baselines,
        "form": form,
        "cancel_url": page_url(request, "evidence-detail", uuid),
        "breadcrumbs": [
            (_("Evidence"), page_url(request, "evidence-list")),
            (evidence.title, page_url(request, "evidence-detail", uuid)),
        ],
    }
    status = UNPROCESSABLE if form and form.errors else 200
    return render(request, "assessments/evidence_link.html", context, status=status)


def _link_form(request: PartyRequest, evidence: Evidence, assessment: Assessment) -> LinkForm:
    tree = framework_tree(assessment.framework_version)
    mine = readable_tree(request.viewer, assessment, tree)
    linked = links_of(request.viewer, evidence).filter(assessment=assessment).values_list("indicator_id", flat=True)
    return LinkForm(
        request.POST if request.method == "POST" else None,
        sections=list(mine.sections),
        linked=frozenset(linked),
    )


@party_page("assesses")
@require_POST
def evidence_link_remove(request: PartyRequest, uuid: UUID, pk: int) -> HttpResponse:
    """Take one link away; back to where it was pressed."""
    evidence = evidence_item(request.viewer, uuid)
    link = evidence_link(request.viewer, evidence, pk)
    unlink_evidence(link=link, actor=request.viewer)
    if is_fragment(request):
        assessment, tree = _assessment(request, link.assessment.uuid)
        return _Block(request, assessment, tree, tree.indicator_of(link.indicator_id)).page()
    messages.success(request, _("The link is taken away; the evidence stays."))
    return redirect("assessments:evidence-detail", request.viewer.party.slug, evidence.uuid)


def _assessment(request: PartyRequest, uuid: UUID) -> tuple[Assessment, FrameworkTree]:
    if not can_read_evidence(request.viewer):
        raise NotVisible
    assessment = assessment_for(request.viewer, uuid)
    return assessment, framework_tree(assessment.framework_version)


def _crumbs(request: PartyRequest, assessment: Assessment) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
    ]
