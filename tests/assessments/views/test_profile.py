"""The profile of a baseline through HTTP: figures, the map of all indicators, and what they rest on."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AnswerRating, Lens
from assessments.models import Assessment, FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.answers import AnswerContent
from tests.assessments.factories import assign, give_answer, make_assessment, make_foreign_framework, rated
from tests.personas import Persona

pytestmark = pytest.mark.django_db
PROFILE_STATEMENTS = 5


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "coo-01", rated("3", basis="law", confidence="high"))
    give_answer(amina.viewer, made, "coo-02", AnswerContent(rating=AnswerRating.UNKNOWN))
    give_answer(amina.viewer, made, "sto-01", rated("5", basis="testimony"))
    give_answer(amina.viewer, made, "sto-02", AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="None."))
    return made


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def profile_of(persona: Persona, assessment: Assessment) -> str:
    return shown(persona.client.get(persona.url("assessments:assessment-profile", assessment.uuid)))


def words(html: str) -> str:
    """The text of a piece of HTML, with single spaces."""
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def rows_of(text: str, caption: str) -> list[str]:
    """The body rows of the table with that caption, as plain words."""
    table = re.search(rf"<table[^>]*>\s*<caption[^>]*>{caption}</caption>.*?</table>", text, re.DOTALL)
    assert table is not None, caption
    return [words(row) for row in re.findall(r"<tr>.*?</tr>", table[0], re.DOTALL)[1:]]


def test_areas_stand_with_score_coverage_and_counts_and_there_is_no_total(
    amina: Persona, assessment: Assessment
) -> None:
    text = profile_of(amina, assessment)
    rows = rows_of(text, "Areas with score, coverage and counts")
    # coo: level 3 of 1-5 is half way; one of three is rated, one unknown, one unanswered: 33 %.
    # sto: level 5 is the end; not applicable leaves the denominator: one of two is rated, 50 %.
    assert [row.split(" ", 1)[1] for row in rows] == [
        "50 % 33 % 1 / 3 1 unknown 1 without an answer",
        "100 % 50 % 1 / 2 1 without an answer 1 not applicable",
    ]
    assert "There is no score for the whole State." in text


def test_the_overview_counts_the_gender_lens_as_the_profile_does(amina: Persona, wam: FrameworkVersion) -> None:
    assessment = make_assessment(amina.viewer, wam)
    looking = [item for item in framework_tree(wam).indicators if Lens.GENDER in item.lenses]
    give_answer(amina.viewer, assessment, looking[0].key, rated("4"))
    left = AnswerContent(rating=AnswerRating.NOT_APPLICABLE, reason="None.")
    give_answer(amina.viewer, assessment, looking[1].key, left)
    asked = len(looking) - 1
    assert rows_of(profile_of(amina, assessment), "Score by lens")[0].endswith(f"1 / {asked} 1 left out")
    overview = shown(amina.client.get(amina.url("assessments:assessment-detail", assessment.uuid)))
    assert f"Indicators with the gender lens: 1 of {asked} rated. (1 left out)" in words(overview)


def test_stages_and_lenses_have_their_figures_and_gender_stands_out(amina: Persona, wam: FrameworkVersion) -> None:
    assessment = make_assessment(amina.viewer, wam)
    tree = framework_tree(wam)
    looking = [indicator for indicator in tree.indicators if Lens.GENDER in indicator.lenses]
    first, second = looking[:2]
    give_answer(amina.viewer, assessment, first.key, rated("4"))
    give_answer(amina.viewer, assessment, second.key, AnswerContent(rating=AnswerRating.UNKNOWN))
    text = profile_of(amina, assessment)
    assert len(text) < 150_000
    total = len(looking)
    assert rows_of(text, "Score by lens")[0] == f"Gender 75 % {100 // total} % 1 / {total}"
    noted = re.search(r'<p class="lens-gender">.*?</p>', text, re.DOTALL)
    assert noted is not None
    assert words(noted[0]) == f"Gender 75 % from 1 rated of {total} indicators that look at women and men."
    stages = rows_of(text, "Score by life-cycle stage")
    assert [row.split()[0] for row in stages[:2]] == ["Governance", "Manufacture"]


def test_each_indicator_is_a_link_named_by_code_mark_and_word(amina: Persona, assessment: Assessment) -> None:
    cells = {
        words(inner).split()[0]: (href, css, words(inner))
        for css, href, inner in re.findall(
            r'<a class="heat-cell ([^"]+)" href="([^"]+)">(.*?)</a>', profile_of(amina, assessment), re.DOTALL
        )
    }
    assert len(cells) == 6
    assert cells["COO-01"][1:] == ("level-3", "COO-01 3 In part")
    assert cells["COO-02"][1:] == ("heat-unknown", "COO-02 ? unknown")
    assert cells["STO-02"][1:] == ("heat-not_applicable", "STO-02 n/a not applicable")
    assert cells["STO-03"][1:] == ("heat-unanswered", "STO-03 · no answer yet")
    assert amina.client.get(cells["STO-01"][0]).status_code == 200


def test_basis_and_confidence_count_what_is_rated(amina: Persona, assessment: Assessment) -> None:
    text = profile_of(amina, assessment)
    basis = rows_of(text, "What the ratings rest on, by area")
    assert [row.split(" ", 1)[1] for row in basis] == ["1 (100 %) 0 0 0 0 1", "0 0 0 1 (100 %) 0 1"]
    confidence = rows_of(text, "Confidence in the ratings, by area")
    assert [row.split(" ", 1)[1] for row in confidence] == ["1 (100 %) 0 0 0 1", "0 0 0 1 (100 %) 1"]


def test_contributors_see_the_profile_of_their_sections_only(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert "Nothing is assigned to you" in profile_of(carl, assessment)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    text = profile_of(carl, assessment)
    assert text.count('class="heat-cell') == 3
    assert "STO-01" not in text
    assert "1 other is left out." in text


def test_profile_costs_the_same_with_few_and_many_answers(
    amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = amina.client, amina.url("assessments:assessment-profile", assessment.uuid)
    client.get(url)
    with django_assert_num_queries(PROFILE_STATEMENTS):
        client.get(url)
    give_answer(amina.viewer, assessment, "sto-03")
    give_answer(amina.viewer, assessment, "coo-03")
    with django_assert_num_queries(PROFILE_STATEMENTS):
        assert len(client.get(url).content) < 150_000


def test_levels_are_named_on_the_map_and_the_board_where_scales_are_mixed(
    amina: Persona, assessment: Assessment
) -> None:
    assert 'class="heat-label"' not in profile_of(amina, assessment)
    mixed = make_assessment(amina.viewer, make_foreign_framework(1, 2, 6), cycle="2031")
    indicator = framework_tree(mixed.framework_version).indicators[0]
    lowest, target = indicator.scale.options[0], indicator.target
    give_answer(amina.viewer, mixed, indicator.key, rated(lowest.key))
    assert f'<bdi class="heat-label" lang="fr">{lowest.label}</bdi>' in profile_of(amina, mixed)
    board = shown(amina.client.get(amina.url("assessments:gap-list", mixed.uuid)))
    assert f"{lowest.label}, target {target.label}" in words(board)
