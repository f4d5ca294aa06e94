"""Colleagues of two donors and a State agree at the same moment: no offer and no need is ever over-committed.

Every race sets three needs and two offers anew, with capacities, amounts and who agrees first drawn by chance, so that
together more is wanted than an offer or a need holds. The controls take the comparison out of either swap: then too
much must be agreed, or the test could not see it.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import F
from django.utils import timezone

from assessments.models import FrameworkVersion
from cooperation.models import Match, NeedBalance, Offer, OverlapAcknowledgement
from cooperation.services import matches as match_service
from cooperation.services import need_balances
from cooperation.services.matches import accept_match
from tests.cooperation.factories import accepting, make_offer, make_request, share
from tests.personas import Persona
from wam_portal.access import Viewer
from wam_portal.accounts.models import Territory
from wam_portal.errors import Invalid

pytestmark = pytest.mark.django_db(transaction=True)
CYCLES = ("2026", "2027", "2028")
SOUGHT = 10_000_000
"""What each need asks for."""
STEP = 500_000
SAMPLE_RACES = 12
LONG_RACES = 300


@dataclass
class Tally:
    """What happened in one run. `effective`: races in which somebody wanted more than there was."""

    races: int = 0
    effective: int = 0
    accepted: int = 0
    refused: int = 0
    overcommitted: int = 0
    wrong_sums: int = 0
    needless_refusals: int = 0
    other_errors: list[str] = field(default_factory=list)

    @property
    def failures(self) -> int:
        """Everything that must not happen."""
        return self.overcommitted + self.wrong_sums + self.needless_refusals + len(self.other_errors)


@dataclass
class Attempt:
    """One person's acceptance of one match, and what came back."""

    match: Match
    actor: Viewer
    amount: int
    beside: dict[str, Any] = field(default_factory=dict)
    result: object = None

    def run(self, start: threading.Barrier, pause: float) -> None:
        """Accept at the signal."""
        donor = self.actor.party.pk == self.match.donor_id
        try:
            start.wait(timeout=60)
            time.sleep(pause)
            self.result = accept_match(
                match=self.match,
                base_version=self.match.version,
                amount_minor=self.amount if donor else None,
                actor=self.actor,
                **self.beside,
            )
        except Exception as error:  # noqa: BLE001  (a thread must hand over whatever went wrong)
            self.result = error
        finally:
            connections.close_all()


class Arena:
    """Six matches of three needs with the offers of two donors, set anew for every race."""

    def __init__(self, state: Persona, donors: tuple[Persona, Persona]) -> None:
        self.state = state.viewer
        self.donors = {donor.viewer.party.pk: donor.viewer for donor in donors}
        self.matches = list(Match.objects.order_by("pk").values_list("pk", flat=True))

    def race(self, chance: random.Random, tally: Tally) -> None:
        """One race, and what it did."""
        attempts = self._attempts(chance)
        start = threading.Barrier(len(attempts))
        pauses = [chance.choice((0, 0, chance.random() / 200)) for _ in attempts]
        threads = [
            threading.Thread(target=attempt.run, args=(start, pause))
            for attempt, pause in zip(attempts, pauses, strict=True)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        _count(attempts, tally)

    def _attempts(self, chance: random.Random) -> list[Attempt]:
        NeedBalance.objects.all().delete()
        OverlapAcknowledgement.objects.all().delete()
        for offer in Offer.objects.all():
            held = chance.randrange(STEP, 4 * SOUGHT, STEP)
            Offer.objects.filter(pk=offer.pk).update(capacity_minor=held, committed_minor=0, committed_requests=0)
        Match.objects.update(status="suggested", state_agreed_at=None, donor_agreed_at=None, signed=None)
        chosen = chance.sample(self.matches, chance.randint(2, len(self.matches)))
        attempts = []
        for pk in chosen:
            amount = chance.randrange(STEP, SOUGHT + 1, STEP)
            state_accepts = chance.random() < 0.5
            first = "donor" if state_accepts else "state"
            Match.objects.filter(pk=pk).update(
                status="proposed",
                version=F("version") + 1,
                amount_minor=amount if state_accepts else None,
                **{f"{first}_agreed_at": timezone.now()},
            )
            match = Match.objects.select_related("offer", "donor", "state").get(pk=pk)
            actor = self.state if state_accepts else self.donors[match.donor_id]
            # A donor's page refuses beforehand what its offer does not hold at all; here both go to the swap.
            attempts.append(Attempt(match, actor, min(amount, match.offer.capacity_minor or amount)))
        # Once all are proposed, everybody has looked at what overlaps: here only room decides.
        for attempt in attempts:
            attempt.beside = accepting(attempt.actor, attempt.match)
        return attempts


def _count(attempts: list[Attempt], tally: Tally) -> None:
    wanted: dict[object, int] = {}
    agreed: dict[object, int] = {}
    for attempt in attempts:
        amount = attempt.match.amount_minor or attempt.amount
        for key in (attempt.match.offer_id, attempt.match.need_uuid):
            wanted[key] = wanted.get(key, 0) + amount
            agreed[key] = agreed.get(key, 0) + (amount if isinstance(attempt.result, Match) else 0)
    offers = {offer.pk: offer for offer in Offer.objects.all()}
    balances = {balance.need_uuid: balance.committed_minor for balance in NeedBalance.objects.all()}
    holds: dict[object, int] = dict.fromkeys(wanted, SOUGHT)
    holds |= {pk: offer.capacity_minor or 0 for pk, offer in offers.items()}
    tally.races += 1
    tally.effective += any(wanted[key] > holds[key] for key in wanted)
    for key, total in agreed.items():
        stored = offers[key].committed_minor if key in offers else balances.get(key, 0)  # type: ignore[index, call-overload]
        tally.overcommitted += total > holds[key]
        tally.wrong_sums += stored != total
    for attempt in attempts:
        amount = attempt.match.amount_minor or attempt.amount
        room = min(holds[key] - agreed[key] for key in (attempt.match.offer_id, attempt.match.need_uuid))
        if isinstance(attempt.result, Match):
            tally.accepted += 1
        elif isinstance(attempt.result, Invalid):
            tally.refused += 1
            # What is agreed only grows: who was refused for want of room would not find it afterwards either.
            tally.needless_refusals += amount <= room
        else:
            tally.other_errors.append(repr(attempt.result))


@pytest.fixture
def arena(
    transactional_db: None,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    dirk: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> Arena:
    for donor in (dana, dirk):
        make_offer(donor, world["XR1"])
    for cycle in CYCLES:
        request = make_request(amina, aldo, framework, cycle=cycle)
        share(aldo, request, dana.viewer.party, dirk.viewer.party)
    found = Arena(aldo, (dana, dirk))
    assert len(found.matches) == len(CYCLES) * 2
    return found


def run(arena: Arena, *, races: int, seed: int) -> Tally:
    """So many races with what this seed draws."""
    chance, tally = random.Random(seed), Tally()
    for _race in range(races):
        arena.race(chance, tally)
    return tally


def test_at_the_same_moment_no_offer_and_no_need_is_over_committed(arena: Arena) -> None:
    tally = run(arena, races=SAMPLE_RACES, seed=20261126)
    assert tally.failures == 0, tally
    assert tally.effective >= SAMPLE_RACES // 2
    assert tally.accepted
    assert tally.refused


def _careless_offer(offer: Offer, amount: int) -> bool:
    """Looks at the offer as the page read it, then writes."""
    if (offer.capacity_minor or 0) - offer.committed_minor < amount:
        return False
    Offer.objects.filter(pk=offer.pk).update(committed_minor=offer.committed_minor + amount)
    return True


def _careless_need(*, match: Match, sought: object, worth_minor: int) -> bool:
    """Looks at nothing: each donor believes to be the only one."""
    NeedBalance.objects.filter(need_uuid=match.need_uuid).update(committed_minor=worth_minor)
    return True


@pytest.mark.parametrize(
    ("module", "name", "careless"),
    [(match_service, "reserve_capacity", _careless_offer), (need_balances, "reserve_need", _careless_need)],
)
def test_control_without_the_swap_too_much_is_agreed(
    arena: Arena, monkeypatch: pytest.MonkeyPatch, module: object, name: str, careless: Callable[..., bool]
) -> None:
    monkeypatch.setattr(module, name, careless)
    assert run(arena, races=SAMPLE_RACES, seed=20261126).overcommitted > 0


@pytest.mark.long
def test_three_hundred_races_over_commit_nothing(arena: Arena) -> None:
    seed = random.SystemRandom().randrange(2**32)
    began = time.monotonic()
    tally = run(arena, races=LONG_RACES, seed=seed)
    figures = {
        "test": "commitment races",
        "database": connection.vendor,
        "seed": seed,
        "races": tally.races,
        "effective": tally.effective,
        "accepted": tally.accepted,
        "refused": tally.refused,
        "failures": tally.failures,
        "seconds": round(time.monotonic() - began, 1),
    }
    print(json.dumps(figures))  # noqa: T201  (the figures are what a long run is for)
    assert tally.failures == 0, f"seed {seed}: {tally}"
    assert tally.effective >= LONG_RACES // 2, f"seed {seed}: {tally}"
