"""Routes of consultations and of those who are invited in them, below ``/p/<party>/``."""

from __future__ import annotations

from typing import Final

from django.urls import URLPattern, path

from assessments.views import consultation_summaries, consultations, contributors

_BASELINE = "assessments/<uuid:uuid>/consultations/"
_ROUND = "consultations/<uuid:uuid>/"
_SUMMARY = _ROUND + "summaries/<uuid:summary>/"

consultation_patterns: Final[list[URLPattern]] = [
    path(_BASELINE, consultations.consultation_list, name="consultation-list"),
    path(_BASELINE + "begin/", consultations.consultation_add, name="consultation-add"),
    path(_ROUND, consultations.consultation_detail, name="consultation-detail"),
    path(_ROUND + "edit/", consultations.consultation_edit, name="consultation-edit"),
    path(_ROUND + "status/", consultations.consultation_status, name="consultation-status"),
    path(_ROUND + "delete/", consultations.consultation_delete, name="consultation-delete"),
    path(_ROUND + "summaries/add/", consultation_summaries.summary_add, name="summary-add"),
    path(_SUMMARY + "edit/", consultation_summaries.summary_edit, name="summary-edit"),
    path(_SUMMARY + "delete/", consultation_summaries.summary_delete, name="summary-delete"),
    path(_ROUND + "contributors/invite/", contributors.contributor_invite, name="contributor-invite"),
    path(
        _ROUND + "contributors/<int:contributor>/", contributors.contributor_invitation, name="contributor-invitation"
    ),
]
