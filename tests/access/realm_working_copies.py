"""A working copy that the focal point of a State has brought back and not decided on: nobody else's to read."""

from __future__ import annotations

from unittest import mock

from assessments.models import Assessment
from assessments.services.working_copies import upload_working_copy
from tests.access.realm_states import StateBuilder
from tests.assessments.working_copies import filled, read, take


def add_working_copy(builder: StateBuilder) -> None:
    """An upload for the baseline that is being rated, with a changed answer."""
    record = builder.records.own("assessment.draft", builder.side)[0]
    assert isinstance(record.obj, Assessment)
    editor = builder.editor
    owner = frozenset({editor.name})
    text = builder.word("upload.narrative", owner)
    content = filled(take(editor.viewer, record.obj), {"coo-02": {"narrative": f"Filled in {text}"}})
    # Read without a child process: what is read stands under test elsewhere.
    with mock.patch("assessments.services.working_copies.read_workbook", read):
        upload = upload_working_copy(assessment=record.obj, content=content, actor=editor.viewer)
    builder.watch(upload.uuid, "upload.uuid", owner)
    values = {"assessment": record.values["assessment"], "upload": upload.uuid}
    builder.records.add("working_copy.upload", builder.side, values, {"upload.narrative": text}, upload)
