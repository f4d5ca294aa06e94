"""render_dossier: the operator's way to a dossier, audited, and never half a file."""

from __future__ import annotations

import subprocess
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
from django.core.management import CommandError, call_command

from assessments.models import AssistanceRequest, FrameworkVersion
from assessments.services.releases import revoke_grant
from tests.assessments.request_factories import release_to
from tests.cooperation.dossier_cases import OWN_TEXTS, QuickRenderer, quick, told_request, verbs_of
from tests.personas import Persona
from wam_portal.audit.models import Event
from wam_portal.pdf import RenderError

__all__ = ["quick"]


@pytest.fixture
def request_a(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    """An endorsed request of State A."""
    return told_request(amina, aldo, framework)


def render(reference: str, target: Path, **options: Any) -> str:
    """Run the command; answers what it printed."""
    out = StringIO()
    call_command("render_dossier", reference, output=target, stdout=out, **options)
    return out.getvalue()


def text_of(path: Path) -> str:
    """The text of a PDF in one line."""
    found = subprocess.run(["pdftotext", "-layout", str(path), "-"], capture_output=True, check=True, text=True)
    return " ".join(found.stdout.split())


def test_the_national_copy_holds_everything_and_is_noted_as_the_systems_doing(
    request_a: AssistanceRequest, tmp_path: Path
) -> None:
    target = tmp_path / "national.pdf"
    printed = render(request_a.reference, target, national=True)
    text = text_of(target)
    assert all(words in text for words in OWN_TEXTS.values())
    assert request_a.versions.get().content_hash in text
    assert "COO-01" in text
    assert str(request_a.needs.get().uuid) in text
    assert "pages" in printed
    event = Event.objects.get(verb="dossier.rendered", chain__party=request_a.state)
    assert event.actor is None
    assert event.changes["system"] == "dossier"
    assert subprocess.run(["qpdf", "--check", str(target)], capture_output=True, check=False).returncode == 0


@pytest.mark.parametrize(
    ("level", "keys"), [("summary", set()), ("gaps", {"strategies"}), ("dossier", set(OWN_TEXTS) - {"objective"})]
)
def test_the_copy_of_a_grant_holds_exactly_its_keys_at_every_level(
    level: str, keys: set[str], request_a: AssistanceRequest, aldo: Persona, dana: Persona, tmp_path: Path
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party, level=level)
    render(request_a.reference, tmp_path / "grant.pdf", grant=grant.uuid)
    text = text_of(tmp_path / "grant.pdf")
    assert {key for key, words in OWN_TEXTS.items() if words in text} == {"objective"} | keys
    assert "Amber Fund" in text
    assert str(grant.uuid) in text
    assert grant.release.content_hash in text


def test_the_language_is_chosen(request_a: AssistanceRequest, quick: QuickRenderer, tmp_path: Path) -> None:
    render(request_a.reference, tmp_path / "fr.pdf", national=True, language="fr")
    french = (tmp_path / "fr.pdf").read_text()
    assert 'lang="fr" dir="ltr"' in french
    assert "Dossier de demande d’assistance" in french


def test_a_language_without_words_gives_its_direction_to_an_english_document(
    request_a: AssistanceRequest, quick: QuickRenderer, tmp_path: Path
) -> None:
    render(request_a.reference, tmp_path / "ar.pdf", national=True, language="ar")
    assert 'lang="en" dir="rtl"' in (tmp_path / "ar.pdf").read_text()


def test_a_grant_to_all_donors_names_them_all(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona, quick: QuickRenderer, tmp_path: Path
) -> None:
    [grant] = release_to(aldo, request_a, all_donors=True)
    render(request_a.reference, tmp_path / "all.pdf", grant=grant.uuid)
    assert quick.rendered[0].mark.party == "all donors"


def test_what_does_not_exist_is_refused_and_nothing_is_written(
    request_a: AssistanceRequest, amina: Persona, aldo: Persona, dana: Persona, quick: QuickRenderer, tmp_path: Path
) -> None:
    [grant] = release_to(aldo, request_a, dana.viewer.party)
    target = tmp_path / "x.pdf"
    cases: list[tuple[str, dict[str, Any]]] = [
        ("XA-1999-999", {"national": True}),
        (request_a.reference, {"grant": uuid4()}),
        ("XA-1999-999", {"grant": grant.uuid}),
    ]
    for reference, options in cases:
        with pytest.raises(CommandError, match=reference):
            render(reference, target, **options)
    revoke_grant(grant=grant, actor=aldo.viewer)
    with pytest.raises(CommandError, match="active grant"):
        render(request_a.reference, target, grant=grant.uuid)
    assert list(tmp_path.iterdir()) == []
    assert verbs_of(request_a.state) == []


def test_a_failed_rendering_keeps_the_file_that_was_there(
    request_a: AssistanceRequest, quick: QuickRenderer, tmp_path: Path
) -> None:
    def fail() -> None:
        raise RenderError("The PDF could not be made.")

    target = tmp_path / "kept.pdf"
    target.write_text("yesterday's")
    quick.during = fail
    with pytest.raises(CommandError, match="could not be made"):
        render(request_a.reference, target, national=True)
    assert target.read_text() == "yesterday's"
    assert verbs_of(request_a.state) == []


def test_a_folder_that_is_not_there_is_named(request_a: AssistanceRequest, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no-such-folder"):
        render(request_a.reference, tmp_path / "no-such-folder" / "x.pdf", national=True)


@pytest.mark.parametrize(
    "arguments",
    [["X", "-o", "x"], ["X", "--national", "--grant", "8b07cff8-4c8d-4b08-a60e-9a697101c883", "-o", "x"]],
)
def test_exactly_one_audience_is_named(arguments: list[str], db: None) -> None:
    with pytest.raises(CommandError):
        call_command("render_dossier", *arguments)
