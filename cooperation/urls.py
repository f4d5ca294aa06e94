"""Routes of the international side, below ``/p/<party>/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from cooperation.views import dossiers

app_name = "cooperation"

urlpatterns: list[URLPattern] = [
    path("dossiers/", dossiers.dossier_list, name="dossier-list"),
    path("dossiers/create/", dossiers.dossier_create, name="dossier-create"),
    path("dossiers/<uuid:dossier>/", dossiers.dossier_detail, name="dossier-detail"),
    path("dossiers/<uuid:dossier>/progress-panel/", dossiers.dossier_progress_panel, name="dossier-progress-panel"),
    path("dossiers/<uuid:dossier>/file/", dossiers.dossier_file, name="dossier-file"),
]
