"""Figures by year and region: one's own are exact, and of all others nothing is told that could be one State's."""

from __future__ import annotations

import copy
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import FrameworkVersion
from cooperation.models import Match, MatchEvent
from cooperation.selectors.statistics import Line, statistics_for
from cooperation.services.matches import decline_match, propose_match
from tests.cooperation.factories import make_match
from tests.personas import Persona, make_donor, make_persona, make_state
from wam_portal.accounts.enums import Role, TerritoryKind
from wam_portal.accounts.models import Territory
from wam_portal.accounts.services import ensure_territory
from wam_portal.errors import NotVisible

World = dict[str, Territory]


@pytest.fixture
def match(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def like(match: Match, **changes: object) -> Match:
    """Another pair like this one."""
    twin = copy.copy(match)
    twin.pk, twin.uuid, twin.need_uuid = None, uuid.uuid4(), uuid.uuid4()
    twin._state = copy.copy(match._state)
    twin._state.adding = True
    for name, value in changes.items():
        setattr(twin, name, value)
    twin.save()
    return twin


def made_in(match: Match, year: int) -> None:
    Match.objects.filter(pk=match.pk).update(created_at=datetime(year, 5, 1, tzinfo=UTC))


def test_ones_own_figures_count_what_became_of_each_years_suggestions(
    match: Match, aldo: Persona, dana: Persona
) -> None:
    made_in(match, 2025)
    made_in(like(match, status="withdrawn"), 2025)
    made_in(like(match), 2024)
    made_in(like(match, status="superseded"), 2024)
    made_in(like(match, eligible=False, score_micro=0), 2024)
    proposed = propose_match(match=match, base_version=1, amount_minor=10_000_000, actor=dana.viewer)
    MatchEvent.objects.filter(match=match, status="proposed").update(
        at=MatchEvent.objects.get(match=match, status="proposed").at - timedelta(days=3)
    )
    decline_match(match=proposed, base_version=2, reason="A partner does it.", kind="duplicate", actor=aldo.viewer)
    for reader in (aldo, dana):
        told = statistics_for(reader.viewer)
        newer, older = told.years
        assert (newer.year, newer.suggested, newer.declined, newer.withdrawn, newer.accepted) == (2025, 2, 1, 1, 0)
        assert newer.days == pytest.approx(3, abs=0.01)
        assert (older.year, older.suggested, older.days) == (2024, 1, None)
        assert [line.region for line in told.regions] == ["Eastern Demo Region"] * 2
        [refusal] = told.refusals
        assert (refusal.side, refusal.reason, refusal.count) == ("State", "Others do it already", 1)
        assert told.others == ()
    assert [(row.requests, row.offers) for row in statistics_for(dana.viewer).shared] == [(1, 1)]


@pytest.mark.parametrize(("states", "told"), [(4, []), (5, [Line(2025, "Eastern Demo Region", 5, 0, 5)]), (6, [])])
def test_of_all_others_only_figures_of_many_states_are_told(
    match: Match, rita: Persona, dana: Persona, world: World, states: int, told: list[Line]
) -> None:
    """Six countries lie in the region: four are too few, five may be told, six would be every one of them."""
    for code in ("XE", "XF", "XG", "XH"):
        ensure_territory(code=code, name=f"Country {code}", kind=TerritoryKind.COUNTRY, parent=world["XR1"])
    parties = [match.state] + [
        make_state(f"state-{code.lower()}", f"State {code}", Territory.objects.get(code=code))
        for code in ("XB", "XE", "XF", "XG", "XH")
    ]
    now = datetime(2025, 6, 1, tzinfo=UTC)
    accepted = {"status": "accepted", "state_agreed_at": now, "donor_agreed_at": now, "signed": {}}
    for party in parties[:states]:
        made_in(like(match, state=party, **accepted), 2025)
        # What only one State has is told by no figure of its own.
    made_in(like(match, state=parties[0], status="withdrawn"), 2025)
    Match.objects.filter(pk=match.pk).update(status="superseded")
    assert list(statistics_for(rita.viewer).others) == told
    # To whom it belongs it is known already, and could be taken away from the figure.
    assert statistics_for(dana.viewer).others == ()
    other = make_persona("Otto", make_donor("basalt-fund", "Basalt Fund"), Role.OFFERING_MEMBER)
    assert list(statistics_for(other.viewer).others) == told


def test_roles_without_matches_find_no_statistics(carl: Persona, ines: Persona) -> None:
    for person in (carl, ines):
        with pytest.raises(NotVisible):
            statistics_for(person.viewer)


def test_figures_cost_the_same_however_many_matches_there_are(match: Match, dana: Persona) -> None:
    client, page = dana.client, dana.url("cooperation:statistics")
    client.get(page)
    for rows in (1, 3):
        while Match.objects.count() < rows:
            like(match)
        with CaptureQueriesContext(connection) as captured:
            text = client.get(page).content.decode()
        assert "Your matches" in text
        assert len(captured) == 11, rows
