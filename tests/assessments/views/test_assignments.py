"""Saying who rates what, through HTTP, and what each person then finds."""

from __future__ import annotations

import datetime as dt
import re
from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AssignmentMode
from assessments.models import Assessment, Assignment, FrameworkVersion
from assessments.services.assignments import change_due_date
from tests.assessments.factories import (
    answer_everything,
    assign,
    give_answer,
    make_assessment,
    rate_independently,
    rated,
)
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership

pytestmark = pytest.mark.django_db
INDEPENDENT = AssignmentMode.INDEPENDENT


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def listing(persona: Persona, assessment: Assessment) -> str:
    return persona.url("assessments:assignment-list", assessment.uuid)


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def sent(persona: Persona, *nodes: str, **changes: str) -> dict[str, Any]:
    """What the form sends to give these to a person."""
    member = Membership.objects.get(user=persona.user)
    return {"nodes": list(nodes), "membership": str(member.pk), "mode": "for_state", "due_on": "2026-03-01", **changes}


def given() -> list[tuple[str, str, str]]:
    rows = Assignment.objects.order_by("node__position", "pk")
    return [(row.node.key, row.membership.user.full_name, row.mode) for row in rows.select_related("node")]


def test_several_sections_and_indicators_are_given_at_once_changed_and_taken_back(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    url = listing(amina, assessment)
    assert amina.client.post(url, sent(carl, "coo", "sto-02")).status_code == 302
    assert given() == [("coo", "Carl", "for_state"), ("sto-02", "Carl", "for_state")]
    assert "<bdi>Carl</bdi>" in shown(amina.client.get(url))
    assert "<bdi>Carl</bdi>" in shown(amina.client.get(amina.url("assessments:assessment-detail", assessment.uuid)))
    twice = amina.client.post(url, sent(carl, "sto-01", "coo"))
    assert (twice.status_code, "This person already rates this: Coordination" in shown(twice)) == (422, True)
    assert 'value="sto-01" checked' in shown(twice)
    row = Assignment.objects.get(node__key="coo")
    edit = amina.url("assessments:assignment-edit", assessment.uuid, row.pk)
    assert 'value="2026-03-01"' in shown(amina.client.get(edit))
    assert amina.client.post(edit, {"base_version": "1", "due_on": "2026-04-01"}).status_code == 302
    stale = amina.client.post(edit, {"base_version": "1", "due_on": "2026-05-01"})
    assert (stale.status_code, 'name="base_version" value="2"' in shown(stale)) == (409, True)
    early = amina.client.post(edit, {"base_version": "2", "due_on": "2025-01-01"})
    assert (early.status_code, "must not be before the start" in shown(early)) == (422, True)
    row.refresh_from_db()
    assert (row.due_on, row.version) == (dt.date(2026, 4, 1), 2)
    removal = amina.url("assessments:assignment-remove", assessment.uuid, row.pk)
    asked = shown(amina.client.get(removal))
    assert "Carl no longer finds it in their work list" in asked
    assert "What was rated stays." in asked
    assert len(given()) == 2
    assert amina.client.post(removal).status_code == 302
    assert amina.client.post(removal).status_code == 404
    assert given() == [("sto-02", "Carl", "for_state")]


@pytest.mark.parametrize(
    "changes",
    [
        {"nodes": ["tra"]},
        {"nodes": []},
        {"membership": "0"},
        {"membership": "x"},
        {"due_on": "2025-01-01"},
        {"mode": "both"},
    ],
)
def test_bad_assignment_is_named_and_changes_nothing(
    amina: Persona, carl: Persona, assessment: Assessment, changes: dict[str, Any]
) -> None:
    response = amina.client.post(listing(amina, assessment), {**sent(carl, "coo"), **changes})
    assert response.status_code == 422
    assert "Correct this before you go on" in shown(response)
    assert given() == []


def test_people_of_other_states_and_roles_cannot_be_assigned(
    amina: Persona, vera: Persona, boris: Persona, assessment: Assessment
) -> None:
    for persona in (vera, boris, amina):
        assert amina.client.post(listing(amina, assessment), sent(persona, "coo")).status_code == 422
    assert given() == []


def test_only_focal_points_assign_and_only_while_the_baseline_is_rated(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "sto", carl.viewer)
    refused = carl.client.post(listing(carl, assessment), sent(carl, "coo"))
    assert (refused.status_code, given()) == (403, [("sto", "Carl", "for_state")])
    own = shown(carl.client.get(listing(carl, assessment)))
    assert "A focal point of your State can." in own
    assert "<form" not in own.split("<main")[1]


def test_nobody_answers_for_the_state_and_rates_independently_on_one_indicator(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "sto-01", carl.viewer, mode=INDEPENDENT)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    for node, mode in (("sto", "for_state"), ("coo-02", "independent")):
        response = amina.client.post(listing(amina, assessment), sent(carl, node, mode=mode))
        assert response.status_code == 422
        assert "Nobody can answer for the State and rate independently on the same indicator" in shown(response)
    assert amina.client.post(listing(amina, assessment), sent(carl, "sto-02")).status_code == 302


def test_independent_raters_read_no_record_and_the_invited_only_rate(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert amina.party is not None
    ivo = make_persona("Ivo", amina.party, Role.INVITED_CONTRIBUTOR)
    for_state = amina.client.post(listing(amina, assessment), sent(ivo, "coo-01"))
    assert "Invited contributors rate independently" in shown(for_state)
    assert amina.client.post(listing(amina, assessment), sent(ivo, "coo-01", mode="independent")).status_code == 302
    contributor = Membership.objects.get(user=carl.user)
    Membership.objects.create(user=carl.user, party=amina.party, role=Role.VIEWER)
    data = {**sent(ivo, "coo"), "membership": contributor.pk, "mode": "independent"}
    assert "reads the whole record" in shown(amina.client.post(listing(amina, assessment), data))
    assert given() == [("coo-01", "Ivo", "independent")]


def test_whoever_has_single_indicators_sees_only_those(amina: Persona, carl: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "sto-02", rated(narrative="Mine to read."))
    answer_everything(amina.viewer, assessment, rated(narrative="Canary."))
    assign(amina.viewer, assessment, "sto-02", carl.viewer)
    page = shown(carl.client.get(carl.url("assessments:section-sheet", assessment.uuid, "sto")))
    assert ('id="indicator-sto-02"' in page, "Mine to read." in page) == (True, True)
    assert ('id="indicator-sto-01"' in page, "Canary." in page) == (False, False)
    assert '<progress value="1" max="1"' in page
    for key, status in (("sto-02", 200), ("sto-01", 403)):
        response = carl.client.get(carl.url("assessments:answer-edit", assessment.uuid, key))
        assert (response.status_code, "Canary." in shown(response)) == (status, False)
    sent_answer = {"base_version": 1, "rating": "level:5", "next": "1"}
    assert (
        carl.client.post(carl.url("assessments:answer-edit", assessment.uuid, "sto-01"), sent_answer).status_code == 403
    )
    saved = carl.client.post(carl.url("assessments:answer-edit", assessment.uuid, "sto-02"), sent_answer)
    assert saved["Location"].endswith("/sections/sto/?page=1#indicator-sto-02")
    overview = shown(carl.client.get(carl.url("assessments:assessment-detail", assessment.uuid)))
    assert "<bdi>1</bdi> / <bdi>1</bdi>" in overview


def test_each_person_lands_on_a_work_list_that_leads_straight_to_what_is_theirs(
    amina: Persona, carl: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = carl.client

    def work() -> str:
        return shown(client.get(carl.url("work-list")))

    assign(amina.viewer, assessment, "coo", carl.viewer, due_on=dt.date(2026, 2, 1))
    assert client.get("/")["Location"] == carl.url("work-list")
    work()
    with django_assert_num_queries(6):
        text = work()
    assert carl.url("assessments:section-sheet", assessment.uuid, "coo") in text
    assert "Overdue" in text
    assign(amina.viewer, assessment, "sto-01", carl.viewer, mode=INDEPENDENT)
    assign(amina.viewer, assessment, "sto-02", carl.viewer, mode=INDEPENDENT)
    assign(amina.viewer, assessment, "sto-03", carl.viewer)
    with django_assert_num_queries(6):
        text = work()
    assert "Storage: 2 indicators" in text
    assert "Storage: 1 indicator<" in text
    assert carl.url("assessments:rating-sheet", assessment.uuid) + "?section=sto" in text


def test_list_costs_the_same_with_one_and_three_assignments(
    amina: Persona, carl: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = amina.client
    assign(amina.viewer, assessment, "coo", carl.viewer)
    client.get(listing(amina, assessment))
    with django_assert_num_queries(7):
        client.get(listing(amina, assessment))
    assign(amina.viewer, assessment, "sto-01", carl.viewer)
    assign(amina.viewer, assessment, "sto-02", carl.viewer)
    with django_assert_num_queries(7):
        client.get(listing(amina, assessment))


def test_date_of_a_task_taken_back_in_the_meantime_is_a_conflict(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    row = assign(amina.viewer, assessment, "coo", carl.viewer)
    row.assessment = assessment
    same = change_due_date(assignment=row, base_version=1, due_on=None, actor=amina.viewer)
    assert (same.version, same.due_on) == (2, None)
    Assignment.objects.filter(pk=row.pk).delete()
    edit = amina.url("assessments:assignment-edit", assessment.uuid, row.pk)
    assert amina.client.post(edit, {"base_version": "2", "due_on": ""}).status_code == 404


def test_nobody_is_chosen_until_somebody_chooses(amina: Persona, carl: Persona, assessment: Assessment) -> None:
    text = shown(amina.client.get(listing(amina, assessment)))
    assert re.search(r'<option value="" selected>Choose a person</option>', text)
    response = amina.client.post(listing(amina, assessment), {**sent(carl, "sto"), "membership": ""})
    assert (response.status_code, given()) == (422, [])


def test_what_is_all_rated_stands_apart_and_the_rest_says_how_far_it_is(
    amina: Persona, carl: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = carl.client

    def groups() -> dict[str, str]:
        parts = re.split(r'<section class="work-group" id="', shown(client.get(carl.url("work-list"))))[1:]
        return {part.split('"')[0]: part.split("</section>")[0] for part in parts}

    assign(amina.viewer, assessment, "coo", carl.viewer)
    assign(amina.viewer, assessment, "sto-01", carl.viewer, mode=INDEPENDENT)
    assign(amina.viewer, assessment, "sto-02", carl.viewer, mode=INDEPENDENT)
    rate_independently(carl.viewer, assessment, "sto-01")
    give_answer(amina.viewer, assessment, "sto-01")
    before = groups()
    assert set(before) == {"sections", "ratings"}
    assert "1 of 2 rated" in before["ratings"]
    rate_independently(carl.viewer, assessment, "sto-02")
    answer_everything(amina.viewer, assessment)
    with django_assert_num_queries(6):
        after = groups()
    assert set(after) == {"finished"}
    assert "2 of 2 rated" in after["finished"]
    assert carl.url("assessments:section-sheet", assessment.uuid, "coo") in after["finished"]
