"""Reviews under way in the demonstration: one signature of two, and a baseline returned with reasons."""

from __future__ import annotations

import random
from typing import Final

from assessments.enums import EndorsingAuthority
from assessments.models import Assessment, IndicatorReturn
from assessments.selectors.frameworks import framework_tree
from assessments.services.assessments import endorse_assessment, return_assessment, submit_assessment
from assessments.services.endorsement import change_endorsement_policy
from assessments.services.returns import address_return
from wam_portal.access import Viewer
from wam_portal.accounts.demo import demo_viewer
from wam_portal.accounts.enums import Role

REASONS: Final = (
    "The level rests on a circular that was replaced. Ask the ministry for the text in force.",
    "Two offices gave different answers. Say which one you followed, and why.",
    "The narrative tells of one depot only. Does it hold for the others?",
)


def sign_once(assessment: Assessment, approver: Viewer) -> None:
    """Let the State ask for two signatures, and one approver give the first."""
    change_endorsement_policy(
        base_number=0,
        quorum=2,
        four_eyes=True,
        reason="The commission and the Ministry of Defence sign together.",
        actor=demo_viewer(approver.party.slug, Role.NATIONAL_ADMIN),
    )
    endorse_assessment(
        assessment=assessment,
        base_version=assessment.version,
        authority=EndorsingAuthority.COMMISSION,
        reference="Session 12, item 4",
        actor=approver,
    )


def return_with_reasons(rng: random.Random, assessment: Assessment, editor: Viewer, approver: Viewer) -> None:
    """Submit a baseline and return it with reasons on three indicators, one of which is addressed."""
    submitted = submit_assessment(assessment=assessment, base_version=assessment.version, actor=editor)
    indicators = framework_tree(assessment.framework_version).indicators
    chosen = rng.sample(indicators, len(REASONS))
    return_assessment(
        assessment=submitted,
        base_version=submitted.version,
        reason="Three ratings need another look before the commission can sign.",
        indicators={indicator.key: reason for indicator, reason in zip(chosen, REASONS, strict=True)},
        actor=approver,
    )
    returned = IndicatorReturn.objects.select_related("assessment", "indicator").filter(assessment=assessment)
    first = returned.get(reason=REASONS[0])
    address_return(returned=first, note="The text in force is cited now; the level stays.", actor=editor)
