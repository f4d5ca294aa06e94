"""Nobody accepts beside a duplicate or an overlap unawares, and nobody learns of efforts that are not theirs to see."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from assessments.models import FrameworkVersion
from cooperation.models import Match, Offer, OverlapAcknowledgement
from cooperation.selectors.matches import timeline_of
from cooperation.selectors.overlaps import overlaps_of_match
from cooperation.services.matches import accept_match, propose_match
from tests.cooperation.factories import accepting, make_activity, make_match, make_offer, make_request, share
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid

World = dict[str, Territory]


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    """Proposed by the donor; the State answers."""
    made = make_match(amina, aldo, dana, framework, world["XR1"])
    return propose_match(match=made, base_version=1, amount_minor=1_000_000, actor=dana.viewer, conflict="")


def seen_by(person: Persona, match: Match) -> list[tuple[str, str]]:
    return [(line.title, line.grade) for line in overlaps_of_match(person.viewer, match)]


def accept(match: Match, person: Persona, **fields: Any) -> Match:
    return accept_match(match=match, base_version=match.version, actor=person.viewer, conflict="", **fields)


def test_an_overlap_must_be_acknowledged_with_a_reason_before_accepting(
    match: Match, dana: Persona, aldo: Persona, vera: Persona, world: World
) -> None:
    make_activity(aldo, world["XA"], title="Advice by a partner")
    assert seen_by(aldo, match) == [("Advice by a partner", "overlap")]
    with pytest.raises(Invalid) as invalid:
        accept(match, aldo)
    assert sorted(invalid.value.errors) == ["acknowledged", "overlap_reason"]
    assert Offer.objects.get().committed_minor == 0
    with pytest.raises(Invalid) as invalid:
        accept_match(match=match, base_version=match.version, actor=aldo.viewer)
    assert sorted(invalid.value.errors) == ["acknowledged", "conflict", "overlap_reason"]
    [line] = overlaps_of_match(aldo.viewer, match)
    with pytest.raises(Invalid) as invalid:
        accept(match, aldo, acknowledged=[line.key], overlap_reason="  ")
    assert list(invalid.value.errors) == ["overlap_reason"]
    accepted = accept(match, aldo, acknowledged=[line.key], overlap_reason="The partner leaves in spring.")
    assert accepted.status == "accepted"
    kept = OverlapAcknowledgement.objects.get()
    assert kept.seen == [
        {"key": line.key, "grade": "overlap", "title": "Advice by a partner", "by": "Bilateral partner"}
    ]
    event = Event.objects.get(verb="match.overlap_acknowledged")
    assert (event.chain.party, event.changes) == (aldo.party, {"grades": {"overlap": 1}})
    told = {person.user.full_name: str(timeline_of(person.viewer, accepted)) for person in (vera, dana)}
    assert "The partner leaves in spring." in told["Vera"]
    assert "partner" not in told["Dana"]


def test_an_overlap_that_appeared_meanwhile_is_not_skipped(
    match: Match, dana: Persona, aldo: Persona, world: World
) -> None:
    make_activity(aldo, world["XA"], title="Known")
    keys = [line.key for line in overlaps_of_match(aldo.viewer, match)]
    late = make_activity(dana, world["XA"], title="Entered meanwhile")
    with pytest.raises(Invalid, match="Entered meanwhile") as invalid:
        accept(match, aldo, acknowledged=keys, overlap_reason="We know.")
    assert list(invalid.value.errors) == ["acknowledged"]
    late.delete()
    assert accept(match, aldo, acknowledged=keys, overlap_reason="We know.").status == "accepted"


def test_what_is_set_apart_needs_no_acknowledgement(match: Match, aldo: Persona, world: World) -> None:
    make_activity(aldo, world["XA"], title="Other help", assistance_types=("EQUIP",))
    make_activity(aldo, world["XA"], title="Earlier", period_start=date(2019, 1, 1), period_end=date(2019, 12, 31))
    make_activity(aldo, world["XA"], title="Over", status="finished")
    make_activity(aldo, world["XA"], title="Other area", functional_areas=("MAR",))
    assert sorted(seen_by(aldo, match)) == [("Earlier", "complement"), ("Other help", "complement")]
    assert accept(match, aldo).status == "accepted"


def test_each_side_is_told_only_of_efforts_that_it_may_see(
    match: Match, dana: Persona, dirk: Persona, aldo: Persona, world: World
) -> None:
    make_activity(aldo, world["XA"], title="The State's plan")
    make_activity(aldo, world["XA"], title="Shared plan", shared=True)
    make_activity(dirk, world["XA"], title="Another donor's plan")
    make_activity(dana, world["XR1"], title="Our own plan")
    make_activity(dana, world["XB"], title="Elsewhere")
    of_state = {"The State's plan", "Shared plan", "Another donor's plan", "Our own plan"}
    assert {title for title, _grade in seen_by(aldo, match)} == of_state
    assert {title for title, _grade in seen_by(dana, match)} == {"Shared plan", "Our own plan"}


def test_other_agreed_and_proposed_matches_of_the_state_count_but_not_those_of_the_same_need(
    match: Match, amina: Persona, dana: Persona, dirk: Persona, aldo: Persona, framework: FrameworkVersion, world: World
) -> None:
    make_offer(dirk, world["XR1"], title="Second fund")
    other = make_request(amina, aldo, framework, cycle="2027", title="A later request")
    share(aldo, other, dirk.viewer.party)
    rival = Match.objects.select_related("offer", "donor", "state").get(request_uuid=other.uuid)
    assert seen_by(aldo, match) == []  # only suggested so far
    propose_match(match=rival, base_version=1, amount_minor=1_000_000, actor=dirk.viewer)
    assert seen_by(aldo, match) == [("A later request", "duplicate")]
    assert seen_by(dana, match) == []
    first = Match.objects.get(pk=match.pk)
    Match.objects.filter(pk=rival.pk).update(need_uuid=first.need_uuid)
    assert seen_by(aldo, match) == []


@pytest.mark.parametrize(
    ("places", "grade"),
    [("northern province", "duplicate"), ("Coast", "complement"), ("Somewhere along the coast in the east", "overlap")],
)
def test_places_that_people_wrote_differently_hide_nothing(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World, places: str, grade: str
) -> None:
    make_offer(dana, world["XR1"])
    request = make_request(amina, aldo, framework, places="Northern Province, capital", beneficiaries="")
    share(aldo, request, dana.viewer.party, level="dossier")
    made = Match.objects.select_related("offer", "donor", "state").get()
    make_activity(aldo, world["XA"], title="Advice", places=places, shared=True)
    assert seen_by(aldo, made) == [("Advice", grade)]
    assert seen_by(dana, made) == [("Advice", grade)]


def test_of_two_people_who_accept_beside_an_overlap_the_second_meets_the_conflict(
    match: Match, aldo: Persona, nadia: Persona, world: World
) -> None:
    make_activity(aldo, world["XA"])
    beside = accepting(aldo, match)
    twice = [Match.objects.select_related("offer", "donor", "state").get(pk=match.pk) for _ in range(2)]
    accept_match(match=twice[0], base_version=2, actor=aldo.viewer, **beside)
    with pytest.raises(Conflict):
        accept_match(match=twice[1], base_version=2, actor=nadia.viewer, **beside)
    assert OverlapAcknowledgement.objects.get().actor == aldo.user
