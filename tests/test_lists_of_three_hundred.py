"""A list costs the same statements with three rows and with three hundred."""

from __future__ import annotations

import copy
import uuid
from typing import Any, TypeVar

import pytest
from django.db import connection
from django.db.models import Model
from django.test.utils import CaptureQueriesContext

from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Grant, Release, RequestVersion
from cooperation.models import AssistanceActivity, Match, MatchMessage, Offer, PortfolioRun
from cooperation.services.match_reviews import send_message
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import make_activity, make_match
from tests.cooperation.portfolio_cases import worked_out
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.services import audited, record

FEW, MANY = 3, 300
Row = TypeVar("Row", bound=Model)


def clones(row: Row, count: int, **changes: Any) -> list[Row]:
    """Copies of a row with fresh identifiers; a change given as a function takes the copy's number."""
    made = []
    for number in range(count):
        copied = copy.copy(row)
        copied.pk = None
        copied._state = copy.copy(row._state)
        copied._state.adding = True
        if hasattr(copied, "uuid"):
            copied.uuid = uuid.uuid4()
        for name, value in changes.items():
            setattr(copied, name, value(number) if callable(value) else value)
        made.append(copied)
    return type(row)._default_manager.bulk_create(made)


def grow(match: Match, start: int, count: int) -> None:
    """Add so many baselines, requests with grants, offers, matches and log entries to the one that is there."""
    assessment = Assessment.objects.order_by("pk")[0]
    clones(assessment, count, cycle=lambda number: f"c{start + number}")
    request = AssistanceRequest.objects.order_by("pk")[0]
    requests = clones(request, count, reference=lambda number: f"XA-1999-{start + number}")
    versions = clones(RequestVersion.objects.order_by("pk")[0], count, request=lambda number: requests[number])
    releases = clones(Release.objects.order_by("pk")[0], count, request_version=lambda number: versions[number])
    grants = clones(Grant.objects.order_by("pk")[0], count, release=lambda number: releases[number])
    clones(Offer.objects.order_by("pk")[0], count)
    clones(PortfolioRun.objects.order_by("pk")[0], count, form_key=lambda _number: uuid.uuid4())
    clones(
        match,
        count,
        need_uuid=lambda _number: uuid.uuid4(),
        request_uuid=lambda number: requests[number].uuid,
        grant_uuid=lambda number: grants[number].uuid,
    )
    activity = AssistanceActivity.objects.order_by("pk")[0]
    country = activity.reaches.get()
    entries = clones(activity, count)
    for through in (AssistanceActivity.included.through, AssistanceActivity.reaches.through):
        through.objects.bulk_create(through(assistanceactivity=entry, territory=country) for entry in entries)
    clones(MatchMessage.objects.order_by("pk")[0], count)
    for _number in range(count):
        with audited():
            record(verb="thing.done", target=match, actor=None, parties=[match.state])


def statements(persona: Persona, url: str) -> int:
    client = persona.client
    client.get(url)
    with CaptureQueriesContext(connection) as captured:
        response = client.get(url)
    assert response.status_code == 200, url
    return len(captured)


@pytest.mark.django_db
def test_every_list_costs_the_same_with_three_rows_and_with_three_hundred(
    framework: FrameworkVersion,
    world: dict[str, Territory],
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    rita: Persona,
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"])
    request = AssistanceRequest.objects.get()
    release_to(aldo, request, rita.viewer.party)
    make_activity(dana, world["XA"], shared=True)
    send_message(match=match, text="A question.", actor=aldo.viewer)
    portfolio = worked_out(rita)
    pages = [
        (amina, amina.url("work-list")),
        (amina, amina.url("assessments:assessment-list")),
        (amina, amina.url("assessments:request-list")),
        (amina, amina.url("cooperation:match-list")),
        (amina, amina.url("cooperation:offer-list")),
        (aldo, aldo.url("work-list")),
        (aldo, aldo.url("audit-log")),
        (dana, dana.url("work-list")),
        (dana, dana.url("cooperation:granted-list")),
        (dana, dana.url("cooperation:offer-list")),
        (dana, dana.url("cooperation:match-list")),
        (dana, dana.url("cooperation:dossier-list")),
        (dana, dana.url("cooperation:activity-list")),
        (dana, dana.url("cooperation:match-messages", match.uuid)),
        (amina, amina.url("cooperation:activity-list")),
        (rita, rita.url("cooperation:overlap-list")),
        (rita, rita.url("cooperation:portfolio-list")),
        (rita, rita.url("cooperation:portfolio-detail", portfolio.uuid) + "?part=proposal"),
        (dana, f"/api/v1/p/{dana.viewer.party.slug}/granted-requests/"),
        (dana, f"/api/v1/p/{dana.viewer.party.slug}/matches/"),
        (dana, f"/api/v1/p/{dana.viewer.party.slug}/offers/"),
    ]
    grow(match, 0, FEW - 1)
    few = {(persona.user.email, url): statements(persona, url) for persona, url in pages}
    grow(match, FEW, MANY - FEW)
    many = {(persona.user.email, url): statements(persona, url) for persona, url in pages}
    assert {page: many[page] - few[page] for page in few if many[page] != few[page]} == {}
    assert max(many.values()) <= 15
