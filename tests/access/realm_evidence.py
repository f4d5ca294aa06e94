"""Evidence of a State: one that a contributor may read, one that is confidential, one that nothing rests on."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from assessments.models import Assessment
from assessments.services.evidence import EvidenceDetails, upload_evidence
from assessments.services.evidence_links import link_evidence
from tests.access.realm_states import StateBuilder


def add_evidence(builder: StateBuilder, assessment: Assessment, values: dict[str, Any]) -> dict[str, str]:
    """Evidence for the contributor's section of a baseline; answers what the page of the answer shows of it."""
    shows = _add(builder, "evidence.shared", builder.staff, "official", assessment, values)
    _add(builder, "evidence.confidential", builder.record_readers, "confidential", assessment, values)
    _add(builder, "evidence.unlinked", builder.record_readers, "public", None, values)
    return {"evidence.title": shows["evidence.title"]}


def _add(
    builder: StateBuilder,
    kind: str,
    readers: frozenset[str],
    classification: str,
    assessment: Assessment | None,
    values: dict[str, Any],
) -> dict[str, str]:
    fields = ("title", "note", "content", "reference")
    words = {name: builder.word(f"evidence.{name}", readers) for name in fields}
    actor = builder.editor.viewer
    [result] = upload_evidence(
        files=[SimpleUploadedFile("note.txt", f"Content {words['content']}".encode())],
        details=EvidenceDetails(
            title=f"Evidence {words['title']}", note=f"Note {words['note']}", classification=classification
        ),
        actor=actor,
    )
    evidence = result.evidence
    assert evidence is not None, result.reason
    builder.watch(evidence.uuid, "evidence.uuid", readers)
    builder.watch(evidence.files.get().sha256, "evidence.sha256", readers)
    more: dict[str, Any] = {"evidence": evidence.uuid, "number": 1}
    if assessment is not None:
        [link] = link_evidence(
            evidence=evidence,
            assessment=assessment,
            indicators=["coo-01"],
            reference=f"Page {words['reference']}",
            actor=actor,
        )
        more["link"] = link.pk
    shows = {f"evidence.{name}": word for name, word in words.items()}
    builder.records.add(kind, builder.side, {**values, **more}, shows, evidence)
    return shows
