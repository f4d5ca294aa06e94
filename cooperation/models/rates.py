"""Dated exchange rates, loaded by a platform administrator."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class RateSet(models.Model):
    """Rates of one day. Never changed once loaded: match runs refer to it."""

    dated = models.DateField(_("rates of"), unique=True)
    source = models.CharField(_("source"), max_length=200)
    loaded_at = models.DateTimeField(_("loaded"), auto_now_add=True)

    class Meta:
        verbose_name = _("rate set")
        verbose_name_plural = _("rate sets")
        ordering = ("-dated",)

    def __str__(self) -> str:
        return f"{self.dated}"


class Rate(models.Model):
    """What one unit of `currency` is worth in US dollars, as an exact decimal."""

    rate_set = models.ForeignKey(RateSet, verbose_name=_("rate set"), on_delete=models.PROTECT, related_name="rates")
    currency = models.CharField(_("currency"), max_length=3)
    usd_per_unit = models.DecimalField(_("US dollars per unit"), max_digits=18, decimal_places=9)

    class Meta:
        verbose_name = _("rate")
        verbose_name_plural = _("rates")
        constraints = (
            models.UniqueConstraint(fields=("rate_set", "currency"), name="rate_currency_once"),
            models.CheckConstraint(condition=models.Q(usd_per_unit__gt=0), name="rate_above_zero"),
        )

    def __str__(self) -> str:
        return self.currency
