"""What tests of dossiers share: a request with an own text in every field, and a renderer that takes no time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from assessments.models import AssistanceRequest, FrameworkVersion
from cooperation.dossiers.inputs import DossierInput
from cooperation.dossiers.rendering import dossier_source
from cooperation.models import Dossier
from tests.cooperation.factories import make_request
from tests.personas import Persona
from wam_portal.accounts.models import Party
from wam_portal.audit.models import Event
from wam_portal.jobs.models import Job
from wam_portal.jobs.runner import run
from wam_portal.pdf import Pdf

OWN_TEXTS = {
    "objective": "Objective of Aldoria",
    "places": "Places of Aldoria",
    "beneficiaries": "Beneficiaries of Aldoria",
    "what_exists": "Registers of Aldoria",
    "who_helps": "Helpers of Aldoria",
    "sustainability": "Exit of Aldoria",
    "expected_results": "Results of Aldoria",
    "strategies": "Strategies of Aldoria",
    "contact": "Contact of Aldoria",
}


@dataclass
class QuickRenderer:
    """Stands in for the renderer: makes the document's HTML and calls it a PDF. `during` runs while it works."""

    rendered: list[DossierInput] = field(default_factory=list)
    during: Callable[[], None] | None = None

    def __call__(self, source: DossierInput, *, tick: Callable[[], None] | None = None) -> Pdf:
        """As `cooperation.dossiers.rendering.render_dossier`."""
        self.rendered.append(source)
        if tick:
            tick()
        if self.during:
            self.during()
        return Pdf(b"%PDF-1.7\n" + dossier_source(source).html.encode(), 5)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> QuickRenderer:
    """Jobs of this test render quickly."""
    renderer = QuickRenderer()
    monkeypatch.setattr("cooperation.services.dossiers.render_dossier", renderer)
    return renderer


def told_request(editor: Persona, approver: Persona, framework: FrameworkVersion) -> AssistanceRequest:
    """An endorsed request that has something of its own in every text."""
    return make_request(editor, approver, framework, **OWN_TEXTS)


def finish(dossier: Dossier) -> Job:
    """Do the dossier's job, as the worker does; answers the job as it ended."""
    assert dossier.job is not None
    run(str(dossier.job.uuid))
    dossier.refresh_from_db()
    return Job.objects.get(pk=dossier.job.pk)


def verbs_of(state: Party, beginning: str = "dossier.") -> list[str]:
    """What stands in the State's chain about dossiers, oldest first."""
    events = Event.objects.filter(chain__party=state, verb__startswith=beginning).order_by("seq")
    return list(events.values_list("verb", flat=True))
