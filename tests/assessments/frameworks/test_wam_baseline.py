"""The framework that comes with the portal."""

from __future__ import annotations

from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest
import yaml

import assessments.frameworks
from assessments.enums import FunctionalArea, Lens, LifeCycleStage, Technology
from assessments.frameworks import Framework, export_framework, framework_content, parse_framework, strict_yaml
from assessments.frameworks.export import CONTENT_TAG
from assessments.frameworks.schema import Group
from wam_portal.canonical import content_hash

FILE = Path(assessments.frameworks.__file__).parent / "wam-baseline-1.0.yaml"
PUBLISHED = "89a4fca224596c75d2f3bc4a8b4d79e2fd29539e6f8af32e4e5d4256f22f843a"


@cache
def framework() -> Framework:
    return parse_framework(FILE.read_bytes())


def test_it_has_the_ten_areas_and_84_indicators_with_permanent_keys() -> None:
    assert [node.code for node in framework().nodes] == FunctionalArea.values
    assert [node.functional_area for node in framework().nodes if isinstance(node, Group)] == FunctionalArea.values
    indicators = framework().indicators()
    assert len(indicators) == 84
    assert all(indicator.key == indicator.code.lower() for indicator in indicators)


def test_every_indicator_is_complete() -> None:
    for indicator in framework().indicators():
        assert [key for key, _text in indicator.levels] == ["1", "2", "3", "4", "5"], indicator.code
        assert indicator.guidance, indicator.code
        assert indicator.evidence, indicator.code
        assert indicator.references, indicator.code
        assert indicator.assistance_types, indicator.code
        assert indicator.stage, indicator.code
        assert indicator.target == "4", indicator.code
        assert indicator.weight in (Decimal(1), Decimal("1.5"), Decimal(2)), indicator.code


def test_every_stage_lens_and_technology_is_used() -> None:
    indicators = framework().indicators()
    assert {indicator.stage for indicator in indicators} == set(LifeCycleStage.values)
    assert {lens for indicator in indicators for lens in indicator.lenses} == set(Lens.values)
    assert {word for indicator in indicators for word in indicator.technologies} == set(Technology.values)


def test_the_file_is_written_as_the_exporter_writes_it() -> None:
    _header, content = FILE.read_text(encoding="utf-8").split("\n\n", 1)
    assert content == export_framework(framework())


def test_published_content_is_pinned() -> None:
    # Portals that run have published this content for good: to correct a text, raise the version in a new file.
    assert content_hash(CONTENT_TAG, framework_content(framework())) == PUBLISHED


def test_both_yaml_readers_give_the_same_framework(monkeypatch: pytest.MonkeyPatch) -> None:
    with_library = framework()
    monkeypatch.setattr(strict_yaml, "_LOADER", yaml.SafeLoader)
    assert parse_framework(FILE.read_bytes()) == with_library
