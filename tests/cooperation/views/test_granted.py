"""Granted requests as donors and coordinators read them."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from tests.cooperation.factories import make_offer, make_request, share
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.audit.models import Event

LIST, DETAIL = "cooperation:granted-list", "cooperation:granted-detail"
LIST_QUERIES = {"dana": 6, "rita": 5}


def shared(amina: Persona, aldo: Persona, framework: FrameworkVersion, to: Persona, **fields: object) -> Grant:
    level = fields.pop("level", "dossier")
    request = make_request(amina, aldo, framework, **fields)
    return share(aldo, request, to.viewer.party, level=level)


@pytest.mark.parametrize(("level", "there"), [("summary", False), ("gaps", True)])
def test_the_page_holds_what_the_grant_allows_and_no_more(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, level: str, there: bool
) -> None:
    grant = shared(amina, aldo, framework, dana, level=level)
    text = text_of(dana.client.get(dana.url(DETAIL, grant.uuid)))
    assert "Keep better records." in text
    assert ("Training of twelve officers." in text) is there
    assert ("USD 100,000" in text) is there
    assert "A paper register." not in text


def test_every_view_is_in_the_log_of_the_state(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion
) -> None:
    grant = shared(amina, aldo, framework, dana)
    dana.client.get(dana.url(DETAIL, grant.uuid))
    seen = Event.objects.filter(chain__party=aldo.viewer.party, verb="release.viewed").get()
    assert (seen.actor, seen.actor_party) == (dana.user, dana.party)


@pytest.mark.parametrize("name", ["dirk", "boris", "rita", "amina"])
def test_nobody_else_finds_it(
    name: str,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    framework: FrameworkVersion,
    request: pytest.FixtureRequest,
) -> None:
    persona: Persona = request.getfixturevalue(name)
    grant = shared(amina, aldo, framework, dana)
    assert persona.client.get(persona.url(DETAIL, grant.uuid)).status_code == 404
    assert not Event.objects.filter(verb="release.viewed").exists()
    assert grant.release.content["title"] not in text_of(persona.client.get(persona.url(LIST)))


def test_a_revoked_grant_is_gone_at_once(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion
) -> None:
    grant = shared(amina, aldo, framework, dana)
    revoke_grant(grant=grant, actor=aldo.viewer)
    assert dana.client.get(dana.url(DETAIL, grant.uuid)).status_code == 404
    assert "No State has shared a request with you" in text_of(dana.client.get(dana.url(LIST)))


def test_the_list_is_searched(amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion) -> None:
    grant = shared(amina, aldo, framework, dana)
    title = grant.release.content["title"]
    for words, there in (("aldoria", True), (grant.release.content["reference"], True), ("nowhere", False)):
        assert (title in text_of(dana.client.get(dana.url(LIST), {"q": words}))) is there


def test_the_donor_sees_its_matches_beside_the_request(
    amina: Persona, aldo: Persona, dana: Persona, framework: FrameworkVersion, world: dict[str, Territory]
) -> None:
    make_offer(dana, world["XR1"], title="Our fund")
    grant = shared(amina, aldo, framework, dana)
    assert "Our fund" in text_of(dana.client.get(dana.url(DETAIL, grant.uuid)))
    assert "1 to decide, 0 accepted" in text_of(dana.client.get(dana.url(LIST)))


@pytest.mark.parametrize("name", ["dana", "rita"])
def test_the_list_costs_the_same_with_three_rows(
    name: str, amina: Persona, aldo: Persona, framework: FrameworkVersion, request: pytest.FixtureRequest
) -> None:
    reader: Persona = request.getfixturevalue(name)
    client, address = reader.client, reader.url(LIST)
    shared(amina, aldo, framework, reader)
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    for cycle in ("2027", "2028"):
        shared(amina, aldo, framework, reader, cycle=cycle)
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(one) == len(three) == LIST_QUERIES[name]
