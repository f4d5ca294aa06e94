"""The screen that shows all ratings side by side, and the decision taken there."""

from __future__ import annotations

import re

import pytest
import time_machine
from django.http import HttpResponse
from django.utils import timezone
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AssignmentMode
from assessments.models import Answer, Assessment, FrameworkVersion, IndependentRating, Reconciliation
from assessments.selectors.frameworks import framework_tree
from tests.assessments.factories import assign, give_answer, make_assessment, rate_independently, rated
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.accounts.models import Membership

pytestmark = pytest.mark.django_db


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


@pytest.fixture
def clara(amina: Persona) -> Persona:
    assert amina.party is not None
    person = make_persona("Clara", amina.party, Role.CONTRIBUTOR)
    Membership.objects.filter(user=person.user).update(agency="Customs")
    return person


def listing(persona: Persona, assessment: Assessment, show: str = "") -> str:
    return persona.url("assessments:reconcile-list", assessment.uuid) + (f"?show={show}" if show else "")


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def keys(persona: Persona, assessment: Assessment, show: str = "") -> list[str]:
    return re.findall(r'id="indicator-([\w-]+)"', shown(persona.client.get(listing(persona, assessment, show))))


def disagree(amina: Persona, assessment: Assessment, *raters: Persona) -> None:
    """Each rates another level on sto-01, the same on sto-02, and the first alone on sto-03."""
    for place, person in enumerate(raters, start=1):
        assign(amina.viewer, assessment, "sto", person.viewer, mode=AssignmentMode.INDEPENDENT)
        words = f"Words of {person.user.full_name}."
        rate_independently(person.viewer, assessment, "sto-01", rated(str(place), narrative=words))
        rate_independently(person.viewer, assessment, "sto-02", rated("2"))
    rate_independently(raters[0].viewer, assessment, "sto-03", rated("2"))


def test_disagreements_come_first_and_leave_once_decided(
    amina: Persona, carl: Persona, clara: Persona, vera: Persona, assessment: Assessment
) -> None:
    disagree(amina, assessment, carl, clara)
    give_answer(amina.viewer, assessment, "sto-03", rated("4"))
    assert keys(amina, assessment) == ["sto-01", "sto-03"]
    assert keys(amina, assessment, "all") == ["sto-01", "sto-02", "sto-03"]
    text = shown(amina.client.get(listing(amina, assessment)))
    assert [
        word for word in ("Words of Carl.", "Words of Clara.", "Customs", "1 level apart") if word not in text
    ] == []
    seen = re.search(r'name="seen" value="([^"]+)"', text)
    assert seen is not None
    sent = {"base_version": 0, "seen": seen[1], "rating": "level:2", "basis": "law", "why": "The decree says so."}
    url = amina.url("assessments:reconcile-indicator", assessment.uuid, "sto-01")
    reader = vera.client.get(url)
    assert ("Words of Carl." in shown(reader), "<textarea" in shown(reader)) == (True, False)
    assert vera.client.post(url, sent).status_code == 403
    without = amina.client.post(url, {**sent, "why": " ", "minority_note": "Kept."})
    assert (without.status_code, "Say why you chose this." in shown(without)) == (422, True)
    assert "Kept.</textarea>" in shown(without)
    done = amina.client.post(url, {**sent, "minority_note": "Carl rates 1."})
    assert (done.status_code, done["Location"]) == (302, listing(amina, assessment))
    answer = Answer.objects.get(indicator__key="sto-01")
    assert (answer.minority_note, Reconciliation.objects.get().reason) == ("Carl rates 1.", "The decree says so.")
    assert keys(amina, assessment) == ["sto-03"]
    assert keys(amina, assessment, "disagreements") == ["sto-01", "sto-03"]
    stale = amina.client.post(url, {**sent, "rating": "level:5", "why": "My view."})
    text = shown(stale)
    assert (stale.status_code, "Somebody saved this answer before you." in text) == (409, True)
    assert ("My view.</textarea>" in text, 'name="base_version" value="1"' in text) == (True, True)
    rate_independently(carl.viewer, assessment, "sto-01", rated("5"), base_version=1)
    assert keys(amina, assessment) == ["sto-01", "sto-03"]
    again = amina.client.post(url, {**sent, "base_version": 1})
    assert (again.status_code, "Look at the ratings again." in shown(again)) == (409, True)
    sheet = shown(
        amina.client.get(amina.url("assessments:section-sheet", assessment.uuid, "sto") + "?show=disagreement")
    )
    assert re.findall(r'<article class="indicator" id="indicator-([\w-]+)"', sheet) == ["sto-01", "sto-03"]


def test_two_tabs_on_one_indicator_do_not_decide_over_each_other(
    amina: Persona, carl: Persona, clara: Persona, assessment: Assessment
) -> None:
    disagree(amina, assessment, carl, clara)
    give_answer(amina.viewer, assessment, "sto-01", rated("2", basis="law"))
    url = amina.url("assessments:reconcile-indicator", assessment.uuid, "sto-01")
    hidden = hidden_fields(shown(amina.client.get(url)))
    sent = {**hidden, "rating": "level:2", "basis": "law"}
    assert amina.client.post(url, {**sent, "why": "Reason one."}).status_code == 302
    late = amina.client.post(url, {**sent, "rating": "level:4", "why": "Reason two."})
    page = shown(late)
    assert late.status_code == 409
    for text in (
        "decided on this indicator before you",
        "Reason two.</textarea>",
        "Amina chose “Emerging: ",
        "”: Reason one.",
    ):
        assert text in page
    assert Answer.objects.get(indicator__key="sto-01").version == 1
    refused = amina.client.post(url, {**sent, "rating": "level:4", "why": " "})
    assert hidden_fields(shown(refused)) == hidden, "a mistake in the form takes no newer decision for granted"
    again = {**sent, **hidden_fields(page), "rating": "level:4", "why": "Reason two."}
    assert amina.client.post(url, again).status_code == 302
    assert [row.reason for row in Reconciliation.objects.order_by("number")] == ["Reason one.", "Reason two."]


def test_the_history_lists_every_decision_with_the_time_it_was_taken(
    amina: Persona, carl: Persona, clara: Persona, assessment: Assessment
) -> None:
    disagree(amina, assessment, carl, clara)
    give_answer(amina.viewer, assessment, "sto-01", rated("2", basis="law"))
    url = amina.url("assessments:reconcile-indicator", assessment.uuid, "sto-01")
    for moment, reason in (("2026-12-03 09:00+00:00", "Reason one."), ("2026-12-05 09:00+00:00", "Reason two.")):
        with time_machine.travel(moment, tick=False):
            sent = {**hidden_fields(shown(amina.client.get(url))), "rating": "level:2", "basis": "law", "why": reason}
            assert amina.client.post(url, sent).status_code == 302
    page = shown(amina.client.get(amina.url("assessments:answer-edit", assessment.uuid, "sto-01")))
    decisions = re.findall(r'by Amina, <time datetime="(2026-12-0\d).*?<span dir="auto">(.*?)</span>', page)
    assert decisions == [("2026-12-05", "Reason two."), ("2026-12-03", "Reason one.")]


def hidden_fields(page: str) -> dict[str, str]:
    """What the page would send back unseen."""
    names = ("base_version", "seen", "decided")
    return {name: re.findall(rf'name="{name}" value="([^"]*)"', page)[0] for name in names}


def test_raters_never_see_the_screen_nor_each_other_on_the_sheet(
    amina: Persona, carl: Persona, clara: Persona, boris: Persona, assessment: Assessment
) -> None:
    disagree(amina, assessment, carl, clara)
    assign(amina.viewer, assessment, "coo", carl.viewer)
    for path in (listing(carl, assessment), carl.url("assessments:reconcile-indicator", assessment.uuid, "sto-01")):
        response = carl.client.get(path)
        assert (response.status_code, "Words of Clara." in shown(response)) == (403, False)
    sheet = shown(carl.client.get(carl.url("assessments:section-sheet", assessment.uuid, "coo")))
    assert "?show=disagreement" not in sheet
    assert boris.client.get(listing(boris, assessment)).status_code == 404
    missing = amina.url("assessments:reconcile-indicator", assessment.uuid, "coo-01")
    assert amina.client.get(missing).status_code == 404


@pytest.mark.parametrize("agencies", [1, 3, 10])
def test_84_indicators_and_ten_agencies_cost_as_much_as_one(
    amina: Persona, wam: FrameworkVersion, agencies: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    assessment, client = make_assessment(amina.viewer, wam), amina.client
    _rate_everything(amina, assessment, agencies)
    url = listing(amina, assessment, "all")
    client.get(url)
    with django_assert_num_queries(8):
        response = client.get(url)
    assert len(response.content) < 150_000
    text = shown(response)
    assert text.count("<tr>") == 6 * (agencies + 1)
    assert f'chip-count">{84 if agencies > 1 else 0}</bdi>' in text


def _rate_everything(amina: Persona, assessment: Assessment, agencies: int) -> None:
    assert amina.party is not None
    people = [make_persona(f"Rater {number}", amina.party, Role.CONTRIBUTOR) for number in range(agencies)]
    members = list(Membership.objects.filter(user__in=[person.user for person in people]))
    indicators = framework_tree(assessment.framework_version).indicators
    IndependentRating.objects.bulk_create(
        IndependentRating(
            assessment=assessment,
            indicator_id=item.pk,
            membership=member,
            rating="rated",
            option_id=item.scale.options[place % len(item.scale.options)].pk,
            narrative="What is in place, and what is not. " * 40,
            updated_at=timezone.now(),
        )
        for item in indicators
        for place, member in enumerate(members)
    )


def test_the_work_list_counts_what_waits_for_a_decision(
    amina: Persona, carl: Persona, clara: Persona, assessment: Assessment
) -> None:
    disagree(amina, assessment, carl, clara)
    work = shown(amina.client.get(amina.url("work-list")))
    assert "Disagreements to decide" in work
    assert "1 indicator is rated differently" in work
    assert listing(amina, assessment) in work
    give_answer(amina.viewer, assessment, "sto-03", rated("4"))
    assert "2 indicators are rated differently" in shown(amina.client.get(amina.url("work-list")))
    assert "Disagreements to decide" not in shown(carl.client.get(carl.url("work-list")))
    for key in keys(amina, assessment):
        url = amina.url("assessments:reconcile-indicator", assessment.uuid, key)
        page = shown(amina.client.get(url))
        data = {**hidden_fields(page), "rating": "level:2", "basis": "law", "why": "So it stands."}
        assert amina.client.post(url, data).status_code == 302
    assert "Disagreements to decide" not in shown(amina.client.get(amina.url("work-list")))
