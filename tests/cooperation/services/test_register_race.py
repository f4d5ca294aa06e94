"""Assistance entered, and pairs suggested, at the very moment when somebody else decides."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from assessments.models import FrameworkVersion
from cooperation.models import AssistanceActivity, Match, MatchEvent
from cooperation.services import matches as service
from cooperation.services.matches import accept_match, propose_match
from cooperation.services.portfolio_suggestions import suggest_pairs
from tests.cooperation.factories import accepting, make_activity, make_offer, make_request, share
from tests.cooperation.portfolio_cases import worked_out
from tests.cooperation.services.test_capacity_race import at_once
from tests.personas import Persona
from wam_portal.accounts.models import Territory

pytestmark = pytest.mark.django_db(transaction=True)
LONG_ENOUGH = 1
"""Seconds in which an entry that nothing holds back is written many times over."""


@pytest.fixture
def match(
    transactional_db: None,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> Match:
    make_offer(dana, world["XR1"])
    request = make_request(amina, aldo, framework)
    share(aldo, request, dana.viewer.party)
    found = Match.objects.select_related("offer", "donor", "state").get(request_uuid=request.uuid)
    return propose_match(match=found, base_version=1, amount_minor=5_000_000, actor=dana.viewer)


def entered_during_an_acceptance(
    match: Match, aldo: Persona, recorder: Persona, place: Territory, monkeypatch: pytest.MonkeyPatch
) -> bool:
    """Whether an entry was written between the look at what overlaps and the end of the acceptance."""
    looked, entered = threading.Event(), threading.Event()
    during: list[bool] = []
    look = service.require_acknowledged

    def look_and_linger(**given: Any) -> Any:
        found = look(**given)
        looked.set()
        during.append(entered.wait(LONG_ENOUGH))
        return found

    def enter() -> AssistanceActivity:
        assert looked.wait(30)
        activity = make_activity(recorder, place)
        entered.set()
        return activity

    monkeypatch.setattr(service, "require_acknowledged", look_and_linger)
    beside = accepting(aldo, match)
    accepted, activity = at_once(
        [lambda: accept_match(match=match, base_version=2, actor=aldo.viewer, **beside), enter]
    )
    assert isinstance(accepted, Match), accepted
    assert isinstance(activity, AssistanceActivity), activity
    return during[0]


def test_an_entry_for_a_state_waits_for_an_acceptance_that_has_looked_at_the_register(
    match: Match, aldo: Persona, dirk: Persona, world: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert not entered_during_an_acceptance(match, aldo, dirk, world["XR1"], monkeypatch)


def test_control_without_the_lock_an_entry_passes_by_the_acceptance(
    match: Match, aldo: Persona, dirk: Persona, world: dict[str, Territory], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "hold_register", lambda _countries: None)
    passed_by = entered_during_an_acceptance(match, aldo, dirk, world["XR1"], monkeypatch)
    # the embedded database lets one transaction write at a time, with or without a lock
    assert passed_by == (connection.vendor == "postgresql")


def test_of_two_coordinators_who_send_one_pair_at_once_only_one_sends_it(
    transactional_db: None,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    rita: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> None:
    make_offer(dana, world["XR1"])
    request = make_request(amina, aldo, framework)
    for party in (rita.viewer.party, dana.viewer.party):
        share(aldo, request, party, level="dossier")
    runs = [worked_out(rita, "One"), worked_out(rita, "Two")]
    match = Match.objects.get(request_uuid=request.uuid)
    pairs = [(str(match.need_uuid), str(match.offer.uuid))]
    results = at_once([lambda run=run: suggest_pairs(run=run, pairs=pairs, actor=rita.viewer) for run in runs])  # type: ignore[misc]
    assert sorted((len(sent.sent), len(sent.before)) for sent in results) == [(0, 1), (1, 0)], results
    assert MatchEvent.objects.filter(party=rita.viewer.party).count() == 1
