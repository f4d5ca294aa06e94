"""Reading framework files: what is taken over, and that every problem is told at once with its place."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from assessments.enums import NodeKind
from assessments.frameworks import FrameworkErrors, parse_framework
from assessments.frameworks.schema import Group
from tests.assessments.frameworks.documents import as_yaml, foreign_document, small_document, small_indicator


def problems(document: Any) -> list[tuple[str, str]]:
    text = document if isinstance(document, str | bytes) else as_yaml(document)
    with pytest.raises(FrameworkErrors) as caught:
        parse_framework(text)
    return [(error.path, error.message) for error in caught.value.errors]


def test_defaults_are_filled_in_and_numbers_stay_exact() -> None:
    document = small_document()
    document["nodes"][0]["nodes"][1] |= {"weight": 0.1, "target": "3"}
    first, second = parse_framework(as_yaml(document)).indicators()
    assert (first.scale, first.target, first.weight) == ("three", "2", Decimal(1))
    assert (second.scale, second.target, second.weight) == ("three", "3", Decimal("0.1"))
    assert second.levels == (("1", "Not at all."), ("2", "In part."), ("3", "In full."))


def test_plain_words_and_numbers_stay_what_the_author_wrote() -> None:
    framework = parse_framework("""
        key: plain
        version: 1.10
        title: no
        language: en
        scales:
          - key: yes-no
            target: yes
            options:
              - {key: yes, value: 1, label: yes, meaning: It is so}
              - {key: no, value: 0, label: no, meaning: It is not so}
        nodes:
          - {kind: heading, key: on, title: 2024-01-01, nodes: [{kind: indicator, key: q, code: 1.0, question: off}]}
        """)
    assert (framework.version, framework.title, framework.nodes[0].key) == ("1.10", "no", "on")
    assert [option.key for option in framework.scales[0].options] == ["no", "yes"]
    indicator = framework.indicators()[0]
    assert (indicator.code, indicator.question, indicator.target) == ("1.0", "off", "yes")


def test_foreign_framework_of_120_items_reads_without_areas() -> None:
    framework = parse_framework(as_yaml(foreign_document()))
    indicators = framework.indicators()
    assert len(indicators) == 120
    assert {indicator.scale for indicator in indicators} == {"capability", "yes-no"}
    assert {indicator.weight for indicator in indicators} == {Decimal(1), Decimal("0.5"), Decimal("2.25")}
    assert all(isinstance(node, Group) and node.kind == NodeKind.HEADING for node in framework.nodes)
    partly = next(indicator for indicator in indicators if indicator.scale == "yes-no")
    assert partly.target == "partly"


def test_options_are_ordered_by_value_whatever_the_order_of_the_file() -> None:
    framework = parse_framework(as_yaml(foreign_document(1, 1, 1)))
    assert [option.key for option in framework.scales[1].options] == ["no", "partly", "yes"]


def spoil_key(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][1]["key"] = "sto-01"


def spoil_code(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][1]["code"] = "STO-01"


def spoil_area(document: dict[str, Any]) -> None:
    document["nodes"][0]["functional_area"] = "XYZ"


def spoil_scale(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["scale"] = "five"


def spoil_target(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["target"] = "4"


def spoil_level(document: dict[str, Any]) -> None:
    del document["nodes"][0]["nodes"][0]["levels"]["2"]


def spoil_levels(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["levels"]["9"] = "Beyond."


def spoil_text(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["question"] = "x" * 1001


def spoil_field(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["colour"] = "red"


def spoil_kind(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["kind"] = "question"


def spoil_weight(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["weight"] = -1


def spoil_weight_places(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["weight"] = 0.333


def spoil_lens(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["lenses"] = ["gender", "money"]


def spoil_words(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["lenses"] = ["gender", "gender"]


def spoil_list(document: dict[str, Any]) -> None:
    document["nodes"][0]["nodes"][0]["evidence"] = "one"


def spoil_line(document: dict[str, Any]) -> None:
    document["nodes"][0]["title"] = "two\nlines"


def spoil_character(document: dict[str, Any]) -> None:
    document["nodes"][0]["title"] = "evil \u202etxt"


def spoil_option(document: dict[str, Any]) -> None:
    document["scales"][0]["options"][1]["value"] = 1


def spoil_option_value(document: dict[str, Any]) -> None:
    document["scales"][0]["options"][1]["value"] = 1.5


def spoil_scale_target(document: dict[str, Any]) -> None:
    document["scales"][0]["target"] = "7"


def spoil_version(document: dict[str, Any]) -> None:
    del document["version"]


def spoil_language(document: dict[str, Any]) -> None:
    document["language"] = "English"


def spoil_place(document: dict[str, Any]) -> None:
    document["nodes"].append(small_indicator("top-01"))


def spoil_deep(document: dict[str, Any]) -> None:
    node = small_indicator("deep")
    for depth in range(8):
        node = {"kind": "heading", "key": f"h{depth}", "title": "Deeper", "nodes": [node]}
    document["nodes"] = [node]


def spoil_everything(document: dict[str, Any]) -> None:
    document["nodes"] = []


SPOILED: list[tuple[Callable[[dict[str, Any]], None], str, str]] = [
    (spoil_key, "nodes[0].nodes[1].key", "The key “sto-01” is already used at line 25."),
    (spoil_code, "nodes[0].nodes[1].code", "The code “STO-01” is already used at line 25."),
    (spoil_area, "nodes[0].functional_area", "“XYZ” is not known here; use one of: COO, LEG, TRA"),
    (spoil_scale, "nodes[0].nodes[0].scale", "There is no scale “five”."),
    (spoil_target, "nodes[0].nodes[0].target", "The scale “three” has no option “4”."),
    (spoil_level, "nodes[0].nodes[0].levels", "The text for option “2” is missing."),
    (spoil_levels, "nodes[0].nodes[0].levels.9", "The scale “three” has no option “9”."),
    (spoil_text, "nodes[0].nodes[0].question", "The text has 1001 characters; at most 1000 are allowed."),
    (spoil_field, "nodes[0].nodes[0].colour", "“colour” is not a field known here."),
    (spoil_kind, "nodes[0].nodes[0].kind", "The kind of a node must be one of: heading, area, indicator."),
    (spoil_weight, "nodes[0].nodes[0].weight", "The number must lie between 0.01 and 100."),
    (spoil_weight_places, "nodes[0].nodes[0].weight", "At most 2 decimal places are kept."),
    (spoil_lens, "nodes[0].nodes[0].lenses[1]", "“money” is not known here; use one of: gender, risk"),
    (spoil_words, "nodes[0].nodes[0].lenses[1]", "“gender” is given twice."),
    (spoil_list, "nodes[0].nodes[0].evidence", "A list is expected here."),
    (spoil_line, "nodes[0].title", "This must be one line."),
    (spoil_character, "nodes[0].title", "The text holds a character that cannot be printed."),
    (spoil_option, "scales[0].options[1].value", "Another option has this value."),
    (spoil_option_value, "scales[0].options[1].value", "A whole number is expected."),
    (spoil_scale_target, "scales[0].target", "The scale has no option “7”."),
    (spoil_version, "version", "This is required."),
    (spoil_language, "language", "“English” is not a language tag, like en, fr or zh-Hans."),
    (spoil_place, "nodes[1]", "An indicator must stand below a heading or an area."),
    (spoil_deep, "nodes[0]" + ".nodes[0]" * 7 + ".nodes", "Nodes are nested more than 8 levels deep."),
    (spoil_everything, "nodes", "The framework holds no indicator."),
]


@pytest.mark.parametrize(("spoil", "path", "message"), SPOILED, ids=[case[0].__name__ for case in SPOILED])
def test_one_fault_gives_one_message_at_its_place(
    spoil: Callable[[dict[str, Any]], None], path: str, message: str
) -> None:
    document = small_document()
    spoil(document)
    ((found_path, found_message),) = problems(document)
    assert found_path == path
    assert found_message.startswith(message)


def test_all_faults_are_told_at_once_in_the_order_of_the_file() -> None:
    document = small_document()
    for spoil in (spoil_area, spoil_field, spoil_level, spoil_weight, spoil_code, spoil_language):
        spoil(document)
    assert [path for path, _message in problems(document)] == [
        "language",
        "nodes[0].functional_area",
        "nodes[0].nodes[0].levels",
        "nodes[0].nodes[0].colour",
        "nodes[0].nodes[0].weight",
        "nodes[0].nodes[1].code",
    ]


def test_each_problem_names_its_line() -> None:
    text = as_yaml(small_document()).replace("functional_area: STO", "functional_area: QQQ")
    with pytest.raises(FrameworkErrors) as caught:
        parse_framework(text)
    (error,) = caught.value.errors
    assert text.splitlines()[error.line - 1].strip() == "functional_area: QQQ"
    assert str(error).startswith(f"line {error.line}, nodes[0].functional_area: “QQQ”")


def test_indicator_may_leave_texts_out_only_where_its_options_are_explained() -> None:
    document = small_document()
    del document["nodes"][0]["nodes"][0]["levels"]
    assert [message for _path, message in problems(document)] == [
        f"The text for option “{key}” is missing." for key in "123"
    ]
    for option in document["scales"][0]["options"]:
        option["meaning"] = "Explained."
    assert parse_framework(as_yaml(document)).indicators()[0].levels == ()


def test_broken_scale_is_told_once_and_not_at_every_indicator() -> None:
    document = small_document()
    document["scales"][0]["options"][2]["key"] = "Not A Key"
    assert [path for path, _message in problems(document)] == ["scales[0].options[2].key"]


def test_name_given_twice_is_refused_with_both_lines() -> None:
    text = as_yaml(small_document()).replace("title: Storage\n", "title: Storage\n  title: Stores\n")
    ((path, message),) = problems(text)
    assert path == "nodes[0]"
    assert message.startswith("“title” is given twice (again on line ")


BOMB = "a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]\n"
HOSTILE = [
    (BOMB, "Aliases (*name) are not allowed; write the text out."),
    ("key: !!python/object/apply:os.system ['true']\n", "Tags (!name) are not allowed."),
    ("key: !secret x\n", "Tags (!name) are not allowed."),
    ("[" * 100_000, "The file is nested more than 32 levels deep."),
    ("a: {" * 50_000, "The file is nested more than 32 levels deep."),
    ("a: 1\n---\nb: 2\n", "The file holds several YAML documents; keep one."),
    ("? [a, b]\n: c\n", "A name in a mapping must be plain text."),
    (b"\xff\xfe\x00", "The file is not UTF-8 text."),
    ("a: \x00\n", "This is not valid YAML"),
    ("a: 'open\n", "This is not valid YAML"),
    ("a: b: c\n", "This is not valid YAML"),
    ("x" * (4 * 1024 * 1024 + 1), "The file is larger than 4 MB."),
    ("a: 1\n" * 260_000, "The file holds more than 250000 values."),
    ("", "A mapping of names and values is expected here."),
    ("- 1\n- 2\n", "A mapping of names and values is expected here."),
    ("just text", "A mapping of names and values is expected here."),
]


@pytest.mark.parametrize(("text", "message"), HOSTILE, ids=[str(number) for number in range(len(HOSTILE))])
def test_hostile_or_broken_yaml_is_refused_with_a_sentence(text: str | bytes, message: str) -> None:
    assert any(found.startswith(message) for _path, found in problems(text))


def test_file_with_endless_problems_is_told_a_bounded_number() -> None:
    text = as_yaml(small_document()) + "".join(f"wrong-{number}: x\n" for number in range(5000))
    assert len(problems(text)) == 500


def test_too_many_nodes_are_refused_without_reading_them_all() -> None:
    document = small_document()
    document["nodes"] = [
        {
            "kind": "heading",
            "key": f"h{part}",
            "title": "Part",
            "nodes": [{"kind": "heading", "key": f"h{part}-{number}", "title": "Chapter"} for number in range(1700)],
        }
        for part in range(3)
    ]
    document["nodes"][0]["nodes"][0]["nodes"] = [small_indicator("sto-01")]
    assert "There are more than 5000 nodes." in [message for _path, message in problems(document)]


PLAIN = st.recursive(
    st.one_of(
        st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=8), st.sampled_from(["area", "1"])
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(["key", "kind", "nodes", "scales", "options", "levels", "target", "title", "weight", "x"]),
            inner,
            max_size=5,
        ),
    ),
    max_leaves=25,
)


@given(PLAIN)
@settings(deadline=None)
def test_any_yaml_value_is_answered_with_framework_errors_only(value: Any) -> None:
    assert problems(as_yaml(value))


@given(st.text(max_size=80))
@settings(deadline=None)
def test_any_text_is_answered_with_framework_errors_only(text: str) -> None:
    assert problems(text)
