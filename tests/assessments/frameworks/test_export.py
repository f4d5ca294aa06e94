"""Writing frameworks: what is written reads back the same, and content does not depend on how it was said."""

from __future__ import annotations

import json
from decimal import Decimal

import yaml
from hypothesis import HealthCheck, given, settings

from assessments.frameworks import Framework, export_framework, framework_content, parse_framework
from tests.assessments.frameworks.documents import as_yaml, frameworks, small_document


@given(frameworks())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_every_framework_survives_being_written_and_read(framework: Framework) -> None:
    assert parse_framework(export_framework(framework)) == framework


@given(frameworks())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_writing_is_stable(framework: Framework) -> None:
    written = export_framework(framework)
    assert export_framework(parse_framework(written)) == written
    assert framework_content(parse_framework(written)) == framework_content(framework)


def test_content_is_the_same_whether_defaults_are_written_or_left_out() -> None:
    short = small_document()
    long = small_document()
    long["default_scale"] = "three"
    long["nodes"][0]["nodes"][0] |= {"scale": "three", "target": "2", "weight": "1.00"}
    long["scales"][0]["options"].reverse()
    contents = [framework_content(parse_framework(as_yaml(document))) for document in (short, long)]
    assert contents[0] == contents[1]


def test_content_is_plain_json_and_changes_with_any_text() -> None:
    document = small_document()
    document["nodes"][0]["nodes"][0]["weight"] = 2.5
    framework = parse_framework(as_yaml(document))
    content = framework_content(framework)
    assert json.loads(json.dumps(content)) == content
    assert content["nodes"][0]["nodes"][0]["weight"] == "2.5"
    document["nodes"][0]["nodes"][0]["levels"]["2"] = "In part!"
    assert framework_content(parse_framework(as_yaml(document))) != content


def test_ordinary_yaml_tools_read_the_file_with_the_types_it_means() -> None:
    document = small_document()
    document["nodes"][0]["nodes"][0]["weight"] = 2.5
    plain = yaml.safe_load(export_framework(parse_framework(as_yaml(document))))
    assert plain["version"] == "1.0"
    assert plain["scales"][0]["options"][0] == {"key": "1", "value": 1, "label": "None"}
    assert plain["nodes"][0]["nodes"][0]["weight"] == 2.5
    assert Decimal(str(plain["nodes"][0]["nodes"][0]["weight"])) == Decimal("2.5")
