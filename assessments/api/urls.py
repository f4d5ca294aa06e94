"""Routes of the national side, below ``/api/v1/p/<party>/``."""

from django.urls import path

from assessments.api.frameworks import FrameworkDetail, FrameworkList

urlpatterns = [
    path("frameworks/", FrameworkList.as_view(), name="framework-list"),
    path("frameworks/<uuid:uuid>/", FrameworkDetail.as_view(), name="framework-detail"),
]
