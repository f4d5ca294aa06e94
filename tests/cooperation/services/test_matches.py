"""Decisions on matches: who, in which order, how much, and what both sides sign."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.models import Match, Offer
from cooperation.services.match_runs import run_matching_for_offer
from cooperation.services.matches import accept_match, decline_match, propose_match, withdraw_match
from cooperation.services.offers import close_offer
from tests.cooperation.factories import accepting, make_match, make_offer, make_request, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.canonical import content_hash
from wam_portal.errors import Conflict, Invalid, Refused
from wam_portal.jobs.models import Job

World = dict[str, Territory]
FUND = {"capacity_minor": 50_000_000, "floor_minor": 2_000_000, "ceiling_minor": 20_000_000}


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"], **FUND)


def test_both_sides_sign_what_they_saw(match: Match, dana: Persona, aldo: Persona) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    assert (proposed.status, proposed.version, proposed.state_agreed_at) == ("proposed", 2, None)
    accepted = accept_match(conflict="", match=proposed, base_version=2, actor=aldo.viewer)
    signed = dict(accepted.signed or {})
    assert signed["amount"] == {"minor": 9_000_000, "currency": "USD"}
    assert signed["need"] == match.need
    assert signed["offer"] == match.offered
    assert signed.pop("hash") == content_hash("match", signed)
    offer = Offer.objects.get()
    assert (offer.committed_minor, offer.committed_requests) == (9_000_000, 1)
    assert [event.status for event in accepted.events.all()] == ["suggested", "proposed", "accepted"]


def test_the_state_may_agree_first_and_the_donor_then_names_the_amount(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=99, actor=aldo.viewer)
    assert proposed.amount_minor is None
    with pytest.raises(Invalid) as invalid:
        accept_match(conflict="", match=proposed, base_version=2, actor=dana.viewer)
    assert list(invalid.value.errors) == ["amount"]
    accepted = accept_match(conflict="", match=proposed, base_version=2, amount_minor=5_000_000, actor=dana.viewer)
    assert (accepted.status, accepted.amount_minor) == ("accepted", 5_000_000)


def test_the_state_cannot_change_the_amount_that_the_donor_proposed(match: Match, dana: Persona, aldo: Persona) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    accepted = accept_match(conflict="", match=proposed, base_version=2, amount_minor=19_000_000, actor=aldo.viewer)
    assert accepted.amount_minor == 9_000_000


def test_nobody_agrees_for_both_sides(match: Match, dana: Persona) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    with pytest.raises(Refused, match="Your side has agreed already"):
        accept_match(conflict="", match=proposed, base_version=2, amount_minor=9_000_000, actor=dana.viewer)
    with pytest.raises(Refused, match="Withdraw the proposal instead"):
        decline_match(match=proposed, base_version=2, reason="No.", actor=dana.viewer)


@pytest.mark.parametrize("who", ["vera", "amina", "carl"])
def test_only_approvers_decide_for_the_state(match: Match, who: str, request: pytest.FixtureRequest) -> None:
    persona: Persona = request.getfixturevalue(who)
    with pytest.raises(Refused, match="not decide"):
        propose_match(match=match, base_version=1, actor=persona.viewer)


def test_nothing_can_be_accepted_that_nobody_proposed(match: Match, aldo: Persona) -> None:
    with pytest.raises(Refused, match="Nobody has proposed"):
        accept_match(conflict="", match=match, base_version=1, actor=aldo.viewer)


def test_a_pair_that_fails_a_rule_cannot_be_proposed(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"], languages=("fr",))
    with pytest.raises(Refused, match="fails a rule"):
        propose_match(match=match, base_version=1, actor=aldo.viewer)


@pytest.mark.parametrize(
    ("amount", "words"),
    [
        (None, "Say how much"),
        (0, "above zero"),
        (20_000_001, "at most USD 200,000"),
        (1_999_999, "at least USD 20,000"),
    ],
)
def test_the_amount_keeps_to_the_limits_of_the_offer(
    match: Match, dana: Persona, amount: int | None, words: str
) -> None:
    with pytest.raises(Invalid, match=words):
        propose_match(match=match, base_version=1, amount_minor=amount, actor=dana.viewer)
    assert Match.objects.get().version == 1


def test_a_donor_who_accepts_is_told_of_the_amount_and_of_what_else_is_missing_at_once(
    match: Match, dana: Persona, aldo: Persona
) -> None:
    match = propose_match(match=match, base_version=1, actor=aldo.viewer)
    with pytest.raises(Invalid) as caught:
        accept_match(match=match, base_version=2, actor=dana.viewer, amount_minor=20_000_001)
    assert list(caught.value.errors) == ["amount", "conflict"]
    assert Offer.objects.get().committed_minor == 0


def test_what_the_other_side_could_never_accept_is_not_proposed(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    first, second = _two_needs(amina, aldo, dana, framework, world, capacity_minor=50_000_000, ceiling_minor=15_000_000)
    first = propose_match(match=first, base_version=1, amount_minor=8_000_000, actor=dana.viewer)
    accept_match(conflict="", match=first, base_version=2, actor=aldo.viewer)
    with pytest.raises(Invalid, match="at most USD 150,000 to one request, and USD 80,000 are agreed"):
        propose_match(match=second, base_version=1, amount_minor=8_000_000, actor=dana.viewer)
    propose_match(match=second, base_version=1, amount_minor=7_000_000, actor=dana.viewer)


def _two_needs(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World, **offer: Any
) -> list[Match]:
    request = make_request(amina, aldo, framework, indicators=["coo-01", "sto-01"])
    make_offer(dana, world["XR1"], **offer)
    share(aldo, request, dana.viewer.party)
    return list(Match.objects.select_related("offer", "donor", "state").order_by("pk"))


def test_ceiling_and_floor_count_for_all_needs_of_a_request_together(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    first, second = _two_needs(
        amina, aldo, dana, framework, world, capacity_minor=50_000_000, floor_minor=12_000_000, ceiling_minor=15_000_000
    )
    first = propose_match(match=first, base_version=1, amount_minor=8_000_000, actor=dana.viewer)
    second = propose_match(match=second, base_version=1, amount_minor=8_000_000, actor=dana.viewer)
    accept_match(conflict="", match=first, base_version=2, actor=aldo.viewer)
    with pytest.raises(Invalid, match="at most USD 150,000"):
        accept_match(conflict="", match=second, base_version=2, actor=aldo.viewer)
    offer = Offer.objects.get()
    assert (offer.committed_minor, offer.committed_requests) == (8_000_000, 1)


def test_two_needs_of_one_request_count_as_one_request_served(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    for match in _two_needs(amina, aldo, dana, framework, world, max_requests=1):
        proposed = propose_match(match=match, base_version=1, amount_minor=1_000_000, actor=dana.viewer)
        accept_match(conflict="", match=proposed, base_version=2, actor=aldo.viewer)
    offer = Offer.objects.get()
    assert (offer.committed_minor, offer.committed_requests) == (2_000_000, 1)


def test_help_in_kind_is_agreed_without_an_amount(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    match = make_match(
        amina, aldo, dana, framework, world["XR1"], modality="in_kind", capacity_minor=None, max_requests=1
    )
    with pytest.raises(Invalid, match="holds no money"):
        propose_match(match=match, base_version=1, amount_minor=100, actor=dana.viewer)
    proposed = propose_match(match=match, base_version=1, actor=dana.viewer)
    accepted = accept_match(conflict="", match=proposed, base_version=2, actor=aldo.viewer)
    assert accepted.amount_minor is None
    assert Offer.objects.get().committed_requests == 1


def test_an_offer_that_serves_its_last_request_takes_no_other(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    make_offer(dana, world["XR1"], max_requests=1)
    waiting = []
    for cycle in ("2026", "2027"):
        request = make_request(amina, aldo, framework, cycle=cycle)
        share(aldo, request, dana.viewer.party)
        match = Match.objects.select_related("offer", "donor", "state").get(request_uuid=request.uuid)
        waiting.append(propose_match(match=match, base_version=1, amount_minor=1_000, actor=dana.viewer))
    accept_match(match=waiting[0], base_version=2, actor=aldo.viewer, **accepting(aldo, waiting[0]))
    with pytest.raises(Invalid, match="cannot serve another request"):
        accept_match(match=waiting[1], base_version=2, actor=aldo.viewer, **accepting(aldo, waiting[1]))
    assert Offer.objects.get().committed_minor == 1_000


def test_a_closed_offer_ends_what_is_undecided_and_keeps_what_is_agreed(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    first, second = _two_needs(amina, aldo, dana, framework, world)
    first = propose_match(match=first, base_version=1, amount_minor=1_000, actor=dana.viewer)
    accept_match(conflict="", match=first, base_version=2, actor=aldo.viewer)
    offer = Offer.objects.get()
    close_offer(offer=offer, base_version=offer.version, actor=dana.viewer, reason="The budget is cut.")
    second.refresh_from_db()
    assert second.status == "withdrawn"
    assert Match.objects.get(pk=first.pk).status == "accepted"
    last = second.events.order_by("pk").last()
    assert last is not None
    assert last.reason == "offer_closed"


@pytest.mark.parametrize("expired", [False, True])
def test_nothing_is_agreed_on_a_grant_that_has_ended(
    match: Match, dana: Persona, aldo: Persona, expired: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    grant = Grant.objects.select_related("release__request_version__request", "release__state").get()
    if expired:
        later = timezone.now() + timedelta(days=60)
        monkeypatch.setattr(timezone, "now", lambda: later)
    else:
        revoke_grant(grant=grant, actor=aldo.viewer)
    with pytest.raises(Refused, match="revoked or has expired"):
        accept_match(conflict="", match=proposed, base_version=2, actor=aldo.viewer)
    assert Offer.objects.get().committed_minor == 0


def test_a_stale_version_is_a_conflict_and_changes_nothing(match: Match, dana: Persona, aldo: Persona) -> None:
    stale = Match.objects.select_related("offer", "donor", "state").get()
    propose_match(match=match, base_version=1, actor=aldo.viewer)
    with pytest.raises(Conflict) as conflict:
        decline_match(match=stale, base_version=1, reason="No.", actor=dana.viewer)
    assert conflict.value.current.status == "proposed"
    assert Match.objects.get().version == 2


def test_a_withdrawn_proposal_makes_room_for_the_pair_again(match: Match, dana: Persona) -> None:
    proposed = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    with pytest.raises(Invalid):
        withdraw_match(match=proposed, base_version=2, reason=" ", actor=dana.viewer)
    withdraw_match(match=proposed, base_version=2, reason="Budget cut.", actor=dana.viewer)
    assert run_matching_for_offer(match.offer.uuid).suggested == 1
    assert sorted(Match.objects.values_list("status", flat=True)) == ["suggested", "withdrawn"]


def test_an_acceptance_has_the_offer_matched_anew(match: Match, dana: Persona, aldo: Persona) -> None:
    Job.objects.all().delete()
    proposed = propose_match(match=match, base_version=1, amount_minor=9_000_000, actor=dana.viewer)
    accept_match(conflict="", match=proposed, base_version=2, actor=aldo.viewer)
    job = Job.objects.get()
    assert (job.kind, job.payload) == ("cooperation.match_offer", {"offer": str(match.offer.uuid)})


@pytest.mark.parametrize("reason", ["", "   ", "x" * 2001])
def test_a_refusal_needs_a_reason_of_bearable_length(match: Match, dana: Persona, reason: str) -> None:
    with pytest.raises(Invalid) as invalid:
        decline_match(match=match, base_version=1, reason=reason, actor=dana.viewer)
    assert list(invalid.value.errors) == ["reason"]
