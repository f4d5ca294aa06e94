"""Many writers at once: the chains keep their order and nobody meets an error."""

from __future__ import annotations

import threading

import pytest
from django.db import connection

from tests.personas import make_state, make_world
from wam_portal.accounts.models import Party
from wam_portal.audit.models import Event
from wam_portal.audit.services import audited, record
from wam_portal.audit.verify import verify_chains

WRITERS, EVENTS = 8, 6


def run_writers(parties_of_writer: list[list[Party]]) -> list[BaseException]:
    start, errors = threading.Barrier(len(parties_of_writer)), []

    def write(parties: list[Party]) -> None:
        try:
            start.wait()
            for number in range(EVENTS):
                with audited():
                    record(
                        verb="thing.done", target=parties[0], actor=None, parties=parties, changes={"number": number}
                    )
        except Exception as error:  # noqa: BLE001 (collected and asserted on below)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(parties,)) for parties in parties_of_writer]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return errors


@pytest.mark.django_db(transaction=True)
def test_eight_writers_of_one_state_leave_a_chain_without_gap() -> None:
    world = make_world()
    state = make_state("aldoria", "Aldoria", world["XA"])
    assert run_writers([[state]] * WRITERS) == []
    assert Event.objects.filter(verb="thing.done").count() == WRITERS * EVENTS
    assert verify_chains()[1] == []


@pytest.mark.django_db(transaction=True)
def test_eight_writers_on_two_parties_in_either_order_do_not_block_each_other() -> None:
    world = make_world()
    one = make_state("aldoria", "Aldoria", world["XA"])
    two = make_state("borvenia", "Borvenia", world["XB"])
    orders = [[one, two] if number % 2 else [two, one] for number in range(WRITERS)]
    assert run_writers(orders) == []
    assert Event.objects.filter(verb="thing.done").count() == 2 * WRITERS * EVENTS
    assert verify_chains()[1] == []


@pytest.mark.django_db(transaction=True)
def test_the_very_first_events_of_a_party_may_come_from_many_at_once() -> None:
    world = make_world()
    state = Party.objects.create(slug="caldessa", name="Caldessa", kind="state", territory=world["XC"], assesses=True)
    assert run_writers([[state]] * WRITERS) == []
    assert verify_chains()[1] == []
