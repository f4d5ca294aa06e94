"""Matches of one need with one offer, the runs that suggested them, and what both sides did."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments import public
from cooperation.enums import MatchStatus, RefusalKind, Side
from cooperation.models.offers import Offer
from cooperation.models.portfolios import PortfolioRun
from cooperation.models.rates import RateSet
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

STATE_READERS = (Role.VIEWER, Role.EDITOR, Role.APPROVER, Role.NATIONAL_ADMIN)


class MatchRun(models.Model):
    """One run of the engine, with all it was given, so that it can be recomputed."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    engine_version = models.CharField(_("engine version"), max_length=20)
    weights_version = models.CharField(_("weights version"), max_length=40)
    as_of = models.DateField(_("as of"))
    rate_set = models.ForeignKey(
        RateSet, verbose_name=_("rate set"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    input_hash = models.CharField(_("input hash"), max_length=64)
    declined = models.JSONField(_("earlier refusals that counted"), default=list)
    pairs = models.PositiveIntegerField(_("pairs looked at"))
    eligible = models.PositiveIntegerField(_("eligible pairs"))
    created_at = models.DateTimeField(_("run"), auto_now_add=True)

    class Meta:
        verbose_name = _("match run")
        verbose_name_plural = _("match runs")
        ordering = ("-created_at",)

    def __str__(self) -> str:
        return f"{self.engine_version} {self.as_of}"


class MatchQuerySet(models.QuerySet["Match"]):
    def visible_to(self, viewer: AnyViewer) -> MatchQuerySet:
        """For the donor while it holds the grant (or once both accepted); for the State while it may see the offer."""
        if isinstance(viewer, SystemViewer):
            return self if viewer.purpose == "matching" else self.none()
        seen = models.Q(pk__in=[])
        accepted = models.Q(status=MatchStatus.ACCEPTED)
        if viewer.has_role(Role.OFFERING_MEMBER):
            granted = public.releases_for(viewer).grant_uuids()
            seen |= models.Q(donor=viewer.party) & (models.Q(grant_uuid__in=granted) | accepted)
        if viewer.party.assesses and viewer.has_role(*STATE_READERS):
            offers = Offer.objects.visible_to(viewer).values("pk")
            seen |= models.Q(state=viewer.party) & (models.Q(offer__in=offers) | accepted)
        return self.filter(seen)


class Match(models.Model):
    """`need` is the need as the donor was allowed to see it when the ledger was made, `request` likewise.

    `need`, `offered`, `rules`, `ledger` and `why_not` are values of the engine as its codec writes them; with the run
    they recompute to the same answer. `request` holds what a list shows: reference, title, State, description.

    The State's records are named by UUID, not by foreign key: this side knows a State only through its releases.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    offer = models.ForeignKey(Offer, verbose_name=_("offer"), on_delete=models.PROTECT, related_name="matches")
    donor = models.ForeignKey(Party, verbose_name=_("donor"), on_delete=models.PROTECT, related_name="matches_given")
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="matches_sought")
    need_uuid = models.UUIDField(_("need"))
    request_uuid = models.UUIDField(_("request"))
    grant_uuid = models.UUIDField(_("grant"))
    run = models.ForeignKey(MatchRun, verbose_name=_("run"), on_delete=models.PROTECT, related_name="matches")
    eligible = models.BooleanField(_("eligible"))
    score_micro = models.PositiveIntegerField(_("score in millionths"))
    input_hash = models.CharField(_("input hash"), max_length=64)
    request = models.JSONField(_("request as matched"))
    need = models.JSONField(_("need as matched"))
    offered = models.JSONField(_("offer as matched"))
    rules = models.JSONField(_("rules"))
    ledger = models.JSONField(_("ledger"))
    why_not = models.JSONField(_("what would make it eligible"), default=list)
    status = models.CharField(_("status"), max_length=10, choices=MatchStatus, default=MatchStatus.SUGGESTED)
    version = models.PositiveIntegerField(_("version"), default=1)
    state_agreed_at = models.DateTimeField(_("agreed by the State"), null=True, blank=True)
    donor_agreed_at = models.DateTimeField(_("agreed by the donor"), null=True, blank=True)
    amount_minor = models.PositiveBigIntegerField(_("amount in the offer's currency"), null=True, blank=True)
    declined_by = models.CharField(_("declined by"), max_length=5, choices=Side, blank=True)
    decline_kind = models.CharField(_("kind of reason"), max_length=12, choices=RefusalKind, blank=True)
    decline_reason = models.TextField(_("reason"), blank=True, max_length=2000)
    review_on = models.DateField(_("look again on"), null=True, blank=True)
    objections_until = models.DateField(_("objections until"), null=True, blank=True)
    answer_due = models.DateField(_("answer due"), null=True, blank=True)
    signed = models.JSONField(_("what both sides signed"), null=True, blank=True)
    created_at = models.DateTimeField(_("suggested"), auto_now_add=True)
    updated_at = models.DateTimeField(_("last changed"))

    objects = MatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("match")
        verbose_name_plural = _("matches")
        ordering = ("-score_micro", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("need_uuid", "offer"),
                condition=~models.Q(status__in=[MatchStatus.SUPERSEDED, MatchStatus.WITHDRAWN, MatchStatus.DECLINED]),
                name="match_pair_once",
                violation_error_message=_("This need and this offer are already matched."),
            ),
            models.CheckConstraint(
                condition=~models.Q(donor=models.F("state")),
                name="match_donor_is_not_state",
                violation_error_message=_("A State cannot be matched with its own offer."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status=MatchStatus.ACCEPTED)
                | models.Q(state_agreed_at__isnull=False, donor_agreed_at__isnull=False, signed__isnull=False),
                name="match_accepted_by_both",
                violation_error_message=_("A match is accepted when both sides have agreed."),
            ),
            models.CheckConstraint(
                condition=~models.Q(status=MatchStatus.DECLINED)
                | ~models.Q(declined_by="") & ~models.Q(decline_kind="") & ~models.Q(decline_reason=""),
                name="match_declined_has_reason",
                violation_error_message=_("Say why you decline."),
            ),
            models.CheckConstraint(condition=models.Q(score_micro__lte=1_000_000), name="match_score_at_most_one"),
        )
        indexes = (
            models.Index(fields=("donor", "status"), name="match_donor_status"),
            models.Index(fields=("state", "status"), name="match_state_status"),
            models.Index(fields=("need_uuid",), name="match_need"),
        )

    def __str__(self) -> str:
        return f"{self.need_uuid} · {self.offer}"


class MatchEvent(models.Model):
    """A step in the two-sided timeline of a match.

    `party` is a coordinator that suggests the pair to both sides, with the portfolio in which it stands and the amount
    proposed there, in the offer's currency. Nothing is agreed by it.
    """

    match = models.ForeignKey(Match, verbose_name=_("match"), on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField(_("time"))
    side = models.CharField(_("side"), max_length=5, choices=Side, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("person"), null=True, on_delete=models.PROTECT, related_name="+"
    )
    status = models.CharField(_("status"), max_length=10, choices=MatchStatus)
    reason = models.TextField(_("reason"), blank=True, max_length=2000)
    party = models.ForeignKey(
        Party, verbose_name=_("coordinator"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    portfolio = models.ForeignKey(
        PortfolioRun, verbose_name=_("portfolio"), null=True, blank=True, on_delete=models.PROTECT, related_name="+"
    )
    amount_minor = models.PositiveBigIntegerField(_("amount in the offer's currency"), null=True, blank=True)

    class Meta:
        verbose_name = _("match event")
        verbose_name_plural = _("match events")
        ordering = ("match", "at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("match", "portfolio"),
                condition=models.Q(portfolio__isnull=False),
                name="match_event_once_a_portfolio",
                violation_error_message=_("This pair was sent from this portfolio already."),
            ),
            models.CheckConstraint(
                condition=models.Q(party__isnull=True) | models.Q(side=""),
                name="match_event_coordinator_has_no_side",
            ),
        )

    def __str__(self) -> str:
        return f"{self.get_status_display()} {self.at}"
