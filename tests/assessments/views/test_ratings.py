"""The sheet of those who rate independently: what they see, what they save, and what stays hidden from them."""

from __future__ import annotations

from typing import Any

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AssignmentMode
from assessments.models import Answer, Assessment, FrameworkVersion, IndependentRating
from assessments.selectors.frameworks import framework_tree
from assessments.services.assessments import submit_assessment
from tests.assessments.factories import (
    answer_everything,
    assign,
    make_assessment,
    make_foreign_framework,
    rate_independently,
    rated,
)
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role

pytestmark = pytest.mark.django_db
INDEPENDENT = AssignmentMode.INDEPENDENT
HTMX = {"HX-Request": "true"}


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def sheet(persona: Persona, assessment: Assessment, section: str = "sto") -> str:
    return persona.url("assessments:rating-sheet", assessment.uuid) + f"?section={section}"


def rating_url(persona: Persona, assessment: Assessment, indicator: str = "sto-01") -> str:
    return persona.url("assessments:rating-edit", assessment.uuid, indicator)


def fields(**changes: Any) -> dict[str, Any]:
    return {"base_version": 0, "rating": "level:3", "narrative": "My view.", "basis": "law", **changes}


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def stored() -> list[tuple[int, str, str]]:
    rows = IndependentRating.objects.select_related("option").order_by("pk")
    return [(row.version, row.option.key if row.option else row.rating, row.narrative) for row in rows]


def test_rater_rates_what_is_assigned_and_sees_neither_answer_nor_other_ratings(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert amina.party is not None
    ivo = make_persona("Ivo", amina.party, Role.INVITED_CONTRIBUTOR)
    answer_everything(amina.viewer, assessment, rated("5", narrative="Canary of the State."))
    for person in (carl, ivo):
        assign(amina.viewer, assessment, "sto-01", person.viewer, mode=INDEPENDENT)
    assign(amina.viewer, assessment, "sto-03", carl.viewer, mode=INDEPENDENT)
    rate_independently(carl.viewer, assessment, "sto-01", rated(narrative="Canary of Carl."))
    assert ivo.client.post(rating_url(ivo, assessment), fields(next="1")).status_code == 302
    for person, own, keys in ((ivo, "My view.", ["sto-01"]), (carl, "Canary of Carl.", ["sto-01", "sto-03"])):
        page = shown(person.client.get(sheet(person, assessment)))
        assert [key for key in ("sto-01", "sto-02", "sto-03") if f'id="indicator-{key}"' in page] == keys
        assert [text for text in ("Canary of the State.", "Canary of Carl.", "My view.") if text in page] == [own]
        for hidden in ("Who disagrees", "own target", "Left out of this baseline on purpose."):
            assert hidden not in page
    assert Answer.objects.get(indicator__key="sto-01").version == 1
    for url, status in (
        (rating_url(ivo, assessment, "sto-02"), 403),
        (rating_url(ivo, assessment, "sto-99"), 404),
        (ivo.url("assessments:section-sheet", assessment.uuid, "sto"), 404),
        (ivo.url("assessments:assessment-detail", assessment.uuid), 404),
        (carl.url("assessments:answer-edit", assessment.uuid, "sto-01"), 403),
    ):
        client = carl.client if "answers" in url else ivo.client
        response = client.get(url)
        assert (response.status_code, "Canary" in shown(response)) == (status, False), url
    own_sheet = shown(carl.client.get(carl.url("assessments:section-sheet", assessment.uuid, "sto")))
    assert ("You rate here independently" in own_sheet, "Canary" in own_sheet) == (True, False)


def test_nobody_else_has_that_sheet(
    amina: Persona, carl: Persona, vera: Persona, boris: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "sto", carl.viewer, mode=INDEPENDENT)
    for person, status in ((amina, 403), (vera, 403), (boris, 404), (carl, 200)):
        assert person.client.get(sheet(person, assessment)).status_code == status
        posted = person.client.post(rating_url(person, assessment), fields())
        assert posted.status_code == (302 if person is carl else status)
    assert len(stored()) == 1


def test_rating_is_saved_over_its_version_and_a_stale_one_shows_both_sides(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assign(amina.viewer, assessment, "sto", carl.viewer, mode=INDEPENDENT)
    saved = carl.client.post(rating_url(carl, assessment), fields(), headers=HTMX)
    assert (saved.status_code, 'value="1" hx-swap-oob="true"' in shown(saved)) == (200, True)
    again = carl.client.post(rating_url(carl, assessment), fields(), headers=HTMX)
    assert (again.status_code, stored()) == (200, [(1, "3", "My view.")])
    carl.client.post(rating_url(carl, assessment), fields(base_version=1, narrative="On the phone."))
    stale = carl.client.post(rating_url(carl, assessment), fields(base_version=1, narrative="On the laptop."))
    assert stale.status_code == 409
    assert [text for text in ("On the phone.", "On the laptop.", "own target") if text in shown(stale)] == [
        "On the phone.",
        "On the laptop.",
    ]
    chosen = {"resolve": "1", "choose-narrative": "merged", "merged-narrative": "Both."}
    resolved = carl.client.post(rating_url(carl, assessment), fields(base_version=2, **chosen))
    assert (resolved.status_code, stored()) == (302, [(3, "3", "Both.")])


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rating": "not_rated"}, "Choose a level, or say why there is none."),
        ({"rating": "level:9"}, "This level is not on the scale of this indicator."),
        ({"rating": "not_applicable"}, "Say why this does not apply to your State."),
        ({"base_version": 4}, "no rating yet that could be changed"),
        ({"narrative": "x" * 8001}, "Use at most 8000 characters; this has 8001."),
    ],
)
def test_bad_rating_says_what_is_wrong_and_changes_nothing(
    amina: Persona, carl: Persona, assessment: Assessment, changes: dict[str, Any], message: str
) -> None:
    assign(amina.viewer, assessment, "sto", carl.viewer, mode=INDEPENDENT)
    response = carl.client.post(rating_url(carl, assessment), fields(**changes))
    assert (response.status_code, message in shown(response), stored()) == (422, True, [])


def test_ratings_stand_still_once_the_baseline_is_submitted_or_the_task_taken_back(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    task = assign(amina.viewer, assessment, "sto-01", carl.viewer, mode=INDEPENDENT)
    rate_independently(carl.viewer, assessment, "sto-01")
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    late = carl.client.post(rating_url(carl, assessment), fields(base_version=1), headers=HTMX)
    assert (late.status_code, "This baseline is being reviewed" in shown(late)) == (422, True)
    assert "This baseline is being reviewed" in shown(carl.client.get(sheet(carl, assessment)))
    task.delete()
    assert carl.client.get(sheet(carl, assessment)).status_code == 403
    assert stored() == [(1, "2", "")]


@pytest.mark.parametrize("ratings", [1, 3])
def test_sheet_costs_the_same_whatever_is_rated(
    amina: Persona, carl: Persona, ratings: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessment = make_assessment(amina.viewer, make_foreign_framework(2, 2, 12))
    assign(amina.viewer, assessment, "p1", carl.viewer, mode=INDEPENDENT)
    client = carl.client
    client.get(sheet(carl, assessment, "p1"))
    keys = [f"indicator-{item.key}" for item in _indicators(assessment)]
    for key in keys[:ratings]:
        rate_independently(carl.viewer, assessment, key.removeprefix("indicator-"), rated("1"))
    with django_assert_num_queries(7):
        first = shown(client.get(sheet(carl, assessment, "p1")))
    assert first.count(" checked>") == ratings
    second = shown(carl.client.get(sheet(carl, assessment, "p1") + "&page=2"))
    assert [key for key in keys if f'id="{key}"' in first + second] == keys[:24]


def _indicators(assessment: Assessment) -> tuple[Any, ...]:
    return framework_tree(assessment.framework_version).indicators
