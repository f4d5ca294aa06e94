"""Routes with an admin site: what production must never have."""

from django.http import HttpRequest, HttpResponse
from django.urls import include, path


def page(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


urlpatterns = [path("admin/", include(([path("", page, name="index")], "admin"), namespace="admin"))]
