"""Routes of the national side, below ``/p/<party>/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from assessments.views import answers, assessments, assignments

app_name = "assessments"

_ASSESSMENT = "assessments/<uuid:uuid>/"

urlpatterns: list[URLPattern] = [
    path("assessments/", assessments.assessment_list, name="assessment-list"),
    path("assessments/start/", assessments.assessment_start, name="assessment-start"),
    path(_ASSESSMENT, assessments.assessment_detail, name="assessment-detail"),
    path(_ASSESSMENT + "edit/", assessments.assessment_edit, name="assessment-edit"),
    path(_ASSESSMENT + "submit/", assessments.assessment_submit, name="assessment-submit"),
    path(_ASSESSMENT + "return/", assessments.assessment_return, name="assessment-return"),
    path(_ASSESSMENT + "endorse/", assessments.assessment_endorse, name="assessment-endorse"),
    path(_ASSESSMENT + "reopen/", assessments.assessment_reopen, name="assessment-reopen"),
    path(_ASSESSMENT + "assignments/", assignments.assignment_add, name="assignment-add"),
    path(_ASSESSMENT + "assignments/<int:pk>/remove/", assignments.assignment_remove, name="assignment-remove"),
    path(_ASSESSMENT + "sections/<slug:key>/", answers.section_sheet, name="section-sheet"),
    path(_ASSESSMENT + "sections/<slug:key>/progress-panel/", answers.section_progress_panel, name="section-progress"),
    path(_ASSESSMENT + "answers/<slug:key>/", answers.answer_edit, name="answer-edit"),
]
