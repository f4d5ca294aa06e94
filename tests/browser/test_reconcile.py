"""A disagreement is settled in a real browser: from the baseline's tab to the answer with its minority note."""

from __future__ import annotations

from playwright.sync_api import expect

from assessments.enums import AssignmentMode
from assessments.models import Answer, FrameworkVersion
from tests.assessments.factories import assign, make_assessment, rate_independently, rated
from tests.browser.conftest import OpenAs
from tests.personas import Persona, make_persona
from wam_portal.accounts.enums import Role


def test_a_disagreement_is_settled_with_a_reason_and_a_minority_note(
    open_as: OpenAs, amina: Persona, carl: Persona, framework: FrameworkVersion
) -> None:
    assert amina.party is not None
    clara = make_persona("Clara", amina.party, Role.CONTRIBUTOR)
    assessment = make_assessment(amina.viewer, framework)
    for person, level, words in ((carl, "2", "Two posts were visited."), (clara, "4", "The law asks for it.")):
        assign(amina.viewer, assessment, "sto", person.viewer, mode=AssignmentMode.INDEPENDENT)
        rate_independently(person.viewer, assessment, "sto-01", rated(level, narrative=words))
        rate_independently(person.viewer, assessment, "sto-02", rated("3"))

    page = open_as(amina, amina.url("assessments:assessment-detail", assessment.uuid))
    page.get_by_role("navigation", name="Pages of this baseline").get_by_role("link", name="Reconcile").click()
    expect(page.get_by_role("article")).to_have_count(1)
    card = page.get_by_role("article").filter(has_text="STO-01")
    table = card.get_by_role("table", name="Ratings side by side")
    expect(table.get_by_role("row").filter(has_text="Carl")).to_contain_text("Two posts were visited.")
    expect(table.get_by_role("row").filter(has_text="Clara")).to_contain_text("The law asks for it.")
    expect(card).to_contain_text("2 levels apart")

    card.get_by_label("Your State answers").select_option("level:2")
    card.get_by_label("Who disagrees, and why").fill("Clara reads the law, not the stores.")
    card.get_by_role("button", name="Save as the answer of the State").click()
    again = page.get_by_role("article").filter(has_text="STO-01")
    expect(again).to_contain_text("Say why you chose this.")
    expect(again.get_by_label("Who disagrees, and why")).to_have_value("Clara reads the law, not the stores.")
    again.get_by_label("Why this was chosen").fill("What was seen counts.")
    again.get_by_role("button", name="Save as the answer of the State").click()

    expect(page.get_by_text("Nothing waits for a decision")).to_be_visible()
    page.get_by_role("link", name="All ratings").click()
    expect(page.get_by_role("article").filter(has_text="STO-01")).to_contain_text("What was seen counts.")
    answer = Answer.objects.select_related("option").get(indicator__key="sto-01")
    assert answer.option is not None
    assert (answer.option.key, answer.minority_note) == ("2", "Clara reads the law, not the stores.")
