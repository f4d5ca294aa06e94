"""The log of a State calls its own objects by their names."""

from __future__ import annotations

import datetime as dt

import pytest

from assessments.models import FrameworkVersion
from assessments.services.consultations import RoundContent, begin_consultation
from assessments.services.contributors import Contributor, invite_contributor
from assessments.services.gaps import dismiss_gap
from assessments.services.meetings import plan_meeting
from tests.assessments.evidence_factories import make_evidence
from tests.assessments.factories import assign, make_assessment
from tests.assessments.request_factories import endorse, endorse_baseline, make_draft, make_gap, release_to
from tests.personas import Persona
from tests.wam_portal.audit.test_names import lines
from wam_portal.accounts.models import Party

pytestmark = pytest.mark.django_db


def test_the_log_names_members_contributors_evidence_and_meetings(
    amina: Persona, aldo: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    make_evidence(amina.viewer, "Register of stores")
    starts = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
    plan_meeting(assessment=assessment, title="May session", starts_at=starts, actor=amina.viewer)
    assign(amina.viewer, assessment, "sto", carl.viewer)
    consultation = begin_consultation(
        assessment=assessment,
        content=RoundContent(title="Border workshop", starts_on=dt.date(2026, 2, 1)),
        actor=amina.viewer,
    )
    asked = Contributor(email="cleo@example.test", full_name="Cleo Vane", organisation="Union", indicators=["sto-01"])
    invite_contributor(consultation=consultation, contributor=asked, actor=amina.viewer)
    said = "\n".join(lines(aldo))
    assert "Evidence uploaded Register of stores" in said
    assert "Meeting planned May session" in said
    assert f"Part of a baseline assigned {assessment.title}" in said
    assert "member: Carl" in said
    assert "Contributor invited to a consultation Border workshop" in said
    assert "person invited: Cleo Vane" in said
    assert "Person invited Cleo Vane" in said


def test_the_log_names_gaps_requests_and_recipients(
    amina: Persona, aldo: Persona, framework: FrameworkVersion, donor_one: Party
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    gap = make_gap(amina, assessment, "sto-01")
    other = make_gap(amina, assessment, "sto-02", confirmed=False)
    dismiss_gap(gap=other, base_version=other.version, reason="Not ours.", actor=amina.viewer)
    endorse_baseline(amina, aldo, assessment)
    request = make_draft(amina, [gap], title="Safe stores")
    endorse(aldo, request)
    release_to(aldo, request, donor_one)
    said = "\n".join(lines(aldo))
    assert "Gap dismissed sto-02" in said
    assert f"Request endorsed {request.reference} Safe stores" in said
    assert f"Request released {request.reference} Safe stores" in said
    assert "Request shared with a recipient Amber Fund" in said
