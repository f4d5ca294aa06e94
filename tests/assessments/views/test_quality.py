"""The quality check through HTTP: findings by rule, dismissed for a reason, back again, stopping a submission."""

from __future__ import annotations

import re
from typing import Any

import pytest
import yaml
from django.db import IntegrityError, transaction
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AnswerRating
from assessments.models import Assessment, FindingDismissal, FrameworkVersion
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.quality import finding_for
from assessments.services.answers import AnswerContent
from assessments.services.frameworks import import_framework
from tests.assessments.evidence_factories import link, make_evidence
from tests.assessments.factories import answer_everything, assign, give_answer, make_assessment, rated
from tests.conftest import SMALL_FILE
from tests.personas import Persona
from wam_portal.access import SystemViewer
from wam_portal.audit.models import Event

pytestmark = pytest.mark.django_db
QUALITY_STATEMENTS = 7
RULES: list[dict[str, Any]] = [
    {
        "key": "top-bare",
        "severity": "warning",
        "message": "The highest level rests on nothing.",
        "when": {"kind": "answer", "at_least": "top", "bases": ["none"]},
    },
    {
        "key": "first-above",
        "severity": "note",
        "message": "One cannot be above the other.",
        "when": {"kind": "level_above", "indicator": "coo-01", "above": "sto-01", "by": 2},
    },
    {
        "key": "unknown-area",
        "severity": "warning",
        "message": "Much is unknown.",
        "when": {"kind": "unknown_share", "of": "area", "percent": 50},
    },
]

OLD_EVIDENCE: dict[str, Any] = {
    "key": "old-evidence",
    "severity": "note",
    "message": "What this rests on ends long before the cycle.",
    "when": {"kind": "evidence_older", "years": 2},
}


def framework_with(*rules: dict[str, Any]) -> FrameworkVersion:
    document = yaml.safe_load(SMALL_FILE.read_text("utf-8"))
    document |= {"key": "ruled", "quality_rules": list(rules)}
    text = yaml.safe_dump(document, sort_keys=False, allow_unicode=True)
    version = import_framework(document=text, actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    return version


@pytest.fixture
def assessment(amina: Persona) -> Assessment:
    made = make_assessment(amina.viewer, framework_with(*RULES))
    give_answer(amina.viewer, made, "coo-01", rated("5", basis="none"))
    give_answer(amina.viewer, made, "sto-01", rated("2"))
    for key in ("sto-02", "sto-03"):
        give_answer(amina.viewer, made, key, AnswerContent(rating=AnswerRating.UNKNOWN))
    return made


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def words(html: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def page_of(persona: Persona, assessment: Assessment, query: str = "") -> str:
    return shown(persona.client.get(persona.url("assessments:assessment-quality", assessment.uuid) + query))


def dismiss_url(persona: Persona, assessment: Assessment, rule: str, subject: str) -> str:
    return persona.url("assessments:finding-dismiss", assessment.uuid, rule, subject)


def dismiss(persona: Persona, assessment: Assessment, rule: str, subject: str, reason: str = "Seen.") -> HttpResponse:
    url = dismiss_url(persona, assessment, rule, subject)
    seen = re.search(r'name="base_version" value="(\w+)"', shown(persona.client.get(url)))
    assert seen is not None
    return persona.client.post(url, {"base_version": seen[1], "reason": reason})


def test_findings_stand_below_their_rule_with_links_to_the_answers(amina: Persona, assessment: Assessment) -> None:
    text = page_of(amina, assessment)
    assert "3 open findings" in text
    heads = [words(head) for head in re.findall(r'<h2 id="title-.*?</h2>', text, re.DOTALL)]
    assert heads == [
        "Warning The highest level rests on nothing. 1",
        "Note One cannot be above the other. 1",
        "Warning Much is unknown. 1",
    ]
    assert "2 of 3 unknown (67 %)" in words(text)
    for key in ("coo-01", "sto-01", "sto-02", "sto-03"):
        assert amina.url("assessments:answer-edit", assessment.uuid, key) in text
    alone = page_of(amina, assessment, "?rule=unknown-area")
    assert "Much is unknown." in alone
    assert "The highest level rests on nothing." not in alone


def test_a_dismissed_finding_is_kept_with_its_reason_and_returns_when_the_answer_changes(
    amina: Persona, assessment: Assessment
) -> None:
    response = dismiss(amina, assessment, "top-bare", "coo-01", "The law is being printed.")
    assert response.status_code == 302
    text = page_of(amina, assessment)
    assert "2 open findings" in text
    assert "The law is being printed." in text
    assert Event.objects.filter(verb="finding.dismissed").count() == 1
    give_answer(amina.viewer, assessment, "coo-01", rated("5", basis="none", narrative="New."), base_version=1)
    text = page_of(amina, assessment)
    assert "3 open findings" in text
    assert "The law is being printed." not in text
    assert FindingDismissal.objects.count() == 1, "what was said is kept"


def test_a_reason_is_asked_for_and_a_finding_that_changed_meanwhile_is_looked_at_again(
    amina: Persona, assessment: Assessment
) -> None:
    response = dismiss(amina, assessment, "top-bare", "coo-01", "")
    assert response.status_code == 422
    assert "Fill this in." in shown(response)
    assert "COO-01" in words(shown(response)), "what is decided on is named"
    url = dismiss_url(amina, assessment, "top-bare", "coo-01")
    response = amina.client.post(url, {"base_version": "0" * 64, "reason": "Typed with care."})
    assert response.status_code == 409
    assert "Typed with care." in shown(response)
    assert "changed since you opened it" in shown(response)
    assert not FindingDismissal.objects.exists()
    assert dismiss(amina, assessment, "top-bare", "coo-01").status_code == 302
    assert dismiss(amina, assessment, "top-bare", "coo-01").status_code == 409
    assert FindingDismissal.objects.count() == 1


def test_what_is_not_found_cannot_be_dismissed_and_viewers_are_told_who_can(
    amina: Persona, vera: Persona, boris: Persona, assessment: Assessment
) -> None:
    assert amina.client.get(dismiss_url(amina, assessment, "top-bare", "sto-01")).status_code == 404
    assert amina.client.get(dismiss_url(amina, assessment, "no-rule", "coo-01")).status_code == 404
    refused = vera.client.get(dismiss_url(vera, assessment, "top-bare", "coo-01"))
    assert refused.status_code == 403
    assert "A focal point of your State can." in shown(refused)
    assert "Dismiss" not in page_of(vera, assessment)
    assert boris.client.get(dismiss_url(boris, assessment, "top-bare", "coo-01")).status_code == 404


def test_contributors_see_findings_on_what_they_read(amina: Persona, carl: Persona, assessment: Assessment) -> None:
    assign(amina.viewer, assessment, "coo", carl.viewer)
    text = page_of(carl, assessment)
    assert "1 open finding" in text
    assert "One cannot be above the other." not in text, "the other side of the rule is not theirs to read"


def test_findings_are_counted_on_the_overview_and_before_submission(amina: Persona, assessment: Assessment) -> None:
    overview = shown(amina.client.get(amina.url("assessments:assessment-detail", assessment.uuid)))
    assert amina.url("assessments:assessment-quality", assessment.uuid) in overview
    assert "Quality check 3 open findings" in words(overview)
    submit = shown(amina.client.get(amina.url("assessments:assessment-submit", assessment.uuid)))
    assert "The quality check has 3 open findings." in words(submit)
    answer_everything(amina.viewer, assessment)
    url = amina.url("assessments:assessment-submit", assessment.uuid)
    assert amina.client.post(url, {"base_version": assessment.version}).status_code == 302


def test_a_rule_that_blocks_stops_the_submission_by_name_and_cannot_be_dismissed(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, framework_with({**RULES[0], "blocks": True}))
    give_answer(amina.viewer, assessment, "coo-01", rated("5", basis="none"))
    answer_everything(amina.viewer, assessment)
    response = dismiss(amina, assessment, "top-bare", "coo-01")
    assert response.status_code == 422
    assert "cannot be dismissed" in shown(response)
    url = amina.url("assessments:assessment-submit", assessment.uuid)
    response = amina.client.post(url, {"base_version": assessment.version})
    assert response.status_code == 422
    assert "COO-01: The highest level rests on nothing." in shown(response)
    give_answer(amina.viewer, assessment, "coo-01", rated("5", basis="law"), base_version=1)
    assert amina.client.post(url, {"base_version": assessment.version}).status_code == 302


def test_a_framework_without_rules_says_so(amina: Persona, framework: FrameworkVersion) -> None:
    assert "This framework has no quality rules" in page_of(amina, make_assessment(amina.viewer, framework_with()))


def test_page_costs_the_same_with_few_and_many_findings(
    amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client, url = amina.client, amina.url("assessments:assessment-quality", assessment.uuid)
    client.get(url)
    with django_assert_num_queries(QUALITY_STATEMENTS):
        client.get(url)
    for key in ("coo-02", "coo-03"):
        give_answer(amina.viewer, assessment, key, rated("5", basis="none"))
    dismiss(amina, assessment, "top-bare", "coo-02")
    client.get(url)
    with django_assert_num_queries(QUALITY_STATEMENTS):
        client.get(url)


def test_evidence_that_ends_long_before_the_cycle_is_asked_about_until_newer_is_linked(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, framework_with(OLD_EVIDENCE))
    give_answer(amina.viewer, assessment, "coo-01", rated("3"))
    began = assessment.started_on
    old = make_evidence(amina.viewer, "Old register", period_to=began.replace(year=began.year - 3))
    link(amina.viewer, old, assessment, "coo-01")
    assert "1 open finding" in page_of(amina, assessment)
    assert OLD_EVIDENCE["message"] in page_of(amina, assessment)
    newer = make_evidence(amina.viewer, "Register of last year", period_to=began.replace(year=began.year - 1))
    link(amina.viewer, newer, assessment, "coo-01")
    assert OLD_EVIDENCE["message"] not in page_of(amina, assessment)


def test_a_rule_on_old_evidence_that_blocks_stops_the_submission(amina: Persona) -> None:
    assessment = make_assessment(amina.viewer, framework_with(OLD_EVIDENCE | {"blocks": True}))
    answer_everything(amina.viewer, assessment)
    began = assessment.started_on
    old = make_evidence(amina.viewer, "Old register", period_to=began.replace(year=began.year - 3))
    link(amina.viewer, old, assessment, "coo-01")
    page = amina.client.post(
        amina.url("assessments:assessment-submit", assessment.uuid), {"base_version": assessment.version}
    )
    assert page.status_code == 422
    assert OLD_EVIDENCE["message"] in shown(page)


def undo_url(persona: Persona, assessment: Assessment, rule: str, subject: str) -> str:
    return persona.url("assessments:dismissal-undo", assessment.uuid, rule, subject)


def fingerprint_of(persona: Persona, assessment: Assessment, rule: str, subject: str) -> str:
    tree = framework_tree(assessment.framework_version)
    return finding_for(persona.viewer, assessment, tree, rule, subject).finding.fingerprint


def test_a_dismissal_is_undone_and_its_reason_stays_as_a_record(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    seen = fingerprint_of(amina, assessment, "top-bare", "coo-01")
    sent = {"base_version": seen, "reason": "The decree is on its way."}
    amina.client.post(dismiss_url(amina, assessment, "top-bare", "coo-01"), sent)
    page = page_of(aldo, assessment)
    assert undo_url(aldo, assessment, "top-bare", "coo-01") in page
    client = aldo.client
    answer = client.post(undo_url(aldo, assessment, "top-bare", "coo-01"), {"base_version": seen}, follow=True)
    assert "The finding is open again." in shown(answer)
    assert "The decree is on its way." not in page_of(amina, assessment)
    [kept] = FindingDismissal.objects.all()
    assert (kept.reason, kept.undone_by, kept.dismissed_by) == ("The decree is on its way.", aldo.user, amina.user)
    event = Event.objects.get(verb="finding.dismissal_undone")
    assert (event.actor, event.changes) == (aldo.user, {"rule": "top-bare", "subject": "coo-01"})
    # Twice changes nothing more, and the finding can be dismissed anew.
    twice = client.post(undo_url(aldo, assessment, "top-bare", "coo-01"), {"base_version": seen}, follow=True)
    assert "has changed since you opened it" in shown(twice)
    assert Event.objects.filter(verb="finding.dismissal_undone").count() == 1
    amina.client.post(dismiss_url(amina, assessment, "top-bare", "coo-01"), sent | {"reason": "Again."})
    assert "Again." in page_of(amina, assessment)
    assert FindingDismissal.objects.count() == 2


def test_only_those_who_may_dismiss_undo_and_only_what_they_looked_at(
    amina: Persona, vera: Persona, boris: Persona, assessment: Assessment
) -> None:
    seen = fingerprint_of(amina, assessment, "top-bare", "coo-01")
    url = dismiss_url(amina, assessment, "top-bare", "coo-01")
    amina.client.post(url, {"base_version": seen, "reason": "Known."})
    assert undo_url(vera, assessment, "top-bare", "coo-01") not in page_of(vera, assessment)
    for person, status in ((vera, 403), (boris, 404)):
        where = undo_url(person, assessment, "top-bare", "coo-01")
        assert person.client.post(where, {"base_version": seen}).status_code == status
    amina.client.post(undo_url(amina, assessment, "top-bare", "coo-01"), {"base_version": "0" * 64})
    amina.client.post(undo_url(amina, assessment, "first-above", "coo-01"), {"base_version": seen})
    assert FindingDismissal.objects.standing().count() == 1
    missing = amina.client.post(undo_url(amina, assessment, "top-bare", "coo-02"), {"base_version": seen})
    assert missing.status_code == 404


def test_what_was_dismissed_and_why_is_never_rewritten(amina: Persona, assessment: Assessment) -> None:
    seen = fingerprint_of(amina, assessment, "top-bare", "coo-01")
    amina.client.post(dismiss_url(amina, assessment, "top-bare", "coo-01"), {"base_version": seen, "reason": "Known."})
    amina.client.post(undo_url(amina, assessment, "top-bare", "coo-01"), {"base_version": seen})
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic():
        FindingDismissal.objects.update(reason="Something else.")
    assert FindingDismissal.objects.get().reason == "Known."


def test_rules_without_an_open_finding_are_folded_below_the_open_ones(amina: Persona, assessment: Assessment) -> None:
    dismiss(amina, assessment, "top-bare", "coo-01", "The law is being printed.")
    before, after = page_of(amina, assessment).split("1 rule of which every finding is dismissed</summary>")
    assert before.rstrip().endswith("<details>\n        <summary>")
    assert "Much is unknown." in before
    assert "The highest level rests on nothing." not in before
    assert "The highest level rests on nothing." in after
