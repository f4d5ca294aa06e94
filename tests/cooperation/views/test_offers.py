"""The offer editor and list through HTTP."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from cooperation.models import Offer
from tests.cooperation.factories import make_offer
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory
from wam_portal.jobs.models import Job

World = dict[str, Territory]
LIST_QUERIES = 6
TYPED: dict[str, Any] = {
    "title": "A fund for stores",
    "summary": "Safer stores.",
    "modality": "grant",
    "functional_areas": ["STO"],
    "assistance_types": ["TRAIN", "EQUIP"],
    "included": ["XR1"],
    "excluded": ["XB"],
    "currency": "jpy",
    "capacity": "900000",
    "floor": "1000",
    "ceiling": "500000",
    "period_start": "2027-01-01",
    "period_end": "2029-12-31",
    "valid_until": "2029-06-30",
    "applicant_kinds": ["state"],
    "languages": ["en", "fr"],
    "min_gender_marker": "1",
    "priority_lenses": ["gender"],
    "listed": "on",
}


@pytest.fixture
def url(dana: Persona, world: World) -> str:
    return dana.url("cooperation:offer-add")


def test_a_donor_drafts_an_offer_and_publishes_it(dana: Persona, url: str, rita: Persona) -> None:
    page = dana.client.post(url, TYPED, follow=True)
    assert "The draft is kept." in text_of(page)
    offer = Offer.objects.get()
    assert (offer.currency, offer.capacity_minor, offer.floor_minor) == ("JPY", 900_000, 1_000)
    assert offer.assistance_types == ["TRAIN", "EQUIP"]
    assert "A fund for stores" not in text_of(rita.client.get(rita.url("cooperation:offer-list")))
    page = dana.client.post(
        dana.url("cooperation:offer-publish", offer.uuid), {"base_version": offer.version}, follow=True
    )
    text = text_of(page)
    assert "The offer is published." in text
    assert "1 country: Aldoria" in text
    assert "JPY 900,000" in text
    assert "In the queue" in text or "Queued" in text or "being worked out" in text
    assert Job.objects.get().kind == "cooperation.match_offer"
    assert "A fund for stores" in text_of(rita.client.get(rita.url("cooperation:offer-list")))


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "This field is required."),
        ({"functional_areas": ["NOPE"]}, "is not one of the available choices"),
        ({"included": ["QQ"]}, "is not one of the available choices"),
        ({"currency": "dollars"}, "at most 3 characters"),
        ({"currency": "ZZZ"}, "Give the three letters of a currency"),
        ({"capacity": "-1"}, "An amount cannot be negative."),
        ({"capacity": "10.5"}, "This currency has no such small parts."),
        ({"capacity": ""}, "Give the amount that this offer holds."),
        ({"ceiling": "10"}, "The most per request must not be below the least."),
        ({"period_end": "2026-01-01"}, "The end must not be before the start."),
        ({"valid_until": "soon"}, "Enter a valid date."),
        ({"min_cofunding_percent": "200"}, "less than or equal to 100"),
    ],
)
def test_bad_input_is_explained_and_what_was_typed_stays(
    dana: Persona, url: str, typed: dict[str, Any], message: str
) -> None:
    response = dana.client.post(url, {**TYPED, **typed})
    text = text_of(response)
    assert response.status_code == 422
    assert message in text
    page = response.content.decode()
    assert "data-error-summary" in page
    assert "Safer stores." in page
    assert 'value="2029-12-31"' in page or "period_end" in typed
    assert 'value="XB" selected' in page
    assert not Offer.objects.exists()


def test_publishing_what_is_not_complete_shows_the_editor_with_the_messages(dana: Persona, world: World) -> None:
    offer = make_offer(dana, published=False)
    response = dana.client.post(dana.url("cooperation:offer-publish", offer.uuid), {"base_version": 1})
    assert response.status_code == 422
    assert "Name at least one country or region" in text_of(response)
    assert Offer.objects.get().status == "draft"


def test_an_edit_keeps_what_was_not_touched(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XR1"], excluded=[world["XB"]], published=False, min_gender_marker=2)
    edit = dana.url("cooperation:offer-edit", offer.uuid)
    form = dana.client.get(edit).context["form"]
    typed = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False, "")}
    dana.client.post(edit, {**typed, "title": "Another title"})
    before, after = offer, Offer.objects.get()
    assert after.title == "Another title"
    for name in (
        "capacity_minor",
        "period_start",
        "functional_areas",
        "min_gender_marker",
        "applicant_kinds",
        "listed",
    ):
        assert getattr(after, name) == getattr(before, name), name
    assert [place.code for place in after.excluded.all()] == ["XB"]


def test_a_stale_edit_keeps_what_was_typed(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"], published=False)
    edit = dana.url("cooperation:offer-edit", offer.uuid)
    dana.client.post(edit, {**TYPED, "base_version": 1, "title": "First"})
    response = dana.client.post(edit, {**TYPED, "base_version": 1, "title": "Second"})
    page = response.content.decode()
    assert response.status_code == 409
    assert 'value="Second"' in page
    assert 'name="base_version" value="2"' in page
    assert Offer.objects.get().title == "First"


@pytest.mark.parametrize("name", ["offer-edit", "offer-publish", "offer-close", "offer-run", "offer-detail"])
def test_another_donors_offer_does_not_exist(dana: Persona, dirk: Persona, world: World, name: str) -> None:
    offer = make_offer(dana, world["XA"])
    for uuid in (offer.uuid, uuid4()):
        address = dirk.url(f"cooperation:{name}", uuid)
        post = name != "offer-detail"
        response = dirk.client.post(address, TYPED) if post else dirk.client.get(address)
        assert response.status_code == 404
    stored = Offer.objects.get()
    assert (stored.status, stored.version) == ("published", 2)


def test_a_state_reads_an_offer_that_reaches_it_and_changes_nothing(
    dana: Persona, vera: Persona, boris: Persona, world: World
) -> None:
    offer = make_offer(dana, world["XA"], title="For Aldoria alone")
    page = vera.client.get(vera.url("cooperation:offer-detail", offer.uuid))
    assert "For Aldoria alone" in text_of(page)
    assert "Work the matches out again" not in text_of(page)
    assert boris.client.get(boris.url("cooperation:offer-detail", offer.uuid)).status_code == 404
    assert "For Aldoria alone" not in text_of(boris.client.get(boris.url("cooperation:offer-list")))
    assert vera.client.post(vera.url("cooperation:offer-edit", offer.uuid), TYPED).status_code == 404


def test_a_button_has_the_matches_worked_out_again(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"])
    Job.objects.all().delete()
    page = dana.client.post(dana.url("cooperation:offer-run", offer.uuid), follow=True)
    assert "You can leave this page." in text_of(page)
    assert Job.objects.get().payload == {"offer": str(offer.uuid)}


def test_closing_asks_with_what_will_happen(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"])
    assert "Undecided matches are withdrawn" in text_of(
        dana.client.get(dana.url("cooperation:offer-detail", offer.uuid))
    )
    dana.client.post(dana.url("cooperation:offer-close", offer.uuid), {"base_version": offer.version})
    assert Offer.objects.get().status == "closed"
    text = text_of(dana.client.get(dana.url("cooperation:offer-detail", offer.uuid)))
    assert "This offer is closed." in text


def test_the_list_filters_by_status_and_words(dana: Persona, world: World) -> None:
    make_offer(dana, world["XA"], title="Published one")
    make_offer(dana, world["XA"], title="Drafted one", published=False)
    address = dana.url("cooperation:offer-list")
    assert "Drafted one" not in text_of(dana.client.get(f"{address}?status=published"))
    assert "Published one" not in text_of(dana.client.get(f"{address}?q=drafted"))
    assert "Select a valid choice" in text_of(dana.client.get(f"{address}?status=nonsense"))


@pytest.mark.parametrize("own", [True, False])
def test_the_list_costs_the_same_with_three_rows(dana: Persona, vera: Persona, world: World, own: bool) -> None:
    reader = dana if own else vera
    address, client = reader.url("cooperation:offer-list"), reader.client
    make_offer(dana, world["XA"])
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    make_offer(dana, world["XA"])
    make_offer(dana, world["XR1"])
    with CaptureQueriesContext(connection) as three:
        client.get(address)
    assert len(one) == len(three) == LIST_QUERIES - (not own)
