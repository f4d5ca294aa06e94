"""The log speaks in sentences: every verb has a label, and changes read as a person would say them."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.utils import translation

from assessments.services.assessments import _PAST
from cooperation.services.workbook_uploads import TAKING
from wam_portal.audit.names import Names
from wam_portal.audit.wording import change_lines, verb_label

ROOT = Path(__file__).resolve().parents[3]
RECORDING = [
    path
    for app in ("wam_portal", "assessments", "cooperation")
    for path in (ROOT / app).rglob("*.py")
    if "migrations" not in path.parts and "audit.services import" in path.read_text("utf-8")
]
ELSEWHERE = re.compile(r".*\.(html|txt|xlsx|pdf)|(assessments|cooperation)\..*")
"""Templates, files, and names of jobs: they look like verbs."""


def recorded_verbs() -> Iterator[str]:
    """Every verb that stands in a file which writes the log, and those that are put together there."""
    for path in RECORDING:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            text = node.value if isinstance(node, ast.Constant) else None
            if isinstance(text, str) and re.fullmatch(r"[a-z_]+\.[a-z_]+", text) and not ELSEWHERE.fullmatch(text):
                yield text
    yield from (f"assessment.{past}" for past in _PAST.values())
    yield from (
        f"{taking.verb}.{step}"
        for taking in TAKING.values()
        for step in ("uploaded", "taken_over", "discarded", "taken")
    )


def test_every_verb_that_the_code_records_has_a_label() -> None:
    verbs = set(recorded_verbs())
    assert {"answer.saved", "membership.added", "release.viewed", "match.accepted"} <= verbs
    assert [verb for verb in sorted(verbs) if verb_label(verb) == verb.replace(".", ": ").replace("_", " ")] == []


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"status": ["in_review", "endorsed"]}, "status: in review → endorsed"),
        ({"quorum": [1, 2]}, "signatures needed: 1 → 2"),
        ({"four_eyes": [True, False]}, "four eyes: yes → no"),
        ({"fields": ["root_cause", "due_on"]}, "fields changed: root cause, due"),
        ({"indicators": ["1.1", "1.2"]}, "indicators: 1.1, 1.2"),
        ({"fields": ["gender_marker"]}, "fields changed: gender marker"),
        ({"never_heard_of": None}, "never heard of: –"),
        ({"roles": []}, "roles: –"),
        ({"language": "fr"}, "language: French"),
        ({"grades": {"strong": 2}}, "overlaps: strong (2)"),
        ({"due_on": "2027-12-31"}, "due: 31 Dec 2027"),
        ({"classification": "public"}, "classification: Public"),
        ({"sha256": "0123456789abcdef" * 4}, "fingerprint: 01234567…"),
    ],
)
def test_a_change_reads_as_a_person_would_say_it(changes: dict[str, object], said: str) -> None:
    with translation.override("en"):
        (line,) = change_lines(changes, Names())
    assert line.casefold() == said.casefold()


def test_a_verb_of_an_older_version_is_still_readable() -> None:
    assert verb_label("thing.done_once") == "thing: done once"
