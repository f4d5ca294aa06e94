"""Routes of the international side, below ``/p/<party>/``."""

from __future__ import annotations

from django.urls import URLPattern, path

from cooperation.views import dossiers, granted, matches, offer_import, offers, partners, portfolios

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
    path("offers/<uuid:offer>/edit/", offers.offer_edit, name="offer-edit"),
    path("offers/<uuid:offer>/publish/", offers.offer_publish, name="offer-publish"),
    path("offers/<uuid:offer>/close/", offers.offer_close, name="offer-close"),
    path("offers/<uuid:offer>/confirm/", offers.offer_confirm, name="offer-confirm"),
    path("offers/<uuid:offer>/copy/", offers.offer_copy, name="offer-copy"),
    path("offers/<uuid:offer>/reopen/", offers.offer_reopen, name="offer-reopen"),
    path("offers/<uuid:offer>/run/", offers.offer_run, name="offer-run"),
    path("matches/", matches.match_list, name="match-list"),
    path("matches/<uuid:match>/", matches.match_detail, name="match-detail"),
    path("matches/<uuid:match>/propose/", matches.match_propose, name="match-propose"),
    path("matches/<uuid:match>/accept/", matches.match_accept, name="match-accept"),
    path("matches/<uuid:match>/decline/", matches.match_decline, name="match-decline"),
    path("matches/<uuid:match>/withdraw/", matches.match_withdraw, name="match-withdraw"),
    path("matches/<uuid:match>/partners/", partners.match_partners, name="match-partners"),
    path("partners/", partners.partner_list, name="partner-list"),
    path("partners/profile/", partners.partner_profile, name="partner-profile"),
    path("partners/profile/edit/", partners.partner_edit, name="partner-edit"),
    path("partners/profile/projects/add/", partners.partner_project_add, name="partner-project-add"),
    path(
        "partners/profile/projects/<uuid:project>/remove/",
        partners.partner_project_remove,
        name="partner-project-remove",
    ),
    path("partners/profile/conflicts/add/", partners.partner_conflict_add, name="partner-conflict-add"),
    path(
        "partners/profile/conflicts/<uuid:conflict>/withdraw/",
        partners.partner_conflict_withdraw,
        name="partner-conflict-withdraw",
    ),
    path("partners/<uuid:partner>/", partners.partner_detail, name="partner-detail"),
    path("needs/<uuid:need>/matches-panel/", matches.need_matches_panel, name="need-matches-panel"),
    path("portfolios/", portfolios.portfolio_list, name="portfolio-list"),
    path("portfolios/add/", portfolios.portfolio_add, name="portfolio-add"),
    path("portfolios/compare/", portfolios.portfolio_compare, name="portfolio-compare"),
    path("portfolios/<uuid:portfolio>/", portfolios.portfolio_detail, name="portfolio-detail"),
    path(
        "portfolios/<uuid:portfolio>/progress-panel/",
        portfolios.portfolio_progress_panel,
        name="portfolio-progress-panel",
    ),
    path("portfolios/<uuid:portfolio>/send/", portfolios.portfolio_send, name="portfolio-send"),
    path("portfolios/<uuid:portfolio>/discard/", portfolios.portfolio_discard, name="portfolio-discard"),
    path("dossiers/", dossiers.dossier_list, name="dossier-list"),
    path("dossiers/create/", dossiers.dossier_create, name="dossier-create"),
    path("dossiers/<uuid:dossier>/", dossiers.dossier_detail, name="dossier-detail"),
    path("dossiers/<uuid:dossier>/progress-panel/", dossiers.dossier_progress_panel, name="dossier-progress-panel"),
    path("dossiers/<uuid:dossier>/file/", dossiers.dossier_file, name="dossier-file"),
]
