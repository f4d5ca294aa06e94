"""Translations in a framework file and beside it: read along the texts they translate, every mistake at once."""

from __future__ import annotations

import copy
from pathlib import Path
from typing import Any

import pytest

from assessments.frameworks import (
    FrameworkErrors,
    framework_content,
    framework_files,
    framework_from,
    parse_framework,
    read_framework_file,
)
from assessments.frameworks.strict_yaml import Document
from assessments.frameworks.texts import completeness_percent, source_texts
from assessments.frameworks.tree import FrameworkText, language_of
from tests.assessments.frameworks.documents import as_yaml, small_document

FRENCH: dict[str, Any] = {
    "title": "Petit",
    "scales": {"three": {"options": {"1": {"label": "Rien"}}}},
    "nodes": {
        "sto": {"title": "Stockage"},
        "sto-01": {"question": "Est-ce ainsi ?", "evidence": ["", "Registre"], "levels": {"2": "En partie."}},
    },
}


def document(**translations: Any) -> dict[str, Any]:
    made = small_document()
    made["nodes"][0]["nodes"][0]["evidence"] = ["Law", "Register"]
    return made | ({"translations": translations} if translations else {})


def problems(made: Any, beside: dict[str, str] | None = None) -> list[tuple[str, str, str]]:
    with pytest.raises(FrameworkErrors) as caught:
        parse_framework(as_yaml(made), beside)
    return [(error.file, error.path, error.message) for error in caught.value.errors]


def test_texts_are_kept_by_their_place_in_the_order_of_the_framework() -> None:
    (french,) = parse_framework(as_yaml(document(fr=FRENCH))).translations
    assert french.language == "fr"
    assert french.texts == (
        (("title",), "Petit"),
        (("scales", "three", "options", "1", "label"), "Rien"),
        (("nodes", "sto", "title"), "Stockage"),
        (("nodes", "sto-01", "question"), "Est-ce ainsi ?"),
        (("nodes", "sto-01", "levels", "2"), "En partie."),
        (("nodes", "sto-01", "evidence", "1"), "Registre"),
    )


def test_every_mistake_is_told_at_once_with_its_place() -> None:
    wrong = {
        "title": "x" * 201,
        "subtitle": "?",
        "scales": {"four": {"title": "?"}, "three": {"options": {"9": {"label": "?"}, "1": {"meaning": "?"}}}},
        "nodes": {
            "tra": {"title": "?"},
            "sto": {"title": "two\nlines", "question": "?", "scope": "?"},
            "sto-01": {"evidence": ["one"], "levels": {"1": ["?"], "4": "?"}, "guidance": "?"},
        },
    }
    found = problems(document(fr=wrong, en={"title": "?"}, French={"title": "?"}, FR={"title": "?"}))
    assert sorted(path for _file, path, _message in found) == [
        "translations.FR",
        "translations.French",
        "translations.en",
        "translations.fr.nodes.sto-01.evidence",
        "translations.fr.nodes.sto-01.guidance",
        "translations.fr.nodes.sto-01.levels.1",
        "translations.fr.nodes.sto-01.levels.4",
        "translations.fr.nodes.sto.question",
        "translations.fr.nodes.sto.scope",
        "translations.fr.nodes.sto.title",
        "translations.fr.nodes.tra",
        "translations.fr.scales.four",
        "translations.fr.scales.three.options.1.meaning",
        "translations.fr.scales.three.options.9",
        "translations.fr.subtitle",
        "translations.fr.title",
    ]
    messages = {path: message for _file, path, message in found}
    assert messages["translations.fr.nodes.tra"] == "There is no heading, area or indicator “tra”."
    assert messages["translations.fr.scales.three.options.9"] == "The scale “three” has no option “9”."
    assert messages["translations.fr.title"] == "The text has 201 characters; at most 200 are allowed."
    assert "leave an item empty to skip it" in messages["translations.fr.nodes.sto-01.evidence"]


def test_mistake_in_a_node_is_not_told_again_for_its_translation() -> None:
    spoilt = document(fr=FRENCH | {"notice": "?"})
    spoilt["nodes"][0]["nodes"][0]["key"] = "STO 01"
    assert [path for _file, path, _message in problems(spoilt)] == ["nodes[0].nodes[0].key", "translations.fr.notice"]


def test_translation_beside_the_file_is_as_good_as_one_within(tmp_path: Path) -> None:
    file = tmp_path / "small-1.0.yaml"
    file.write_text(as_yaml(document()), encoding="utf-8")
    (tmp_path / "small-1.0.fr.yaml").write_text(as_yaml({"fr": FRENCH}), encoding="utf-8")
    (tmp_path / "small-1.0.extra.yaml").write_text(as_yaml(document() | {"key": "other"}), encoding="utf-8")
    read = read_framework_file(file)
    assert list(read.beside) == ["small-1.0.fr.yaml"]
    assert parse_framework(read.document, read.beside) == parse_framework(as_yaml(document(fr=FRENCH)))
    assert [one.name for one in framework_files(tmp_path)] == ["small-1.0.extra.yaml", "small-1.0.yaml"]


def test_mistakes_in_a_file_beside_are_told_with_its_name_and_lines() -> None:
    text = "fr:\n  title: Petit\n  nodes:\n    tra: {title: x}\n"
    (found,) = problems(document(), {"small.fr.yaml": text})
    assert found[:2] == ("small.fr.yaml", "fr.nodes.tra")
    with pytest.raises(FrameworkErrors, match=r"line 4, small\.fr\.yaml, fr\.nodes\.tra: There is no heading"):
        parse_framework(as_yaml(document()), {"small.fr.yaml": text})
    for wrong in ("title: Petit\n", "fr: [", "es: {title: x}\n"):
        assert [file for file, _path, _message in problems(document(), {"small.fr.yaml": wrong})] == ["small.fr.yaml"]
    (twice,) = problems(document(fr=FRENCH), {"small.fr.yaml": text})
    assert twice == ("small.fr.yaml", "fr", "The framework itself holds this translation already.")


def test_completeness_counts_the_texts_of_the_framework() -> None:
    framework = parse_framework(as_yaml(document(fr=FRENCH)))
    assert len(source_texts(framework)) == 16
    assert completeness_percent(framework, framework.translations[0]) == 37


def test_copy_of_a_text_keeps_its_language() -> None:
    text = copy.deepcopy(FrameworkText("Stockage", "fr"))
    assert (text, language_of(text), language_of("Stockage")) == ("Stockage", "fr", "")


def test_content_does_not_depend_on_translations() -> None:
    with_french, without = (parse_framework(as_yaml(made)) for made in (document(fr=FRENCH), document()))
    assert framework_content(with_french) == framework_content(without)


def test_plain_values_of_another_format_are_read_alike_and_tell_the_steps_to_a_mistake() -> None:
    plain = Document(
        {"key": "small", "version": "1", "title": "Small", "language": "en", "scales": [], "nodes": []},
        {("nodes",): 7},
    )
    with pytest.raises(FrameworkErrors) as caught:
        framework_from(plain)
    assert [(error.line, error.steps) for error in caught.value.errors] == [(0, ("scales",)), (7, ("nodes",))]
