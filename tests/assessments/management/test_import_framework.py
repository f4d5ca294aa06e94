"""The command that brings frameworks in."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

import assessments.frameworks
from assessments.enums import FrameworkStatus, NodeKind
from assessments.frameworks.workbook_template import EXAMPLE, framework_template, framework_workbook
from assessments.models import FrameworkVersion, Node
from tests.assessments.frameworks.documents import as_yaml, small_document

pytestmark = pytest.mark.django_db


def run(file: Path, *options: str) -> str:
    out = io.StringIO()
    call_command("import_framework", str(file), *options, stdout=out)
    return out.getvalue()


def test_our_own_framework_is_imported_and_published() -> None:
    file = Path(assessments.frameworks.__file__).parent / "wam-baseline-1.0.yaml"
    assert run(file, "--publish").startswith("wam-baseline 1.0 (84 indicators): created, published.")
    assert FrameworkVersion.objects.get().status == FrameworkStatus.PUBLISHED
    assert Node.objects.filter(kind=NodeKind.INDICATOR).count() == 84
    assert Node.objects.filter(kind=NodeKind.AREA).count() == 10
    assert "is unchanged" in run(file, "--publish")


def test_dry_run_says_what_would_happen_and_writes_nothing(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(as_yaml(small_document()))
    assert run(file, "--dry-run").startswith("small 1.0 (2 indicators): would be created.")
    assert not FrameworkVersion.objects.exists()


def test_every_problem_is_printed_with_its_place_and_the_command_fails(tmp_path: Path) -> None:
    document = small_document()
    document["nodes"][0]["functional_area"] = "XYZ"
    document["nodes"][0]["nodes"][1]["code"] = "STO-01"
    file = tmp_path / "wrong.yaml"
    file.write_text(as_yaml(document))
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"2 problem\(s\), nothing was imported") as caught:
        call_command("import_framework", str(file), stderr=err)
    assert caught.value.returncode == 1
    first, second = err.getvalue().splitlines()
    assert first.startswith("line 23, nodes[0].functional_area: “XYZ” is not known here")
    assert second == "line 35, nodes[0].nodes[1].code: The code “STO-01” is already used at line 25."
    assert not FrameworkVersion.objects.exists()


def test_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match=r"absent\.yaml: No such file"):
        run(tmp_path / "absent.yaml")


def test_a_workbook_is_imported_and_its_problems_are_named_by_cell(tmp_path: Path) -> None:
    file = tmp_path / "framework.xlsx"
    file.write_bytes(framework_template())
    assert run(file, "--dry-run").startswith("my-framework 1.0 (1 indicators): would be created.")
    assert run(file).startswith("my-framework 1.0 (1 indicators): created, draft.")
    assert "is unchanged" in run(file)
    file.write_bytes(framework_workbook(replace(EXAMPLE, language="english!")))
    err = io.StringIO()
    with pytest.raises(CommandError, match=r"1 problem\(s\), nothing was imported"):
        call_command("import_framework", str(file), stderr=err)
    assert err.getvalue().startswith("line 6, Framework!B6: “english!” is not a language tag")
