"""Reading baselines: the list, one of them and its endorsed versions."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, IntegerField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce

from assessments.enums import LEFT_OUT, NodeKind
from assessments.models import Answer, Assessment, AssessmentVersion, Document, Node, Presence
from assessments.models.assessments import AssessmentQuerySet
from wam_portal.access import Viewer
from wam_portal.errors import NotVisible


def assessments_for(viewer: Viewer) -> AssessmentQuerySet:
    """Baselines of the viewer's State, newest first, in one statement however many there are.

    Annotated with `answered`, `left_out` and `asked` as `Coverage` counts them from answers that the viewer may read,
    and `endorsed_number` (the newest endorsed version, 0 for none).
    """
    indicators = Node.objects.filter(framework_version=OuterRef("framework_version"), kind=NodeKind.INDICATOR)
    answers = Answer.objects.visible_to(viewer).filter(assessment=OuterRef("pk"))
    versions = AssessmentVersion.objects.filter(assessment=OuterRef("pk")).order_by("-number")
    return (
        Assessment.objects.visible_to(viewer)
        .select_related("framework_version")
        .annotate(
            answered=_count(answers.exclude(rating__in=LEFT_OUT), "assessment"),
            left_out=_count(answers.filter(rating__in=LEFT_OUT), "assessment"),
            asked=_count(indicators, "framework_version") - F("left_out"),
            endorsed_number=Coalesce(Subquery(versions.values("number")[:1]), 0),
        )
        .order_by("-started_on", "-pk")
    )


def assessment_for(viewer: Viewer, uuid: UUID) -> Assessment:
    """One baseline with its framework version; `has_other_cycles` says whether the State has another.

    Raises `NotVisible` where it is missing or another State's.
    """
    others = Assessment.objects.visible_to(viewer).exclude(pk=OuterRef("pk"))
    found = (
        Assessment.objects.visible_to(viewer)
        .select_related("framework_version")
        .annotate(has_other_cycles=Exists(others))
        .filter(uuid=uuid)
        .first()
    )
    if found is None:
        raise NotVisible
    # The acting party is the State: nothing has to be read to know it.
    found.state = viewer.party
    return found


def what_rests_on(assessment: Assessment) -> list[str]:
    """What a baseline holds that would be lost with it, in words, in one statement.

    Whatever refers to it in the database counts, also what no page shows any more; who had its pages open does not.
    """
    rests: dict[str, str] = {}
    asked: dict[str, Exists] = {}
    for relation in Assessment._meta.related_objects:
        if relation.related_model is not Presence:
            rows: QuerySet[Any] = QuerySet(relation.related_model).filter(**{relation.field.name: OuterRef("pk")})
            name = f"rests_{len(asked)}"
            asked[name] = Exists(rows)
            rests[name] = str(relation.related_model._meta.verbose_name_plural)
    # Documents name what they are about by its number, so that they outlive it.
    asked["documents"] = Exists(Document.objects.filter(subject=OuterRef("uuid")))
    rests["documents"] = str(Document._meta.verbose_name_plural)
    found = Assessment.objects.filter(pk=assessment.pk).values(**asked).first() or {}
    return sorted({rests[name] for name, there in found.items() if there})


def latest_version(assessment: Assessment) -> AssessmentVersion | None:
    """The newest endorsed version with who signed it; None before the first endorsement."""
    return assessment.versions.select_related("endorsed_by").order_by("-number").first()


def _count(rows: QuerySet[Any], group: str) -> Coalesce:
    counted = rows.order_by().values(group).annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
