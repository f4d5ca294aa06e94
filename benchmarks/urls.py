"""The portal's routes and, beside them, what they are measured against."""

from django.urls import include, path

from benchmarks import floors

urlpatterns = [
    path("bench/bare/", floors.bare),
    path("bench/commit/", floors.commit),
    path("bench/prepared/<slug:party>/<uuid:uuid>/<slug:key>/", floors.prepared),
    path("bench/rows/<slug:party>/<uuid:uuid>/<slug:key>/", floors.rows),
    path("", include("wam_portal.urls")),
]
