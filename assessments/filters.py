"""Filters of the national lists."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import django_filters
from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from assessments.enums import (
    LIVE_GAPS,
    Classification,
    FunctionalArea,
    GapStatus,
    Lens,
    LifeCycleStage,
    RequestStatus,
    Tier,
)
from assessments.evidence_strength import SOON
from assessments.frameworks.tree import FrameworkTree
from assessments.models import AssistanceRequest, Evidence, EvidenceFile, EvidenceLink, Gap, Need
from assessments.models.evidence import EvidenceQuerySet
from assessments.models.gaps import GapQuerySet
from assessments.models.requests import RequestQuerySet
from assessments.selectors.evidence import today

EVERY_STATUS = "all"
SEARCH_MAX = 100


class GapFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package brings no types
    """Gaps of one baseline. Without a status chosen: those that are still gaps."""

    search = django_filters.CharFilter(label=_("Search"), method="by_text", max_length=SEARCH_MAX)
    tier = django_filters.ChoiceFilter(label=_("Severity"), choices=Tier.choices, empty_label=_("Any"))
    area = django_filters.ChoiceFilter(label=_("Functional area"), method="by_area", empty_label=_("Any"))
    status = django_filters.ChoiceFilter(
        label=_("Status"),
        choices=[*GapStatus.choices, (EVERY_STATUS, _("Every status"))],
        empty_label=_("Open and confirmed"),
        method="by_status",
    )
    stage = django_filters.ChoiceFilter(
        label=_("Life-cycle stage"), choices=LifeCycleStage.choices, method="by_stage", empty_label=_("Any")
    )
    lens = django_filters.ChoiceFilter(label=_("Lens"), choices=Lens.choices, method="by_lens", empty_label=_("Any"))

    class Meta:
        model = Gap
        fields: tuple[str, ...] = ()

    def __init__(self, *args: Any, tree: FrameworkTree, **options: Any) -> None:
        super().__init__(*args, **options)
        self.tree = tree
        self.filters["area"].extra["choices"] = [(section.key, section.node.title) for section in tree.sections]

    @property
    def qs(self) -> GapQuerySet:
        """Filtered gaps; those still open or confirmed where no status is chosen."""
        found: GapQuerySet = super().qs
        chosen = self.form.cleaned_data.get("status") if self.is_bound and self.form.is_valid() else ""
        return found if chosen else found.filter(status__in=LIVE_GAPS)

    def by_status(self, found: GapQuerySet, name: str, value: str) -> GapQuerySet:
        """One status, or every."""
        return found if value == EVERY_STATUS else found.filter(status=value)

    def by_area(self, found: GapQuerySet, name: str, value: str) -> GapQuerySet:
        """Gaps of one section."""
        section = self.tree.find_section(value)
        indicators = section.indicators if section else ()
        return found.filter(indicator__in=[indicator.pk for indicator in indicators])

    def by_stage(self, found: GapQuerySet, name: str, value: str) -> GapQuerySet:
        """Gaps of one life-cycle stage."""
        chosen = [indicator.pk for indicator in self.tree.indicators if indicator.stage == value]
        return found.filter(indicator__in=chosen)

    def by_lens(self, found: GapQuerySet, name: str, value: str) -> GapQuerySet:
        """Gaps whose indicator has the lens; the framework tells, because not every database searches in lists."""
        chosen = [indicator.pk for indicator in self.tree.indicators if value in indicator.lenses]
        return found.filter(indicator__in=chosen)

    def by_text(self, found: GapQuerySet, name: str, value: str) -> GapQuerySet:
        """Gaps whose indicator or root cause holds the text."""
        return found.filter(
            Q(indicator__code__icontains=value) | Q(indicator__title__icontains=value) | Q(root_cause__icontains=value)
        )


class RequestFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package brings no types
    """Requests of one State."""

    search = django_filters.CharFilter(label=_("Search"), method="by_text", max_length=SEARCH_MAX)
    status = django_filters.ChoiceFilter(label=_("Status"), choices=RequestStatus.choices, empty_label=_("Any"))
    area = django_filters.ChoiceFilter(
        label=_("Functional area"), choices=FunctionalArea.choices, method="by_area", empty_label=_("Any")
    )

    class Meta:
        model = AssistanceRequest
        fields: tuple[str, ...] = ()

    def by_text(self, found: RequestQuerySet, name: str, value: str) -> RequestQuerySet:
        """Requests whose reference, title or objective holds the text."""
        return found.filter(Q(reference__icontains=value) | Q(title__icontains=value) | Q(objective__icontains=value))

    def by_area(self, found: RequestQuerySet, name: str, value: str) -> RequestQuerySet:
        """Requests with a need in the area."""
        return found.filter(pk__in=Need.objects.filter(functional_area=value).values("request"))


class EvidenceState(models.TextChoices):
    """Where an evidence stands, as a filter of the library."""

    IN_USE = "", _("In use")
    UNLINKED = "unlinked", _("Linked to nothing")
    SOON = "soon", _("Expires within 30 days")
    EXPIRED = "expired", _("Expired")
    WITHDRAWN = "withdrawn", _("Withdrawn")


class EvidenceFilter(django_filters.FilterSet):  # type: ignore[misc]  # the package brings no types
    """The library of a State. Withdrawn evidence is shown only where it is asked for."""

    search = django_filters.CharFilter(label=_("Search"), method="by_text", max_length=SEARCH_MAX)
    classification = django_filters.ChoiceFilter(
        label=_("Classification"), choices=Classification.choices, empty_label=_("Any")
    )
    state = django_filters.ChoiceFilter(
        label=_("Where it stands"),
        choices=EvidenceState.choices[1:],
        empty_label=EvidenceState.IN_USE.label,
        method="by_state",
    )

    class Meta:
        model = Evidence
        fields: tuple[str, ...] = ()

    @property
    def qs(self) -> EvidenceQuerySet:
        """Filtered evidence; in use where no state is chosen."""
        found: EvidenceQuerySet = super().qs
        chosen = self.form.cleaned_data.get("state") if self.is_bound and self.form.is_valid() else ""
        return found if chosen else found.standing()

    def by_text(self, found: EvidenceQuerySet, name: str, value: str) -> EvidenceQuerySet:
        """Evidence whose title, note or file holds the text, or whose hash begins with it."""
        files = EvidenceFile.objects.filter(Q(display_name__icontains=value) | Q(sha256__startswith=value.lower()))
        return found.filter(Q(title__icontains=value) | Q(note__icontains=value) | Q(pk__in=files.values("evidence")))

    def by_state(self, found: EvidenceQuerySet, name: str, value: str) -> EvidenceQuerySet:
        """Evidence in one state."""
        day = today()
        if value == EvidenceState.WITHDRAWN:
            return found.filter(withdrawn_at__isnull=False)
        if value == EvidenceState.UNLINKED:
            return found.standing().filter(~Exists(EvidenceLink.objects.filter(evidence=OuterRef("pk"))))
        if value == EvidenceState.EXPIRED:
            return found.standing().filter(expires_on__lt=day)
        return found.standing().filter(expires_on__gte=day, expires_on__lte=day + SOON)


EVIDENCE_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "title": ("title",),
    "expires": ("expires_on",),
    "links": ("link_count",),
    "size": ("file_size",),
    "uploaded": ("created_at",),
}
REQUEST_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "reference": ("reference",),
    "title": ("title", "reference"),
    "status": ("status", "reference"),
    "period": ("period_start", "reference"),
    "amount": ("currency", "amount_total", "reference"),
    "updated": ("updated_at", "reference"),
}
GAP_ORDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "severity": ("severity_micro",),
    "code": ("indicator__position",),
    "updated": ("updated_at",),
}


def order_fields(wanted: str, allowed: Mapping[str, tuple[str, ...]]) -> list[str]:
    """The model fields of an order asked for in the address, turned round after a "-"; none for an unknown one."""
    fields = allowed.get(wanted.removeprefix("-"), ())
    return [f"-{name}" for name in fields] if wanted.startswith("-") else list(fields)
