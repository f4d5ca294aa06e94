"""Portfolios: proposals of who could fund what, made for one coordinator from what that coordinator may see."""

from __future__ import annotations

from uuid import uuid4

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from cooperation.models.rates import RateSet
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party
from wam_portal.jobs.models import Job


class PortfolioRunQuerySet(models.QuerySet["PortfolioRun"]):
    def visible_to(self, viewer: AnyViewer) -> PortfolioRunQuerySet:
        """For the coordinators of the party that it was made for, until it is discarded."""
        kept = self.filter(discarded_at__isnull=True)
        if isinstance(viewer, SystemViewer):
            return kept if viewer.purpose == "matching" else self.none()
        return kept.filter(party=viewer.party) if viewer.has_role(Role.COORDINATOR) else self.none()


class PortfolioRun(models.Model):
    """One portfolio with all that it was made from, so that it can be computed again.

    `policy`, `input` and `result` are values of the engine as its codec writes them; `names` says what people call the
    requests and offers in them. What a run rests on (`grants`, `offers`: UUIDs) decides whether it may still be shown;
    `basis_hash` tells whether the same people would see the same today.
    """

    uuid = models.UUIDField(default=uuid4, unique=True, editable=False)
    party = models.ForeignKey(Party, verbose_name=_("coordinator"), on_delete=models.PROTECT, related_name="portfolios")
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    form_key = models.UUIDField(_("key of the form"), default=uuid4, editable=False)
    name = models.CharField(_("name"), max_length=160)
    policy = models.JSONField(_("policy"))
    policy_version = models.CharField(_("policy version"), max_length=40)
    weights_version = models.CharField(_("weights version"), max_length=40)
    job = models.ForeignKey(
        Job, verbose_name=_("job"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("asked"), auto_now_add=True)
    computed_at = models.DateTimeField(_("worked out"), null=True, blank=True)
    discarded_at = models.DateTimeField(_("discarded"), null=True, blank=True)
    engine_version = models.CharField(_("engine version"), max_length=20, blank=True)
    input_hash = models.CharField(_("input hash"), max_length=64, blank=True)
    basis_hash = models.CharField(_("hash of what it rests on"), max_length=64, blank=True)
    rate_set = models.ForeignKey(
        RateSet, verbose_name=_("rate set"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    as_of = models.DateField(_("as of"), null=True, blank=True)
    grants = models.JSONField(_("grants it rests on"), default=list)
    offers = models.JSONField(_("offers it rests on"), default=list)
    names = models.JSONField(_("names of requests and offers"), default=dict)
    input = models.JSONField(_("input"), null=True, blank=True)
    result = models.JSONField(_("result"), null=True, blank=True)

    objects = PortfolioRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("portfolio")
        verbose_name_plural = _("portfolios")
        ordering = ("-created_at", "-pk")
        constraints = (
            models.UniqueConstraint(
                fields=("party", "form_key"),
                name="portfolio_once_a_form",
                violation_error_message=_("This portfolio was asked for already."),
            ),
            models.CheckConstraint(
                condition=models.Q(computed_at__isnull=True)
                | models.Q(discarded_at__isnull=False)
                | (
                    models.Q(as_of__isnull=False, input__isnull=False, result__isnull=False)
                    & ~models.Q(input_hash="")
                    & ~models.Q(basis_hash="")
                    & ~models.Q(engine_version="")
                ),
                name="portfolio_computed_is_whole",
                violation_error_message=_("A portfolio that was worked out has its input and its result."),
            ),
        )
        indexes = (models.Index(fields=("party", "-created_at"), name="portfolio_party_newest"),)

    def __str__(self) -> str:
        return self.name
