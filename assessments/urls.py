"""Routes of the national side, below ``/p/<party>/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from assessments.views import (
    answers,
    assessments,
    assignments,
    cycles,
    documents,
    endorsement,
    frameworks,
    gaps,
    needs,
    profile,
    ratings,
    releases,
    requests,
    returns,
    scope,
    workflow,
    working_copies,
)

app_name = "assessments"

_ASSESSMENT = "assessments/<uuid:uuid>/"
_COPY = _ASSESSMENT + "working-copy/"
_DOCUMENT = "documents/<uuid:uuid>/"
_GAP = "gaps/<uuid:uuid>/"
_REQUEST = "requests/<uuid:uuid>/"

urlpatterns: list[URLPattern] = [
    path("assessments/", assessments.assessment_list, name="assessment-list"),
    path("assessments/start/", assessments.assessment_start, name="assessment-start"),
    path(_ASSESSMENT, assessments.assessment_detail, name="assessment-detail"),
    path(_ASSESSMENT + "profile/", profile.assessment_profile_page, name="assessment-profile"),
    path(_ASSESSMENT + "compare/", cycles.assessment_compare, name="assessment-compare"),
    path(_ASSESSMENT + "scope/", scope.assessment_scope, name="assessment-scope"),
    path(_ASSESSMENT + "scope/put-back/", scope.scope_put_back, name="scope-put-back"),
    path(_ASSESSMENT + "not-carried-over/", scope.left_behind_list, name="left-behind"),
    path(_ASSESSMENT + "upgrade/<uuid:version>/", scope.assessment_upgrade, name="assessment-upgrade"),
    path(_ASSESSMENT + "edit/", assessments.assessment_edit, name="assessment-edit"),
    path(_ASSESSMENT + "consult/", workflow.assessment_consult, name="assessment-consult"),
    path(_ASSESSMENT + "resume/", workflow.assessment_resume, name="assessment-resume"),
    path(_ASSESSMENT + "submit/", workflow.assessment_submit, name="assessment-submit"),
    path(_ASSESSMENT + "return/", workflow.assessment_return, name="assessment-return"),
    path(_ASSESSMENT + "endorse/", workflow.assessment_endorse, name="assessment-endorse"),
    path(_ASSESSMENT + "reopen/", workflow.assessment_reopen, name="assessment-reopen"),
    path(_ASSESSMENT + "versions/", endorsement.version_list, name="version-list"),
    path(_ASSESSMENT + "versions/<int:number>/", endorsement.version_detail, name="version-detail"),
    path(_ASSESSMENT + "versions/<int:number>/changes/", endorsement.version_changes, name="version-changes"),
    path("settings/endorsement/", endorsement.endorsement_policy, name="endorsement-policy"),
    path(_ASSESSMENT + "assignments/", assignments.assignment_list, name="assignment-list"),
    path(_ASSESSMENT + "assignments/<int:pk>/edit/", assignments.assignment_edit, name="assignment-edit"),
    path(_ASSESSMENT + "assignments/<int:pk>/remove/", assignments.assignment_remove, name="assignment-remove"),
    path(_ASSESSMENT + "sections/<slug:key>/", answers.section_sheet, name="section-sheet"),
    path(_ASSESSMENT + "sections/<slug:key>/progress-panel/", answers.section_progress_panel, name="section-progress"),
    path(_ASSESSMENT + "answers/<slug:key>/", answers.answer_edit, name="answer-edit"),
    path(_ASSESSMENT + "answers/<slug:key>/address/", returns.return_address, name="return-address"),
    path(_ASSESSMENT + "my-ratings/", ratings.rating_sheet, name="rating-sheet"),
    path(_ASSESSMENT + "my-ratings/<slug:key>/", ratings.rating_edit, name="rating-edit"),
    path(_COPY, working_copies.working_copy, name="working-copy"),
    path(_COPY + "workbook/", working_copies.working_copy_workbook, name="working-copy-workbook"),
    path(_COPY + "csv/", working_copies.answers_csv_file, name="answers-csv"),
    path(_COPY + "json/", working_copies.answers_json_file, name="answers-json"),
    path(_COPY + "upload/", working_copies.working_copy_upload, name="working-copy-upload"),
    path(_COPY + "uploads/<uuid:upload>/", working_copies.working_copy_review, name="working-copy-review"),
    path(_COPY + "uploads/<uuid:upload>/discard/", working_copies.working_copy_discard, name="working-copy-discard"),
    path(_ASSESSMENT + "gaps/", gaps.gap_list, name="gap-list"),
    path(_ASSESSMENT + "gaps/draft-request/", requests.request_draft, name="request-draft"),
    path(_ASSESSMENT + "reports/", documents.report_list, name="report-list"),
    path(_DOCUMENT, documents.document_detail, name="document-detail"),
    path(_DOCUMENT + "progress-panel/", documents.document_progress_panel, name="document-progress-panel"),
    path(_DOCUMENT + "file/", documents.document_file, name="document-file"),
    path(_GAP, gaps.gap_detail, name="gap-detail"),
    path(_GAP + "confirm/", gaps.gap_confirm, name="gap-confirm"),
    path(_GAP + "dismiss/", gaps.gap_dismiss, name="gap-dismiss"),
    path(_GAP + "reopen/", gaps.gap_reopen, name="gap-reopen"),
    path(_GAP + "root-cause/", gaps.gap_describe, name="gap-describe"),
    path("compare/", cycles.baseline_compare, name="baseline-compare"),
    path("frameworks/", frameworks.framework_list, name="framework-list"),
    path("frameworks/<uuid:uuid>/", frameworks.framework_detail, name="framework-detail"),
    path("frameworks/<uuid:uuid>/changes/", frameworks.framework_changes, name="framework-changes"),
    path("requests/", requests.request_list, name="request-list"),
    path(_REQUEST, requests.request_detail, name="request-detail"),
    path(_REQUEST + "edit/", requests.request_edit, name="request-edit"),
    path(_REQUEST + "preview/", releases.request_preview, name="request-preview"),
    path(_REQUEST + "endorse/", requests.request_endorse, name="request-endorse"),
    path(_REQUEST + "reopen/", requests.request_reopen, name="request-reopen"),
    path(_REQUEST + "withdraw/", requests.request_withdraw, name="request-withdraw"),
    path(_REQUEST + "release/", releases.request_release, name="request-release"),
    path(_REQUEST + "needs/add/", needs.need_add, name="need-add"),
    path(_REQUEST + "needs/<uuid:need>/edit/", needs.need_edit, name="need-edit"),
    path(_REQUEST + "needs/<uuid:need>/delete/", needs.need_delete, name="need-delete"),
    path(_REQUEST + "grants/<uuid:grant>/revoke/", releases.grant_revoke, name="grant-revoke"),
]
