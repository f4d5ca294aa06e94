"""Documents of a State's record: made once for each content, by a job, for those who may read them."""

from __future__ import annotations

import datetime as dt
import html
import io
import re

import pikepdf
import pytest
from django.utils import translation

from assessments.enums import AnswerRating, DocumentKind
from assessments.models import AgendaItem, Document, Meeting
from assessments.reports.minutes import plan_minutes
from assessments.selectors.frameworks import framework_tree
from assessments.selectors.meetings import agenda_of, item_for
from assessments.selectors.open_items import open_items
from assessments.services.answers import AnswerContent
from assessments.services.documents import record_download, request_document
from assessments.services.frameworks import import_framework
from assessments.services.meetings import (
    add_free_item,
    add_items,
    close_meeting,
    plan_meeting,
    record_decision,
    record_dissent,
)
from tests.assessments.factories import give_answer, make_assessment
from tests.assessments.frameworks.documents import as_yaml
from tests.assessments.frameworks.test_translations import FRENCH, document
from tests.personas import Persona
from wam_portal.access import SystemViewer
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


def test_minutes_call_what_was_drawn_from_the_framework_in_their_language_and_leave_what_was_typed(
    amina: Persona,
) -> None:
    version = import_framework(
        document=as_yaml(document(fr=FRENCH)), actor=SystemViewer("framework"), publish=True
    ).version
    assert version is not None
    assessment = make_assessment(amina.viewer, version)
    for key in ("sto-01", "sto-02"):
        give_answer(amina.viewer, assessment, key, AnswerContent(rating=AnswerRating.UNKNOWN, reason="No records."))
    meeting = plan_meeting(
        title="Session", starts_at=STARTS, participants=[("Ann", "")], assessment=assessment, actor=amina.viewer
    )
    with translation.override("fr"):
        drawn = open_items(amina.viewer, assessment, framework_tree(version))
        add_items(meeting=meeting, base_version=1, items=drawn, actor=amina.viewer)
    add_free_item(meeting=meeting, base_version=2, title="Quelle presse", actor=amina.viewer)
    # What stands in no words of the framework was meant as it is written.
    AgendaItem.objects.filter(indicator__key="sto-02").update(title="sto-02 As it was asked once")
    held = close_meeting(meeting=meeting, base_version=3, actor=amina.viewer)

    def headings(language: str) -> list[str]:
        source = plan_minutes(amina.viewer, held.uuid, language, {}).source()
        return re.findall(r"<h2>\d\. <bdi>([^<]+)</bdi>", html.unescape(source.html))

    assert headings("fr") == ["STO-01 Est-ce ainsi ?", "sto-02 As it was asked once", "Quelle presse"]
    assert headings("en") == ["STO-01 Is it so?", "sto-02 As it was asked once", "Quelle presse"]
    assert plan_minutes(amina.viewer, held.uuid, "en", {}).content_hash == held.content_hash
