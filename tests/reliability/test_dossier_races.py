"""Many people ask for the same dossier at the same moment: one row, one job, one line in the State's log."""

from __future__ import annotations

import threading
from pathlib import Path
from uuid import UUID

import pytest
from django.db import connections
from pytest_django import Settings

from assessments.models import FrameworkVersion
from cooperation.models import Dossier
from cooperation.services.dossiers import request_dossier
from tests.cooperation.dossier_cases import told_request, verbs_of
from tests.personas import Persona
from wam_portal.access import Viewer
from wam_portal.jobs.models import Job

pytestmark = pytest.mark.django_db(transaction=True)
ASKERS = 6


def test_asking_at_once_makes_one_dossier_and_one_job(
    amina: Persona, aldo: Persona, nadia: Persona, framework: FrameworkVersion, settings: Settings, tmp_path: Path
) -> None:
    settings.MEDIA_ROOT = tmp_path
    request = told_request(amina, aldo, framework)
    start, got, errors = threading.Barrier(ASKERS), set[UUID](), list[str]()

    def ask(viewer: Viewer) -> None:
        try:
            start.wait()
            got.add(request_dossier(viewer=viewer, language="en", request_uuid=request.uuid).uuid)
        except Exception as error:  # noqa: BLE001  (a thread must hand over whatever went wrong)
            errors.append(repr(error))
        finally:
            connections.close_all()

    people = [person.viewer for person in (amina, aldo, nadia)] * (ASKERS // 3)
    threads = [threading.Thread(target=ask, args=(viewer,)) for viewer in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    assert got == {Dossier.objects.get().uuid}
    assert Job.objects.filter(kind="cooperation.render_dossier").count() == 1
    assert verbs_of(request.state) == ["dossier.requested"]
