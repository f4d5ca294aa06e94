"""The PDF itself, looked at from outside: its text, its structure, its bytes."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pikepdf
import pytest

from assessments.public import ALL_KEYS
from assessments.release_keys import ALWAYS, GAPS, SUMMARY
from cooperation.dossiers.inputs import DossierInput, dossier_input
from cooperation.dossiers.rendering import dossier_source, render_dossier
from tests.cooperation.dossiers.samples import HASH, content, released
from tests.cooperation.dossiers.test_context import CANARIES
from wam_portal.pdf import render_here

# What a reader of the printed text can look for; marks and shades are looked at in the parts of the document.
PRINTED = {name: text for name, text in CANARIES.items() if name != "needs.tier"}


def source(language: str = "en", **changes: Any) -> DossierInput:
    """The sample for the Amber Fund."""
    return dossier_input(released(**changes), for_party="Amber Fund", language=language)


def text_of(pdf: Path) -> str:
    """What a reader's program finds in the file, in one line."""
    found = subprocess.run(["pdftotext", "-layout", str(pdf), "-"], capture_output=True, check=True, text=True)
    return " ".join(found.stdout.split())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where this module's files lie."""
    return tmp_path_factory.mktemp("dossiers")


@pytest.fixture(scope="module")
def english(folder: Path) -> Path:
    """The full dossier, made as the worker makes it."""
    path = folder / "english.pdf"
    path.write_bytes(render_dossier(source()).content)
    return path


@pytest.fixture(scope="module")
def arabic(folder: Path) -> Path:
    """The full dossier from right to left; the words stay English until there is an Arabic catalogue."""
    path = folder / "arabic.pdf"
    path.write_bytes(render_here(dossier_source(source("ar"))).content)
    return path


def test_the_text_holds_reference_needs_indicators_and_hash(english: Path) -> None:
    text = text_of(english)
    assert "XA-2026-003" in text
    assert HASH in text
    for need in content()["needs"]:
        assert need["uuid"] in text
        assert need["description"] in text
        for gap in need["gaps"]:
            assert gap["code"] in text
            assert gap["question"].split()[-1] in text


@pytest.mark.parametrize("keys", [SUMMARY, GAPS, ALL_KEYS, ALL_KEYS - {"contact", "needs.amount"}])
def test_the_text_holds_the_canaries_of_the_allowed_keys_only(keys: frozenset[str], tmp_path: Path) -> None:
    path = tmp_path / "some.pdf"
    path.write_bytes(render_here(dossier_source(source(keys=keys))).content)
    words = text_of(path)
    assert {key for key, canary in PRINTED.items() if canary in words} == (keys - ALWAYS) & PRINTED.keys()


@pytest.mark.parametrize("language", ["english", "arabic"])
def test_qpdf_finds_nothing_wrong(language: str, request: pytest.FixtureRequest) -> None:
    path = request.getfixturevalue(language)
    found = subprocess.run(["qpdf", "--check", str(path)], capture_output=True, check=False, text=True)
    assert found.returncode == 0, found.stdout + found.stderr
    assert "WARNING" not in found.stdout + found.stderr


@pytest.mark.parametrize(("language", "code"), [("english", "en"), ("arabic", "en")])
def test_the_file_is_tagged_with_language_title_and_bookmarks(
    language: str, code: str, request: pytest.FixtureRequest
) -> None:
    with pikepdf.open(request.getfixturevalue(language)) as pdf:
        assert pdf.Root.MarkInfo.Marked
        assert str(pdf.Root.Lang) == code
        assert pdf.Root.ViewerPreferences.DisplayDocTitle
        with pdf.open_metadata() as metadata:
            assert metadata["pdfuaid:part"] == "1"
            assert "XA-2026-003" in metadata["dc:title"]
        with pdf.open_outline() as outline:
            first_level = len(outline.root)
            assert first_level >= 8
            assert all(item.title for item in outline.root)
        assert str(pdf.docinfo["/CreationDate"]).startswith("D:20260601")


def elements(node: Any) -> Iterator[Any]:
    """All structure elements below a node."""
    kids = node.get("/K")
    if kids is None:
        return
    for kid in kids if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(kid, pikepdf.Dictionary) and "/S" in kid:
            yield kid
            yield from elements(kid)


def test_headings_tables_and_described_figures_are_in_the_structure(english: Path) -> None:
    with pikepdf.open(english) as pdf:
        found = list(elements(pdf.Root.StructTreeRoot))
        kinds = {str(item.S) for item in found}
        assert {"/H1", "/H2", "/Table", "/TH", "/TD", "/Figure", "/Caption", "/P", "/Link"} <= kinds
        figures = [item for item in found if item.S == "/Figure"]
        assert len(figures) > 5
        assert [item for item in figures if not str(item.get("/Alt", ""))] == []


def test_the_outline_follows_the_contents(english: Path) -> None:
    with pikepdf.open(english) as pdf, pdf.open_outline() as outline:
        titles = [item.title for item in outline.root]
        needs = next(item for item in outline.root if item.title == "Needs")
        assert titles[1:3] == ["Summary", "Needs"]
        assert titles[-1] == "Annex: trace"
        assert [item.title for item in needs.children] == ["Need 1: Stockpile management", "Need 2: Record-keeping"]


def test_every_page_but_the_cover_bears_reference_short_hash_and_number(english: Path) -> None:
    with pikepdf.open(english) as pdf:
        pages = len(pdf.pages)
    for number in range(2, pages + 1):
        found = subprocess.run(
            ["pdftotext", "-layout", "-f", str(number), "-l", str(number), str(english), "-"],
            capture_output=True,
            check=True,
            text=True,
        )
        text = " ".join(found.stdout.split())
        assert "XA-2026-003" in text
        assert "Made for Amber Fund" in text
        assert HASH[:12] in text
        assert f"{number} / {pages}" in text or f"{number}/{pages}" in text.replace(" ", "")


def test_fonts_are_embedded_and_of_the_noto_family(english: Path, arabic: Path) -> None:
    for path in (english, arabic):
        found = subprocess.run(["pdffonts", str(path)], capture_output=True, check=True, text=True)
        rows = found.stdout.splitlines()[2:]
        assert rows
        assert all("Noto" in row for row in rows)
        assert all(row.split()[-5] == "yes" for row in rows)


def test_the_same_input_gives_the_same_bytes_in_another_process(english: Path) -> None:
    assert render_dossier(source()).content == english.read_bytes()


def test_another_recipient_gives_another_file(english: Path) -> None:
    other = dossier_input(released(), for_party="Basalt Fund", language="en")
    with pikepdf.open(english) as first:
        identifier = bytes(first.trailer.ID[0])
    content_of_other = render_here(dossier_source(other)).content
    assert content_of_other != english.read_bytes()
    assert identifier not in content_of_other


def test_english_words_of_an_arabic_dossier_keep_their_order() -> None:
    html = dossier_source(source("ar")).html
    assert '<span dir="ltr">No.</span>' in html
    assert '<span dir="ltr">No.</span>' not in dossier_source(source("en")).html
