"""The gap board and the page of a gap, through HTTP."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssignmentMode, GapStatus
from assessments.models import Assessment, AssistanceRequest, FrameworkVersion, Gap
from assessments.selectors.frameworks import source_tree
from assessments.services.gaps import dismiss_gap
from assessments.services.scope import leave_out
from tests.assessments.factories import assign, make_foreign_framework, rate_independently, rated
from tests.assessments.request_factories import make_draft, make_gap, rate, start_baseline
from tests.personas import Persona

KEYS = ("coo-01", "sto-01", "coo-02")


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return start_baseline(amina, framework)


def test_every_page_calls_a_level_by_the_number_of_its_scale(amina: Persona, carl: Persona) -> None:
    version = make_foreign_framework(1, 1, 6)
    indicator = source_tree(version).indicators[0]
    assert [option.value for option in indicator.scale.options] == [0, 1, 2, 3]
    assessment = start_baseline(amina, version)
    rate(amina, assessment, indicator.key, "0")
    assign(amina.viewer, assessment, indicator.key, carl.viewer, mode=AssignmentMode.INDEPENDENT)
    rate_independently(carl.viewer, assessment, indicator.key, rated("2"))

    def page(name: str, *args: object) -> str:
        return " ".join(amina.client.get(amina.url(f"assessments:{name}", *args)).content.decode().split())

    sheet = page("section-sheet", assessment.uuid, indicator.section)
    lone = page("answer-edit", assessment.uuid, indicator.key)
    about = page("framework-detail", version.uuid)
    reconcile = page("reconcile-indicator", assessment.uuid, indicator.key)
    for text in (sheet, lone, about, reconcile):
        badges = re.findall(
            r'class="level level-(\d)"><span class="visually-hidden">level </span><bdi>(\d+)</bdi>', text
        )
        assert badges
        assert {(shade, number) for shade, number in badges} <= {
            *(("1", "0"), ("2", "1"), ("3", "1"), ("4", "2"), ("5", "2"), ("5", "3"))
        }
    assert 'value="level:0" data-key="0" checked> <span class="option-body">' in lone
    words = "level 0 on a scale from 0 to 3, target 3"
    assert words in page("gap-list", assessment.uuid)
    assert words in page("gap-detail", Gap.objects.get().uuid)
    assert '<option value="level:0" selected>0. Niveau 0</option>' in reconcile
    assert '<bdi class="heat-mark">0</bdi>' in page("assessment-profile", assessment.uuid)


def shown(response: HttpResponse) -> list[str]:
    """Codes of the gaps in the table, in their order."""
    return re.findall(r'gaps/[-0-9a-f]{36}/"><bdi class="code" dir="ltr">([A-Z0-9-]+)<', response.content.decode())


def board(person: Persona, assessment: Assessment, query: str = "") -> HttpResponse:
    response: HttpResponse = person.client.get(person.url("assessments:gap-list", assessment.uuid) + query)
    return response


@pytest.mark.parametrize("rows", [1, 3])
def test_the_board_costs_the_same_at_one_gap_and_at_three(
    amina: Persona,
    assessment: Assessment,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for key in KEYS[:rows]:
        make_draft(amina, [make_gap(amina, assessment, key)])
    client = amina.client
    url = amina.url("assessments:gap-list", assessment.uuid)
    client.get(url)
    with django_assert_num_queries(8):
        response = client.get(url)
    assert len(shown(response)) == rows


def test_gaps_stand_by_severity_or_by_area(amina: Persona, assessment: Assessment) -> None:
    for key, level in (("coo-01", 3), ("sto-01", 1), ("coo-02", 2)):
        make_gap(amina, assessment, key, level)
    assert shown(board(amina, assessment)) == ["STO-01", "COO-02", "COO-01"]
    assert shown(board(amina, assessment, "?group=area")) == ["COO-02", "COO-01", "STO-01"]
    assert shown(board(amina, assessment, "?group=area&ordering=code")) == ["COO-01", "COO-02", "STO-01"]


def test_the_heading_of_a_group_counts_what_lies_on_other_pages_too(
    amina: Persona, assessment: Assessment, monkeypatch: pytest.MonkeyPatch
) -> None:
    for key in KEYS:
        make_gap(amina, assessment, key, 1)
    monkeypatch.setattr("assessments.views.gaps.PAGE_LENGTH", 2)
    for query, numbers in (("", ["3"]), ("?page=2", ["3"]), ("?group=area", ["2"]), ("?group=area&page=2", ["1"])):
        text = board(amina, assessment, query).content.decode()
        assert re.findall(r'group-row.*?<span class="count"><bdi>(\d+)', text, re.DOTALL) == numbers, query
        assert "3 gaps" in text


@pytest.mark.parametrize(
    ("query", "codes"),
    [
        ("?tier=critical", ["STO-01"]),
        ("?area=coo", ["COO-02", "COO-01"]),
        ("?status=dismissed", ["COO-03"]),
        ("?status=closed", ["STO-02"]),
        ("?status=all", ["STO-01", "COO-02", "STO-02", "COO-01", "COO-03"]),
        ("?stage=governance", ["STO-01", "COO-02", "COO-01"]),
        ("?stage=disposal", []),
        ("?lens=gender", []),
        ("?search=sto-0", ["STO-01"]),
        ("?search=nothing", []),
        ("?tier=nonsense", ["STO-01", "COO-02", "COO-01"]),
    ],
)
def test_the_board_is_filtered(amina: Persona, assessment: Assessment, query: str, codes: list[str]) -> None:
    for key, level in (("coo-01", 3), ("sto-01", 1), ("coo-02", 2), ("sto-02", 2)):
        make_gap(amina, assessment, key, level)
    dismissed = make_gap(amina, assessment, "coo-03", 3)
    dismiss_gap(gap=dismissed, base_version=dismissed.version, actor=amina.viewer, reason="Not ours.")
    rate(amina, assessment, "sto-02", 4)
    assert shown(board(amina, assessment, query)) == codes


def test_a_viewer_sees_the_gaps_but_cannot_choose(amina: Persona, vera: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01")
    response = board(vera, assessment)
    assert shown(response) == ["COO-01"]
    assert 'name="gaps"' not in response.content.decode()
    assert "A focal point of your State can" in response.content.decode()


@pytest.mark.parametrize("who", ["carl", "boris"])
def test_contributors_and_outsiders_find_no_gaps(
    amina: Persona, assessment: Assessment, who: str, request: pytest.FixtureRequest
) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    person: Persona = request.getfixturevalue(who)
    assert board(person, assessment).status_code == 404
    assert person.client.get(person.url("assessments:gap-detail", gap.uuid)).status_code == 404
    assert person.client.get(amina.url("assessments:gap-detail", gap.uuid)).status_code == 404


def test_a_gap_shows_what_it_rests_on_and_what_came_of_it(amina: Persona, assessment: Assessment) -> None:
    rate(amina, assessment, "coo-01", 2, narrative="One officer keeps it.")
    gap = make_gap(amina, assessment, "coo-01", 2)
    draft = make_draft(amina, [gap])
    text = amina.client.get(amina.url("assessments:gap-detail", gap.uuid)).content.decode()
    assert draft.reference in text
    assert amina.url("assessments:answer-edit", assessment.uuid, "coo-01") in text
    dismissed = Gap.objects.select_related("assessment").get()
    dismiss_gap(gap=dismissed, base_version=dismissed.version, actor=amina.viewer, reason="Held by the army.")
    text = amina.client.get(amina.url("assessments:gap-detail", gap.uuid)).content.decode()
    assert "source changed, review" in text
    assert "Held by the army." in text


def test_confirming_and_taking_it_back(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", confirmed=False)
    response = amina.client.post(amina.url("assessments:gap-confirm", gap.uuid), {"base_version": 1})
    assert response.headers["Location"] == amina.url("assessments:gap-detail", gap.uuid)
    assert Gap.objects.get().status == GapStatus.CONFIRMED
    amina.client.post(amina.url("assessments:gap-reopen", gap.uuid), {"base_version": 2})
    assert Gap.objects.get().status == GapStatus.OPEN


def test_a_dismissal_without_reason_says_so_and_changes_nothing(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    response = amina.client.post(
        amina.url("assessments:gap-dismiss", gap.uuid), {"base_version": gap.version, "reason": " "}
    )
    assert response.status_code == 422
    assert "#id_reason" in response.content.decode()
    assert Gap.objects.get().status == GapStatus.CONFIRMED


def test_an_over_long_root_cause_is_kept_on_the_page(amina: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    text = "long " * 401
    response = amina.client.post(
        amina.url("assessments:gap-describe", gap.uuid), {"base_version": gap.version, "root_cause": text}
    )
    assert response.status_code == 422
    assert text.strip() in response.content.decode()
    assert Gap.objects.get().root_cause == ""


@pytest.mark.parametrize("step", ["confirm", "dismiss", "reopen", "describe"])
def test_a_stale_decision_shows_the_gap_as_it_stands(amina: Persona, assessment: Assessment, step: str) -> None:
    gap = make_gap(amina, assessment, "coo-01", 3, confirmed=step == "reopen")
    seen = gap.version
    rate(amina, assessment, "coo-01", 1)
    response = amina.client.post(
        amina.url(f"assessments:gap-{step}", gap.uuid),
        {"base_version": seen, "reason": "My reason.", "root_cause": "My cause."},
    )
    text = response.content.decode()
    assert response.status_code == 409
    assert "Critical" in text
    assert step not in {"dismiss", "describe"} or {"dismiss": "My reason.", "describe": "My cause."}[step] in text
    assert Gap.objects.get().version == seen + 1


def test_a_viewer_is_told_who_decides(amina: Persona, vera: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", confirmed=False)
    text = vera.client.get(vera.url("assessments:gap-detail", gap.uuid)).content.decode()
    assert "Only focal points and approvers decide on gaps." in text
    response = vera.client.post(vera.url("assessments:gap-confirm", gap.uuid), {"base_version": 1})
    assert response.status_code == 403
    assert Gap.objects.get().status == GapStatus.OPEN


def test_a_decision_on_a_foreign_gap_finds_nothing(amina: Persona, boris: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01", confirmed=False)
    for step in ("confirm", "dismiss", "reopen", "describe"):
        response = boris.client.post(
            boris.url(f"assessments:gap-{step}", gap.uuid), {"base_version": 1, "reason": "x", "root_cause": "x"}
        )
        assert response.status_code == 404
    assert (Gap.objects.get().status, Gap.objects.get().version) == (GapStatus.OPEN, 1)


# --- Drafting ------------------------------------------------------------------------------------------------------


def draft_url(person: Persona, assessment: Assessment) -> str:
    return reverse("assessments:request-draft", args=[person.party.slug if person.party else "", assessment.uuid])


def test_the_gaps_ticked_become_a_draft(amina: Persona, assessment: Assessment) -> None:
    gaps = [make_gap(amina, assessment, key) for key in KEYS]
    response = amina.client.post(draft_url(amina, assessment), {"gaps": [gap.uuid for gap in gaps]})
    request = AssistanceRequest.objects.get()
    assert response.headers["Location"] == amina.url("assessments:request-edit", request.uuid)
    assert [need.functional_area for need in request.needs.all()] == ["COO", "STO"]


def test_drafting_from_nothing_says_so_on_the_board(amina: Persona, assessment: Assessment) -> None:
    make_gap(amina, assessment, "coo-01")
    response = amina.client.post(draft_url(amina, assessment))
    assert response.status_code == 422
    assert "Choose at least one gap." in response.content.decode()


def test_a_gap_of_another_state_in_the_form_drafts_nothing_and_keeps_the_choice(
    amina: Persona, boris: Persona, assessment: Assessment, framework: FrameworkVersion
) -> None:
    own = make_gap(amina, assessment, "coo-01")
    foreign = make_gap(boris, start_baseline(boris, framework), "coo-02")
    response = amina.client.post(draft_url(amina, assessment), {"gaps": [own.uuid, foreign.uuid]})
    text = response.content.decode()
    assert response.status_code == 422
    assert re.search(rf'value="{own.uuid}" checked', text)
    assert "COO-02" not in text
    assert not AssistanceRequest.objects.exists()


@pytest.mark.parametrize("sent", ["not-a-uuid", "8b07cff8-4c8d-4b08-a60e-9a697101c883"])
def test_ids_made_up_draft_nothing(amina: Persona, assessment: Assessment, sent: str) -> None:
    make_gap(amina, assessment, "coo-01")
    assert amina.client.post(draft_url(amina, assessment), {"gaps": [sent]}).status_code in {404, 422}
    assert not AssistanceRequest.objects.exists()


def test_only_focal_points_draft(aldo: Persona, amina: Persona, boris: Persona, assessment: Assessment) -> None:
    gap = make_gap(amina, assessment, "coo-01")
    refused = aldo.client.post(draft_url(aldo, assessment), {"gaps": [gap.uuid]})
    assert (refused.status_code, "Only focal points" in refused.content.decode()) == (403, True)
    assert boris.client.post(draft_url(boris, assessment), {"gaps": [gap.uuid]}).status_code == 404
    assert not AssistanceRequest.objects.exists()


def test_a_gap_outside_the_scope_is_listed_apart_and_says_so(amina: Persona, assessment: Assessment) -> None:
    for key in KEYS:
        make_gap(amina, assessment, key, 1)
    leave_out(assessment=assessment, keys=["sto-01"], reason="Asked by the army.", actor=amina.viewer)
    gap = Gap.objects.get(assessment=assessment, indicator__key="sto-01")
    inside, apart = board(amina, assessment), board(amina, assessment, "?status=left_out")
    assert shown(inside) == ["COO-01", "COO-02"]
    assert sum(inside.context["counts"].values()) == 2
    assert shown(apart) == ["STO-01"]
    assert f'value="{gap.uuid}"' not in apart.content.decode()
    page = amina.client.get(amina.url("assessments:gap-detail", gap.uuid))
    text = " ".join(page.content.decode().split())
    assert "The indicator was left out of the agreed scope:" in text
    assert "Asked by the army." in text
    assert "Before: <bdi" in text
    assert "Today:" not in text
    assert "Draft a request" not in text
    assert "Put the indicator back to decide on its gap." in text
    refused = amina.client.post(amina.url("assessments:request-draft", assessment.uuid), {"gaps": [str(gap.uuid)]})
    assert refused.status_code == 422
    assert not AssistanceRequest.objects.exists()
