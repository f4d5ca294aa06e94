"""Evidence for tests, sent in as the pages send it."""

from __future__ import annotations

import datetime as dt
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import Assessment, Evidence, EvidenceLink
from assessments.services.evidence import EvidenceDetails, upload_evidence
from assessments.services.evidence_links import link_evidence
from wam_portal.access import Viewer

TODAY = dt.date(2026, 11, 25)


def sent(name: str = "note.txt", content: bytes = b"Register of stocks.") -> SimpleUploadedFile:
    """A file as a form hands it over."""
    return SimpleUploadedFile(name, content)


def make_evidence(actor: Viewer, title: str = "Register", *, content: bytes = b"", **details: Any) -> Evidence:
    """An evidence with a text file of its own."""
    file = sent(f"{title}.txt", content or f"Text of {title}.".encode())
    [result] = upload_evidence(files=[file], details=EvidenceDetails(title=title, **details), actor=actor)
    assert result.evidence is not None, result
    return result.evidence


def link(
    actor: Viewer, evidence: Evidence, assessment: Assessment, *indicators: str, **more: str
) -> list[EvidenceLink]:
    """Link an evidence to indicators."""
    return link_evidence(evidence=evidence, assessment=assessment, indicators=indicators, actor=actor, **more)
