"""How a State endorses: its rule for signing, and the signatures under a baseline in review."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import EndorsingAuthority
from assessments.models.assessments import REFERENCE_MAX, Assessment, AssessmentVersion
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import STATE_STAFF
from wam_portal.accounts.models import Party

MOST_SIGNERS = 9


class PolicyQuerySet(models.QuerySet["EndorsementPolicy"]):
    def visible_to(self, viewer: AnyViewer) -> PolicyQuerySet:
        """The rules of one's own State, for its staff."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*STATE_STAFF):
            return self.none()
        return self.filter(state=viewer.party)


class EndorsementPolicy(models.Model):
    """One state of a State's rule for endorsing; the highest number holds, the earlier ones are its history.

    Never updated (a database trigger refuses it). A State without a row follows the rule of number 0: one approver
    signs, and not the person who submitted.
    """

    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField(_("number"))
    quorum = models.PositiveSmallIntegerField(_("approvers who must sign"), default=1)
    four_eyes = models.BooleanField(_("four eyes"), default=True)
    reason = models.TextField(_("reason for the change"), max_length=2000)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("changed by"), on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"))

    objects = PolicyQuerySet.as_manager()

    class Meta:
        verbose_name = _("rule for endorsing")
        verbose_name_plural = _("rules for endorsing")
        ordering = ("state", "-number")
        constraints = (
            models.UniqueConstraint(fields=("state", "number"), name="endorsement_policy_once"),
            models.CheckConstraint(
                condition=models.Q(quorum__gte=1, quorum__lte=MOST_SIGNERS),
                name="endorsement_policy_quorum_range",
                violation_error_message=_("Between one and nine approvers sign."),
            ),
            models.CheckConstraint(
                condition=~models.Q(reason=""),
                name="endorsement_policy_has_reason",
                violation_error_message=_("Give a reason."),
            ),
        )

    def __str__(self) -> str:
        return f"{self.state} {self.number}"


def policy_of(state_id: int) -> EndorsementPolicy:
    """The rule that a State follows now; an unsaved one of number 0 where it never changed it."""
    found = EndorsementPolicy.objects.filter(state=state_id).order_by("-number").first()
    return found or EndorsementPolicy(state_id=state_id, number=0)


def four_eyes_hold(state_id: int) -> bool:
    """Whether in that State the person who submits may not sign."""
    return policy_of(state_id).four_eyes


class SignatureQuerySet(models.QuerySet["EndorsementSignature"]):
    def visible_to(self, viewer: AnyViewer) -> SignatureQuerySet:
        """Signatures under the baselines of one's own State, for its staff."""
        if isinstance(viewer, SystemViewer) or not viewer.has_role(*STATE_STAFF):
            return self.none()
        return self.filter(assessment__state=viewer.party)

    def standing(self) -> SignatureQuerySet:
        """Those that count for the endorsement under way: neither cancelled nor already part of a version."""
        return self.filter(cancelled_at__isnull=True, version__isnull=True)


class EndorsementSignature(models.Model):
    """An approver's signature under the content with this hash; another content cancels it."""

    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="signatures"
    )
    content_hash = models.CharField(_("content hash"), max_length=64)
    authority = models.CharField(_("authority"), max_length=12, choices=EndorsingAuthority)
    decided_on = models.DateField(_("date of the decision"))
    reference = models.CharField(_("reference of the decision"), max_length=REFERENCE_MAX, blank=True)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("signed by"), on_delete=models.PROTECT, related_name="+"
    )
    signed_at = models.DateTimeField(_("signed"))
    cancelled_at = models.DateTimeField(_("cancelled"), null=True, blank=True)
    version = models.ForeignKey(
        AssessmentVersion,
        verbose_name=_("endorsed version"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="signatures",
    )

    objects = SignatureQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ("signed_at", "pk")
        constraints = (
            models.UniqueConstraint(
                fields=("assessment", "signed_by"),
                condition=models.Q(cancelled_at__isnull=True, version__isnull=True),
                name="endorsement_signature_once",
                violation_error_message=_("You have signed this baseline already."),
            ),
            models.CheckConstraint(
                condition=models.Q(cancelled_at__isnull=True) | models.Q(version__isnull=True),
                name="endorsement_signature_cancelled_or_used",
            ),
        )

    def __str__(self) -> str:
        return f"{self.assessment} · {self.signed_by}"
