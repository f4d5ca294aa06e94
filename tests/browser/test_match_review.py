"""A donor reviews a match in a real browser: reads the points, proposes; the State accepts."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from assessments.models import FrameworkVersion
from cooperation.models import Match, Offer
from tests.browser.conftest import OpenAs
from tests.cooperation.factories import make_match
from tests.personas import Persona
from wam_portal.accounts.models import Territory


@pytest.fixture
def match(
    transactional_db: None,
    amina: Persona,
    aldo: Persona,
    dana: Persona,
    framework: FrameworkVersion,
    world: dict[str, Territory],
) -> Match:
    return make_match(amina, aldo, dana, framework, world["XR1"])


def test_a_donor_reads_the_points_and_proposes_and_the_state_accepts(
    open_as: OpenAs, match: Match, dana: Persona, aldo: Persona
) -> None:
    page = open_as(dana, dana.url("cooperation:match-list"))
    page.get_by_role("link", name=match.request["title"]).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(match.request["title"])

    table = page.get_by_role("table", name="Points, one row per criterion")
    rows = table.locator("tbody tr")
    expect(rows).to_have_count(11)
    geography = rows.filter(has=page.get_by_role("rowheader", name="Geographic priority"))
    expect(geography).to_contain_text("The offer names the region, Eastern Demo Region.")
    expect(geography.locator(".points-figure")).to_have_text(re.compile(r"5\.0\s*/\s*10\.0"))
    points = [float(text) for text in table.locator("tbody .points-figure strong").all_inner_texts()]
    total = float(table.locator("tfoot strong").inner_text())
    assert abs(sum(points) - total) <= 0.05 * len(points)
    page.get_by_text("The 15 rules that are met").click()
    expect(page.get_by_text("The donor is not the requesting State.")).to_be_visible()

    page.get_by_label("Amount you give, in USD").fill("90000")
    page.get_by_label("Note to the other side").first.fill("We can begin in March.")
    page.get_by_label("No, none").check()
    page.get_by_role("button", name="Propose this match").click()
    expect(page.get_by_text("You have proposed this match.")).to_be_visible()
    expect(page.locator(".timeline")).to_contain_text("Waiting for a decision")
    expect(page.get_by_text("Your side has agreed already").first).to_be_visible()

    page = open_as(aldo, aldo.url("cooperation:match-detail", match.uuid))
    expect(page.get_by_text("We can begin in March.")).to_be_visible()
    expect(page.get_by_text("USD 90,000").first).to_be_visible()
    page.get_by_label("No, none").check()
    page.get_by_role("button", name="Accept this match").click()
    expect(page.get_by_text("Both sides have accepted this match.")).to_be_visible()
    assert Match.objects.get(pk=match.pk).status == "accepted"
    assert Offer.objects.get().committed_minor == 9_000_000


def test_a_decision_made_meanwhile_leaves_what_was_typed_on_the_page(
    open_as: OpenAs, match: Match, dana: Persona, aldo: Persona
) -> None:
    page = open_as(dana, dana.url("cooperation:match-detail", match.uuid))
    other = open_as(aldo, aldo.url("cooperation:match-detail", match.uuid))
    other.get_by_label("No, none").check()
    other.get_by_role("button", name="Propose this match").click()
    expect(other.get_by_text("You have proposed this match.")).to_be_visible()

    page.locator("#decision-decline summary").click()
    page.locator("#decline-kind").select_option("priorities")
    page.locator("#decline-reason").fill("Our priorities lie elsewhere this year.")
    page.locator("#decision-decline button").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("This match has changed")
    expect(page.locator("textarea")).to_have_value("Our priorities lie elsewhere this year.")
    page.get_by_role("button", name="Decline").click()
    expect(page.get_by_text("You have declined this match.")).to_be_visible()
    assert Match.objects.get(pk=match.pk).decline_reason == "Our priorities lie elsewhere this year."


def test_a_phone_shows_the_match_without_sideways_scrolling(open_as: OpenAs, match: Match, dana: Persona) -> None:
    for name, arguments in (("match-list", []), ("match-detail", [match.uuid]), ("offer-list", [])):
        page = open_as(dana, dana.url(f"cooperation:{name}", *arguments), viewport={"width": 360, "height": 780})
        overflow = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(overflow) == 0, name
