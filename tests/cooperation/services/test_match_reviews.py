"""What both sides write around a match, who reads it, and when an answer is due."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import FrameworkVersion
from cooperation.enums import MarkKind, Side
from cooperation.models import ConflictDeclaration, Match, MatchMark, MatchMessage
from cooperation.selectors.match_reviews import mark_label, mark_of, messages_of
from cooperation.selectors.matches import match_for, timeline_of
from cooperation.selectors.work import matches_waiting_for, unread_messages
from cooperation.services.match_reviews import (
    declare_conflict,
    mark_match,
    read_messages,
    send_message,
    unmark_match,
)
from cooperation.services.match_runs import run_matching_for_offer
from cooperation.services.matches import accept_match, decline_match, propose_match
from cooperation.services.offers import edit_offer
from cooperation.work import work_groups
from tests.cooperation.factories import make_match, offer_values
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.errors import Invalid, Refused

World = dict[str, Territory]


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def test_nobody_accepts_before_declaring_and_the_other_side_reads_it(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer)
    with pytest.raises(Invalid) as invalid:
        accept_match(match=proposed, base_version=2, actor=aldo.viewer)
    assert list(invalid.value.errors) == ["conflict"]
    declare_conflict(match=proposed, text="A cousin works for the supplier.", actor=aldo.viewer)
    declare_conflict(match=proposed, text="", actor=dana.viewer)
    said = dict(ConflictDeclaration.objects.visible_to(dana.viewer).values_list("side", "text"))
    assert said == {"state": "A cousin works for the supplier.", "donor": ""}
    accepted = accept_match(match=proposed, base_version=2, actor=aldo.viewer)
    with pytest.raises(Refused):
        declare_conflict(match=accepted, text="Another", actor=aldo.viewer)
    log = str(list(Event.objects.filter(verb="match.interests_declared").values_list("changes", flat=True)))
    assert "cousin" not in log
    assert "'conflict': True" in log


@pytest.mark.parametrize("name", ["amina", "vera"])
def test_only_who_decides_declares(match: Match, name: str, request: pytest.FixtureRequest) -> None:
    persona: Persona = request.getfixturevalue(name)
    with pytest.raises(Refused):
        declare_conflict(match=match, text="", actor=persona.viewer)


def test_messages_reach_the_other_side_as_unread_until_it_answers_or_says_so(
    match: Match, dana: Persona, amina: Persona, aldo: Persona, dirk: Persona, boris: Persona
) -> None:
    send_message(match=match, text="Is there a training room?", actor=dana.viewer)
    assert [row.uuid for row in unread_messages(amina.viewer, Side.STATE)] == [match.uuid]
    assert unread_messages(dana.viewer, Side.DONOR) == []
    send_message(match=match, text="Yes, for twenty people.", actor=amina.viewer)
    assert unread_messages(amina.viewer, Side.STATE) == []
    assert [row.uuid for row in unread_messages(dana.viewer, Side.DONOR)] == [match.uuid]
    assert read_messages(match=match, actor=dana.viewer) == 1
    assert unread_messages(dana.viewer, Side.DONOR) == []
    assert [row.text for row in messages_of(aldo.viewer, match)] == [
        "Yes, for twenty people.",
        "Is there a training room?",
    ]
    for outsider in (dirk, boris):
        assert not MatchMessage.objects.visible_to(outsider.viewer).exists()
    sent = Event.objects.filter(verb="match.message_sent").order_by("chain", "seq")
    assert list(sent.values_list("changes", flat=True)) == [{"side": "donor"}, {"side": "state"}] * 2


def test_who_may_only_read_a_match_writes_nothing(match: Match, dana: Persona, vera: Persona, aldo: Persona) -> None:
    send_message(match=match, text="A question.", actor=dana.viewer)
    steps: list[Any] = [
        lambda: send_message(match=match, text="An answer.", actor=vera.viewer),
        lambda: read_messages(match=match, actor=vera.viewer),
        lambda: mark_match(match=match, kind=MarkKind.SHORTLISTED, actor=vera.viewer),
    ]
    for step in steps:
        with pytest.raises(Refused):
            step()
    declined = decline_match(match=match, base_version=1, reason="No.", actor=aldo.viewer)
    with pytest.raises(Refused, match="This match was declined"):
        send_message(match=declined, text="A pity.", actor=dana.viewer)
    with pytest.raises(Invalid):
        send_message(match=match_again(match), text="  ", actor=dana.viewer)


def match_again(match: Match) -> Match:
    Match.objects.filter(pk=match.pk).update(status="suggested", decline_reason="", declined_by="")
    return Match.objects.select_related("offer", "donor", "state").get(pk=match.pk)


def test_a_mark_belongs_to_one_side_and_putting_off_says_until_when_and_why(
    match: Match, dana: Persona, amina: Persona
) -> None:
    with pytest.raises(Invalid) as invalid:
        mark_match(match=match, kind=MarkKind.DEFERRED, until=timezone.localdate(), actor=dana.viewer)
    assert sorted(invalid.value.errors) == ["reason", "until"]
    later = timezone.localdate() + timedelta(days=40)
    mark_match(match=match, kind=MarkKind.DEFERRED, until=later, reason="New budget.", actor=dana.viewer)
    assert mark_label(mark_of(dana.viewer, match)).startswith("Put off until")
    assert mark_of(amina.viewer, match) is None
    MatchMark.objects.update(until=timezone.localdate() - timedelta(days=1))
    assert mark_label(mark_of(dana.viewer, match)) == ""
    mark_match(match=match, kind=MarkKind.SHORTLISTED, actor=amina.viewer)
    unmark_match(match=match, actor=amina.viewer)
    assert mark_of(amina.viewer, match) is None
    told = set(Event.objects.filter(verb__in=["match.marked", "match.unmarked"]).values_list("chain__party", "verb"))
    own, other = dana.viewer.party.pk, amina.viewer.party.pk
    assert told == {(own, "match.marked"), (other, "match.marked"), (other, "match.unmarked")}


def test_an_answer_is_due_and_then_overdue(match: Match, dana: Persona, aldo: Persona, settings: Any) -> None:
    settings.MATCH_ANSWER_DAYS = 10
    proposed = propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer)
    assert proposed.answer_due == timezone.localdate() + timedelta(days=10)
    shown = match_for(dana.viewer, match.uuid)
    assert "The answer is due on" in timeline_of(dana.viewer, shown)[-1].note
    Match.objects.update(answer_due=timezone.localdate() - timedelta(days=1))
    shown = match_for(dana.viewer, match.uuid)
    assert "The answer was due on" in timeline_of(dana.viewer, shown)[-1].note
    assert [row.uuid for row in matches_waiting_for(aldo.viewer, Side.STATE)] == [match.uuid]
    [waiting] = [group for group in work_groups(aldo.viewer) if group.key == "state-waiting"]
    assert [item.overdue for item in waiting.items] == [True]


def test_what_was_written_follows_a_suggestion_that_is_worked_out_anew(
    match: Match, dana: Persona, aldo: Persona, world: World
) -> None:
    send_message(match=match, text="Is there a training room?", actor=aldo.viewer)
    declare_conflict(match=match, text="", actor=dana.viewer)
    mark_match(match=match, kind=MarkKind.SHORTLISTED, actor=dana.viewer)
    values = offer_values(world["XR1"], capacity_minor=5_000_000)
    edit_offer(offer=match.offer, base_version=match.offer.version, values=values, actor=dana.viewer)
    run_matching_for_offer(match.offer.uuid)
    new = Match.objects.select_related("offer", "donor", "state").get(status="suggested")
    assert new.pk != match.pk
    assert [row.uuid for row in unread_messages(dana.viewer, Side.DONOR)] == [new.uuid]
    assert [row.text for row in messages_of(aldo.viewer, new)] == ["Is there a training room?"]
    assert mark_label(mark_of(dana.viewer, new)) == "On the shortlist"
    assert new.declarations.get().side == "donor"
