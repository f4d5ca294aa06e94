"""Frameworks in a folder: which files are frameworks, and which are translations beside one."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from assessments.frameworks.strict_yaml import MAX_BYTES
from assessments.frameworks.translations import LANGUAGE_TAG
from wam_portal.workbook_check import MAX_BYTES as MAX_WORKBOOK_BYTES

SUFFIX = ".yaml"
LARGEST = max(MAX_BYTES, MAX_WORKBOOK_BYTES)


@dataclass(frozen=True, slots=True)
class FrameworkFile:
    """The bytes of a framework file, and of the translations beside it by their file names."""

    document: bytes
    beside: dict[str, bytes] = field(default_factory=dict)


def read_framework_file(file: Path) -> FrameworkFile:
    """Read a framework file with its translations: beside `wam.yaml` for example `wam.fr.yaml`.

    Raises `OSError`. One byte more than allowed is read, which is enough to see that a file is too large.
    """
    return FrameworkFile(_read(file), {path.name: _read(path) for path in _translations_beside(file)})


def framework_files(folder: Path) -> list[Path]:
    """The framework files of a folder in alphabetical order, without the translations beside them."""
    files = sorted(folder.glob(f"*{SUFFIX}"))
    translations = {path for file in files for path in _translations_beside(file)}
    return [file for file in files if file not in translations]


def _translations_beside(file: Path) -> list[Path]:
    if file.suffix != SUFFIX:
        return []
    start = f"{file.stem}."
    return sorted(
        path
        for path in file.parent.glob(f"*{SUFFIX}")
        if path.stem.startswith(start) and LANGUAGE_TAG.fullmatch(path.stem.removeprefix(start))
    )


def _read(file: Path) -> bytes:
    with file.open("rb") as stream:
        return stream.read(LARGEST + 1)
