"""Consultation rounds on their pages: begun, counted, written down, closed, deleted while empty; and the figure."""

from __future__ import annotations

import datetime as dt
import re
from http import HTTPStatus
from typing import Any

import pytest
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.models import (
    Assessment,
    ConsultationRound,
    ConsultationSummary,
    FrameworkVersion,
    ParticipantCount,
)
from assessments.services.consultation_summaries import SummaryContent, add_summary
from assessments.services.consultations import RoundContent, begin_consultation
from assessments.services.contributors import Contributor, invite_contributor
from tests.assessments.factories import give_answer, make_assessment
from tests.personas import Persona
from wam_portal.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def begin(actor: Persona, assessment: Assessment, title: str = "Workshop", **fields: Any) -> ConsultationRound:
    values = {"people": {"community": (3, 1, 0)}, **fields}
    content = RoundContent(title=title, starts_on=dt.date(2026, 2, 1), **values)
    return begin_consultation(assessment=assessment, content=content, actor=actor.viewer)


def write_down(actor: Persona, consultation: ConsultationRound, *keys: str) -> ConsultationSummary:
    content = SummaryContent("Nobody knows whom to ask.", keys or ("coo-01",))
    return add_summary(consultation=consultation, content=content, actor=actor.viewer)


def fields(consultation: ConsultationRound, **changes: Any) -> dict[str, Any]:
    return {"base_version": consultation.version, "title": "Workshop", "starts_on": "2026-02-01", **changes}


def test_a_round_is_begun_counted_and_written_down(amina: Persona, assessment: Assessment) -> None:
    client = amina.client
    sent = {"title": "Border workshop", "starts_on": "2026-02-01", "ends_on": "2026-02-03", "places": "North"}
    counts = {"community_women": "12", "community_men": "8", "womens_organisation_women": "4", "agency_men": "0"}
    client.post(amina.url("assessments:consultation-add", assessment.uuid), {**sent, **counts})
    begun = ConsultationRound.objects.get()
    stored = ParticipantCount.objects.values_list("kind", "women", "men", "unrecorded").order_by("kind")
    assert list(stored) == [("community", 12, 8, 0), ("womens_organisation", 4, 0, 0)]
    said = {"said": "The office is far.", "indicators": ["sto-02", "coo-01"], "changed": ""}
    client.post(amina.url("assessments:summary-add", begun.uuid), said)
    summary = ConsultationSummary.objects.get()
    url = amina.url("assessments:summary-edit", begun.uuid, summary.uuid)
    page = client.get(url).content.decode()
    assert page.count("checked") == 2
    client.post(url, {**said, "base_version": 1, "changed": "A second office is planned."})
    page = client.get(amina.url("assessments:consultation-detail", begun.uuid)).content.decode()
    for text in ("Border workshop", "North", "The office is far.", "A second office is planned.", "Communities"):
        assert text in page
    verbs = set(Event.objects.values_list("verb", flat=True))
    assert {"consultation.begun", "consultation.summary_added", "consultation.summary_changed"} <= verbs


def test_mistakes_stand_beside_their_fields_and_nothing_typed_is_lost(amina: Persona, assessment: Assessment) -> None:
    url = amina.url("assessments:consultation-add", assessment.uuid)
    sent = {"title": "Kept title", "starts_on": "2026-02-03", "ends_on": "2026-02-01", "community_women": "7"}
    answer = amina.client.post(url, sent)
    page = answer.content.decode()
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert "The end must not be before the start." in page
    assert 'value="Kept title"' in page
    assert 'value="7"' in page
    assert amina.client.post(url, {**sent, "community_women": "-1"}).status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert not ConsultationRound.objects.exists()
    begun = begin(amina, assessment)
    page = amina.client.post(amina.url("assessments:summary-add", begun.uuid), {"said": "Kept words"}).content.decode()
    assert "Choose at least one indicator." in page
    assert "Kept words" in page


def test_somebody_who_saved_before_is_not_overwritten_without_notice(amina: Persona, assessment: Assessment) -> None:
    begun = begin(amina, assessment)
    url = amina.url("assessments:consultation-edit", begun.uuid)
    amina.client.post(url, fields(begun, title="First"))
    late = amina.client.post(url, fields(begun, title="Second"))
    assert late.status_code == HTTPStatus.CONFLICT
    assert 'value="Second"' in late.content.decode()
    assert set(re.findall("Stored now: (.+?)<", late.content.decode())) == {"First"}
    assert ConsultationRound.objects.get().title == "First"
    amina.client.post(url, fields(begun, base_version=2, title="Second"))
    assert ConsultationRound.objects.get().title == "Second"
    summary = write_down(amina, begun)
    said = {"said": "Other words", "indicators": ["coo-01"], "base_version": 7}
    answer = amina.client.post(amina.url("assessments:summary-edit", begun.uuid, summary.uuid), said)
    assert answer.status_code == HTTPStatus.CONFLICT
    assert "Stored now: Nobody knows whom to ask." in answer.content.decode()
    assert ConsultationSummary.objects.get().said == "Nobody knows whom to ask."


def test_a_round_is_deleted_only_while_nothing_rests_on_it(amina: Persona, assessment: Assessment) -> None:
    begun = begin(amina, assessment)
    url = amina.url("assessments:consultation-delete", begun.uuid)
    summary = write_down(amina, begun)
    answer = amina.client.post(url, {"base_version": 1})
    assert answer.status_code == HTTPStatus.UNPROCESSABLE_ENTITY
    assert ConsultationRound.objects.filter(pk=begun.pk, version=1).exists()
    amina.client.post(amina.url("assessments:summary-delete", begun.uuid, summary.uuid), {"base_version": 1})
    assert "What will happen" in amina.client.get(url).content.decode()
    amina.client.post(url, {"base_version": 1})
    assert not ConsultationRound.objects.exists()
    assert not ParticipantCount.objects.exists()
    assert Event.objects.filter(verb="consultation.deleted").count() == 1


def test_a_round_is_closed_and_opened_again(amina: Persona, assessment: Assessment) -> None:
    begun = begin(amina, assessment)
    url = amina.url("assessments:consultation-status", begun.uuid)
    page = amina.client.post(url, {"base_version": 1, "status": "closed"}, follow=True).content.decode()
    assert "This round is closed." in page
    amina.client.post(url, {"base_version": 2, "status": "open"})
    begun.refresh_from_db()
    assert (begun.status, begun.version) == ("open", 3)


def test_viewers_read_rounds_and_contributors_do_not(
    amina: Persona, vera: Persona, carl: Persona, assessment: Assessment
) -> None:
    begun = begin(amina, assessment)
    page = vera.client.get(vera.url("assessments:consultation-detail", begun.uuid)).content.decode()
    assert "Workshop" in page
    assert "Only focal points may change this." in page
    assert vera.client.post(vera.url("assessments:summary-add", begun.uuid), {}).status_code == HTTPStatus.FORBIDDEN
    assert carl.client.get(carl.url("assessments:consultation-detail", begun.uuid)).status_code == HTTPStatus.NOT_FOUND
    assert (
        "Consultation"
        not in carl.client.get(carl.url("assessments:assessment-detail", assessment.uuid)).content.decode()
    )


def test_the_overview_says_who_was_heard_and_where_the_gender_lens_stands(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    url = amina.url("assessments:assessment-detail", assessment.uuid)
    assert "Nobody outside the commission was consulted yet." in amina.client.get(url).content.decode()
    begun = begin(amina, assessment, people={"community": (3, 1, 6), "agency": (0, 2, 0)})
    write_down(amina, begun, "coo-01", "coo-02")
    give_answer(amina.viewer, assessment, "coo-01")
    page = amina.client.get(url).content.decode()
    for text in ("Who was heard", "<bdi>33\u00a0%</bdi>", "<bdi>50\u00a0%</bdi>", "Communities: <bdi>10</bdi>"):
        assert text in page
    assert "Who was heard" not in carl.client.get(url).content.decode()


def test_pages_cost_the_same_with_one_and_with_three(
    amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = amina.client
    first = begin(amina, assessment)

    def fill(number: int) -> None:
        write_down(amina, first)
        person = Contributor(f"guest{number}@example.test", "Guest", "Union", ["coo-02"])
        invite_contributor(consultation=first, contributor=person, actor=amina.viewer)

    fill(1)
    overview = amina.url("assessments:assessment-detail", assessment.uuid)
    listed = amina.url("assessments:consultation-list", assessment.uuid)
    detail = amina.url("assessments:consultation-detail", first.uuid)
    for url, number in ((overview, 12), (listed, 6), (detail, 9)):
        client.get(url)
        with django_assert_num_queries(number):
            client.get(url)
    for number in (2, 3):
        fill(number)
        begin(amina, assessment, f"Round {number}")
    for url, number in ((overview, 12), (listed, 6), (detail, 9)):
        with django_assert_num_queries(number):
            client.get(url)
