"""What the log of a party calls the objects of the national side."""

from __future__ import annotations

from typing import Final

from django.db.models import CharField, QuerySet, Value
from django.db.models.functions import Coalesce, Concat

from assessments.enums import FunctionalArea, RecipientKind
from assessments.models import (
    Assessment,
    AssistanceRequest,
    ConsultationRound,
    ConsultationSummary,
    Document,
    Evidence,
    Gap,
    Grant,
    Meeting,
    Need,
    Release,
)
from wam_portal.access import Viewer
from wam_portal.audit.names import Kind, LogNames


def _releases(viewer: Viewer) -> QuerySet[Release]:
    readable = AssistanceRequest.objects.visible_to(viewer).values("pk")
    return Release.objects.filter(request_version__request__in=readable)


def _summaries(viewer: Viewer) -> QuerySet[ConsultationSummary]:
    return ConsultationSummary.objects.filter(round__in=ConsultationRound.objects.visible_to(viewer).values("pk"))


def _recipient(name: str) -> str:
    return str(RecipientKind(name).label) if name in RecipientKind.values else name


LOG_NAMES: Final = LogNames(
    kinds={
        "Assessment": Kind(Assessment.objects.visible_to, "title"),
        "AssistanceRequest": Kind(
            AssistanceRequest.objects.visible_to, Concat("reference", Value(" "), "title", output_field=CharField())
        ),
        "ConsultationRound": Kind(ConsultationRound.objects.visible_to, "title"),
        "ConsultationSummary": Kind(_summaries, "round__title"),
        "Document": Kind(Document.objects.visible_to, "title"),
        "Evidence": Kind(Evidence.objects.visible_to, "title"),
        "Gap": Kind(Gap.objects.visible_to, "indicator__key"),
        "Grant": Kind(
            Grant.objects.visible_to,
            Coalesce("recipient__name", "recipient_kind", output_field=CharField()),
            say=_recipient,
        ),
        "Meeting": Kind(Meeting.objects.visible_to, "title"),
        "Need": Kind(Need.objects.visible_to, "functional_area", say=lambda code: str(FunctionalArea(code).label)),
        "Release": Kind(
            _releases,
            Concat(
                "request_version__request__reference",
                Value(" "),
                "request_version__request__title",
                output_field=CharField(),
            ),
        ),
    },
    details={"assessment": "Assessment", "grant": "Grant", "need": "Need", "request": "AssistanceRequest"},
)
