"""The section sheet and one answer through HTTP, as a browser with and without scripts sends it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AnswerRating
from assessments.models import Answer, Assessment, FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent
from assessments.services.assessments import submit_assessment
from tests.assessments.factories import (
    answer_everything,
    assign,
    give_answer,
    make_assessment,
    make_foreign_framework,
    rated,
)
from tests.personas import Persona

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def sheet(persona: Persona, assessment: Assessment, section: str = "coo") -> str:
    return persona.url("assessments:section-sheet", assessment.uuid, section)


def answer_url(persona: Persona, assessment: Assessment, indicator: str = "coo-01") -> str:
    return persona.url("assessments:answer-edit", assessment.uuid, indicator)


def fields(**changes: Any) -> dict[str, Any]:
    """What the form sends for a first rating of level 3."""
    values = {
        "base_version": 0,
        "rating": "level:3",
        "reason": "",
        "narrative": "A decree is in force.",
        "basis": "law",
        "confidence": "high",
        "minority_note": "",
        "target": "",
    }
    return {**values, **changes}


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def stored(assessment: Assessment, indicator: str = "coo-01") -> tuple[int, str, str]:
    answer = Answer.objects.select_related("option").get(assessment=assessment, indicator__key=indicator)
    return answer.version, answer.option.key if answer.option else answer.rating, answer.narrative


# Saving


def test_saving_without_scripts_leads_back_to_the_indicator_on_its_sheet(
    amina: Persona, assessment: Assessment
) -> None:
    response = amina.client.post(answer_url(amina, assessment), fields())
    assert (response.status_code, response["Location"]) == (
        302,
        sheet(amina, assessment) + "?page=1#indicator-coo-01",
    )
    assert stored(assessment) == (1, "3", "A decree is in force.")
    page = shown(amina.client.get(sheet(amina, assessment)))
    assert "A decree is in force.</textarea>" in page
    assert re.search(r'value="level:3"[^>]* checked', page)
    assert 'name="base_version" id="version-coo-01" value="1"' in page


def test_save_and_next_leads_to_the_next_indicator_also_of_the_next_section(
    amina: Persona, assessment: Assessment
) -> None:
    response = amina.client.post(answer_url(amina, assessment), fields(next="1"))
    assert response["Location"] == sheet(amina, assessment) + "?page=1#indicator-coo-02"
    response = amina.client.post(answer_url(amina, assessment, "coo-03"), fields(next="1"))
    assert response["Location"] == sheet(amina, assessment, "sto") + "?page=1#indicator-sto-01"
    response = amina.client.post(answer_url(amina, assessment, "sto-03"), fields(next="1"))
    assert response["Location"] == sheet(amina, assessment, "sto") + "?page=1#indicator-sto-03"


def test_autosave_answers_with_the_state_and_the_new_version_and_nothing_more(
    amina: Persona, assessment: Assessment
) -> None:
    response = amina.client.post(answer_url(amina, assessment), fields(), headers=HTMX)
    text = shown(response)
    assert response.status_code == 200
    assert "Saved" in text
    assert '<input type="hidden" name="base_version" id="version-coo-01" value="1" hx-swap-oob="true">' in text
    assert len(response.content) < 2000
    assert response["HX-Trigger"] == "answer-saved"
    amina.client.post(answer_url(amina, assessment), fields(base_version=1, rating="level:5"), headers=HTMX)
    assert stored(assessment) == (2, "5", "A decree is in force.")


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"rating": "level:9"}, "This level is not on the scale of this indicator."),
        ({"rating": "level:"}, "This level is not on the scale of this indicator."),
        ({"rating": "rated"}, "This level is not on the scale of this indicator."),
        ({"rating": "best"}, "Choose a level, or say why there is none."),
        ({"rating": "not_applicable", "reason": " "}, "Say why this does not apply to your State."),
        ({"basis": "hearsay"}, "Choose one of the bases offered."),
        ({"confidence": "total"}, "Choose one of the degrees offered."),
        ({"target": "9"}, "This level is not on the scale of this indicator."),
        ({"narrative": "x" * 8001}, "Use at most 8000 characters; this has 8001."),
        ({"reason": "x" * 2001}, "Use at most 2000 characters; this has 2001."),
        ({"base_version": "-1"}, "Give 0 or more."),
        ({"base_version": "one"}, "Write a whole number, in digits."),
    ],
)
def test_bad_input_says_what_is_wrong_keeps_what_was_typed_and_changes_nothing(
    amina: Persona, assessment: Assessment, changes: dict[str, str], message: str, headers: dict[str, str]
) -> None:
    sent = fields(minority_note="The ministry disagrees.", **changes)
    response = amina.client.post(answer_url(amina, assessment), sent, headers=headers)
    text = shown(response)
    assert response.status_code == 422
    assert message in text
    for name in ("narrative", "minority_note", "reason"):
        assert f"\n{sent[name]}</textarea>" in text
    assert not Answer.objects.exists()


def test_missing_rating_replaces_nothing_while_somebody_types_and_is_an_error_on_a_page(
    amina: Persona, assessment: Assessment
) -> None:
    typed = fields(rating="")
    typing = amina.client.post(answer_url(amina, assessment), typed, headers=HTMX)
    assert (typing.status_code, typing.has_header("HX-Retarget")) == (422, False)
    assert "choose a level" in shown(typing)
    assert "<form" not in shown(typing)
    page = amina.client.post(answer_url(amina, assessment), typed)
    assert page.status_code == 422
    assert "Choose a level, or say why there is none." in shown(page)
    assert "A decree is in force.</textarea>" in shown(page)


def test_corrected_form_is_replaced_as_a_whole_so_that_its_messages_go(amina: Persona, assessment: Assessment) -> None:
    url = answer_url(amina, assessment)
    wrong = amina.client.post(url, fields(rating="not_applicable"), headers=HTMX)
    assert (wrong["HX-Retarget"], wrong["HX-Reswap"]) == ("#answer-coo-01", "outerHTML")
    assert '<input type="hidden" name="replace" value="1">' in shown(wrong)
    right = amina.client.post(url, fields(rating="not_applicable", reason="No depots.", replace="1"), headers=HTMX)
    assert (right.status_code, right["HX-Retarget"]) == (200, "#answer-coo-01")
    assert "No depots.</textarea>" in shown(right)
    assert "field-error" not in shown(right)


def test_repeating_a_request_whose_answer_was_lost_is_no_conflict(amina: Persona, assessment: Assessment) -> None:
    for _attempt in range(2):
        response = amina.client.post(answer_url(amina, assessment), fields(), headers=HTMX)
        assert response.status_code == 200
    assert stored(assessment) == (1, "3", "A decree is in force.")


# Conflicts


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
@pytest.mark.parametrize("base_version", [0, 1])
def test_stale_save_answers_409_with_both_texts_and_overwrites_nothing(
    amina: Persona, assessment: Assessment, headers: dict[str, str], base_version: int
) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("1"))
    give_answer(amina.viewer, assessment, "coo-01", rated("2", narrative="Their words."), base_version=1)
    mine = fields(base_version=base_version, narrative="My words.")
    response = amina.client.post(answer_url(amina, assessment), mine, headers=headers)
    text = shown(response)
    assert response.status_code == 409
    assert ">Their words.</span>" in text
    assert ">My words.</span>" in text
    assert "Emerging: Coordination part 1 at level 2." in text
    assert "In part: Coordination part 1 at level 3." in text
    assert '<input type="hidden" name="base_version" value="2">' in text
    assert response.headers.get("HX-Retarget") == ("#answer-coo-01" if headers else None)
    assert stored(assessment) == (2, "2", "Their words.")


def resolution(**choices: str) -> dict[str, Any]:
    """What the comparison sends: my side hidden, and a choice for each field."""
    return fields(base_version=2, narrative="My words.", resolve="1", **choices)


def test_conflict_is_resolved_field_by_field(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("1"))
    give_answer(amina.viewer, assessment, "coo-01", rated("2", narrative="Their words."), base_version=1)
    chosen = {"choose-rating": "theirs", "choose-narrative": "merged", "merged-narrative": "Theirs and mine."}
    response = amina.client.post(answer_url(amina, assessment), resolution(**chosen))
    assert response.status_code == 302
    assert stored(assessment) == (3, "2", "Theirs and mine.")
    assert Answer.objects.get().basis == "law"


def test_resolution_of_a_comparison_that_is_stale_again_compares_anew(amina: Persona, assessment: Assessment) -> None:
    for version, words in enumerate(["First.", "Their words.", "Their newest words."]):
        give_answer(amina.viewer, assessment, "coo-01", rated("2", narrative=words), base_version=version)
    chosen = {"choose-rating": "mine", "choose-narrative": "merged", "merged-narrative": "Theirs and mine."}
    response = amina.client.post(answer_url(amina, assessment), resolution(**chosen))
    text = shown(response)
    assert response.status_code == 409
    assert ">Their newest words.</span>" in text
    assert ">Theirs and mine.</span>" in text
    assert stored(assessment) == (3, "2", "Their newest words.")


# Who sees what


def test_contributor_sees_only_assigned_sections(amina: Persona, carl: Persona, assessment: Assessment) -> None:
    assign(amina.viewer, assessment, "coo", carl.viewer)
    give_answer(amina.viewer, assessment, "coo-01", rated(narrative="Canary of coordination."))
    give_answer(amina.viewer, assessment, "sto-01", rated(narrative="Canary of storage."))
    assert "Canary of coordination." in shown(carl.client.get(sheet(carl, assessment, "coo")))
    other = carl.client.get(sheet(carl, assessment, "sto"))
    assert other.status_code == 200
    assert "This section is not assigned to you" in shown(other)
    for hidden in ("Canary of storage.", 'name="rating"', "1</bdi>/<bdi>3"):
        assert hidden not in shown(other).split("sheet-sections")[1].split("</nav>")[1]
    refused = carl.client.get(answer_url(carl, assessment, "sto-01"))
    assert (refused.status_code, "Canary of storage." in shown(refused)) == (403, False)
    posted = carl.client.post(answer_url(carl, assessment, "sto-01"), fields(base_version=0))
    assert (posted.status_code, "Canary of storage." in shown(posted)) == (403, False)
    resolving = carl.client.post(answer_url(carl, assessment, "sto-01"), resolution())
    assert (resolving.status_code, "Canary of storage." in shown(resolving)) == (403, False)
    bad = carl.client.post(answer_url(carl, assessment, "sto-01"), fields(rating=""))
    assert (bad.status_code, "Canary of storage." in shown(bad)) == (403, False)


def test_reader_sees_the_answer_locked_with_the_reason_and_who_can(
    amina: Persona, vera: Persona, assessment: Assessment
) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated(narrative="Our words."))
    for url in (sheet(vera, assessment), answer_url(vera, assessment)):
        text = shown(vera.client.get(url))
        assert "Our words.</dd>" in text
        assert ('name="rating"' in text, "The whole scale" in text) == (False, True)
        assert "You may read these answers but not change them." in text
        assert "A focal point of your State can." in text
        assert 'type="submit" class="btn btn-secondary">Save' not in text
        assert "data-autosave" not in text
    assert vera.client.post(answer_url(vera, assessment), fields(base_version=1)).status_code == 403


def test_submitted_baseline_is_locked_and_an_open_sheet_says_why_it_no_longer_saves(
    amina: Persona, assessment: Assessment
) -> None:
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    assert "This baseline is being reviewed" in shown(amina.client.get(sheet(amina, assessment)))
    response = amina.client.post(answer_url(amina, assessment), fields(base_version=1), headers=HTMX)
    assert response.status_code == 422
    assert "This baseline is being reviewed" in shown(response)
    assert stored(assessment)[0] == 1


@pytest.mark.parametrize("method", ["get", "post"])
def test_missing_and_foreign_things_look_alike(
    amina: Persona, boris: Persona, assessment: Assessment, method: str, wam: FrameworkVersion
) -> None:
    foreign = make_assessment(boris.viewer, wam)
    give_answer(boris.viewer, foreign, framework_tree(wam).indicators[0].key, rated(narrative="Foreign canary."))
    key = framework_tree(wam).indicators[0].key
    missing_uuid = "00000000-0000-4000-8000-000000000000"
    urls = [
        amina.url("assessments:answer-edit", foreign.uuid, key),
        amina.url("assessments:answer-edit", missing_uuid, key),
        amina.url("assessments:answer-edit", assessment.uuid, "coo-77"),
        boris.url("assessments:answer-edit", foreign.uuid, key),
    ]
    for url in urls:
        response = getattr(amina.client, method)(url, fields())
        assert response.status_code == 404, url
        assert "Foreign canary." not in shown(response)


def test_anonymous_is_asked_to_sign_in(amina: Persona, assessment: Assessment) -> None:
    response = Client().get(sheet(amina, assessment))
    assert (response.status_code, response["Location"].split("?")[0]) == (302, "/accounts/login/")


# The sheet


def test_filters_show_what_waits(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated(basis="none"))
    give_answer(amina.viewer, assessment, "coo-02", AnswerContent(rating=AnswerRating.UNKNOWN))

    def keys(show: str) -> list[str]:
        text = shown(amina.client.get(sheet(amina, assessment), {"show": show}))
        return re.findall(r'id="indicator-([\w-]+)"', text)

    assert keys("") == ["coo-01", "coo-02", "coo-03"]
    assert keys("not-rated") == ["coo-03"]
    assert keys("no-basis") == ["coo-01"]
    assert keys("unknown") == ["coo-02"]
    assert keys("nonsense") == ["coo-01", "coo-02", "coo-03"]


def test_page_holds_at_most_twenty_indicators_and_pages_hold_all_of_a_section(amina: Persona, db: None) -> None:
    version = make_foreign_framework(1, 2, 25)
    assessment = make_assessment(amina.viewer, version)
    found: list[str] = []
    for page in ("1", "2", "3"):
        text = shown(amina.client.get(sheet(amina, assessment, "p1"), {"page": page}))
        keys = re.findall(r'id="indicator-([\w-]+)"', text)
        assert len(keys) <= 20
        found += keys
    assert found == [indicator.key for indicator in framework_tree(version).indicators]
    filtered = shown(amina.client.get(sheet(amina, assessment, "p1"), {"show": "not-rated", "page": "3"}))
    assert len(re.findall(r'id="indicator-', filtered)) == 10
    for odd in ("0", "99", "x", "-1", "9" * 30):
        assert amina.client.get(sheet(amina, assessment, "p1"), {"page": odd}).status_code == 200


def test_no_two_controls_of_a_sheet_share_an_id(amina: Persona, assessment: Assessment) -> None:
    ids = re.findall(r'\bid="([^"]*)"', shown(amina.client.get(sheet(amina, assessment))))
    assert sorted(ids) == sorted(set(ids))
    assert {"id_coo-01_rating", "id_coo-01_rating_0", "id_coo-02_narrative"} <= set(ids)


def test_progress_line_counts_what_was_saved(amina: Persona, carl: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01")
    url = amina.url("assessments:section-progress", assessment.uuid, "coo")
    assert '<progress value="1" max="3"' in shown(amina.client.get(url))
    count = '<bdi dir="ltr">1/3</bdi><span class="visually-hidden"> answered</span>'
    assert f'<span class="count" id="section-count" hx-swap-oob="true">{count}' in shown(amina.client.get(url))
    assert f'<span class="count" id="section-count">{count}' in shown(amina.client.get(sheet(amina, assessment)))
    given = AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="None.")
    give_answer(amina.viewer, assessment, "coo-02", given)
    assert "1 / 2</bdi> · 1 left out" in shown(amina.client.get(url))
    refused = carl.client.get(carl.url("assessments:section-progress", assessment.uuid, "coo"))
    assert refused.status_code == 403
    assert "<progress" not in shown(refused)


def test_headings_of_the_section_stand_beside_it_with_how_far_they_are(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, make_foreign_framework(2, 3, 8))
    tree = framework_tree(assessment.framework_version)
    section = tree.sections[0]
    runs: dict[tuple[str, ...], list[str]] = {}
    for indicator in section.indicators:
        for depth in range(len(indicator.headings)):
            runs.setdefault(tuple(one.key for one in indicator.headings[: depth + 1]), []).append(indicator.key)
    last = section.indicators[-1]
    for indicator in (section.indicators[0], last):
        give_answer(amina.viewer, assessment, indicator.key, rated(indicator.scale.options[0].key))
    given = {section.indicators[0].key, last.key}

    html = shown(amina.client.get(sheet(amina, assessment, section.key)))
    fresh = shown(amina.client.get(amina.url("assessments:section-progress", assessment.uuid, section.key)))
    assert len(runs) > 1
    for path, keys in runs.items():
        count = f'<bdi dir="ltr">{len(given.intersection(keys))}/{len(keys)}</bdi>'
        assert f'<span class="count" id="section-count-{path[-1]}">{count}' in html
        assert f'<span class="count" id="section-count-{path[-1]}" hx-swap-oob="true">{count}' in fresh
    page = tree.page_of(next(one for one in section.indicators if one.headings == last.headings))
    first_below = next(one for one in section.indicators if one.headings == last.headings)
    assert f"?page={page.number}#indicator-{first_below.key}" in html


# What it costs

SHEET_STATEMENTS = 11
SAVE_STATEMENTS = 14


@pytest.fixture(params=[(4, 3, 7), (10, 6, 20)], ids=["84 indicators", "1200 indicators"])
def large(request: pytest.FixtureRequest, amina: Persona) -> Assessment:
    return make_assessment(amina.viewer, make_foreign_framework(*request.param))


@pytest.mark.parametrize("answers", [1, 3])
def test_sheet_costs_the_same_whatever_its_size(
    amina: Persona, large: Assessment, answers: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for indicator in framework_tree(large.framework_version).indicators[:answers]:
        give_answer(amina.viewer, large, indicator.key, rated("1"))
    client = amina.client
    client.get(sheet(amina, large, "p1"))
    with django_assert_num_queries(SHEET_STATEMENTS):
        assert shown(client.get(sheet(amina, large, "p1"))).count(" checked>") == answers


@pytest.mark.parametrize("others", [0, 49])
def test_save_costs_the_same_whatever_else_there_is(
    amina: Persona, large: Assessment, others: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(others):
        make_assessment(amina.viewer, large.framework_version, cycle=f"other {number}")
    client, keys = amina.client, [indicator.key for indicator in framework_tree(large.framework_version).indicators]
    client.post(answer_url(amina, large, keys[0]), fields(rating="level:1"), headers=HTMX)
    with django_assert_num_queries(SAVE_STATEMENTS):
        client.post(answer_url(amina, large, keys[1]), fields(rating="level:1"), headers=HTMX)
    with django_assert_num_queries(SAVE_STATEMENTS):
        client.post(answer_url(amina, large, keys[1]), fields(rating="level:2", base_version=1), headers=HTMX)
    assert stored(large, keys[1])[:2] == (2, "2")


def test_contributor_pays_two_statements_more_at_most(
    amina: Persona, carl: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assign(amina.viewer, assessment, "coo", carl.viewer)
    client = carl.client
    client.post(answer_url(carl, assessment, "coo-01"), fields(), headers=HTMX)
    with django_assert_num_queries(SAVE_STATEMENTS + 1):
        client.post(answer_url(carl, assessment, "coo-02"), fields(), headers=HTMX)
    with django_assert_num_queries(SHEET_STATEMENTS + 1):
        client.get(sheet(carl, assessment))
