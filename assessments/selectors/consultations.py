"""The consultation rounds of a baseline, one of them with what it brought, and how widely people were heard."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, IntegerField, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from assessments.enums import ParticipantKind
from assessments.frameworks.tree import FrameworkTree, IndicatorView
from assessments.models import (
    Assessment,
    Assignment,
    ConsultationRound,
    ConsultationSummary,
    ContributorInvitation,
    IndependentRating,
    ParticipantCount,
)
from assessments.models.consultations import ConsultationRoundQuerySet
from assessments.participation import Heard, Participation, participation_of
from wam_portal.access import Viewer
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership
from wam_portal.errors import NotVisible


@dataclass(frozen=True, slots=True)
class Guest:
    """Somebody invited to rate: what they have or will have to rate, what was taken back, and until when they may."""

    asked: ContributorInvitation
    indicators: tuple[IndicatorView, ...]
    taken_back: tuple[IndicatorView, ...]
    access_ends: date | None


def consultations_for(viewer: Viewer, assessment: Assessment) -> ConsultationRoundQuerySet:
    """The rounds of a baseline, newest first, annotated with `people`, `women`, `summary_total` and `invited`."""
    counts = ParticipantCount.objects.filter(round=OuterRef("pk")).order_by().values("round")
    everybody = counts.annotate(number=Sum("women") + Sum("men") + Sum("unrecorded")).values("number")
    women = counts.annotate(number=Sum("women")).values("number")
    return (
        ConsultationRound.objects.visible_to(viewer)
        .filter(assessment=assessment)
        .annotate(
            people=_number(everybody),
            women=_number(women),
            summary_total=_rows(ConsultationSummary.objects.filter(round=OuterRef("pk"))),
            invited=_rows(ContributorInvitation.objects.filter(round=OuterRef("pk"), invitation__revoked_at=None)),
        )
    )


def consultation_for(viewer: Viewer, uuid: UUID) -> ConsultationRound:
    """One round with its baseline. Raises `NotVisible` where it is missing or another State's."""
    rounds = ConsultationRound.objects.visible_to(viewer).filter(uuid=uuid)
    found = rounds.select_related("assessment__framework_version").first()
    if found is None:
        raise NotVisible
    found.assessment.state = viewer.party
    return found


def summaries_of(consultation: ConsultationRound) -> QuerySet[ConsultationSummary]:
    """What a round brought, with the rows of the indicators, in two statements."""
    return consultation.summaries.select_related("updated_by").prefetch_related("indicators").order_by("pk")


def summary_for(consultation: ConsultationRound, uuid: UUID) -> ConsultationSummary:
    """One summary of the round. Raises `NotVisible`."""
    found = summaries_of(consultation).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    found.round = consultation
    return found


def contributors_of(consultation: ConsultationRound) -> QuerySet[ContributorInvitation]:
    """Who was invited in a round, with the rows of the indicators, in two statements; withdrawn ones are left out."""
    asked = consultation.contributors.filter(invitation__revoked_at=None)
    return asked.select_related("invitation").prefetch_related("indicators").order_by("pk")


def guests_of(consultation: ConsultationRound, tree: FrameworkTree) -> list[Guest]:
    """Who was invited in a round with what they still rate, in four statements."""
    asked = list(contributors_of(consultation))
    people = [row.invitation.used_by_id for row in asked if row.invitation.used_by_id]
    state = consultation.assessment.state_id
    held: dict[int, set[int]] = {}
    rows = Assignment.objects.filter(assessment=consultation.assessment_id, membership__user__in=people)
    for user, node in rows.order_by().values_list("membership__user", "node"):
        held.setdefault(user, set()).add(node)
    guests = Membership.objects.filter(user__in=people, party=state, role=Role.INVITED_CONTRIBUTOR)
    ends = dict(guests.order_by("pk").values_list("user", Coalesce("ended_at", "expires_at")))
    return [_guest(row, tree, held, ends) for row in asked]


def _guest(
    asked: ContributorInvitation, tree: FrameworkTree, held: dict[int, set[int]], ends: dict[int, datetime | None]
) -> Guest:
    wanted = indicators_of((node.pk for node in asked.indicators.all()), tree)
    user = asked.invitation.used_by_id
    if user is None:
        return Guest(asked, wanted, (), _day_of(asked.invitation.membership_until))
    nodes = held.get(user, set())
    left = tuple(item for item in wanted if nodes.isdisjoint((item.pk, tree.section_of(item).node.pk)))
    return Guest(asked, tuple(item for item in wanted if item not in left), left, _day_of(ends.get(user)))


def _day_of(moment: datetime | None) -> date | None:
    return timezone.localdate(moment) if moment else None


def contributor_for(consultation: ConsultationRound, pk: int) -> ContributorInvitation:
    """One invitation of the round that was not answered yet. Raises `NotVisible`."""
    waiting = contributors_of(consultation).filter(pk=pk, invitation__used_at=None)
    found = waiting.select_related("invitation__party").first()
    if found is None:
        raise NotVisible
    found.round = consultation
    return found


def people_of(consultation: ConsultationRound) -> dict[str, tuple[int, int, int]]:
    """Women, men and not recorded by kind of participant."""
    rows = consultation.participants.values_list("kind", "women", "men", "unrecorded")
    return {kind: (women, men, unrecorded) for kind, women, men, unrecorded in rows}


def indicators_of(rows: Iterable[int], tree: FrameworkTree) -> tuple[IndicatorView, ...]:
    """The indicators of these rows, in the order of the framework."""
    wanted = set(rows)
    return tuple(indicator for indicator in tree.indicators if indicator.pk in wanted)


def participation_in(viewer: Viewer, assessment: Assessment, tree: FrameworkTree) -> Participation:
    """How widely people were heard, in two statements whatever the number of rounds."""
    rounds = ConsultationRound.objects.visible_to(viewer).filter(assessment=assessment)
    said = ConsultationSummary.objects.filter(round__in=rounds).values_list("indicators", flat=True)
    invited = IndependentRating.objects.visible_to(viewer).filter(
        assessment=assessment, membership__role=Role.INVITED_CONTRIBUTOR
    )
    rows = set(said.order_by().union(invited.order_by().values_list("indicator_id", flat=True)))
    counted = ParticipantCount.objects.filter(round__in=rounds).order_by().values("kind")
    sums = {row["kind"]: row for row in counted.annotate(w=Sum("women"), m=Sum("men"), u=Sum("unrecorded"))}
    heard = [
        Heard(str(kind.label), sums[kind]["w"], sums[kind]["m"], sums[kind]["u"])
        for kind in ParticipantKind
        if kind in sums
    ]
    areas = {section.key: [indicator.key for indicator in section.indicators] for section in tree.sections}
    touched = [indicator.key for indicator in tree.indicators if indicator.pk in rows]
    return participation_of(areas, touched, heard)


def _number(rows: QuerySet[Any, Any]) -> Coalesce:
    return Coalesce(Subquery(rows, output_field=IntegerField()), 0)


def _rows(rows: QuerySet[ConsultationSummary] | QuerySet[ContributorInvitation]) -> Coalesce:
    counted = rows.order_by().values("round").annotate(number=Count("pk")).values("number")
    return Coalesce(Subquery(counted, output_field=IntegerField()), 0)
