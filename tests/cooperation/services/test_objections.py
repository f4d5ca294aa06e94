"""Colleagues at the State may object to a proposed match; while one can or does, nobody accepts it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import FrameworkVersion
from cooperation.enums import SystemReason
from cooperation.models import Match, MatchEvent, MatchObjection, ObjectionRule
from cooperation.services.matches import accept_match, propose_match
from cooperation.services.objections import change_objection_rule, lift_objection, object_to_match
from tests.cooperation.factories import make_match
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event
from wam_portal.errors import Conflict, Invalid, Refused

DETAIL = "cooperation:match-detail"


@pytest.fixture
def proposed(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    nadia: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> Match:
    """Proposed by the donor to a State that gives its people five working days."""
    change_objection_rule(base_version=0, days=5, weekend="sat_sun", actor=nadia.viewer)
    match = make_match(amina, aldo, dana, framework, world["XR1"])
    return propose_match(match=match, base_version=1, amount_minor=10_000_000, conflict="", actor=dana.viewer)


def over(match: Match) -> Match:
    """The match some days later."""
    Match.objects.filter(pk=match.pk).update(objections_until=timezone.localdate() - timedelta(days=1))
    match.refresh_from_db()
    return match


def accept(match: Match, approver: Persona) -> Match:
    return accept_match(match=match, base_version=match.version, conflict="", actor=approver.viewer)


def test_nobody_accepts_before_the_window_is_over_and_silence_is_noted(proposed: Match, aldo: Persona) -> None:
    with pytest.raises(Refused, match="may object until"):
        accept(proposed, aldo)
    assert accept(over(proposed), aldo).status == "accepted"
    assert MatchEvent.objects.filter(match=proposed, reason=SystemReason.NO_OBJECTION).count() == 1


def test_an_objection_stops_both_sides_until_it_is_lifted(
    proposed: Match, amina: Persona, aldo: Persona, nadia: Persona, dana: Persona
) -> None:
    objection = object_to_match(
        match=proposed, base_version=proposed.version, reason="The depot is being closed.", actor=amina.viewer
    )
    over(proposed)
    with pytest.raises(Refused, match="objects"):
        accept(proposed, aldo)
    state, donor = (who.client.get(who.url(DETAIL, proposed.uuid)) for who in (aldo, dana))
    assert "The depot is being closed." in text_of(state)
    assert "The depot is being closed." not in text_of(donor)
    assert "Amina" not in text_of(donor)
    with pytest.raises(Refused):
        lift_objection(objection=objection, reason="Not so.", actor=aldo.viewer)
    lift_objection(objection=objection, reason="It stays open, says the ministry.", actor=nadia.viewer)
    with pytest.raises(Refused):
        lift_objection(objection=objection, reason="Again.", actor=nadia.viewer)
    assert accept(proposed, aldo).status == "accepted"
    assert not MatchEvent.objects.filter(match=proposed, reason=SystemReason.NO_OBJECTION).exists()
    verbs = Event.objects.filter(chain__party=proposed.state, verb__startswith="match.obj").values_list(
        "verb", flat=True
    )
    assert set(verbs) == {"match.objected", "match.objection_lifted"}
    assert not Event.objects.filter(chain__party=proposed.donor, verb__startswith="match.obj").exists()


def test_an_acceptance_on_its_way_meets_the_objection(proposed: Match, amina: Persona, aldo: Persona) -> None:
    Match.objects.filter(pk=proposed.pk).update(objections_until=timezone.localdate())
    read_before = Match.objects.select_related("offer", "donor", "state").get(pk=proposed.pk)
    object_to_match(match=proposed, base_version=proposed.version, reason="Not now.", actor=amina.viewer)
    MatchObjection.objects.update(lifted_at=timezone.now(), lifted_by=amina.user, lift_reason="Taken back.")
    read_before.objections_until = timezone.localdate() - timedelta(days=1)
    with pytest.raises(Conflict):
        accept(read_before, aldo)


@pytest.mark.parametrize("who", ["vera", "dana"])
def test_who_does_not_look_into_matches_for_the_state_does_not_object(
    proposed: Match, who: str, request: pytest.FixtureRequest
) -> None:
    person = request.getfixturevalue(who)
    with pytest.raises(Refused):
        object_to_match(match=proposed, base_version=proposed.version, reason="No.", actor=person.viewer)


def test_objecting_needs_a_reason_an_open_window_and_the_newest_version(proposed: Match, amina: Persona) -> None:
    version = proposed.version
    with pytest.raises(Invalid):
        object_to_match(match=proposed, base_version=version, reason=" ", actor=amina.viewer)
    with pytest.raises(Conflict):
        object_to_match(match=proposed, base_version=version - 1, reason="No.", actor=amina.viewer)
    with pytest.raises(Refused, match="are over"):
        object_to_match(match=over(proposed), base_version=version, reason="No.", actor=amina.viewer)
    assert not MatchObjection.objects.exists()


def test_a_state_without_the_rule_has_no_window_and_only_administrators_set_it(
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    nadia: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> None:
    match = make_match(amina, aldo, dana, framework, world["XR1"])
    match = propose_match(match=match, base_version=1, amount_minor=10_000_000, conflict="", actor=dana.viewer)
    assert match.objections_until is None
    with pytest.raises(Refused):
        change_objection_rule(base_version=0, days=5, weekend="sat_sun", actor=aldo.viewer)
    for days, weekend, field in ((31, "sat_sun", "days"), (5, "moon", "weekend")):
        with pytest.raises(Invalid) as refused:
            change_objection_rule(base_version=0, days=days, weekend=weekend, actor=nadia.viewer)
        assert list(refused.value.errors) == [field]
    rule = nadia.url("cooperation:objection-rule")
    sent = {"base_version": "0", "days": "3", "weekend": "fri_sat"}
    assert "31" in nadia.client.post(rule, {**sent, "days": "31"}).content.decode()
    nadia.client.post(rule, {**sent, "base_version": "7"})  # of a rule that nobody has written yet
    assert "For 3 working days after a proposal" in text_of(amina.client.get(rule))
    stale = nadia.client.post(rule, {**sent, "days": "7"})
    assert (stale.status_code, ObjectionRule.objects.get().days) == (409, 3)
    assert accept(match, aldo).status == "accepted"


def test_an_objection_is_made_and_lifted_on_the_page_and_loses_nothing(proposed: Match, amina: Persona) -> None:
    client, page = amina.client, amina.url("cooperation:match-object", proposed.uuid)
    stale = client.post(page, {"base_version": "1", "reason": "Long thought about."})
    assert (stale.status_code, "Long thought about." in stale.content.decode()) == (409, True)
    client.post(page, {"base_version": str(proposed.version), "reason": "Long thought about."})
    objection = MatchObjection.objects.get()
    lift = amina.url("cooperation:objection-lift", objection.uuid)
    assert client.post(lift, {"reason": ""}).status_code == 422
    client.post(lift, {"reason": "Cleared up."})
    assert "Cleared up." in text_of(client.get(amina.url(DETAIL, proposed.uuid)))
