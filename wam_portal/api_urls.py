"""Routes of the API, below ``/api/v1/``. Additive: a change that breaks a caller needs a new number."""

from django.urls import include, path

app_name = "api"

urlpatterns = [
    path("p/<slug:party>/", include("assessments.api.urls")),
    path("p/<slug:party>/", include("cooperation.api.urls")),
]
