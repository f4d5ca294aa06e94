"""Matches side by side: every rule and criterion with both values, on a page and in a workbook."""

from __future__ import annotations

import io
from typing import Any
from uuid import UUID

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import AssistanceRequest, FrameworkVersion
from cooperation.models import Match, Offer
from cooperation.services.match_runs import run_matching_for_offer
from tests.cooperation.factories import make_offer, make_request, share
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event

World = dict[str, Territory]
NEED, OFFER = "cooperation:need-compare", "cooperation:offer-compare"
NEED_QUERIES = 10


@pytest.fixture
def request_shared(
    amina: Persona, aldo: Persona, dana: Persona, dirk: Persona, framework: FrameworkVersion
) -> AssistanceRequest:
    made = make_request(amina, aldo, framework)
    share(aldo, made, dana.viewer.party, dirk.viewer.party)
    return made


def offered(persona: Persona, *places: Territory, **fields: Any) -> Offer:
    offer = make_offer(persona, *places, **fields)
    run_matching_for_offer(offer.uuid)
    return offer


def need_uuid() -> UUID:
    return Match.objects.values_list("need_uuid", flat=True)[0]


@pytest.mark.usefixtures("request_shared")
def test_a_state_sees_the_offers_for_its_need_side_by_side(
    world: World, aldo: Persona, dana: Persona, dirk: Persona, boris: Persona
) -> None:
    offered(dana, world["XA"], title="Fund of the country")
    offered(dirk, world["XR1"], title="Fund in French", languages=("fr",))
    both = "&".join(f"match={uuid}" for uuid in Match.objects.values_list("uuid", flat=True))
    text = text_of(aldo.client.get(f"{aldo.url(NEED, need_uuid())}?{both}"))
    for words in (
        "Fund of the country",
        "Fund in French",
        "The offer names Aldoria itself.",
        "The request can be worked on in English; the offer needs French.",
        "weight",
    ):
        assert words in text
    assert text.index("Rules") < text.index("Points")
    for outsider, name in ((boris, NEED), (dana, NEED), (boris, OFFER)):
        assert outsider.client.get(outsider.url(name, need_uuid())).status_code == 404
    foreign = Offer.objects.get(title="Fund in French")
    assert dana.client.get(dana.url(OFFER, foreign.uuid)).status_code == 404
    assert text_of(dirk.client.get(dirk.url(OFFER, foreign.uuid))).count("Fund of the country") == 0


@pytest.mark.usefixtures("request_shared")
def test_at_most_five_are_compared_and_the_cost_stays_the_same(world: World, aldo: Persona, dana: Persona) -> None:
    offered(dana, world["XA"], title="Fund 0")
    client, counts = aldo.client, []
    url = aldo.url(NEED, need_uuid())
    client.get(url)
    for more in ((), (1, 2), (3, 4, 5)):
        for number in more:
            offered(dana, world["XA"], title=f"Fund {number}")
        with CaptureQueriesContext(connection) as captured:
            client.get(url)
        counts.append(len(captured))
    assert counts == [NEED_QUERIES] * 3
    all_six = "&".join(f"match={uuid}" for uuid in Match.objects.values_list("uuid", flat=True))
    response = client.get(f"{url}?{all_six}")
    assert response.status_code == 422
    assert "Choose at most 5" in text_of(response)
    two = Match.objects.order_by("pk").values_list("uuid", flat=True)[4:6]
    page = client.get(f"{url}?match={two[0]}&match={two[1]}").content.decode()
    assert page.count('scope="col"') == 2 * 3


@pytest.mark.usefixtures("request_shared")
def test_a_card_on_a_phone_tells_of_which_need_it_is(world: World, dana: Persona) -> None:
    offer = offered(dana, world["XA"], title="Fund of the country")
    page = dana.client.get(dana.url(OFFER, offer.uuid)).content.decode()
    label = f'data-label="{Match.objects.get().request["title"]} · National coordination and strategy"'
    assert page.count(label) == 11


@pytest.mark.usefixtures("request_shared")
def test_the_comparison_is_taken_along_as_a_workbook_and_the_log_notes_it(
    world: World, aldo: Persona, dana: Persona
) -> None:
    offered(dana, world["XA"], title="=Fund of the country")
    response = aldo.client.get(aldo.url(f"{NEED}-workbook", need_uuid()))
    book = openpyxl.load_workbook(io.BytesIO(response.content))
    rows = {sheet.title: [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book.worksheets}
    match = Match.objects.get()
    told = [(row[2], row[5]) for row in rows["Matches"] if row[4] == "Amber Fund"]
    assert told == [("National coordination and strategy", "=Fund of the country")]
    points = [row for row in rows["Points"] if row[1] == 1]
    assert len(points) == 11
    assert abs(sum(row[5] for row in points) - match.score_micro / 10_000) <= 0.05 * len(points)
    assert {cell.data_type for sheet in book.worksheets for row in sheet.iter_rows() for cell in row} <= {"s", "n"}
    event = Event.objects.get(verb="match.comparison_taken")
    assert (event.chain.party, event.changes) == (aldo.party, {"matches": [str(match.uuid)]})


@pytest.mark.usefixtures("request_shared")
def test_a_comparison_begins_with_the_score_and_leaves_out_what_is_not_eligible_until_it_is_asked_for(
    world: World, aldo: Persona, dana: Persona, dirk: Persona
) -> None:
    offered(dana, world["XA"], title="Fund of the country")
    offered(dirk, world["XR1"], title="Fund in French", languages=("fr",))
    url = aldo.url(NEED, need_uuid())
    page = aldo.client.get(url).content.decode()
    assert page.count("checked") == 1
    text = text_of(aldo.client.get(url))
    assert text.index("At a glance") < text.index("Overlaps") < text.index("15 rules that all of them meet")
    assert "The offer names Aldoria itself." not in text.partition("Points")[0]
    both = "&".join(f"match={uuid}" for uuid in Match.objects.values_list("uuid", flat=True))
    assert "the offer needs French." in text_of(aldo.client.get(f"{url}?{both}"))


@pytest.mark.usefixtures("request_shared")
def test_the_menu_and_the_way_to_a_comparison_name_the_same_page(world: World, aldo: Persona, dana: Persona) -> None:
    offer = offered(dana, world["XA"], title="Fund of the country")
    of_need = aldo.client.get(aldo.url(NEED, need_uuid())).content.decode()
    of_offer = dana.client.get(dana.url(OFFER, offer.uuid)).content.decode()
    for page, url in ((of_need, aldo.url("cooperation:match-list")), (of_offer, dana.url("cooperation:offer-list"))):
        assert f'href="{url}" aria-current="page"' in page
        assert page.count(f'href="{url}"') == 2
