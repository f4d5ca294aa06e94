"""Rows from a workbook: taken along, sent back, looked at, and taken over as the person decides."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from cooperation.enums import UploadKind
from cooperation.forms.workbook_rows import SHEETS, RowReader, WorkbookForm
from cooperation.models import WorkbookUpload
from cooperation.selectors.workbook_uploads import waiting_upload
from cooperation.services.workbook_uploads import (
    ImportResult,
    discard_upload,
    keep_upload,
    record_download,
    take_over,
)
from wam_portal.access import Decision, Viewer, require
from wam_portal.downloads import download
from wam_portal.errors import Conflict
from wam_portal.party_pages import PartyRequest
from wam_portal.spreadsheets import WorkbookPlan, write_workbook
from wam_portal.workbooks import CONTENT_TYPE, UnreadableWorkbook, read_workbook

UNPROCESSABLE = 422
MOST_PROBLEMS = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportPages:
    """The pages of one kind. `route` begins their names; `list_route` is where one ends up.

    `workbook` answers the plan and how many rows it holds; `done` says what was taken over, `kept` that nothing was.
    """

    kind: UploadKind
    route: str
    list_route: str
    template: str
    allowed: Callable[[Viewer], Decision]
    reader: Callable[[Viewer], RowReader]
    labels: Callable[[], dict[str, Any]]
    workbook: Callable[[Viewer], tuple[WorkbookPlan, int]]
    done: Callable[[ImportResult], str]
    kept: Callable[[], str]
    title: Callable[[], str]
    file_name: str
    at_once: Callable[[Any], str] = lambda stored: ""
    """What to know before a change of this object is taken over, or nothing."""

    def start(self, request: PartyRequest) -> HttpResponse:
        """What to take along, where to send it, and what the workbook sent last would change."""
        require(self.allowed(request.viewer))
        if request.method != "POST":
            return self._page(request, WorkbookForm())
        form = WorkbookForm(request.POST, request.FILES)
        if not form.is_valid():
            return self._page(request, form, status=UNPROCESSABLE)
        try:
            book = read_workbook(form.cleaned_data["file"].read(), sheets=SHEETS)
        except UnreadableWorkbook as unreadable:
            form.add_error("file", unreadable.message)
            return self._page(request, form, status=UNPROCESSABLE)
        reading = self.reader(request.viewer).read(book)
        if reading.problems and not reading.problems[0]["row"]:
            form.add_error("file", reading.problems[0]["message"])
            return self._page(request, form, status=UNPROCESSABLE)
        keep_upload(
            kind=self.kind,
            rows=reading.rows,
            problems=reading.problems,
            unchanged=reading.unchanged,
            actor=request.viewer,
        )
        return redirect(self._url(request.viewer) + "#review")

    def take_along(self, request: PartyRequest) -> HttpResponse:
        """The workbook with what is one's own, to fill in."""
        require(self.allowed(request.viewer))
        plan, count = self.workbook(request.viewer)
        content = write_workbook(plan)
        record_download(kind=self.kind, count=count, actor=request.viewer)
        name = f"{request.viewer.party.slug}-{self.file_name}.xlsx"
        return download(content, filename=name, content_type=CONTENT_TYPE)

    def apply(self, request: PartyRequest) -> HttpResponse:
        """Take over the rows that are ticked."""
        viewer = request.viewer
        require(self.allowed(viewer))
        upload = waiting_upload(viewer, self.kind)
        if upload is None:
            messages.warning(request, _("No workbook waits for your decision."))
            return redirect(self._url(viewer))
        chosen = {int(text) for text in request.POST.getlist("row") if text.isascii() and text.isdigit()}
        rows = self.reader(viewer).chosen_rows(upload, chosen)
        version = request.POST.get("base_version", "")
        try:
            base_version = int(version) if version.isascii() and version.isdigit() else 0
            result = take_over(upload=upload, base_version=base_version, rows=rows, actor=viewer)
        except Conflict as conflict:
            messages.warning(request, conflict.message)
            return redirect(self._url(viewer))
        messages.success(request, self.done(result))
        for number, message in result.problems:
            messages.warning(request, _("Row %(row)d: %(message)s") % {"row": number, "message": message})
        return redirect(f"cooperation:{self.list_route}", viewer.party.slug)

    def discard(self, request: PartyRequest) -> HttpResponse:
        """Throw the workbook that waits away."""
        require(self.allowed(request.viewer))
        upload = waiting_upload(request.viewer, self.kind)
        if upload is not None:
            discard_upload(upload=upload, actor=request.viewer)
            messages.success(request, self.kept())
        return redirect(self._url(request.viewer))

    def _page(self, request: PartyRequest, form: WorkbookForm, *, status: int = 200) -> HttpResponse:
        viewer = request.viewer
        upload = waiting_upload(viewer, self.kind)
        list_url = reverse(f"cooperation:{self.list_route}", args=[viewer.party.slug])
        context: dict[str, Any] = {
            "form": form,
            "upload": upload,
            "workbook_url": self._url(viewer, "-workbook"),
            "apply_url": self._url(viewer, "-apply"),
            "discard_url": self._url(viewer, "-discard"),
            "breadcrumbs": [(self.title(), list_url), (_("From Excel"), "")],
        }
        if upload is not None:
            rows, names = self._rows(viewer, upload), self.labels()
            context |= {
                "rows": rows,
                "created": sum(row["new"] for row in rows),
                "updated": sum(not row["new"] for row in rows),
                "faults": [
                    {**problem, "column": str(names.get(problem.get("name", ""), ""))}
                    for problem in upload.problems[:MOST_PROBLEMS]
                ],
            }
        return render(request, self.template, context, status=status)

    def _rows(self, viewer: Viewer, upload: WorkbookUpload) -> list[dict[str, Any]]:
        names = self.labels()
        reader = self.reader(viewer) if any(row["stored"] for row in upload.rows) else None
        rows = []
        for row in upload.rows:
            stored = reader.stored.get(UUID(row["stored"])) if reader and row["stored"] else None
            changes = reader.changes(row["data"], stored) if reader and stored else []
            rows.append(
                {
                    "number": row["row"],
                    "title": row["data"]["title"],
                    "new": not row["stored"],
                    "changes": [{"label": str(names[name]), "old": old, "new": new} for name, old, new in changes],
                    "at_once": self.at_once(stored) if stored else "",
                }
            )
        return rows

    def _url(self, viewer: Viewer, more: str = "") -> str:
        return reverse(f"cooperation:{self.route}{more}", args=[viewer.party.slug])
