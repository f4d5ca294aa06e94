"""The French texts of the framework that the portal brings."""

from __future__ import annotations

from pathlib import Path

from assessments.frameworks.parser import parse_framework
from assessments.frameworks.texts import source_texts

FRAMEWORKS = Path(__file__).resolve().parents[3] / "assessments" / "frameworks"


def test_every_text_of_the_framework_is_in_french() -> None:
    name = "wam-baseline-1.0"
    french = {f"{name}.fr.yaml": (FRAMEWORKS / f"{name}.fr.yaml").read_bytes()}
    framework = parse_framework((FRAMEWORKS / f"{name}.yaml").read_bytes(), beside=french)
    [translation] = framework.translations
    texts = dict(translation.texts)
    sources = {slot: source.text for slot, source in source_texts(framework).items()}
    assert translation.language == "fr"
    assert texts.keys() == sources.keys()
    assert len(texts) > 800
    # A text left in English would be equal; some words are the same in both languages.
    assert {texts[slot] for slot in texts if texts[slot] == sources[slot]} <= {"Budget"}
