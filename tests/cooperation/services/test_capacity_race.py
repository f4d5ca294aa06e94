"""Acceptances at the same moment over one offer's capacity: it is never committed twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from assessments.models import FrameworkVersion
from cooperation.models import Match, Offer
from cooperation.services import matches as service
from cooperation.services.matches import accept_match, propose_match
from tests.cooperation.factories import accepting, make_offer, make_request, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.errors import Invalid

pytestmark = pytest.mark.django_db(transaction=True)
CYCLES = ("2026", "2027", "2028", "2029")
HELD, EACH = 10_000_000, 6_000_000
"""The offer holds enough for one of the matches, not for two."""


@pytest.fixture
def proposed(
    transactional_db: None,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> list[Match]:
    make_offer(dana, world["XR1"], capacity_minor=HELD)
    found = []
    for cycle in CYCLES:
        request = make_request(amina, aldo, framework, cycle=cycle)
        share(aldo, request, dana.viewer.party)
        match = Match.objects.select_related("offer", "donor", "state").get(request_uuid=request.uuid)
        found.append(propose_match(match=match, base_version=1, amount_minor=EACH, actor=dana.viewer))
    return found


def at_once(steps: list[Callable[[], Any]]) -> list[Any]:
    """What each step answered or raised; all begin together, each with its own connection."""
    start = threading.Barrier(len(steps))
    results: list[Any] = [None] * len(steps)

    def work(place: int) -> None:
        try:
            start.wait(timeout=30)
            results[place] = steps[place]()
        except Exception as error:  # noqa: BLE001 - the test looks at whatever was raised
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=work, args=(place,)) for place in range(len(steps))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return results


def _agreed_minor() -> int:
    return sum(Match.objects.filter(status="accepted").values_list("amount_minor", flat=True))  # type: ignore[arg-type]


def test_of_acceptances_at_once_only_what_the_offer_holds_is_agreed(proposed: list[Match], aldo: Persona) -> None:
    steps = [_acceptance(match, aldo) for match in proposed]
    results = at_once(steps)
    assert sum(isinstance(result, Match) for result in results) == 1, results
    refused = [result for result in results if isinstance(result, Invalid)]
    assert len(refused) == len(CYCLES) - 1, results
    assert all("holds only USD 40,000 any more" in str(error) for error in refused)
    assert (_agreed_minor(), Offer.objects.get().committed_minor) == (EACH, EACH)


def test_control_without_the_swap_more_is_agreed_than_the_offer_holds(
    proposed: list[Match], aldo: Persona, monkeypatch: pytest.MonkeyPatch
) -> None:
    def naive(offer: Offer, amount: int) -> bool:
        """Looks at the offer as the page read it, then writes: what the service must never do."""
        if (offer.capacity_minor or 0) - offer.committed_minor < amount:
            return False
        Offer.objects.filter(pk=offer.pk).update(committed_minor=offer.committed_minor + amount)
        return True

    monkeypatch.setattr(service, "reserve_capacity", naive)
    for match in proposed:
        assert match.offer.committed_minor == 0  # read before anybody accepts, as each request's page does
    steps = [_acceptance(match, aldo) for match in proposed]
    results = at_once(steps)
    assert _agreed_minor() > HELD, results


def test_of_two_acceptances_of_one_match_one_is_a_conflict(proposed: list[Match], aldo: Persona) -> None:
    twice = [Match.objects.select_related("offer", "donor", "state").get(pk=proposed[0].pk) for _ in range(2)]
    steps = [_acceptance(match, aldo) for match in twice]
    results = at_once(steps)
    assert sum(isinstance(result, Match) for result in results) == 1, results
    assert Offer.objects.get().committed_minor == EACH


def _acceptance(match: Match, aldo: Persona) -> Callable[[], Match]:
    """An acceptance by somebody who has looked at everything before."""
    beside = accepting(aldo, match)
    return lambda: accept_match(match=match, base_version=2, actor=aldo.viewer, **beside)
