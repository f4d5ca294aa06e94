"""A meeting of the commission that was held: what was open was talked about, and the minutes are closed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from assessments.models import Assessment
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.meetings import agenda_of, item_for
from assessments.selectors.open_items import open_items
from assessments.services.meetings import (
    add_free_item,
    add_items,
    close_meeting,
    plan_meeting,
    record_decision,
    record_dissent,
)
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role

PARTICIPANTS: Final = (
    ("Amina Tolva", "National Commission on Small Arms"),
    ("Aldo Merin", "National Commission on Small Arms"),
    ("Carl Veld", "Customs Service"),
    ("Vera Lund", "Ministry of the Interior"),
    ("Oren Talbo", "Association of Border Communities"),
)
DECISIONS: Final = (
    "The level stands. The ministry hands in the document on which it rests.",
    "The Customs Service and the police visit two border posts and report what they see.",
    "The question goes to the provinces; their answers come to the next session.",
)
TALKED_ABOUT: Final = 3


def load_meeting(assessment: Assessment, today: date) -> None:
    """Hold one meeting about a baseline, two weeks ago."""
    actor = demo_viewer(assessment.state.slug, Role.EDITOR)
    meeting = plan_meeting(
        title="Twelfth session of the commission",
        starts_at=datetime.combine(today - timedelta(days=14), time(9), tzinfo=UTC),
        place="Ministry of the Interior, room 4",
        participants=PARTICIPANTS,
        assessment=assessment,
        actor=actor,
    )
    found = open_items(actor, assessment, framework_tree(assessment.framework_version))
    add_items(meeting=meeting, base_version=meeting.version, items=found[:TALKED_ABOUT], actor=actor)
    add_free_item(meeting=meeting, base_version=meeting.version, title="Date of the next session", actor=actor)
    rows = [item_for(meeting, row.uuid) for row in agenda_of(meeting)]
    for row, decision in zip(rows, DECISIONS, strict=False):
        record_decision(
            item=row,
            base_version=meeting.version,
            decision=decision,
            responsible="Customs Service",
            due_on=today + timedelta(days=60),
            actor=actor,
        )
    record_dissent(
        item=rows[0],
        base_version=meeting.version,
        who="Association of Border Communities",
        why="People at the border see less of this practice than the offices describe.",
        actor=actor,
    )
    close_meeting(meeting=meeting, base_version=meeting.version, actor=actor)
