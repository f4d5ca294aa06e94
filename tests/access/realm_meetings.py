"""Meetings of a State in the access proof: one being prepared, one closed with its minutes as a file."""

from __future__ import annotations

import datetime as dt
from typing import Any

from assessments.enums import DocumentKind
from assessments.models import Assessment, Document, Meeting
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.meetings import agenda_of, item_for
from assessments.selectors.open_items import open_items
from assessments.services.documents import request_document
from assessments.services.meetings import (
    add_free_item,
    add_items,
    close_meeting,
    plan_meeting,
    record_decision,
    record_dissent,
)
from tests.access.canaries import Cage
from tests.access.cast import Hat
from tests.access.records import Records
from wam_portal.jobs import runner

STARTS = dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC)


class MeetingBuilder:
    """Makes the meetings of one State: `readers` read the whole record of it, `takers` its documents too."""

    def __init__(
        self, side: str, cage: Cage, records: Records, editor: Hat, *, readers: frozenset[str], takers: frozenset[str]
    ) -> None:
        self.side, self.cage, self.records, self.editor = side, cage, records, editor
        self.readers, self.takers = readers, takers

    def word(self, label: str) -> str:
        """A canary that those read who read the record."""
        return self.cage.mint(self.side, label, self.readers)

    def make(self, assessment: Assessment) -> dict[str, str]:
        """Both meetings about a baseline with a returned indicator; answers what was decided on that indicator."""
        shows = self._planned(assessment)
        self._held(assessment)
        return shows

    def _meeting(self, assessment: Assessment) -> tuple[Meeting, dict[str, str]]:
        shows = {f"meeting.{name}": self.word(f"meeting.{name}") for name in ("title", "place", "participant")}
        meeting = plan_meeting(
            title=f"Session {shows['meeting.title']}",
            starts_at=STARTS,
            place=f"Hall {shows['meeting.place']}",
            participants=[(f"Name {shows['meeting.participant']}", "Customs")],
            assessment=assessment,
            actor=self.editor.viewer,
        )
        self.cage.watch(str(meeting.uuid), self.side, "meeting.uuid", self.readers)
        return meeting, shows

    def _planned(self, assessment: Assessment) -> dict[str, str]:
        actor, (meeting, shows) = self.editor.viewer, self._meeting(assessment)
        items = open_items(actor, assessment, framework_tree(assessment.framework_version))
        add_items(meeting=meeting, base_version=meeting.version, items=items[:1], actor=actor)
        add_free_item(meeting=meeting, base_version=meeting.version, title="Other matters", actor=actor)
        first, other = agenda_of(meeting)
        decided = {"item.decision": self.word("item.decision"), "dissent.why": self.word("dissent.why")}
        first = item_for(meeting, first.uuid)
        record_decision(
            item=first, base_version=meeting.version, decision=f"To {decided['item.decision']}", actor=actor
        )
        record_dissent(item=first, base_version=meeting.version, who="Police", why=decided["dissent.why"], actor=actor)
        values: dict[str, Any] = {"meeting": meeting.uuid, "item": other.uuid, "assessment": assessment.uuid}
        self.records.add("meeting.planned", self.side, values, {**shows, **decided}, meeting)
        return decided

    def _held(self, assessment: Assessment) -> None:
        actor, (meeting, shows) = self.editor.viewer, self._meeting(assessment)
        add_free_item(meeting=meeting, base_version=meeting.version, title="Other matters", actor=actor)
        [item] = agenda_of(meeting)
        close_meeting(meeting=meeting, base_version=meeting.version, actor=actor)
        values = {"meeting": meeting.uuid, "item": item.uuid, "assessment": assessment.uuid}
        self.records.add("meeting.held", self.side, values, shows, meeting)
        document = request_document(kind=DocumentKind.MINUTES, subject=meeting.uuid, language="en", actor=actor)
        assert document.job is not None
        runner.run(str(document.job.uuid))
        document = Document.objects.get(pk=document.pk)
        assert document.file_name, document.job
        self.cage.watch(str(document.uuid), self.side, "document.uuid", self.takers)
        self.cage.watch(document.file_name, self.side, "document.file_name", ())
        self.records.add("document.minutes", self.side, {"document": document.uuid}, shows, document)
