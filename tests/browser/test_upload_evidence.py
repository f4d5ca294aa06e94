"""Evidence is sent in a real browser: several files at once, chosen or dropped, with and without scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from assessments.models import Evidence, FrameworkVersion
from tests.assessments.factories import make_assessment
from tests.browser.conftest import OpenAs
from tests.personas import Persona
from tests.sample_files import pdf, picture

DROP = """(zone, files) => {
  const carried = new DataTransfer();
  for (const [name, text] of files) carried.items.add(new File([text], name, {type: "text/plain"}));
  for (const name of ["dragover", "drop"])
    zone.dispatchEvent(new DragEvent(name, {bubbles: true, cancelable: true, dataTransfer: carried}));
}"""


@pytest.fixture
def papers(tmp_path: Path) -> list[str]:
    """A law, a picture, and a program under a name that says something else."""
    files = {"law.pdf": pdf(), "gate.png": picture("PNG"), "report.pdf": b"MZ\x90\x00" + b"\0" * 60}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    return [str(tmp_path / name) for name in files]


def library(person: Persona) -> dict[str, str]:
    """What the State holds, with the classification of each."""
    return dict(Evidence.objects.filter(state=person.party).values_list("title", "classification"))


def check_what_became_of_the_three(page: Page) -> None:
    results = page.get_by_role("region", name="2 files are kept. 1 file is refused.")
    expect(results.get_by_role("listitem")).to_have_count(3)
    expect(results.get_by_role("link", name="law", exact=True)).to_be_visible()
    expect(results.locator(".is-refused")).to_contain_text("report.pdf")


def test_chosen_files_are_listed_sent_with_progress_and_reported_one_by_one(
    open_as: OpenAs, amina: Persona, papers: list[str]
) -> None:
    page = open_as(amina, amina.url("assessments:evidence-upload"))
    page.get_by_label("Files").set_input_files(papers)
    expect(page.locator("[data-chosen] li")).to_have_text(["law.pdf 1 kB", "gate.png 1 kB", "report.pdf 1 kB"])
    page.get_by_label("Restricted").check()
    held: list[Route] = []
    page.route("**/evidence/upload/", lambda route: held.append(route))  # noqa: PLW0108  (Playwright marks what it is given)
    page.get_by_role("button", name="Upload").click()
    expect(page.get_by_role("progressbar", name="Upload")).to_be_visible()
    expect(page.get_by_role("button", name="Upload")).to_be_disabled()

    held.pop().abort()
    expect(page.get_by_text("Not sent: the connection failed.")).to_be_visible()
    expect(page.locator("[data-chosen] li")).to_have_count(3)
    page.unroute("**/evidence/upload/")
    page.get_by_role("button", name="Upload").click()
    check_what_became_of_the_three(page)
    expect(page.locator("#upload-results")).to_be_focused()
    expect(page.locator("[data-chosen] li")).to_have_count(0)
    expect(page.get_by_role("progressbar")).to_be_hidden()
    assert library(amina) == {"law": "restricted", "gate": "restricted"}


def test_files_dropped_on_an_indicator_are_attached_to_it(
    open_as: OpenAs, amina: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    page = open_as(amina, amina.url("assessments:answer-edit", assessment.uuid, "sto-01"))
    block = page.locator("#evidence-sto-01")
    block.get_by_text("Upload new evidence").click()
    expect(block.get_by_text("or drop files here")).to_be_visible()
    files: list[Any] = [["count.txt", "Counted in May."], ["visit.txt", "Seen in June."]]
    block.locator("[data-dropzone]").evaluate(DROP, files)
    expect(block.locator("[data-chosen] li")).to_have_count(2)
    block.get_by_role("button", name="Upload and attach").click()
    expect(block.locator(".evidence-list li")).to_have_count(2)
    expect(block.locator(".evidence-list")).to_contain_text("visit")
    # The answer came without a new page: what is dropped next is taken as well.
    block.locator("[data-dropzone]").evaluate(DROP, [["list.txt", "Twelve stores."]])
    block.get_by_role("button", name="Upload and attach").click()
    expect(block.locator(".evidence-list li")).to_have_count(3)


def test_without_scripts_the_same_form_takes_several_files(open_as: OpenAs, amina: Persona, papers: list[str]) -> None:
    page = open_as(amina, amina.url("assessments:evidence-upload"), java_script_enabled=False)
    page.get_by_label("Files").set_input_files(papers)
    expect(page.get_by_text("or drop files here")).to_be_hidden()
    page.get_by_label("Public").check()
    page.get_by_role("button", name="Upload").click()
    check_what_became_of_the_three(page)
    assert library(amina) == {"law": "public", "gate": "public"}
