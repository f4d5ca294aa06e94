"""Baselines through HTTP: the list, starting one, the overview and the way to endorsement."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AssessmentStatus, AssignmentMode, DocumentKind
from assessments.models import Assessment, AssessmentVersion, FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.assessments import reopen_assessment
from assessments.services.discussion import add_comment
from assessments.services.documents import request_document
from assessments.services.meetings import plan_meeting
from tests.assessments.evidence_factories import link, make_evidence
from tests.assessments.factories import (
    answer_everything,
    assign,
    give_answer,
    make_assessment,
    make_endorsed,
    make_foreign_framework,
    rated,
)
from tests.personas import Persona
from wam_portal.audit.models import Event

pytestmark = pytest.mark.django_db
LIST_STATEMENTS = 5
OVERVIEW_STATEMENTS = 12


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def page_of(persona: Persona, name: str, assessment: Assessment) -> str:
    return persona.url(f"assessments:{name}", assessment.uuid)


def status_of(assessment: Assessment) -> str:
    return Assessment.objects.get(pk=assessment.pk).status


# Starting


def start_fields(framework: FrameworkVersion, **changes: str) -> dict[str, str]:
    values = {
        "framework_version": str(framework.uuid),
        "cycle": "2026",
        "title": "First baseline",
        "purpose": "All depots.",
        "started_on": "2026-02-01",
        "due_on": "2026-09-01",
    }
    return {**values, **changes}


def test_starting_a_baseline_leads_to_its_overview(amina: Persona, framework: FrameworkVersion) -> None:
    response = amina.client.post(amina.url("assessments:assessment-start"), start_fields(framework))
    assessment = Assessment.objects.get()
    assert response["Location"] == page_of(amina, "assessment-detail", assessment)
    assert (assessment.state, assessment.title, str(assessment.due_on)) == (amina.party, "First baseline", "2026-09-01")
    assert "First baseline" in shown(amina.client.get(amina.url("assessments:assessment-list")))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"due_on": "2026-01-31"}, "The due date must not be before the start."),
        ({"title": ""}, "Fill this in."),
        ({"title": "x" * 161}, "at most 160 characters"),
        ({"started_on": "soon"}, "Give a day, like"),
        ({"framework_version": "00000000-0000-4000-8000-000000000000"}, "Choose from those listed"),
        ({"framework_version": "nonsense"}, "is not a valid UUID."),
        ({"cycle": "taken"}, "already has a baseline with this framework in this cycle"),
    ],
)
def test_bad_input_at_the_start_is_named_kept_and_changes_nothing(
    amina: Persona, framework: FrameworkVersion, changes: dict[str, str], message: str
) -> None:
    make_assessment(amina.viewer, framework, cycle="taken")
    response = amina.client.post(amina.url("assessments:assessment-start"), start_fields(framework, **changes))
    assert response.status_code == 422
    assert message in shown(response)
    assert "All depots." in shown(response)
    assert Assessment.objects.count() == 1


def test_only_focal_points_start(vera: Persona, framework: FrameworkVersion) -> None:
    listing = shown(vera.client.get(vera.url("assessments:assessment-list")))
    assert "A focal point of your State can." in listing
    response = vera.client.post(vera.url("assessments:assessment-start"), start_fields(framework))
    assert response.status_code == 403
    assert "A focal point of your State can." in shown(response)
    assert not Assessment.objects.exists()


def test_list_costs_the_same_for_one_and_three(
    amina: Persona, framework: FrameworkVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = amina.client, amina.url("assessments:assessment-list")
    client.get(url)
    for number in range(3):
        made = make_assessment(amina.viewer, framework, cycle=str(number))
        give_answer(amina.viewer, made, "coo-01")
        if number in {0, 2}:
            with django_assert_num_queries(LIST_STATEMENTS):
                assert shown(client.get(url)).count("<bdi>1</bdi> / <bdi>6</bdi>") == number + 1


# The overview


def test_overview_says_what_is_rated_covered_and_missing(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("3"))
    text = shown(amina.client.get(page_of(amina, "assessment-detail", assessment)))
    row = re.search(r"<tr>.*?Coordination.*?</tr>", text, re.DOTALL)
    assert row is not None
    assert "<bdi>1</bdi> / <bdi>3</bdi>" in row[0]
    assert "<bdi>50\u00a0%</bdi>" in row[0]
    assert "<bdi>33\u00a0%</bdi>" in row[0]
    assert "5 indicators have no answer yet." in text
    links = re.findall(r'href="([^"]+/answers/[\w-]+/)"', text)
    assert [link.split("/")[-2] for link in links] == ["coo-02", "coo-03", "sto-01", "sto-02", "sto-03"]
    assert amina.client.get(links[0]).status_code == 200


def test_overview_of_a_contributor_holds_only_assigned_areas(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "coo", carl.viewer)
    give_answer(amina.viewer, assessment, "sto-01", rated("5"))
    text = shown(carl.client.get(page_of(carl, "assessment-detail", assessment)))
    row = re.search(r"<tr>(?:(?!<tr>).)*Storage.*?</tr>", text, re.DOTALL)
    assert row is not None
    assert "not assigned to you" in row[0]
    assert "%" not in row[0]
    assert "3 indicators have no answer yet." in text
    assert "/answers/sto-" not in text


def test_overview_of_many_areas_shows_some_at_a_time_and_leads_to_all(amina: Persona) -> None:
    made = make_assessment(amina.viewer, make_foreign_framework(30, 1, 1))
    url = page_of(amina, "assessment-detail", made)

    def sheets(query: str) -> list[str]:
        text = shown(amina.client.get(url + query)).split("Areas with progress")[1].split("</table>")[0]
        return re.findall(r'href="[^"]+/sections/([\w-]+)/"', text)

    every = [section.key for section in framework_tree(made.framework_version).sections]
    pages = [sheets(f"?areas={number}") for number in (1, 2, 3)]
    assert [len(page) for page in pages] == [10, 10, 10]
    assert [key for page in pages for key in page] == every == sheets("?areas=all")
    assert "?areas=all" in shown(amina.client.get(url))


def test_overview_costs_the_same_with_one_and_three_answers_and_assignments(
    amina: Persona, carl: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = amina.client, page_of(amina, "assessment-detail", assessment)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    give_answer(amina.viewer, assessment, "coo-01")
    client.get(url)
    with django_assert_num_queries(OVERVIEW_STATEMENTS):
        client.get(url)
    assign(amina.viewer, assessment, "sto", carl.viewer)
    for key in ("coo-02", "sto-01"):
        give_answer(amina.viewer, assessment, key)
    with django_assert_num_queries(OVERVIEW_STATEMENTS):
        client.get(url)


def test_changing_title_and_dates(amina: Persona, assessment: Assessment) -> None:
    url = page_of(amina, "assessment-edit", assessment)
    sent = {"base_version": "1", "title": "New title", "purpose": "", "started_on": "2026-02-01", "due_on": ""}
    late = amina.client.post(url, {**sent, "due_on": "2026-01-01"})
    assert (late.status_code, "must not be before the start" in shown(late)) == (422, True)
    assert amina.client.post(url, sent).status_code == 302
    changed = Assessment.objects.get()
    assert (changed.title, changed.version) == ("New title", 2)
    stale = amina.client.post(url, {**sent, "title": "Other"})
    assert (stale.status_code, Assessment.objects.get().title) == (409, "New title")
    page = stale.content.decode()
    assert 'value="Other"' in page
    assert "Stored now: New title" in page
    assert 'name="base_version" value="2"' in page
    amina.client.post(url, {**sent, "base_version": "2", "title": "Other"})
    assert Assessment.objects.get().title == "Other"


# The way to endorsement


def test_submission_lists_what_is_missing_and_goes_through_when_nothing_is(
    amina: Persona, assessment: Assessment
) -> None:
    url = page_of(amina, "assessment-submit", assessment)
    give_answer(amina.viewer, assessment, "coo-01")
    page = shown(amina.client.get(url))
    assert page.count("/answers/") == 5
    refused = amina.client.post(url, {"base_version": "1"})
    assert refused.status_code == 422
    assert "5 indicators have no answer yet." in shown(refused)
    assert status_of(assessment) == AssessmentStatus.DRAFT
    answer_everything(amina.viewer, assessment)
    assert amina.client.post(url, {"base_version": "1"}).status_code == 302
    assert status_of(assessment) == AssessmentStatus.IN_REVIEW


def test_whole_way_to_an_endorsed_version_and_back(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    answer_everything(amina.viewer, assessment)
    amina.client.post(page_of(amina, "assessment-submit", assessment), {"base_version": "1"})
    empty = aldo.client.post(page_of(aldo, "assessment-return", assessment), {"base_version": "2", "reason": ""})
    assert empty.status_code == 422
    aldo.client.post(page_of(aldo, "assessment-return", assessment), {"base_version": "2", "reason": "See marking."})
    assert "See marking." in shown(amina.client.get(page_of(amina, "assessment-detail", assessment)))
    amina.client.post(page_of(amina, "assessment-submit", assessment), {"base_version": "3"})
    endorse = page_of(aldo, "assessment-endorse", assessment)
    wrong = aldo.client.post(endorse, {"base_version": "4", "authority": "king"})
    assert (wrong.status_code, AssessmentVersion.objects.count()) == (422, 0)
    aldo.client.post(endorse, {"base_version": "4", "authority": "commission"})
    version = AssessmentVersion.objects.get()
    text = shown(amina.client.get(page_of(amina, "assessment-detail", assessment)))
    assert "Endorsed version 1 (National commission)" in text
    assert "0 changes since." in text
    assert version.content_hash in text
    aldo.client.post(page_of(aldo, "assessment-reopen", assessment), {"base_version": "5", "reason": "New law."})
    assert status_of(assessment) == AssessmentStatus.DRAFT
    give_answer(amina.viewer, assessment, "coo-01", rated("5"), base_version=1)
    assert "1 change since." in shown(amina.client.get(page_of(amina, "assessment-detail", assessment)))


def test_refused_step_stays_visible_with_the_reason_and_who_can(
    amina: Persona, vera: Persona, assessment: Assessment
) -> None:
    text = shown(vera.client.get(page_of(vera, "assessment-detail", assessment)))
    assert 'aria-disabled="true"' in text
    assert "Only focal points may change this." in text
    for verb in ("consult", "resume", "submit", "return", "endorse", "reopen", "edit"):
        assert vera.client.post(page_of(vera, f"assessment-{verb}", assessment), {}).status_code == 403
    assert status_of(assessment) == AssessmentStatus.DRAFT


def test_step_on_a_version_that_has_changed_is_a_conflict(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_endorsed(amina.viewer, aldo.viewer, framework).assessment
    reopen_assessment(assessment=assessment, base_version=3, reason="New law.", actor=aldo.viewer)
    for sent in ({"base_version": "1"}, {"base_version": "x"}, {}):
        response = amina.client.post(page_of(amina, "assessment-submit", assessment), sent)
        assert response.status_code == 409
    assert status_of(assessment) == AssessmentStatus.DRAFT


@pytest.mark.parametrize(
    "name",
    ["detail", "edit", "consult", "resume", "submit", "return", "endorse", "reopen"],
)
def test_outsider_finds_nothing(boris: Persona, assessment: Assessment, name: str) -> None:
    methods = [boris.client.get] if name == "detail" else [boris.client.get, boris.client.post]
    for method in methods:
        response = method(page_of(boris, f"assessment-{name}", assessment))
        assert (response.status_code, assessment.title in shown(response)) == (404, False)


def discard_url(persona: Persona, assessment: Assessment) -> str:
    return persona.url("assessments:assessment-discard", assessment.uuid)


def test_an_empty_draft_is_discarded_after_asking_and_its_cycle_is_free_again(
    amina: Persona, vera: Persona, boris: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework, title="By mistake")
    edit = amina.client.get(amina.url("assessments:assessment-edit", assessment.uuid)).content.decode()
    assert discard_url(amina, assessment) in edit
    # Who had its pages open does not hold it back.
    amina.client.get(amina.url("assessments:section-sheet", assessment.uuid, "coo"))
    assert vera.client.post(discard_url(vera, assessment), {"base_version": 1}).status_code == 403
    assert boris.client.post(discard_url(boris, assessment), {"base_version": 1}).status_code == 404
    asked = amina.client.get(discard_url(amina, assessment)).content.decode()
    assert ("What will happen" in asked, "By mistake" in asked) == (True, True)
    stale = amina.client.post(discard_url(amina, assessment), {"base_version": 9})
    assert (stale.status_code, Assessment.objects.count()) == (409, 1)
    done = amina.client.post(discard_url(amina, assessment), {"base_version": 1}, follow=True).content.decode()
    assert ("The baseline is discarded." in done, "By mistake" in done) == (True, False)
    event = Event.objects.get(verb="assessment.discarded")
    assert (event.target_id, event.actor) == (str(assessment.uuid), amina.user)
    assert make_assessment(amina.viewer, framework)


@pytest.mark.parametrize("held", ["answers", "comments", "assignments", "evidence links", "documents", "meetings"])
def test_a_baseline_that_holds_anything_is_never_deleted(
    amina: Persona, carl: Persona, framework: FrameworkVersion, held: str
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    if held == "answers":
        give_answer(amina.viewer, assessment, "coo-01")
    elif held == "comments":
        add_comment(assessment=assessment, indicator="coo-01", body="Why?", actor=amina.viewer)
    elif held == "assignments":
        assign(amina.viewer, assessment, "coo", carl.viewer)
    elif held == "evidence links":
        link(amina.viewer, make_evidence(amina.viewer), assessment, "coo-01")
    elif held == "documents":
        asked = {"subject": assessment.uuid, "language": "en", "options": {"source": "current"}}
        request_document(kind=DocumentKind.BASELINE_REPORT, actor=amina.viewer, **asked)
    else:
        starts = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
        plan_meeting(title="One", starts_at=starts, participants=[], assessment=assessment, actor=amina.viewer)
    for send in (amina.client.get, amina.client.post):
        refused = send(discard_url(amina, assessment), {"base_version": 1})
        assert refused.status_code == 403
        assert f"It holds: {held}" in refused.content.decode() or f", {held}" in refused.content.decode()
    assert Assessment.objects.filter(pk=assessment.pk, version=1).exists()
    assert not Event.objects.filter(verb="assessment.discarded").exists()


def test_a_draft_that_holds_something_says_on_its_form_why_it_is_not_discarded(
    amina: Persona, assessment: Assessment
) -> None:
    give_answer(amina.viewer, assessment, "coo-01")
    edit = amina.client.get(amina.url("assessments:assessment-edit", assessment.uuid)).content.decode()
    assert discard_url(amina, assessment) not in edit
    assert re.search(r'aria-disabled="true"[^>]*>Discard this baseline', edit)
    assert "This baseline is not empty" in edit


def test_who_answers_and_how_many_rate_independently_are_told_apart(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "sto-01", carl.viewer)
    assign(amina.viewer, assessment, "sto-02", carl.viewer, mode=AssignmentMode.INDEPENDENT)
    page = amina.client.get(amina.url("assessments:assessment-detail", assessment.uuid)).content.decode()
    assert '<bdi>Carl</bdi> · <span class="hint">1 rates independently</span>' in page
