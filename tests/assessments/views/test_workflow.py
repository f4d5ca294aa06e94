"""Consultation, return and endorsement through HTTP, the rule for signing, and the pages of endorsed versions."""

from __future__ import annotations

import re

import pytest
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.models import Assessment, EndorsementPolicy, FrameworkVersion, IndicatorReturn
from assessments.services.assessments import (
    endorse_assessment,
    reopen_assessment,
    return_assessment,
    submit_assessment,
)
from assessments.services.endorsement import change_endorsement_policy
from tests.assessments.factories import (
    answer_everything,
    assign,
    give_answer,
    make_assessment,
    make_endorsed,
    rated,
)
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role

pytestmark = pytest.mark.django_db
REVIEW_STATEMENTS = 15
VERSIONS_STATEMENTS = 7
CHANGES_STATEMENTS = 8


def shown(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def page_of(persona: Persona, name: str, assessment: Assessment, *args: object) -> str:
    return persona.url(f"assessments:{name}", assessment.uuid, *args)


@pytest.fixture
def submitted(amina: Persona, framework: FrameworkVersion) -> Assessment:
    assessment = make_assessment(amina.viewer, framework)
    answer_everything(amina.viewer, assessment)
    return submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)


def overview(persona: Persona, assessment: Assessment) -> str:
    return shown(persona.client.get(page_of(persona, "assessment-detail", assessment)))


def test_consultation_is_opened_and_ended_and_answers_stay_open(amina: Persona, framework: FrameworkVersion) -> None:
    assessment = make_assessment(amina.viewer, framework)
    amina.client.post(page_of(amina, "assessment-consult", assessment), {"base_version": "1"})
    assert Assessment.objects.get().status == "in_consultation"
    give_answer(amina.viewer, assessment, "coo-01")
    text = overview(amina, assessment)
    assert "Rate (done)" not in text, "most indicators have no answer yet"
    assert "2 Rate (not yet)" in text
    assert "In consultation" in text
    assert "End the consultation" in text
    amina.client.post(page_of(amina, "assessment-resume", assessment), {"base_version": "2"})
    stored = Assessment.objects.get()
    assert (stored.status, stored.consultation_opened_at is None) == ("draft", False)


def test_return_with_reasons_is_read_beside_the_indicator_and_on_the_work_list(
    amina: Persona, aldo: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    url = page_of(aldo, "assessment-return", assessment)
    empty = aldo.client.post(url, {"base_version": "2", "reason": "", "indicator-coo-02": "Kept words."})
    assert (empty.status_code, "Kept words." in empty.content.decode()) == (422, True)
    sent = {"base_version": "2", "reason": "See below.", "indicator-coo-02": "Which law?", "indicator-sto-01": "Where?"}
    assert aldo.client.post(url, sent).status_code == 302
    text = overview(amina, assessment)
    for words in ("Returned, because: See below.", "Which law?", "2 wait to be addressed.", "2 returned indicators"):
        assert words in text
    work = shown(carl.client.get(carl.url("work-list")))
    assert "Which law?" in work
    assert "Where?" not in work
    sheet = page_of(carl, "section-sheet", assessment, "coo")
    everything = shown(carl.client.get(sheet))
    assert "Returned: Which law?" in everything
    assert "Returned 1" in everything
    only = carl.client.get(sheet + "?show=returned").content.decode()
    assert re.findall(r'id="indicator-([\w-]+)"', only) == ["coo-02"]
    address = page_of(carl, "return-address", assessment, "coo-02")
    long = carl.client.post(address, {"note": "x" * 2001})
    assert (long.status_code, "x" * 2001 in long.content.decode()) == (422, True)
    done = carl.client.post(address, {"note": "The decree of May."})
    assert done["Location"].endswith("#indicator-coo-02")
    assert "Addressed: The decree of May." in shown(carl.client.get(sheet))
    assert carl.client.post(address, {"note": "Again."}).status_code == 404
    assert carl.client.post(page_of(carl, "return-address", assessment, "sto-01")).status_code == 404
    assert IndicatorReturn.objects.open().get().indicator.key == "sto-01"
    refused = amina.client.post(page_of(amina, "assessment-submit", assessment), {"base_version": "3"})
    assert "1 returned indicator is not marked as addressed." in shown(refused)
    for name in ("assessment-submit", "assessment-detail"):
        response = amina.client.get(page_of(amina, name, assessment))
        assert "1 returned indicator is not marked as addressed. Open it" in shown(response), name
        assert "Every indicator has an answer." not in shown(response), name
        listed = "missing-list" if name == "assessment-detail" else "returned-list"
        open_list = response.content.decode().split(f'<ul class="{listed}">')[1].split("</ul>")[0]
        assert re.findall(r"[A-Z]{3}-\d\d", open_list) == ["STO-01"], name
    assert "Where?" in shown(amina.client.get(page_of(amina, "assessment-submit", assessment)))


def test_what_was_returned_is_still_named_after_a_consultation(
    amina: Persona, aldo: Persona, submitted: Assessment
) -> None:
    sent = {"base_version": "2", "reason": "See below.", "indicator-sto-01": "Where?"}
    aldo.client.post(page_of(aldo, "assessment-return", submitted), sent)
    amina.client.post(page_of(amina, "assessment-consult", submitted), {"base_version": "3"})
    amina.client.post(page_of(amina, "assessment-resume", submitted), {"base_version": "4"})
    assert Assessment.objects.get().status == "draft"
    assert "1 returned indicator is not marked as addressed." in overview(amina, submitted)


def test_read_only_says_why_and_names_who_can(amina: Persona, aldo: Persona, submitted: Assessment) -> None:
    assert aldo.party is not None
    why = "An approver can return it to you. Approver: Aldo."
    assert why in overview(amina, submitted)
    assert "As an approver, you can return it." in overview(aldo, submitted)
    assert why in shown(amina.client.get(page_of(amina, "section-sheet", submitted, "coo")))
    assert why in shown(amina.client.get(page_of(amina, "answer-edit", submitted, "coo-01")))
    for name in ("Alba", "Arno", "Asta"):
        make_persona(name, aldo.party, Role.APPROVER)
    text = overview(amina, submitted)
    assert "An approver can return it to you." in text
    assert "Approver: A" not in text


def test_consulting_on_the_draft_is_optional_and_said_to_be_skipped_once_passed(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    assert "Consult on the draft (not yet) optional" in overview(amina, assessment)
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    assert "– Consult on the draft skipped" in overview(amina, assessment)


def test_superseded_says_that_nobody_can(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> None:
    old = make_endorsed(amina.viewer, aldo.viewer, framework, cycle="2025").assessment
    make_endorsed(amina.viewer, aldo.viewer, framework, cycle="2026")
    text = overview(amina, old)
    assert "Superseded" in text
    assert "A newer baseline has taken the place of this one, so nobody changes it any more." in text
    assert "What was signed" in shown(amina.client.get(page_of(amina, "version-list", old)))


def test_two_approvers_sign_and_the_page_shows_whose_signature_is_missing(
    aldo: Persona, nadia: Persona, vera: Persona, submitted: Assessment
) -> None:
    assert aldo.party is not None
    alba = make_persona("Alba", aldo.party, Role.APPROVER)
    change_endorsement_policy(base_number=0, quorum=2, four_eyes=True, reason="Two sign.", actor=nadia.viewer)
    url = page_of(aldo, "assessment-endorse", submitted)
    assert "2 approvers sign the same content." in shown(aldo.client.get(url))
    sent = {"base_version": "2", "authority": "minister", "decided_on": "2026-02-03", "reference": "Decree 7"}
    assert aldo.client.post(url, sent).status_code == 302
    assert "Baselines to review" not in shown(aldo.client.get(aldo.url("work-list")))
    assert "Baselines to review 1" in shown(alba.client.get(alba.url("work-list")))
    text = overview(vera, submitted)
    for words in ("Signatures 1 / 2", "Aldo · Minister", "3 Feb 2026", "Decree 7", "1 signature is missing."):
        assert words in text
    assert aldo.client.get(url).status_code == 403
    page = alba.client.get(url).content.decode()
    assert 'value="Decree 7"' in page
    alba.client.post(url, {**sent, "base_version": "3"})
    versions = shown(vera.client.get(page_of(vera, "version-list", submitted)))
    assert "Aldo , Alba" in versions
    assert "Minister, 3 Feb 2026" in versions


def test_the_rule_is_read_by_all_staff_and_changed_with_a_reason_that_stays(nadia: Persona, vera: Persona) -> None:
    url = nadia.url("assessments:endorsement-policy")
    assert "the rule is the portal's own" in shown(vera.client.get(url)).replace("&#x27;", "'")
    assert "A national administrator of your State can. Administrator: Nadia." in shown(vera.client.get(url))
    sent = {"base_version": "0", "quorum": "1", "reason": "One person runs the office."}
    for faulty in ({**sent, "reason": ""}, {**sent, "quorum": "4"}, {**sent, "quorum": "0"}):
        assert nadia.client.post(url, faulty).status_code == 422
    assert not EndorsementPolicy.objects.exists()
    assert nadia.client.post(url, sent).status_code == 302
    assert "One person runs the office." in shown(vera.client.get(url))
    stale = nadia.client.post(url, {**sent, "four_eyes": "on", "reason": "Kept words."})
    assert (stale.status_code, "Kept words." in stale.content.decode()) == (409, True)


def test_differences_show_both_values_and_mark_the_words(
    amina: Persona, aldo: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, assessment, "coo-01", rated("2", narrative="A decree is in force."))
    answer_everything(amina.viewer, assessment)
    assessment = submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    version = endorse_assessment(assessment=assessment, base_version=2, authority="cabinet", actor=aldo.viewer)
    assert version is not None
    url = page_of(amina, "version-changes", assessment, 1)
    assert "The baseline says what was signed." in shown(amina.client.get(url))
    assessment.refresh_from_db()
    assessment = reopen_assessment(assessment=assessment, base_version=3, reason="New law.", actor=aldo.viewer)
    give_answer(amina.viewer, assessment, "coo-01", rated("4", narrative="A law is in force."), base_version=1)
    page = amina.client.get(url)
    assert "1 indicator differs from what was signed." in shown(page)
    assert "<del>decree</del>" in page.content.decode()
    assert "<ins>law</ins>" in page.content.decode()
    assert re.search(r"Level 2 \w+ 4 \w+", shown(page))
    signed = shown(amina.client.get(page_of(amina, "version-detail", assessment, 1)))
    assert "A decree is in force." in signed
    assert "A law is in force." not in signed
    assert version.content_hash in signed
    for query, unfolded in (("", 1), ("?all=1", 2)):
        html = amina.client.get(page_of(amina, "version-detail", assessment, 1) + query).content.decode()
        folds = html.count('<details class="signed-section"')
        assert (folds, html.count('<details class="signed-section" open>')) == (2, unfolded)
    assert "See the differences" in overview(amina, assessment)
    for name in ("version-list", "version-detail", "version-changes"):
        args = () if name == "version-list" else (1,)
        assert carl.client.get(page_of(carl, name, assessment, *args)).status_code == 404
    assert amina.client.get(page_of(amina, "version-detail", assessment, 2)).status_code == 404


def test_pages_cost_the_same_with_one_and_with_three(
    amina: Persona, aldo: Persona, framework: FrameworkVersion, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessment = make_endorsed(amina.viewer, aldo.viewer, framework).assessment
    client = amina.client
    client.get(page_of(amina, "version-list", assessment))
    for number in (1, 2, 3):
        assessment.refresh_from_db()
        with django_assert_num_queries(VERSIONS_STATEMENTS):
            client.get(page_of(amina, "version-list", assessment))
        with django_assert_num_queries(CHANGES_STATEMENTS):
            client.get(page_of(amina, "version-changes", assessment, 1))
        reopen_assessment(assessment=assessment, base_version=assessment.version, reason="Again.", actor=aldo.viewer)
        assessment.refresh_from_db()
        give_answer(amina.viewer, assessment, f"coo-0{number}", rated("4"), base_version=1)
        assessment = submit_assessment(assessment=assessment, base_version=assessment.version, actor=amina.viewer)
        with django_assert_num_queries(REVIEW_STATEMENTS):
            client.get(page_of(amina, "assessment-detail", assessment))
        keys = ("coo-01", "sto-01", "sto-02")[:number]
        back = return_assessment(
            assessment=assessment,
            base_version=assessment.version,
            reason="Again.",
            indicators=dict.fromkeys(keys, "Why?"),
            actor=aldo.viewer,
        )
        IndicatorReturn.objects.update(addressed_by=amina.user, addressed_at=back.status_changed_at)
        again = submit_assessment(assessment=back, base_version=back.version, actor=amina.viewer)
        endorse_assessment(assessment=again, base_version=again.version, authority="cabinet", actor=aldo.viewer)


def test_one_refusal_of_all_steps_is_said_once(amina: Persona, vera: Persona, framework: FrameworkVersion) -> None:
    assessment = make_assessment(amina.viewer, framework)
    page = vera.client.get(page_of(vera, "assessment-detail", assessment)).content.decode()
    assert page.count("Only focal points may change this.") == 1
    assert page.count('aria-disabled="true" aria-describedby="actions-why"') == 2


def test_differences_are_offered_where_there_are_some(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    endorsed = make_endorsed(amina.viewer, aldo.viewer, framework).assessment
    text = overview(amina, endorsed)
    assert "0 changes since." in text
    assert "See the differences" not in text
