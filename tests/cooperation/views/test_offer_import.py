"""Offers from a workbook: judged cell by cell, shown before anything is saved, taken over as the person decides."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import uuid4

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from cooperation.models import Offer, WorkbookUpload
from cooperation.reports.offer_workbook import NAMES
from cooperation.services.offers import close_offer, edit_offer
from cooperation.services.workbook_uploads import discard_expired_uploads
from tests.cooperation.factories import make_offer, offer_values
from tests.cooperation.views.test_matches import text_of
from tests.hostile import ATTACKS, hostile_workbooks
from tests.personas import Persona
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
NEW: dict[str, Any] = {
    "title": "A new fund",
    "modality": "Grant",
    "functional_areas": "sto; COO",
    "assistance_types": "TRAIN, EQUIP",
    "included": "XR1",
    "excluded": "xb",
    "currency": "usd",
    "capacity": 90000.5,
    "period_start": "2027-01-01",
    "period_end": timezone.datetime(2029, 12, 31),  # as Excel keeps a day that somebody typed
    "valid_until": "2029-06-30",
    "languages": "EN,fr",
    "oda_only": "YES",
}


def taken(dana: Persona) -> bytes:
    """The workbook as the portal gives it."""
    response = dana.client.get(dana.url("cooperation:offer-import-workbook"))
    assert response["Content-Type"].endswith("spreadsheetml.sheet")
    return response.content  # type: ignore[attr-defined, no-any-return]


def filled(content: bytes, edit: Callable[[Any], None]) -> bytes:
    """The workbook with cells written by another program than ours."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    edit(book["Offers"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def put(sheet: Any, row: int, cells: dict[str, Any]) -> None:
    for name, value in cells.items():
        sheet.cell(row, NAMES.index(name) + 1).value = value


def send(dana: Persona, content: bytes, client: Client | None = None) -> HttpResponseBase:
    file = SimpleUploadedFile("offers.xlsx", content)
    return (client or dana.client).post(dana.url("cooperation:offer-import"), {"file": file}, follow=True)


def apply(dana: Persona, **fields: Any) -> HttpResponseBase:
    upload = WorkbookUpload.objects.first()
    data = {"base_version": upload.version if upload else 1, **fields}
    return dana.client.post(dana.url("cooperation:offer-import-apply"), data, follow=True)


def problems() -> dict[str, str]:
    return {problem["cell"]: problem["message"] for problem in WorkbookUpload.objects.get().problems}


def cell(name: str, row: int) -> str:
    return f"{openpyxl.utils.get_column_letter(NAMES.index(name) + 1)}{row}"


@pytest.fixture
def offers(dana: Persona, world: World) -> list[Offer]:
    """A published offer in row 3 of the workbook and a draft in row 4; a closed one is left out."""
    published = make_offer(
        dana,
        world["XR1"],
        excluded=[world["XB"]],
        title="Fund",
        floor_minor=1_050,
        min_gender_marker=1,
        summary="a\nb ",
    )
    draft = make_offer(
        dana,
        world["XA"],
        published=False,
        title="Kind",
        modality="in_kind",
        capacity_minor=None,
        max_requests=3,
        estimated_value_minor=7,
    )
    closed = make_offer(dana, world["XA"], published=False, title="Closed")
    close_offer(offer=closed, base_version=1, actor=dana.viewer)
    return [published, draft]


def stand(offers: list[Offer]) -> list[tuple[str, int]]:
    return [(offer.title, offer.version) for offer in Offer.objects.order_by("pk")]


def test_an_untouched_workbook_changes_nothing(dana: Persona, offers: list[Offer]) -> None:
    before = stand(offers)
    text = " ".join(text_of(send(dana, filled(taken(dana), lambda sheet: None))).split())
    assert "New drafts 0 Changed offers 0 Unchanged 2 Problems 0" in text
    assert "No row of it would change anything." in text
    assert stand(offers) == before


def test_new_and_changed_rows_are_shown_first_and_only_what_is_ticked_is_saved(
    dana: Persona, offers: list[Offer]
) -> None:
    def edit(sheet: Any) -> None:
        put(sheet, 3, {"title": "Fund, renamed", "capacity": "600000"})
        put(sheet, 5, NEW)
        put(sheet, 6, {**NEW, "title": "Not wanted"})

    before = stand(offers)
    text = " ".join(text_of(send(dana, filled(taken(dana), edit))).split())
    assert "New drafts 2 Changed offers 1 Unchanged 1 Problems 0" in text
    assert "Changed row 3 Title Fund becomes Fund, renamed Amount that the offer holds 500000 becomes 600000" in text
    assert text.count("This offer is published: it changes at once") == 1
    assert stand(offers) == before
    page = apply(dana, row=["3", "5"])
    assert "1 draft created, 1 offer changed." in text_of(page)
    changed = Offer.objects.get(pk=offers[0].pk)
    assert (changed.title, changed.capacity_minor, changed.status) == ("Fund, renamed", 60_000_000, "published")
    assert (changed.summary, changed.min_gender_marker, changed.floor_minor) == ("a\nb", 1, 1_050)
    new = Offer.objects.get(title="A new fund")
    assert (new.status, new.capacity_minor, new.currency, new.modality) == ("draft", 9_000_050, "USD", "grant")
    assert (new.functional_areas, new.languages, new.oda_only, new.listed) == (["STO", "COO"], ["en", "fr"], True, True)
    assert set(new.reaches.values_list("code", flat=True)) == {"XA"}
    assert new.period_end.isoformat() == "2029-12-31"
    assert not Offer.objects.filter(title="Not wanted").exists()
    assert not WorkbookUpload.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("title", None, "Fill this in."),
        ("modality", "gift", "is not among them"),
        ("functional_areas", "STO, NOPE", "“NOPE” is not among them"),
        ("included", "XR1, QQ", "“QQ” is not among them"),
        ("currency", "ZZZ", "is no currency that is known"),
        ("capacity", "a lot", "Write digits only"),
        ("capacity", "=1+1", "formula"),
        ("floor", "100000", "more than the offer holds"),
        ("period_end", "2020-01-01", "must not be before the start"),
        ("valid_until", "soon", "Give a day, like"),
        ("oda_only", "perhaps", "Write yes or no."),
        ("min_cofunding_percent", 101, "Give 100 or less."),
        ("estimated_value", "5", "Only help in kind has an estimated value"),
    ],
)
def test_a_fault_is_told_with_its_cell_and_nothing_is_saved(
    dana: Persona, world: World, name: str, value: Any, message: str
) -> None:
    send(dana, filled(taken(dana), lambda sheet: put(sheet, 3, {**NEW, name: value})))
    assert message in problems()[cell(name, 3)]
    apply(dana, row=["3"])
    assert not Offer.objects.exists()


def test_every_fault_is_told_at_once(dana: Persona, world: World) -> None:
    def edit(sheet: Any) -> None:
        put(sheet, 3, {**NEW, "currency": "ZZZ", "capacity": "a lot", "included": "QQ"})
        put(sheet, 4, NEW)
        put(sheet, 7, {**NEW, "valid_until": "soon"})

    page = text_of(send(dana, filled(taken(dana), edit)))
    assert set(problems()) == {cell("currency", 3), cell("capacity", 3), cell("included", 3), cell("valid_until", 7)}
    assert cell("valid_until", 7) in page
    told = [problem["name"] for problem in WorkbookUpload.objects.get().problems]
    assert told == ["included", "currency", "capacity", "valid_until"]
    assert f"{cell('included', 3)} Countries and regions" in " ".join(page.split())
    assert "“QQ” is not among them. The sheet “Codes” names them all." in page
    assert "Correct this before you go on" not in page, "the page was asked for and nothing on it is wrong"
    assert [row["row"] for row in WorkbookUpload.objects.get().rows] == [4]


def test_a_published_offer_is_judged_as_published(dana: Persona, offers: list[Offer]) -> None:
    send(dana, filled(taken(dana), lambda sheet: put(sheet, 3, {"included": None, "excluded": None})))
    assert "Name at least one country or region" in problems()[cell("included", 3)]


def test_what_changed_since_the_workbook_was_made_is_not_overwritten(
    dana: Persona, offers: list[Offer], world: World
) -> None:
    copy = filled(taken(dana), lambda sheet: put(sheet, 3, {"title": "From the file"}))
    edited = offers[0]
    edit_offer(
        offer=edited, base_version=edited.version, values=offer_values(world["XR1"], title="Theirs"), actor=dana.viewer
    )
    send(dana, copy)
    assert "Somebody changed this since" in problems()[cell("title", 3)]


def test_what_changes_between_looking_and_deciding_is_told(dana: Persona, offers: list[Offer], world: World) -> None:
    def edit(sheet: Any) -> None:
        put(sheet, 3, {"title": "From the file"})
        put(sheet, 5, NEW)

    send(dana, filled(taken(dana), edit))
    edited = offers[0]
    edit_offer(
        offer=edited, base_version=edited.version, values=offer_values(world["XR1"], title="Theirs"), actor=dana.viewer
    )
    text = text_of(apply(dana, row=["3", "5"]))
    assert "1 draft created, 0 offers changed." in text
    assert "Row 3: Somebody changed this offer before you." in text
    assert Offer.objects.get(pk=edited.pk).title == "Theirs"


def test_deciding_twice_saves_once(dana: Persona, world: World) -> None:
    send(dana, filled(taken(dana), lambda sheet: put(sheet, 3, NEW)))
    version = WorkbookUpload.objects.get().version
    apply(dana, row=["3"])
    text = text_of(apply(dana, row=["3"], base_version=version))
    assert "No workbook waits for your decision." in text
    assert Offer.objects.count() == 1


def test_another_donors_offer_does_not_exist(dana: Persona, dirk: Persona, world: World) -> None:
    foreign = make_offer(dirk, world["XR1"], title="Theirs")
    messages = []
    for uuid in (foreign.uuid, uuid4()):
        row = {**NEW, "offer": str(uuid), "version": "2"}
        send(dana, filled(taken(dana), lambda sheet, row=row: put(sheet, 3, row)))
        messages.append(problems())
    assert messages[0] == messages[1]
    assert "There is none such of yours" in messages[0][cell("title", 3)]
    assert Offer.objects.get().title == "Theirs"


def test_nobody_else_sees_what_waits(dana: Persona, dirk: Persona, world: World) -> None:
    send(dana, filled(taken(dana), lambda sheet: put(sheet, 3, NEW)))
    assert "A new fund" not in text_of(dirk.client.get(dirk.url("cooperation:offer-import")))
    dirk.client.post(dirk.url("cooperation:offer-import-discard"))
    assert WorkbookUpload.objects.count() == 1
    dana.client.post(dana.url("cooperation:offer-import-discard"))
    assert not WorkbookUpload.objects.exists()


def test_what_nobody_decides_is_cleared_away_after_a_day(dana: Persona, world: World) -> None:
    send(dana, filled(taken(dana), lambda sheet: put(sheet, 3, NEW)))
    assert discard_expired_uploads() == 0
    WorkbookUpload.objects.update(
        created_at=timezone.now() - timedelta(days=2), expires_at=timezone.now() - timedelta(days=1)
    )
    assert "A new fund" not in text_of(dana.client.get(dana.url("cooperation:offer-import")))
    assert discard_expired_uploads() == 1


def test_one_offer_in_two_rows_is_told(dana: Persona, offers: list[Offer]) -> None:
    twice = {"offer": str(offers[0].uuid), "version": str(offers[0].version), **NEW}
    send(dana, filled(taken(dana), lambda sheet: put(sheet, 6, twice)))
    assert "stands in row 3 already" in problems()[cell("title", 6)]


@pytest.mark.parametrize("content", [b"", b"PK", b"title,capacity\nA,1\n"])
def test_what_is_no_workbook_is_refused(dana: Persona, world: World, content: bytes) -> None:
    response = send(dana, content)
    assert response.status_code == 422
    assert not WorkbookUpload.objects.exists()


def test_a_workbook_of_something_else_is_refused_with_the_way_on(dana: Persona, world: World) -> None:
    book = openpyxl.Workbook()
    book.active.append(["title"])  # type: ignore[union-attr]
    target = io.BytesIO()
    book.save(target)
    response = send(dana, target.getvalue())
    assert response.status_code == 422
    assert "Begin with the one to download here." in text_of(response)
    assert not WorkbookUpload.objects.exists()


def test_hostile_workbooks_save_nothing(dana: Persona, world: World) -> None:
    good = filled(taken(dana), lambda sheet: put(sheet, 3, NEW))
    client = dana.client
    for hostile in hostile_workbooks(good, ATTACKS, seed=20261126):
        response = send(dana, hostile.content, client)
        assert response.status_code in {200, 422}, hostile.kind
        if hostile.kind not in {"formula", "flipped bytes"}:
            assert not WorkbookUpload.objects.exists(), hostile.kind
    assert not Offer.objects.exists()
