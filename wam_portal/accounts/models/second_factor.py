"""What a second factor has to remember beside the secret that django-allauth stores."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wam_portal.accounts.models.user import User


class LastCode(models.Model):
    """The time step of the last code that a person's authenticator app gave and we took: none is taken twice."""

    user = models.OneToOneField(User, verbose_name=_("person"), on_delete=models.CASCADE, related_name="last_code")
    step = models.PositiveBigIntegerField(_("time step"), default=0)

    class Meta:
        verbose_name = _("last code")
        verbose_name_plural = _("last codes")

    def __str__(self) -> str:
        return f"{self.user} {self.step}"
