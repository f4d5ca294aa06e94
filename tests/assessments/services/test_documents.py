"""Documents of a State's record: made once for each content, by a job, for those who may read them."""

from __future__ import annotations

import datetime as dt
import io

import pikepdf
import pytest

from assessments.enums import DocumentKind
from assessments.models import Document, Meeting
from assessments.selectors.meetings import agenda_of, item_for
from assessments.services.documents import record_download, request_document
from assessments.services.meetings import (
    add_free_item,
    close_meeting,
    plan_meeting,
    record_decision,
    record_dissent,
)
from tests.personas import Persona
from wam_portal.accounts.models import Membership
from wam_portal.audit.models import Event
from wam_portal.errors import Invalid, NotVisible, Refused
from wam_portal.files import stored_path
from wam_portal.jobs import runner
from wam_portal.jobs.models import Job

pytestmark = pytest.mark.django_db
STARTS = dt.datetime(2026, 5, 4, 9, tzinfo=dt.UTC)


@pytest.fixture
def held(amina: Persona) -> Meeting:
    """A closed meeting with a decision and a dissent."""
    meeting = plan_meeting(
        title="Session on marking", starts_at=STARTS, participants=[("Ann", "Police")], actor=amina.viewer
    )
    add_free_item(meeting=meeting, base_version=meeting.version, title="Which press", actor=amina.viewer)
    item = item_for(meeting, agenda_of(meeting)[0].uuid)
    record_decision(item=item, base_version=meeting.version, decision="The second press.", actor=amina.viewer)
    record_dissent(item=item, base_version=meeting.version, who="Police", why="Too dear.", actor=amina.viewer)
    return close_meeting(meeting=meeting, base_version=meeting.version, actor=amina.viewer)


def ask(persona: Persona, meeting: Meeting, language: str = "en") -> Document:
    return request_document(kind=DocumentKind.MINUTES, subject=meeting.uuid, language=language, actor=persona.viewer)


def test_minutes_are_a_tagged_pdf_with_language_title_and_bookmarks_and_are_rendered_once(
    amina: Persona, aldo: Persona, held: Meeting
) -> None:
    document = ask(amina, held, "fr")
    assert document.job is not None
    assert ask(aldo, held, "fr").job == document.job
    runner.run(str(document.job.uuid))
    document.refresh_from_db()
    assert Job.objects.get().state == "done", Job.objects.get().error
    assert document.content_hash == held.content_hash
    content = stored_path(document.file_name).read_bytes()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        assert bool(pdf.Root.MarkInfo.Marked)
        assert str(pdf.Root.Lang) == "fr"
        assert str(pdf.docinfo["/Title"]) == "Session on marking"
        with pdf.open_outline() as outline:
            titles = [entry.title for entry in outline.root]
    assert "Session on marking" in titles
    assert len(titles) == 3
    again = ask(aldo, held, "fr")
    assert (again.pk, Job.objects.count(), Document.objects.count()) == (document.pk, 1, 1)
    record_download(document=again, actor=aldo.viewer)
    verbs = Event.objects.filter(verb__startswith="document.").order_by("seq").values_list("verb", flat=True)
    assert list(verbs) == ["document.requested", "document.rendered", "document.downloaded"]


def test_nothing_is_made_of_an_open_meeting_a_foreign_one_or_in_an_unknown_language(
    amina: Persona, boris: Persona, carl: Persona, vera: Persona, held: Meeting
) -> None:
    planned = plan_meeting(title="Later", starts_at=STARTS, actor=amina.viewer)
    with pytest.raises(Refused, match="closed"):
        ask(amina, planned)
    with pytest.raises(Refused, match="make documents"):
        ask(vera, held)
    for stranger in (boris, carl):
        with pytest.raises(NotVisible):
            ask(stranger, held)
    with pytest.raises(Invalid):
        ask(amina, held, "tlh")
    with pytest.raises(Invalid):
        request_document(kind="poem", subject=held.uuid, language="en", actor=amina.viewer)
    assert not Document.objects.exists()


def test_who_left_before_the_job_ran_gets_no_file(amina: Persona, held: Meeting) -> None:
    document = ask(amina, held)
    assert document.job is not None
    Membership.objects.filter(user=amina.user).update(ended_at=STARTS)
    runner.run(str(document.job.uuid))
    job = Job.objects.get()
    assert (job.state, "no longer acts" in job.error) == ("failed", True)
    assert not Document.objects.exclude(file_name="").exists()
