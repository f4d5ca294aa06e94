"""The review as people do it: return with reasons on two indicators, address them, submit, endorse."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from assessments.models import AssessmentVersion, FrameworkVersion, IndicatorReturn
from assessments.services.assessments import submit_assessment
from tests.assessments.factories import answer_everything, make_assessment
from tests.browser.conftest import OpenAs
from tests.personas import Persona


def test_returned_indicators_are_addressed_and_the_baseline_is_endorsed(
    open_as: OpenAs, amina: Persona, aldo: Persona, framework: FrameworkVersion
) -> None:
    assessment = make_assessment(amina.viewer, framework)
    answer_everything(amina.viewer, assessment)
    submit_assessment(assessment=assessment, base_version=1, actor=amina.viewer)
    place = f"/p/aldoria/assessments/{assessment.uuid}/"

    approver = open_as(aldo, place)
    approver.get_by_role("link", name="Return", exact=True).click()
    approver.get_by_label("Reason for the return").fill("Two ratings need another look.")
    for section, code, reason in (("Coordination", "COO-01", "Which law?"), ("Storage", "STO-02", "Which depot?")):
        approver.locator("summary", has_text=section).click()
        approver.get_by_label(re.compile(code)).fill(reason)
    approver.get_by_role("button", name="Return").click()
    expect(approver.get_by_text("2 wait to be addressed.")).to_be_visible()

    editor = open_as(amina, "/p/aldoria/")
    editor.get_by_role("link", name=re.compile("Which law")).click()
    editor.get_by_label("What you did about it").fill("The decree of May is cited now.")
    editor.get_by_role("button", name="Mark as addressed").click()
    expect(editor.locator("#indicator-coo-01")).to_contain_text("The decree of May is cited now.")
    editor.goto(f"{place}sections/sto/?show=returned")
    expect(editor.locator("[data-indicator]")).to_have_count(1)
    editor.get_by_role("button", name="Mark as addressed").click()
    editor.goto(f"{place}submit/")
    editor.get_by_role("button", name="Submit").click()
    expect(editor.get_by_text("so its answers do not change")).to_be_visible()

    approver.goto(place)
    expect(approver.get_by_text("All of them were addressed.")).to_be_visible()
    approver.get_by_role("link", name="Endorse", exact=True).click()
    approver.get_by_label("Endorsed by").select_option("cabinet")
    approver.get_by_label("Reference of the decision").fill("Decree 7")
    approver.get_by_role("button", name="Endorse").click()
    expect(approver.get_by_text("Endorsed version 1 (Cabinet)")).to_be_visible()
    version = AssessmentVersion.objects.get()
    assert (version.reference, version.signatures.get().signed_by) == ("Decree 7", aldo.user)
    assert not IndicatorReturn.objects.open().exists()
