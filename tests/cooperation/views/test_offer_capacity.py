"""The capacity ledger on the page of one's own offer, and over the API."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.models import Match, Offer
from cooperation.services.matches import accept_match, propose_match
from tests.cooperation.factories import make_offer, make_request, share
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
DETAIL_QUERIES = 11  # session, person, memberships, offer and its places (4), ledger (2), matches, job
AMOUNTS = (9_000_000, 8_000_000, 7_000_000)


def matches_of(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, count: int) -> list[Match]:
    """So many suggestions of so many requests for the donor's one offer, in the order of the requests."""
    found = []
    for cycle in range(2026, 2026 + count):
        request = make_request(amina, aldo, framework, cycle=str(cycle), title=f"Request of {cycle}")
        share(aldo, request, dana.viewer.party)
        found.append(Match.objects.select_related("offer", "donor", "state").get(request_uuid=request.uuid))
    return found


def propose(match: Match, donor: Persona, amount: int) -> Match:
    return propose_match(match=match, base_version=match.version, amount_minor=amount, actor=donor.viewer)


@pytest.fixture
def offer(dana: Persona, world: World) -> Offer:
    return make_offer(dana, world["XR1"])


def test_the_page_tells_pledged_proposed_committed_and_left_with_a_line_a_match(
    offer: Offer, amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion
) -> None:
    first, second, third = matches_of(amina, aldo, dana, framework, 3)
    accept_match(conflict="", match=propose(first, dana, AMOUNTS[0]), base_version=2, actor=aldo.viewer)
    propose(second, dana, AMOUNTS[1])
    propose_match(match=third, base_version=1, actor=aldo.viewer)
    page = dana.client.get(dana.url("cooperation:offer-detail", offer.uuid))
    text = " ".join(text_of(page).split())
    assert "Pledged USD 500,000 Proposed, not decided yet USD 80,000 and 1 proposal without an amount" in text
    assert "Committed USD 90,000 Left USD 410,000" in text
    body = page.content.decode()
    places = [body.index(dana.url("cooperation:match-detail", match.uuid)) for match in (first, second, third)]
    assert places == sorted(places), "committed first, then by amount, then without one"
    assert "not named yet" in text


def test_help_in_kind_counts_requests(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: World
) -> None:
    offer = make_offer(dana, world["XR1"], modality="in_kind", capacity_minor=None, max_requests=4)
    first, second = matches_of(amina, aldo, dana, framework, 2)
    first = propose_match(match=first, base_version=1, actor=dana.viewer)
    accept_match(conflict="", match=first, base_version=2, actor=aldo.viewer)
    propose_match(match=second, base_version=1, actor=aldo.viewer)
    text = " ".join(text_of(dana.client.get(dana.url("cooperation:offer-detail", offer.uuid))).split())
    assert "Requests it can serve 4 Proposed, not decided yet 1 Committed 1 Left 3" in text
    assert "Pledged" not in text
    shown = dana.client.get(dana.url("api:offer-capacity", offer.uuid)).json()
    assert (shown["pledged_minor"], shown["left_minor"], shown["requests_left"]) == (None, None, 3)


def test_nothing_of_the_ledger_is_on_the_page_of_others(
    offer: Offer, amina: Persona, aldo: Persona, dana: Persona, rita: Persona, framework: FrameworkVersion
) -> None:
    [match] = matches_of(amina, aldo, dana, framework, 1)
    propose(match, dana, AMOUNTS[0])
    for persona in (aldo, rita):
        text = text_of(persona.client.get(persona.url("cooperation:offer-detail", offer.uuid)))
        assert "Pledged" not in text
        assert "Request of 2026" not in text
        assert persona.client.get(persona.url("api:offer-capacity", offer.uuid)).status_code == 404


def test_a_proposal_whose_grant_has_ended_has_no_line_and_no_sum(
    offer: Offer, amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion
) -> None:
    [match] = matches_of(amina, aldo, dana, framework, 1)
    propose(match, dana, AMOUNTS[0])
    revoke_grant(grant=Grant.objects.get(uuid=match.grant_uuid), actor=aldo.viewer)
    shown = dana.client.get(dana.url("api:offer-capacity", offer.uuid)).json()
    assert (shown["proposed_minor"], shown["lines"], shown["lines_in_all"]) == (0, [], 0)


def test_the_api_tells_the_same(
    offer: Offer, amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion
) -> None:
    first, second = matches_of(amina, aldo, dana, framework, 2)
    accept_match(conflict="", match=propose(first, dana, AMOUNTS[0]), base_version=2, actor=aldo.viewer)
    propose(second, dana, AMOUNTS[1])
    shown = dana.client.get(dana.url("api:offer-capacity", offer.uuid)).json()
    sums = [shown[f"{name}_minor"] for name in ("pledged", "proposed", "committed", "left")]
    assert sums == [50_000_000, 8_000_000, 9_000_000, 41_000_000]
    assert [(line["match_uuid"], line["status"], line["amount_minor"]) for line in shown["lines"]] == [
        (str(first.uuid), "accepted", 9_000_000),
        (str(second.uuid), "proposed", 8_000_000),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_statements_of_the_page_do_not_grow_with_its_lines(
    offer: Offer, amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, count: int
) -> None:
    for match in matches_of(amina, aldo, dana, framework, count):
        propose(match, dana, AMOUNTS[0])
    client, url = dana.client, dana.url("cooperation:offer-detail", offer.uuid)
    client.get(url)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    assert len(queries) == DETAIL_QUERIES, [query["sql"][:200] for query in queries]


def test_a_capacity_below_what_is_committed_is_refused_beside_the_field(
    offer: Offer, amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion
) -> None:
    [match] = matches_of(amina, aldo, dana, framework, 1)
    accept_match(conflict="", match=propose(match, dana, AMOUNTS[0]), base_version=2, actor=aldo.viewer)
    edit = dana.url("cooperation:offer-edit", offer.uuid)
    form = dana.client.get(edit).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    response = dana.client.post(edit, {**typed, "capacity": "89999.99", "title": "Smaller now"})
    assert response.status_code == 422
    assert response.context["form"].errors == {"capacity": ["USD 90,000 are committed already: it cannot hold less."]}
    body = response.content.decode()
    assert 'value="89999.99"' in body
    assert 'value="Smaller now"' in body
    stored = Offer.objects.get()
    assert (stored.capacity_minor, stored.title) == (50_000_000, "Record-keeping and coordination fund")
