"""A coordinator proposes a portfolio in a real browser: decides on a policy, waits, reads it, sends a pair."""

from __future__ import annotations

from playwright.sync_api import expect

from assessments.models import FrameworkVersion
from cooperation.models import PortfolioRun
from tests.browser.conftest import OpenAs
from tests.cooperation.factories import make_offer, make_request, share
from tests.cooperation.portfolio_cases import finish
from tests.personas import Persona
from wam_portal.accounts.models import Territory


def test_a_coordinator_proposes_a_portfolio_and_sends_a_pair_to_both_sides(
    transactional_db: None,
    open_as: OpenAs,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    rita: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> None:
    request = make_request(amina, aldo, framework)
    make_offer(dana, world["XR1"])
    for recipient in (rita, dana):
        share(aldo, request, recipient.viewer.party, level="dossier")

    page = open_as(rita, rita.url("cooperation:portfolio-list"))
    page.get_by_role("link", name="Make the first one").click()
    page.get_by_label("Severity").fill("50")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("alert")).to_contain_text("Name")
    expect(page.get_by_label("Severity")).to_have_value("50")
    page.get_by_label("Name").fill("Spring round")
    page.get_by_role("button", name="Work it out").click()
    expect(page.get_by_role("alert")).to_contain_text("The weights must add up to 100 %")
    page.get_by_label("Severity").fill("20")
    page.get_by_role("button", name="Work it out").click()

    expect(page.get_by_role("heading", level=1)).to_contain_text("Spring round")
    expect(page.get_by_text("You can leave this page")).to_be_visible()
    finish(PortfolioRun.objects.get())
    page.get_by_role("link", name="Open the proposal").click()  # the panel looks by itself whether it is ready
    expect(page.get_by_role("img", name="Who would fund what")).to_be_visible()
    expect(page.get_by_text("No plan in whole units can do better.")).to_be_visible()

    page.get_by_role("link", name="Proposal").click()
    expect(page.get_by_role("row", name=request.reference)).to_contain_text("USD 100,000")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Send chosen pairs to both sides").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Suggest 1 pair to both sides?")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("1 pair was sent to both sides.")).to_be_visible()

    page = open_as(dana, dana.url("work-list"))
    expect(page.get_by_text("suggested by Eastern Forum")).to_be_visible()
