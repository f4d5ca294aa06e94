"""Dossiers through HTTP: asking, waiting, taking the file, and who finds nothing."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from typing import Any
from uuid import uuid4

import pikepdf
import pytest
from django.http import HttpResponse
from pytest_django import DjangoAssertNumQueries, Settings

from assessments.models import AssistanceRequest, FrameworkVersion, Grant
from assessments.services.releases import revoke_grant
from cooperation.models import Dossier
from tests.assessments.request_factories import release_to
from tests.cooperation.dossier_cases import OWN_TEXTS, QuickRenderer, finish, quick, told_request, verbs_of
from tests.personas import Persona, comparable
from wam_portal.jobs.models import Job

__all__ = ["quick"]
FILE, DETAIL, PANEL = "cooperation:dossier-file", "cooperation:dossier-detail", "cooperation:dossier-progress-panel"


@pytest.fixture(autouse=True)
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store of files."""
    settings.MEDIA_ROOT = tmp_path
    return tmp_path


@pytest.fixture
def request_a(amina: Persona, aldo: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    """An endorsed request of State A."""
    return told_request(amina, aldo, framework)


@pytest.fixture
def grant(request_a: AssistanceRequest, aldo: Persona, dana: Persona) -> Grant:
    """The request, shared with the first donor at the level of the dossier."""
    return release_to(aldo, request_a, dana.viewer.party)[0]


def ask(persona: Persona, **fields: Any) -> HttpResponse:
    """Send the form of a dossier."""
    response: HttpResponse = persona.client.post(
        persona.url("cooperation:dossier-create"), {"language": "en", **fields}
    )
    return response


def made(persona: Persona, **fields: Any) -> Dossier:
    """A dossier asked for through the page and finished by the worker."""
    before = set(Dossier.objects.values_list("pk", flat=True))
    assert ask(persona, **fields).status_code == 302
    dossier = Dossier.objects.exclude(pk__in=before).get()
    assert finish(dossier).state == "done"
    return dossier


def test_a_donor_asks_waits_and_takes_the_real_file(grant: Grant, dana: Persona, tmp_path: Path) -> None:
    asked = ask(dana, grant=grant.uuid)
    dossier = Dossier.objects.get()
    assert asked.headers["Location"] == dana.url(DETAIL, dossier.uuid)
    waiting = dana.client.get(asked.headers["Location"]).content.decode()
    assert dana.url(PANEL, dossier.uuid) in waiting
    assert "Look again now" in waiting
    assert dana.url(FILE, dossier.uuid) not in waiting

    finish(dossier)
    ready = dana.client.get(asked.headers["Location"]).content.decode()
    assert dana.url(FILE, dossier.uuid) in ready
    assert 'hx-trigger="every' not in ready
    assert dossier.release_hash in ready
    assert dossier.file_sha256 in ready

    file = dana.client.get(dana.url(FILE, dossier.uuid))
    assert file.headers["Content-Type"] == "application/pdf"
    assert file.headers["Content-Disposition"] == 'attachment; filename="XA-2026-001-grant-en.pdf"'
    assert file.headers["Content-Security-Policy"].startswith("sandbox")
    assert file.headers["X-Content-Type-Options"] == "nosniff"
    assert file.headers["Cache-Control"] == "no-store"
    path = tmp_path / "taken.pdf"
    path.write_bytes(file.content)
    text = subprocess.run(["pdftotext", str(path), "-"], capture_output=True, check=True, text=True).stdout
    assert "XA-2026-001" in text
    assert "COO-01" in text
    assert dossier.release_hash in text
    assert "Amber Fund" in text
    for words in OWN_TEXTS.values():
        assert words in " ".join(text.split())
    with pikepdf.open(io.BytesIO(file.content)) as pdf:
        assert len(pdf.pages) == dossier.pages
    assert verbs_of(dossier.state) == ["dossier.requested", "dossier.rendered", "dossier.downloaded"]


def test_asking_again_leads_to_the_same_document_and_says_so(grant: Grant, dana: Persona, quick: QuickRenderer) -> None:
    dossier = made(dana, grant=grant.uuid)
    again = dana.client.post(
        dana.url("cooperation:dossier-create"), {"language": "en", "grant": grant.uuid}, follow=True
    )
    assert again.redirect_chain == [(dana.url(DETAIL, dossier.uuid), 302)]
    assert "made before with the same content" in again.content.decode()
    assert len(quick.rendered) == 1


def test_the_panel_polls_while_there_is_work_and_then_offers_the_file(
    grant: Grant, dana: Persona, quick: QuickRenderer
) -> None:
    ask(dana, grant=grant.uuid)
    dossier = Dossier.objects.get()
    panel = dana.url(PANEL, dossier.uuid)
    assert f'hx-get="{panel}"' in dana.client.get(panel).content.decode()
    finish(dossier)
    done = dana.client.get(panel).content.decode()
    assert "hx-get" not in done
    assert dana.url(FILE, dossier.uuid) in done


def test_a_job_that_failed_says_why_and_can_be_started_again(
    grant: Grant, aldo: Persona, amina: Persona, request_a: AssistanceRequest, quick: QuickRenderer
) -> None:
    ask(amina, request=request_a.uuid)
    dossier = Dossier.objects.get()
    Job.objects.filter(pk=dossier.job_id).update(state="failed", error="The PDF could not be made: too large.")
    page = amina.client.get(amina.url(DETAIL, dossier.uuid)).content.decode()
    assert "The PDF could not be made: too large." in page
    assert "Ask again" in page
    assert f'value="{request_a.uuid}"' in page


def test_the_end_of_a_grant_closes_page_panel_file_and_list_at_once(
    grant: Grant, aldo: Persona, dana: Persona, quick: QuickRenderer
) -> None:
    dossier = made(dana, grant=grant.uuid)
    revoke_grant(grant=grant, actor=aldo.viewer)
    for name in (DETAIL, PANEL, FILE):
        gone = dana.client.get(dana.url(name, dossier.uuid))
        never = dana.client.get(dana.url(name, uuid := uuid4()))
        assert gone.status_code == 404
        assert comparable(gone, str(dossier.uuid)) == comparable(never, str(uuid))
    assert dossier.reference not in dana.client.get(dana.url("cooperation:dossier-list")).content.decode()
    assert ask(dana, grant=grant.uuid).status_code == 404
    assert verbs_of(dossier.state).count("dossier.downloaded") == 0


def test_others_find_the_same_as_for_what_does_not_exist(
    grant: Grant, dana: Persona, dirk: Persona, boris: Persona, amina: Persona, quick: QuickRenderer
) -> None:
    dossier = made(dana, grant=grant.uuid)
    for outsider in (dirk, boris, amina):
        for name in (DETAIL, PANEL, FILE):
            foreign = outsider.client.get(outsider.url(name, dossier.uuid))
            never = outsider.client.get(outsider.url(name, uuid := uuid4()))
            assert foreign.status_code == 404
            assert comparable(foreign, str(dossier.uuid)) == comparable(never, str(uuid))
        assert ask(outsider, grant=grant.uuid).status_code == 404
        assert "XA-2026-001" not in outsider.client.get(outsider.url("cooperation:dossier-list")).content.decode()


def test_the_national_copy_is_for_the_states_editors_and_approvers(
    request_a: AssistanceRequest, amina: Persona, aldo: Persona, nadia: Persona, vera: Persona, quick: QuickRenderer
) -> None:
    dossier = made(amina, request=request_a.uuid)
    for reader in (amina, aldo, nadia):
        assert OWN_TEXTS["contact"].encode() in reader.client.get(reader.url(FILE, dossier.uuid)).content
        assert dossier.title in reader.client.get(reader.url("cooperation:dossier-list")).content.decode()
    assert vera.client.get(vera.url(FILE, dossier.uuid)).status_code == 404
    assert vera.client.get(vera.url("cooperation:dossier-list")).status_code == 404
    assert ask(vera, request=request_a.uuid).status_code == 404


def test_a_lower_grant_keeps_its_button_with_the_reason(
    request_a: AssistanceRequest, aldo: Persona, dana: Persona
) -> None:
    [summary] = release_to(aldo, request_a, dana.viewer.party, level="summary")
    page = dana.client.get(dana.url("cooperation:dossier-list")).content.decode()
    assert "This grant does not include the dossier." in page
    assert f'value="{summary.uuid}"' not in page
    refused = ask(dana, grant=summary.uuid)
    assert refused.status_code == 403
    assert "This grant does not include the dossier." in refused.content.decode()
    assert not Dossier.objects.exists()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"language": "xx"}, "Choose from those listed"),
        ({"language": ""}, "Choose one."),
        ({"grant": ""}, "Choose one request or one grant"),
        ({"grant": "no-uuid"}, "Enter a valid UUID"),
        ({"request": str(uuid4())}, "Choose one request or one grant"),
    ],
)
def test_bad_input_gets_a_message_and_changes_nothing(
    fields: dict[str, str], message: str, grant: Grant, dana: Persona
) -> None:
    answer = ask(dana, **{"grant": str(grant.uuid), **fields})
    assert answer.status_code == 422
    assert message in answer.content.decode()
    assert not Dossier.objects.exists()


def test_asking_by_a_link_is_not_possible(dana: Persona, grant: Grant) -> None:
    answer = dana.client.get(dana.url("cooperation:dossier-create"), {"grant": grant.uuid, "language": "en"})
    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"
    assert not Dossier.objects.exists()


def test_a_file_that_is_not_made_yet_is_not_there(grant: Grant, dana: Persona) -> None:
    ask(dana, grant=grant.uuid)
    assert dana.client.get(dana.url(FILE, Dossier.objects.get().uuid)).status_code == 404


def test_looking_at_the_headers_only_is_no_download(grant: Grant, dana: Persona, quick: QuickRenderer) -> None:
    dossier = made(dana, grant=grant.uuid)
    dana.client.head(dana.url(FILE, dossier.uuid))
    assert "dossier.downloaded" not in verbs_of(dossier.state)


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same_at_any_length(
    rows: int,
    request_a: AssistanceRequest,
    amina: Persona,
    quick: QuickRenderer,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for language in ("en", "fr", "ar")[:rows]:
        made(amina, request=request_a.uuid, language=language)
    client = amina.client
    client.get(amina.url("cooperation:dossier-list"))
    with django_assert_num_queries(5):
        page = client.get(amina.url("cooperation:dossier-list")).content.decode()
    assert page.count("XA-2026-001") == rows


@pytest.mark.parametrize("grants", [1, 3])
def test_a_donors_list_costs_the_same_with_any_number_of_grants(
    grants: int,
    request_a: AssistanceRequest,
    aldo: Persona,
    dana: Persona,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for level in ("dossier", "summary", "gaps")[:grants]:
        release_to(aldo, request_a, dana.viewer.party, level=level)
    client = dana.client
    client.get(dana.url("cooperation:dossier-list"))
    with django_assert_num_queries(5):
        page = client.get(dana.url("cooperation:dossier-list")).content.decode()
    assert page.count("dossier-create") == 0
    assert page.count("XA-2026-001") == grants


def test_the_pages_of_request_and_grant_offer_the_dossier(
    grant: Grant, request_a: AssistanceRequest, aldo: Persona, amina: Persona, vera: Persona, dana: Persona
) -> None:
    own = amina.client.get(amina.url("assessments:request-detail", request_a.uuid)).content.decode()
    assert amina.url("cooperation:dossier-create") in own
    assert f'name="request" value="{request_a.uuid}"' in own
    seen = vera.client.get(vera.url("assessments:request-detail", request_a.uuid)).content.decode()
    assert vera.url("cooperation:dossier-create") not in seen
    held = dana.client.get(dana.url("cooperation:granted-detail", grant.uuid)).content.decode()
    assert f'name="grant" value="{grant.uuid}"' in held
    [lower] = release_to(aldo, request_a, dana.viewer.party, level="gaps")
    refused = dana.client.get(dana.url("cooperation:granted-detail", lower.uuid)).content.decode()
    assert f'name="grant" value="{lower.uuid}"' not in refused
    assert "This grant does not include the dossier." in refused
