"""Hostile workbooks sent to the page where working copies come back: refused or neutralised, and nothing is kept."""

from __future__ import annotations

import io
import itertools
import resource
import time
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pytest
from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from assessments.models import Answer, Assessment, FrameworkVersion, WorkingCopyUpload
from tests.assessments.factories import give_answer, make_assessment, rated
from tests.assessments.working_copies import filled, take
from tests.campaigns import report
from tests.hostile import ATTACKS, NEUTRALISED, Hostile, hostile_workbooks
from tests.personas import Persona

SEED = 20261125
LONGEST = 20
MOST_MEMORY = 512 * 1024
"""Kilobytes that a child may ever have held."""


@dataclass
class Outcome:
    """What a run of files did."""

    statuses: dict[str, int] = field(default_factory=dict)
    failures: list[str] = field(default_factory=list)
    slowest: float = 0.0


@pytest.fixture
def assessment(amina: Persona, framework: FrameworkVersion) -> Assessment:
    made = make_assessment(amina.viewer, framework)
    give_answer(amina.viewer, made, "coo-01", rated("2", narrative="As it was."))
    return made


def good_copy(amina: Persona, assessment: Assessment) -> bytes:
    """A working copy in which something was changed: taken as it is, it would wait for a decision."""
    return filled(take(amina.viewer, assessment), {"coo-01": {"narrative": "Changed."}})


def media() -> list[Path]:
    return sorted(Path(settings.MEDIA_ROOT).rglob("*"))


def run(client: Client, assessment: Assessment, files: Iterable[Hostile]) -> Outcome:
    """Send each file and judge the answer, what was stored, and how long it took."""
    outcome, before = Outcome(), (media(), list(Answer.objects.values()))
    url = f"/p/aldoria/assessments/{assessment.uuid}/working-copy/upload/"
    for number, hostile in enumerate(files):
        start = time.monotonic()
        response = client.post(url, {"file": SimpleUploadedFile(hostile.filename, hostile.content)})
        outcome.slowest = max(outcome.slowest, time.monotonic() - start)
        key = f"{hostile.kind}: {response.status_code}"
        outcome.statuses[key] = outcome.statuses.get(key, 0) + 1
        outcome.failures += [f"{number} {hostile.kind}: {text}" for text in faults(hostile, response.status_code)]
        WorkingCopyUpload.objects.all().delete()
    if (media(), list(Answer.objects.values())) != before:
        outcome.failures.append("something was stored")
    return outcome


def faults(hostile: Hostile, status: int) -> Iterator[str]:
    """What is wrong with the answer to a file."""
    if status == 302 and hostile.kind in NEUTRALISED:
        told = str(WorkingCopyUpload.objects.get().problems)
        if hostile.kind == "formula" and "formula" not in told:
            yield "a formula was taken for a value"
    elif status != 422:
        yield f"answered {status}"
    elif WorkingCopyUpload.objects.exists():
        yield "was refused and kept"


def shows_effect(content: bytes) -> bool:
    """Whether a plain loader takes the file in, or falls over it in a way that a page would answer with an error."""
    try:
        book = openpyxl.load_workbook(io.BytesIO(content))
        return any(cell.value is not None for sheet in book.worksheets for row in sheet.iter_rows() for cell in row)
    except (ValueError, KeyError, OSError, SyntaxError, zipfile.BadZipFile):
        return True


def test_one_of_each_kind_is_refused_or_neutralised(client: Client, amina: Persona, assessment: Assessment) -> None:
    client.force_login(amina.user)
    kinds = [kind for kind in ATTACKS if kind not in {"many rows", "wide bomb", "lying sizes"}]
    outcome = run(client, assessment, hostile_workbooks(good_copy(amina, assessment), kinds, seed=3))
    assert outcome.failures == []
    assert outcome.slowest < LONGEST


def test_the_good_copy_that_they_are_made_of_is_taken(client: Client, amina: Persona, assessment: Assessment) -> None:
    client.force_login(amina.user)
    outcome = run(client, assessment, [Hostile("good", good_copy(amina, assessment))])
    assert outcome.statuses == {"good: 302": 1}


@pytest.mark.long
def test_three_hundred_hostile_workbooks(client: Client, amina: Persona, assessment: Assessment) -> None:
    client.force_login(amina.user)
    kinds = itertools.islice(itertools.cycle(ATTACKS), 300)
    outcome = run(client, assessment, hostile_workbooks(good_copy(amina, assessment), kinds, seed=SEED))
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    # A child counts for as much as the process that starts it, until it is another program.
    inherited = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    report(
        "hostile workbooks",
        seed=SEED,
        attempts=300,
        effective=300,
        failures=len(outcome.failures),
        slowest_seconds=round(outcome.slowest, 2),
        child_memory_mb=memory // 1024,
        inherited_memory_mb=inherited // 1024,
        statuses=outcome.statuses,
    )
    assert outcome.failures == []
    assert memory < max(MOST_MEMORY, inherited * 11 // 10)


@pytest.mark.long
def test_the_control_a_plain_loader_takes_hostile_workbooks_in(amina: Persona, assessment: Assessment) -> None:
    """Without checks, child and limits the same files have an effect: this is what the campaign would find."""
    kinds = ["external entity", "macros", "path in a name", "symlink", "external link", "formula", "many entries"] * 5
    files = list(hostile_workbooks(good_copy(amina, assessment), kinds, seed=SEED))
    effects = sum(shows_effect(hostile.content) for hostile in files)
    report("hostile workbooks, plain loader (control)", seed=SEED, attempts=35, effective=35, failures=effects)
    assert effects > len(files) // 2
