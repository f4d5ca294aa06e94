"""The main screens, checked by axe-core in a real browser: wide and narrow, left to right and right to left.

Every screen is checked wide and measured narrow; one in three by lot is also checked narrow, and one in three mirrored.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.core.management import call_command
from django.urls import reverse
from playwright.sync_api import Page

from assessments.models import Assessment, AssistanceRequest, Evidence, FrameworkVersion, Gap, Grant, Meeting
from cooperation.models import AssistanceActivity, Match, Offer, PortfolioRun
from tests.browser.conftest import OpenAs
from tests.cooperation.portfolio_cases import finish
from tests.lots import drawn
from tests.personas import Persona
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role

AXE = Path(settings.BASE_DIR) / "node_modules" / "axe-core" / "axe.min.js"
WIDE, NARROW = {"width": 1280, "height": 900}, {"width": 360, "height": 740}
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

pytestmark = [
    pytest.mark.skipif(not AXE.exists(), reason="axe-core is not installed (make setup-dev)"),
    pytest.mark.skipif(
        "sqlite" not in settings.DATABASES["default"]["ENGINE"], reason="the pages are the same; checked on SQLite"
    ),
]

# What is checked is the page; axe itself is put into it past the page's own policy.
BYPASS = {"bypass_csp": True}


def persona(slug: str, role: Role) -> Persona:
    viewer = demo_viewer(slug, role)
    return Persona(user=viewer.user, party=viewer.party, roles=viewer.roles)


def screens() -> Iterator[tuple[Persona, str]]:
    """Who opens which page."""
    focal_point, approver = persona("aldoria", Role.EDITOR), persona("aldoria", Role.APPROVER)
    rating = persona("esmeria", Role.EDITOR)
    donor, coordinator = persona("amber-fund", Role.OFFERING_MEMBER), persona("eastern-forum", Role.COORDINATOR)
    partner = persona("harbour-relief", Role.IMPLEMENTING_MEMBER)
    draft = Assessment.objects.get(state=rating.party)
    baseline = Assessment.objects.filter(state=focal_point.party).order_by("-started_on")[0]
    request = AssistanceRequest.objects.filter(state=focal_point.party, status="endorsed").order_by("pk")[0]
    drafted = AssistanceRequest.objects.get(state=focal_point.party, status="draft")
    grant = Grant.objects.filter(recipient=donor.party, level="dossier").order_by("pk")[0]
    matches = Match.objects.filter(donor=donor.party)
    open_match = matches.filter(status="suggested", eligible=True).order_by("pk")[0]
    why_not = matches.filter(status="suggested", eligible=False).order_by("pk")[0]
    offer = Offer.objects.filter(donor=donor.party).order_by("pk")[0]
    gap = Gap.objects.filter(assessment=baseline).order_by("pk")[0]
    yield rating, rating.url("work-list")
    yield rating, rating.url("assessments:assessment-list")
    yield rating, rating.url("assessments:assessment-start")
    yield rating, rating.url("assessments:assessment-detail", draft.uuid)
    yield rating, rating.url("assessments:section-sheet", draft.uuid, "rec")
    yield rating, rating.url("assessments:answer-edit", draft.uuid, "coo-01")
    yield rating, rating.url("assessments:assessment-submit", draft.uuid)
    yield focal_point, focal_point.url("assessments:assessment-profile", baseline.uuid)
    yield focal_point, focal_point.url("assessments:assessment-compare", baseline.uuid)
    yield focal_point, focal_point.url("assessments:gap-list", baseline.uuid)
    yield focal_point, focal_point.url("assessments:gap-detail", gap.uuid)
    yield focal_point, focal_point.url("assessments:request-list")
    yield focal_point, focal_point.url("assessments:request-edit", drafted.uuid)
    yield approver, approver.url("assessments:request-detail", request.uuid)
    yield approver, approver.url("assessments:request-release", request.uuid)
    yield approver, approver.url("audit-log")
    yield donor, donor.url("cooperation:granted-list")
    yield donor, donor.url("cooperation:granted-detail", grant.uuid)
    yield donor, donor.url("cooperation:offer-list")
    yield donor, donor.url("cooperation:offer-add")
    yield donor, donor.url("cooperation:offer-edit", offer.uuid)
    yield donor, donor.url("cooperation:offer-import")
    yield donor, donor.url("cooperation:offer-detail", offer.uuid)
    yield donor, donor.url("cooperation:match-list")
    yield donor, donor.url("cooperation:match-detail", open_match.uuid)
    yield donor, donor.url("cooperation:match-detail", why_not.uuid)
    yield donor, donor.url("cooperation:match-partners", open_match.uuid)
    yield partner, partner.url("cooperation:partner-profile")
    yield partner, partner.url("cooperation:partner-edit")
    yield from screens_of_overlaps(donor, coordinator)
    yield coordinator, coordinator.url("cooperation:dossier-list")
    yield coordinator, reverse("home")
    yield from screens_of_portfolios(coordinator)
    yield from screens_of_many_hands(rating, draft)
    yield approver, approver.url("assessments:version-detail", baseline.uuid, 1)


def screens_of_portfolios(coordinator: Persona) -> Iterator[tuple[Persona, str]]:
    """What a coordinator decides on, and reads once it is worked out."""
    yield coordinator, coordinator.url("cooperation:portfolio-add")
    portfolio = finish(PortfolioRun.objects.filter(party=coordinator.party).order_by("pk")[0])
    for part in ("detail", "proposal", "unmet", "values"):
        yield coordinator, coordinator.url("cooperation:portfolio-detail", portfolio.uuid) + f"?part={part}"


def screens_of_overlaps(donor: Persona, coordinator: Persona) -> Iterator[tuple[Persona, str]]:
    """The register of assistance, where it overlaps, and what both sides write around a match."""
    entry = AssistanceActivity.objects.filter(recorder=donor.party).order_by("pk")[0]
    overlapping = Match.objects.select_related("state").get(status="proposed", state_agreed_at__isnull=True)
    answering = persona(overlapping.state.slug, Role.APPROVER)
    yield answering, answering.url("cooperation:match-detail", overlapping.uuid)
    yield answering, answering.url("cooperation:match-messages", overlapping.uuid)
    yield answering, answering.url("cooperation:need-compare", overlapping.need_uuid)
    yield donor, donor.url("cooperation:activity-edit", entry.uuid)
    yield coordinator, coordinator.url("cooperation:overlap-list")


def screens_of_many_hands(focal_point: Persona, draft: Assessment) -> Iterator[tuple[Persona, str]]:
    """What several people do on one baseline, and what each of them sees of it."""
    rater, outsider = persona("esmeria", Role.CONTRIBUTOR), persona("esmeria", Role.INVITED_CONTRIBUTOR)
    administrator = persona("esmeria", Role.NATIONAL_ADMIN)
    evidence = Evidence.objects.filter(state=draft.state, files__number=2)[0]
    meeting = Meeting.objects.filter(state=draft.state)[0]
    consultation = draft.consultations.order_by("pk")[0]
    tabs = ("assignment-list", "reconcile-list", "assessment-evidence", "consultation-list", "assessment-quality")
    for tab in (*tabs, "assessment-scope", "working-copy", "report-list"):
        yield focal_point, focal_point.url(f"assessments:{tab}", draft.uuid)
    yield focal_point, focal_point.url("assessments:evidence-list")
    yield focal_point, focal_point.url("assessments:evidence-upload")
    yield focal_point, focal_point.url("assessments:evidence-detail", evidence.uuid)
    yield focal_point, focal_point.url("assessments:answer-edit", draft.uuid, "sto-01")
    yield focal_point, focal_point.url("assessments:consultation-detail", consultation.uuid)
    yield focal_point, focal_point.url("assessments:contributor-invite", consultation.uuid)
    yield focal_point, focal_point.url("assessments:meeting-detail", meeting.uuid)
    yield focal_point, focal_point.url("assessments:meeting-run", meeting.uuid)
    yield rater, rater.url("assessments:rating-sheet", draft.uuid)
    yield outsider, outsider.url("work-list")
    yield administrator, administrator.url("member-list")
    yield administrator, administrator.url("assessments:endorsement-policy")


def violations(page: Page) -> list[str]:
    """What axe finds on the page: rule, and the first elements that break it."""
    page.add_script_tag(path=AXE)
    found = page.evaluate("rules => axe.run(document, {runOnly: rules}).then(result => result.violations)", RULES)
    return [f"{item['id']}: {[node['html'][:120] for node in item['nodes'][:3]]}" for item in found]


def test_main_screens_have_no_violation_and_fit_a_phone(wam: FrameworkVersion, open_as: OpenAs) -> None:
    call_command("load_demo", verbosity=0)
    found: dict[str, list[str]] = {}
    pages: dict[int, Page] = {}
    everything = list(screens())
    narrow_too = drawn(everything, "narrow screens")
    for who, path in everything:
        page = pages.get(who.user.pk) or open_as(who, path, viewport=WIDE, **BYPASS)
        pages[who.user.pk] = page
        page.set_viewport_size(WIDE)
        page.goto(path)
        problems = violations(page)
        page.set_viewport_size(NARROW)
        if (who, path) in narrow_too:
            problems += violations(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append("wider than a phone")
        if problems:
            found[path] = problems
    assert found == {}


def test_main_screens_have_no_violation_right_to_left(wam: FrameworkVersion, open_as: OpenAs) -> None:
    call_command("load_demo", verbosity=0)
    found: dict[str, list[str]] = {}
    pages: dict[int, Page] = {}
    for who, path in drawn(list(screens()), "mirrored screens"):
        page = pages.get(who.user.pk) or open_as(who, path, viewport=NARROW, locale="ar", **BYPASS)
        pages[who.user.pk] = page
        cookie = {"name": settings.LANGUAGE_COOKIE_NAME, "value": "ar", "domain": "localhost", "path": "/"}
        page.context.add_cookies([cookie])
        page.goto(path)
        problems = violations(page)
        if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
            problems.append("wider than a phone")
        if page.evaluate("document.documentElement.dir") != "rtl":
            problems.append("not mirrored")
        if problems:
            found[path] = problems
    assert found == {}


def test_the_checker_sees_a_violation(open_as: OpenAs, amina: Persona) -> None:
    """The control."""
    page = open_as(amina, amina.url("work-list"), **BYPASS)
    page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<img src=\"/static/favicon.svg\">')")
    assert any(problem.startswith("image-alt") for problem in violations(page))
