"""The offer editor and list through HTTP."""

from __future__ import annotations

import gzip
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import call_command
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
EDIT_QUERIES = 12  # session, person, memberships, offer and places (4), the tree, demand (4)
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


def test_what_publishing_asks_for_is_told_together_with_what_else_is_wrong(dana: Persona, url: str) -> None:
    wrong = {**TYPED, "publish": "1", "title": "", "capacity": "much", "included": [], "valid_until": "2020-01-01"}
    text = text_of(dana.client.post(url, wrong))
    for told in (
        "Title: Fill this in.",
        "Write digits only",
        "Name at least one country or region, or the world.",
        "This day has passed: give one that lies ahead.",
    ):
        assert told in text
    draft = text_of(dana.client.post(url, {name: value for name, value in wrong.items() if name != "publish"}))
    assert "Name at least one country" not in draft


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"title": ""}, "Fill this in."),
        ({"functional_areas": ["NOPE"]}, "is not among them"),
        ({"included": ["QQ"]}, "is not among them"),
        ({"currency": "dollars"}, "at most 3 characters"),
        ({"currency": "ZZZ"}, "“ZZZ” is no currency that is known."),
        ({"capacity": "-1"}, "An amount cannot be negative."),
        ({"capacity": "10.5"}, "This currency has no such small parts."),
        ({"capacity": ""}, "Give the amount that this offer holds."),
        ({"ceiling": "10"}, "The most per request must not be below the least."),
        ({"period_end": "2026-01-01"}, "The end must not be before the start."),
        ({"valid_until": "soon"}, "Give a day, like"),
        ({"min_cofunding_percent": "200"}, "Give 100 or less."),
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
    assert 'name="excluded" value="XB" checked' in page
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


@pytest.mark.parametrize(
    "name",
    ["offer-edit", "offer-publish", "offer-close", "offer-copy", "offer-reopen", "offer-run", "offer-detail"],
)
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
    closing = {"base_version": offer.version, "reason": "The budget is cut."}
    dana.client.post(dana.url("cooperation:offer-close", offer.uuid), closing)
    assert Offer.objects.get().status == "closed"
    text = text_of(dana.client.get(dana.url("cooperation:offer-detail", offer.uuid)))
    assert "The budget is cut." in text
    assert "This offer is closed." in text


def test_a_published_offer_is_not_closed_without_a_reason(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"])
    for reason, message in (("  ", "Say why you close the offer."), ("x" * 2001, "at most 2000 characters")):
        response = dana.client.post(
            dana.url("cooperation:offer-close", offer.uuid), {"base_version": offer.version, "reason": reason}
        )
        assert response.status_code == 422
        assert message in text_of(response)
        assert reason.strip() in response.content.decode()
    stored = Offer.objects.get()
    assert (stored.status, stored.version) == ("published", offer.version)


def test_a_draft_is_closed_without_a_reason(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"], published=False)
    dana.client.post(dana.url("cooperation:offer-close", offer.uuid), {"base_version": 1})
    assert Offer.objects.get().status == "closed"


def test_a_closed_offer_is_opened_again_as_a_draft(dana: Persona, rita: Persona, world: World) -> None:
    offer = make_offer(dana, world["XA"], title="Back again")
    address = dana.url("cooperation:offer-reopen", offer.uuid)
    assert dana.client.post(address, {"base_version": offer.version}).status_code == 403
    closing = {"base_version": offer.version, "reason": "By mistake."}
    page = dana.client.post(dana.url("cooperation:offer-close", offer.uuid), closing, follow=True)
    assert "Open it again" in text_of(page)
    page = dana.client.post(address, {"base_version": offer.version + 1}, follow=True)
    assert "The offer is a draft again." in text_of(page)
    stored = Offer.objects.get()
    assert (stored.status, stored.close_reason, stored.closed_at) == ("draft", "", None)
    assert "Back again" not in text_of(rita.client.get(rita.url("cooperation:offer-list")))
    dana.client.post(dana.url("cooperation:offer-publish", offer.uuid), {"base_version": stored.version})
    assert "Back again" in text_of(rita.client.get(rita.url("cooperation:offer-list")))


def test_a_copy_is_a_draft_that_says_the_same(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XR1"], excluded=[world["XB"]], title="y" * 160, min_gender_marker=1)
    page = dana.client.post(dana.url("cooperation:offer-copy", offer.uuid), follow=True)
    copied = Offer.objects.exclude(pk=offer.pk).get()
    assert page.redirect_chain[-1][0] == dana.url("cooperation:offer-edit", copied.uuid)
    assert (copied.status, len(copied.title), copied.min_gender_marker) == ("draft", 160, 1)
    assert [place.code for place in copied.excluded.all()] == ["XB"]
    assert set(copied.reaches.values_list("code", flat=True)) == {"XA"}


PAST = {"period_start": "2020-01-01", "period_end": "2021-01-01", "valid_until": "2021-01-01"}


@pytest.mark.parametrize(
    ("typed", "messages"),
    [
        ({"included": []}, ["Name at least one country or region"]),
        ({"included": ["XB"], "excluded": ["XB"]}, ["takes away every country that you named"]),
        (PAST, ["The period is over", "This day has passed"]),
        ({"floor": "600000", "included": []}, ["must not be below the least", "Name at least one country"]),
    ],
)
@pytest.mark.parametrize("drafted", [False, True])
def test_save_and_publish_does_both_or_neither(
    dana: Persona, url: str, typed: dict[str, Any], messages: list[str], drafted: bool
) -> None:
    address = url
    if drafted:
        dana.client.post(url, TYPED)
        address = dana.url("cooperation:offer-edit", Offer.objects.get().uuid)
    response = dana.client.post(address, {**TYPED, **typed, "title": "Typed", "base_version": 1, "publish": "1"})
    assert response.status_code == 422
    text = text_of(response)
    assert all(message in text for message in messages), text
    assert 'value="Typed"' in response.content.decode()
    assert list(Offer.objects.values_list("title", "status", "version")) == [
        ("A fund for stores", "draft", 1),
    ] * int(drafted)


def test_save_and_publish_publishes_a_new_offer_and_a_draft(dana: Persona, url: str) -> None:
    page = dana.client.post(url, {**TYPED, "publish": "1"}, follow=True)
    assert "The offer is published." in text_of(page)
    dana.client.post(url, {**TYPED, "title": "Second"})
    draft = Offer.objects.get(title="Second")
    edit = dana.url("cooperation:offer-edit", draft.uuid)
    assert "The offer is published." in text_of(
        dana.client.post(edit, {**TYPED, "title": "Second", "base_version": 1, "publish": "1"}, follow=True)
    )
    assert set(Offer.objects.values_list("status", flat=True)) == {"published"}


def test_help_in_kind_says_how_many_requests_and_what_it_is_worth(dana: Persona, url: str, world: World) -> None:
    in_kind = {**TYPED, "modality": "in_kind", "capacity": "", "floor": "", "ceiling": ""}
    text = text_of(dana.client.post(url, in_kind))
    assert "Say how many requests this help in kind can serve" in text
    page = dana.client.post(url, {**in_kind, "max_requests": "3", "estimated_value": "45000"}, follow=True)
    offer = Offer.objects.get()
    assert (offer.capacity_minor, offer.max_requests, offer.estimated_value_minor) == (None, 3, 45_000)
    assert "JPY 45,000" in text_of(page)
    assert "Only help in kind has an estimated value" in text_of(
        dana.client.post(url, {**TYPED, "estimated_value": "45000"})
    )


def test_the_tree_opens_where_something_is_ticked_and_costs_one_statement(dana: Persona, world: World) -> None:
    offer = make_offer(dana, world["XR1"], excluded=[world["XB"]], published=False)
    client, edit = dana.client, dana.url("cooperation:offer-edit", offer.uuid)
    client.get(edit)
    with CaptureQueriesContext(connection) as queries:
        body = client.get(edit).content.decode()
    assert len(queries) == EDIT_QUERIES
    east, west = (
        body[body.index("Eastern Demo Region") - 40 :][:60],
        body[body.index("Western Demo Region") - 40 :][:60],
    )
    assert "<details open>" in east
    assert "<details>" in west
    assert 'name="included" value="XR1" checked' in body
    assert 'name="excluded" value="XB" checked' in body
    assert 'name="included" value="XB"> Borvenia' in body


def test_the_editor_with_all_countries_of_the_world_stays_small(dana: Persona) -> None:
    call_command("load_territories")
    body = dana.client.get(dana.url("cooperation:offer-add")).content
    assert body.count(b'name="included"') > 240
    assert len(gzip.compress(body, 6)) < 15_000


def test_the_list_filters_by_status_and_words(dana: Persona, world: World) -> None:
    make_offer(dana, world["XA"], title="Published one")
    make_offer(dana, world["XA"], title="Drafted one", published=False)
    address = dana.url("cooperation:offer-list")
    assert "Drafted one" not in text_of(dana.client.get(f"{address}?status=published"))
    assert "Published one" not in text_of(dana.client.get(f"{address}?q=drafted"))
    assert "Choose from those listed" in text_of(dana.client.get(f"{address}?status=nonsense"))


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
