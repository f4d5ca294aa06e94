"""Rows of what a baseline asks now: those that an upgrade of the framework left behind are read on purpose only."""

from __future__ import annotations

from typing import TypeVar

from django.db import models

Row_co = TypeVar("Row_co", bound=models.Model, covariant=True)


class CurrentManager(models.Manager[Row_co]):
    """A manager that does not see what was left behind; a model's base manager still does."""

    def get_queryset(self) -> models.QuerySet[Row_co]:
        """Without the rows left behind."""
        return super().get_queryset().filter(left_behind_at__isnull=True)
