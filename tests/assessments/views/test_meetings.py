"""Meetings through HTTP: planning, the agenda without scripts, the page on which the meeting is held, the minutes."""

from __future__ import annotations

import datetime as dt
import re
from html import unescape

import pytest
import time_machine
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AnswerRating, AssignmentMode
from assessments.models import AgendaItem, Assessment, Document, FrameworkVersion, Gap, IndependentRating, Meeting
from assessments.services.answers import AnswerContent
from assessments.services.meetings import add_free_item, plan_meeting
from assessments.services.reconciliation import reconcile
from tests.assessments.factories import assign, give_answer, make_assessment, make_endorsed, rate_independently, rated
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role
from wam_portal.audit.models import Event
from wam_portal.jobs import runner

pytestmark = pytest.mark.django_db
STARTS = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)
LIST_STATEMENTS = 5
DETAIL_STATEMENTS = 11
RUN_STATEMENTS = 6
RUN_STATEMENTS_WITH_MATTER = 11


def shown(response: HttpResponse) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "sto-01", AnswerContent(rating=AnswerRating.UNKNOWN, reason="No records."))
    give_answer(amina.viewer, made, "coo-01", rated("3", basis="none"))
    return made


def page(persona: Persona, name: str, meeting: Meeting, *args: object) -> str:
    return persona.url(f"assessments:{name}", meeting.uuid, *args)


def version_of(meeting: Meeting) -> str:
    return str(Meeting.objects.get(pk=meeting.pk).version)


def test_a_meeting_from_the_plan_to_the_minutes(
    amina: Persona, carl: Persona, vera: Persona, assessment: Assessment
) -> None:
    client = amina.client
    assign(amina.viewer, assessment, "coo", carl.viewer)
    sent = {"title": "Session 1", "starts_at": "2026-05-04T09:00", "assessment": str(assessment.uuid)}
    assert client.post(amina.url("assessments:meeting-add"), {**sent, "starts_at": "soon"}).status_code == 422
    client.post(amina.url("assessments:meeting-add"), {**sent, "participants": "Ann, Police\n\nBo"})
    meeting = Meeting.objects.get()
    assert meeting.participants == [{"name": "Ann", "agency": "Police"}, {"name": "Bo", "agency": ""}]
    assert "Meetings to hold 1 Session 1" in shown(client.get(amina.url("work-list")))
    text = shown(client.get(page(amina, "meeting-detail", meeting)))
    for words in (
        "Answer without evidence 1",
        "Evidence gap: unknown 1",
        "No records.",
        "Nothing is on the agenda yet.",
    ):
        assert words in text
    chosen = ["evidence_gap:coo-01", "unknown:sto-01", "unknown:forged"]
    add = page(amina, "agenda-add", meeting)
    client.post(add, {"base_version": version_of(meeting), "items": chosen})
    client.post(add, {"base_version": version_of(meeting), "title": "Next session"})
    empty = client.post(add, {"base_version": version_of(meeting), "title": ""})
    assert empty.status_code == 422
    first, second, free = AgendaItem.objects.order_by("position")
    assert (first.kind, second.kind, free.title) == ("evidence_gap", "unknown", "Next session")
    client.post(page(amina, "item-move", meeting, free.uuid), {"base_version": version_of(meeting), "up": "1"})
    client.post(page(amina, "item-remove", meeting, second.uuid), {"base_version": version_of(meeting)})
    assert [item.title.split()[0] for item in AgendaItem.objects.order_by("position")] == ["COO-01", "Next"]

    run = page(amina, "meeting-run", meeting)
    assert "Record and next" in shown(client.get(run))
    decide = page(amina, "item-decide", meeting, first.uuid)
    decision = {"decision": "The level stands.", "responsible": "Police", "due_on": "2026-06-01", "next": "1"}
    assert client.post(decide, {**decision, "base_version": version_of(meeting)})["Location"].endswith(str(free.uuid))
    stale = client.post(decide, {**decision, "decision": "Kept words.", "base_version": "1"})
    assert (stale.status_code, "Kept words." in stale.content.decode()) == (409, True)
    dissent = page(amina, "item-dissent", meeting, first.uuid)
    missing = client.post(dissent, {"base_version": version_of(meeting), "who": "", "why": "Kept reason."})
    assert (missing.status_code, "Kept reason." in missing.content.decode()) == (422, True)
    client.post(dissent, {"base_version": version_of(meeting), "who": "Customs", "why": "Too early."})
    for reader in (carl, vera):
        beside = shown(reader.client.get(reader.url("assessments:answer-edit", assessment.uuid, "coo-01")))
        assert "Decided on 4 May 2026 in Session 1 : The level stands." in beside
        assert "Dissent: Customs : Too early." in beside
    gap = Gap.objects.get(indicator__key="coo-01")
    assert "in Session 1 : The level stands." in shown(vera.client.get(vera.url("assessments:gap-detail", gap.uuid)))
    assert "Decided on" not in shown(vera.client.get(vera.url("assessments:answer-edit", assessment.uuid, "sto-01")))
    assert (
        page(carl, "meeting-detail", meeting)
        not in carl.client.get(carl.url("assessments:answer-edit", assessment.uuid, "coo-01")).content.decode()
    )


def test_closed_minutes_say_so_and_become_a_pdf(amina: Persona, vera: Persona) -> None:
    client = amina.client
    meeting = plan_meeting(title="Session 1", starts_at=STARTS, participants=[("Ann", "")], actor=amina.viewer)
    add_free_item(meeting=meeting, base_version=1, title="Item", actor=amina.viewer)
    close = page(amina, "meeting-close", meeting)
    assert client.post(close, {"base_version": version_of(meeting)}).status_code == 302
    assert "Meetings to hold" not in shown(client.get(amina.url("work-list")))
    text = shown(vera.client.get(page(vera, "meeting-detail", meeting)))
    assert "The minutes of this meeting are closed, so nobody changes them any more." in text
    assert Meeting.objects.get().content_hash in text
    assert "Nothing was decided." in text
    assert "(the portal's words in English)" in unescape(
        client.get(page(amina, "meeting-detail", meeting)).content.decode()
    )
    minutes = page(amina, "meeting-minutes", meeting)
    assert client.post(minutes, {"language": "tlh"}).status_code == 404
    assert vera.client.post(page(vera, "meeting-minutes", meeting), {"language": "en"}).status_code == 403
    made = client.post(minutes, {"language": "en"})
    document = Document.objects.get()
    assert made["Location"] == amina.url("assessments:document-detail", document.uuid)
    assert document.job is not None
    runner.run(str(document.job.uuid))
    file = amina.client.get(amina.url("assessments:document-file", document.uuid))
    assert file.content.startswith(b"%PDF-")
    assert 'filename="session-1-minutes-en.pdf"' in file["Content-Disposition"]


def test_a_new_meeting_is_about_the_newest_open_baseline(
    amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    add = amina.url("assessments:meeting-add")
    make_endorsed(amina.viewer, aldo.viewer, framework, cycle="2022")
    assert '<option value="" selected>' in amina.client.get(add).content.decode()
    opened = make_assessment(amina.viewer, framework, cycle="2026")
    assert f'<option value="{opened.uuid}" selected>' in amina.client.get(add).content.decode()


def test_an_empty_meeting_offers_its_agenda_and_not_to_close_it(amina: Persona) -> None:
    meeting = plan_meeting(title="Session 1", starts_at=STARTS, participants=[("Ann", "")], actor=amina.viewer)
    detail = page(amina, "meeting-detail", meeting)
    assert page(amina, "meeting-close", meeting) not in amina.client.get(detail).content.decode()
    add_free_item(meeting=meeting, base_version=1, title="Item", actor=amina.viewer)
    assert page(amina, "meeting-close", meeting) in amina.client.get(detail).content.decode()


def test_closing_says_what_has_no_decision_and_is_not_offered_before_the_day(amina: Persona) -> None:
    meeting = plan_meeting(title="Session 1", starts_at=STARTS, participants=[("Ann", "")], actor=amina.viewer)
    for title in ("First", "Second"):
        add_free_item(meeting=meeting, base_version=meeting.version, title=title, actor=amina.viewer)
    close = page(amina, "meeting-close", meeting)
    with time_machine.travel(STARTS - dt.timedelta(days=1), tick=False):
        early = amina.client.get(close)
        refused = amina.client.post(close, {"base_version": version_of(meeting)})
    for response in (early, refused):
        assert "The meeting is on 4 May 2026. Close the minutes after it" in shown(response)
        assert "btn-danger" not in response.content.decode()
    assert Meeting.objects.get().status == "planned"
    assert "2 of 2 items have no decision and are kept without one." in shown(amina.client.get(close))


def test_faulty_and_stale_changes_are_explained(amina: Persona, vera: Persona, assessment: Assessment) -> None:
    meeting = plan_meeting(title="Session 1", starts_at=STARTS, assessment=assessment, actor=amina.viewer)
    edit = page(amina, "meeting-edit", meeting)
    sent = {"title": "Kept title", "starts_at": "2026-05-05T09:00", "base_version": "9"}
    stale = amina.client.post(edit, sent)
    assert (stale.status_code, "Kept title" in stale.content.decode()) == (409, True)
    same_time = amina.client.post(edit, {**sent, "starts_at": "2026-05-04T09:00"}).content.decode()
    assert set(re.findall("Stored now: (.+?)<", same_time)) == {"Session 1"}
    assert amina.client.post(edit, {**sent, "base_version": "1"}).status_code == 302
    assert Event.objects.get(verb="meeting.edited").changes["fields"] == ["starts_at", "title"]
    close = amina.client.post(page(amina, "meeting-close", meeting), {"base_version": "2"})
    assert close.status_code == 422
    assert "Say who took part before you close the minutes." in shown(close)
    read = shown(vera.client.get(page(vera, "meeting-detail", meeting)))
    assert "A focal point of your State can. Focal point: Amina." in read
    assert vera.client.post(page(vera, "agenda-add", meeting), {"base_version": "2", "title": "x"}).status_code == 403


def test_lists_and_pages_cost_the_same_with_one_and_with_three(
    amina: Persona, assessment: Assessment, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = amina.client
    client.get(amina.url("assessments:meeting-list"))
    for number in (1, 2, 3):
        meeting = plan_meeting(title=f"Session {number}", starts_at=STARTS, assessment=assessment, actor=amina.viewer)
        for _item in range(number):
            add_free_item(meeting=meeting, base_version=meeting.version, title="Item", actor=amina.viewer)
        with django_assert_num_queries(LIST_STATEMENTS):
            client.get(amina.url("assessments:meeting-list"))
        with django_assert_num_queries(DETAIL_STATEMENTS):
            client.get(page(amina, "meeting-detail", meeting))
        with django_assert_num_queries(RUN_STATEMENTS):
            client.get(page(amina, "meeting-run", meeting))


def test_a_disagreement_that_was_decided_is_not_put_on_an_agenda_again(
    amina: Persona, carl: Persona, assessment: Assessment
) -> None:
    assert amina.party is not None
    clara = make_persona("Clara", amina.party, Role.CONTRIBUTOR)
    for person, level in ((carl, "1"), (clara, "3")):
        assign(amina.viewer, assessment, "sto", person.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(person.viewer, assessment, "sto-02", rated(level))
    meeting = plan_meeting(title="Session 1", starts_at=STARTS, assessment=assessment, actor=amina.viewer)
    place = page(amina, "meeting-detail", meeting)
    assert "Disagreement 1" in shown(amina.client.get(place))
    ratings = IndependentRating.objects.filter(assessment=assessment)
    reconcile(
        assessment=assessment,
        indicator="sto-02",
        base_version=0,
        seen={rating.pk: rating.version for rating in ratings},
        choice=rated("1"),
        reason="Seen together.",
        actor=amina.viewer,
    )
    assert "Disagreement" not in shown(amina.client.get(place))
    rate_independently(clara.viewer, assessment, "sto-02", rated("4"), base_version=1)
    assert "Disagreement 1" in shown(amina.client.get(place))


def test_what_the_agencies_said_stands_beside_the_decision_until_it_is_settled(
    amina: Persona,
    carl: Persona,
    vera: Persona,
    assessment: Assessment,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    assert amina.party is not None
    client = amina.client
    raters = [carl, *(make_persona(name, amina.party, Role.CONTRIBUTOR) for name in ("Clara", "Cyrus", "Cora"))]
    meeting = plan_meeting(title="Session 1", starts_at=STARTS, assessment=assessment, actor=amina.viewer)
    add = page(amina, "agenda-add", meeting)
    for number, person in enumerate(raters, start=1):
        assign(amina.viewer, assessment, "sto", person.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(person.viewer, assessment, "sto-02", rated(str(number), narrative=f"Words {number}."))
        if number == 2:
            chosen = ["disagreement:sto-02", "evidence_gap:coo-01"]
            client.post(add, {"base_version": version_of(meeting), "items": chosen})
            client.get(page(amina, "meeting-run", meeting))
        if number in {2, 4}:
            with django_assert_num_queries(RUN_STATEMENTS_WITH_MATTER):
                held = shown(client.get(page(amina, "meeting-run", meeting)))
    assert "4 raters do not agree" in held
    assert "Clara 2" in held
    assert all(f"Words {number}." in held for number in (1, 2, 3, 4))
    assert "no answer yet" in held
    assert "Settle the ratings" in held
    second = AgendaItem.objects.get(kind="evidence_gap")
    other = shown(client.get(page(amina, "meeting-run", meeting) + f"?item={second.uuid}"))
    assert "rated without any basis" in other
    assert "No evidence is linked." in other
    assert "Words 1." not in other
    assert "Settle the ratings" not in shown(vera.client.get(page(vera, "meeting-run", meeting)))

    reconcile(
        assessment=assessment,
        indicator="sto-02",
        base_version=0,
        seen={rating.pk: rating.version for rating in IndependentRating.objects.filter(assessment=assessment)},
        choice=rated("1"),
        reason="Seen together.",
        actor=amina.viewer,
    )
    settled = shown(client.get(page(amina, "meeting-run", meeting)))
    assert "This has been settled since it was put on the agenda." in settled
