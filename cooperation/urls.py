"""Routes of the international side, below ``/p/<party>/``."""

from __future__ import annotations

from django.urls import URLPattern

app_name = "cooperation"

urlpatterns: list[URLPattern] = []
