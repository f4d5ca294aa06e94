"""The standing list of overlaps: only what the coordinator holds and may see, gravest first, at constant cost."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from assessments.models import FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from tests.assessments.request_factories import release_to
from tests.cooperation.factories import make_activity, make_request
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
LIST = "cooperation:overlap-list"
LIST_QUERIES = 8


@pytest.fixture
def held(amina: Persona, aldo: Persona, rita: Persona, framework: FrameworkVersion) -> None:
    """A request of State A that the coordinator holds."""
    request = make_request(amina, aldo, framework, places="Northern Province", beneficiaries="")
    release_to(aldo, request, rita.viewer.party, level="dossier")


def grades(page: str) -> list[str]:
    return re.findall(r"<td data-label=\"Grade\"><strong>(\w+)", page)


@pytest.mark.usefixtures("held")
def test_what_overlaps_stands_gravest_first_and_can_be_filtered(
    world: World, aldo: Persona, rita: Persona, boris: Persona
) -> None:
    def enter(title: str, **fields: Any) -> None:
        make_activity(aldo, world["XA"], title=title, shared=True, **fields)

    enter("Apart in type", assistance_types=("EQUIP",))
    enter("The very same", places="northern province")
    enter("Perhaps the same")
    enter("Another area", functional_areas=("MAR",))
    make_activity(aldo, world["XA"], title="Kept by the State")
    make_activity(boris, world["XB"], title="Elsewhere", shared=True)
    page = rita.client.get(rita.url(LIST)).content.decode()
    assert grades(page) == ["Duplicate", "Overlap", "Complement"]
    assert "Merge the two" in page
    for hidden in ("Another area", "Kept by the State", "Elsewhere"):
        assert hidden not in page
    assert "Northern Province" not in page  # it stands on the page of the request, where the view is logged
    assert grades(rita.client.get(f"{rita.url(LIST)}?grade=overlap").content.decode()) == ["Overlap"]
    assert grades(rita.client.get(f"{rita.url(LIST)}?area=MAR").content.decode()) == []
    assert len(grades(rita.client.get(f"{rita.url(LIST)}?state=aldoria").content.decode())) == 3
    refused = text_of(rita.client.get(f"{rita.url(LIST)}?state=borvenia"))
    assert "Choose from those listed" in refused


@pytest.mark.usefixtures("held")
def test_the_list_costs_the_same_with_one_and_three_and_comes_in_pages(
    world: World, aldo: Persona, rita: Persona
) -> None:
    client, counts, url = rita.client, [], rita.url(LIST)
    client.get(url)
    for more in (1, 2, 27):
        for _number in range(more):
            make_activity(aldo, world["XA"], shared=True)
        with CaptureQueriesContext(connection) as captured:
            page = client.get(url).content.decode()
        counts.append(len(captured))
    assert counts == [LIST_QUERIES] * 3
    assert len(grades(page)) == 25
    assert len(grades(client.get(f"{url}?page=2").content.decode())) == 5
    assert len(grades(client.get(f"{url}?whole=1").content.decode())) == 30


@pytest.mark.usefixtures("held")
def test_a_revoked_grant_takes_its_overlaps_along(world: World, aldo: Persona, rita: Persona) -> None:
    make_activity(aldo, world["XA"], shared=True)
    make_activity(rita, world["XA"], title="Our own plan")
    assert len(grades(rita.client.get(rita.url(LIST)).content.decode())) == 2
    grant = Grant.objects.select_related("release__request_version__request", "release__state").get()
    revoke_grant(grant=grant, actor=aldo.viewer)
    assert "Nothing overlaps" in text_of(rita.client.get(rita.url(LIST)))


@pytest.mark.parametrize("name", ["amina", "dana", "boris"])
def test_only_coordinators_have_the_list(name: str, request: pytest.FixtureRequest) -> None:
    persona: Persona = request.getfixturevalue(name)
    assert persona.client.get(persona.url(LIST)).status_code == 404
