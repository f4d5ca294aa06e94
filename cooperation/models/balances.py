"""How much of a need is agreed, over all offers: the need's side of every acceptance."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.models import Party


class NeedBalanceQuerySet(models.QuerySet["NeedBalance"]):
    def visible_to(self, viewer: AnyViewer) -> NeedBalanceQuerySet:
        """Nobody reads it: a donor would learn what others give. The State reads its matches."""
        return self if isinstance(viewer, SystemViewer) and viewer.purpose == "matching" else self.none()


class NeedBalance(models.Model):
    """One row a need for which money was ever agreed, in the currency of its request. Swapped, never read then written.

    The need is named by UUID: this side knows a State only through its releases. `sought_minor` is what the release
    behind the last acceptance asks for.
    """

    need_uuid = models.UUIDField(_("need"), unique=True)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="+")
    currency = models.CharField(_("currency"), max_length=3)
    sought_minor = models.PositiveBigIntegerField(_("amount sought"))
    committed_minor = models.PositiveBigIntegerField(_("committed"), default=0)

    objects = NeedBalanceQuerySet.as_manager()

    class Meta:
        verbose_name = _("balance of a need")
        verbose_name_plural = _("balances of needs")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(committed_minor__lte=models.F("sought_minor")),
                name="need_not_overcommitted",
                violation_error_message=_("More would be agreed than the need asks for."),
            ),
        )

    def __str__(self) -> str:
        return str(self.need_uuid)
