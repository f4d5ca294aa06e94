"""One key for one content: it changes with everything that the bytes depend on, and with nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from pytest_django import Settings

from assessments.public import ALL_KEYS, ReleasedRequest
from assessments.release_keys import GAPS
from cooperation.dossiers.inputs import dossier_input, render_key
from tests.cooperation.dossiers.samples import released
from wam_portal.documents import software_digest


def key(source: ReleasedRequest | None = None, *, party: str = "Amber Fund", language: str = "en") -> str:
    """The render key of the sample."""
    return render_key(dossier_input(source or released(), for_party=party, language=language))


def test_the_same_content_has_the_same_key() -> None:
    assert key() == key()
    assert len(key()) == 64


@pytest.mark.parametrize(
    "other",
    [
        released(keys=GAPS),
        released(keys=ALL_KEYS - {"contact"}, contact="kept out"),
        released(title="Another title"),
        released(level="custom"),
        released(grant=False),
        replace(released(), release_hash="ab" * 32),
        replace(released(), grant_uuid=uuid4()),
        replace(released(), purpose="Another purpose"),
        replace(released(), expires_at=datetime(2026, 10, 1, tzinfo=UTC)),
        replace(released(), released_on=date(2026, 6, 2)),
        replace(released(), request_uuid=uuid4()),
    ],
)
def test_any_difference_that_could_be_printed_makes_another_key(other: ReleasedRequest) -> None:
    assert key(other) != key()


def test_recipient_and_language_are_part_of_the_key() -> None:
    assert len({key(), key(party="Basalt Fund"), key(language="fr"), key(language="ar")}) == 4


def test_what_is_not_printed_is_no_part_of_the_key() -> None:
    assert key(replace(released(), granted_at=datetime(2026, 6, 9, tzinfo=UTC))) == key()


def test_a_changed_template_makes_another_key(settings: Settings, tmp_path: Path) -> None:
    before = key()
    for folder in ("dossiers", "documents", "charts"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "request.html").write_text("changed")
    settings.TEMPLATES = [{**settings.TEMPLATES[0], "DIRS": [tmp_path]}]
    software_digest.cache_clear()
    try:
        assert key() != before
    finally:
        software_digest.cache_clear()
