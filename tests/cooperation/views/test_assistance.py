"""The register of assistance through HTTP: list, one entry, editor, removal."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from assessments.models import FrameworkVersion
from cooperation.models import AssistanceActivity
from cooperation.services.assistance import change_activity
from tests.assessments.request_factories import make_draft, make_gap, start_baseline
from tests.cooperation.factories import activity_values, make_activity
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
LIST, ADD, DETAIL, EDIT, REMOVE = (
    f"cooperation:activity-{name}" for name in ("list", "add", "detail", "edit", "remove")
)
TYPED = {
    "title": "Training of store keepers",
    "kind": "project",
    "status": "running",
    "provider_name": "Bilateral partner",
    "included": ["XA"],
    "functional_areas": ["STO"],
    "assistance_types": ["TRAIN"],
    "places": "Northern Province",
    "period_start": "2026-01-01",
    "period_end": "2027-12-31",
    "currency": "usd",
    "amount": "80000.50",
    "description": "Two courses a year.",
}


def test_a_donor_records_what_it_does_and_the_state_reads_it(world: World, dana: Persona, vera: Persona) -> None:
    page = dana.client.post(dana.url(ADD), TYPED, follow=True)
    assert "The entry is saved." in text_of(page)
    activity = AssistanceActivity.objects.get()
    assert (activity.amount_minor, activity.currency, activity.recorder) == (8_000_050, "USD", dana.party)
    text = text_of(vera.client.get(vera.url(DETAIL, activity.uuid)))
    for words in ("USD 80,000.50", "Northern Province", "Bilateral partner", "Amber Fund", "Two courses a year."):
        assert words in text
    assert "Remove" not in text
    assert vera.client.get(vera.url(EDIT, activity.uuid)).status_code == 404


def test_errors_stand_beside_the_fields_and_nothing_typed_is_lost(world: World, dana: Persona) -> None:
    response = dana.client.post(dana.url(ADD), {**TYPED, "provider_name": "", "amount": "much", "functional_areas": []})
    page, text = response.content.decode(), text_of(response)
    assert response.status_code == 422
    told = ("Write digits only", "Say who provides it", "Functional areas: Choose at least one.")
    for words in (*told, "Training of store keepers"):
        assert words in text or words in page
    assert 'value="XA" checked' in page
    assert not AssistanceActivity.objects.exists()


def test_naming_the_provider_twice_is_told_together_with_what_else_is_wrong(world: World, dana: Persona) -> None:
    typed = {**TYPED, "title": "", "amount": "much", "provider": str(dana.party.uuid), "provider_name": "Else"}
    text = text_of(dana.client.post(dana.url(ADD), typed))
    for told in ("Choose who provides it, or write the name; not both.", "Write digits only", "Title: Fill this in."):
        assert told in text


def test_a_donor_begins_with_itself_as_provider_and_takes_no_action_for_a_state(
    world: World, dana: Persona, amina: Persona
) -> None:
    own, state = (persona.client.get(persona.url(ADD)).content.decode() for persona in (dana, amina))
    assert f'<option value="{dana.party.uuid}" selected' in own
    assert "The State&#x27;s own action" not in own
    assert "The State&#x27;s own action" in state
    assert f'<option value="{dana.party.uuid}" selected' not in state
    refused = dana.client.post(dana.url(ADD), {**TYPED, "kind": "action"})
    assert refused.status_code == 422


def test_what_begins_only_later_is_not_running_yet(world: World, dana: Persona) -> None:
    later = (timezone.localdate() + timedelta(days=40)).isoformat()
    typed = {**TYPED, "period_start": later, "period_end": "2099-12-31"}
    response = dana.client.post(dana.url(ADD), typed)
    assert response.status_code == 422
    assert re.search(r'href="#id_status">Status: It begins on .+ only: choose “Planned”', response.content.decode())
    dana.client.post(dana.url(ADD), {**typed, "status": "planned"})
    assert AssistanceActivity.objects.get().status == "planned"


def test_what_must_be_filled_in_is_marked(dana: Persona, world: World) -> None:
    page = dana.client.get(dana.url(ADD)).content.decode()
    for label in ("Title", "Functional areas", "Where"):
        assert re.search(rf'{label}\s*<span class="asteriskField">', page), label


def test_two_who_write_at_once_see_the_conflict_with_what_they_typed(world: World, dana: Persona) -> None:
    activity = make_activity(dana, world["XA"])
    change_activity(activity=activity, base_version=1, values=activity_values(world["XA"]), actor=dana.viewer)
    response = dana.client.post(dana.url(EDIT, activity.uuid), {**TYPED, "base_version": 1})
    page = response.content.decode()
    assert response.status_code == 409
    assert "Training of store keepers" in page
    assert 'name="base_version" value="2"' in page
    assert dana.client.post(dana.url(EDIT, activity.uuid), {**TYPED, "base_version": 2}).status_code == 302
    activity.refresh_from_db()
    assert activity.title == "Training of store keepers"


def test_removing_asks_first(world: World, dana: Persona, amina: Persona) -> None:
    activity = make_activity(dana, world["XA"])
    url = dana.url(REMOVE, activity.uuid)
    assert "It cannot be brought back." in text_of(dana.client.get(url))
    assert AssistanceActivity.objects.exists()
    assert amina.client.post(amina.url(REMOVE, activity.uuid), {"base_version": 1}).status_code == 404
    assert dana.client.post(url, {"base_version": 7}).status_code == 409
    page = dana.client.post(url, {"base_version": 1}, follow=True)
    assert "is removed from the register" in text_of(page)
    assert not AssistanceActivity.objects.exists()


def test_a_state_takes_over_what_its_request_says_of_what_exists(
    framework: FrameworkVersion, world: World, amina: Persona, boris: Persona
) -> None:
    baseline = start_baseline(amina, framework, cycle="2026")
    request = make_draft(
        amina,
        [make_gap(amina, baseline, "coo-01")],
        what_exists="A register on paper.",
        who_helps="A partner trains clerks.",
    )
    url = f"{amina.url(ADD)}?request={request.uuid}"
    page = amina.client.get(url).content.decode()
    assert "A register on paper." in page
    assert "A partner trains clerks." in page
    assert 'value="XA" checked' in page
    for foreign in (f"{boris.url(ADD)}?request={request.uuid}", f"{amina.url(ADD)}?request=nonsense"):
        person = boris if "borvenia" in foreign else amina
        assert person.client.get(foreign).status_code == 404
    amina.client.post(url, TYPED)
    assert AssistanceActivity.objects.get().source == "request"
    assert url in amina.client.get(amina.url("assessments:request-detail", request.uuid)).content.decode()


def test_the_list_filters_searches_and_costs_the_same_for_one_and_three(
    world: World, dana: Persona, amina: Persona, dirk: Persona
) -> None:
    make_activity(dana, world["XA"], title="Paper registers")
    client = amina.client
    client.get(amina.url(LIST))
    counts = []
    for more in (0, 2):
        for number in range(more):
            make_activity(dana, world["XA"], title=f"Stores {number}", functional_areas=("STO",), status="planned")
        with CaptureQueriesContext(connection) as captured:
            client.get(amina.url(LIST))
        counts.append(len(captured))
    assert counts == [7, 7]

    def titles(query: str) -> list[str]:
        page = client.get(f"{amina.url(LIST)}?{query}").content.decode()
        return [title for title in ("Paper registers", "Stores 0", "Stores 1") if title in page]

    assert titles("q=paper") == ["Paper registers"]
    assert titles("area=STO") == ["Stores 0", "Stores 1"]
    assert titles("status=running") == ["Paper registers"]
    assert titles("state=XA&mine=no") == ["Paper registers", "Stores 0", "Stores 1"]
    assert titles("mine=yes") == []
    assert "Aldoria" not in dirk.client.get(dirk.url(LIST)).content.decode()


@pytest.mark.parametrize("name", ["carl", "boris", "dirk", "rita"])
def test_outsiders_find_no_entry(world: World, dana: Persona, name: str, request: pytest.FixtureRequest) -> None:
    activity = make_activity(dana, world["XA"], title="A quiet plan", shared=True)
    persona: Persona = request.getfixturevalue(name)
    for route in (DETAIL, EDIT, REMOVE):
        assert persona.client.get(persona.url(route, activity.uuid)).status_code == 404
    assert "A quiet plan" not in persona.client.get(persona.url(LIST)).content.decode()
