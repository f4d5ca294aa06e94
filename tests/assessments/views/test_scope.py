"""Scope and framework of a baseline in the browser: leaving out, putting back, upgrading."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssessmentStatus, AssignmentMode, FrameworkStatus
from assessments.models import Answer, Assessment, FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.services.frameworks import import_framework
from tests.assessments.factories import assign, give_answer, make_assessment, rate_independently, rated
from tests.assessments.frameworks.documents import as_yaml, deep_document
from tests.assessments.services.test_successions import first, second, second_document
from tests.personas import Persona
from wam_portal.access import SystemViewer

pytestmark = pytest.mark.django_db
QUERIES = 9
"""Session, person, memberships, baseline, left out, newer versions, answers left behind, what else, dismissals."""
OVERVIEW_QUERIES = 12
WORK_LIST_QUERIES = 13
"""With a newer version, which asks once more: whether the State has a baseline with it already."""


def scope_url(persona: Persona, assessment: Assessment) -> str:
    return persona.url("assessments:assessment-scope", assessment.uuid)


def test_areas_and_indicators_are_left_out_with_a_reason_and_put_back(
    amina: Persona, framework: FrameworkVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    url = scope_url(amina, assessment)
    refused = amina.client.post(url, {"keys": ["sto", "coo-02"], "reason": ""})
    assert refused.status_code == 422
    html = refused.content.decode()
    assert "Say why this is left out." in html
    assert 'value="coo-02" id="leave-coo-02" checked' in html
    assert not Answer.objects.exists()
    assert amina.client.post(url, {"keys": ["sto", "coo-02"], "reason": "Not this year."}).status_code == 302
    client = amina.client
    client.get(url)
    with django_assert_num_queries(QUERIES):
        html = client.get(url).content.decode()
    assert html.count("Not this year.") == 4
    assert "4 indicators lie outside the agreed scope" in html
    overview = amina.client.get(amina.url("assessments:assessment-detail", assessment.uuid)).content.decode()
    assert "STO-01" not in overview
    back = amina.url("assessments:scope-put-back", assessment.uuid)
    asked = amina.client.get(back, {"keys": "sto-01"}).content.decode()
    assert 'name="keys" value="sto-01"' in asked
    assert "What was answered before it was left out is restored" in asked
    assert "No indicator is chosen." in amina.client.get(back).content.decode()
    amina.client.post(back, {"keys": ["sto-01", "sto-02"]})
    assert amina.client.get(url).content.decode().count("Not this year.") == 2


def test_leaving_out_what_is_answered_says_first_what_it_costs(amina: Persona, framework: FrameworkVersion) -> None:
    assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "sto-01", rated("1"))
    url, sent = scope_url(amina, assessment), {"keys": ["sto"], "reason": "Not <this> year."}
    asked = amina.client.post(url, sent).content.decode()
    assert "1 of the 3 indicators chosen has an answer. It drops out of scores and gaps." in asked
    assert "putting an indicator back restores what was answered" in asked
    assert Answer.objects.get().rating == "rated"
    hidden = re.findall(r'<input type="hidden" name="(keys|reason|confirmed)" value="([^"]*)"', asked)
    assert dict(hidden) == {"keys": "sto", "reason": "Not &lt;this&gt; year.", "confirmed": "1"}
    assert amina.client.post(url, {**sent, "confirmed": "1"}).status_code == 302
    assert set(Answer.objects.values_list("rating", flat=True)) == {"not_rated"}


def test_one_answered_indicator_is_named_in_the_singular(amina: Persona, framework: FrameworkVersion) -> None:
    assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "sto-01", rated("1"))
    sent = {"keys": ["sto-01"], "reason": "Not this year."}
    asked = amina.client.post(scope_url(amina, assessment), sent).content.decode()
    assert "The indicator chosen has an answer. It drops out of scores and gaps." in asked


def test_a_baseline_can_be_cut_down_to_a_group_of_indicators(amina: Persona) -> None:
    version = import_framework(
        document=as_yaml(deep_document(3, 2, 2)), actor=SystemViewer("framework"), publish=True
    ).version
    assert version is not None
    assessment = make_assessment(amina.viewer, version)
    url = scope_url(amina, assessment)
    asked = amina.client.get(url).content.decode()
    assert " checked>" not in asked
    assert f'href="{url}?only=core#leave"' in asked
    proposed = amina.client.get(f"{url}?only=core").content.decode()
    total = len(framework_tree(version).indicators)
    assert f"{total - 3} indicators outside this group are ticked below." in proposed
    ticked = re.findall(r'name="keys" value="([^"]+)" id="[^"]+" checked>', proposed)
    assert len(ticked) == total - 3
    assert not {"a1-1-1", "a2-1-1", "a3-1-1"}.intersection(ticked)
    assert proposed.count('<details class="answer-help" open>') == len(framework_tree(version).sections)
    assert not Answer.objects.exists(), "nothing has happened yet"
    amina.client.post(f"{url}?only=core", {"keys": ticked, "reason": "A short review this year."})
    left = Answer.objects.filter(rating="not_rated").values_list("indicator__key", flat=True)
    assert set(left) == set(ticked)


def test_what_is_left_out_is_no_disagreement_and_its_reason_goes_with_a_new_answer(
    amina: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    assign(amina.viewer, assessment, "sto", carl.viewer, mode=AssignmentMode.INDEPENDENT)
    rate_independently(carl.viewer, assessment, "sto-01", rated("2"))
    give_answer(amina.viewer, assessment, "sto-01", rated("1"))
    work, reconcile = amina.url("work-list"), amina.url("assessments:reconcile-list", assessment.uuid)
    assert "1 indicator is rated differently" in amina.client.get(work).content.decode()
    assert "1 of 3 rated" in carl.client.get(carl.url("work-list")).content.decode()
    sent = {"keys": ["sto-01"], "reason": "Not this year.", "confirmed": "1"}
    amina.client.post(scope_url(amina, assessment), sent)
    assert "rated differently" not in amina.client.get(work).content.decode()
    assert "1 of 2 rated" not in carl.client.get(carl.url("work-list")).content.decode()
    assert "0 of 2 rated" in carl.client.get(carl.url("work-list")).content.decode()
    assert 'id="indicator-sto-01"' not in amina.client.get(reconcile).content.decode()

    everything = {"keys": ["sto"], "reason": "Not this year.", "confirmed": "1"}
    amina.client.post(scope_url(amina, assessment), everything)
    assert "of 0 rated" not in carl.client.get(carl.url("work-list")).content.decode()

    again = {"rating": "level:3", "basis": "law", "reason": "Not this year.", "base_version": "2"}
    amina.client.post(amina.url("assessments:answer-edit", assessment.uuid, "sto-01"), again)
    answer = Answer.objects.get(indicator__key="sto-01")
    assert (answer.rating, answer.reason) == ("rated", "")


def test_a_baseline_of_which_everything_is_left_out_is_not_submitted(
    amina: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    keys = [section.key for section in framework_tree(framework).sections]
    amina.client.post(scope_url(amina, assessment), {"keys": keys, "reason": "Not this year."})
    submit = amina.url("assessments:assessment-submit", assessment.uuid)
    refused = amina.client.post(submit, {"base_version": Assessment.objects.get().version})
    assert "Everything is left out of the scope." in refused.content.decode()
    assert Assessment.objects.get().status == AssessmentStatus.DRAFT


def test_who_may_not_change_the_scope_reads_it_and_is_told_why(
    amina: Persona, vera: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    html = vera.client.get(scope_url(vera, assessment)).content.decode()
    assert "Only focal points may change this." in html
    assert "<textarea" not in html
    assert vera.client.post(scope_url(vera, assessment), {"keys": ["sto"], "reason": "x"}).status_code == 403
    assert carl.client.get(scope_url(carl, assessment)).status_code == 403


def test_upgrade_is_looked_at_first_and_what_stays_behind_can_be_read(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, first())
    for key in ("sto-01", "sto-04"):
        give_answer(amina.viewer, assessment, key, rated("1", narrative=f"All about {key}."))
    newer = second()
    indicator = framework_tree(assessment.framework_version).find_indicator("sto-04")
    assert indicator is not None
    level = next(option for option in indicator.scale.options if option.key == "1")
    assert "Version 2.0 is published." in amina.client.get(scope_url(amina, assessment)).content.decode()
    url = amina.url("assessments:assessment-upgrade", assessment.uuid, newer.uuid)
    html = amina.client.get(url).content.decode()
    for text in (
        "1 answer is carried over.",
        "1 answer cannot be carried over.",
        "All about sto-04.",
        "Asked in the survey.",
        f"{level.label}</bdi>",
    ):
        assert text in html
    stale = amina.client.post(url, {"base_version": assessment.version, "seen": "0-0"})
    assert stale.status_code == 409
    assert "This baseline has changed since you looked" in stale.content.decode()
    done = amina.client.post(url, {"base_version": assessment.version, "seen": "2-2"}, follow=True).content.decode()
    assert "The baseline is rated with version 2.0 now." in done
    assert "2 entries that were not carried over" in done
    kept = amina.client.get(amina.url("assessments:left-behind", assessment.uuid)).content.decode()
    assert "All about sto-04." in kept
    assert "Asked in the survey." in kept
    sheet = amina.client.get(amina.url("assessments:section-sheet", assessment.uuid, "sto")).content.decode()
    assert "All about sto-01." in sheet
    assert amina.client.get(url).status_code == 404


def test_newer_version_is_told_where_people_work_while_the_baseline_can_be_upgraded(
    amina: Persona, vera: Persona, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessment = make_assessment(amina.viewer, first())
    pages = (amina.url("assessments:assessment-detail", assessment.uuid), amina.url("work-list"))
    counts = (OVERVIEW_QUERIES, WORK_LIST_QUERIES)

    def read(reader: Persona) -> list[str]:
        return [reader.client.get(url).content.decode() for url in pages]

    assert all("is published" not in html for html in read(amina))
    newer = second()
    upgrade = amina.url("assessments:assessment-upgrade", assessment.uuid, newer.uuid)
    overview, work = read(amina)
    assert "Version 2.0 of the framework is published." in overview
    assert "Version 2.0 is published: see what an upgrade would do" in work
    assert amina.url("assessments:framework-changes", newer.uuid) in overview
    assert (overview.count(upgrade), work.count(upgrade)) == (1, 1)
    assert all(upgrade not in html for html in read(vera))
    client = amina.client
    for cycle in ("2027", "2028"):
        make_assessment(amina.viewer, assessment.framework_version, cycle=cycle)
    for url, count in zip(pages, counts, strict=True):
        client.get(url)
        with django_assert_num_queries(count):
            client.get(url)
    assert client.get(pages[1]).content.decode().count("see what an upgrade would do") == 3
    make_assessment(amina.viewer, newer, cycle=assessment.cycle)
    assert all(upgrade not in html for html in read(amina))
    Assessment.objects.filter(cycle="2027").update(status=AssessmentStatus.IN_REVIEW)
    assert client.get(pages[1]).content.decode().count("see what an upgrade would do") == 1


def test_changes_between_two_versions_are_read_by_everybody(dana: Persona) -> None:
    old, newer = first(), second()
    html = dana.client.get(dana.url("assessments:framework-changes", newer.uuid)).content.decode()
    for text in (
        "What changed from version 1.0 to 2.0",
        "1 indicator added",
        "Asked in the survey.",
        "Brought together",
    ):
        assert text in html
    assert "<del>" in html
    assert dana.client.get(dana.url("assessments:framework-changes", old.uuid)).status_code == 404
    about = dana.client.get(dana.url("assessments:framework-detail", newer.uuid)).content.decode()
    assert dana.url("assessments:framework-changes", newer.uuid) in about


def test_group_of_the_framework_filters_the_sheet(amina: Persona, pat: Persona) -> None:
    first()
    document = second_document() | {"groups": [{"key": "core", "title": "Core set", "indicators": ["sto-01"]}]}
    pat.client.post("/platform/frameworks/import/", {"file": SimpleUploadedFile("f.yaml", as_yaml(document).encode())})
    draft = FrameworkVersion.objects.get(version="2.0")
    assert draft.status == FrameworkStatus.DRAFT
    pat.client.post(f"/platform/frameworks/{draft.uuid}/publish/")
    draft.refresh_from_db()
    assessment = make_assessment(amina.viewer, draft)
    url = amina.url("assessments:section-sheet", assessment.uuid, "sto")
    whole, core = (amina.client.get(url + query).content.decode() for query in ("", "?group=core&show=not-rated"))
    assert ("Core set" in whole, 'id="indicator-sto-new"' in whole) == (True, True)
    assert ('id="indicator-sto-01"' in core, 'id="indicator-sto-new"' in core) == (True, False)
    assert "?show=unknown&amp;group=core" in core
