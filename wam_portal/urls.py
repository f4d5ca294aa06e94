"""Every route of the portal. The acting party is part of the address (``/p/<party>/``), never only of the session."""

from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.i18n import set_language

from wam_portal import views
from wam_portal.health import healthz

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", healthz, name="healthz"),
    path("i18n/setlang/", login_not_required(set_language), name="set_language"),
    path("accounts/", include("wam_portal.accounts.sign_in_urls")),
    path("p/<slug:party>/", views.work_list, name="work-list"),
    path("p/<slug:party>/log/", views.audit_log, name="audit-log"),
    path("p/<slug:party>/members/", include("wam_portal.accounts.member_urls")),
    path("p/<slug:party>/jobs/<uuid:job>/panel/", views.job_panel, name="job-panel"),
    path("p/<slug:party>/", include("assessments.urls")),
    path("p/<slug:party>/", include("cooperation.urls")),
    path("platform/", include("assessments.platform_urls")),
    path("api/v1/", include("wam_portal.api_urls")),
]
