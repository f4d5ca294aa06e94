"""Around a match through HTTP: overlaps, declarations, messages, marks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import FrameworkVersion
from cooperation.models import Match, MatchMark, MatchMessage
from cooperation.services.match_reviews import send_message
from cooperation.services.matches import propose_match
from tests.cooperation.factories import make_activity, make_match
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
DETAIL, ACCEPT, DECLARE, MARK, THREAD, READ = (
    f"cooperation:match-{name}" for name in ("detail", "accept", "declare", "mark", "messages", "messages-read")
)
PAGE_QUERIES, THREAD_QUERIES = 17, 8


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    made = make_match(amina, aldo, dana, framework, world["XR1"])
    return propose_match(match=made, base_version=1, amount_minor=1_000_000, actor=dana.viewer, conflict="")


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    return page.split(f'name="{name}" value="')[1].split('"', maxsplit=1)[0]


def test_the_page_tells_of_overlaps_with_every_aspect_and_asks_for_a_reason(
    match: Match, aldo: Persona, dana: Persona, world: World
) -> None:
    activity = make_activity(aldo, world["XA"], title="Advice by a partner")
    page = aldo.client.get(aldo.url(DETAIL, match.uuid))
    text = text_of(page)
    for words in (
        "Overlap : Advice by a partner · Bilateral partner · Running",
        "Functional area In common:",
        "The places cannot be compared",
        "What can be done: Agree on who does what.",
        "Our side has looked at the overlaps",
    ):
        assert words in text
    assert aldo.url("cooperation:activity-detail", activity.uuid) in page.content.decode()
    assert "Advice by a partner" not in text_of(dana.client.get(dana.url(DETAIL, match.uuid)))


def test_accepting_beside_an_overlap_keeps_what_was_typed_until_it_is_acknowledged(
    match: Match, aldo: Persona, dana: Persona, world: World
) -> None:
    make_activity(aldo, world["XA"], title="Advice by a partner")
    url = aldo.url(ACCEPT, match.uuid)
    seen = hidden(aldo.client.get(aldo.url(DETAIL, match.uuid)).content.decode(), "overlaps_seen")
    sent = {"base_version": 2, "conflict": "none", "overlaps_seen": seen, "reason": "Gladly taken."}
    refused = aldo.client.post(url, {**sent, "overlap_reason": "It ends in spring."})
    assert refused.status_code == 422
    assert "Look at what overlaps, and say so here." in text_of(refused)
    for typed in ("It ends in spring.", "Gladly taken."):
        assert typed in refused.content.decode()
    everything = text_of(aldo.client.post(url, {"base_version": 2, "overlaps_seen": seen}))
    assert "Declare first whether your side has a conflict of interest." in everything
    assert "Look at what overlaps, and say so here." in everything
    assert "Say why you accept all the same." in everything
    make_activity(dana, world["XA"], title="Entered meanwhile")
    full = {**sent, "overlap_reason": "It ends in spring.", "acknowledged": "on"}
    again = aldo.client.post(url, full)
    assert "was not on the page when you opened it: Entered meanwhile" in text_of(again)
    assert 'name="acknowledged" checked' not in again.content.decode()
    now = hidden(again.content.decode(), "overlaps_seen")
    assert len(now.split()) == 2
    done = aldo.client.post(url, {**full, "overlaps_seen": now}, follow=True)
    assert "Both sides have accepted this match." in text_of(done)
    assert "It ends in spring." in text_of(done)
    assert "It ends in spring." not in text_of(dana.client.get(dana.url(DETAIL, match.uuid)))


def test_a_decision_without_a_declaration_is_sent_back(match: Match, aldo: Persona) -> None:
    response = aldo.client.post(aldo.url(ACCEPT, match.uuid), {"base_version": 2, "reason": "Gladly."})
    assert response.status_code == 422
    assert "Declare first whether your side has a conflict of interest." in text_of(response)
    url = aldo.url(DECLARE, match.uuid)
    assert aldo.client.post(url, {"conflict": "described", "conflict_text": " "}).status_code == 422
    sent = {"conflict": "described", "conflict_text": "A cousin works there."}
    page = aldo.client.post(url, sent, follow=True)
    assert "A cousin works there." in text_of(page)
    assert "A cousin works there." in aldo.client.get(url).content.decode()
    done = aldo.client.post(aldo.url(ACCEPT, match.uuid), {"base_version": 2}, follow=True)
    assert "Both sides have accepted this match." in text_of(done)


def test_both_sides_write_to_each_other_and_see_what_is_unread(
    match: Match, dana: Persona, amina: Persona, vera: Persona
) -> None:
    url = dana.url(THREAD, match.uuid)
    assert dana.client.post(url, {"text": "  "}).status_code == 422
    page = dana.client.post(url, {"text": "Is there a training room?"}, follow=True)
    assert "Your message is sent." in text_of(page)
    assert "1 not read" in text_of(amina.client.get(amina.url(DETAIL, match.uuid)))
    assert "Messages that your side has not read" in text_of(amina.client.get(amina.url("work-list")))
    thread = text_of(amina.client.get(amina.url(THREAD, match.uuid)))
    assert "Is there a training room?" in thread
    assert "Dana" not in thread
    assert vera.client.post(vera.url(READ, match.uuid)).status_code == 403
    amina.client.post(amina.url(READ, match.uuid))
    assert "not read" not in text_of(amina.client.get(amina.url(DETAIL, match.uuid)))


def test_a_long_thread_comes_in_pages_at_constant_cost(match: Match, dana: Persona) -> None:
    client, url = dana.client, dana.url(THREAD, match.uuid)
    client.get(url)
    counts = []
    for more in (1, 2, 22):
        for number in range(more):
            send_message(match=match, text=f"Message {more}.{number}.", actor=dana.viewer)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url).content.decode()
        counts.append(len(captured))
    assert counts == [THREAD_QUERIES] * 3
    assert "Message 1.0." not in page
    assert "Message 1.0." in client.get(f"{url}?page=2").content.decode()


def test_marks_filter_the_list_of_ones_own_side(match: Match, dana: Persona, aldo: Persona) -> None:
    dana.client.post(dana.url(MARK, match.uuid), {"kind": "shortlisted"})
    assert "On the shortlist" in text_of(dana.client.get(dana.url(DETAIL, match.uuid)))
    title, list_url = match.request["title"], "cooperation:match-list"
    assert title in dana.client.get(f"{dana.url(list_url)}?mark=shortlisted").content.decode()
    assert title not in aldo.client.get(f"{aldo.url(list_url)}?mark=shortlisted").content.decode()
    refused = dana.client.post(dana.url(MARK, match.uuid), {"kind": "deferred", "reason": "Next year."})
    assert refused.status_code == 422
    assert "Give a day from tomorrow on" in text_of(refused)
    assert "Next year." in refused.content.decode()
    later = (timezone.localdate() + timedelta(days=30)).isoformat()
    dana.client.post(dana.url(MARK, match.uuid), {"kind": "deferred", "until": later, "reason": "Next year."})
    assert title in dana.client.get(f"{dana.url(list_url)}?mark=deferred").content.decode()
    dana.client.post(dana.url(MARK, match.uuid), {"kind": ""})
    assert not MatchMark.objects.exists()


def test_the_page_of_a_match_costs_the_same_for_one_and_three_of_everything(
    match: Match, aldo: Persona, dana: Persona, world: World
) -> None:
    client, url = aldo.client, aldo.url(DETAIL, match.uuid)
    client.get(url)
    counts = []
    for more in (1, 2):
        for _number in range(more):
            make_activity(dana, world["XA"])
            send_message(match=match, text="Words.", actor=dana.viewer)
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts == [PAGE_QUERIES, PAGE_QUERIES]


@pytest.mark.parametrize("name", ["boris", "dirk", "rita", "carl"])
def test_outsiders_find_nothing_around_a_match(
    match: Match, dana: Persona, name: str, request: pytest.FixtureRequest
) -> None:
    send_message(match=match, text="In confidence.", actor=dana.viewer)
    persona: Persona = request.getfixturevalue(name)
    sent = {"conflict": "none", "kind": "shortlisted", "text": "Let us in."}
    for route in (DECLARE, MARK, THREAD):
        assert persona.client.get(persona.url(route, match.uuid)).status_code == 404
        assert persona.client.post(persona.url(route, match.uuid), sent).status_code == 404
    assert persona.client.post(persona.url(READ, match.uuid)).status_code == 404
    assert MatchMessage.objects.count() == 1
