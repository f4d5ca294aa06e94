"""Somebody else's framework of 150 items walks through every screen with no change of code.

It has headings above its areas and below them, one heading without anything in it, scales of 0 to 3, 0 to 5 and
yes, partly, no, unequal weights, and areas without a common functional area.
"""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from assessments.models import Assessment, AssistanceRequest, Gap
from assessments.selectors.frameworks import framework_tree
from assessments.services.frameworks import import_framework
from assessments.services.gaps import confirm_gap
from assessments.tabs import TABS
from tests.assessments.factories import give_answer, rated
from tests.assessments.frameworks.documents import as_yaml, deep_document
from tests.personas import Persona
from tests.walk.person import Person
from wam_portal.access import SystemViewer

pytestmark = pytest.mark.django_db
LOWEST = {"zero-three": "0", "zero-five": "m0", "yes-no": "no"}
MIDDLE = {"zero-three": "2", "zero-five": "m4", "yes-no": "partly"}


def test_foreign_framework_of_150_items_walks_through_every_screen(
    amina: Persona, aldo: Persona, dana: Persona
) -> None:
    today = timezone.now().date()
    focal_point, approver = Person(amina), Person(aldo)
    version = import_framework(document=as_yaml(deep_document()), actor=SystemViewer("framework"), publish=True).version
    assert version is not None
    tree = framework_tree(version)
    assert (tree.indicator_count, len(tree.sections)) == (150, 5)

    # Everybody reads it; the State starts a baseline.
    reader = Person(dana)
    reader.opens(dana.url("assessments:framework-detail", version.uuid)).sees("150 indicators", "Short review")
    reader.opens(reader.url + "?section=a2").sees("Part 1", "Chapter 2.3", "Step 3", "Mark 5", "Partly")
    focal_point.opens(amina.url("assessments:assessment-start")).sends(
        "", framework_version=str(version.uuid), cycle="2026", title="Review", started_on=today.isoformat()
    )
    baseline = Assessment.objects.get(state=amina.party)

    # Each scale is rated on the sheet, the rest as the sheet saves it.
    for key, option in (("a1-1-3", "0"), ("a1-1-1", "m0"), ("a1-1-2", "no")):
        focal_point.opens(amina.url("assessments:answer-edit", baseline.uuid, key)).sends(
            f"/answers/{key}/", rating=f"level:{option}", narrative=f"Found for {key}.", basis="document"
        )
    for indicator in tree.indicators[3:-1]:
        give_answer(amina.viewer, baseline, indicator.key, rated(MIDDLE[indicator.scale.key], narrative="Seen."))
    sheet = amina.url("assessments:section-sheet", baseline.uuid, "a1")
    focal_point.opens(sheet).sees("Chapter 1.1", "Found for a1-1-1.", "Mark 5", "Short review")
    focal_point.opens(f"{sheet}?page=2").sees("Chapter 1.5")
    focal_point.opens(f"{sheet}?group=core").sees("1.1.1").does_not_see("1.1.2")

    # What is left out is not missing; every page of the baseline is there.
    focal_point.opens(amina.url("assessments:assessment-detail", baseline.uuid)).sees("5.5.6", "Area 5")
    focal_point.opens(amina.url("assessments:assessment-scope", baseline.uuid)).sends(
        "", keys=["a5-5-6"], reason="Asked elsewhere."
    )
    for tab in TABS:
        focal_point.opens(amina.url(f"assessments:{tab.route}", baseline.uuid)).sees("Review")

    # Levels below target on three scales are gaps; those without a common area come together in one need.
    gaps = Gap.objects.filter(assessment=baseline)
    assert gaps.get(indicator__key="a1-1-2").tier == "critical"
    assert not gaps.filter(indicator__key="a2-1-1").exists(), "4 of 5 reaches the target of that scale"
    chosen = [gaps.get(indicator__key=key) for key in ("a1-1-1", "a1-1-2", "a1-1-3", "a2-1-3")]
    for gap in chosen:
        focal_point.opens(amina.url("assessments:gap-detail", gap.uuid)).sees(gap.indicator.code, gap.level.label)
        confirm_gap(gap=gap, base_version=gap.version, actor=amina.viewer, root_cause="No money.")
    focal_point.opens(amina.url("assessments:gap-list", baseline.uuid)).sees("Area 1")
    focal_point.sends("/draft-request/", gaps=[str(gap.uuid) for gap in chosen])
    request = AssistanceRequest.objects.get()
    assert list(request.needs.order_by("position").values_list("functional_area", flat=True)) == ["LEG", ""]

    # Submitted, endorsed, and read as signed; the request is completed and endorsed.
    focal_point.opens(amina.url("assessments:assessment-submit", baseline.uuid)).sends("")
    approver.opens(aldo.url("assessments:assessment-endorse", baseline.uuid)).sends("", authority="commission")
    signed = baseline.versions.get()
    assert (len(signed.content["answers"]), len(signed.content["profile"])) == (150, 5)
    approver.opens(aldo.url("assessments:version-detail", baseline.uuid, signed.number)).sees(signed.content_hash)
    focal_point.opens(amina.url("assessments:request-edit", request.uuid)).sends(
        "",
        title="Capabilities",
        objective="Close the gaps.",
        currency="USD",
        period_start=today.isoformat(),
        period_end=(today + timedelta(days=600)).isoformat(),
        what_exists="Two officers.",
        who_helps="Nobody.",
        language="en",
    )
    for need in request.needs.order_by("position"):
        focal_point.opens(amina.url("assessments:need-edit", request.uuid, need.uuid)).sends(
            "", functional_area="LEG", assistance_types=["TRAIN"], description="Experts.", amount="1000"
        )
    approver.opens(aldo.url("assessments:request-endorse", request.uuid)).sends("")
    content = request.versions.get().content
    assert {gap["code"] for need in content["needs"] for gap in need["gaps"]} == {"1.1.1", "1.1.2", "1.1.3", "2.1.3"}
