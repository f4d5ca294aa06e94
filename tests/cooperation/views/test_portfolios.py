"""Portfolios through HTTP: the policy, the wait, the proposal in all its parts, two compared, pairs sent."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.http import HttpResponse
from pytest_django import DjangoAssertNumQueries

from assessments.enums import AssistanceType
from assessments.models import AssistanceRequest, FrameworkVersion
from assessments.services.releases import revoke_grant
from cooperation.forms.portfolios import usual_initial
from cooperation.models import Match, PortfolioRun
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import make_activity, make_offer, make_request, share
from tests.cooperation.portfolio_cases import finish, worked_out
from tests.personas import Persona, comparable
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
LIST, ADD, DETAIL = "cooperation:portfolio-list", "cooperation:portfolio-add", "cooperation:portfolio-detail"
PANEL, SEND = "cooperation:portfolio-progress-panel", "cooperation:portfolio-send"
DISCARD, COMPARE = "cooperation:portfolio-discard", "cooperation:portfolio-compare"


@pytest.fixture
def granted(
    amina: Persona, aldo: Persona, dana: Persona, rita: Persona, framework: FrameworkVersion, world: World
) -> AssistanceRequest:
    """A request of two needs, granted to coordinator and donor in full; one offer serves the first of them."""
    request = make_request(amina, aldo, framework, indicators=["coo-01", "sto-01"])
    make_offer(dana, world["XR1"], functional_areas=("COO",), ceiling_minor=6_000_000, currency="EUR")
    make_offer(dana, world["XR1"], functional_areas=("COO",), ceiling_minor=6_000_000)
    share(aldo, request, rita.viewer.party, level="dossier")
    share(aldo, request, dana.viewer.party, level="dossier")
    return request


def sent_form(**fields: Any) -> dict[str, Any]:
    """The form as it comes filled in, with a name, and other fields."""
    usual = {name: "" if value is None else value for name, value in usual_initial().items()}
    return {**usual, "name": "Spring", "seconds": 5, **fields}


def page(persona: Persona, run: PortfolioRun, part: str = "") -> str:
    """The text of one part of a portfolio, spaces made single."""
    response: HttpResponse = persona.client.get(persona.url(DETAIL, run.uuid), {"part": part})
    assert response.status_code == 200
    return " ".join(response.content.decode().split())


def test_a_coordinator_asks_waits_and_reads_every_part_of_the_proposal(
    granted: AssistanceRequest, rita: Persona
) -> None:
    asked = rita.client.post(rita.url(ADD), sent_form())
    run = PortfolioRun.objects.get()
    assert asked.headers["Location"] == rita.url(DETAIL, run.uuid)
    assert rita.url(PANEL, run.uuid) in page(rita, run)
    finish(run)
    assert "hx-swap-oob" not in page(rita, run)
    panel = rita.client.get(rita.url(PANEL, run.uuid)).content.decode()
    assert re.search(
        r'<span id="portfolio-standing" hx-swap-oob="true">\s*<span class="status">.+</svg>Ready</span>', panel
    )
    assert ("Open the proposal" in panel, 'hx-trigger="every' in panel) == (True, False)

    overview = page(rita, run)
    assert "Who would fund what" in overview
    assert "No plan in whole units can do better." in overview
    assert "Help in kind stands apart" in overview
    proposal = page(rita, run, "proposal")
    assert granted.reference in proposal
    assert "USD 60,000" in proposal
    unmet = page(rita, run, "unmet")
    assert "No offer is open to this need" in unmet
    assert "No exchange rate" in page(rita, run, "aside")
    values = page(rita, run, "values")
    assert "Indicative" in values
    assert str(run.uuid) in values


def test_coverage_tells_how_many_needs_have_help_already_and_how_many_with_the_proposal(
    granted: AssistanceRequest, dana: Persona, rita: Persona, world: World
) -> None:
    run = worked_out(rita)

    def covered() -> dict[str, list[str]]:
        area = page(rita, run).split("<tbody>")[-1]
        rows = area.split("</tbody>")[0].split("<tr>")[1:]
        cells = [re.findall(r"<bdi[^>]*>([^<]*)</bdi>", row) for row in rows]
        return {row[0]: row[-2:] for row in cells}

    [coordination, stockpiles] = covered()
    unknown = {coordination: ["0 of 1", "1 of 1"], stockpiles: ["0 of 1", "0 of 1"]}
    assert covered() == unknown
    help_there = {"functional_areas": ("STO",), "assistance_types": tuple(AssistanceType.values)}
    make_activity(dana, world["XA"], **help_there)
    assert covered() == unknown, "what a donor keeps to itself is not known to a coordinator"
    make_activity(dana, world["XA"], **help_there, shared=True)
    assert covered() == {**unknown, stockpiles: ["1 of 1", "1 of 1"]}


def linked_errors(text: str) -> set[str]:
    """The fields to which the summary of errors leads."""
    return set(re.findall(r'<a href="#(id_\w+)"', text))


def test_a_policy_that_cannot_be_used_is_told_beside_its_field_and_nothing_typed_is_lost(
    db: None, rita: Persona
) -> None:
    wrong = sent_form(name="Mine", weight_area=99, grain=0, gain_2="", seconds="soon")
    refused = rita.client.post(rita.url(ADD), wrong)
    text = refused.content.decode()
    assert refused.status_code == 422
    assert linked_errors(text) == {"id_weights", "id_grain", "id_gain_2", "id_seconds"}
    assert text.index('href="#id_weights"') < text.index('href="#id_gain_2"') < text.index('href="#id_grain"')
    assert 'value="Mine"' in text
    assert 'value="soon"' in text
    refused = rita.client.post(rita.url(ADD), sent_form(weight_area=99))
    assert "The weights must add up to 100 %; they add up to 189\u00a0%." in refused.content.decode()
    assert linked_errors(refused.content.decode()) == {"id_weights"}
    assert not PortfolioRun.objects.exists()


def test_a_fault_of_a_step_stands_beside_it_and_is_told_once(db: None, rita: Persona) -> None:
    empty_row = sent_form(width_2="", gain_2="", width_3=5000, gain_3=100, width_4="", gain_4=5)
    text = rita.client.post(rita.url(ADD), empty_row).content.decode()
    assert linked_errors(text) == {"id_gain_3"}
    assert "Each step must count less than the one before it." in text
    text = rita.client.post(rita.url(ADD), sent_form(gain_1=150, weight_area=99)).content.decode()
    assert linked_errors(text) == {"id_gain_1", "id_weights"}
    assert "Give 100 or less." in text
    assert "Say what this step counts." not in text


def test_what_can_be_judged_beside_a_weight_and_a_step_that_cannot_be_read_is_told_at_once(
    db: None, rita: Persona
) -> None:
    wrong = sent_form(weight_area="much", weight_type=99, gain_1="x", width_2=10, gain_2=10, width_3=20, gain_3=50)
    text = rita.client.post(rita.url(ADD), wrong).content.decode()
    assert linked_errors(text) == {"id_weights", "id_weight_area", "id_gain_1", "id_width_2", "id_width_3", "id_gain_3"}
    assert "those that can be read make" in text
    assert "Each step must count less than the one before it." in text


def test_chosen_pairs_are_confirmed_and_sent_and_both_sides_find_them_in_their_work(
    granted: AssistanceRequest, rita: Persona, aldo: Persona, dana: Persona, world: World
) -> None:
    run = worked_out(rita)
    [key] = re.findall(r'name="pair" value="([\w:-]+)"', page(rita, run, "proposal"))
    ask = rita.client.post(rita.url(SEND, run.uuid), {"pair": key})
    asked = " ".join(ask.content.decode().split())
    assert "Suggest 1 pair to both sides?" in asked
    assert "Aldoria · " in asked
    assert "USD 60,000" in asked
    assert "has changed since it was worked out" not in asked
    make_offer(dana, world["XR1"], functional_areas=("REC",))
    ask = rita.client.post(rita.url(SEND, run.uuid), {"pair": key})
    assert "has changed since it was worked out" in ask.content.decode()
    nobody = [persona.client.get(persona.url("work-list")).content.decode() for persona in (aldo, dana)]
    assert not any("suggested by" in text for text in nobody)
    done = rita.client.post(rita.url(SEND, run.uuid), {"pair": key, "confirmed": "1"}, follow=True)
    assert "1 pair was sent to both sides." in done.content.decode()
    assert f'value="{key}"' not in page(rita, run, "proposal")
    match = Match.objects.get(need_uuid=key.partition(":")[0], offer__uuid=key.partition(":")[2])
    for persona in (aldo, dana):
        work = persona.client.get(persona.url("work-list")).content.decode()
        assert work.count(persona.url("cooperation:match-detail", match.uuid)) == 1
        assert f"suggested by {rita.party}, USD 60,000" in work.replace("\xa0", " ")
        timeline = persona.client.get(persona.url("cooperation:match-detail", match.uuid)).content.decode()
        assert "Proposed: USD 60,000" in timeline

    nothing = rita.client.post(rita.url(SEND, run.uuid), {"pair": "x"})
    assert (nothing.status_code, "Choose at least one line" in nothing.content.decode()) == (422, True)


def test_after_a_revocation_neither_page_nor_panel_nor_comparison_shows_the_result(
    granted: AssistanceRequest, aldo: Persona, rita: Persona
) -> None:
    [grant] = release_to(aldo, granted, rita.viewer.party, level="dossier")
    run, other = worked_out(rita, "First"), worked_out(rita, "Second")
    compared = {"one": str(run.uuid), "other": str(other.uuid)}
    assert "Both portfolios propose the same." in rita.client.get(rita.url(COMPARE), compared).content.decode()
    revoke_grant(grant=grant, actor=aldo.viewer)
    for part in ("", "proposal", "unmet", "aside", "values"):
        text = page(rita, run, part)
        assert "shown no more" in text
        assert granted.reference not in text
        assert "USD" not in text
    assert "shown no more" in rita.client.get(rita.url(PANEL, run.uuid)).content.decode()
    gone = rita.client.get(rita.url(COMPARE), compared).content.decode()
    assert ("Two portfolios are needed" in gone, "Coverage by money" in gone) == (True, False)
    sent = rita.client.post(rita.url(SEND, run.uuid), {"pair": "x:y", "confirmed": "1"})
    assert sent.headers["Location"] == rita.url(DETAIL, run.uuid)
    again = rita.client.get(rita.url(ADD), {"from": run.uuid}).content.decode()
    assert 'value="First"' in again


def test_two_policies_are_compared_side_by_side(granted: AssistanceRequest, rita: Persona) -> None:
    run, other = worked_out(rita, "Whole"), worked_out(rita, "Coarse", grain=50_000)
    text = rita.client.get(rita.url(COMPARE), {"one": run.uuid, "other": other.uuid}).content.decode()
    flat = " ".join(text.split())
    assert "0 pairs are the same in both." in flat
    for amount in ("USD 60,000", "USD 50,000"):
        assert f'<bdi class="amount">{amount}</bdi>' in flat
    same = rita.client.get(rita.url(COMPARE), {"one": run.uuid, "other": run.uuid}).content.decode()
    assert "Choose another portfolio here: a portfolio does not differ from itself." in same
    assert "Pairs that differ" not in same


def test_a_portfolio_is_discarded_after_asking(granted: AssistanceRequest, rita: Persona) -> None:
    run = worked_out(rita)
    ask = rita.client.get(rita.url(DISCARD, run.uuid)).content.decode()
    assert "for your colleagues too" in ask
    assert PortfolioRun.objects.get().discarded_at is None
    done = rita.client.post(rita.url(DISCARD, run.uuid), follow=True).content.decode()
    assert "No portfolio yet" in done
    assert rita.client.get(rita.url(DETAIL, run.uuid)).status_code == 404


def test_for_others_a_portfolio_is_as_one_that_does_not_exist(
    granted: AssistanceRequest, rita: Persona, dana: Persona, aldo: Persona
) -> None:
    run, nowhere = worked_out(rita), uuid4()
    for persona in (dana, aldo):
        for name in (DETAIL, PANEL, DISCARD):
            there = persona.client.get(persona.url(name, run.uuid))
            missing = persona.client.get(persona.url(name, nowhere))
            assert there.status_code == missing.status_code == 404
            assert comparable(there, str(run.uuid)) == comparable(missing, str(nowhere))


def test_pages_cost_the_same_with_more_rows(
    granted: AssistanceRequest,
    amina: Persona,
    aldo: Persona,
    rita: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    first = worked_out(rita, "One")
    make_activity(rita, world["XA"])
    client = rita.client
    client.get(rita.url(LIST))
    for run, rows in ((first, 1), (None, 3)):
        if run is None:
            for cycle in ("2027", "2028"):
                share(aldo, make_request(amina, aldo, framework, cycle=cycle), rita.viewer.party, level="dossier")
            make_activity(rita, world["XA"])
            make_activity(rita, world["XR1"])
            shown = worked_out(rita, "Two")
            worked_out(rita, "Three")
        else:
            shown = run
        assert len(page(rita, shown, "proposal").split('name="pair"')) == rows + 1
        with django_assert_num_queries(10):
            client.get(rita.url(LIST))
        with django_assert_num_queries(15):
            client.get(rita.url(DETAIL, shown.uuid))
        for part in ("proposal", "unmet", "aside", "values"):
            with django_assert_num_queries(10):
                client.get(rita.url(DETAIL, shown.uuid), {"part": part})
