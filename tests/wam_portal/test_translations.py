"""Every text of code and templates has a translation, in each language that we have, that can be filled in alike."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import polib
import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCES = ("manage.py", "wam_portal", "assessments", "cooperation", "templates")
CATALOGUES = sorted((ROOT / "locale").glob("*/LC_MESSAGES/django.po"))
FRENCH = ROOT / "locale/fr/LC_MESSAGES/django.po"
# %(name)s, %s, {name}, and the tags of a text with markup.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[sd]|\{\w*\}|</?\w+[^>]*>")
COMPILED = shutil.ignore_patterns("__pycache__", "*.mo")


@pytest.fixture(scope="module")
def texts_in_use(tmp_path_factory: pytest.TempPathFactory) -> list[polib.POEntry]:
    """All texts of code and templates, collected in a copy: the collector writes files beside those it reads."""
    copy = tmp_path_factory.mktemp("sources")
    for name in SOURCES:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, copy / name, ignore=COMPILED)
        else:
            shutil.copy(source, copy / name)
    (copy / "locale").mkdir()
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "--locale=fr", "--no-location", "--verbosity=0"],
        cwd=copy,
        env=os.environ | {"PYTHONPATH": str(copy), "DJANGO_SETTINGS_MODULE": "wam_portal.settings.test"},
        check=True,
        capture_output=True,
    )
    return list(polib.pofile(str(copy / "locale/fr/LC_MESSAGES/django.po")))


def faults(wanted: list[polib.POEntry], given: list[polib.POEntry]) -> list[str]:
    """What keeps the translations from being whole: texts without one, doubtful ones, other placeholders."""
    by_text = {(entry.msgctxt, entry.msgid): entry for entry in given if not entry.obsolete}
    found = []
    for text in wanted:
        entry = by_text.get((text.msgctxt, text.msgid))
        if entry is not None and entry.fuzzy:
            found.append(f"doubtful: {text.msgid}")
        elif entry is None or not entry.translated() or bool(entry.msgid_plural) != bool(text.msgid_plural):
            found.append(f"no translation: {text.msgid}")
        elif not fits(entry):
            found.append(f"other placeholders: {text.msgid}")
    return found


def fits(entry: polib.POEntry) -> bool:
    """Tell whether a translation takes exactly what its source takes; a singular may leave the number unsaid."""
    if not entry.msgid_plural:
        return holes(entry.msgstr) == holes(entry.msgid)
    *singular, plural = (holes(form) for _number, form in sorted(entry.msgstr_plural.items()))
    return plural == holes(entry.msgid_plural) and all(set(form) <= set(plural) for form in singular)


def holes(text: str) -> list[str]:
    """The placeholders and tags of a text, in any order."""
    return sorted(PLACEHOLDER.findall(text))


@pytest.mark.parametrize("path", CATALOGUES, ids=lambda path: path.parts[-3])
def test_every_text_of_code_and_templates_is_translated(path: Path, texts_in_use: list[polib.POEntry]) -> None:
    assert len(texts_in_use) > 1000
    assert faults(texts_in_use, list(polib.pofile(str(path)))) == []


def test_french_is_among_our_languages() -> None:
    assert FRENCH in CATALOGUES


@pytest.mark.parametrize(
    ("translation", "fault"),
    [
        (None, "no translation"),
        ({"msgstr": ""}, "no translation"),
        ({"msgstr": "lacune de %(state)s", "obsolete": True}, "no translation"),
        ({"msgstr": "lacune de %(state)s", "flags": ["fuzzy"]}, "doubtful"),
        ({"msgstr": "lacune de %(name)s"}, "other placeholders"),
        ({"msgstr": "lacune"}, "other placeholders"),
    ],
)
def test_the_check_finds_what_is_not_translated(translation: dict[str, Any] | None, fault: str) -> None:
    text = "gap of %(state)s"
    given = [] if translation is None else [polib.POEntry(msgid=text, **translation)]
    assert faults([polib.POEntry(msgid=text)], given) == [f"{fault}: {text}"]


def test_a_singular_may_leave_its_number_unsaid_and_a_plural_may_not() -> None:
    text = {"msgid": "%(count)d gap", "msgid_plural": "%(count)d gaps"}
    good = polib.POEntry(**text, msgstr_plural={0: "une lacune", 1: "%(count)d lacunes"})
    bad = polib.POEntry(**text, msgstr_plural={0: "%(count)d lacune", 1: "des lacunes"})
    half = polib.POEntry(**text, msgstr_plural={0: "%(count)d lacune", 1: ""})
    assert faults([good], [good]) == []
    assert faults([bad], [bad]) == ["other placeholders: %(count)d gap"]
    assert faults([half], [half]) == ["no translation: %(count)d gap"]


def test_french_punctuation_stays_with_its_word() -> None:
    words = [text for entry in polib.pofile(str(FRENCH)) for text in (entry.msgstr, *entry.msgstr_plural.values())]
    assert [text for text in words if re.search(r"[ \w][;!?»]| :|« |\w'\w", text)] == []
