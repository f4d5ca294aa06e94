"""Comments, mentions, flags, history and presence beside the answers, with and without scripts."""

from __future__ import annotations

import datetime as dt
import re

import pytest
import time_machine
from django.http import HttpResponse
from pytest_django.fixtures import DjangoAssertNumQueries

from assessments.enums import AssignmentMode
from assessments.models import Assessment, Comment, Flag, FrameworkVersion, Mention
from assessments.services.discussion import add_comment, flag_indicator
from tests.assessments.factories import assign, give_answer, make_assessment, rate_independently, rated
from tests.personas import Persona
from wam_portal.audit.models import Event

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    return make_assessment(amina.viewer, framework)


def url(persona: Persona, assessment: Assessment, name: str, *args: object, key: str = "coo-01") -> str:
    return persona.url(f"assessments:{name}", assessment.uuid, key, *args)


def shown(response: HttpResponse) -> str:
    return response.content.decode()


def work(persona: Persona) -> str:
    return shown(persona.client.get(persona.url("work-list")))


def comment(persona: Persona, assessment: Assessment, body: str, **fields: str) -> HttpResponse:
    return persona.client.post(url(persona, assessment, "comment-add"), {"body": body, **fields}, headers=HTMX)


def test_a_comment_reaches_who_it_names_until_they_answer(
    amina: Persona, aldo: Persona, carl: Persona, assessment: Assessment
) -> None:
    plain = amina.client.post(url(amina, assessment, "comment-add"), {"body": "@Aldo and @Carl, is this right?"})
    assert plain["Location"] == url(amina, assessment, "answer-edit") + "#comments-coo-01"
    assert list(Mention.objects.values_list("user__full_name", flat=True)) == ["Aldo"]
    assert "@Aldo and @Carl, is this right?" in work(aldo)
    assert "is this right?" not in work(carl)
    page = shown(aldo.client.get(url(aldo, assessment, "indicator-drawer")))
    assert '<strong class="mention">@Aldo</strong> and @Carl, is this right?' in page
    assert "take it off my work list" in page
    start = Comment.objects.get()
    reply = comment(aldo, assessment, "Yes.", reply_to=str(start.uuid))
    assert (reply.status_code, "Yes.</p>" in shown(reply)) == (200, True)
    assert "is this right?" not in work(aldo)
    comment(amina, assessment, "@Aldo thanks", reply_to=str(Comment.objects.get(body="Yes.").uuid))
    assert Comment.objects.get(body="@Aldo thanks").parent == start
    assert "@Aldo thanks" in work(aldo)
    aldo.client.post(url(aldo, assessment, "mentions-read"))
    assert "@Aldo thanks" not in work(aldo)
    assert "right" not in str(list(Event.objects.values("changes")))


def test_threads_are_resolved_reopened_and_opened_by_a_reply(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    comment(amina, assessment, "@Aldo first")
    start = Comment.objects.get()
    resolve = url(amina, assessment, "comment-resolve", start.uuid)
    text = shown(amina.client.post(resolve, headers=HTMX))
    assert "Amina: resolved by Amina" in text
    assert "@Aldo first" not in work(aldo)
    amina.client.post(resolve)
    assert Event.objects.filter(verb="comment.resolved").count() == 1
    amina.client.post(url(amina, assessment, "comment-reopen", start.uuid))
    start.refresh_from_db()
    assert (start.resolved_at, start.resolved_by) == (None, None)
    amina.client.post(resolve)
    comment(aldo, assessment, "Not yet.", reply_to=str(start.uuid))
    start.refresh_from_db()
    assert start.resolved_at is None


@pytest.mark.parametrize("headers", [{}, HTMX], ids=["plain", "htmx"])
def test_what_is_wrong_is_said_beside_the_field_and_nothing_typed_is_lost(
    amina: Persona, assessment: Assessment, headers: dict[str, str]
) -> None:
    long = "word " * 900
    answer = amina.client.post(url(amina, assessment, "comment-add"), {"body": long}, headers=headers)
    assert answer.status_code == 422
    assert "Use at most 4000 characters" in shown(answer)
    assert long.strip() in shown(answer)
    empty = amina.client.post(url(amina, assessment, "flag-add"), {"note": " "}, headers=headers)
    assert (empty.status_code, "Say why you flag this." in shown(empty)) == (422, True)
    assert ("<h1" in shown(empty)) is (not headers)
    assert not Comment.objects.exists()
    assert not Flag.objects.exists()


def test_a_comment_sent_twice_is_one(amina: Persona, assessment: Assessment) -> None:
    for _attempt in range(2):
        assert comment(amina, assessment, "Once.").status_code == 200
    assert Comment.objects.count() == 1


def test_a_flag_goes_up_once_and_comes_down(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    up = amina.client.post(url(amina, assessment, "flag-add"), {"note": "Check the date."}, headers=HTMX)
    assert "Check the date." in shown(up)
    again = aldo.client.post(url(aldo, assessment, "flag-add"), {"note": "Me too."}, headers=HTMX)
    assert (again.status_code, "This indicator is flagged already." in shown(again)) == (422, True)
    for _attempt in range(2):
        assert aldo.client.post(url(aldo, assessment, "flag-remove"), headers=HTMX).status_code == 200
    flag = Flag.objects.get()
    assert (flag.cleared_by, Event.objects.filter(verb="indicator.unflagged").count()) == (aldo.user, 1)


def test_contributors_discuss_what_they_answer_and_raters_see_nothing_of_it(
    amina: Persona, carl: Persona, vera: Persona, boris: Persona, assessment: Assessment
) -> None:
    comment(amina, assessment, "Canary of the comments.")
    start = Comment.objects.get()
    assign(amina.viewer, assessment, "coo-01", carl.viewer, mode=AssignmentMode.INDEPENDENT)
    names = [
        ("indicator-drawer",),
        ("comment-add",),
        ("comment-resolve", start.uuid),
        ("flag-add",),
        ("mentions-read",),
    ]
    for person, status in ((carl, 403), (boris, 404)):
        for name, *args in names:
            send = person.client.get if name == "indicator-drawer" else person.client.post
            response = send(url(person, assessment, str(name), *args))
            assert (response.status_code, "Canary" in shown(response)) == (status, False)
    drawer = shown(vera.client.get(url(vera, assessment, "indicator-drawer")))
    assert ("Canary" in drawer, "You may read comments but not write any." in drawer) == (True, True)
    assert comment(vera, assessment, "Mine.").status_code == 403
    assign(amina.viewer, assessment, "sto-01", carl.viewer)
    assert carl.client.post(url(carl, assessment, "comment-add", key="sto-01"), {"body": "Mine."}).status_code == 302
    foreign = carl.client.post(
        url(carl, assessment, "comment-add", key="sto-01"), {"body": "Mine.", "reply_to": str(start.uuid)}
    )
    assert foreign.status_code == 404
    drawer = shown(carl.client.get(url(carl, assessment, "indicator-drawer", key="sto-01")))
    assert "@Amina" in drawer
    comment(amina, assessment, "@Carl cannot read this")
    assert not Mention.objects.filter(user=carl.user).exists()


def test_history_says_who_changed_which_words_and_why_it_was_chosen(amina: Persona, assessment: Assessment) -> None:
    give_answer(amina.viewer, assessment, "coo-01", rated("2", narrative="The depot is guarded by two people."))
    give_answer(
        amina.viewer, assessment, "coo-01", rated("4", narrative="The depot is guarded by officers."), base_version=1
    )
    text = shown(amina.client.get(url(amina, assessment, "answer-edit")))
    history = text.split('id="history-coo-01"')[1]
    assert "The depot is guarded by <del>" in re.sub(r"\s+", " ", history)
    assert re.search(r"<del>.*two people\.</del>.*<ins>.*officers\.</ins>", history, re.DOTALL)
    assert history.index("Version 2") < history.index("Version 1")
    assert "Emerging" in history
    for version in range(2, 13):
        content = rated("4", narrative=f"Text {version}.")
        give_answer(amina.viewer, assessment, "coo-01", content, base_version=version)
    older = shown(amina.client.get(url(amina, assessment, "answer-edit") + "?history=2"))
    assert re.findall(r"Version (\d+)", older) == ["3", "2", "1"]


def test_who_is_in_the_section_is_said_by_name(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    def sheet(person: Persona) -> str:
        text = shown(person.client.get(person.url("assessments:section-sheet", assessment.uuid, "coo")))
        return " ".join(text.split('id="section-presence"')[1].split("</div>")[0].split())

    def beat(person: Persona) -> str:
        path = person.url("assessments:section-presence", assessment.uuid, "coo")
        return shown(person.client.post(path, headers={**HTMX, "X-Unattended": "1"}))

    start = dt.datetime(2026, 6, 1, 12, tzinfo=dt.UTC)
    with time_machine.travel(start, tick=False) as clock:
        assert "Aldo" not in sheet(aldo)
        clock.shift(300)
        assert "opened this section</span>" not in sheet(amina)
        assert re.search(r"Aldo</bdi> <span class=\"hint\">opened this section 5 minutes ago", sheet(amina))
        clock.shift(2)
        beat(amina)
        clock.shift(10)
        assert "<strong><bdi>Amina</bdi></strong> is here now" in beat(aldo)
        clock.shift(120)
        assert "is here now" not in beat(aldo)
        clock.shift(1000)
        assert "Amina" not in sheet(aldo)


def test_open_sheet_alone_does_not_keep_a_session_alive(amina: Persona, assessment: Assessment) -> None:
    start = dt.datetime.now(dt.UTC)
    path = amina.url("assessments:section-presence", assessment.uuid, "coo")
    with time_machine.travel(start, tick=False) as clock:
        client = amina.client
        client.get(amina.url("assessments:section-sheet", assessment.uuid, "coo"))
        for _minute in range(4):
            clock.shift(9 * 60)
            response = client.post(path, headers={**HTMX, "X-Unattended": "1"})
        assert response.status_code != 200


@pytest.mark.parametrize("rows", [1, 3])
def test_marks_drawer_and_page_cost_the_same_with_one_and_three(
    amina: Persona, carl: Persona, assessment: Assessment, rows: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    client = amina.client
    assign(amina.viewer, assessment, "coo", carl.viewer, mode=AssignmentMode.INDEPENDENT)
    sheet = amina.url("assessments:section-sheet", assessment.uuid, "coo")
    client.get(sheet)
    client.get(url(amina, assessment, "indicator-drawer"))
    for number in range(rows):
        key = f"coo-0{number + 1}"
        give_answer(amina.viewer, assessment, key, rated("1"))
        rate_independently(carl.viewer, assessment, key, rated("4"))
        flag_indicator(assessment=assessment, indicator=key, note="Look.", actor=amina.viewer)
        add_comment(assessment=assessment, indicator="coo-01", body=f"@Amina {number}", actor=amina.viewer)
        add_comment(assessment=assessment, indicator=key, body="Here.", actor=amina.viewer)
    with django_assert_num_queries(11):
        text = shown(client.get(sheet))
    assert re.findall(r'chip-count">(\d+)', text)[-4:-1] == [str(rows), str(rows), str(rows)]
    for kind in ("disagreement", "flagged", "commented"):
        filtered = shown(client.get(sheet, {"show": kind}))
        assert len(re.findall(r'<article class="indicator"', filtered)) == rows
    with django_assert_num_queries(12):
        client.get(url(amina, assessment, "indicator-drawer"))
    with django_assert_num_queries(15):
        client.get(url(amina, assessment, "answer-edit"))


def test_a_name_that_nobody_has_is_said_after_saving(amina: Persona, aldo: Persona, assessment: Assessment) -> None:
    said = "Nobody was told of @Nobody: nobody who reads this indicator has that name."
    assert said in shown(comment(amina, assessment, "@Nobody and @Aldo, look. Or write to a@b.example."))
    assert said not in shown(comment(amina, assessment, "@Aldo, look again."))
    sent = amina.client.post(url(amina, assessment, "comment-add"), {"body": "@Nobody?"}, follow=True)
    assert said in shown(sent)
    assert Comment.objects.count() == 3


def test_who_may_assign_is_led_to_it_where_somebody_cannot_be_named(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    assign_url = amina.url("assessments:assignment-list", assessment.uuid)
    pages = {person: person.client.get(url(person, assessment, "answer-edit")) for person in (amina, aldo)}
    assert all("Nobody else reads this indicator." in shown(page) for page in pages.values())
    links = re.compile(rf'<a href="{assign_url}">Assign it to somebody</a>')
    assert [bool(links.search(page.content.decode())) for page in pages.values()] == [True, False]


def test_a_new_comment_answers_what_named_its_author_on_the_indicator(
    amina: Persona, aldo: Persona, assessment: Assessment
) -> None:
    comment(amina, assessment, "@Aldo is this right?")
    amina.client.post(url(amina, assessment, "comment-add", key="coo-02"), {"body": "@Aldo and this?"})
    assert "You are named here" not in shown(comment(aldo, assessment, "It is."))
    assert "is this right?" not in work(aldo)
    assert "and this?" in work(aldo)


def test_the_box_for_a_new_comment_stands_above_the_newest(amina: Persona, assessment: Assessment) -> None:
    text = shown(comment(amina, assessment, "The newest."))
    assert text.index("New comment") < text.index("The newest.")
