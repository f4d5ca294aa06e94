"""Evidence of a State: a document in versions, and the indicators whose answers rest on it."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from assessments.enums import Classification, ScanStatus
from assessments.models.answers import RECORD_READERS
from assessments.models.assessments import Assessment
from assessments.models.assignments import Assignment
from assessments.models.frameworks import Node
from wam_portal.access import AnyViewer, SystemViewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Party

TITLE_MAX = 160
NOTE_MAX = 2000
REFERENCE_MAX = 300


class EvidenceQuerySet(models.QuerySet["Evidence"]):
    def visible_to(self, viewer: AnyViewer) -> EvidenceQuerySet:
        """Evidence of one's own State.

        A contributor reads what they uploaded and, unless it is confidential or withdrawn, what is linked to an
        indicator for which they answer.
        """
        if isinstance(viewer, SystemViewer):
            return self.none()
        own = self.filter(state=viewer.party)
        if viewer.has_role(*RECORD_READERS):
            return own
        if not viewer.has_role(Role.CONTRIBUTOR):
            return self.none()
        mine = Assignment.objects.held_by(viewer).for_state().filter(assessment=models.OuterRef("assessment"))
        covering = mine.covering(models.OuterRef("indicator"), models.OuterRef("indicator__section"))
        linked = EvidenceLink.objects.filter(models.Exists(covering), evidence=models.OuterRef("pk"))
        open_to_colleagues = models.Q(withdrawn_at__isnull=True) & ~models.Q(classification=Classification.CONFIDENTIAL)
        return own.filter(models.Q(created_by=viewer.user) | (open_to_colleagues & models.Exists(linked)))

    def standing(self) -> EvidenceQuerySet:
        """Evidence that was not withdrawn."""
        return self.filter(withdrawn_at__isnull=True)


class Evidence(models.Model):
    """A document that answers rest on; it belongs to the State and serves many baselines.

    `version` is the compare-and-swap number of what is said about it. Withdrawn evidence counts for nothing any more,
    but its row and the hashes of its files stay, so that what was endorsed with it can still be explained.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    state = models.ForeignKey(Party, verbose_name=_("State"), on_delete=models.PROTECT, related_name="evidence")
    title = models.CharField(_("title"), max_length=TITLE_MAX)
    note = models.TextField(_("note"), blank=True, max_length=NOTE_MAX)
    classification = models.CharField(_("classification"), max_length=12, choices=Classification)
    period_from = models.DateField(_("covers from"), null=True, blank=True)
    period_to = models.DateField(_("covers until"), null=True, blank=True)
    expires_on = models.DateField(_("expires on"), null=True, blank=True)
    version = models.PositiveIntegerField(_("version"), default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("uploaded"))
    updated_at = models.DateTimeField(_("changed"))
    withdrawn_at = models.DateTimeField(_("withdrawn"), null=True, blank=True)
    withdrawn_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("withdrawn by"),
        null=True,
        blank=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    withdrawal_reason = models.TextField(_("why it was withdrawn"), blank=True, max_length=NOTE_MAX)

    objects = EvidenceQuerySet.as_manager()

    class Meta:
        verbose_name = _("evidence")
        verbose_name_plural = _("evidence")
        constraints = (
            models.CheckConstraint(
                condition=models.Q(period_from__isnull=True)
                | models.Q(period_to__isnull=True)
                | models.Q(period_to__gte=models.F("period_from")),
                name="evidence_period_in_order",
                violation_error_message=_("The period must not end before it begins."),
            ),
            models.CheckConstraint(
                condition=models.Q(withdrawn_at__isnull=True, withdrawn_by__isnull=True, withdrawal_reason="")
                | (models.Q(withdrawn_at__isnull=False, withdrawn_by__isnull=False) & ~models.Q(withdrawal_reason="")),
                name="evidence_withdrawn_has_reason",
                violation_error_message=_("Say why this evidence is withdrawn."),
            ),
            models.CheckConstraint(condition=~models.Q(title=""), name="evidence_has_title"),
        )
        indexes = (models.Index(fields=("state", "-created_at"), name="evidence_library"),)

    def __str__(self) -> str:
        return self.title


class EvidenceFile(models.Model):
    """One version of a document. Never updated but for the scan, and `stored_name`, which is "" once it is deleted.

    `sha256` and `size` are of what is stored; `received_sha256` is of what was sent, which differs for images.
    """

    evidence = models.ForeignKey(Evidence, verbose_name=_("evidence"), on_delete=models.PROTECT, related_name="files")
    number = models.PositiveIntegerField(_("number"))
    original_name = models.CharField(_("name as sent"), max_length=255)
    display_name = models.CharField(_("name"), max_length=120)
    content_type = models.CharField(_("type"), max_length=100)
    size = models.PositiveIntegerField(_("size in bytes"))
    sha256 = models.CharField(_("hash"), max_length=64)
    received_sha256 = models.CharField(_("hash as sent"), max_length=64)
    stored_name = models.CharField(_("name in the store"), max_length=80, blank=True)
    scan_status = models.CharField(_("malware scan"), max_length=10, choices=ScanStatus, default=ScanStatus.UNSCANNED)
    scanned_at = models.DateTimeField(_("scanned"), null=True, blank=True)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("uploaded by"), on_delete=models.PROTECT, related_name="+"
    )
    uploaded_at = models.DateTimeField(_("uploaded"))

    class Meta:
        verbose_name = _("evidence file")
        verbose_name_plural = _("evidence files")
        ordering = ("evidence", "-number")
        constraints = (
            models.UniqueConstraint(fields=("evidence", "number"), name="evidence_file_number_once"),
            models.UniqueConstraint(
                fields=("stored_name",), condition=~models.Q(stored_name=""), name="evidence_file_stored_once"
            ),
            models.CheckConstraint(condition=models.Q(number__gte=1), name="evidence_file_number_from_one"),
            models.CheckConstraint(
                condition=models.Q(scan_status=ScanStatus.UNSCANNED) | models.Q(scanned_at__isnull=False),
                name="evidence_file_scanned_when",
            ),
        )
        indexes = (
            models.Index(fields=("sha256",), name="evidence_file_hash"),
            models.Index(fields=("received_sha256",), name="evidence_file_received"),
        )

    def __str__(self) -> str:
        return f"{self.display_name} v{self.number}"

    @property
    def is_served(self) -> bool:
        """Whether the content may leave the store."""
        return bool(self.stored_name) and self.scan_status != ScanStatus.INFECTED


class EvidenceLink(models.Model):
    """That the answer to an indicator of a baseline rests on an evidence, and where in it to look."""

    evidence = models.ForeignKey(Evidence, verbose_name=_("evidence"), on_delete=models.PROTECT, related_name="links")
    assessment = models.ForeignKey(
        Assessment, verbose_name=_("assessment"), on_delete=models.PROTECT, related_name="evidence_links"
    )
    indicator = models.ForeignKey(Node, verbose_name=_("indicator"), on_delete=models.PROTECT, related_name="+")
    reference = models.CharField(_("page or note"), max_length=REFERENCE_MAX, blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("linked by"), on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField(_("linked"))

    class Meta:
        verbose_name = _("evidence link")
        verbose_name_plural = _("evidence links")
        constraints = (
            models.UniqueConstraint(
                fields=("evidence", "assessment", "indicator"),
                name="evidence_link_once",
                violation_error_message=_("This evidence is linked to that indicator already."),
            ),
        )
        indexes = (models.Index(fields=("assessment", "indicator"), name="evidence_link_indicator"),)

    def __str__(self) -> str:
        return f"{self.evidence_id} · {self.indicator_id}"
