"""A title may be one word of 160 characters: no page becomes wider than the window for it."""

from __future__ import annotations

from datetime import UTC, datetime

from assessments.enums import MeetingKind
from assessments.models import FrameworkVersion, Meeting
from assessments.services.meetings import plan_meeting
from tests.assessments.factories import make_assessment
from tests.browser.conftest import OpenAs
from tests.personas import Persona

WORD = "Kleinwaffenkontrollbestandsaufnahme" * 5
WINDOWS = ({"width": 1280, "height": 900}, {"width": 375, "height": 740})


def test_a_title_of_one_long_word_widens_no_page(
    open_as: OpenAs, amina: Persona, nadia: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework, title=WORD[:160])
    meeting = plan_meeting(
        title=WORD[:160],
        kind=MeetingKind.COMMISSION,
        starts_at=datetime(2026, 11, 3, 9, 0, tzinfo=UTC),
        place=WORD[:160],
        participants=[(WORD[:120], WORD[:120])],
        assessment=assessment,
        actor=amina.viewer,
    )
    routes = ("detail", "profile", "scope", "quality")
    paths = [amina.url(f"assessments:assessment-{route}", assessment.uuid) for route in routes]
    paths += [amina.url(f"assessments:{route}", assessment.uuid) for route in ("assignment-list", "report-list")]
    paths += [
        amina.url("work-list"),
        amina.url("assessments:assessment-list"),
        amina.url("assessments:section-sheet", assessment.uuid, "coo"),
        amina.url("assessments:meeting-list"),
        amina.url("assessments:meeting-detail", meeting.uuid),
    ]
    page = open_as(amina, paths[0])
    wider = []
    for path in paths:
        for window in WINDOWS:
            page.set_viewport_size(window)
            page.goto(path)
            if page.evaluate("document.documentElement.scrollWidth") > window["width"]:
                wider.append((path, window["width"], page.evaluate("document.documentElement.scrollWidth")))
    assert wider == []
    assert Meeting.objects.get().title == WORD[:160]

    page = open_as(nadia, nadia.url("member-invite"))
    page.locator("[name=full_name]").fill(WORD[:160])
    page.locator("[name=email]").fill("guest@example.test")
    page.get_by_role("checkbox").first.check()
    page.locator("main button[type=submit]").click()
    page.get_by_label("The link of the invitation").wait_for()
    for window in WINDOWS:
        page.set_viewport_size(window)
        assert page.evaluate("document.documentElement.scrollWidth") <= window["width"]
