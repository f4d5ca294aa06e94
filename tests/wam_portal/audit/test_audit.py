"""The audit chain: events are written with what they tell of, and no change to them goes unseen."""

from __future__ import annotations

import json
import random
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection

from tests.personas import Persona
from wam_portal.accounts.models import Party
from wam_portal.audit.models import Chain, Event
from wam_portal.audit.services import audited, record
from wam_portal.audit.verify import anchor, verify_chains


def write_events(party: Party, count: int) -> None:
    for number in range(count):
        with audited():
            record(verb="thing.done", target=party, actor=None, parties=[party], changes={"number": number})


def record_and_fail(party: Party) -> None:
    with audited():
        record(verb="thing.done", target=party, actor=None, parties=[party])
        raise ZeroDivisionError


def drop_guard() -> None:
    """Take away the trigger that refuses updates, as somebody with the rights of the database's owner could."""
    on = "" if connection.vendor == "sqlite" else " ON audit_event"
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER audit_event_append_only{on}")


def test_recording_outside_a_transaction_of_its_own_is_refused(state_a: Party) -> None:
    with pytest.raises(RuntimeError, match="audited"):
        record(verb="thing.done", target=state_a, actor=None)


def test_an_event_names_the_person_the_party_and_the_object(amina: Persona) -> None:
    with audited():
        record(verb="thing.done", target=amina.viewer.party, actor=amina.viewer, parties=[amina.viewer.party])
    event = Event.objects.get(verb="thing.done")
    assert (event.actor, event.actor_party) == (amina.user, amina.party)
    assert (event.target_type, event.target_id) == ("Party", str(amina.viewer.party.uuid))


def test_an_event_vanishes_with_the_transaction_that_failed(state_a: Party) -> None:
    before = verify_chains()
    with pytest.raises(ZeroDivisionError):
        record_and_fail(state_a)
    assert not Event.objects.filter(verb="thing.done").exists()
    assert verify_chains() == before


def test_one_action_on_two_parties_is_in_both_chains(state_a: Party, donor_one: Party) -> None:
    with audited():
        record(verb="thing.done", target=state_a, actor=None, parties=[donor_one, state_a])
    parties = {event.chain.party for event in Event.objects.filter(verb="thing.done")}
    assert parties == {state_a, donor_one}


def test_the_database_refuses_to_change_an_event(state_a: Party) -> None:
    write_events(state_a, 1)
    with pytest.raises(IntegrityError):
        Event.objects.filter(verb="thing.done").update(verb="nothing.happened")


def test_numbers_run_without_gap_from_one(state_a: Party) -> None:
    write_events(state_a, 5)
    numbers = list(Event.objects.filter(chain__party=state_a).order_by("seq").values_list("seq", flat=True))
    assert numbers == list(range(1, len(numbers) + 1))
    assert Chain.objects.get(party=state_a).seq == len(numbers)


def test_every_random_tampering_is_seen(state_a: Party, state_b: Party) -> None:
    """A sample of edits, deletions, swaps and truncations; the anchor was taken before, as it is every day."""
    write_events(state_a, 6)
    write_events(state_b, 3)
    anchors = json.loads(json.dumps(anchor()))
    drop_guard()
    rng = random.Random(20)
    rows = list(Event.objects.filter(chain__party=state_a).values())
    head = Chain.objects.filter(party=state_a).values().get()
    assert verify_chains(anchors)[1] == []
    unseen = []
    for attempt in range(60):
        kind = tamper(state_a, rng)
        if not verify_chains(anchors)[1]:
            unseen.append((attempt, kind))
        Event.objects.filter(chain__party=state_a).delete()
        Event.objects.bulk_create([Event(**row) for row in rows])
        Chain.objects.filter(party=state_a).update(seq=head["seq"], link=head["link"])
    assert unseen == []
    assert verify_chains(anchors)[1] == []


def tamper(party: Party, rng: random.Random) -> str:
    """Change one chain in one of five ways; answers which."""
    events = list(Event.objects.filter(chain__party=party).order_by("seq"))
    victim = rng.choice(events)
    kind = rng.choice(["edit", "details", "delete", "swap", "truncate"])
    if kind == "edit":
        Event.objects.filter(pk=victim.pk).update(verb="thing.undone")
    elif kind == "details":
        Event.objects.filter(pk=victim.pk).update(changes={"number": rng.randrange(10**6)})
    elif kind == "delete":
        victim.delete()
    elif kind == "swap":
        first, second = rng.sample(events, 2)
        Event.objects.filter(pk=first.pk).update(verb="swapped.one", changes=second.changes, link=second.link)
    else:
        cut = rng.randrange(1, len(events))
        Event.objects.filter(chain__party=party, seq__gt=cut).delete()
        Chain.objects.filter(party=party).update(seq=cut, link=events[cut - 1].link)
    return kind


def test_without_an_anchor_a_cut_tail_goes_unseen_and_the_command_says_so(state_a: Party) -> None:
    """The control: what the anchor is for."""
    write_events(state_a, 4)
    last = Event.objects.filter(chain__party=state_a).order_by("seq")
    keep = list(last)[:2]
    Event.objects.filter(chain__party=state_a, seq__gt=keep[-1].seq).delete()
    Chain.objects.filter(party=state_a).update(seq=keep[-1].seq, link=keep[-1].link)
    out = StringIO()
    call_command("verify_audit", stdout=out)
    assert "cannot be seen" in out.getvalue()


def test_the_command_fails_and_names_the_chain_that_does_not_hold(state_a: Party, tmp_path: Path) -> None:
    write_events(state_a, 3)
    call_command("verify_audit", write_anchor=tmp_path / "anchor.json", stdout=StringIO())
    Event.objects.filter(chain__party=state_a).order_by("-seq")[0].delete()
    errors = StringIO()
    with pytest.raises(CommandError, match="1 of"):
        call_command("verify_audit", anchor=tmp_path / "anchor.json", stdout=StringIO(), stderr=errors)
    assert "aldoria" in errors.getvalue()
