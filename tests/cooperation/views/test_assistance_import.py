"""Entries of the register from a workbook: shown before anything is saved, taken over as the person decides.

What both kinds of workbooks share is proven with the offers; here stands what is the register's own.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponseBase

from cooperation.models import AssistanceActivity, WorkbookUpload
from cooperation.reports.assistance_workbook import NAMES
from tests.cooperation.factories import make_activity
from tests.cooperation.views.test_matches import text_of
from tests.personas import Persona
from wam_portal.accounts.models import Territory

World = dict[str, Territory]
NEW: dict[str, Any] = {
    "title": "Training of clerks",
    "kind": "Project",
    "status": "PLANNED",
    "provider_name": "basalt fund",
    "included": "xa",
    "functional_areas": "coo; REC",
    "assistance_types": "train",
    "places": "Capital",
    "period_start": "2026-01-01",
    "period_end": "2027-06-30",
    "currency": "usd",
    "amount": 1200.5,
    "shared": "yes",
}
IMPORT = "cooperation:activity-import"


def filled(persona: Persona, edit: Callable[[Any], None]) -> bytes:
    """One's own workbook with cells written by another program than ours."""
    taken = persona.client.get(persona.url(f"{IMPORT}-workbook"))
    book = openpyxl.load_workbook(io.BytesIO(taken.content))
    edit(book["Assistance"])
    target = io.BytesIO()
    book.save(target)
    return target.getvalue()


def put(sheet: Any, row: int, cells: dict[str, Any]) -> None:
    for name, value in cells.items():
        sheet.cell(row, NAMES.index(name) + 1).value = value


def send(persona: Persona, content: bytes) -> HttpResponseBase:
    file = SimpleUploadedFile("assistance.xlsx", content)
    return persona.client.post(persona.url(IMPORT), {"file": file}, follow=True)


def take(persona: Persona, *rows: str) -> HttpResponseBase:
    upload = WorkbookUpload.objects.get()
    data = {"base_version": upload.version, "row": rows}
    return persona.client.post(persona.url(f"{IMPORT}-apply"), data, follow=True)


def test_an_untouched_workbook_changes_nothing_and_holds_only_ones_own(
    world: World, dana: Persona, dirk: Persona, aldo: Persona
) -> None:
    make_activity(dana, world["XA"], provider=dirk.party, provider_name="", amount_minor=7)
    make_activity(dana, world["XR1"], title="Region", period_end=None)
    make_activity(aldo, world["XA"], title="The State's own")
    text = text_of(send(dana, filled(dana, lambda sheet: None)))
    assert "New entries 0 Changed entries 0 Unchanged 2 Problems 0" in text
    content = str(WorkbookUpload.objects.values_list("rows", "problems"))
    assert "The State's own" not in content


def test_an_operational_partner_sees_what_its_workbook_would_change_and_takes_it_over(
    world: World, ines: Persona, dirk: Persona
) -> None:
    text = text_of(send(ines, filled(ines, lambda sheet: put(sheet, 3, NEW))))
    assert "New entries 1 Changed entries 0 Unchanged 0 Problems 0" in text
    take(ines, "3")
    assert AssistanceActivity.objects.get().recorder == ines.party


def test_rows_become_entries_and_a_known_name_means_the_party(world: World, dana: Persona, dirk: Persona) -> None:
    existing = make_activity(dana, world["XA"], title="Advice")

    def edit(sheet: Any) -> None:
        put(sheet, 3, {"title": "Advice, renamed"})
        put(sheet, 4, NEW)
        put(sheet, 5, {**NEW, "title": "Not wanted"})

    text = text_of(send(dana, filled(dana, edit)))
    assert "New entries 2 Changed entries 1 Unchanged 0 Problems 0" in text
    assert AssistanceActivity.objects.count() == 1
    assert "1 entry created, 1 entry changed." in text_of(take(dana, "3", "4"))
    existing.refresh_from_db()
    assert (existing.title, existing.source) == ("Advice, renamed", "entered")
    new = AssistanceActivity.objects.get(title="Training of clerks")
    assert (new.provider, new.provider_name, new.source, new.shared) == (dirk.party, "", "excel", True)
    assert (new.kind, new.status, new.amount_minor) == ("project", "planned", 120_050)
    assert (new.functional_areas, [place.code for place in new.reaches.all()]) == (["COO", "REC"], ["XA"])
    assert not WorkbookUpload.objects.exists()


@pytest.mark.parametrize(
    ("name", "value", "message"),
    [
        ("provider_name", None, "Say who provides it"),
        ("functional_areas", "NOPE", "“NOPE” is not among them"),
        ("included", None, "Name at least one country or region."),
        ("status", "dreamt", "is not among them"),
        ("period_end", "2020-01-01", "must not be before the start"),
        ("period_end", "01/02/2027", "Give a day, like 2026-03-31."),
        ("currency", "ZZZ", "“ZZZ” is no currency that is known."),
        ("currency", "XXX", "“XXX” is no currency that is known."),
        ("amount", "a lot", "Write digits only"),
        ("shared", "perhaps", "Write yes or no."),
    ],
)
def test_a_fault_is_told_with_its_cell_and_nothing_is_saved(
    world: World, dana: Persona, name: str, value: Any, message: str
) -> None:
    send(dana, filled(dana, lambda sheet: put(sheet, 3, {**NEW, name: value})))
    problems = {row["cell"]: row["message"] for row in WorkbookUpload.objects.get().problems}
    assert message in problems[f"{openpyxl.utils.get_column_letter(NAMES.index(name) + 1)}3"]
    take(dana, "3")
    assert not AssistanceActivity.objects.exists()


def test_anothers_entry_is_not_taken_over_and_another_kind_of_workbook_is_refused(
    world: World, dana: Persona, amina: Persona
) -> None:
    theirs = make_activity(amina, world["XA"], title="Theirs")
    row = {**NEW, "entry": str(theirs.uuid), "version": "1"}
    send(dana, filled(dana, lambda sheet: put(sheet, 3, row)))
    assert "There is none such of yours" in str(WorkbookUpload.objects.get().problems)
    offers = dana.client.get(dana.url("cooperation:offer-import-workbook")).content
    response = send(dana, offers)
    assert response.status_code == 422
    assert "Begin with the one to download here." in text_of(response)
    theirs.refresh_from_db()
    assert theirs.title == "Theirs"


def test_workbooks_of_both_kinds_wait_side_by_side(world: World, dana: Persona, vera: Persona, carl: Persona) -> None:
    send(dana, filled(dana, lambda sheet: put(sheet, 3, NEW)))
    dana.client.post(dana.url("cooperation:offer-import-discard"))
    assert WorkbookUpload.objects.get().kind == "assistance"
    page = dana.client.post(dana.url(f"{IMPORT}-discard"), follow=True)
    assert "No entry was changed." in text_of(page)
    assert not WorkbookUpload.objects.exists()
    assert vera.client.get(vera.url(IMPORT)).status_code == 403
    assert carl.client.get(carl.url(IMPORT)).status_code == 404
