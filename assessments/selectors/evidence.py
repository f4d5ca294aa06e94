"""Reading evidence: the library of a State, one evidence, and what the answers of a baseline rest on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Count, Max, OuterRef, QuerySet, Subquery
from django.utils import timezone

from assessments.enums import Classification
from assessments.evidence_strength import SOON, Expiry, expiry_of, worst
from assessments.frameworks.tree import IndicatorView, SectionView
from assessments.models import Assessment, AssessmentVersion, Evidence, EvidenceFile, EvidenceLink
from assessments.models.evidence import EvidenceQuerySet
from wam_portal.access import Viewer
from wam_portal.accounts.models import Party
from wam_portal.errors import NotVisible


class LinkedEvidence(NamedTuple):
    """An evidence on which an answer rests, without its texts: `link` is the row of the link, the file the newest.

    A page makes one for every link of a baseline, so it is as light as it can be.
    """

    expiry: Expiry
    link: int
    reference: str
    uuid: UUID
    title: str
    degree: str
    period_to: date | None
    file_number: int
    file_hash: str

    @property
    def classification(self) -> Classification:
        """Who may read it."""
        return Classification(self.degree)


@dataclass(frozen=True, slots=True)
class EvidenceMark:
    """How many pieces of evidence an indicator has, and the worst expiry among them."""

    count: int
    expiry: Expiry


def today() -> date:
    """The day by which evidence expires: it is the same for everybody, in UTC."""
    return timezone.now().date()


def evidence_for(viewer: Viewer) -> EvidenceQuerySet:
    """Evidence that the viewer may read, in one statement.

    Annotated with the newest file (`file_number`, `file_name`, `file_type`, `file_size`, `file_scan`) and
    `link_count`.
    """
    newest = EvidenceFile.objects.filter(evidence=OuterRef("pk")).order_by("-number")
    links = EvidenceLink.objects.filter(evidence=OuterRef("pk")).order_by().values("evidence")
    return (
        Evidence.objects.visible_to(viewer)
        .select_related("created_by")
        .annotate(
            file_number=Subquery(newest.values("number")[:1]),
            file_name=Subquery(newest.values("display_name")[:1]),
            file_type=Subquery(newest.values("content_type")[:1]),
            file_size=Subquery(newest.values("size")[:1]),
            file_scan=Subquery(newest.values("scan_status")[:1]),
            link_count=Subquery(links.annotate(count=Count("pk")).values("count")),
        )
    )


def evidence_item(viewer: Viewer, uuid: UUID) -> Evidence:
    """One evidence. Raises `NotVisible`."""
    found = Evidence.objects.visible_to(viewer).select_related("created_by", "withdrawn_by").filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    found.state = viewer.party
    return found


def versions_of(evidence: Evidence) -> list[EvidenceFile]:
    """The files of an evidence with who uploaded them, the newest first."""
    return list(evidence.files.select_related("uploaded_by").order_by("-number"))


def evidence_file(viewer: Viewer, uuid: UUID, number: int) -> EvidenceFile:
    """One version of an evidence, to be served. Raises `NotVisible`, also for a file that is locked or deleted."""
    files = EvidenceFile.objects.select_related("evidence")
    found = files.filter(evidence__in=Evidence.objects.visible_to(viewer), evidence__uuid=uuid, number=number).first()
    if found is None or not found.is_served:
        raise NotVisible
    return found


def links_of(viewer: Viewer, evidence: Evidence) -> QuerySet[EvidenceLink]:
    """The links of an evidence to answers that the viewer may read, baseline by baseline."""
    found = EvidenceLink.objects.filter(evidence=evidence)
    found = found.select_related("assessment__framework_version", "indicator", "created_by")
    return readable_links(viewer, found).order_by("-assessment__created_at", "indicator__position")


def readable_links(viewer: Viewer, links: QuerySet[EvidenceLink]) -> QuerySet[EvidenceLink]:
    """Links to evidence that the viewer may read."""
    return links.filter(
        assessment__in=Assessment.objects.visible_to(viewer), evidence__in=Evidence.objects.visible_to(viewer)
    )


def evidence_link(viewer: Viewer, evidence: Evidence, pk: int) -> EvidenceLink:
    """One link of an evidence. Raises `NotVisible`."""
    found = links_of(viewer, evidence).filter(pk=pk).first()
    if found is None:
        raise NotVisible
    return found


# What `LinkedEvidence` is made of, in the order of its fields, after what it is sorted and dated by.
_LINKED_COLUMNS: Final = (
    "indicator_id",
    "evidence__expires_on",
    "pk",
    "reference",
    "evidence__uuid",
    "evidence__title",
    "evidence__classification",
    "evidence__period_to",
    "number",
    "digest",
)


def evidence_by_indicator(
    viewer: Viewer, assessment: Assessment, indicators: Iterable[IndicatorView] | None = None
) -> dict[int, list[LinkedEvidence]]:
    """What the answers of a baseline rest on by the row of the indicator, by title, in one statement.

    Withdrawn evidence is left out.
    """
    links = EvidenceLink.objects.filter(assessment=assessment, evidence__withdrawn_at__isnull=True)
    if indicators is not None:
        links = links.filter(indicator__in=[indicator.pk for indicator in indicators])
    files = EvidenceFile.objects.filter(evidence=OuterRef("evidence")).order_by("-number")
    rows = readable_links(viewer, links).order_by("evidence__title", "pk")
    rows = rows.annotate(number=Subquery(files.values("number")[:1]), digest=Subquery(files.values("sha256")[:1]))
    found: dict[int, list[LinkedEvidence]] = {}
    day = today()
    for indicator, expires_on, *told in rows.values_list(*_LINKED_COLUMNS):
        found.setdefault(indicator, []).append(LinkedEvidence(expiry_of(expires_on, day), *told))
    return found


def evidence_marks(viewer: Viewer, assessment: Assessment, section: SectionView) -> dict[str, EvidenceMark]:
    """What the indicators of a section rest on, by key, in one statement; those without anything are left out."""
    expiries: dict[str, list[Expiry]] = {}
    links = EvidenceLink.objects.filter(
        assessment=assessment, indicator__section=section.node.pk, evidence__withdrawn_at__isnull=True
    )
    for key, expires_on in readable_links(viewer, links).values_list("indicator__key", "evidence__expires_on"):
        expiries.setdefault(key, []).append(expiry_of(expires_on, today()))
    return {key: EvidenceMark(len(found), worst(found)) for key, found in expiries.items()}


def periods_covered(assessment: Assessment) -> dict[int, date]:
    """The end of the newest period that the evidence of each indicator covers, whoever looks; one statement."""
    links = EvidenceLink.objects.filter(
        assessment=assessment, evidence__withdrawn_at__isnull=True, evidence__period_to__isnull=False
    )
    return dict(links.order_by().values_list("indicator").annotate(newest=Max("evidence__period_to")))


def evidence_hashes(assessment: Assessment) -> dict[int, list[str]]:
    """The hash of the newest file of everything that the answers rest on, sorted, by indicator.

    For the content that an endorsement is bound to: everything counts, whoever looks.
    """
    newest = EvidenceFile.objects.filter(evidence=OuterRef("evidence")).order_by("-number")
    links = EvidenceLink.objects.filter(assessment=assessment, evidence__withdrawn_at__isnull=True)
    found: dict[int, list[str]] = {}
    for pk, digest in links.annotate(digest=Subquery(newest.values("sha256")[:1])).values_list("indicator", "digest"):
        found.setdefault(pk, []).append(digest)
    return {pk: sorted(digests) for pk, digests in found.items()}


def hashes_of(linked: Mapping[int, Sequence[LinkedEvidence]]) -> dict[int, list[str]]:
    """The same from evidence that was read already (see `evidence_by_indicator`)."""
    return {pk: sorted(item.file_hash for item in items) for pk, items in linked.items()}


def endorsed_hashes(state: Party) -> frozenset[str]:
    """Every hash of evidence that an endorsed version of the State's baselines is bound to."""
    versions = AssessmentVersion.objects.filter(assessment__state=state).values_list("content", flat=True)
    return frozenset(
        digest
        for content in versions.iterator()
        for answer in content["answers"]
        for digest in answer.get("evidence", ())
    )


def linkable_evidence(viewer: Viewer, assessment: Assessment, indicator: IndicatorView) -> QuerySet[Evidence]:
    """Evidence in use that is not yet linked to an indicator, by title."""
    linked = EvidenceLink.objects.filter(assessment=assessment, indicator=indicator.pk)
    found = Evidence.objects.visible_to(viewer).standing().exclude(pk__in=linked.values("evidence"))
    return found.order_by("title", "pk")


@dataclass(frozen=True, slots=True)
class ExpiringEvidence:
    """Evidence that answers rest on and that has expired or will soon."""

    uuid: UUID
    title: str
    expires_on: date | None
    link_count: int


def expiring_evidence(viewer: Viewer, most: int) -> list[ExpiringEvidence]:
    """Evidence in use with links that has expired or expires within 30 days, the earliest first."""
    found = Evidence.objects.visible_to(viewer).standing().filter(expires_on__lte=today() + SOON)
    counted = found.annotate(link_count=Count("links")).filter(link_count__gt=0).order_by("expires_on", "pk")
    return [
        ExpiringEvidence(*values) for values in counted.values_list("uuid", "title", "expires_on", "link_count")[:most]
    ]
