"""Consultation rounds: begun, changed, closed, and deleted while nothing rests on them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from django.core.exceptions import ValidationError
from django.db.models import F
from django.utils.translation import gettext as _

from assessments.enums import ParticipantKind, RoundStatus
from assessments.models import Assessment, ConsultationRound, ParticipantCount
from assessments.permissions import can_change_consultation, can_edit_assessment
from wam_portal.access import Viewer, require
from wam_portal.audit.services import audited, record
from wam_portal.errors import Conflict, Invalid

People = tuple[int, int, int]
"""Women, men, not recorded."""
MOST_PEOPLE = 100_000


@dataclass(frozen=True, slots=True)
class RoundContent:
    """All that people write about a round; `people` by kind of participant."""

    title: str
    starts_on: date
    purpose: str = ""
    ends_on: date | None = None
    places: str = ""
    people: Mapping[str, People] = field(default_factory=dict)


def begin_consultation(*, assessment: Assessment, content: RoundContent, actor: Viewer) -> ConsultationRound:
    """Begin a round. Raises `Refused`, and `Invalid` with messages by field."""
    require(can_edit_assessment(actor, assessment))
    round_ = ConsultationRound(assessment=assessment, created_by=actor.user)
    _fill(round_, content)
    with audited():
        round_.save()
        _count_people(round_, content.people)
        _note("consultation.begun", round_, actor)
    return round_


def change_consultation(
    *, consultation: ConsultationRound, base_version: int, content: RoundContent, actor: Viewer
) -> ConsultationRound:
    """Change a round and its counts over the version that the person had before them.

    Raises `Refused`, `Invalid` with messages by field, and `Conflict` with the stored round.
    """
    require(can_change_consultation(actor, consultation))
    _fill(consultation, content)
    names = ("title", "purpose", "starts_on", "ends_on", "places")
    with audited():
        _write(consultation, base_version, {name: getattr(consultation, name) for name in names})
        ParticipantCount.objects.filter(round=consultation).delete()
        _count_people(consultation, content.people)
        _note("consultation.changed", consultation, actor)
    return consultation


def set_consultation_status(
    *, consultation: ConsultationRound, base_version: int, status: str, actor: Viewer
) -> ConsultationRound:
    """Close a round, or open it again. Raises `Refused`, `Invalid` and `Conflict`."""
    require(can_change_consultation(actor, consultation))
    if status not in RoundStatus.values:
        raise Invalid({"status": [_("A round is open or closed.")]})
    with audited():
        _write(consultation, base_version, {"status": status})
        _note("consultation.closed" if status == RoundStatus.CLOSED else "consultation.reopened", consultation, actor)
    consultation.status = status
    return consultation


def delete_consultation(*, consultation: ConsultationRound, base_version: int, actor: Viewer) -> None:
    """Delete a round on which nothing rests: no summary, no invitation.

    Raises `Refused`, `Invalid` when something rests on it, and `Conflict`.
    """
    require(can_change_consultation(actor, consultation))
    with audited():
        _write(consultation, base_version, {})
        if consultation.summaries.exists() or consultation.contributors.exists():
            raise Invalid({"": [_("Summaries or invitations rest on this round, so it stays. You can close it.")]})
        _note("consultation.deleted", consultation, actor)
        ParticipantCount.objects.filter(round=consultation).delete()
        ConsultationRound.objects.filter(pk=consultation.pk).delete()


def _fill(consultation: ConsultationRound, content: RoundContent) -> None:
    """Take over what was written. Raises `Invalid`."""
    consultation.title, consultation.purpose = content.title.strip(), content.purpose.strip()
    consultation.starts_on, consultation.ends_on = content.starts_on, content.ends_on
    consultation.places = content.places.strip()
    errors: dict[str, list[str]] = {}
    try:
        consultation.clean_fields(exclude=["assessment", "created_by"])
    except ValidationError as error:
        errors = error.message_dict
    if content.ends_on is not None and content.ends_on < content.starts_on:
        errors["ends_on"] = [_("The end must not be before the start.")]
    if any(kind not in ParticipantKind.values for kind in content.people):
        errors["people"] = [_("There is no such kind of participant.")]
    if any(not 0 <= number <= MOST_PEOPLE for people in content.people.values() for number in people):
        errors["people"] = [_("Write numbers from 0 to %(most)d.") % {"most": MOST_PEOPLE}]
    if errors:
        raise Invalid(errors)


def _count_people(consultation: ConsultationRound, people: Mapping[str, People]) -> None:
    ParticipantCount.objects.bulk_create(
        ParticipantCount(round=consultation, kind=kind, women=women, men=men, unrecorded=unrecorded)
        for kind, (women, men, unrecorded) in people.items()
        if women or men or unrecorded
    )


def _write(consultation: ConsultationRound, base_version: int, fields: Mapping[str, object]) -> None:
    """Compare and swap. Raises `Conflict` with the stored round; None where it is gone."""
    same = ConsultationRound.objects.filter(pk=consultation.pk, version=base_version)
    if not same.update(version=F("version") + 1, **fields):
        current = ConsultationRound.objects.filter(pk=consultation.pk).first()
        raise Conflict(_("Somebody changed this round before you."), current=current)
    consultation.version = base_version + 1


def _note(verb: str, consultation: ConsultationRound, actor: Viewer) -> None:
    record(verb=verb, target=consultation, actor=actor, parties=[actor.party])
