"""Routes of the platform's own frameworks, below ``/platform/``: for platform administrators, outside every party."""

from __future__ import annotations

from django.urls import URLPattern, path

from assessments.views import platform_frameworks

app_name = "platform"

urlpatterns: list[URLPattern] = [
    path("frameworks/", platform_frameworks.framework_list, name="framework-list"),
    path("frameworks/import/", platform_frameworks.framework_import, name="framework-import"),
    path("frameworks/template/", platform_frameworks.framework_template_file, name="framework-template"),
    path("frameworks/<uuid:uuid>/", platform_frameworks.framework_review, name="framework-review"),
    path("frameworks/<uuid:uuid>/discard/", platform_frameworks.framework_discard, name="framework-discard"),
    path("frameworks/<uuid:uuid>/publish/", platform_frameworks.framework_publish, name="framework-publish"),
]
