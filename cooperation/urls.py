"""Routes of the international side, below ``/p/<party>/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from cooperation.views import (
    assistance,
    comparisons,
    dossiers,
    granted,
    match_reviews,
    matches,
    offer_import,
    offers,
    overlaps,
)

app_name = "cooperation"

urlpatterns: list[URLPattern] = [
    path("granted/", granted.granted_list, name="granted-list"),
    path("granted/<uuid:grant>/", granted.granted_detail, name="granted-detail"),
    path("offers/", offers.offer_list, name="offer-list"),
    path("offers/add/", offers.offer_add, name="offer-add"),
    path("offers/import/", offer_import.offer_import, name="offer-import"),
    path("offers/import/workbook/", offer_import.offer_import_workbook, name="offer-import-workbook"),
    path("offers/import/apply/", offer_import.offer_import_apply, name="offer-import-apply"),
    path("offers/import/discard/", offer_import.offer_import_discard, name="offer-import-discard"),
    path("offers/demand-panel/", offers.offer_demand_panel, name="offer-demand-panel"),
    path("offers/<uuid:offer>/", offers.offer_detail, name="offer-detail"),
    path("offers/<uuid:offer>/compare/", comparisons.offer_compare, name="offer-compare"),
    path("offers/<uuid:offer>/compare/workbook/", comparisons.offer_compare_workbook, name="offer-compare-workbook"),
    path("offers/<uuid:offer>/edit/", offers.offer_edit, name="offer-edit"),
    path("offers/<uuid:offer>/publish/", offers.offer_publish, name="offer-publish"),
    path("offers/<uuid:offer>/close/", offers.offer_close, name="offer-close"),
    path("offers/<uuid:offer>/confirm/", offers.offer_confirm, name="offer-confirm"),
    path("offers/<uuid:offer>/copy/", offers.offer_copy, name="offer-copy"),
    path("offers/<uuid:offer>/reopen/", offers.offer_reopen, name="offer-reopen"),
    path("offers/<uuid:offer>/run/", offers.offer_run, name="offer-run"),
    path("assistance/", assistance.activity_list, name="activity-list"),
    path("assistance/add/", assistance.activity_add, name="activity-add"),
    path("assistance/<uuid:activity>/", assistance.activity_detail, name="activity-detail"),
    path("assistance/<uuid:activity>/edit/", assistance.activity_edit, name="activity-edit"),
    path("assistance/<uuid:activity>/remove/", assistance.activity_remove, name="activity-remove"),
    path("overlaps/", overlaps.overlap_list, name="overlap-list"),
    path("matches/", matches.match_list, name="match-list"),
    path("matches/<uuid:match>/", matches.match_detail, name="match-detail"),
    path("matches/<uuid:match>/propose/", matches.match_propose, name="match-propose"),
    path("matches/<uuid:match>/accept/", matches.match_accept, name="match-accept"),
    path("matches/<uuid:match>/decline/", matches.match_decline, name="match-decline"),
    path("matches/<uuid:match>/withdraw/", matches.match_withdraw, name="match-withdraw"),
    path("matches/<uuid:match>/interests/", match_reviews.match_declare, name="match-declare"),
    path("matches/<uuid:match>/mark/", match_reviews.match_mark, name="match-mark"),
    path("matches/<uuid:match>/messages/", match_reviews.match_messages, name="match-messages"),
    path("matches/<uuid:match>/messages/read/", match_reviews.match_messages_read, name="match-messages-read"),
    path("needs/<uuid:need>/compare/", comparisons.need_compare, name="need-compare"),
    path("needs/<uuid:need>/compare/workbook/", comparisons.need_compare_workbook, name="need-compare-workbook"),
    path("needs/<uuid:need>/matches-panel/", matches.need_matches_panel, name="need-matches-panel"),
    path("dossiers/", dossiers.dossier_list, name="dossier-list"),
    path("dossiers/create/", dossiers.dossier_create, name="dossier-create"),
    path("dossiers/<uuid:dossier>/", dossiers.dossier_detail, name="dossier-detail"),
    path("dossiers/<uuid:dossier>/progress-panel/", dossiers.dossier_progress_panel, name="dossier-progress-panel"),
    path("dossiers/<uuid:dossier>/file/", dossiers.dossier_file, name="dossier-file"),
]
