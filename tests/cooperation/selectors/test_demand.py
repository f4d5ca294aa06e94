"""Demand shown to a donor: told of five States or more, of fewer nothing at all, whatever is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import combinations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import AssistanceRequest, FrameworkVersion
from assessments.services.releases import revoke_grant
from cooperation.selectors.demand import DemandCell, demand_for
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import make_request
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona, make_persona, make_state
from wam_portal.accounts.enums import Role, TerritoryKind, TerritorySource
from wam_portal.accounts.models import Party, Territory
from wam_portal.accounts.services import ensure_territory

World = dict[str, Territory]
PANEL_QUERIES = 7  # session, person, memberships, territories twice, one's own requests, all that is shared
NOTHING = "There is no figure to tell for what you chose."


@dataclass(frozen=True)
class Asking:
    """A State that shares one request with another donor."""

    approver: Persona
    request: AssistanceRequest
    country: str


Ask = Callable[..., list[Asking]]


@pytest.fixture
def ask(framework: FrameworkVersion, world: World, dirk: Persona) -> Ask:
    """`ask(3, indicator="coo-01", region="XR1")`: so many new States of the region share a request with Dirk alone."""
    made: list[Asking] = []

    def more(count: int, indicator: str = "coo-01", region: str = "XR1") -> list[Asking]:
        for number in range(len(made), len(made) + count):
            code = f"Y{number}"
            territory = ensure_territory(
                code=code,
                name=f"Country {number}",
                kind=TerritoryKind.COUNTRY,
                parent=Territory.objects.get(code=region),
                source=TerritorySource.DEMO,
            )
            state = make_state(f"state-{number}", f"State {number}", territory)
            editor = make_persona(f"Editor{number}", state, Role.EDITOR)
            approver = make_persona(f"Approver{number}", state, Role.APPROVER)
            request = make_request(editor, approver, framework, indicators=[indicator])
            release_to(approver, request, dirk.viewer.party, level="summary")
            made.append(Asking(approver, request, code))
        return made[-count:]

    return more


def told(
    persona: Persona,
    areas: Iterable[str] = ("COO",),
    included: Iterable[str] = ("XR1",),
    excluded: Iterable[str] = (),
    types: Iterable[str] = (),
) -> list[tuple[str, str, int, int]]:
    cells = demand_for(
        persona.viewer,
        areas=list(areas),
        types=list(types),
        included=list(included),
        excluded=list(excluded),
    )
    assert all(isinstance(cell, DemandCell) for cell in cells)
    return [(cell.region, cell.label, cell.states, cell.requests) for cell in cells]


COORDINATION = ("Eastern Demo Region", "National coordination and strategy", 5, 5)


def test_of_four_states_nothing_is_told_and_of_five_that_there_are_five_or_more(ask: Ask, dana: Persona) -> None:
    ask(4)
    assert told(dana) == []
    ask(1)
    assert told(dana) == [COORDINATION]
    ask(1)
    assert told(dana) == [COORDINATION], "a sixth does not show"


def test_a_change_of_the_question_by_one_choice_tells_nothing_of_one_state(ask: Ask, dana: Persona) -> None:
    """The differencing attack: each answer holds the same figures or none, so that no two can be subtracted."""
    asking = ask(5)
    [other] = ask(1, indicator="sto-01")
    countries = [one.country for one in asking] + [other.country, "XA", "XB"]
    for size in (1, len(countries) - 1, len(countries)):
        for chosen in combinations(countries, size):
            assert told(dana, areas=("COO", "STO"), included=chosen) == [COORDINATION]
    for left_out in countries:
        assert told(dana, areas=("COO", "STO"), excluded=[left_out]) == [COORDINATION]
    for areas in (("COO",), ("COO", "STO"), ("COO", "STO", "MAR"), ("COO", "STO", "NOPE")):
        for places in (("XR1",), ("XR1", "XR2"), ("001",)):
            assert told(dana, areas=areas, included=places) == [COORDINATION]
    assert told(dana, areas=("STO",)) == told(dana, areas=("MAR",)) == []
    assert told(dana, included=("XR2",)) == told(dana, included=("XC",)) == []


def test_what_was_granted_to_the_reader_cannot_be_subtracted(ask: Ask, dana: Persona, dirk: Persona) -> None:
    """With four of five granted the figure would tell the fifth: it counts only what the reader does not know."""
    asking = ask(5)
    release_to(asking[0].approver, asking[0].request, dana.viewer.party)
    assert told(dana) == []
    assert told(dirk) == [], "Dirk was granted all of them"
    ask(1)
    assert told(dana) == [COORDINATION]


def test_a_state_that_gives_as_well_is_not_counted_for_itself(ask: Ask, dana: Persona) -> None:
    giver = ask(5)[0].approver.viewer.party
    Party.objects.filter(pk=giver.pk).update(offers=True)
    giver.refresh_from_db()
    fenna = make_persona("Fenna", giver, Role.OFFERING_MEMBER)
    assert told(fenna) == [], "four others are told to nobody"
    assert told(dana) == [COORDINATION]


def test_a_whole_region_that_asks_is_not_told(ask: Ask, dana: Persona, world: World) -> None:
    ensure_territory(
        code="XR3",
        name="Southern Demo Region",
        kind=TerritoryKind.REGION,
        parent=world["001"],
        source=TerritorySource.DEMO,
    )
    ask(5, region="XR3")
    assert told(dana, included=("XR3",)) == []
    ensure_territory(
        code="XQ",
        name="Quiet",
        kind=TerritoryKind.COUNTRY,
        parent=Territory.objects.get(code="XR3"),
        source=TerritorySource.DEMO,
    )
    assert [cell[0] for cell in told(dana, included=("XR3",))] == ["Southern Demo Region"]


def test_a_revoked_grant_counts_no_more_at_once(ask: Ask, dana: Persona) -> None:
    asking = ask(5)
    assert told(dana) == [COORDINATION]
    grant = asking[0].request.versions.get().releases.get().grants.get()
    revoke_grant(grant=grant, actor=asking[0].approver.viewer)
    assert told(dana) == []


def test_types_are_told_like_areas(ask: Ask, dana: Persona) -> None:
    asking = ask(5)
    types = asking[0].request.needs.get().assistance_types
    cells = told(dana, areas=(), types=types)
    assert len(cells) == len(types)
    assert all(cell[2:] == (5, 5) for cell in cells)
    assert told(dana, areas=(), types=()) == []


def test_only_those_who_offer_are_told(ask: Ask, dana: Persona, rita: Persona, aldo: Persona) -> None:
    ask(5)
    for persona in (rita, aldo):
        assert told(persona) == []
        url = persona.url("cooperation:offer-demand-panel")
        assert persona.client.get(f"{url}?functional_areas=COO&included=XR1").status_code == 404


def test_the_panel_tells_figures_and_no_names(ask: Ask, dana: Persona) -> None:
    url = dana.url("cooperation:offer-demand-panel") + "?functional_areas=COO&included=XR1"
    ask(4)
    before = text_of(dana.client.get(url))
    assert NOTHING in before
    assert before == text_of(dana.client.get(url.replace("COO", "MAR"))), "four States look like none"
    ask(1)
    client = dana.client
    client.get(url)
    with CaptureQueriesContext(connection) as five:
        body = client.get(url).content.decode()
    assert body.count("</bdi> or more") == 2
    assert "State 0" not in body
    assert "Country" not in body
    ask(3)
    with CaptureQueriesContext(connection) as eight:
        client.get(url)
    assert len(five) == len(eight) == PANEL_QUERIES


def test_the_editor_shows_it_without_scripts(ask: Ask, dana: Persona) -> None:
    ask(5)
    add = dana.url("cooperation:offer-add")
    assert NOTHING in text_of(dana.client.get(add))
    page = dana.client.post(add, {"functional_areas": ["COO"], "included": ["XR1"], "title": ""})
    assert "5 or more" in text_of(page)


@pytest.mark.parametrize("sent", ["included=QQ&functional_areas=COO", "included=XR1&functional_areas=%00", "x=1"])
def test_what_does_not_exist_is_no_figure(dana: Persona, world: World, sent: str) -> None:
    page = dana.client.get(dana.url("cooperation:offer-demand-panel") + f"?{sent}")
    assert page.status_code == 200
    assert NOTHING in text_of(page)
