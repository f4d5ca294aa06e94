"""Taking the answers of a baseline out as files, and bringing a filled working copy back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from assessments.forms.answers import FieldPair, compared_contents
from assessments.forms.working_copies import WorkingCopyForm, posted_decisions
from assessments.frameworks.tree import FrameworkTree, SectionView
from assessments.models import Assessment, WorkingCopyUpload
from assessments.permissions import can_export_record, can_fill_working_copy, can_take_working_copy, not_assigned
from assessments.reports.answers_export import answers_csv, answers_json
from assessments.reports.working_copy import working_copy_plan
from assessments.selectors.assessments import assessment_for
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.working_copies import sections_to_copy, upload_for, upload_of, working_rows
from assessments.services.working_copies import (
    decide_rows,
    discard_upload,
    plain_decisions,
    record_export,
    upload_working_copy,
)
from assessments.services.working_copy_reading import CellProblem
from assessments.services.working_copy_rows import OpenRow, Standing, open_rows
from assessments.views.pages import UNPROCESSABLE, base_version, page_url
from wam_portal.access import Viewer, require
from wam_portal.csv_files import CONTENT_TYPE as CSV_TYPE
from wam_portal.downloads import download
from wam_portal.errors import Conflict, Invalid, NotVisible
from wam_portal.forms import add_errors
from wam_portal.party_pages import PartyRequest, party_page
from wam_portal.spreadsheets import write_workbook
from wam_portal.workbooks import CONTENT_TYPE as WORKBOOK_TYPE

PAGE_LENGTH = 40
PROBLEMS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class RowCard:
    """A row of an upload as the page shows it: its fields that differ, stored and filled in."""

    row: OpenRow
    fields: list[FieldPair]
    viewer: Viewer

    @property
    def seen(self) -> int:
        """The stored version that the person has before them."""
        return self.row.current.version if self.row.current else 0

    @property
    def is_conflict(self) -> bool:
        """Whether somebody, also the viewer, saved since the copy was made."""
        return self.row.standing is Standing.CONFLICT

    @property
    def is_own(self) -> bool:
        """Whether it was the viewer who saved what is stored."""
        return self.row.current is not None and self.row.current.updated_by_id == self.viewer.user.pk

    @property
    def is_closed(self) -> bool:
        """Whether the row cannot be taken any more."""
        return self.row.standing is Standing.CLOSED


@party_page("assesses")
@require_safe
def working_copy(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """What can be taken out of a baseline, and how a filled working copy comes back."""
    assessment = assessment_for(request.viewer, uuid)
    return _page(request, assessment, WorkingCopyForm())


@party_page("assesses")
@require_safe
def working_copy_workbook(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """The Excel working copy of all sections that the viewer reads, or of the one named."""
    assessment, tree = _baseline(request, uuid)
    require(can_take_working_copy(request.viewer, assessment))
    sections = _sections(request, assessment, tree)
    section = sections[0].key if request.GET.get("section") else ""
    rows = working_rows(request.viewer, assessment, sections)
    plan = working_copy_plan(assessment, tree, rows, section=section, made_at=timezone.now())
    content = write_workbook(plan)
    record_export(assessment=assessment, form="xlsx", section=section, count=len(rows), actor=request.viewer)
    name = "-".join(filter(None, [_file_stem(request, assessment), section]))
    return download(content, filename=f"{name}.xlsx", content_type=WORKBOOK_TYPE)


@party_page("assesses")
@require_safe
def answers_csv_file(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """All answers as CSV."""
    assessment, tree = _baseline(request, uuid)
    require(can_export_record(request.viewer, assessment))
    rows = working_rows(request.viewer, assessment, tree.sections)
    record_export(assessment=assessment, form="csv", section="", count=len(rows), actor=request.viewer)
    filename = f"{_file_stem(request, assessment)}.csv"
    return download(answers_csv(rows), filename=filename, content_type=CSV_TYPE)


@party_page("assesses")
@require_safe
def answers_json_file(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """All answers as JSON."""
    assessment, tree = _baseline(request, uuid)
    require(can_export_record(request.viewer, assessment))
    rows = working_rows(request.viewer, assessment, tree.sections)
    record_export(assessment=assessment, form="json", section="", count=len(rows), actor=request.viewer)
    content = answers_json(assessment, tree, rows, made_at=timezone.now())
    return download(content, filename=f"{_file_stem(request, assessment)}.json", content_type="application/json")


@party_page("assesses")
@require_POST
def working_copy_upload(request: PartyRequest, uuid: UUID) -> HttpResponse:
    """Read a filled working copy and show what it would change."""
    assessment = assessment_for(request.viewer, uuid)
    require(can_fill_working_copy(request.viewer, assessment))
    form = WorkingCopyForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            content = form.cleaned_data["file"].read()
            upload = upload_working_copy(assessment=assessment, content=content, actor=request.viewer)
        except Invalid as invalid:
            add_errors(form, invalid)
        else:
            return redirect(page_url(request, "working-copy-review", assessment.uuid, upload.uuid))
    return _page(request, assessment, form, status=UNPROCESSABLE)


@party_page("assesses")
@require_http_methods(["GET", "HEAD", "POST"])
def working_copy_review(request: PartyRequest, uuid: UUID, upload: UUID) -> HttpResponse:
    """What a filled working copy would change, row by row; deciding on the rows of the page, or on all plain ones."""
    assessment = assessment_for(request.viewer, uuid)
    found = upload_for(request.viewer, assessment, upload)
    if request.method == "POST":
        return _decide(request, found)
    rows = open_rows(found, request.viewer)
    page = Paginator(rows, PAGE_LENGTH).get_page(request.GET.get("page"))
    context = {
        "assessment": assessment,
        "upload": found,
        "cells": [CellProblem.from_json(problem) for problem in found.problems[:PROBLEMS_SHOWN]],
        "page_obj": page,
        "cards": [RowCard(row, _fields(row), request.viewer) for row in page],
        "counts": {kind.value: sum(row.standing is kind for row in rows) for kind in Standing},
        "plain_count": len(plain_decisions(rows)),
        "fill_decision": can_fill_working_copy(request.viewer, assessment),
        "back_url": page_url(request, "working-copy", assessment.uuid),
        "discard_url": page_url(request, "working-copy-discard", assessment.uuid, found.uuid),
        "breadcrumbs": _crumbs(request, assessment, (_("Working copy"), page_url(request, "working-copy", uuid))),
    }
    return render(request, "assessments/working_copy_review.html", context)


@party_page("assesses")
@require_POST
def working_copy_discard(request: PartyRequest, uuid: UUID, upload: UUID) -> HttpResponse:
    """Throw the rows away that wait for a decision."""
    assessment = assessment_for(request.viewer, uuid)
    discard_upload(upload=upload_for(request.viewer, assessment, upload), actor=request.viewer)
    messages.success(request, _("The uploaded working copy is thrown away. No answer was changed by that."))
    return redirect(page_url(request, "working-copy", assessment.uuid))


def _decide(request: PartyRequest, upload: WorkingCopyUpload) -> HttpResponse:
    require(can_fill_working_copy(request.viewer, upload.assessment))
    before = upload.saved
    rows = open_rows(upload, request.viewer)
    decisions = plain_decisions(rows) if "all" in request.POST else posted_decisions(request.POST, rows)
    place = redirect(page_url(request, "working-copy-review", upload.assessment.uuid, upload.uuid))
    try:
        upload = decide_rows(
            upload=upload, base_version=base_version(request), decisions=decisions, actor=request.viewer
        )
    except Conflict:
        messages.info(request, _("These rows were decided already. This is how it stands now."))
        return place
    saved = upload.saved - before
    messages.success(request, ngettext("%(count)d answer saved.", "%(count)d answers saved.", saved) % {"count": saved})
    return place


def _page(request: PartyRequest, assessment: Assessment, form: WorkingCopyForm, *, status: int = 200) -> HttpResponse:
    tree = framework_tree(assessment.framework_version)
    sections = sections_to_copy(request.viewer, assessment, tree)
    workbook = page_url(request, "working-copy-workbook", assessment.uuid)
    waiting = upload_of(request.viewer, assessment)
    context: dict[str, Any] = {
        "assessment": assessment,
        "form": form,
        "sections": [
            {
                "title": section.node.title,
                "code": section.node.code,
                "count": len(section.indicators),
                "url": f"{workbook}?section={section.key}",
            }
            for section in sections
        ],
        "whole": sum(len(section.indicators) for section in sections) == tree.indicator_count,
        "count": sum(len(section.indicators) for section in sections),
        "workbook_url": workbook,
        "csv_url": page_url(request, "answers-csv", assessment.uuid),
        "json_url": page_url(request, "answers-json", assessment.uuid),
        "upload_url": page_url(request, "working-copy-upload", assessment.uuid),
        "waiting": waiting if waiting and waiting.rows else None,
        "take_decision": can_take_working_copy(request.viewer, assessment),
        "fill_decision": can_fill_working_copy(request.viewer, assessment),
        "export_decision": can_export_record(request.viewer, assessment),
        "breadcrumbs": _crumbs(request, assessment),
    }
    if context["waiting"]:
        context["waiting_url"] = page_url(request, "working-copy-review", assessment.uuid, context["waiting"].uuid)
    return render(request, "assessments/working_copy.html", context, status=status)


def _baseline(request: PartyRequest, uuid: UUID) -> tuple[Assessment, FrameworkTree]:
    assessment = assessment_for(request.viewer, uuid)
    return assessment, framework_tree(assessment.framework_version)


def _sections(request: PartyRequest, assessment: Assessment, tree: FrameworkTree) -> tuple[SectionView, ...]:
    """The sections asked for. Raises `NotVisible` for a key that the framework does not have, `Refused`."""
    readable = sections_to_copy(request.viewer, assessment, tree)
    key = request.GET.get("section", "")
    if key and tree.find_section(key) is None:
        raise NotVisible
    chosen = tuple(section for section in readable if key in {"", section.key})
    if not chosen:
        require(not_assigned())
    return chosen


def _fields(row: OpenRow) -> list[FieldPair]:
    """The fields that differ; of a new answer those that say something."""
    pairs = compared_contents(row.stored, row.filled.content, row.indicator)
    return [pair for pair in pairs if not pair.same and (row.stored or pair.mine)]


def _file_stem(request: PartyRequest, assessment: Assessment) -> str:
    cycle = slugify(assessment.cycle) or assessment.started_on.year
    return f"{request.viewer.party.slug}-{cycle}-{assessment.uuid.hex[:8]}"


def _crumbs(request: PartyRequest, assessment: Assessment, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Baselines"), page_url(request, "assessment-list")),
        (assessment.title, page_url(request, "assessment-detail", assessment.uuid)),
        *more,
    ]
